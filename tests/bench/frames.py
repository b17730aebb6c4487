"""How long frames take while somebody drags a slider, circles over the face map or draws circles.

    python -m tests.bench.frames sliders|map|drawing [--model FOLDER] [--size 1280x720] [--slow 200]

The real window (SDL's dummy driver where there is no display), the real loop at 60 frames a second
and posted events of the mouse. With `--slow`, every call of the encoder and the decoder also
computes for so many milliseconds.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pygame

from tests.ui.slow_engine import SlowEngine
from ui.app import FRAMES, SCREENS, App
from ui.session import Session

SHOWN = 600  # frames
EVENTS = 4  # of the mouse in each frame
SWING = 160  # frames in which a slider is dragged to and fro
CIRCLES = 2  # a second
STROKE = 150  # frames until the brush is lifted and set down again
REST = 5.0  # seconds

Point = tuple[float, float]


def sliders(screen) -> tuple[Callable[[float], Point], Callable[[], object]]:
    """Return where the mouse is in each frame while it drags a slider, and what tells the face."""
    slider = screen.sliders.sliders[0]

    def place(frame: float) -> Point:
        return slider.x_of(2.9 * math.sin(2 * math.pi * frame / SWING)), slider.track.centery

    return place, lambda: screen.shown


def drawing(screen) -> tuple[Callable[[float], Point], Callable[[], object]]:
    """Return where the mouse is in each frame while it circles, and what tells the answer."""

    def place(frame: float) -> Point:
        angle = 2 * math.pi * CIRCLES * frame / FRAMES
        radius = 20 + 40 * (frame % STROKE) / STROKE
        point = 93.5 + radius * math.cos(angle), 90 + radius * math.sin(angle)
        return screen.view.canvas.to_window(point)

    return place, lambda: screen.keeper.answer


def face_map(screen) -> tuple[Callable[[float], Point], Callable[[], object]]:
    """Return where the mouse is in each frame while it circles, and what tells the face."""
    screen.toggle_map()

    def place(frame: float) -> Point:
        angle = 2 * math.pi * frame / SWING
        radius = 0.1 + 0.4 * (frame % STROKE) / STROKE
        return screen.map.pad.where(
            (0.5 + radius * math.cos(angle), 0.5 + radius * math.sin(angle))
        )

    return place, lambda: screen.shown


USES = {"sliders": sliders, "map": face_map, "drawing": drawing}
ON = {"map": "sliders"}  # screens that are not called as what is used on them
HELD = ("sliders", "drawing")  # used with the button down


def measure(
    name: str,
    load_engine: Callable[[], object],
    latent,
    size: tuple[int, int],
    frames: int = SHOWN,
    rest: float = REST,
) -> Iterator[str]:
    """Open a window, use a screen, let it rest, and say in lines what that took.

    Args:
        name: of what is used, one of `USES`.
        load_engine: gives the engine.
        latent: the latent space of the same model.
        size: of the window.
        frames: in which the screen is used.
        rest: seconds of rest.
    """
    with tempfile.TemporaryDirectory() as folder:
        app = App(SCREENS, Session(Path(folder)), load_engine, latent, ON.get(name, name), size)
        place, shown = USES[name](app.window.screen)
        try:
            while app.worker.state == "loading" or shown() is None:
                app.step()
                app.worker.wait(0.05)
            times, answers = use(app, place, shown, frames, name in HELD)
            app.run_until(app.window.now() + 1.0)  # what is left to compute
            began, used = time.perf_counter(), time.process_time()
            app.run_until(app.window.now() + rest)
            share = (time.process_time() - used) / (time.perf_counter() - began)
        finally:
            app.close()
    middle, high = np.percentile(times, [50, 95])
    late = int((times > 1000 / FRAMES).sum())
    yield (
        f"{len(times)} frames of {size[0]}x{size[1]}: median {middle:.1f} ms, 95 % under "
        f"{high:.1f} ms, worst {times.max():.1f} ms, {late} over 16.7 ms; {answers} answers"
    )
    yield f"at rest: {share:.1%} of a core"


def use(
    app: App,
    place: Callable[[float], Point],
    shown: Callable[[], object],
    frames: int,
    held: bool = True,
) -> tuple[np.ndarray, int]:
    """Move the mouse, with its button held or not.

    Returns:
        Milliseconds of work in every frame, and how many answers were shown.
    """
    clock, times, answers = pygame.time.Clock(), [], 0

    def post(kind: int, frame: float, **attributes) -> None:
        pos = tuple(round(v) for v in place(frame))
        pygame.event.post(pygame.event.Event(kind, pos=pos, **attributes))

    for frame in range(frames):
        if held and frame % STROKE == 0:
            if frame:
                post(pygame.MOUSEBUTTONUP, frame, button=1)
            post(pygame.MOUSEMOTION, frame, rel=(0, 0), buttons=(0, 0, 0))
            post(pygame.MOUSEBUTTONDOWN, frame, button=1)
        for part in range(EVENTS):
            post(pygame.MOUSEMOTION, frame + part / EVENTS, rel=(0, 0), buttons=(1, 0, 0))
        before, began = shown(), time.perf_counter()
        app.step()
        times.append(1000 * (time.perf_counter() - began))
        answers += shown() is not before
        clock.tick(FRAMES)
    if held:
        post(pygame.MOUSEBUTTONUP, frames, button=1)
    app.step()
    return np.array(times), answers


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("screen", choices=USES)
    parser.add_argument("--model", type=Path, help="a model folder; the model in use without")
    parser.add_argument("--size", default="1280x720", help="of the window, in pixels")
    parser.add_argument("--slow", type=float, default=0, help="milliseconds added to every call")
    parser.add_argument("--frames", type=int, default=SHOWN)
    options = parser.parse_args(arguments)
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and os.name == "posix":
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

    from model.latent import LatentSpace
    from model.loading import load_engine

    def load():
        return SlowEngine(load_engine(options.model), options.slow / 1000)

    size = tuple(int(side) for side in options.size.split("x"))
    latent = LatentSpace.load(options.model)
    for line in measure(options.screen, load, latent, size, options.frames):
        print(line)


if __name__ == "__main__":
    main()
