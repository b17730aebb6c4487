"""The portraitist: what the model makes of a drawing, as jobs that know nothing of the window."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ui.pictures import PAPER, over_paper

REFINE_STEPS = 32
SHOWN_STEPS = 2  # a refinement shows itself every so many steps
NEAREST = 6
LONGEST_PULL = 0.65  # of `LatentSpace.shrink`: beyond it all faces look alike


@dataclass(frozen=True, eq=False)
class Answer:
    """A face that answers a drawing.

    Attributes:
        code: float32 (latent_dim,), of the face that is shown.
        image: float32 (rows, columns) in [0, 1].
        progress: how much of a refinement is done, 0 to 1.
        error: mean squared error of a refinement over what was painted.
        again: the job that looks a second time, where that helps.
    """

    code: np.ndarray
    image: np.ndarray
    progress: float = 1.0
    error: float | None = None
    again: Callable[[object], "Answer"] | None = None


class Portraitist:
    """Makes the jobs that a worker runs on the engine.

    Bare canvas says nothing about a face. On white paper, though, the encoder sees a white face in
    front of a white wall, twice as far from the mean as portraits are. So the realism control
    first fills the bare canvas with the mean face, up to its middle, and from there on draws the
    code itself towards those of portraits. A second look fills it with the first look's answer.

    Args:
        latent: the latent space.
    """

    def __init__(self, latent):
        self.latent = latent
        self._mean_face: np.ndarray | None = None

    def answer(
        self, pixels: np.ndarray, given: np.ndarray | None, realism: float
    ) -> Callable[[object], Answer]:
        """Make the job that answers a sheet.

        Args:
            pixels: uint8 (rows, columns, 2), the canvas: gray and coverage.
            given: (latent_dim,), the code of the answer; None to read the drawing.
            realism: from 0, "what I drew", to 1, "a likely face".
        """
        fill, pull = min(1.0, 2 * realism), LONGEST_PULL * max(0.0, 2 * realism - 1)

        def look(engine, face: np.ndarray) -> Answer:
            drawing = over_paper(pixels, PAPER + fill * PAPER * (face - 1)) / np.float32(PAPER)
            code = engine.encode(drawing[np.newaxis, ..., np.newaxis])[0]
            return _shown(engine, self.latent.shrink(code, pull))

        def job(engine) -> Answer:
            if given is not None:
                return _shown(engine, self.latent.shrink(given, pull))
            if not pixels[..., 1].any():
                return _shown(engine, self.latent.mean)
            first = look(engine, self.mean_face(engine))
            again = (lambda engine: look(engine, first.image)) if fill else None
            return replace(first, again=again)

        return job

    def best_answer(
        self, engine, pixels: np.ndarray, given: np.ndarray | None, realism: float
    ) -> Answer:
        """Answer a sheet at once, with both looks; see `answer`."""
        first = self.answer(pixels, given, realism)(engine)
        return first if first.again is None else first.again(engine)

    def refine(self, code: np.ndarray, image: np.ndarray, mask: np.ndarray) -> Callable:
        """Make the job that searches for a face which agrees better with what was painted.

        It yields an `Answer` now and then, the last one with a progress of 1.

        Args:
            code: (latent_dim,) to start from.
            image: (rows, columns) in [0, 1].
            mask: (rows, columns) in [0, 1]; bare canvas, 0, is no evidence.
        """

        def job(engine) -> Iterator[Answer]:
            steps = engine.refine(code, image, mask, self.latent, steps=REFINE_STEPS)
            for number, (found, error) in enumerate(steps, 1):
                if number % SHOWN_STEPS == 0:
                    shown = _shown(engine, found)
                    yield Answer(shown.code, shown.image, number / REFINE_STEPS, error)

        return job

    def nearest(self, code: np.ndarray) -> Callable:
        """Make the job that decodes the training portraits nearest to a code.

        Its value is (codes (k, latent_dim), images (k, rows, columns)), nearest first.
        """

        def job(engine) -> tuple[np.ndarray, np.ndarray]:
            codes = self.latent.gallery[self.latent.nearest(code, NEAREST)]
            return codes, engine.decode(codes)[..., 0]

        return job

    def mean_face(self, engine) -> np.ndarray:
        """Return the mean face, float32 (rows, columns) in [0, 1]; decoded once."""
        if self._mean_face is None:
            self._mean_face = _shown(engine, self.latent.mean).image
        return self._mean_face


def difference(drawing: np.ndarray, answer: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Say where a face departs from what was painted.

    Args:
        drawing: float32 (rows, columns) in [0, 1].
        answer: the same.
        mask: the same, how far each pixel is painted.

    Returns:
        float32 (rows, columns) in [0, 1]: 0.5 where they agree and on bare canvas, more where the
        answer is lighter.
    """
    return 0.5 + 0.5 * (answer - drawing) * mask


def _shown(engine, code: np.ndarray) -> Answer:
    code = np.asarray(code, np.float32)
    return Answer(code, engine.decode(code[np.newaxis])[0, ..., 0])
