"""Finding the eyes in a photo: where a face lies in the frame as the autoencoder's faces do.

A filter runs over the photo in many sizes and angles; a cascade of regressions (Xiong and De la
Torre, "Supervised descent method", CVPR 2013) moves the best few hundred placements towards faces;
and the linear space of faces ranks them, a fast stand-in for the autoencoder (Turk and Pentland,
"Eigenfaces", 1991). The autoencoder, which draws nothing but faces, reconstructs the best: the one
most like its photo wins.

All of this is learned from faces of the model itself, in about a second: they lie in the same place
of the frame, and are moved, turned and scaled by known amounts.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.frame import FACE_AXIS, IMAGE_SHAPE
from ui.photo.opening import Photo, pyramid
from ui.photo.placement import EYES, Placement, crop, sample

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

_BATCH = 16  # images decoded or encoded at a time

_FACES = 192  # faces to learn from
_FACE_CENTRE = FACE_AXIS + 102j
_FACE_HALF_AXES = (46.0, 60.0)  # frame pixels

# The filter. Lengths are in points of its lattice unless a unit is given.
_FILTER_SPACING = 8  # frame pixels between two points
_FILTER_REACH = 2  # half side of the surroundings for local contrast
_FLAT = 0.22  # deviation of the local contrast of a flat window; 1 is usual
_RIGHT = (2.5, 2.5, 0.035, 0.035)  # spread of faces in place: x, y, logarithm of scale, angle
_FAR = (90.0, 90.0, 0.9, 0.6)  # largest displacement of counterexamples, likewise
_NEAR = (14.0, 14.0, 0.2, 0.3)  # least displacement of counterexamples, likewise
_COUNTEREXAMPLES = 6  # per face
_MARGIN = 52.0  # frame pixels by which a frame may leave the photo

# The cascade: spacing of a step's points, and spread of the displacements that it learns to undo.
_STEPS = ((8, (12.0, 12.0, 0.16, 0.16)), (4, (5.0, 5.0, 0.07, 0.07)), (4, _RIGHT))
_DISPLACED = 12  # examples per face
_RIDGE = 0.02  # ridge of the least squares, relative to the mean square of the inputs

# The space of faces.
_DIMENSIONS = 50
_LEVEL = 2  # level of the pyramid of frames whose pixels are compared
_SPACING = 2**_LEVEL  # frame pixels between two points
_REACH = 3  # half side of the surroundings for local contrast, in points

# The search.
_RANKED = 200  # placements ranked between two yields
_SIZES = np.geomspace(1.6, 0.1, 20)  # width of the frame, in longer sides of the photo
_ANGLES = np.deg2rad([-20, -10, 0, 10, 20])
_PEAKS = 30  # placements kept of each size and angle
_PLACEMENTS = 800  # placements kept of all
_JUDGED = 48  # placements shown to the autoencoder
_FINAL = 6  # placements shown once more after the last steps of the cascade
_LARGER = 0.03  # bonus on the score for each doubling of the size
_APART = 0.2  # least distance of two placements, relative to that of the eyes
_LEAST_RANGE = 0.4  # range of grays; smaller ones are stretched for the search
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
    for start in range(0, len(places), _BATCH):
        scores.append(_judge(photo, places[start : start + _BATCH], engine, finder))
        yield None
    places = places[_best_first(np.concatenate(scores), places)[:_FINAL]]
    places = yield from _improved(photo, places, third, third)
    final = _judge(photo, places, engine, finder)
    best = _best_first(final, places)[0]
    yield Guess(places[best].points(EYES), float(final[best]))


def _stretched(photo: Photo) -> Photo:
    """Return a photo with its grays stretched, if it is nearly black, pale or gray."""
    low, high = np.quantile(photo.gray[::4, ::4], (0.01, 0.99))
    if not 1 / 255 < high - low < _LEAST_RANGE:
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
    small = (pyramid(pictures)[_LEVEL] for pictures in (crops, drawn))
    return (_resemblance(*small) + finder.space.resemblance(photo, places)) / 2


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


def _lattice(spacing: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points `spacing` frame pixels apart, complex (h, w), and which lie in the face."""
    rows, columns = (np.arange(n // spacing) * spacing + (spacing - 1) / 2 for n in IMAGE_SHAPE)
    points = columns + 1j * rows[:, None]
    away = points - _FACE_CENTRE
    x, y = away.real / _FACE_HALF_AXES[0], away.imag / _FACE_HALF_AXES[1]
    return points, x**2 + y**2 <= 1


def _displaced(amounts: np.ndarray) -> Placement:
    """Return frames displaced about the face's center by amounts (n, 4).

    They are frame pixels in x and y, the logarithm of the scale, and the angle in radians.
    """
    turns = np.exp(amounts[:, 2] + 1j * amounts[:, 3])
    return Placement(turns, _FACE_CENTRE * (1 - turns) + amounts[:, 0] + 1j * amounts[:, 1])


def _standardise(samples: np.ndarray, floor: float = 0.02) -> np.ndarray:
    """Return samples (n, k) of mean 0 and length 1, shorter if their deviation is below `floor`."""
    samples = samples - samples.mean(axis=-1, keepdims=True)
    energy = (samples**2).sum(axis=-1, keepdims=True)
    return samples / np.sqrt(energy + floor**2 * samples.shape[-1])


def _local_contrast(pictures: np.ndarray, reach: int) -> np.ndarray:
    """Return pictures (..., h, w) minus their local mean, divided by their local deviation.

    This keeps the eyes, brows, nose and mouth of a face, and removes the light.
    """
    detail = pictures - _blur(pictures, reach)
    return detail / np.sqrt(_blur(detail**2, reach) + 0.03**2)


def _blur(pictures: np.ndarray, reach: int) -> np.ndarray:
    """Average over squares of 2 reach + 1 pixels, twice; edges are repeated."""
    span = 2 * reach + 1
    for _ in range(4):  # the last two axes in turn
        padding = [(0, 0)] * (pictures.ndim - 1) + [(reach + 1, reach)]
        sums = np.cumsum(np.pad(pictures, padding, mode="edge"), axis=-1, dtype=np.float64)
        pictures = ((sums[..., span:] - sums[..., :-span]) / span).astype(np.float32)
        pictures = pictures.swapaxes(-1, -2)
    return pictures


@dataclass(frozen=True, eq=False)
class Filter:
    """A linear discriminant between faces in their place and faces moved, turned or scaled."""

    weights: np.ndarray  # float32, one for each point inside the face, of mean 0 and length 1

    @classmethod
    def learn(cls, levels: list[np.ndarray], rng: np.random.Generator) -> Filter:
        """Return the filter for a pyramid of faces; `rng` draws the counterexamples."""
        points, inside = _lattice(_FILTER_SPACING)

        def contrast(amounts: np.ndarray, which: np.ndarray) -> np.ndarray:
            frames = sample(levels, _displaced(amounts), points.ravel(), _FILTER_SPACING, which)
            frames = _local_contrast(frames.reshape(-1, *points.shape), _FILTER_REACH)[:, inside]
            return _standardise(frames, _FLAT)

        which = np.repeat(np.arange(len(levels[0])), 2)
        right = contrast(rng.standard_normal((len(which), 4)) * _RIGHT, which)
        which = np.repeat(np.arange(len(levels[0])), _COUNTEREXAMPLES)
        amounts = rng.uniform(-1, 1, (len(which), 4)) * _FAR
        far = (np.abs(amounts) > _NEAR).any(axis=1)
        wrong = contrast(amounts[far], which[far])
        spread = np.cov(right.T) + wrong.T @ wrong / len(wrong)
        spread[np.diag_indices_from(spread)] += 0.1 * np.trace(spread) / len(spread)
        weights = np.linalg.solve(spread, right.mean(axis=0))
        weights -= weights.mean()
        return cls((weights / np.linalg.norm(weights)).astype(np.float32))

    def scan(
        self, photo: Photo, size: float, angle: float, most: int
    ) -> tuple[np.ndarray, Placement]:
        """Return the `most` highest correlations of one size and angle, and their placements.

        The size is the width of the frame in longer sides of the photo, the angle in radians.
        """
        turn = size * max(photo.size) / IMAGE_SHAPE[1] * np.exp(1j * angle)
        width, height = photo.size
        corners = np.array([0, width, 1j * height, width + 1j * height]) / turn
        low = complex(corners.real.min() - _MARGIN, corners.imag.min() - _MARGIN)
        extent = complex(corners.real.max() + _MARGIN, corners.imag.max() + _MARGIN) - low
        points, inside = _lattice(_FILTER_SPACING)
        rows = np.arange(max(int(extent.imag / _FILTER_SPACING) + 1, inside.shape[0]))
        columns = np.arange(max(int(extent.real / _FILTER_SPACING) + 1, inside.shape[1]))
        steps = (columns + 1j * rows[:, None]) * _FILTER_SPACING
        first = Placement(np.array([turn]), np.array([turn * low]))
        picture = sample(photo.levels, first, points[0, 0] + steps.ravel(), _FILTER_SPACING)
        contrast = _local_contrast(picture.reshape(steps.shape), _FILTER_REACH)
        correlations = self._correlate(contrast, inside)
        peaks = _peaks(correlations, most)
        offsets = turn * (low + steps[peaks])
        return correlations[peaks], Placement(np.full(len(offsets), turn), offsets)

    def _correlate(self, contrast: np.ndarray, inside: np.ndarray) -> np.ndarray:
        """Return the filter's correlation with every window of a picture, by Fourier transform."""
        kernels = np.zeros((2, *inside.shape))
        kernels[0][inside], kernels[1][inside] = self.weights, 1
        pattern, window = np.conj(np.fft.rfft2(kernels, contrast.shape))
        height, width = np.subtract(contrast.shape, inside.shape) + 1

        def correlate(values: np.ndarray, kernel: np.ndarray) -> np.ndarray:
            return np.fft.irfft2(np.fft.rfft2(values) * kernel, contrast.shape)[:height, :width]

        count = inside.sum()
        mean = correlate(contrast, window) / count
        energy = np.maximum(correlate(contrast**2, window) - count * mean**2, 0)
        return correlate(contrast, pattern) / np.sqrt(energy + _FLAT**2 * count)


def _peaks(values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the highest values that no neighbour exceeds."""
    height, width = values.shape
    padded = np.pad(values, 1, constant_values=-np.inf)
    around = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    rows, columns = np.nonzero(values >= np.max(around, axis=0))
    best = np.argsort(-values[rows, columns])[:most]
    return rows[best], columns[best]


@dataclass(frozen=True, eq=False)
class CascadeStep:
    """One linear regression of the cascade, from a standardised sample to the displacement."""

    spacing: int
    mean: np.ndarray
    weights: np.ndarray

    @classmethod
    def learn(
        cls, levels: list[np.ndarray], spacing: int, spreads: tuple, rng: np.random.Generator
    ) -> CascadeStep:
        """Learn from a pyramid of faces, displaced with deviations `spreads`, see `_displaced`."""
        which = np.repeat(np.arange(len(levels[0])), _DISPLACED)
        amounts = rng.standard_normal((len(which), 4)) * spreads
        points = np.extract(*reversed(_lattice(spacing)))
        samples = _standardise(sample(levels, _displaced(amounts), points, spacing, which))
        mean = samples.mean(axis=0)
        samples -= mean
        products = samples.T @ samples
        products[np.diag_indices_from(products)] += _RIDGE * np.trace(products) / len(products)
        weights = np.linalg.solve(products, samples.T @ amounts.astype(np.float32))
        return cls(spacing, mean, weights)

    def improve(self, photo: Photo, placements: Placement) -> Placement:
        """Return better placements."""
        points = np.extract(*reversed(_lattice(self.spacing)))
        samples = _standardise(sample(photo.levels, placements, points, self.spacing))
        wrong = _displaced((samples - self.mean) @ self.weights)
        turns = placements.turn / wrong.turn
        return Placement(turns, placements.offset - turns * wrong.offset)


@dataclass(frozen=True, eq=False)
class FaceSpace:
    """The linear space, around their mean, that samples of faces in their place span."""

    mean: np.ndarray
    components: np.ndarray

    @classmethod
    def learn(cls, levels: list[np.ndarray]) -> FaceSpace:
        """Return the space of a pyramid of faces."""
        samples = _standardise(levels[_LEVEL].reshape(len(levels[0]), -1))
        mean = samples.mean(axis=0)
        components = np.linalg.svd(samples - mean, full_matrices=False)[2]
        return cls(mean, components[:_DIMENSIONS])

    def resemblance(self, photo: Photo, placements: Placement) -> np.ndarray:
        """Return (n,) resemblances of placements to their nearest faces, in [-1, 1]."""
        points = _lattice(_SPACING)[0]
        samples = _standardise(sample(photo.levels, placements, points.ravel(), _SPACING))
        nearest = self.mean + (samples - self.mean) @ self.components.T @ self.components
        shape = len(samples), *points.shape
        return _resemblance(samples.reshape(shape), nearest.reshape(shape))


@dataclass(frozen=True, eq=False)
class FaceFinder:
    """What is learned from the faces of one model."""

    filter: Filter
    cascade: list[CascadeStep]
    space: FaceSpace

    @classmethod
    def learn(cls, engine: FaceEngine, latent: LatentSpace) -> Generator[None, None, FaceFinder]:
        """Learn from faces of a model's gallery; yields often, so that other work can run."""
        rng = np.random.default_rng(0)
        codes = latent.gallery[rng.permutation(len(latent.gallery))[:_FACES]]
        faces = []
        for start in range(0, len(codes), _BATCH):
            faces.append(engine.decode(codes[start : start + _BATCH])[..., 0])
            yield
        levels = pyramid(np.concatenate(faces))
        pattern = Filter.learn(levels, rng)
        yield
        cascade = []
        for spacing, spreads in _STEPS:
            cascade.append(CascadeStep.learn(levels, spacing, spreads, rng))
            yield
        return cls(pattern, cascade, FaceSpace.learn(levels))


def _resemblance(samples: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return how alike pictures (n, h, w) of the `_LEVEL` are in local contrast inside the face.

    It is (n,) in [-1, 1]. Squared error is small for a missing face on a smooth wall; this is not.
    """
    inside = _lattice(_SPACING)[1]
    a = _standardise(_local_contrast(samples, _REACH)[:, inside])
    b = _standardise(_local_contrast(others, _REACH)[:, inside])
    return (a * b).sum(axis=1)
