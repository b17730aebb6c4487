"""Finding the eyes in a photo: where a face stands as the autoencoder's faces do.

From coarse to fine: a filter runs over the photo in many sizes and angles; a cascade moves the best
few hundred placements to where they belong; a space of faces ranks them; and the autoencoder, which
can draw nothing but faces, has the last word: the placement wins whose reconstruction resembles it
most. All of it is learned from the model's own faces, so it needs no data and fits every model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.frame import IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE
from ui.photo.faces import STEPS, CascadeStep, FaceSpace, Filter, resemblance
from ui.photo.opening import Photo, pyramid
from ui.photo.placement import Placement, crop

_FACES = 192  # decoded to learn from
_BATCH = 16  # images for the engine between two yields
_LOOKS = 200  # placements for the space of faces between two yields
_SIZES = np.geomspace(1.6, 0.1, 20)  # of the frame's width in the photo's longer side
_ANGLES = np.deg2rad([-20, -10, 0, 10, 20])
_PEAKS = 30  # kept of each size and angle
_PLACEMENTS = 800  # kept of all
_JUDGED = 48  # shown to the autoencoder
_FINAL = 6  # and once more when they stand exactly
_LARGER = 0.03  # score that a face twice as large is worth
_APART = 0.2  # eye distances between two placements that are not the same
_EYES = np.array([complex(*LEFT_EYE), complex(*RIGHT_EYE)])
_OUTSIDE = 0.02  # part of the photo's sides by which eyes may lie outside


@dataclass(frozen=True)
class Guess:
    """Where the eyes may be.

    Attributes:
        left_eye: (x, y) in `Photo.gray`; left as one sees it.
        right_eye: the same.
        score: how much the faces drawn there resemble the photo, about 0 (no face) to 1.
    """

    left_eye: tuple[float, float]
    right_eye: tuple[float, float]
    score: float


def guess_eyes(photo: Photo, engine, latent) -> Iterator[Guess]:
    """Yield better and better guesses; the last is the final one.

    There is always a guess, if only the middle of the photo. Between two of them lie at most some
    tens of milliseconds of work, so this runs well as a job beside a window. The first call for a
    model learns from its faces, which takes a second or two more.

    Args:
        photo: the photo.
        engine: the model's engine: `guess`, `decode` and `model_id`.
        latent: its latent space: `gallery`.
    """
    yield from _finder(engine.model_id).find(photo, engine, latent)


class EyeFinder:
    """Learns from a model's faces, once, then finds eyes in photos."""

    def __init__(self) -> None:
        self.faces: list[np.ndarray] = []
        self.cascade: list[CascadeStep] = []
        self.filter: Filter | None = None
        self.space: FaceSpace | None = None

    def learn(self, engine, latent) -> Iterator[None]:
        """Learn in steps; goes on where it was left, and does nothing the second time."""
        if self.space is not None:
            return
        rng = np.random.default_rng(0)
        codes = latent.gallery[rng.permutation(len(latent.gallery))[:_FACES]]
        for start in range(len(self.faces) * _BATCH, len(codes), _BATCH):
            self.faces.append(engine.decode(codes[start : start + _BATCH])[..., 0])
            yield
        levels = pyramid(np.concatenate(self.faces))
        self.filter = Filter.learn(levels, rng)
        yield
        self.cascade = []
        for spacing, spreads in STEPS:
            self.cascade.append(CascadeStep.learn(levels, spacing, spreads, rng))
            yield
        self.space = FaceSpace.learn(levels)
        self.faces = []

    def find(self, photo: Photo, engine, latent) -> Iterator[Guess]:
        """Yield guesses, as `guess_eyes` does."""
        guess = middle_guess(photo)
        yield guess
        for _ in self.learn(engine, latent):
            yield guess
        answers, found = [], []
        for size in _SIZES:
            for angle in _ANGLES:
                peaks, where = self.filter.scan(photo, size, angle, _PEAKS)
                answers.append(peaks)
                found.append(where)
            yield guess
        places = Placement(
            np.concatenate([each.turn for each in found]),
            np.concatenate([each.offset for each in found]),
        )
        places = places[np.argsort(-np.concatenate(answers))[:_PLACEMENTS]]
        for step in (0, 0, 0, 1, 1):
            places = self.cascade[step].improve(photo, places)
            yield guess
        places = places[_inside(photo, places)]
        if not len(places.turn):
            return
        answers = []
        for start in range(0, len(places.turn), _LOOKS):
            answers.append(self.space.answer(photo, places[start : start + _LOOKS]))
            yield guess
        places = places[np.argsort(-np.concatenate(answers))]
        places = places[_apart(places, _JUDGED)]
        guess = Guess(*places[0].eyes, guess.score)
        yield guess
        for step in (1, 2, 2):
            places = self.cascade[step].improve(photo, places)
        scores = []
        for start in range(0, len(places.turn), _BATCH):
            scores.append(self._judge(photo, places[start : start + _BATCH], engine))
            yield guess
        places = places[_best_first(np.concatenate(scores), places)[:_FINAL]]
        for step in (2, 2):
            places = self.cascade[step].improve(photo, places)
        scores = self._judge(photo, places, engine)
        best = _best_first(scores, places)[0]
        yield Guess(*places[best].eyes, float(scores[best]))

    def _judge(self, photo: Photo, places: Placement, engine) -> np.ndarray:
        """Return (n,) scores: how well autoencoder and space of faces draw what is there."""
        crops = np.stack([crop(photo, places[i]) for i in range(len(places.turn))])
        codes = engine.guess(crops[..., None])  # first guesses tell places apart as well
        drawn = engine.decode(codes)[..., 0]
        return (resemblance(crops, drawn) + self.space.answer(photo, places)) / 2


@lru_cache(maxsize=2)
def _finder(model_id: str) -> EyeFinder:
    return EyeFinder()


def _best_first(scores: np.ndarray, places: Placement) -> np.ndarray:
    """Return the order of placements; of two alike, the larger face is meant."""
    return np.argsort(-(scores + _LARGER * np.log2(places.scale)))


def _inside(photo: Photo, places: Placement) -> np.ndarray:
    """Return which placements have their eyes in the photo, bool (n,)."""
    eyes = places.of(_EYES)
    inside = np.ones(len(eyes), dtype=bool)
    for values, size in zip((eyes.real, eyes.imag), photo.size, strict=True):
        inside &= (values > -_OUTSIDE * size).all(1) & (values < (1 + _OUTSIDE) * size).all(1)
    return inside


def _apart(places: Placement, most: int) -> list[int]:
    """Return the indices of the first placement of each place, at most `most`."""
    eyes = places.of(_EYES)
    kept: list[int] = []
    for i in range(len(eyes)):
        away = np.abs(eyes[kept] - eyes[i]).mean(axis=1)
        if (away > _APART * np.abs(eyes[kept, 1] - eyes[kept, 0])).all():
            kept.append(i)
            if len(kept) == most:
                break
    return kept


def middle_guess(photo: Photo) -> Guess:
    """Return the guess that the photo is a portrait like the model's."""
    width, height = photo.size
    scale = max(width / IMAGE_SHAPE[1], height / IMAGE_SHAPE[0])
    centre = complex(IMAGE_SHAPE[1] - 1, IMAGE_SHAPE[0] - 1) / 2
    return Guess(*Placement(scale, complex(width - 1, height - 1) / 2 - scale * centre).eyes, 0.0)
