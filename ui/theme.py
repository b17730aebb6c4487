"""The look of the window: colors, text, and sizes in points, the pixels of an ordinary screen.

Fonts are the program's own, and the system's for characters that it lacks.
"""

import io
import string
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from unicodedata import normalize

import pygame

from data.paths import ASSETS

Color = tuple[int, int, int]
Run = tuple[str, str]  # a font's path, "" for the program's own, and what it draws

UNKNOWN = "\ufffd"  # replaces what is not a character
FONT_FOLDER = ASSETS / "fonts"
FONT_FILES = {False: "Inter-Regular.otf", True: "Inter-SemiBold.otf"}  # by whether they are bold
NO_GLYPH = "?"  # shown for a character that no font has
# Parts of the names of system fonts that are tried first.
LIKELY = ("sans", "noto", "dejavu", "droid", "arial", "segoe", "gothic")
MOST_FONTS = 100  # system fonts that are tried
SAMPLE_SIZE = 16  # of a font for comparing characters, pixels
NO_CHARACTER = "\uffff"  # not a character: fonts draw their box for a missing one


@dataclass(frozen=True)
class Colors:
    """One calm dark theme: cool grays, and one warm accent for what is live or chosen.

    Text stays above a contrast of 4.5 to 1 on every surface that it is drawn on.
    """

    window: Color = (20, 22, 27)  # behind everything
    panel: Color = (28, 31, 38)  # a region of the window
    raised: Color = (42, 46, 56)  # something to press, at rest
    hover: Color = (53, 58, 70)
    pressed: Color = (35, 38, 47)
    line: Color = (58, 63, 76)  # hairlines and the tracks of sliders
    edge: Color = (78, 85, 101)  # the outline of fields and markers
    text: Color = (236, 238, 243)
    soft: Color = (178, 185, 198)  # labels beside a value
    faint: Color = (142, 150, 166)  # hints
    accent: Color = (246, 183, 98)
    accent_soft: Color = (120, 96, 62)
    on_accent: Color = (30, 24, 14)
    warning: Color = (255, 138, 120)
    shadow: Color = (10, 11, 14)
    lighter: Color = (255, 160, 40)  # where a face is lighter than another
    darker: Color = (70, 150, 255)  # orange and blue look different to color-blind eyes too


COLORS = Colors()


@dataclass(frozen=True)
class Sizes:
    """Type sizes and distances, in points."""

    tiny: int = 11
    small: int = 12
    body: int = 13
    title: int = 15
    large: int = 22
    gap: int = 8
    margin: int = 16
    radius: int = 7
    button: int = 32
    header: int = 44
    help_line: int = 28


SIZES = Sizes()


class Theme:
    """Fonts and rendered text at one UI scale: pixels a point, 1.0 on an ordinary screen."""

    def __init__(self, scale: float = 1.0):
        self.scale = scale
        self._fonts = read_fonts(FONT_FOLDER)

    def px(self, points: float) -> int:
        """Turn points into whole pixels, at least 1 for anything that is not 0."""
        pixels = round(points * self.scale)
        return pixels if pixels or not points else (1 if points > 0 else -1)

    @lru_cache(maxsize=64)  # noqa: B019 (themes are few)
    def font(self, size: int = SIZES.body, bold: bool = False, path: str = "") -> pygame.font.Font:
        """Return the font at `size` points, or one of the system's by its path."""
        return open_font(path or self._fonts[bold], self.px(size))

    @lru_cache(maxsize=1500)  # noqa: B019 (the values of 80 sliders change all the time)
    def text(
        self,
        text: str,
        color: Color = COLORS.text,
        size: int = SIZES.body,
        bold: bool = False,
        width: int | None = None,
    ) -> pygame.Surface:
        """Render one line, cut with an ellipsis where it is longer than `width` pixels."""
        text = printable(text) if width is None else self.fit(text, width, size, bold)
        drawn = [
            (font := self.font(size, bold, path), font.render(part, True, color))
            for path, part in runs(text)
        ]
        if len(drawn) == 1:
            return drawn[0][1]
        ascent = max(font.get_ascent() for font, _ in drawn)
        height = max(surface.get_height() for _, surface in drawn)
        total = sum(surface.get_width() for _, surface in drawn)
        line, left = pygame.Surface((total, height), pygame.SRCALPHA, 32), 0
        for font, surface in drawn:
            line.blit(surface, (left, ascent - font.get_ascent()))
            left += surface.get_width()
        return line

    def width(self, text: str, size: int = SIZES.body, bold: bool = False) -> int:
        """Return the width of a line in pixels."""
        parts = runs(printable(text))
        return sum(self.font(size, bold, path).size(part)[0] for path, part in parts)

    def fit(self, text: str, width: int, size: int = SIZES.body, bold: bool = False) -> str:
        """Cut a line so that it is at most `width` pixels wide, with an ellipsis for the rest."""
        text = printable(text)
        if self.width(text, size, bold) <= width:
            return text
        cuts = [text[:letters].rstrip() + "…" for letters in range(1, len(text))]
        fitting = bisect_right(cuts, width, key=lambda cut: self.width(cut, size, bold))
        return cuts[fitting - 1] if fitting else ""

    def wrap(self, text: str, width: int, most: int, size: int, bold: bool = False) -> list[str]:
        """Break a text into at most `most` lines of `width` pixels; the last may be cut."""
        lines = [""]
        for word in printable(text).split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and len(lines) < most and self.width(longer, size, bold) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        return [self.fit(line, width, size, bold) for line in lines]


def printable(text: str) -> str:
    """Replace what cannot be drawn: names of files can hold any bytes, forged files any text."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else UNKNOWN for c in text)


def starting_scale(desktop: tuple[int, int]) -> float:
    """Choose a UI scale for a screen of this size in pixels, in quarters; 1 for 1080 rows."""
    return min(3.0, max(1.0, round(min(desktop[1] / 1080, desktop[0] / 1600) * 4) / 4))


def natural_scale(desktop: tuple[int, int], window: tuple[int, int]) -> float:
    """Choose a UI scale for a window: larger windows get larger controls, not more empty space."""
    roomy = int(min(window[0] / 1600, window[1] / 900) * 4) / 4
    return min(3.0, max(starting_scale(desktop), roomy))


@lru_cache(maxsize=4)
def read_fonts(folder: Path) -> dict[bool, bytes]:
    """Return the files of the program's fonts, b"" for one that cannot be read."""
    contents = dict.fromkeys(FONT_FILES, b"")
    for bold, name in FONT_FILES.items():
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
    return "", NO_GLYPH


@lru_cache(maxsize=1)
def _system_fonts() -> list[str]:
    """Return paths of system fonts, likely ones first."""
    names = sorted(pygame.font.get_fonts(), key=lambda name: -sum(word in name for word in LIKELY))
    return list(filter(None, map(pygame.font.match_font, islice(names, MOST_FONTS))))


@cache
def _sample(path: str) -> pygame.font.Font:
    return open_font(path or read_fonts(FONT_FOLDER)[False], SAMPLE_SIZE)


def _is_mark(path: str, character: str) -> bool:
    """Return whether a font gives a character no width, as it does to many accents and vowels."""
    return _sample(path).size(character)[0] == 0


def _has(path: str, character: str) -> bool:
    """Return whether a font has a character, rather than its box for a missing one."""
    if _is_mark(path, character):
        return True
    font = _sample(path)
    drawn, box = (font.render(each, False, (0, 0, 0)) for each in (character, NO_CHARACTER))
    return pygame.image.tobytes(drawn, "RGB") != pygame.image.tobytes(box, "RGB")
