"""Brushes: what one dab or one straight piece of a stroke covers."""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from ui.drawing.box import NOTHING, Box

SMALLEST, LARGEST = 0.5, 40.0  # radii in canvas pixels
SIZE_STEP = 1.15  # one notch of the wheel
GREYS = {"black": 0.0, "dark grey": 0.25, "grey": 0.5, "light grey": 0.75, "white": 1.0}
SOFT_REACH = 1.6  # a soft brush fades out at this many radii


class Tool(str, Enum):
    """What a stroke does to the pixels it covers."""

    PAINT = "paint"  # lays down one grey
    ERASE = "erase"  # bares the paper
    CLONE = "clone"  # copies the answer

    __str__ = str.__str__


@dataclass(frozen=True)
class Brush:
    """One round brush.

    Args:
        tool: what it does.
        radius: in canvas pixels, from `SMALLEST` to `LARGEST`.
        soft: fades out towards its edge instead of ending there.
        tone: the grey it paints, 0.0 black to 1.0 white; erasing and cloning ignore it.
        mirror: every stroke is drawn a second time, mirrored about the face axis.
    """

    tool: Tool = Tool.PAINT
    radius: float = 2.0
    soft: bool = False
    tone: float = 0.0
    mirror: bool = False

    @property
    def reach(self) -> float:
        """How far from its centre the brush can touch a pixel."""
        return self.radius * SOFT_REACH if self.soft else self.radius + 0.5

    def resized(self, notches: float) -> float:
        """Radius after turning the wheel by so many notches."""
        return float(np.clip(self.radius * SIZE_STEP**notches, SMALLEST, LARGEST))

    def coverage(self, distance: np.ndarray) -> np.ndarray:
        """Coverage in [0, 1] of pixels at these distances from the middle of the stroke.

        It only ever falls with distance. That is why the largest coverage over the pieces of a
        stroke is the coverage of the whole stroke, and overlaps within one do not darken.
        """
        if not self.soft:
            return np.clip(self.radius + 0.5 - distance, 0.0, min(1.0, 2.0 * self.radius))
        fade = np.clip(1.0 - distance / self.reach, 0.0, 1.0)
        return fade * fade * (3.0 - 2.0 * fade) * min(1.0, 2.0 * self.radius)


def stamp_line(
    coverage: np.ndarray, brush: Brush, start: tuple[float, float], end: tuple[float, float]
) -> Box:
    """Raise the coverage along a straight line; only its bounding box is touched.

    Args:
        coverage: float32 (rows, columns), changed in place.
        brush: the brush that is drawn along the line.
        start: (x, y); pixel centres lie at whole numbers. A dot if it equals `end`.
        end: (x, y).

    Returns:
        The box of pixels that may have changed.
    """
    (x0, y0), (x1, y1) = start, end
    rows, columns = coverage.shape
    reach = brush.reach
    box = Box(
        max(0, int(np.floor(min(x0, x1) - reach))),
        max(0, int(np.floor(min(y0, y1) - reach))),
        min(columns, int(np.ceil(max(x0, x1) + reach)) + 1),
        min(rows, int(np.ceil(max(y0, y1) + reach)) + 1),
    )
    if box.empty:
        return NOTHING
    across = np.arange(box.left, box.right) - x0
    down = (np.arange(box.top, box.bottom) - y0)[:, None]
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    if length:
        along = np.clip((across * (x1 - x0) + down * (y1 - y0)) / length, 0.0, 1.0)
        across = across - along * (x1 - x0)
        down = down - along * (y1 - y0)
    covered = brush.coverage(np.sqrt(across * across + down * down))
    target = coverage[box.slices]
    np.maximum(target, covered, out=target)
    return box
