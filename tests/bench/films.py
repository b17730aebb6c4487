"""Films of both screens, for README.md.

    python -m tests.bench.films

A hand posts events to the window, and a camera keeps what it then shows: a minute of a user's time
in ten seconds. Nothing is staged: the window gets the events that a mouse and a keyboard would give
it, and each picture is taken when its answer is there. Only the clock is: a picture stands for a
fixed time, however long the computer took. Films go to assets/demo. No display is needed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pygame
from PIL import Image

from data.paths import ASSETS, SHIPPED_MODEL
from model import load_engine
from model.latent import LatentSpace
from tests.ui.driver import Driver, every
from ui.app import SCREENS
from ui.drawing.answers import REALISM
from ui.pictures import encode_gif
from ui.sliders.walk import ease
from ui.widgets.base import Widget
from ui.widgets.button import Button

WINDOW = (900, 600)
SIZE = (720, 480)
FPS = 10
COLOURS = 128
_GRAY = 6  # levels between a pixel's channels, up to which it counts as gray
UNSEEN_CHANGE = 4  # levels; smaller changes are left out, which saves half of the file

ACTED = {"smile": (-1.5, 2.2), "turn": (2.0, -1.8), "light from the right": (2.2, -0.5)}

_ARROW = ((0, 0), (0, 17), (4, 13), (7, 19), (10, 18), (7, 12), (12, 12))

Point = tuple[float, float]


class Film(Driver):
    """Drives a window and films it; the session goes to a folder where no one's own is."""

    def __init__(self, name: str, folder: Path, engine: Any, latent: Any, size: tuple[int, int]):
        super().__init__(SCREENS, folder, engine, WINDOW, name, latent)
        self.size, self.pressed = size, False
        self.pictures: list[np.ndarray] = []
        self.dismiss_hints()
        self.move(self.window.surface.get_rect().center)
        self.settle()

    def hold(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds * FPS)):
            self.shoot()

    def glide(self, point: Point, seconds: float) -> None:
        """Move the mouse to a point, gently, pressed or not."""
        start, count = np.array(self.pos), max(1, round(seconds * FPS))
        shares = [ease(number / count) for number in range(1, count + 1)]
        self.follow([start + share * np.subtract(point, start) for share in shares], seconds)

    def follow(self, points: list[Point], seconds: float) -> None:
        """Move the mouse through points at an even pace; the window sees each of them."""
        pictures = max(1, round(seconds * FPS))
        for part in np.array_split(np.array(points), pictures):
            for point in part:
                self.move(point)
            self.shoot()

    def draw(self, places: list[Point], seconds: float) -> None:
        """Press the button at the first place, go on through all, and release it."""
        self.pressed = True
        self.press(places[0])
        self.follow(places, seconds)
        self.pressed = False
        self.release()
        self.shoot()

    def push(self, button: Widget) -> None:
        """Go to a button and click it."""
        self.glide(button.rect.center, 0.5)
        self.draw([button.rect.center], 0)

    def shoot(self) -> None:
        """Take a picture once the answer to all that happened is on the window."""
        slot = self.screen.live_slot
        busy = self.app.worker.busy
        self.until(lambda: not (slot and busy(slot)) and not self.window.root.stale)
        picture = pygame.transform.smoothscale(self.window.surface.convert(32), self.size)
        self._draw_mouse(picture)
        self.pictures.append(pygame.surfarray.array3d(picture).swapaxes(0, 1))

    def write(self, path: Path) -> int:
        """Write the film as a GIF and return its size in bytes."""
        path.write_bytes(encode_gif(colour_frames(_still(self.pictures)), FPS))
        return path.stat().st_size

    def _draw_mouse(self, picture: pygame.Surface) -> None:
        """Draw the arrow that the operating system would."""
        x, y = np.array(self.pos) * self.size[0] / self.window.surface.get_width()
        if self.pressed:
            pygame.draw.circle(picture, (245, 180, 95), (x, y), 9, 2)
        arrow = [(x + dx, y + dy) for dx, dy in _ARROW]
        pygame.draw.polygon(picture, (255, 255, 255), arrow)
        pygame.draw.aalines(picture, (0, 0, 0), True, arrow)


def colour_frames(frames: Iterable[np.ndarray]) -> list[Image.Image]:
    """Return frames, uint8 (h, w, 3), with one palette for all of them.

    They are not dithered, so that what does not move costs nothing.
    """
    pictures = [Image.fromarray(np.ascontiguousarray(frame, dtype=np.uint8)) for frame in frames]
    palette = _shared_palette(pictures)
    return [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]


def _shared_palette(pictures: list[Image.Image]) -> Image.Image:
    """Return a palette for a film of faces: grays at even steps, and what other colours there are.

    A palette by frequency alone would give smooth faces bands, and small coloured things no colour.
    The commonest other colours, such as a window's ground, are kept exactly.
    """
    entries = [np.linspace(0, 255, 2 * COLOURS // 3).astype(np.uint8)[:, None].repeat(3, axis=1)]
    chosen = pictures[:: max(1, len(pictures) // 12)]
    pixels = np.concatenate([np.asarray(picture).reshape(-1, 3) for picture in chosen])
    others, counts = np.unique(pixels[np.ptp(pixels, axis=1) > _GRAY], axis=0, return_counts=True)
    if len(others):
        entries.append(others[np.argsort(-counts)[: COLOURS // 12]])
        rest = Image.fromarray(others[None]).quantize(
            COLOURS - sum(map(len, entries)),
            method=Image.Quantize.MEDIANCUT,
            dither=Image.Dither.NONE,
        )
        entries.append(np.array(rest.getpalette(), dtype=np.uint8).reshape(-1, 3))
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.concatenate(entries)[:COLOURS].tobytes())
    return palette


def _still(pictures: list[np.ndarray]):
    """Yield pictures whose pixels keep still until they change enough to be seen."""
    shown = pictures[0]
    for picture in pictures:
        change = np.abs(picture.astype(np.int16) - shown).max(axis=-1, keepdims=True)
        shown = np.where(change > UNSEEN_CHANGE, picture, shown)
        yield shown


def sliders(film: Film) -> None:
    """Let a training face smile, turn and step into the light, and another one change.

    Where the model has a finisher, show what is invented by leaving it out for a moment.
    """
    panel = film.screen.sliders
    film.hold(0.5)
    film.push(_button(film.screen, "Another face"))
    film.hold(0.4)
    for slider in panel.directions:
        if slider.axis.name in ACTED:
            _drag(film, slider, ACTED[slider.axis.name], 1.0)
    film.push(_button(film.screen, "Random"))
    film.hold(0.5)
    if film.app.worker.engine.can_finish:
        for _ in range(2):  # what the decoder makes, and again what is invented
            film.push(film.window.header.sharp)
            film.hold(0.7)
    _drag(film, panel.sliders[1], (-2.0, 1.2), 0.9)
    _drag(film, panel.sliders[4], (2.0, -1.5), 0.9)
    film.hold(0.9)


def drawing(film: Film) -> None:
    """Draw a face in a few mirrored strokes, then say how likely the answer shall be."""
    view = film.screen.view
    film.key("x")
    film.hold(0.5)
    face = [  # each stroke is one half; its mirror image follows
        (_arc(93.5, 102, 43, 54, 180, 90), 0.8),
        (_arc(69.5, 87, 8, 4, 180, 540), 0.4),
        (_arc(69.5, 87, 2, 1, 0, 360), 0.2),
        (_arc(69, 78, 13, 6, 195, 330), 0.3),
        ([(93.5, 114), (87, 115), (85, 111)], 0.25),
        (_arc(93.5, 128, 18, 8, 175, 90), 0.4),
    ]
    hair = [
        (_arc(93.5, 88, 52, 54, 180, 270), 0.6),
        (_arc(93.5, 74, 40, 34, 190, 270), 0.4),
        (_arc(93.5, 66, 24, 14, 200, 270), 0.3),
    ]
    for points, seconds in face + hair:
        if points is hair[0][0]:
            for _ in range(12):
                film.key("]")
        places = [view.canvas.to_window(point) for point in points]
        film.glide(places[0], 0.25)
        film.draw(places, seconds)
    film.hold(0.7)
    _drag(film, view.realism, (0.15, 0.95, REALISM), 0.8)
    film.hold(0.8)


def _drag(film: Film, slider, values: tuple[float, ...], seconds: float) -> None:
    """Drag a slider's knob to one value after another."""
    height = slider.track.centery
    film.glide((slider.x_of(slider.value), height), 0.4)
    film.pressed = True
    film.press(film.pos)
    for value in values:
        film.glide((slider.x_of(value), height), seconds)
    film.pressed = False
    film.release()
    film.shoot()


def _arc(x: float, y: float, width: float, height: float, start: float, end: float) -> list[Point]:
    """Return points on an ellipse of the canvas, from one angle to another in degrees."""
    angles = np.deg2rad(np.linspace(start, end, max(8, int(abs(end - start) / 5))))
    return [(x + width * np.cos(a), y + height * np.sin(a)) for a in angles]


def _button(widget: Widget, text: str) -> Button:
    """Return the button inside a widget that bears this text."""
    return next(w for w in every(widget) if isinstance(w, Button) and w.text == text)


SCENES = {"sliders": sliders, "drawing": drawing}


def film_screen(name: str, engine: Any, latent: Any, size: tuple[int, int] = SIZE) -> Film:
    """Open the window, play a screen's scene in it, and return the film; see `Film`."""
    with tempfile.TemporaryDirectory() as folder:
        film = Film(name, Path(folder), engine, latent, size)
        try:
            SCENES[name](film)
        finally:
            film.close()
    return film


def main() -> None:
    """Film both screens with the shipped model, unseen."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    engine, latent = load_engine(SHIPPED_MODEL), LatentSpace.load(SHIPPED_MODEL)
    for name in SCENES:
        film_screen(name, engine, latent).write(ASSETS / "demo" / f"{name}.gif")


if __name__ == "__main__":
    main()
