"""The clipboard: text and pictures, and jobs that wait for other programs."""

import contextlib
import ctypes
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pygame
from PIL import Image

from data.errors import UserError
from ui.pictures import enlarge

ENLARGEMENT = 4  # of a picture, as in a save
DONE = pygame.event.custom_type()  # event whose `action` the window's loop calls
PATIENCE = 5.0  # seconds to wait for a program
MISSING = (
    "This takes a small program that is missing here: install wl-clipboard or, where X11 runs, "
    "xclip"
)
SILENT = "The clipboard does not answer"

T = TypeVar("T")


def run_beside(job: Callable[[], T], done: Callable[[T], object]) -> None:
    """Run a job that other programs may delay, in a thread of its own.

    `done` is called with its result in the window's thread. A `UserError` is shown on the window.
    """

    def work() -> None:
        made: Future[T] = Future()
        try:
            made.set_result(job())
        except UserError as error:
            made.set_exception(error)
        with contextlib.suppress(pygame.error):  # the window was closed meanwhile
            pygame.event.post(pygame.event.Event(DONE, action=lambda: done(made.result())))

    threading.Thread(target=work, name="beside", daemon=True).start()


def copy_beside(pixels: np.ndarray, notify: Callable[[str], object]) -> None:
    """Put a face, uint8 (h, w), into the clipboard beside the window, and say so."""
    copied = "The face is in the clipboard: paste it into another program."
    run_beside(partial(copy_picture, pixels), lambda _: notify(copied))


def copy_picture(pixels: np.ndarray) -> None:
    """Put a face, uint8 (h, w), into the clipboard, enlarged; errors as `run_program`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "face.png")
        Image.fromarray(enlarge(pixels, ENLARGEMENT)).save(path)
        run_program(_program(path), "Ctrl S saves the face as a file", path.read_bytes())


def run_program(command: list[str], instead: str, content: bytes | None = None) -> bytes:
    """Run a program of the clipboard, for at most `PATIENCE`, and return what it writes.

    One that is given a content must succeed, and returns b"". Where it is missing, does not end or
    fails, a `UserError` says what to do `instead`.
    """
    output = subprocess.PIPE if content is None else subprocess.DEVNULL  # xclip never closes it
    try:
        done = subprocess.run(
            command,
            input=content or b"",
            stdout=output,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=content is not None,
        )
    except FileNotFoundError:
        raise UserError(f"{MISSING}; {instead}.") from None
    except (OSError, subprocess.SubprocessError) as error:
        raise UserError(f"{SILENT}; {instead}.") from error
    return done.stdout or b""


def _program(path: Path) -> list[str]:
    """Return the command that copies a PNG from its standard input or its path."""
    if sys.platform == "darwin":
        script = f'set the clipboard to (read POSIX file "{path}" as «class PNGf»)'
        return ["osascript", "-e", script]
    if sys.platform == "win32":
        load = "Add-Type -AssemblyName System.Windows.Forms, System.Drawing"
        image = f"[System.Drawing.Image]::FromFile('{path}')"
        copy = f"{load}; [System.Windows.Forms.Clipboard]::SetDataObject({image}, $true)"
        return ["powershell", "-NoProfile", "-STA", "-Command", copy]
    if os.environ.get("WAYLAND_DISPLAY"):
        return ["wl-copy", "--type", "image/png"]
    return ["xclip", "-selection", "clipboard", "-target", "image/png"]


def copy_text(text: str) -> None:
    """Put text into the clipboard."""
    if (library := _sdl()) is not None:
        library.SDL_SetClipboardText(text.encode(errors="replace"))  # names may not be text


def paste_text() -> str:
    """Return the text in the clipboard, "" if there is none; SDL waits for a second at most."""
    library = _sdl()
    text = None if library is None else library.SDL_GetClipboardText()
    return (text or b"").decode(errors="replace")


@cache
def _sdl() -> ctypes.CDLL | None:
    """Return SDL's library, as pygame does not pass text on; None if it is not found."""
    own = Path(pygame.__file__).with_name("SDL2.dll")
    try:
        library = ctypes.CDLL(str(own if own.exists() else pygame.display.__file__))
        library.SDL_GetClipboardText.restype = ctypes.c_char_p
    except (OSError, AttributeError):
        return None
    return library
