"""Strokes: from a brush and the points of the mouse to covered pixels.

A centripetal Catmull-Rom curve passes through every point, without corners or loops.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import numpy as np

from model.frame import FACE_AXIS, IMAGE_SHAPE

Point = tuple[float, float]  # (x, y) in canvas pixels; whole numbers are pixel centers

SMALLEST, LARGEST = 0.5, 40.0  # brush radius, canvas pixels
SIZE_STEP = 1.15  # radius factor of one notch of the wheel
MOST_NOTCHES = 100  # limit on the notches of one call; more than the whole range needs
GRAYS = {"black": 0.0, "dark gray": 0.25, "gray": 0.5, "light gray": 0.75, "white": 1.0}
SOFT_REACH = 1.6  # radii at which a soft brush has faded out

JITTER = 1.25  # canvas pixels; points closer to the last one are not added to the curve
GRID = 64.0  # grid steps per canvas pixel, so that mirrored points are exact
PIECE = 2.5  # longest straight piece of a curve, canvas pixels
MOST_PIECES = 64  # straight pieces between two points


class Tool(Enum):
    """What a stroke does to the pixels it covers."""

    PAINT = "paint"  # covers them with one gray
    ERASE = "erase"  # restores the start face, or bare paper without one
    BARE = "bare"  # restores bare paper
    CLONE = "clone"  # copies the answer
    FILL = "fill"  # no strokes: covers an area with one gray


@dataclass(frozen=True)
class Brush:
    """A round brush."""

    tool: Tool = Tool.PAINT
    radius: float = 2.0  # canvas pixels, `SMALLEST` to `LARGEST`
    soft: bool = False  # whether it fades out towards its edge
    tone: float = 0.0  # the gray it paints, 0.0 black to 1.0 white; other tools ignore it
    mirror: bool = False  # whether strokes are repeated, mirrored about the face axis

    def resized(self, notches: float) -> float:
        """Return the radius after some notches of the wheel."""
        steps = np.clip(notches, -MOST_NOTCHES, MOST_NOTCHES)
        return float(np.clip(self.radius * SIZE_STEP**steps, SMALLEST, LARGEST))

    def stamp(self, coverage: np.ndarray, start: Point, end: Point) -> None:
        """Raise a coverage, float32 (rows, columns) in [0, 1], along a line."""
        (x0, y0), (x1, y1) = start, end
        reach = self.radius * SOFT_REACH if self.soft else self.radius + 0.5
        rows, columns = (
            slice(max(0, math.floor(min(a, b) - reach)), max(0, math.ceil(max(a, b) + reach) + 1))
            for a, b in ((y0, y1), (x0, x1))
        )
        target = coverage[rows, columns]
        across = np.arange(target.shape[1]) + (columns.start - x0)
        down = (np.arange(target.shape[0]) + (rows.start - y0))[:, None]
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        if length:
            along = np.clip((across * (x1 - x0) + down * (y1 - y0)) / length, 0.0, 1.0)
            across = across - along * (x1 - x0)
            down = down - along * (y1 - y0)
        np.maximum(target, self._covers(np.sqrt(across * across + down * down)), out=target)

    def _covers(self, distance: np.ndarray) -> np.ndarray:
        """Return the coverage in [0, 1] of pixels at some distances from the line.

        It never rises with distance. So the maximum over the pieces of a stroke is the coverage of
        the whole stroke, and a stroke that crosses itself does not get darker.
        """
        if not self.soft:
            return np.clip(self.radius + 0.5 - distance, 0.0, min(1.0, 2.0 * self.radius))
        fade = np.clip(1.0 - distance / (self.radius * SOFT_REACH), 0.0, 1.0)
        return fade * fade * (3.0 - 2.0 * fade) * min(1.0, 2.0 * self.radius)


class Stroke:
    """The pixels that one stroke covers, point by point.

    The last two spans of the curve change when the next point arrives. So the coverage of the spans
    before them is kept apart, and the last two are drawn again on top of it. A stroke has one
    section, and one more after every corner between a curve and a straight line. A cloning
    or erasing brush copies a source, uint8 (rows, columns).
    """

    def __init__(self, brush: Brush, start: Point, source: np.ndarray | None = None):
        self.brush = brush
        self.source = source
        self.coverage = np.zeros(IMAGE_SHAPE, np.float32)  # in [0, 1]
        self.sections = [[on_grid(*start)]]  # their points; complete once it is finished
        self._settled = np.zeros(IMAGE_SHAPE, np.float32)  # coverage of the spans that are final
        self._straight = False
        self._tip = self.sections[0][0]  # the latest point

    def extend(self, points: Iterable[Point], straight: bool = False) -> None:
        """Continue in a curve through points, or straight from the latest corner to the last."""
        if straight != self._straight:
            self._straight = straight
            self.turn()
        for point in points:
            if not straight:
                self._keep_tip()
            self._tip = on_grid(*point)
        path = list(self.sections[-1])
        if len(path) == 1 or path[-1] != self._tip:
            path.append(self._tip)
        self.coverage = self._settled.copy()
        for first in range(max(0, len(path) - 3), len(path) - 1):
            self._stamp(self.coverage, span(path, first))

    def turn(self) -> None:
        """End the section at the latest point and begin the next one there."""
        section = self.sections[-1]
        if section[-1] != self._tip:
            section.append(self._tip)
        if len(section) > 1:
            self._settled = self.coverage
            self.sections.append([self._tip])

    def finish(self) -> None:
        """End the stroke: keep the points and drop the pixels."""
        self.turn()
        self.coverage = self._settled = np.zeros((0, 0), np.float32)

    def _keep_tip(self) -> None:
        """Add the latest point to the curve, if it is far enough from the one before."""
        section = self.sections[-1]
        if math.dist(section[-1], self._tip) >= JITTER:
            section.append(self._tip)
            if len(section) > 2:
                self._stamp(self._settled, span(section, len(section) - 3))

    def _stamp(self, coverage: np.ndarray, points: list[Point]) -> None:
        """Cover a chain of straight pieces, and their mirror image."""
        for start, end in pairwise(points):
            self.brush.stamp(coverage, start, end)
            if self.brush.mirror:
                self.brush.stamp(coverage, mirrored(start), mirrored(end))


def mirrored(point: Point) -> Point:
    """Reflect a point about the face axis."""
    return 2 * FACE_AXIS - point[0], point[1]


def on_grid(x: float, y: float) -> Point:
    """Return the nearest point whose mirror image is exact."""
    return round(x * GRID) / GRID, round(y * GRID) / GRID


def span(points: list[Point], first: int) -> list[Point]:
    """Return a curve through points from `points[first]` to the next one, both included."""
    start, end = points[first : first + 2]
    pieces = min(MOST_PIECES, math.ceil(math.dist(start, end) / PIECE))
    if pieces < 2 or len(points) < 3:
        return [start, end]
    a, b = np.array(start), np.array(end)
    tangent_a, tangent_b = 2.0 * (b - a), 2.0 * (b - a)
    # A first or last span is a parabola, determined by the tangent at its inner end.
    if first > 0:
        tangent_a = -_tangent(b, a, np.array(points[first - 1]))
    if first + 2 < len(points):
        tangent_b = _tangent(a, b, np.array(points[first + 2]))
    if first == 0:
        tangent_a = tangent_a - tangent_b
    if first + 2 == len(points):
        tangent_b = tangent_b - tangent_a
    t = np.linspace(0.0, 1.0, pieces + 1)[1:-1, None]
    middle = (
        (2 * t**3 - 3 * t**2 + 1) * a
        + (t**3 - 2 * t**2 + t) * tangent_a
        + (3 * t**2 - 2 * t**3) * b
        + (t**3 - t**2) * tangent_b
    )
    return [start, *(on_grid(x, y) for x, y in middle.tolist()), end]


def _tangent(near: np.ndarray, here: np.ndarray, far: np.ndarray) -> np.ndarray:
    """Return the centripetal Catmull-Rom tangent at `here`, for the span from `near` to `here`."""
    step, following = (
        np.sqrt(max(float(np.hypot(*ends)), 1e-6)) for ends in (here - near, far - here)
    )
    return step * (
        (here - near) / step - (far - near) / (step + following) + (far - here) / following
    )
