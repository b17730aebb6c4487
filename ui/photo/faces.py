"""What the search of the eyes knows about faces, learned from decoded ones in about a second.

The autoencoder's faces all stand in the same place of the frame. Moved, turned and scaled by known
amounts they teach how a misplaced frame looks: a filter answers to faces in their place and to
nothing else; a cascade of linear steps leads from what a frame shows to where it belongs (Xiong and
De la Torre, "Supervised descent method", CVPR 2013). Left in place the faces span a space, the
quick stand-in for the autoencoder (Turk and Pentland, "Eigenfaces", 1991): where a frame and its
nearest face have the same local contrast, there is a face.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.frame import FACE_AXIS, IMAGE_SHAPE
from ui.photo.opening import Photo, pyramid
from ui.photo.placement import Placement, sample

_FACE_CENTRE = FACE_AXIS + 102j
_FACE_HALF_AXES = (46.0, 60.0)

# The filter. Distances are in points of its lattice where nothing else is said.
_FILTER_SPACING = 8  # frame pixels between two points
_FILTER_REACH = 2  # the surroundings that local contrast is measured against
_FLAT = 0.22  # deviation of local contrast, whose own is 1, below which a window counts as flat
_RIGHT = (2.5, 2.5, 0.035, 0.035)  # faces in their place: x, y, logarithm of scale, angle
_FAR = (90.0, 90.0, 0.9, 0.6)  # reach of the counterexamples
_NEAR = (14.0, 14.0, 0.2, 0.3)  # what is nearer than this is no counterexample
_COUNTEREXAMPLES = 6  # from each face
_MARGIN = 52.0  # frame pixels by which a frame may leave the photo

# The cascade: the spacing of a step's points, and the misplacements that it learns to undo.
STEPS = ((8, (12.0, 12.0, 0.16, 0.16)), (4, (5.0, 5.0, 0.07, 0.07)), (4, _RIGHT))
_MISPLACED = 12  # times each face
_RIDGE = 0.02

# The space of faces.
_DIMENSIONS = 50
_LEVEL = 2  # of a pyramid of frames: its pixels are the points that are looked at
_SPACING = 2**_LEVEL
_REACH = 3


def _lattice(spacing: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points `spacing` frame pixels apart, complex (h, w), and which lie in the face."""
    rows, columns = (np.arange(n // spacing) * spacing + (spacing - 1) / 2 for n in IMAGE_SHAPE)
    points = columns + 1j * rows[:, None]
    away = points - _FACE_CENTRE
    x, y = away.real / _FACE_HALF_AXES[0], away.imag / _FACE_HALF_AXES[1]
    return points, x**2 + y**2 <= 1


def _misplaced(amounts: np.ndarray) -> Placement:
    """Return frames misplaced about the face's centre.

    Args:
        amounts: (n, 4): frame pixels in x and y, logarithm of scale, angle in radians.
    """
    turns = np.exp(amounts[:, 2] + 1j * amounts[:, 3])
    return Placement(turns, _FACE_CENTRE * (1 - turns) + amounts[:, 0] + 1j * amounts[:, 1])


def _standardise(looks: np.ndarray, floor: float = 0.02) -> np.ndarray:
    """Return looks (n, k) without their brightness and contrast; flat ones stay small."""
    looks = looks - looks.mean(axis=-1, keepdims=True)
    energy = (looks**2).sum(axis=-1, keepdims=True)
    return looks / np.sqrt(energy + floor**2 * looks.shape[-1])


def _local_contrast(pictures: np.ndarray, reach: int, floor: float = 0.03) -> np.ndarray:
    """Return pictures (..., h, w) as deviations from their surroundings, in those' own deviations.

    What is left of a face is eyes, brows, nose and mouth, whatever the light.
    """
    detail = pictures - _blur(pictures, reach)
    return detail / np.sqrt(_blur(detail**2, reach) + floor**2)


def _blur(pictures: np.ndarray, reach: int) -> np.ndarray:
    """Average over (2 reach + 1) squares, twice; edges are repeated."""
    span = 2 * reach + 1
    for _ in range(4):  # the last axis and the one before it, in turn
        padding = [(0, 0)] * (pictures.ndim - 1) + [(reach + 1, reach)]
        sums = np.cumsum(np.pad(pictures, padding, mode="edge"), axis=-1, dtype=np.float64)
        pictures = ((sums[..., span:] - sums[..., :-span]) / span).astype(np.float32)
        pictures = pictures.swapaxes(-1, -2)
    return pictures


@dataclass(frozen=True, eq=False)
class Filter:
    """A pattern of local contrast, run over a whole photo in many sizes and angles.

    It is a linear discriminant: it answers to faces in their place and to nothing else that decoded
    faces show when the frame is moved, turned or scaled.

    Attributes:
        weights: float32, one for each point inside the face, of mean 0 and length 1.
    """

    weights: np.ndarray

    @classmethod
    def learn(cls, levels: list[np.ndarray], rng: np.random.Generator) -> Filter:
        """Return the filter for a pyramid of faces; `rng` draws the counterexamples."""
        points, inside = _lattice(_FILTER_SPACING)

        def looks_at(amounts: np.ndarray, which: np.ndarray) -> np.ndarray:
            looks = sample(levels, _misplaced(amounts), points.ravel(), _FILTER_SPACING, which)
            looks = _local_contrast(looks.reshape(-1, *points.shape), _FILTER_REACH)[:, inside]
            return _standardise(looks, _FLAT)

        which = np.repeat(np.arange(len(levels[0])), 2)
        right = looks_at(rng.standard_normal((len(which), 4)) * _RIGHT, which)
        which = np.repeat(np.arange(len(levels[0])), _COUNTEREXAMPLES)
        amounts = rng.uniform(-1, 1, (len(which), 4)) * _FAR
        far = (np.abs(amounts) > _NEAR).any(axis=1)
        wrong = looks_at(amounts[far], which[far])
        spread = np.cov(right.T) + wrong.T @ wrong / len(wrong)
        spread[np.diag_indices_from(spread)] += 0.1 * np.trace(spread) / len(spread)
        weights = np.linalg.solve(spread, right.mean(axis=0))
        weights -= weights.mean()
        return cls((weights / np.linalg.norm(weights)).astype(np.float32))

    def scan(
        self, photo: Photo, size: float, angle: float, most: int
    ) -> tuple[np.ndarray, Placement]:
        """Return the best answers of one size and angle, and where they are.

        Args:
            photo: the photo.
            size: the frame's width as a part of the photo's longer side.
            angle: in radians.
            most: how many at most.
        """
        turn = size * max(photo.size) / IMAGE_SHAPE[1] * np.exp(1j * angle)
        width, height = photo.size
        corners = np.array([0, width, 1j * height, width + 1j * height]) / turn
        low = complex(corners.real.min() - _MARGIN, corners.imag.min() - _MARGIN)
        extent = complex(corners.real.max() + _MARGIN, corners.imag.max() + _MARGIN) - low
        points, inside = _lattice(_FILTER_SPACING)
        rows = np.arange(max(int(extent.imag / _FILTER_SPACING) + 1, inside.shape[0]))
        columns = np.arange(max(int(extent.real / _FILTER_SPACING) + 1, inside.shape[1]))
        steps = (columns + 1j * rows[:, None]) * _FILTER_SPACING  # from the first frame's first
        first = Placement(np.array([turn]), np.array([turn * low]))
        picture = sample(photo.levels, first, points[0, 0] + steps.ravel(), _FILTER_SPACING)
        contrast = _local_contrast(picture.reshape(steps.shape), _FILTER_REACH)
        answers = self._answers(contrast, inside)
        peaks = _peaks(answers, most)
        offsets = turn * (low + steps[peaks])
        return answers[peaks], Placement(np.full(len(offsets), turn), offsets)

    def _answers(self, contrast: np.ndarray, inside: np.ndarray) -> np.ndarray:
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


def _peaks(answers: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the highest values that no neighbour exceeds."""
    height, width = answers.shape
    padded = np.pad(answers, 1, constant_values=-np.inf)
    around = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    rows, columns = np.nonzero(answers >= np.max(around, axis=0))
    best = np.argsort(-answers[rows, columns])[:most]
    return rows[best], columns[best]


@dataclass(frozen=True, eq=False)
class CascadeStep:
    """One step of the cascade: a look, standardised, tells the misplacement."""

    spacing: int
    mean: np.ndarray
    weights: np.ndarray

    @classmethod
    def learn(
        cls, levels: list[np.ndarray], spacing: int, spreads: tuple, rng: np.random.Generator
    ) -> CascadeStep:
        """Return a step from a misplaced frame to the right one.

        Args:
            levels: a pyramid of faces.
            spacing: of the points that it looks at.
            spreads: of the misplacements, see `_misplaced`.
            rng: draws them.
        """
        which = np.repeat(np.arange(len(levels[0])), _MISPLACED)
        amounts = rng.standard_normal((len(which), 4)) * spreads
        points = np.extract(*reversed(_lattice(spacing)))
        looks = _standardise(sample(levels, _misplaced(amounts), points, spacing, which))
        mean = looks.mean(axis=0)
        looks -= mean
        products = looks.T @ looks
        products[np.diag_indices_from(products)] += _RIDGE * np.trace(products) / len(products)
        weights = np.linalg.solve(products, looks.T @ amounts.astype(np.float32))
        return cls(spacing, mean, weights)

    def improve(self, photo: Photo, placements: Placement) -> Placement:
        """Return better placements."""
        points = np.extract(*reversed(_lattice(self.spacing)))
        looks = _standardise(sample(photo.levels, placements, points, self.spacing))
        wrong = _misplaced((looks - self.mean) @ self.weights)
        turns = placements.turn / wrong.turn
        return Placement(turns, placements.offset - turns * wrong.offset)


@dataclass(frozen=True, eq=False)
class FaceSpace:
    """The linear space that looks at faces in their place span, around their mean."""

    mean: np.ndarray
    components: np.ndarray

    @classmethod
    def learn(cls, levels: list[np.ndarray]) -> FaceSpace:
        """Return the space of a pyramid of faces."""
        looks = _standardise(levels[_LEVEL].reshape(len(levels[0]), -1))
        mean = looks.mean(axis=0)
        components = np.linalg.svd(looks - mean, full_matrices=False)[2]
        return cls(mean, components[:_DIMENSIONS])

    def answer(self, photo: Photo, placements: Placement) -> np.ndarray:
        """Return (n,) resemblances of placements to their nearest faces, in [-1, 1]."""
        points = _lattice(_SPACING)[0]
        looks = _standardise(sample(photo.levels, placements, points.ravel(), _SPACING))
        nearest = self.mean + (looks - self.mean) @ self.components.T @ self.components
        shape = len(looks), *points.shape
        return _resemblance(looks.reshape(shape), nearest.reshape(shape))


def resemblance(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return how alike (n, 160, 176) images are in local contrast inside the face, (n,) in [-1, 1].

    Squared error forgives a missing face in a smooth wall; this does not.
    """
    return _resemblance(pyramid(images)[_LEVEL], pyramid(others)[_LEVEL])


def _resemblance(looks: np.ndarray, others: np.ndarray) -> np.ndarray:
    inside = _lattice(_SPACING)[1]
    a = _standardise(_local_contrast(looks, _REACH)[:, inside])
    b = _standardise(_local_contrast(others, _REACH)[:, inside])
    return (a * b).sum(axis=1)
