"""A drawing: gray and coverage on white paper, stroke by stroke, with undo and redo."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
from pygame import Rect

from model.frame import IMAGE_SHAPE
from ui.drawing.stroke import Brush, Point, Stroke, Tool, slices, union
from ui.history import History
from ui.pictures import DRAWING_SHAPE, PAPER, over_paper, to_pixels
from ui.storage import pack_pixels, unpack_pixels

MOST_STEPS = 300  # at most 25 MB of pixels


class Canvas:
    """What has been painted in the model's frame, and the stroke that is being painted.

    Every pixel has a gray and a coverage: bare canvas is no evidence of anything, white paint is.
    Both are kept as whole numbers, so that saving and restoring change nothing. A stroke paints on
    a copy: `pixels` read between two strokes stay as they are, and a history may hold on to them.

    Attributes:
        pixels: uint8 (rows, columns, 2), gray and coverage.
        stroke: the stroke that is being drawn, or None.

    Example:
        canvas = Canvas()
        canvas.begin(Brush(radius=3), (60, 80))
        canvas.extend([(80, 70), (100, 80)])
        canvas.finish()
    """

    def __init__(self):
        self.pixels = blank()
        self.stroke: Stroke | None = None
        self._straight = False
        self._base = self.pixels  # what was there before the stroke

    @property
    def empty(self) -> bool:
        """Whether nothing is painted."""
        return not self.pixels[..., 1].any()

    def begin(self, brush: Brush, point: Point, source: np.ndarray | None = None) -> Rect:
        """Set the brush down; a stroke that was not finished ends here.

        Args:
            brush: the brush of this stroke.
            point: where it begins.
            source: (rows, columns), see `to_pixels`: the picture that a brush copies which does.

        Returns:
            The pixels that changed, as the other steps of a stroke do.
        """
        if brush.tool is Tool.CLONE and source is None:
            raise ValueError("A cloning brush needs a picture to copy. Received: source=None")
        self.finish()
        self._base, self.pixels = self.pixels, self.pixels.copy()
        self._straight = False
        self.stroke = Stroke(brush, point, None if source is None else to_pixels(source))
        return self._paint(self.stroke.extend([]))

    def follow(self, points: Iterable[tuple[Point, bool]]) -> Rect:
        """Go on through points, each with whether a straight line leads there."""
        changed = Rect(0, 0, 0, 0)
        for straight, group in groupby(points, key=itemgetter(1)):
            together = [point for point, _ in group]
            if straight != self._straight:
                self.turn()
                self._straight = straight
            step = self.aim(together[-1]) if straight else self.extend(together)
            changed = union(changed, step)
        return changed

    def extend(self, points: Iterable[Point]) -> Rect:
        """Go on through points, in a curve."""
        return self._paint(self.stroke.extend(points))

    def aim(self, point: Point) -> Rect:
        """Go to a point in a straight line from the last corner."""
        return self._paint(self.stroke.aim(point))

    def turn(self) -> None:
        """Make a corner of the latest point, from which `aim` draws straight lines."""
        self.stroke.turn()

    def finish(self) -> Stroke | None:
        """Lift the brush; return the stroke that ends, None if there was none."""
        stroke, self.stroke = self.stroke, None
        return stroke

    def cancel(self) -> None:
        """Lift the brush as if the stroke had never been begun."""
        if self.finish():
            self.pixels = self._base

    def replace(self, pixels: np.ndarray) -> None:
        """Show other pixels: uint8 (rows, columns, 2), gray and coverage."""
        if pixels.shape != DRAWING_SHAPE or pixels.dtype != np.uint8:
            raise ValueError(
                f"A drawing is uint8 {DRAWING_SHAPE}. Received: {pixels.dtype} {pixels.shape}"
            )
        self.stroke = None
        self.pixels = pixels

    def image(self) -> np.ndarray:
        """Return the drawing on white paper: float32 (rows, columns) in [0, 1]."""
        return over_paper(self.pixels) / np.float32(PAPER)

    def mask(self) -> np.ndarray:
        """Return how far every pixel is painted: float32 (rows, columns) in [0, 1]."""
        return self.pixels[..., 1] / np.float32(255)

    def _paint(self, rect: Rect) -> Rect:
        """Lay the stroke over what was there before it, in this rectangle."""
        where = slices(rect)
        brush, source, under = self.stroke.brush, self.stroke.source, self._base[where]
        gray, cover = under[..., 0].astype(np.float32), under[..., 1] / np.float32(255)
        added = self.stroke.coverage[where]
        if brush.tool is Tool.BARE or (brush.tool is Tool.ERASE and source is None):
            after = cover * (1.0 - added)
        else:
            tone = brush.tone * PAPER if source is None else source[where]
            after = cover + added - cover * added
            kept = cover * (1.0 - added)
            gray = (gray * kept + tone * added) / np.maximum(after, 1e-6)
        after = np.rint(after * 255)
        self.pixels[where][..., 0] = np.where(after > 0, np.rint(gray), PAPER)
        self.pixels[where][..., 1] = after
        return rect


@dataclass(frozen=True, eq=False)
class Step:
    """One state that a user can come back to.

    Attributes:
        pixels: uint8 (rows, columns, 2), never changed.
        given: float32 (latent_dim,), the code of the answer where it was not read from the
            drawing: refined, brought from the sliders, or of the face that was started from.
        start: uint8 (rows, columns), the face that was started from, or None.
        stroke: the stroke that led here, None for everything else.
        new_sheet: whether the drawing begins here.
    """

    pixels: np.ndarray
    given: np.ndarray | None = None
    start: np.ndarray | None = None
    stroke: Stroke | None = None
    new_sheet: bool = False

    def same(self, other: "Step") -> bool:
        """Whether the two show the same drawing and the same answer, on the same face."""
        names = ("given", "start", "pixels")
        return all(np.array_equal(getattr(self, n), getattr(other, n)) for n in names)


class Drawing:
    """A canvas with undo and redo.

    Attributes:
        canvas: what is painted.
        given: the answer's code where it is not read from the drawing, or None; see `Step`.
        start: the face that was started from, which the eraser brings back, or None.
        touched: whether anything was done that is worth saving.
    """

    def __init__(self):
        self.canvas = Canvas()
        self.given: np.ndarray | None = None
        self.start: np.ndarray | None = None
        self.touched = False
        self.history = History(Step(self.canvas.pixels, new_sheet=True), MOST_STEPS, Step.same)

    @property
    def painting(self) -> bool:
        """Whether a stroke is being drawn."""
        return self.canvas.stroke is not None

    @property
    def sheet(self) -> list[Step]:
        """The steps since the last new sheet, oldest first."""
        past = self.history.past
        first = max((i for i, step in enumerate(past) if step.new_sheet), default=0)
        return past[first:]

    def begin(self, brush: Brush, point: Point, source: np.ndarray | None = None) -> Rect:
        """Set the brush down; from here on the answer is read from the drawing."""
        self.touched = True
        self.given = None
        return self.canvas.begin(brush, point, self.start if brush.tool is Tool.ERASE else source)

    def finish(self) -> bool:
        """Lift the brush and keep the stroke; return whether it changed anything."""
        stroke = self.canvas.finish()
        if stroke is None:
            return False
        stroke.drop_pixels()
        return self._push(stroke=stroke)

    def clear(self) -> bool:
        """Take a new sheet; return whether that changed anything."""
        return self.put(blank())

    def put(
        self,
        pixels: np.ndarray,
        given: np.ndarray | None = None,
        start: np.ndarray | None = None,
        new_sheet: bool = True,
    ) -> bool:
        """Begin from other pixels; return whether that changed anything.

        Args:
            pixels: uint8 (rows, columns, 2), gray and coverage.
            given: the code of the answer, where it is not to be read from the drawing.
            start: uint8 (rows, columns), the face that the eraser brings back, or None.
            new_sheet: whether this is another drawing, not the one before carried on.
        """
        self.finish()
        self.canvas.replace(pixels)
        self.start = start
        return self.give(given, new_sheet)

    def give(self, code: np.ndarray | None, new_sheet: bool = False) -> bool:
        """Make this code the answer, whatever is painted; return whether that changed anything."""
        self.finish()
        self.touched = True
        self.given = code
        return self._push(new_sheet=new_sheet)

    def undo(self) -> bool:
        """Go one step back, or drop the stroke being drawn; return whether there was one."""
        if self.painting:
            self.canvas.cancel()
            self._show(self.history.now)
            return True
        possible = self.history.can_undo
        self._show(self.history.undo())
        return possible

    def redo(self) -> bool:
        """Go one step forth; return whether there was one."""
        possible = self.history.can_redo and not self.painting
        if possible:
            self._show(self.history.redo())
        return possible

    def _push(self, **how) -> bool:
        return self.history.push(Step(self.canvas.pixels, self.given, self.start, **how))

    def _show(self, step: Step) -> None:
        self.canvas.replace(step.pixels)
        self.given, self.start = step.given, step.start


def blank() -> np.ndarray:
    """Return bare paper: uint8 (rows, columns, 2), white with no coverage."""
    pixels = np.zeros(DRAWING_SHAPE, np.uint8)
    pixels[..., 0] = PAPER
    return pixels


def painted(image: np.ndarray) -> np.ndarray:
    """Turn a picture into a canvas that is painted all over.

    Args:
        image: float (rows, columns) in [0, 1].

    Returns:
        uint8 (rows, columns, 2).
    """
    return np.stack([to_pixels(image), np.full(image.shape, 255, np.uint8)], axis=-1)


def pack_face(face: np.ndarray | None) -> str | None:
    """Return a face that was started from as text for saves and the session."""
    return None if face is None else pack_pixels(face)


def unpack_face(text: object) -> np.ndarray | None:
    """Return the face that `pack_face` wrote; None without one, and where it is damaged."""
    try:
        return unpack_pixels(text, IMAGE_SHAPE)
    except ValueError:
        return None
