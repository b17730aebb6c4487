"""The face that answers a drawing.

`DrawingDecoder` finds it, on the worker's engine; `AnswerKeeper` keeps it up to date while the
drawing changes. Neither knows of the window.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image

from data.errors import UserError
from model.frame import IMAGE_SHAPE, block_means
from model.latent import LatentSpace
from model.tones import follow_tones
from ui.drawing.drawing import Drawing, is_bare, is_face
from ui.drawing.head import WHOLE, Region, model_input
from ui.worker import Worker, decode_one

REALISM = 0.75  # default, chosen by eye on sixty drawings
REFINE_STEPS = 3
TONES = 16  # side of the blocks whose tones a refinement compares, pixels
LOOKS = 8  # side of the blocks by which pictures of faces are compared, pixels
NEAREST_FACES = 6
CANDIDATES = 96  # faces nearest by code, of which the nearest pictures are shown
CHUNK = 16  # candidates decoded at a time

ANSWER, REFINE = "drawing.answer", "drawing.refine"  # slots of the worker


@dataclass(frozen=True, eq=False)
class Answer:
    """A face that answers a drawing."""

    code: np.ndarray  # float32 (latent_dim,)
    image: np.ndarray  # float32 (rows, columns) in [0, 1], the decoded code
    progress: float | None = None  # share of a refinement that is done; None for other answers


@dataclass(frozen=True)
class DrawingDecoder:
    """Turns drawings into faces, on the worker's engine."""

    latent: LatentSpace  # of the engine's model
    realism: float = REALISM  # from 0, what was drawn, to 1, a likely face
    as_photo: bool = False  # whether the portrait encoder reads the drawing, like a photograph
    sharp: bool = False  # whether answers have detail that the finisher invents

    def decode(
        self, engine, pixels: np.ndarray, region: Region = WHOLE, start: np.ndarray | None = None
    ) -> Answer:
        """Encode a drawing and decode a face from it.

        Args:
            engine: the trained network.
            pixels: uint8 (rows, columns, 2), the drawing.
            region: the part that is encoded.
            start: uint8 (rows, columns), the start face, whose code then changes by as much as the
                drawing differs from it: what was not painted stays. None, or one gray, for paper.
        """
        if is_bare(pixels, start):
            return self.face(engine, self.latent.mean)
        drawing = model_input(pixels, region)[np.newaxis]
        if self.as_photo:
            return self.likely_face(engine, engine.guess(drawing[..., :1])[0])
        code = self._answer(engine.encode_sketch(drawing)[0], drawing[0])
        if is_face(start):
            known, picture, drawn = _start_codes(engine, start.tobytes())
            code = code + known - self._answer(drawn, picture)
        return self.face(engine, code)

    def _answer(self, code: np.ndarray, drawing: np.ndarray) -> np.ndarray:
        """Move what a drawing (rows, columns, 2) means towards likely faces and painted tones."""
        return follow_tones(self.latent, self.latent.make_likely(code, self.realism), drawing)

    def likely_face(self, engine, code: np.ndarray) -> Answer:
        """Decode a code (latent_dim,) after moving it by the realism."""
        return self.face(engine, self.latent.make_likely(code, self.realism))

    def face(self, engine, code: np.ndarray) -> Answer:
        """Decode a code (latent_dim,)."""
        return Answer(np.asarray(code, np.float32), decode_one(engine, code, self.sharp))

    def refine(self, engine, code: np.ndarray, drawing: np.ndarray) -> Iterator[Answer]:
        """Search for faces whose tones agree better with what is painted.

        Tones are compared by the means of blocks: a face has no lines, and its eyes are not to be
        lost to a flat gray that was painted over them.

        Args:
            engine: the trained network.
            code: (latent_dim,) of the first face.
            drawing: float32 (rows, columns, 2) in [0, 1], tone and coverage.

        Yields:
            The best face so far, with the progress.
        """
        face = engine.decode(code[np.newaxis])[0, ..., 0]
        missing = _missing(face, drawing)
        target = face + _enlarged(missing)
        best, error = self.face(engine, code), np.square(missing).sum()
        for found, progress in engine.refine(
            code, target, np.ones_like(target), self.latent, REFINE_STEPS
        ):
            if not np.array_equal(found, code):
                code = found
                face = engine.decode(code[np.newaxis])[0, ..., 0]
                now = np.square(_missing(face, drawing)).sum()
                if now < error:
                    best, error = self.face(engine, code), now
            yield replace(best, progress=progress)

    def nearest(self, engine, code: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Search the training portraits for those that look most like a face.

        Distances of codes do not always show, so the pictures of the nearest codes are compared.

        Args:
            engine: the trained network.
            code: (latent_dim,) of the face.

        Yields:
            Codes (k, latent_dim) and images (k, rows, columns) of the nearest so far.
        """
        face = block_means(engine.decode(code[np.newaxis])[0, ..., 0], LOOKS)
        codes, images = np.empty((0, len(code)), np.float32), np.empty((0, *engine.image_shape))
        candidates = self.latent.gallery[self.latent.nearest(code, CANDIDATES)]
        for start in range(0, len(candidates), CHUNK):
            chunk = candidates[start : start + CHUNK]
            codes = np.concatenate([codes, chunk])
            images = np.concatenate([images, engine.decode(chunk)[..., 0]])
            errors = [np.square(block_means(image, LOOKS) - face).sum() for image in images]
            nearest = np.argsort(errors, kind="stable")[:NEAREST_FACES]
            codes, images = codes[nearest], images[nearest]
            yield codes, images


@dataclass(eq=False)
class AnswerKeeper:
    """Keeps the answer up to date while a drawing changes."""

    drawing: Drawing  # what is answered
    decoder: DrawingDecoder  # finds answers
    worker: Worker  # computes them
    answered: Callable[[Answer], object]  # called after `answer` has changed
    answer: Answer | None = None  # the latest; None before the first
    live: bool = True  # whether every stroke is answered while it is drawn
    refining: bool = False  # whether a refinement runs

    def __post_init__(self) -> None:
        self._refined = np.empty(0, np.float32)  # code that the last refinement began with or found
        self._movable: np.ndarray | None = None  # fixed code that the realism applies to
        self._current = False  # whether the answer belongs to the drawing as it is

    @property
    def code(self) -> np.ndarray | None:
        """The code of the answer; None while the canvas is untouched."""
        if self._unmoved and not self.refining:
            return self.drawing.fixed_code
        return None if self.drawing.bare or self.answer is None else self.answer.code

    @property
    def description(self) -> str:
        """What the answer is, in a few words; empty if there is nothing to add."""
        fixed = self.drawing.fixed_code
        if self.answer is None:
            return ""
        if self.refining:
            return f"refining, {self.answer.progress or 0:.0%}; Esc stops"
        if not self._current:
            return "out of date: J answers"
        if fixed is not None:
            how = "refined" if fixed is self._refined else "as given"
            return f"{how}, until you draw on"
        if self.drawing.bare:
            return "the mean face, until you draw"
        return "as the portrait encoder reads it" if self.decoder.as_photo else ""

    @property
    def _unmoved(self) -> bool:
        """Whether the answer has a fixed code that the realism does not apply to."""
        return self.drawing.fixed_code is not None and self.drawing.fixed_code is not self._movable

    def drawing_changed(self) -> None:
        """Answer the drawing, if live."""
        self._current = False
        if self.live:
            self.ask()

    def ask(self) -> None:
        """Answer the drawing as it is now."""
        decoder, drawing, code = self.decoder, self.drawing, self.drawing.fixed_code
        pixels = drawing.pixels.copy() if drawing.stroke else drawing.pixels
        region, start, unmoved = drawing.head, drawing.start, self._unmoved

        def answer(engine) -> Answer:
            if code is None:
                return decoder.decode(engine, pixels, region, start)
            return decoder.face(engine, code) if unmoved else decoder.likely_face(engine, code)

        self.worker.submit(ANSWER, answer, self._take)
        self._current = True

    def sharpen(self, sharp: bool) -> None:
        """Show the answer with detail that is invented, or without."""
        self.decoder = decoder = replace(self.decoder, sharp=sharp)
        if self._current:
            self.ask()
        elif self.answer is not None:
            code = self.answer.code
            self.worker.submit(ANSWER, lambda engine: decoder.face(engine, code), self._take)

    def toggle_live(self) -> None:
        """Answer while drawing, or only when asked to."""
        self.live = not self.live
        if self.live:
            self.ask()

    def set_as_photo(self, as_photo: bool) -> None:
        """Let the portrait encoder read the drawing, or the sketch encoder."""
        self.decoder = replace(self.decoder, as_photo=as_photo)
        self.stop()
        if self.drawing.fixed_code is not None:
            self.drawing.fix_code(None)
        self.ask()

    def set_realism(self, realism: float) -> None:
        """Move the answer between what was drawn and a likely face, even one of a fixed code."""
        self.decoder = replace(self.decoder, realism=realism)
        self._movable = self.drawing.fixed_code
        if not self.refining:
            self.ask()

    def toggle_refining(self) -> None:
        """Start a refinement, or stop it."""
        if self.refining:
            self.stop()
            return
        if self.answer is None:
            raise UserError("The model is still loading; refine in a moment.")
        if self.drawing.bare:
            raise UserError("Draw something first: bare canvas is no evidence to refine with.")
        self.drawing.finish()
        self.refining, self._refined = True, self.answer.code
        decoder, code, drawing = self.decoder, self.answer.code, self.drawing.model_input()
        self.worker.submit(
            REFINE, lambda engine: decoder.refine(engine, code, drawing), self._take_refined, 1
        )

    def stop(self) -> None:
        """End a refinement, and keep a face that it found as a step that can be undone."""
        if self.refining and self.answer is not None:
            self.worker.cancel(REFINE)
            self.refining = False
            if not np.array_equal(self.answer.code, self._refined):
                self._refined = self.answer.code
                self.drawing.fix_code(self._refined)

    def _take(self, answer: Answer) -> None:
        if not self.refining:
            self.answer = answer
            self.answered(answer)

    def _take_refined(self, answer: Answer) -> None:
        if self.refining:
            self.answer = answer
            if answer.progress == 1:
                self.stop()
            self.answered(answer)


def _missing(face: np.ndarray, drawing: np.ndarray) -> np.ndarray:
    """Return how much lighter than a face a drawing is where it is painted, by blocks."""
    return block_means(drawing[..., 1] * (drawing[..., 0] - face), TONES)


def _enlarged(blocks: np.ndarray) -> np.ndarray:
    """Return means of blocks as a smooth image (rows, columns)."""
    image = Image.fromarray(blocks.astype(np.float32))
    return np.asarray(image.resize(IMAGE_SHAPE[::-1], Image.Resampling.BICUBIC))


@lru_cache(maxsize=4)
def _start_codes(engine, start: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a start face's code, its picture as a drawing, and the code this is read as."""
    picture = np.frombuffer(start, np.uint8).reshape(1, *IMAGE_SHAPE, 1) / np.float32(255)
    drawing = np.concatenate([picture, np.ones_like(picture)], axis=-1)
    return engine.encode(picture)[0], drawing[0], engine.encode_sketch(drawing)[0]
