"""The sheet on the easel: the canvas, its history, and the face that is given rather than read."""

from dataclasses import dataclass

import numpy as np

from ui.drawing.brush import Brush
from ui.drawing.canvas import Canvas, blank
from ui.drawing.stroke import Stroke
from ui.history import History

MOST_STEPS = 300  # at most 17 MB of pixels


@dataclass(frozen=True, eq=False)
class Step:
    """One state that a user can come back to.

    Attributes:
        pixels: uint8 (rows, columns, 2), never changed.
        given: float32 (latent_dim,), the code of the answer where it was not read from the
            drawing: refined, brought from the sliders, or of the face that was started from.
        stroke: the stroke that led here, None for everything else.
    """

    pixels: np.ndarray
    given: np.ndarray | None = None
    stroke: Stroke | None = None

    def same(self, other: "Step") -> bool:
        """Whether the two show the same drawing and the same answer."""
        if self.given is None or other.given is None:
            codes = self.given is other.given
        else:
            codes = np.array_equal(self.given, other.given)
        return codes and np.array_equal(self.pixels, other.pixels)


class Sheet:
    """A canvas with undo and redo.

    Args:
        shape: (rows, columns) of the canvas.
        pixels: uint8 (rows, columns, 2) to begin with; bare paper without.

    Attributes:
        canvas: what is painted.
        given: the answer's code where it is not read from the drawing, or None; see `Step`.
    """

    def __init__(self, shape: tuple[int, int], pixels: np.ndarray | None = None):
        self.canvas = Canvas(shape)
        if pixels is not None:
            self.canvas.replace(pixels)
        self.given: np.ndarray | None = None
        self.history = History(Step(self.canvas.pixels), MOST_STEPS, Step.same)

    @property
    def painting(self) -> bool:
        """Whether a stroke is being drawn."""
        return self.canvas.stroke is not None

    def begin(self, brush: Brush, point: tuple[float, float], source: np.ndarray | None) -> None:
        """Set the brush down; from here on the answer is read from the drawing."""
        self.given = None
        self.canvas.begin(brush, point, source)

    def finish(self) -> bool:
        """Lift the brush and keep the stroke; say whether it changed anything."""
        stroke = self.canvas.finish()
        if stroke is None:
            return False
        stroke.rest()
        return self._push(stroke)

    def clear(self) -> bool:
        """Take a new sheet; say whether that changed anything."""
        return self.put(blank(self.canvas.shape))

    def put(self, pixels: np.ndarray, given: np.ndarray | None = None) -> bool:
        """Begin from other pixels, and perhaps a code; say whether that changed anything."""
        self.finish()
        self.canvas.replace(pixels)
        self.given = given
        return self._push()

    def give(self, code: np.ndarray) -> bool:
        """Let the answer be this code, whatever is painted; say whether that changed anything."""
        self.finish()
        self.given = code
        return self._push()

    def undo(self) -> bool:
        """Go one step back, or drop the stroke that is being drawn; say whether there was one."""
        if self.painting:
            self.canvas.cancel()
            self._show(self.history.now)
            return True
        possible = self.history.can_undo
        self._show(self.history.undo())
        return possible

    def redo(self) -> bool:
        """Go one step forth; say whether there was one."""
        possible = self.history.can_redo and not self.painting
        if possible:
            self._show(self.history.redo())
        return possible

    def _push(self, stroke: Stroke | None = None) -> bool:
        return self.history.push(Step(self.canvas.pixels, self.given, stroke))

    def _show(self, step: Step) -> None:
        self.canvas.replace(step.pixels)
        self.given = step.given
