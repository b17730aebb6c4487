"""Answers: the face that the model makes of a drawing, refined and compared on request.

`DrawingDecoder` is what the worker runs on the engine; `Answers` keeps the answer in step with a
drawing. Neither knows of the window.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from data.errors import UserError
from ui.drawing.drawing import Drawing
from ui.drawing.head import WHOLE, Region, look_at
from ui.worker import Worker, decode_one

REALISM = 0.5  # between "what I drew" and "a likely face", chosen by eye on ten sketches
REFINE_STEPS = 3
BLOCK = 8  # pixels of the squares by whose means drawing and answer are compared
NEAREST_FACES = 6

ANSWER, REFINE = "drawing.answer", "drawing.refine"  # the worker's slots


@dataclass(frozen=True, eq=False)
class Answer:
    """A face that answers a drawing.

    Attributes:
        code: float32 (latent_dim,), of the face that is shown.
        image: float32 (rows, columns) in [0, 1].
        progress: how much of a refinement is done, 0 to 1.
    """

    code: np.ndarray
    image: np.ndarray
    progress: float = 1.0


class DrawingDecoder:
    """Turns drawings into faces, on the worker's engine.

    The encoder reads a drawing on white paper as a white face in front of a white wall, up to twice
    as far from the mean as portraits are. The realism brings its code to where faces are clear.

    Args:
        latent: the latent space.

    Attributes:
        sharp: whether the answers show detail that is invented.
    """

    def __init__(self, latent):
        self.latent, self.sharp = latent, False

    def answer(
        self,
        engine,
        pixels: np.ndarray,
        given: np.ndarray | None,
        realism: float,
        region: Region = WHOLE,
    ) -> Answer:
        """Answer a drawing.

        Args:
            engine: the trained network.
            pixels: uint8 (rows, columns, 2), gray and coverage.
            given: (latent_dim,), the code of the answer; None to read the drawing.
            realism: from 0, "what I drew", to 1, "a likely face".
            region: the part of the drawing that is looked at.
        """
        if given is None and not pixels[..., 1].any():
            return self.face(engine, self.latent.mean)
        if given is None:
            drawing = np.stack(look_at(pixels, region), axis=-1)
            given = engine.encode_sketch(drawing[np.newaxis])[0]
        return self.face(engine, self.latent.make_likely(given, realism))

    def face(self, engine, code: np.ndarray) -> Answer:
        """Answer with the face of a code (latent_dim,)."""
        return Answer(np.asarray(code, np.float32), decode_one(engine, code, self.sharp))

    def refine(
        self, engine, code: np.ndarray, image: np.ndarray, mask: np.ndarray
    ) -> Iterator[Answer]:
        """Yield faces, from a code on, that agree better and better with what was painted.

        Bare canvas holds the light of the first face: strokes alone would turn a light face that
        is drawn in black lines into a dark one. A face that agrees less than one before it, all in
        all, is not shown.

        Args:
            engine: the trained network.
            code: (latent_dim,) of the face to begin with.
            image: (rows, columns) in [0, 1], the drawing on paper.
            mask: (rows, columns) in [0, 1], how far it is painted.
        """
        face = engine.decode(code[np.newaxis])[0, ..., 0]
        target = mask * image + (1 - mask) * face
        best, agreement = self.face(engine, code), _agreement(face, image)
        steps = engine.refine(code, target, np.ones_like(mask), self.latent, REFINE_STEPS)
        for found, done in steps:
            if not np.array_equal(found, code):
                code = found
                now = _agreement(engine.decode(code[np.newaxis])[0, ..., 0], image)
                if now > agreement:
                    best, agreement = self.face(engine, code), now
            yield replace(best, progress=done)

    def nearest(self, engine, code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return codes (k, latent_dim) and images (k, rows, columns) of the nearest portraits."""
        codes = self.latent.gallery[self.latent.nearest(code, NEAREST_FACES)]
        return codes, engine.decode(codes)[..., 0]


class Answers:
    """Keeps the answer in step with a drawing.

    Args:
        drawing: what is answered.
        latent: the latent space that answers are drawn from.
        worker: computes them.
        answered: called after `answer` or the progress of a refinement has changed.

    Attributes:
        answer: the face that was found last, or None before the first.
        live: whether every stroke is answered while it is drawn.
        realism: from 0, "what I drew", to 1, "a likely face".
        refining: whether a refinement runs.
    """

    def __init__(self, drawing: Drawing, latent, worker: Worker, answered: Callable[[], object]):
        self.drawing, self.worker, self.answered = drawing, worker, answered
        self.decoder = DrawingDecoder(latent)
        self.answer: Answer | None = None
        self.live = True
        self.realism = REALISM
        self.refining = False
        self._found: Answer | None = None  # by the refinement so far
        self._pulled: np.ndarray | None = None  # a given code that the realism was moved for
        self._answered = False  # whether the answer belongs to the drawing as it is

    @property
    def code(self) -> np.ndarray | None:
        """The code of the answer; None for a drawing that nothing was done with."""
        if self.refining and self._found is not None:
            return self._found.code
        if self._as_given:
            return self.drawing.given
        return None if self.drawing.empty or self.answer is None else self.answer.code

    @property
    def progress(self) -> float | None:
        """How much of the refinement is done, None where none runs."""
        return self._found.progress if self.refining and self._found is not None else None

    @property
    def description(self) -> str:
        """What the answer is, in a few words; empty where it goes without saying."""
        given = self.drawing.given
        if self.answer is None:
            return ""
        if self.refining:
            return "refining; Esc stops"
        if not self._answered:
            return "out of date: J answers"
        if self._found is not None and given is self._found.code:
            return "refined, until you draw on"
        if given is not None:
            return "as given, until you draw on"
        return "the mean face, until you draw" if self.drawing.empty else ""

    @property
    def _as_given(self) -> bool:
        return self.drawing.given is not None and self.drawing.given is not self._pulled

    def drawing_changed(self) -> None:
        """Answer the drawing, if live."""
        self._answered = False
        if self.live:
            self.ask()

    def ask(self) -> None:
        """Answer the drawing as it is now."""
        drawing, realism = self.drawing, 0.0 if self._as_given else self.realism
        pixels, given = drawing.pixels.copy() if drawing.stroke else drawing.pixels, drawing.given
        asked = pixels, given, realism, drawing.head
        self.worker.submit(ANSWER, lambda engine: self.decoder.answer(engine, *asked), self._take)
        self._answered = True

    def sharpen(self, sharp: bool) -> None:
        """Show the answer with detail that is invented, or without."""
        self.decoder.sharp = sharp
        if self._answered:
            self.ask()
        elif self.answer is not None:
            code = self.answer.code
            self.worker.submit(ANSWER, lambda engine: self.decoder.face(engine, code), self._take)

    def toggle_live(self) -> None:
        """Answer while drawing, or only when asked to."""
        self.live = not self.live
        if self.live:
            self.ask()

    def set_realism(self, realism: float) -> None:
        """Move between what was drawn and a likely face; a given answer moves along from now on."""
        self.realism = realism
        self._pulled = self.drawing.given
        if not self.refining:
            self.ask()

    def toggle_refining(self) -> None:
        """Begin to search for a face that agrees better with what was painted, or stop."""
        if self.refining:
            self.stop()
            return
        if self.answer is None:
            raise UserError("The model is still loading; refine in a moment.")
        if self.drawing.empty:
            raise UserError("Draw something first: bare canvas is no evidence to refine with.")
        self.drawing.finish()
        self.refining, self._found = True, None
        painted = self.answer.code, *self.drawing.seen()
        self.worker.submit(
            REFINE, lambda engine: self.decoder.refine(engine, *painted), self._take_refined, 1
        )

    def stop(self) -> None:
        """End a refinement that runs, and keep what it found as a step that can be undone."""
        if self.refining:
            self.worker.cancel(REFINE)
            self.refining = False
            if self._found is not None:
                self.drawing.give(self._found.code)

    def _take(self, answer: Answer) -> None:
        if not self.refining:
            self.answer = answer
            self.answered()

    def _take_refined(self, answer: Answer) -> None:
        if self.refining:
            self.answer = self._found = answer
            if answer.progress == 1:
                self.stop()
            self.answered()


def _agreement(face: np.ndarray, image: np.ndarray) -> float:
    """Correlate two images (rows, columns) by the means of their blocks."""
    rows, columns = (side // BLOCK for side in face.shape)
    means = [one.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3)) for one in (face, image)]
    face, image = (one - one.mean() for one in means)
    return float((face * image).sum() / max(np.linalg.norm(face) * np.linalg.norm(image), 1e-9))
