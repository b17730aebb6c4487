"""A walk through faces, played by the clock."""

from __future__ import annotations

import numpy as np

from ui.animation import walk

STEPS = 120  # codes on the way from one face to the next
SECONDS = 2.4  # that one leg takes


class Player:
    """Tells which code a walk stands at.

    Args:
        latent: the latent space.
        stops: (m, 80) codes to walk through, round and round.
        began: the time it starts, in seconds.
    """

    def __init__(self, latent, stops: np.ndarray, began: float):
        values = latent.to_sliders(stops)
        self.codes = latent.from_sliders(walk(values, STEPS * len(stops)))
        self.began = began

    def code(self, now: float) -> np.ndarray:
        """Return the code (80,) at a time."""
        step = int((now - self.began) / SECONDS * STEPS)
        return self.codes[step % len(self.codes)]
