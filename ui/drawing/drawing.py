"""A drawing: gray and coverage on white paper, stroke by stroke, with undo and redo."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pygame import Rect

from model.frame import IMAGE_SHAPE
from ui.drawing.head import WHOLE, Region, find_head, look_at
from ui.drawing.stroke import Brush, Point, Stroke, Tool, slices
from ui.history import History
from ui.pictures import DRAWING_SHAPE, PAPER, over_paper, to_pixels
from ui.storage import pack_pixels, unpack_pixels

MOST_STEPS = 300  # at most 25 MB of pixels


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

    @cached_property
    def head(self) -> Region:
        """The part to look at: all, where it was painted on a face."""
        return WHOLE if self.start is not None else find_head(self.pixels)

    def same(self, other: "Step") -> bool:
        """Whether the two show the same drawing and the same answer, on the same face."""
        names = ("given", "start", "pixels")
        return all(np.array_equal(getattr(self, n), getattr(other, n)) for n in names)


class Drawing:
    """What has been painted in the model's frame, the stroke that is being painted, and undo.

    Every pixel has a gray and a coverage: bare canvas is no evidence of anything, white paint is.
    Both are kept as whole numbers, so that saving and restoring change nothing. A stroke paints on
    a copy: `pixels` read between two strokes stay as they are, and the history holds on to them.

    Attributes:
        pixels: uint8 (rows, columns, 2), gray and coverage.
        stroke: the stroke that is being drawn, or None.
        given: the answer's code where it is not read from the drawing, or None; see `Step`.
        start: the face that was started from, which the eraser brings back, or None.
        touched: whether anything was done that is worth saving.

    Example:
        drawing = Drawing()
        drawing.begin(Brush(radius=3), (60, 80))
        drawing.extend([(80, 70), (100, 80)])
        drawing.finish()
    """

    def __init__(self):
        self.pixels = blank()
        self.stroke: Stroke | None = None
        self.given: np.ndarray | None = None
        self.start: np.ndarray | None = None
        self.touched = False
        self.history = History(Step(self.pixels, new_sheet=True), MOST_STEPS, Step.same)

    @property
    def empty(self) -> bool:
        """Whether nothing is painted."""
        return not self.pixels[..., 1].any()

    @property
    def sheet(self) -> list[Step]:
        """The steps since the last new sheet, oldest first."""
        past = self.history.past
        first = max((i for i, step in enumerate(past) if step.new_sheet), default=0)
        return past[first:]

    def image(self) -> np.ndarray:
        """Return the drawing on white paper: float32 (rows, columns) in [0, 1]."""
        return over_paper(self.pixels) / np.float32(PAPER)

    @property
    def head(self) -> Region:
        """The part to look at; it changes between strokes only."""
        return self.history.now.head

    def seen(self) -> tuple[np.ndarray, np.ndarray]:
        """Return image and mask of the part that is looked at, as if it were the whole frame."""
        return look_at(self.pixels, self.head)

    def mask(self) -> np.ndarray:
        """Return how far every pixel is painted: float32 (rows, columns) in [0, 1]."""
        return self.pixels[..., 1] / np.float32(255)

    def begin(self, brush: Brush, point: Point, source: np.ndarray | None = None) -> Rect:
        """Set the brush down; from here on the answer is read from the drawing.

        A cloning brush copies `source`, (rows, columns), see `to_pixels`. Returns the pixels that
        changed.
        """
        if brush.tool is Tool.CLONE and source is None:
            raise ValueError("A cloning brush needs a picture to copy. Received: source=None")
        self.finish()
        self.touched, self.given = True, None
        self.pixels = self.pixels.copy()
        copied = {Tool.CLONE: source, Tool.ERASE: self.start}.get(brush.tool)
        self.stroke = Stroke(brush, point, None if copied is None else to_pixels(copied))
        return self.extend([])

    def extend(self, points: Iterable[Point], straight: bool = False) -> Rect:
        """Go on through points, as `Stroke.extend` does; return the pixels that changed."""
        rect = self.stroke.extend(points, straight)
        where = slices(rect)
        brush, source = self.stroke.brush, self.stroke.source
        under, added = self.history.now.pixels[where], self.stroke.coverage[where]
        gray, cover = under[..., 0].astype(np.float32), under[..., 1] / np.float32(255)
        kept = cover * (1.0 - added)
        if brush.tool is not Tool.PAINT and source is None:
            after = kept
        else:
            tone = brush.tone * PAPER if source is None else source[where]
            after = cover + added - cover * added
            gray = (gray * kept + tone * added) / np.maximum(after, 1e-6)
        after = np.rint(after * 255)
        self.pixels[where][..., 0] = np.where(after > 0, np.rint(gray), PAPER)
        self.pixels[where][..., 1] = after
        return rect

    def finish(self) -> bool:
        """Lift the brush and keep the stroke; return whether it changed anything."""
        stroke, self.stroke = self.stroke, None
        if stroke is None:
            return False
        stroke.finish()
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
        """Begin from other pixels, for all of which see `Step`; return whether anything changed."""
        if pixels.shape != DRAWING_SHAPE or pixels.dtype != np.uint8:
            raise ValueError(
                f"A drawing is uint8 {DRAWING_SHAPE}. Received: {pixels.dtype} {pixels.shape}"
            )
        self.finish()
        self.pixels, self.start = pixels, start
        return self.give(given, new_sheet)

    def give(self, code: np.ndarray | None, new_sheet: bool = False) -> bool:
        """Make this code the answer, whatever is painted; return whether that changed anything."""
        self.finish()
        self.touched, self.given = True, code
        return self._push(new_sheet=new_sheet)

    def undo(self) -> None:
        """Go one step back, or drop the stroke being drawn."""
        self._show(self.history.now if self.stroke else self.history.undo())

    def redo(self) -> None:
        """Go one step forth, where no stroke is being drawn."""
        if not self.stroke:
            self._show(self.history.redo())

    def _push(self, **how) -> bool:
        return self.history.push(Step(self.pixels, self.given, self.start, **how))

    def _show(self, step: Step) -> None:
        self.stroke = None
        self.pixels, self.given, self.start = step.pixels, step.given, step.start


def blank() -> np.ndarray:
    """Return bare paper: uint8 (rows, columns, 2), white with no coverage."""
    return np.full(DRAWING_SHAPE, (PAPER, 0), np.uint8)


def painted(image: np.ndarray) -> np.ndarray:
    """Return an image, float (rows, columns) in [0, 1], as a canvas that is painted all over."""
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
