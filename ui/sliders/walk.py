"""Walks from face to face: where they go, and how they are played."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from data.errors import UserError
from ui.animation import walk
from ui.saves import list_saves, read_save
from ui.sliders.state import FaceState

MOST_STOPS = 24  # saved faces on a walk, the newest ones
STEPS = 120  # codes on the way from one face to the next
SECONDS = 2.4  # that one leg takes
GIF_STEPS = 40  # frames of a GIF, for each leg


class Walk:
    """A walk through faces, played by the clock.

    Args:
        latent: the latent space.
        show: called with the code (80,) that the walk has come to.
    """

    def __init__(self, latent, show: Callable[[np.ndarray], object]):
        self.latent = latent
        self.show = show
        self._codes: np.ndarray | None = None
        self._began = 0.0

    @property
    def playing(self) -> bool:
        """Whether a walk is under way."""
        return self._codes is not None

    def start(self, stops: np.ndarray, now: float) -> None:
        """Start to walk through codes (m, 80), round and round, at a time in seconds."""
        self._codes, self._began = codes_between(self.latent, stops, STEPS), now

    def stop(self) -> bool:
        """Stop where it is; say whether there was a walk."""
        playing, self._codes = self.playing, None
        return playing

    def update(self, now: float) -> float | None:
        """Go on to where the walk is at a time; ask for the next frame while it lasts."""
        if self._codes is None:
            return None
        step = int((now - self._began) / SECONDS * STEPS)
        self.show(self._codes[step % len(self._codes)])
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
    codes = []
    for path in list_saves(folder):
        try:
            codes.append(read_save(path, latent.model_id, latent.latent_dim).code)
        except UserError:
            continue  # of another model, or damaged
        if len(codes) == MOST_STOPS:
            break
    if len(codes) < 2:
        raise UserError(
            "A walk needs two faces: set A and B with Shift A and Shift B, or save two faces."
        )
    return np.stack(codes[::-1])
