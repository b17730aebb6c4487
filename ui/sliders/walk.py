"""Walks from face to face: where they go, and how they are played and filmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from data.errors import UserError
from ui.animation import ease, encode_gif, walk
from ui.pictures import enlarge
from ui.saves import read_saves
from ui.sliders.state import FaceState
from ui.starts import decode_one
from ui.storage import write_new

MOST_STOPS = 24  # saved faces on a walk, the newest ones
STEPS, GIF_STEPS = 120, 40  # codes on the way from one face to the next, played and in a GIF
SECONDS = 2.4  # that one leg takes
GIF_FPS = 25


class Walk:
    """A walk through faces, played by the clock.

    Args:
        latent: the latent space.
        show: called with each code (80,) of the walk, and with how near it is to the second face
            rather than the first, in [0, 1], which counts where there are just these two.
    """

    def __init__(self, latent, show: Callable[[np.ndarray, float], object]):
        self.latent, self.show = latent, show
        self._codes: np.ndarray | None = None
        self._began = 0.0

    @property
    def playing(self) -> bool:
        """Whether a walk is under way."""
        return self._codes is not None

    def start(self, stops: np.ndarray, now: float) -> None:
        """Start to walk through codes (m, 80), round and round; `now` is in seconds."""
        self._codes, self._began = codes_between(self.latent, stops, STEPS), now

    def stop(self) -> bool:
        """Stop; return whether a walk was playing."""
        playing, self._codes = self.playing, None
        return playing

    def update(self, now: float) -> float | None:
        """Show the code of this time; return the time, for another frame, while the walk plays."""
        if self._codes is None:
            return None
        step = int((now - self._began) / SECONDS * STEPS) % len(self._codes)
        way = ease(step % STEPS / STEPS)
        self.show(self._codes[step], 1 - way if step // STEPS % 2 else way)
        return now


def codes_between(latent, stops: np.ndarray, steps: int) -> np.ndarray:
    """Return the codes of a walk through codes (m, 80) and back, so many for each leg."""
    return latent.from_sliders(walk(latent.to_sliders(stops), steps * len(stops)))


def find_stops(latent, state: FaceState, folder: Path) -> np.ndarray:
    """Return the codes (m, 80) that a walk goes through: A and B, or else the saved faces.

    Raises:
        UserError: if there are fewer than two.
    """
    if state.both_faces:
        return np.stack([state.face_a, state.face_b])
    saves = read_saves(folder, latent.model_id, latent.latent_dim)
    codes = [save.code for save in islice(saves, MOST_STOPS)]
    if len(codes) < 2:
        raise UserError(
            "A walk needs two faces: set A and B with Shift A and Shift B, or save two faces."
        )
    return np.stack(codes[::-1])


def write_gif(folder: Path, stem: str, codes: np.ndarray, times: int, engine) -> Iterator[float]:
    """Write a GIF of codes (n, 80), faces so many times as large as the model makes them.

    It yields the share that is done, and returns the path at the end.
    """
    frames = []
    for code in codes:
        frames.append(enlarge(decode_one(engine, code), times))
        yield len(frames) / len(codes)
    return write_new(folder, stem, ".gif", encode_gif(frames, GIF_FPS))
