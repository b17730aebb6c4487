"""Random use of the window, as by a person who means no good: nothing may end it."""

from __future__ import annotations

import os
import random
import string
import tempfile
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pygame
from PIL import Image, ImageGrab

from tests.ui.driver import Driver
from ui.app import SCREENS

SIZES = [(900, 600), (1280, 720), (1920, 1080)]
ODD_SIZES = [(2560, 1440), (1, 1), (3, 500), (700, 2), (320, 240)]
PHOTOS = [(1, 1), (1, 400), (400, 1), (3, 9000), (15, 15), (16, 16), (640, 480), (2000, 300)]
TEXTS = ["smile", "-2.5", "999999", "é\u0301☺", "a" * 90, "\u202e\x07", "lone \ud800"]


def write_files(folder: Path, rng: random.Random) -> list[Path]:
    """Write photos of odd sizes, orientations and names, and files that are none."""
    noise = np.random.default_rng(rng.randrange(2**32))
    paths = []
    for number, (width, height) in enumerate(PHOTOS):
        picture = Image.fromarray(noise.integers(0, 256, (height, width), dtype=np.uint8))
        exif = Image.Exif()
        exif[0x0112] = number + 1
        for suffix in ("png", "jpg", "tiff"):
            paths.append(folder / f"photo {number}.{suffix}")
            picture.save(paths[-1], exif=exif)
    for name, content in (("empty.png", b""), ("broken.jpg", b"\xff\xd8\xff\xe0 no more")):
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    if os.name == "posix":
        odd = Path(os.fsdecode(os.fsencode(folder) + b"/Jos\xe9.png"))
        odd.write_bytes(paths[0].read_bytes())
        paths.append(odd)
    return [*paths, folder / "gone.png", folder]


class Visitor:
    """Does one thing after another at a window, and drops files on it."""

    def __init__(self, folder: Path, files: list[Path], rng: random.Random):
        self.folder, self.files, self.rng = folder, files, rng
        self.open()

    def open(self) -> None:
        """Open the window, with the session that the last one left."""
        start = self.rng.choice(["sliders", "drawing"])
        self.driver = Driver(SCREENS, self.folder, size=self.rng.choice(SIZES[:3]), start=start)

    def act(self) -> None:
        """Do one thing; a window that is closed by it is opened again."""
        kinds = [self.key, self.key, self.drag, self.drag, self.click, self.wheel, self.type_text]
        self.rng.choice([*kinds, self.drop, self.browse, self.resize, self.wait])()
        if self.driver.window.closed:
            self.driver.close()
            self.open()

    def somewhere(self) -> tuple[int, int]:
        width, height = self.driver.window.surface.get_size()
        return self.rng.randrange(-20, width + 20), self.rng.randrange(-20, height + 20)

    def key(self) -> None:
        keys = [key for command in self.driver.window.keymap.commands for key in command.keys]
        key = self.rng.choice([*keys, *string.ascii_lowercase, *string.digits])
        self.driver.key(key)

    def click(self) -> None:
        self.driver.click(self.somewhere(), self.rng.choice([1, 1, 1, 2, 3]))

    def drag(self) -> None:
        self.driver.press(self.somewhere(), self.rng.choice([1, 1, 3]))
        for _ in range(self.rng.randrange(8)):
            self.driver.move(self.somewhere())
        self.driver.release(self.somewhere())

    def wheel(self) -> None:
        self.driver.wheel(self.rng.choice([-1, 1, 3, -7, 5000, -5000]), self.somewhere())

    def type_text(self) -> None:
        for letter in self.rng.choice(TEXTS):
            self.driver.post(pygame.TEXTINPUT, text=letter)
        self.driver.key(self.rng.choice(["return", "escape"]))

    def drop(self) -> None:
        self.driver.drop(self.rng.choice(self.files))

    def browse(self) -> None:
        if self.driver.screen.panels.open is not self.driver.screen.panels.photo:
            self.driver.key("p")
        for _ in range(self.rng.randrange(9)):
            self.driver.key(self.rng.choice(["return", "backspace", "down", "right", "ctrl+v"]))
            self.driver.step(self.rng.randrange(20))

    def resize(self) -> None:
        self.driver.resize(self.rng.choice([*SIZES, *ODD_SIZES]))

    def wait(self) -> None:
        self.driver.step(self.rng.randrange(1, 30))


def soak(seed: int, steps: int) -> None:
    """Do so many things at the window; whatever ends it is raised."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        pictures = folder / "Pictures"  # the folder is the visitor's home, too
        (pictures / "more").mkdir(parents=True)
        files = write_files(pictures, rng)
        clipboard = [None, NotImplementedError(), OSError(), Image.new("RGB", (99, 70)), files[:1]]
        stack.enter_context(patch.dict(os.environ, HOME=name, USERPROFILE=name))
        stack.enter_context(patch.object(ImageGrab, "grabclipboard", side_effect=cycle(clipboard)))
        visitor = Visitor(folder / "saves", files, rng)
        for _ in range(steps):
            visitor.act()
        visitor.driver.close()
