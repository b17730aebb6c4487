"""Squares of faces: along two sliders from one face, or between four faces.

A place in a square is (x, y), both from 0 to 1: x to the right, y upwards.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model.latent import LatentSpace
from ui.animation import between
from ui.sliders.axes import Axis

Place = tuple[float, float]

SIDE = 7  # small faces in a row and in a column of a square
LEAST = 0.1  # least ratio of singular values of two directions that differ


@dataclass(frozen=True, eq=False)
class SlidersMap:
    """The faces that two sliders lead to from a code (latent_dim,)."""

    code: np.ndarray
    across: Axis
    up: Axis

    def at(self, place: Place) -> np.ndarray:
        """Return the code (latent_dim,) at which both sliders have the values of a place."""
        way = np.subtract(place, self.place_of(self.code))
        return (self.code + self._steps @ way).astype(np.float32)

    @cached_property
    def _steps(self) -> np.ndarray:
        """Changes of the code (latent_dim, 2) that move one reading and leave the other."""
        here = np.array(self.place_of(self.code))
        steps = [(axis.ends[1] - axis.ends[0]) * axis.step for axis in (self.across, self.up)]
        moves = np.transpose([self.place_of(self.code + step) - here for step in steps])
        return np.transpose(steps) @ np.linalg.pinv(moves, rcond=LEAST)

    def place_of(self, code: np.ndarray) -> Place:
        """Return the place of a code's readings; it may lie outside of the square."""
        axes = self.across, self.up
        x, y = ((a.read(code) - a.ends[0]) / (a.ends[1] - a.ends[0]) for a in axes)
        return x, y


@dataclass(frozen=True, eq=False)
class CornersMap:
    """The faces between four others, which lie exactly at the corners."""

    latent: LatentSpace
    corners: np.ndarray  # (4, latent_dim): top left, top right, bottom left, bottom right

    def at(self, place: Place) -> np.ndarray:
        """Return the code (latent_dim,) at a place."""
        x, y = place
        if x in (0, 1) and y in (0, 1):
            return self.corners[int(x) + 2 * int(1 - y)]
        above_left, above_right, left, right = self.latent.to_sliders(self.corners)
        above, below = between(above_left, above_right, x), between(left, right, x)
        return self.latent.from_sliders(between(below, above, y))


def grid(square: SlidersMap | CornersMap) -> np.ndarray:
    """Return codes (49, latent_dim) that cover a square, row by row from its top left corner."""
    ticks = np.linspace(0, 1, SIDE)
    return np.stack([square.at((x, y)) for y in ticks[::-1] for x in ticks])
