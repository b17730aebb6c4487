"""The canvas: the model's own frame, as gray and coverage over white paper."""

from collections.abc import Iterable

import numpy as np

from model.frame import FACE_AXIS
from ui.drawing.box import NOTHING, Box
from ui.drawing.brush import Brush, Tool
from ui.drawing.curve import Point
from ui.drawing.stroke import Stroke
from ui.pictures import PAPER, over_paper, to_pixels


def mirrored(point: Point) -> Point:
    """Reflect a point about the face axis."""
    return 2 * FACE_AXIS - point[0], point[1]


class Canvas:
    """What has been painted, and the stroke that is being painted.

    Every pixel has a gray and a coverage: bare canvas is no evidence of anything, white paint is.
    Both are kept as whole numbers, so that saving and restoring change nothing. A stroke paints on
    a copy: `pixels` read between two strokes stay as they are, and a history may hold on to them.

    Args:
        shape: (rows, columns), the model's image shape.

    Example:
        canvas = Canvas((160, 176))
        canvas.begin(Brush(radius=3), (60, 80))
        canvas.extend([(80, 70), (100, 80)])
        canvas.finish()
        code = engine.encode(canvas.image()[None, ..., None])
    """

    def __init__(self, shape: tuple[int, int]):
        self.shape = shape
        self.pixels = blank(shape)
        self.stroke: Stroke | None = None
        self._base = self.pixels  # what was there before the stroke

    @property
    def empty(self) -> bool:
        """Whether nothing is painted."""
        return not self.pixels[..., 1].any()

    def begin(self, brush: Brush, point: Point, source: np.ndarray | None = None) -> Box:
        """Set the brush down; a stroke that was not finished ends here.

        Args:
            brush: the brush of this stroke.
            point: (x, y), pixel centres at whole numbers.
            source: float32 (rows, columns) in [0, 1], the picture that a cloning brush copies.

        Returns:
            The box of pixels that changed.
        """
        if brush.tool is Tool.CLONE and source is None:
            raise ValueError("A cloning brush needs a picture to copy. Received: source=None")
        self.finish()
        self._base, self.pixels = self.pixels, self.pixels.copy()
        copied = None if source is None else to_pixels(source)
        self.stroke = Stroke(brush, point, self.shape, mirrored, copied)
        return self._paint(self.stroke.extend([]))

    def turn(self) -> None:
        """Make a corner of the latest point, from which `aim` draws straight lines."""
        if self.stroke:
            self.stroke.turn()

    def extend(self, points: Iterable[Point]) -> Box:
        """Go on through these points. Returns the box of pixels that changed."""
        return self._paint(self.stroke.extend(points)) if self.stroke else NOTHING

    def aim(self, point: Point) -> Box:
        """Go to a point in a straight line from the last corner. Returns the box that changed."""
        return self._paint(self.stroke.aim(point)) if self.stroke else NOTHING

    def finish(self) -> Stroke | None:
        """Lift the brush. Returns the stroke that ends, None if there was none."""
        stroke, self.stroke = self.stroke, None
        return stroke

    def cancel(self) -> None:
        """Lift the brush as if the stroke had never been begun."""
        if self.stroke:
            self.pixels = self._base
            self.stroke = None

    def replace(self, pixels: np.ndarray) -> None:
        """Show other pixels: uint8 (rows, columns, 2), gray and coverage."""
        if pixels.shape != (*self.shape, 2) or pixels.dtype != np.uint8:
            raise ValueError(
                f"A drawing of this canvas is uint8 {(*self.shape, 2)}. "
                f"Received: {pixels.dtype} {pixels.shape}"
            )
        self.stroke = None
        self.pixels = pixels

    def image(self) -> np.ndarray:
        """Lay the drawing on white paper: float32 (rows, columns) in [0, 1], for the encoder."""
        return over_paper(self.pixels) / np.float32(PAPER)

    def mask(self) -> np.ndarray:
        """Say how far every pixel is painted: float32 (rows, columns) in [0, 1]."""
        return self.pixels[..., 1] / np.float32(255)

    def _paint(self, box: Box) -> Box:
        """Lay the stroke over what was there before it, in this box."""
        if box.empty:
            return box
        brush, source, where = self.stroke.brush, self.stroke.source, box.slices
        under = self._base[where]
        gray, cover = under[..., 0].astype(np.float32), under[..., 1] / np.float32(255)
        added = self.stroke.coverage[where]
        if brush.tool is Tool.ERASE:
            after = cover * (1.0 - added)
        else:
            tone = source[where] if brush.tool is Tool.CLONE else brush.tone * PAPER
            after = cover + added - cover * added
            kept = cover * (1.0 - added)
            gray = (gray * kept + tone * added) / np.maximum(after, 1e-6)
        after = np.rint(after * 255)
        self.pixels[where][..., 0] = np.where(after > 0, np.rint(gray), PAPER)
        self.pixels[where][..., 1] = after
        return box


def blank(shape: tuple[int, int]) -> np.ndarray:
    """Bare paper: uint8 (rows, columns, 2), white with no coverage."""
    pixels = np.zeros((*shape, 2), np.uint8)
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
