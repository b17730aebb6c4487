"""Use the window at random for a while, like a person who means no good: keys, mouse, files, sizes.

    python -m tests.fuzz.soak [--minutes 20] [--seed 0]

Nothing may end the window. One-pixel photos, names that nobody can write and windows of a few
pixels are among it, and now and then the window is closed and opened again where it was left.
"""

from __future__ import annotations

import argparse
import os
import random
import string
import tempfile
import time
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
STEPS = 400  # between two starts of the window


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
    """Does one thing after another at a window.

    Args:
        folder: where the session and the saves go.
        files: what is dropped on the window.
        rng: what decides.
    """

    def __init__(self, folder: Path, files: list[Path], rng: random.Random):
        self.folder, self.files, self.rng = folder, files, rng
        self.open()

    def open(self) -> None:
        """Open the window, with the session that the last one left."""
        start = self.rng.choice(["sliders", "drawing"])
        self.driver = Driver(SCREENS, self.folder, size=self.rng.choice(SIZES[:3]), start=start)

    def act(self) -> None:
        """Do one thing."""
        kinds = [self.key, self.key, self.drag, self.drag, self.click, self.wheel, self.type_text]
        self.rng.choice([*kinds, self.drop, self.browse, self.resize, self.wait])()
        if self.driver.window.closed:
            self.reopen()

    def reopen(self) -> None:
        """Close the window and open it again."""
        self.driver.close()
        self.open()

    def somewhere(self) -> tuple[int, int]:
        """Choose a point of the window, or one outside it."""
        width, height = self.driver.window.surface.get_size()
        return self.rng.randrange(-20, width + 20), self.rng.randrange(-20, height + 20)

    def key(self) -> None:
        """Press a key that means something, or any."""
        keys = [key for command in self.driver.window.keymap.commands for key in command.keys]
        key = self.rng.choice([*keys, *string.ascii_lowercase, *string.digits])
        self.driver.key(key)

    def click(self) -> None:
        """Click, with any button."""
        self.driver.click(self.somewhere(), self.rng.choice([1, 1, 1, 2, 3]))

    def drag(self) -> None:
        """Press, move about and release, perhaps somewhere else."""
        self.driver.press(self.somewhere(), self.rng.choice([1, 1, 3]))
        for _ in range(self.rng.randrange(8)):
            self.driver.drag(self.somewhere())
        self.driver.release(self.somewhere())

    def wheel(self) -> None:
        """Turn the wheel, perhaps by thousands of notches."""
        self.driver.wheel(self.rng.choice([-1, 1, 3, -7, 5000, -5000]), self.somewhere())

    def type_text(self) -> None:
        """Type a word into whatever takes it, and end with Enter or not."""
        for letter in self.rng.choice(TEXTS):
            self.driver.post(pygame.TEXTINPUT, text=letter)
        self.driver.key(self.rng.choice(["return", "escape"]))

    def drop(self) -> None:
        """Drop a file on the window."""
        self.driver.drop(self.rng.choice(self.files))

    def browse(self) -> None:
        """Go about in folders, or paste."""
        if self.driver.screen.panels.open is not self.driver.screen.panels.photo:
            self.driver.key("p")
        for _ in range(self.rng.randrange(9)):
            self.driver.key(self.rng.choice(["return", "backspace", "down", "right", "ctrl+v"]))
            self.driver.step(self.rng.randrange(20))

    def resize(self) -> None:
        """Give the window another size."""
        self.driver.resize(self.rng.choice([*SIZES, *ODD_SIZES]))

    def wait(self) -> None:
        """Let some frames pass."""
        self.driver.step(self.rng.randrange(1, 30))


def soak(seed: int, done, say=lambda text: None) -> int:
    """Use the window until `done()`, and return how many things were done.

    Raises:
        Exception: whatever ended the window; the seed repeats it.
    """
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
        count = 0
        while not done(count):
            visitor.act()
            count += 1
            if count % STEPS == 0:
                visitor.reopen()
                say(f"{count:,} things done")
        visitor.driver.close()
    return count


def main() -> None:
    """Soak the window for as long as the command line says."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    count = soak(options.seed, lambda count: time.monotonic() > end, print)
    print(f"Nothing ended the window in {count:,} steps.")


if __name__ == "__main__":
    main()
