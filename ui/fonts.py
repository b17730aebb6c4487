"""Fonts: the program's own, and the system's for characters that it lacks."""

import io
import string
from contextlib import suppress
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from unicodedata import normalize

import pygame

from data.paths import ASSETS

FOLDER = ASSETS / "fonts"
FILES = {False: "Inter-Regular.otf", True: "Inter-SemiBold.otf"}  # by whether they are bold
SIGN = "?"  # shown for a character that no font has
LIKELY = ("sans", "noto", "dejavu", "droid", "arial", "segoe", "gothic")  # in names, tried first
MOST = 100  # system fonts to try
SAMPLE = 16  # pixels, font size for comparing characters
NOTHING = "\uffff"  # not a character: fonts draw their box for a missing one

Run = tuple[str, str]  # a font's path, "" for the program's own, and what it draws


@lru_cache(maxsize=4)
def read_fonts(folder: Path) -> dict[bool, bytes]:
    """Return the files of the program's fonts, b"" for one that cannot be read."""
    contents = dict.fromkeys(FILES, b"")
    for bold, name in FILES.items():
        with suppress(OSError):
            contents[bold] = (folder / name).read_bytes()
    return contents


def open_font(source: bytes | str, pixels: int) -> pygame.font.Font:
    """Return a font of a size by its content or path; pygame's own if it is damaged."""
    try:
        font = pygame.font.Font(io.BytesIO(source) if isinstance(source, bytes) else source, pixels)
        font.render(string.printable[:95], True, (0, 0, 0))
        return font
    except (OSError, RuntimeError, pygame.error):
        return pygame.font.Font(None, pixels)


@lru_cache(maxsize=1500)
def runs(text: str) -> list[Run]:
    """Split a printable text into parts, each drawn by one font."""
    parts: list[Run] = []
    for character in normalize("NFC", text):  # a Mac splits "é" in two in names of files
        run = ("", character) if character.isascii() else _run_of(character)
        if parts and parts[-1][0] == run[0]:
            run = run[0], parts.pop()[1] + run[1]
        elif _is_mark(*run):  # on a letter of another font; pygame draws none by itself
            continue
        parts.append(run)
    return parts or [("", "")]


@lru_cache(maxsize=2000)
def _run_of(character: str) -> Run:
    """Return a character with a font that has it, or else a sign with the program's own font."""
    for path in ("", *_system_fonts()):
        if _has(path, character):
            return path, character
    return "", SIGN


@lru_cache(maxsize=1)
def _system_fonts() -> list[str]:
    """Return paths of system fonts, likely ones first."""
    names = sorted(pygame.font.get_fonts(), key=lambda name: -sum(word in name for word in LIKELY))
    return list(filter(None, map(pygame.font.match_font, islice(names, MOST))))


@cache
def _sample(path: str) -> pygame.font.Font:
    return open_font(path or read_fonts(FOLDER)[False], SAMPLE)


def _is_mark(path: str, character: str) -> bool:
    """Return whether a font gives a character no width, as it does to many accents and vowels."""
    return _sample(path).size(character)[0] == 0


def _has(path: str, character: str) -> bool:
    """Return whether a font has a character, rather than its box for a missing one."""
    if _is_mark(path, character):
        return True
    font = _sample(path)
    drawn, box = (font.render(each, False, (0, 0, 0)) for each in (character, NOTHING))
    return pygame.image.tobytes(drawn, "RGB") != pygame.image.tobytes(box, "RGB")
