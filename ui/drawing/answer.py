"""What the model makes of a drawing: jobs for the worker, which know nothing of the window."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ui.drawing.canvas import over_paper

REFINE_STEPS = 80
SHOWN_STEPS = 4  # refining shows every so many steps
NEAREST = 6


@dataclass(frozen=True, eq=False)
class Answer:
    """A face that answers a drawing.

    Attributes:
        code: float32 (latent_dim,), as it is shown: pulled towards likely faces.
        image: float32 (rows, columns) in [0, 1].
        progress: how much of a refinement is done, 0 to 1.
        error: its mean squared error over what was painted, None if it was not asked for.
    """

    code: np.ndarray
    image: np.ndarray
    progress: float = 1.0
    error: float | None = None


def answer_to(
    pixels: np.ndarray, given: np.ndarray | None, latent, realism: float
) -> Callable[[object], Answer]:
    """Make the job that answers a sheet.

    Args:
        pixels: uint8 (rows, columns, 2), the canvas: gray and coverage.
        given: (latent_dim,), a code that is shown as it is; None to read the drawing.
        latent: the latent space.
        realism: 0 for what was drawn, 1 for a likely face.
    """

    def job(engine) -> Answer:
        if given is not None:
            return _shown(engine, given)
        if not pixels[..., 1].any():
            return _shown(engine, latent.mean)
        drawing = over_paper(pixels) / np.float32(255)
        code = engine.encode(drawing[np.newaxis, ..., np.newaxis])[0]
        return _shown(engine, latent.shrink(code, realism))

    return job


def refine(code: np.ndarray, image: np.ndarray, mask: np.ndarray) -> Callable[[object], Iterator]:
    """Make the job that searches for a face which agrees better with what was painted.

    Args:
        code: (latent_dim,) to start from.
        image: (rows, columns) in [0, 1].
        mask: (rows, columns) in [0, 1]; bare canvas, 0, is no evidence.
    """

    def job(engine) -> Iterator[Answer]:
        steps = engine.refine(code, image, mask, steps=REFINE_STEPS)
        for number, (found, error) in enumerate(steps, 1):
            if number % SHOWN_STEPS == 0 or number == REFINE_STEPS:
                shown = _shown(engine, found)
                yield Answer(shown.code, shown.image, number / REFINE_STEPS, error)

    return job


def nearest_faces(code: np.ndarray, latent) -> Callable[[object], tuple]:
    """Make the job that decodes the training portraits nearest to a code.

    Its value is (codes (k, latent_dim), images (k, rows, columns)), nearest first.
    """

    def job(engine) -> tuple[np.ndarray, np.ndarray]:
        codes = latent.gallery[latent.nearest(code, NEAREST)]
        return codes, engine.decode(codes)[..., 0]

    return job


def difference(drawing: np.ndarray, answer: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Where a face departs from what was painted.

    Args:
        drawing: float32 (rows, columns) in [0, 1].
        answer: the same.
        mask: the same, how far each pixel is painted.

    Returns:
        float32 (rows, columns) in [-1, 1]: positive where the answer is lighter; 0 on bare canvas.
    """
    return (answer - drawing) * mask


def _shown(engine, code: np.ndarray) -> Answer:
    code = np.asarray(code, np.float32)
    return Answer(code, engine.decode(code[np.newaxis])[0, ..., 0])
