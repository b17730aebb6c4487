"""An unsteady hand: strokes that wobble, hurry and miss, on a canvas of the program's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from model.frame import FACE_AXIS, IMAGE_SHAPE
from ui.drawing.drawing import Drawing, painted
from ui.drawing.stroke import LARGEST, SMALLEST, Brush, Point

STEP = 7.0  # pixels between two reports of the mouse, at usual speed
WAVE = 18.0  # pixels along a stroke over which the hand drifts from one error to the next
PIVOT = 96.0  # y of the middle of a drawn head: faces are stretched and tilted about it


class Hand:
    """Draws faces in face coordinates: x from the axis, y from the top of the frame, in pixels.

    Args:
        rng: source of every error this hand makes.
        radius: of its pen, in pixels.
        tone: of its pen, 0.0 black to 1.0 white.
        wobble: deviation of its errors, in pixels.
        soft: whether its pen has a soft edge.
        shift: (x, y) by which the whole face is off its place.
        tilt: of the whole face, in radians.
        stretch: (x, y) factors of the whole face.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        radius: float = 1.5,
        tone: float = 0.0,
        wobble: float = 1.0,
        soft: bool = False,
        shift: Point = (0.0, 0.0),
        tilt: float = 0.0,
        stretch: Point = (1.0, 1.0),
    ):
        self.drawing = Drawing()
        self.rng = rng
        self.radius = radius
        self.tone = tone
        self.wobble = wobble
        self.soft = soft
        self._shift = np.array(shift)
        self._stretch = np.array(stretch)
        self._turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])

    def place(self, points: Sequence[Point] | np.ndarray) -> np.ndarray:
        """Bring face coordinates, `(n, 2)`, to where they lie on the canvas."""
        about = (np.asarray(points, float) - (0, PIVOT)) * self._stretch
        return about @ self._turn + (FACE_AXIS, PIVOT) + self._shift

    def cover(self, tone: float) -> None:
        """Paint the whole sheet in one tone before anything else."""
        self.drawing.put(painted(np.full(IMAGE_SHAPE, tone)))

    def line(self, points: Sequence[Point] | np.ndarray, **pen: float) -> None:
        """Draw one stroke through points; `radius` and `tone` replace the pen's own."""
        self._stroke(self.place(points), self._brush(**pen))

    def arc(
        self,
        centre: Point,
        size: Point,
        start: float = 0.0,
        end: float = 360.0,
        **pen: float,
    ) -> None:
        """Draw a part of an ellipse, from one angle in degrees to another, clockwise.

        A hand that draws all of it begins anywhere, and does not end where it began.
        """
        if end - start == 360:
            start = self.rng.uniform(0, 360)
            end = start + 360 + self.rng.normal(8, 12)
        self.line(ellipse(centre, size, start, end), **pen)

    def dot(self, centre: Point, radius: float, **pen: float) -> None:
        """Press the pen down and move it hardly at all."""
        jitter = self.rng.normal(0, 0.25 * radius, 2)
        self.line([centre, np.add(centre, jitter)], radius=radius, **pen)

    def fill(
        self,
        outline: Sequence[Point] | np.ndarray,
        tone: float,
        radius: float = 6.0,
        spacing: float = 1.2,
    ) -> None:
        """Scribble to and fro inside a closed outline.

        Args:
            outline: `(n, 2)` face coordinates of its corners.
            tone: of the scribble.
            radius: of the pen that fills it.
            spacing: between the rows, in radii: below 2 the paper is covered, above it shows.
        """
        corners = self.place(outline)
        angle = self.rng.uniform(-0.6, 0.6)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        brush = self._brush(radius=radius, tone=tone)
        for path in self._scribble(corners @ turn, 0.7 * radius, spacing * radius):
            self._stroke(np.array(path) @ turn.T, brush)

    def _brush(self, radius: float | None = None, tone: float | None = None) -> Brush:
        radius = self.radius if radius is None else radius
        tone = self.tone if tone is None else tone
        return Brush(
            radius=float(np.clip(radius, SMALLEST, LARGEST)),
            tone=float(np.clip(tone, 0.0, 1.0)),
            soft=self.soft,
        )

    def _stroke(self, points: np.ndarray, brush: Brush) -> None:
        """Draw through canvas points, with this hand's errors."""
        lengths = np.hypot(*np.diff(points, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(lengths)])
        count = int(along[-1] / STEP) + 2
        paces = self.rng.lognormal(0, 0.5, count - 1)  # an uneven speed
        reports = np.concatenate([[0.0], np.cumsum(paces) / paces.sum() * along[-1]])
        path = np.stack([np.interp(reports, along, axis) for axis in points.T], axis=1)
        path += self._drift(reports)
        path = [tuple(point) for point in path.tolist()]
        self.drawing.begin(brush, path[0])
        self.drawing.extend(path[1:])
        self.drawing.finish()

    def _drift(self, along: np.ndarray) -> np.ndarray:
        """Return errors of the hand, `(n, 2)`: slow ones along the stroke, and a little jitter."""
        knots = np.arange(0.0, along[-1] + 2 * WAVE, WAVE)
        errors = self.rng.normal(0, self.wobble, (len(knots), 2))
        slow = np.stack([np.interp(along, knots, error) for error in errors.T], axis=1)
        return slow + self.rng.normal(0, 0.2 * self.wobble, (len(along), 2))

    def _scribble(self, corners: np.ndarray, inset: float, spacing: float) -> Iterator[list[Point]]:
        """Yield zigzag paths through the inside of a polygon `(n, 2)`, row by row."""
        paths: list[list[Point]] = []
        y = corners[:, 1].min() + inset
        while y < corners[:, 1].max() - inset / 2:
            spans = [
                (min(left + inset, (left + right) / 2), max(right - inset, (left + right) / 2))
                for left, right in _crossings(corners, y)
                if right - left > 0.8 * inset
            ]
            if len(spans) != len(paths):
                yield from filter(None, paths)
                paths = [[] for _ in spans]
            for path, span in zip(paths, spans, strict=True):
                forth = len(path) % 4 == 0
                path += [(x, y) for x in (span if forth else reversed(span))]
            y += spacing * self.rng.uniform(0.8, 1.2)
        yield from filter(None, paths)


def ellipse(centre: Point, size: Point, start: float = 0.0, end: float = 360.0) -> np.ndarray:
    """Return points, `(32, 2)`, of an ellipse from one angle in degrees to another, clockwise."""
    angles = np.radians(np.linspace(start, end, 32))
    return np.array(centre) + np.array(size) * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _crossings(corners: np.ndarray, y: float) -> list[tuple[float, float]]:
    """Return the (left, right) spans of a row that lie inside a polygon."""
    (x0, y0), (x1, y1) = corners.T, np.roll(corners, -1, axis=0).T
    cut = (y0 <= y) != (y1 <= y)
    xs = np.sort(x0[cut] + (y - y0[cut]) * (x1[cut] - x0[cut]) / (y1[cut] - y0[cut]))
    return list(zip(xs[::2].tolist(), xs[1::2].tolist(), strict=True))
