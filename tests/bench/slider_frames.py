"""Measures how the window feels: `python -m tests.bench.slider_frames`.

Drags a slider of the real screen with the real model for 600 frames at 60 a second and tells the
median, 95th percentile and worst time of a frame; then the same with a decoder that really computes
200 ms for every face; the share of a core that is used at rest; and how long a start takes, to the
window and to the first face. Without a display set SDL_VIDEODRIVER=dummy.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SLOW = 0.2  # seconds that the slow decoder computes
REST = 5.0  # seconds of rest that are measured
LIMIT = 120.0  # seconds that a start may take


class SlowEngine:
    """An engine whose decoder computes for a while before it answers.

    Args:
        engine: the real one.
        seconds: how long.
    """

    def __init__(self, engine, seconds: float):
        self._engine = engine
        self.seconds = seconds

    def __getattr__(self, name: str):
        return getattr(self._engine, name)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Compute for a while, then decode."""
        end = time.perf_counter() + self.seconds
        while time.perf_counter() < end:
            self._engine.decode(codes)
        return self._engine.decode(codes)


def open_app(folder: Path, seconds: float = 0.0, size: tuple[int, int] = (1280, 720)):
    """Open the window with the real model; `seconds` slow its decoder down."""
    from model.latent import LatentSpace
    from model.loading import load_engine
    from ui.app import App
    from ui.session import Session
    from ui.sliders.screen import SlidersScreen

    def load():
        engine = load_engine()
        return SlowEngine(engine, seconds) if seconds else engine

    return App([SlidersScreen()], Session.open(folder), load, LatentSpace.load(), size=size)


def until(app, condition: Callable[[], bool]) -> None:
    """Run frames until something holds.

    Raises:
        TimeoutError: if it takes too long.
    """
    end = time.perf_counter() + LIMIT
    while not condition():
        if time.perf_counter() > end or not app.step():
            raise TimeoutError("the window did not come so far")
        time.sleep(0.002)


def drag(app, frames: int) -> tuple[np.ndarray, int]:
    """Drag the first slider to and fro; give the work of each frame in ms, and faces shown."""
    import pygame

    until(app, lambda: app.window.screen.shown is not None)
    slider = app.window.screen.sliders.sliders[0]
    y, times, faces = slider.track.centery, [], 0

    def post(kind: int, x: int, **more) -> None:
        pygame.event.post(pygame.event.Event(kind, pos=(x, y), **more))

    post(pygame.MOUSEBUTTONDOWN, slider.x_of(slider.value), button=1)
    for frame in range(frames):
        post(pygame.MOUSEMOTION, slider.x_of(2.9 * np.sin(frame / 25)), rel=(0, 0), buttons=(1,))
        before, started = app.window.screen.shown, time.perf_counter()
        app.step()
        times.append(1000 * (time.perf_counter() - started))
        faces += app.window.screen.shown is not before
        time.sleep(max(0.0, 1 / 60 - (time.perf_counter() - started)))
    post(pygame.MOUSEBUTTONUP, slider.x_of(slider.value), button=1)
    app.step()
    return np.array(times), faces


def report(name: str, times: np.ndarray, faces: int) -> str:
    """Say the figures of a drag in one line."""
    late = int((times > 1000 / 60).sum())
    return (
        f"{name}: median {np.median(times):.1f} ms, 95 % under {np.percentile(times, 95):.1f} ms, "
        f"worst {times.max():.1f} ms; {faces} faces in {len(times)} frames, {late} frames late"
    )


def rest(app, seconds: float = REST) -> float:
    """Let the loop rest; give the share of a core that the whole process used, in percent."""
    until(app, lambda: not app.worker.busy("sliders.face"))
    app.run_until(app.window.now() + 1.0)
    started, used = time.perf_counter(), time.process_time()
    app.run_until(app.window.now() + seconds)
    return 100 * (time.process_time() - used) / (time.perf_counter() - started)


def start() -> str:
    """Start a fresh process; say when its window and its first face were there."""
    code = (
        "import sys, tempfile, time; from pathlib import Path\n"
        "from tests.bench import slider_frames as b\n"
        "began = float(sys.argv[1]); app = b.open_app(Path(tempfile.mkdtemp()))\n"
        "window = time.time() - began; b.until(app, lambda: app.window.screen.shown is not None)\n"
        "print(f'window after {window:.2f} s, first face after {time.time() - began:.2f} s')\n"
        "app.close()"
    )
    command = [sys.executable, "-c", code, str(time.time())]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description="Measure how the window feels.")
    parser.add_argument("--frames", type=int, default=600, help="frames of each drag")
    frames = parser.parse_args().frames
    with tempfile.TemporaryDirectory() as folder:
        for name, seconds in (("dragging", 0.0), ("dragging, slow decoder", SLOW)):
            app = open_app(Path(folder), seconds)
            print(report(name, *drag(app, frames)))
            if not seconds:
                print(f"at rest: {rest(app):.1f} % of a core")
            app.close()
    print(f"start: {start()}")


if __name__ == "__main__":
    main()
