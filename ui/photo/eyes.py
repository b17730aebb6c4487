"""Finding the eyes in a photo: where a face lies in the frame as the autoencoder's faces do.

A filter runs over the photo in many sizes and angles; a cascade moves the best few hundred
placements towards faces; and a space of faces ranks them. The autoencoder, which draws nothing but
faces, reconstructs the best: the one most like its photo wins. All of this is learned from faces of
the model itself.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.frame import IMAGE_SHAPE
from ui.photo.faces import BATCH, CascadeStep, FaceFinder, resemblance
from ui.photo.opening import Photo
from ui.photo.placement import EYES, Placement, crop

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

_RANKED = 200  # placements ranked between two yields
_SIZES = np.geomspace(1.6, 0.1, 20)  # width of the frame, in longer sides of the photo
_ANGLES = np.deg2rad([-20, -10, 0, 10, 20])
_PEAKS = 30  # placements kept of each size and angle
_PLACEMENTS = 800  # placements kept of all
_JUDGED = 48  # placements shown to the autoencoder
_FINAL = 6  # placements shown once more after the last steps of the cascade
_LARGER = 0.03  # bonus on the score for each doubling of the size
_APART = 0.2  # least distance of two placements, relative to that of the eyes
_FLAT = 0.4  # range of grays; smaller ones are stretched for the search
_SLENDER = 1.6  # largest ratio of sides of a portrait; longer photos have one in the middle
_OUTSIDE = 0.02  # margin around the photo where eyes may lie, relative to its sides

_finders: dict[str, FaceFinder] = {}  # the last one learned, by the id of its model


@dataclass(frozen=True, eq=False)
class Guess:
    """Where the eyes may be."""

    eyes: np.ndarray  # (2, 2): (x, y) in `Photo.gray`, left as one sees it, then right
    score: float | None = None  # of the last one: how like a face it is, about 0 (none) to 1


def guess_eyes(photo: Photo, latent: LatentSpace, engine: FaceEngine) -> Iterator[Guess | None]:
    """Yield better and better guesses; the last one has a score.

    There is always one, if only `middle_eyes`. At most some tens of milliseconds pass between two
    yields; None means no new guess yet. The first call for a model learns from its faces, for a
    second or two.
    """
    photo = _stretched(photo)
    if engine.model_id not in _finders:
        finder = yield from FaceFinder.learn(engine, latent)
        _finders.clear()
        _finders[engine.model_id] = finder
    finder = _finders[engine.model_id]

    first, second, third = finder.cascade
    correlations, found = [], []
    for size in _SIZES:
        for angle in _ANGLES:
            peaks, where = finder.filter.scan(photo, size, angle, _PEAKS)
            correlations.append(peaks)
            found.append(where)
        yield None
    places = Placement(
        np.concatenate([each.turn for each in found]),
        np.concatenate([each.offset for each in found]),
    )
    places = places[np.argsort(-np.concatenate(correlations))[:_PLACEMENTS]]
    places = yield from _improved(photo, places, first, first, first, second, second)
    places = places[_inside(photo, places)]
    if not len(places):
        yield Guess(middle_eyes(photo), 0.0)
        return
    ranks = []
    for start in range(0, len(places), _RANKED):
        ranks.append(finder.space.resemblance(photo, places[start : start + _RANKED]))
        yield None
    places = places[np.argsort(-np.concatenate(ranks))]
    places = places[_apart(places, _JUDGED)]
    yield Guess(places[0].points(EYES))
    places = yield from _improved(photo, places, second, third, third)
    scores = []
    for start in range(0, len(places), BATCH):
        scores.append(_judge(photo, places[start : start + BATCH], engine, finder))
        yield None
    places = places[_best_first(np.concatenate(scores), places)[:_FINAL]]
    places = yield from _improved(photo, places, third, third)
    final = _judge(photo, places, engine, finder)
    best = _best_first(final, places)[0]
    yield Guess(places[best].points(EYES), float(final[best]))


def _stretched(photo: Photo) -> Photo:
    """Return a photo with its grays stretched, if it is nearly black, pale or gray."""
    low, high = np.quantile(photo.gray[::4, ::4], (0.01, 0.99))
    if not 1 / 255 < high - low < _FLAT:
        return photo
    return Photo(np.clip((photo.gray - low) / (high - low), 0, 1), photo.name)


def middle_eyes(photo: Photo) -> np.ndarray:
    """Return where the eyes are if the photo is a portrait like the model's, see `Guess`."""
    width, height = photo.size
    small, large = sorted((width / IMAGE_SHAPE[1], height / IMAGE_SHAPE[0]))
    scale = min(large, _SLENDER * small)
    centre = complex(IMAGE_SHAPE[1] - 1, IMAGE_SHAPE[0] - 1) / 2
    offset = complex(width - 1, height - 1) / 2 - scale * centre
    return Placement(np.array(scale), np.array(offset)).points(EYES)


def _improved(
    photo: Photo, places: Placement, *steps: CascadeStep
) -> Generator[None, None, Placement]:
    for step in steps:
        places = step.improve(photo, places)
        yield
    return places


def _judge(photo: Photo, places: Placement, engine: FaceEngine, finder: FaceFinder) -> np.ndarray:
    """Return (n,) scores: how well the autoencoder and the space of faces redraw the photo."""
    crops = np.stack([crop(photo, places[i]) for i in range(len(places))])
    codes = engine.guess(crops[..., None])  # uncorrected codes rank placements as well
    drawn = engine.decode(codes)[..., 0]
    return (resemblance(crops, drawn) + finder.space.resemblance(photo, places)) / 2


def _best_first(scores: np.ndarray, places: Placement) -> np.ndarray:
    """Return the order of placements by score, with a preference for larger faces."""
    return np.argsort(-(scores + _LARGER * np.log2(places.scale)))


def _inside(photo: Photo, places: Placement) -> np.ndarray:
    """Return which placements have their eyes in the photo, bool (n,)."""
    eyes, size = places.points(EYES), np.array(photo.size)
    return np.all((eyes > -_OUTSIDE * size) & (eyes < (1 + _OUTSIDE) * size), axis=(1, 2))


def _apart(places: Placement, most: int) -> list[int]:
    """Return the indices of at most `most` placements, skipping those close to an earlier one."""
    eyes = places.of(EYES)
    kept: list[int] = []
    for i in range(len(eyes)):
        distances = np.abs(eyes[kept] - eyes[i]).mean(axis=1)
        if (distances > _APART * np.abs(eyes[kept, 1] - eyes[kept, 0])).all():
            kept.append(i)
            if len(kept) == most:
                break
    return kept
