"""One stroke while it is drawn: from a brush and the points of the mouse to covered pixels.

A quick hand leaves points 40 pixels apart; straight lines between them show corners. A centripetal
Catmull-Rom curve passes through every point, has no corners, and makes no loops of its own.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import numpy as np
from pygame import Rect

from model.frame import FACE_AXIS, IMAGE_SHAPE

Point = tuple[float, float]  # (x, y) on the canvas; pixel centres lie at whole numbers

SMALLEST, LARGEST = 0.5, 40.0  # radii of a brush in canvas pixels
SIZE_STEP = 1.15  # one notch of the wheel
MOST_NOTCHES = 100  # lead from any size to any other
GREYS = {"black": 0.0, "dark grey": 0.25, "grey": 0.5, "light grey": 0.75, "white": 1.0}
SOFT_REACH = 1.6  # a soft brush fades out at this many radii

NEAREST = 1.25  # points closer than this are the jitter of a slow hand, not its path
GRID = 64.0  # points are kept at this fraction of a pixel, so that a mirrored stroke is exact
PIECE = 2.5  # longest straight piece of a curve, in canvas pixels
MOST_PIECES = 64


class Tool(Enum):
    """What a stroke does to the pixels it covers."""

    PAINT = "paint"  # lays down one grey
    ERASE = "erase"  # brings back the face that was started from; without one, bares the paper
    BARE = "bare"  # bares the paper
    CLONE = "clone"  # copies the answer


@dataclass(frozen=True)
class Brush:
    """One round brush.

    Args:
        tool: what it does.
        radius: in canvas pixels, from `SMALLEST` to `LARGEST`.
        soft: fades out towards its edge instead of ending there.
        tone: the grey it paints, 0.0 black to 1.0 white; the other tools ignore it.
        mirror: every stroke is drawn a second time, mirrored about the face axis.
    """

    tool: Tool = Tool.PAINT
    radius: float = 2.0
    soft: bool = False
    tone: float = 0.0
    mirror: bool = False

    def resized(self, notches: float) -> float:
        """Return the radius after turning the wheel by so many notches."""
        steps = np.clip(notches, -MOST_NOTCHES, MOST_NOTCHES)
        return float(np.clip(self.radius * SIZE_STEP**steps, SMALLEST, LARGEST))

    def stamp(self, coverage: np.ndarray, start: Point, end: Point) -> Rect:
        """Raise coverage, float32 (rows, columns), along a line; return what may have changed."""
        (x0, y0), (x1, y1) = start, end
        reach = self.radius * SOFT_REACH if self.soft else self.radius + 0.5
        left, top = math.floor(min(x0, x1) - reach), math.floor(min(y0, y1) - reach)
        right, bottom = math.ceil(max(x0, x1) + reach) + 1, math.ceil(max(y0, y1) + reach) + 1
        rect = Rect(left, top, right - left, bottom - top)
        rect = rect.clip(Rect(0, 0, coverage.shape[1], coverage.shape[0]))
        across = np.arange(rect.left, rect.right) - x0
        down = (np.arange(rect.top, rect.bottom) - y0)[:, None]
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        if length:
            along = np.clip((across * (x1 - x0) + down * (y1 - y0)) / length, 0.0, 1.0)
            across = across - along * (x1 - x0)
            down = down - along * (y1 - y0)
        target = coverage[slices(rect)]
        np.maximum(target, self._covers(np.sqrt(across * across + down * down)), out=target)
        return rect

    def _covers(self, distance: np.ndarray) -> np.ndarray:
        """Return the coverage in [0, 1] of pixels at these distances from the middle of a stroke.

        It only ever falls with distance. That is why the largest coverage over the pieces of a
        stroke is the coverage of the whole stroke, and overlaps within one do not darken.
        """
        if not self.soft:
            return np.clip(self.radius + 0.5 - distance, 0.0, min(1.0, 2.0 * self.radius))
        fade = np.clip(1.0 - distance / (self.radius * SOFT_REACH), 0.0, 1.0)
        return fade * fade * (3.0 - 2.0 * fade) * min(1.0, 2.0 * self.radius)


class Stroke:
    """The pixels one stroke covers, point by point.

    The curve through the last two points still changes its shape when the next one arrives. So the
    coverage that can no longer change is kept apart, and the last two spans are drawn anew above
    it. A stroke has one section, and a further one at each corner that the user asks for.

    Args:
        brush: the brush it is drawn with.
        start: its first point.
        source: uint8 (rows, columns), the picture that it copies, or None.

    Attributes:
        coverage: float32 (rows, columns) in [0, 1].
        sections: the points of every section; all of them once the stroke is finished.
    """

    def __init__(self, brush: Brush, start: Point, source: np.ndarray | None = None):
        self.brush = brush
        self.source = source
        self.coverage = np.zeros(IMAGE_SHAPE, np.float32)
        self._straight = False
        self.sections = [[on_grid(*start)]]
        self._settled = np.zeros(IMAGE_SHAPE, np.float32)
        self._tip = self.sections[0][0]
        self._tip_rect = Rect(0, 0, 0, 0)

    def extend(self, points: Iterable[Point], straight: bool = False) -> Rect:
        """Go on through points in a curve, or to the last of them in a straight line.

        Where one follows the other is a corner; straight lines begin at the latest corner. Returns
        the pixels that may have changed.
        """
        if straight != self._straight:
            self._straight = straight
            self.turn()
        changed = self._tip_rect
        for point in points:
            if not straight:
                changed = union(changed, self._keep_tip())
            self._tip = on_grid(*point)
        section, tip = self.sections[-1], self._tip
        self.coverage[slices(changed)] = self._settled[slices(changed)]
        last, previous, before = ([None, None, *section])[:-4:-1]
        rect = self._stamp(self.coverage, span(previous, last, tip, None))
        if previous is not None:
            after = tip if tip != last else None
            rect = union(rect, self._stamp(self.coverage, span(before, previous, last, after)))
        self._tip_rect = rect
        return union(changed, rect)

    def turn(self) -> None:
        """Make a corner of the latest point: what was drawn stays, and a new section begins."""
        section = self.sections[-1]
        if section[-1] != self._tip:
            section.append(self._tip)
        if len(section) > 1:
            where = slices(self._tip_rect)
            self._settled[where] = self.coverage[where]
            self._tip_rect = Rect(0, 0, 0, 0)
            self.sections.append([self._tip])

    def finish(self) -> None:
        """Keep the points only, and let go of the pixels."""
        self.turn()
        self.coverage = self._settled = np.zeros((0, 0), np.float32)

    def _keep_tip(self) -> Rect:
        """Make the tip a point of the curve, if far enough from the last; return what settled."""
        section, (x, y) = self.sections[-1], self._tip
        rect = Rect(0, 0, 0, 0)
        if np.hypot(x - section[-1][0], y - section[-1][1]) < NEAREST:
            return rect
        if len(section) > 1:
            before = section[-3] if len(section) > 2 else None
            rect = self._stamp(self._settled, span(before, section[-2], section[-1], self._tip))
        section.append(self._tip)
        return rect

    def _stamp(self, coverage: np.ndarray, points: list[Point]) -> Rect:
        """Cover a chain of straight pieces, and their mirror image; return where."""
        pieces = list(pairwise(points))
        if self.brush.mirror:
            pieces += [(mirrored(start), mirrored(end)) for start, end in pieces]
        return union(*(self.brush.stamp(coverage, *piece) for piece in pieces))


def mirrored(point: Point) -> Point:
    """Reflect a point about the face axis."""
    return 2 * FACE_AXIS - point[0], point[1]


def on_grid(x: float, y: float) -> Point:
    """Return the nearest point that the mirror image maps onto exactly."""
    return round(x * GRID) / GRID, round(y * GRID) / GRID


def union(*rects: Rect) -> Rect:
    """Return the smallest rectangle that holds all; empty ones count for nothing."""
    rects = [rect for rect in rects if rect]
    return rects[0].unionall(rects[1:]) if rects else Rect(0, 0, 0, 0)


def slices(rect: Rect) -> tuple[slice, slice]:
    """Return the index of a rectangle's pixels in an array (rows, columns, ...)."""
    return slice(rect.top, rect.bottom), slice(rect.left, rect.right)


def span(before: Point | None, start: Point, end: Point, after: Point | None) -> list[Point]:
    """Return points of the curve from `start` to `end`, both included.

    There is no point before where the stroke begins at `start`, none after where it ends at `end`.
    """
    a, b = np.array(start), np.array(end)
    chord = float(np.hypot(*(b - a)))
    pieces = min(MOST_PIECES, math.ceil(chord / PIECE))
    if pieces < 2 or (before is None and after is None):
        return [start, end]
    # An end without a neighbour leaves along the parabola that the other end's tangent asks for.
    tangent_a = None if before is None else -_tangent(b, a, np.array(before), chord)
    tangent_b = (
        2.0 * (b - a) - tangent_a if after is None else _tangent(a, b, np.array(after), chord)
    )
    if tangent_a is None:
        tangent_a = 2.0 * (b - a) - tangent_b
    t = np.linspace(0.0, 1.0, pieces + 1)[1:-1, None]
    middle = (
        (2 * t**3 - 3 * t**2 + 1) * a
        + (t**3 - 2 * t**2 + t) * tangent_a
        + (3 * t**2 - 2 * t**3) * b
        + (t**3 - t**2) * tangent_b
    )
    return [start, *(on_grid(x, y) for x, y in middle.tolist()), end]


def _tangent(near: np.ndarray, here: np.ndarray, far: np.ndarray, chord: float) -> np.ndarray:
    """Return the centripetal Catmull-Rom tangent at `here` on the way from `near` to `far`.

    Scaled for the Hermite form of the span between `near` and `here`, whose length is `chord`.
    """
    step = np.sqrt(max(chord, 1e-6))
    following = np.sqrt(max(float(np.hypot(*(far - here))), 1e-6))
    return step * (
        (here - near) / step - (far - near) / (step + following) + (far - here) / following
    )
