"""One stroke while it is drawn: from the points of the mouse to covered pixels."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from ui.drawing.box import NOTHING, Box
from ui.drawing.brush import Brush, stamp_line
from ui.drawing.curve import Point, on_grid, span

NEAREST = 1.25  # points closer than this are the jitter of a slow hand, not its path


class Stroke:
    """The pixels one stroke covers, point by point.

    The curve through the last two points still changes its shape when the next one arrives. So the
    coverage that can no longer change is kept apart, and the last two spans are drawn anew above
    it. A stroke has one section, and a further one at each corner that the user asks for.

    Args:
        brush: the brush it is drawn with.
        start: (x, y) of its first point; pixel centres lie at whole numbers.
        shape: (rows, columns) of the canvas.
        mirrored: (x, y) -> the point's mirror image, asked for when the brush mirrors.
        source: uint8 (rows, columns), the picture that a cloning brush copies.
    """

    def __init__(
        self,
        brush: Brush,
        start: Point,
        shape: tuple[int, int],
        mirrored: Callable[[Point], Point],
        source: np.ndarray | None = None,
    ):
        self.brush = brush
        self.source = source
        self.coverage = np.zeros(shape, np.float32)
        self.sections = [[on_grid(*start)]]
        self._settled = np.zeros(shape, np.float32)
        self._mirrored = mirrored
        self._tip = self.sections[0][0]
        self._tip_box = NOTHING

    @property
    def paths(self) -> list[list[Point]]:
        """The points of every section, the latest included."""
        last = self.sections[-1]
        return [*self.sections[:-1], last if last[-1] == self._tip else [*last, self._tip]]

    def extend(self, points: Iterable[Point]) -> Box:
        """Go on through these points. Returns the box of pixels that may have changed."""
        changed = self._tip_box
        for point in points:
            changed = changed.joined(self._keep_tip())
            self._tip = on_grid(*point)
        return self._draw_tip(changed)

    def aim(self, point: Point) -> Box:
        """Move the loose end to a point, in a straight line from the last corner."""
        self._tip = on_grid(*point)
        return self._draw_tip(self._tip_box)

    def turn(self) -> None:
        """Make a corner of the latest point: what was drawn stays, and a new section begins."""
        section = self.sections[-1]
        if section[-1] != self._tip:
            section.append(self._tip)
        if len(section) > 1:
            self._settled[self._tip_box.slices] = self.coverage[self._tip_box.slices]
            self._tip_box = NOTHING
            self.sections.append([self._tip])

    def rest(self) -> None:
        """Let go of the pixels: a finished stroke is kept for its points only."""
        self.coverage = self._settled = np.zeros((0, 0), np.float32)

    def _keep_tip(self) -> Box:
        """Make the tip a point of the curve, if it is far enough from the last one.

        Returns:
            The box of pixels that settled by it.
        """
        section, (x, y) = self.sections[-1], self._tip
        if np.hypot(x - section[-1][0], y - section[-1][1]) < NEAREST:
            return NOTHING
        box = NOTHING
        if len(section) > 1:
            before = section[-3] if len(section) > 2 else None
            box = self._stamp(self._settled, span(before, section[-2], section[-1], self._tip))
        section.append(self._tip)
        return box

    def _draw_tip(self, changed: Box) -> Box:
        """Draw the spans that may still change, in place of the ones drawn last time."""
        section, tip = self.sections[-1], self._tip
        self.coverage[changed.slices] = self._settled[changed.slices]
        last, previous, before = ([None, None, *section])[:-4:-1]
        box = NOTHING
        if previous is not None:
            after = tip if tip != last else None
            box = self._stamp(self.coverage, span(before, previous, last, after))
        self._tip_box = box.joined(self._stamp(self.coverage, span(previous, last, tip, None)))
        return changed.joined(self._tip_box)

    def _stamp(self, coverage: np.ndarray, points: list[Point]) -> Box:
        """Cover a chain of straight pieces, and their mirror image. Returns their box."""
        box = NOTHING
        for start, end in pairwise(points):
            box = box.joined(stamp_line(coverage, self.brush, start, end))
            if self.brush.mirror:
                pair = self._mirrored(start), self._mirrored(end)
                box = box.joined(stamp_line(coverage, self.brush, *pair))
        return box
