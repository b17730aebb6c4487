"""A hand that posts events to the window, and a camera that keeps what it then shows.

Nothing is staged: the window gets the events that a mouse and a keyboard would give it, and each
picture is taken when its answer is there. Only the clock is: a picture stands for a fixed time,
however long the computer took.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pygame

from tests.bench.scenes import SCENES
from ui.animation import ease, write_gif
from ui.app import App
from ui.explorer import make_screens
from ui.session import Session

FPS = 10
COLOURS = 128
UNSEEN_CHANGE = 4  # levels; smaller changes are left out, which saves half of the file

_ARROW = ((0, 0), (0, 17), (4, 13), (7, 19), (10, 18), (7, 12), (12, 12))
_LIMIT = 2000  # frames of the window that one picture may take

Point = tuple[float, float]


class Film:
    """Drives a window and films it.

    Args:
        app: The window, its model loaded.
        size: Width and height of the film in pixels.
    """

    def __init__(self, app: App, size: tuple[int, int]) -> None:
        self.app = app
        self.size = size
        self.pictures: list[np.ndarray] = []
        self.mouse: Point = app.window.surface.get_rect().center
        self._pressed = False
        self._post(pygame.MOUSEMOTION)
        self._settle()

    def hold(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds * FPS)):
            self._shoot()

    def glide(self, point: Point, seconds: float) -> None:
        """Move the mouse to a point, gently, pressed or not."""
        start, count = self.mouse, max(1, round(seconds * FPS))
        for number in range(1, count + 1):
            part = ease(number / count)
            self._move(
                start[0] + part * (point[0] - start[0]), start[1] + part * (point[1] - start[1])
            )
            self._shoot()

    def follow(self, points: list[Point], seconds: float) -> None:
        """Move the mouse through points at an even pace; the window sees each of them."""
        pictures = max(1, round(seconds * FPS))
        for part in np.array_split(np.array(points), pictures):
            for x, y in part:
                self._move(x, y)
            self._shoot()

    def press(self) -> None:
        """Press the left button."""
        self._pressed = True
        self._post(pygame.MOUSEBUTTONDOWN, button=1)

    def release(self) -> None:
        """Release it."""
        self._pressed = False
        self._post(pygame.MOUSEBUTTONUP, button=1)
        self._shoot()

    def click(self, point: Point, seconds: float = 0.5) -> None:
        """Go to a point and click."""
        self.glide(point, seconds)
        self.press()
        self._shoot()
        self.release()

    def key(self, name: str) -> None:
        """Press and release a key, such as "n"."""
        code = pygame.key.key_code(name)
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            event = pygame.event.Event(kind, key=code, mod=0, unicode=name, scancode=0)
            pygame.event.post(event)
            self._settle()

    def write(self, path: Path) -> int:
        """Write the film as a GIF and return its size in bytes."""
        write_gif(path, _still(self.pictures), FPS, COLOURS)
        return path.stat().st_size

    def _move(self, x: float, y: float) -> None:
        self.mouse = (x, y)
        self._post(pygame.MOUSEMOTION, rel=(0, 0), buttons=(int(self._pressed), 0, 0))

    def _post(self, kind: int, **attributes) -> None:
        place = round(self.mouse[0]), round(self.mouse[1])
        pygame.event.post(pygame.event.Event(kind, pos=place, **attributes))

    def _settle(self) -> None:
        """Run the window until the answer to all that happened is on it."""
        for _ in range(_LIMIT):
            self.app.step()
            slot = self.app.window.screen.live_slot
            busy = slot is not None and self.app.worker.busy(slot)
            if not busy and not self.app.window.root.stale:
                return
            self.app.worker.wait(0.01)

    def _shoot(self) -> None:
        self._settle()
        picture = pygame.transform.smoothscale(self.app.window.surface.convert(32), self.size)
        self._draw_mouse(picture)
        self.pictures.append(pygame.surfarray.array3d(picture).swapaxes(0, 1))

    def _draw_mouse(self, picture: pygame.Surface) -> None:
        """Draw the arrow that the operating system would."""
        part = self.size[0] / self.app.window.surface.get_width()
        x, y = self.mouse[0] * part, self.mouse[1] * part
        if self._pressed:
            pygame.draw.circle(picture, (245, 180, 95), (x, y), 9, 2)
        arrow = [(x + dx, y + dy) for dx, dy in _ARROW]
        pygame.draw.polygon(picture, (255, 255, 255), arrow)
        pygame.draw.aalines(picture, (0, 0, 0), True, arrow)


def _still(pictures: list[np.ndarray]):
    """Yield pictures whose pixels keep still until they change enough to be seen."""
    shown = pictures[0]
    for picture in pictures:
        change = np.abs(picture.astype(np.int16) - shown).max(axis=-1, keepdims=True)
        shown = np.where(change > UNSEEN_CHANGE, picture, shown)
        yield shown


def film_screen(
    name: str,
    load_engine: Callable[[], Any],
    latent: Any,
    window: tuple[int, int],
    size: tuple[int, int],
) -> Film:
    """Open the window, play a screen's scene in it, and return the film.

    Args:
        name: "sliders" or "drawing".
        load_engine: Gives the engine.
        latent: The latent space of the same model.
        window: Width and height of the window.
        size: Width and height of the film.
    """
    with tempfile.TemporaryDirectory() as folder:  # no one's own session is touched
        session = Session.open(Path(folder))
        session.settings.update(hint_sliders=True, hint_drawing=True)
        app = App(make_screens(), session, load_engine, latent, name, window)
        try:
            while app.worker.state == "loading":
                app.step()
                app.worker.wait(0.05)
            if app.worker.error is not None:
                raise app.worker.error
            film = Film(app, size)
            SCENES[name](film)
        finally:
            app.close()
    return film
