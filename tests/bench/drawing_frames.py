"""How long frames take while somebody draws fast circles.

    python -m tests.bench.drawing_frames [--model FOLDER] [--size 1280x720] [--slow 200]

The real window (SDL's dummy driver where there is no display), the real loop at 60 frames a second
and posted mouse events, four to a frame, two circles a second. With `--slow`, every call of the
encoder and the decoder also computes for so many milliseconds.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pygame

from ui.app import FRAMES, App
from ui.drawing.screen import DrawingScreen
from ui.session import Session

DRAWN = 600  # frames
EVENTS = 4  # of the mouse in each frame
CIRCLES = 2  # a second
STROKE = 150  # frames until the brush is lifted and set down again


class Slowed:
    """An engine that computes longer than it has to.

    Args:
        engine: the real one.
        seconds: of computing added to every call.
    """

    def __init__(self, engine, seconds: float):
        self._engine, self._seconds = engine, seconds
        self._matrix = np.ones((300, 300), np.float32)

    def __getattr__(self, name: str):
        return getattr(self._engine, name)

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Encode, slowly."""
        self._compute()
        return self._engine.encode(images)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Decode, slowly."""
        self._compute()
        return self._engine.decode(codes)

    def _compute(self) -> None:
        end = time.perf_counter() + self._seconds
        while time.perf_counter() < end:
            self._matrix @ self._matrix


def draw_circles(app: App, frames: int = DRAWN) -> tuple[list[float], int]:
    """Draw fast circles.

    Returns:
        Seconds of work in every frame, and how many answers were shown.
    """
    screen = app.window.screen
    canvas, times = screen.view.canvas, []
    answer, answers = screen.answers.answer, 0
    clock = pygame.time.Clock()
    for frame in range(frames):
        for part in range(EVENTS):
            angle = 2 * math.pi * CIRCLES * (frame + part / EVENTS) / FRAMES
            radius = 20 + 40 * (frame % STROKE) / STROKE
            place = (93.5 + radius * math.cos(angle), 90 + radius * math.sin(angle))
            pos = tuple(round(v) for v in canvas.to_window(place))
            if part == 0 and frame % STROKE == 0:
                if frame:
                    _post(pygame.MOUSEBUTTONUP, pos=pos, button=1)
                _post(pygame.MOUSEMOTION, pos=pos, rel=(0, 0), buttons=(0, 0, 0))
                _post(pygame.MOUSEBUTTONDOWN, pos=pos, button=1)
            _post(pygame.MOUSEMOTION, pos=pos, rel=(0, 0), buttons=(1, 0, 0))
        started = time.perf_counter()
        app.step()
        times.append(time.perf_counter() - started)
        answers += screen.answers.answer is not answer
        answer = screen.answers.answer
        clock.tick(FRAMES)
    _post(pygame.MOUSEBUTTONUP, pos=pos, button=1)
    app.step()
    return times, answers


def measure(
    load_engine: Callable[[], object], latent, size: tuple[int, int], frames: int = DRAWN
) -> str:
    """Open a window, draw, and say how long frames took."""
    with tempfile.TemporaryDirectory() as folder:
        app = App([DrawingScreen()], Session.open(Path(folder)), load_engine, latent, size=size)
        try:
            while app.worker.state == "loading" or app.window.screen.answers.answer is None:
                app.step()
                app.worker.wait(0.05)
            times, answers = draw_circles(app, frames)
        finally:
            app.close()
    milliseconds = 1000 * np.array(times)
    middle, high = np.percentile(milliseconds, [50, 95])
    late = int((milliseconds > 1000 / FRAMES).sum())
    return (
        f"{len(times)} frames of {size[0]}x{size[1]}: median {middle:.1f} ms, 95 % under "
        f"{high:.1f} ms, worst {milliseconds.max():.1f} ms, {late} over 16.7 ms; {answers} answers"
    )


def _post(kind: int, **attributes) -> None:
    pygame.event.post(pygame.event.Event(kind, **attributes))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure as the command line asks."""
    parser = argparse.ArgumentParser(description="Frame times while drawing fast circles.")
    parser.add_argument("--model", type=Path, help="a model folder; the current model without")
    parser.add_argument("--size", default="1280x720", help="of the window, in pixels")
    parser.add_argument("--slow", type=float, default=0, help="milliseconds added to every call")
    parser.add_argument("--frames", type=int, default=DRAWN)
    options = parser.parse_args(arguments)
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and os.name == "posix":
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

    def load():
        from model.loading import load_engine

        engine = load_engine(options.model)
        return Slowed(engine, options.slow / 1000) if options.slow else engine

    from model.latent import LatentSpace

    width, height = (int(side) for side in options.size.split("x"))
    latent = LatentSpace.load(options.model)
    print(measure(load, latent, (width, height), options.frames))


if __name__ == "__main__":
    main()
