"""Squares of faces: along two sliders from one face, or between four faces.

A place in a square is (x, y) from 0 to 1, x to the right and y upwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ui.animation import between
from ui.sliders.axes import Axis

Place = tuple[float, float]

SIDE = 7  # faces in a row and in a column of the ground
LEAST = 0.1  # of two directions' difference, below which they count as one


@dataclass(frozen=True, eq=False)
class SlidersMap:
    """The faces that two sliders lead to from a face."""

    code: np.ndarray  # (80,)
    across: Axis
    up: Axis

    def at(self, place: Place) -> np.ndarray:
        """Return the code (80,) at a place: that at which both sliders read what belongs there.

        Moving one slider may move what the other reads, so both ways are found together.
        """
        here = np.array(self.place_of(self.code))
        steps = [(axis.ends[1] - axis.ends[0]) * axis.step for axis in (self.across, self.up)]
        moves = np.transpose([self.place_of(self.code + step) - here for step in steps])
        ways = np.linalg.lstsq(moves, place - here, rcond=LEAST)[0]
        return (self.code + ways @ steps).astype(np.float32)

    def place_of(self, code: np.ndarray) -> Place:
        """Return the place at which a code reads as it does; it may lie outside of the square."""
        axes = self.across, self.up
        x, y = ((a.read(code) - a.ends[0]) / (a.ends[1] - a.ends[0]) for a in axes)
        return x, y


@dataclass(frozen=True, eq=False)
class CornersMap:
    """The faces between four others, exact at the corners."""

    latent: Any
    corners: np.ndarray  # (4, 80) codes: top left, top right, bottom left, bottom right

    def at(self, place: Place) -> np.ndarray:
        """Return the code (80,) at a place."""
        x, y = place
        if x in (0, 1) and y in (0, 1):
            return self.corners[int(x) + 2 * int(1 - y)]
        above_left, above_right, left, right = self.latent.to_sliders(self.corners)
        above, below = between(above_left, above_right, x), between(left, right, x)
        return self.latent.from_sliders(between(below, above, y))

    def place_of(self, code: np.ndarray) -> None:
        """Return None: most faces are nowhere between these four."""
        return None


def ground(square: SlidersMap | CornersMap) -> np.ndarray:
    """Return codes (49, 80) that cover a square, row by row from its top left corner."""
    ticks = np.linspace(0, 1, SIDE)
    return np.stack([square.at((x, y)) for y in ticks[::-1] for x in ticks])
