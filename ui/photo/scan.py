"""The first pass of the search: one filter run over a whole photo, in many sizes and angles.

The filter is a linear discriminant on local contrast. It answers to faces in their place and to
nothing else that decoded faces show when the frame is moved, turned or scaled.
"""

from dataclasses import dataclass

import numpy as np

from model.frame import IMAGE_SHAPE
from ui.photo.faces import FACE_CENTRE, FACE_HALF_AXES, SPREADS, misplacements
from ui.photo.opening import Photo
from ui.photo.placement import Placement, sample
from ui.photo.probing import inside, lattice, local_contrast, probe, pyramid, standardise

_SPACING = 8  # frame pixels between the filter's points
_REACH = 2  # in points: the surroundings that local contrast is measured against
_FLAT = 0.22  # deviation of local contrast, whose own is 1, below which a window counts as flat
_FAR = (90.0, 90.0, 0.9, 0.6)  # reach of the counterexamples: x, y, logarithm of scale, angle
_NEAR = (14.0, 14.0, 0.2, 0.3)  # what is nearer than this is no counterexample
_REPEATS = 6  # counterexamples from each face
_MARGIN = 52.0  # frame pixels by which a frame may leave the photo


@dataclass(frozen=True, eq=False)
class Filter:
    """A pattern of local contrast that answers to faces in their place.

    Attributes:
        mask: bool (20, 22), the points inside the face.
        weights: float32, one for each of them, of mean 0 and length 1.
    """

    mask: np.ndarray
    weights: np.ndarray

    @classmethod
    def learn(cls, faces: np.ndarray, rng: np.random.Generator) -> "Filter":
        """Return the filter for float32 (n, 160, 176) faces; `rng` draws the counterexamples."""
        levels = pyramid(faces)
        points = lattice(_SPACING)
        mask = inside(points, FACE_CENTRE, FACE_HALF_AXES)

        def looks_at(amounts: np.ndarray, which: np.ndarray) -> np.ndarray:
            looks = probe(levels, *misplacements(amounts), points.ravel(), _SPACING, which)
            looks = local_contrast(looks.reshape(-1, *points.shape), _REACH)[:, mask]
            return standardise(looks, _FLAT)

        which = np.repeat(np.arange(len(faces)), 2)
        right = looks_at(rng.standard_normal((len(which), 4)) * SPREADS[-1], which)
        which = np.repeat(np.arange(len(faces)), _REPEATS)
        amounts = rng.uniform(-1, 1, (len(which), 4)) * _FAR
        far = (np.abs(amounts) > _NEAR).any(axis=1)
        wrong = looks_at(amounts[far], which[far])
        spread = np.cov(right.T) + wrong.T @ wrong / len(wrong)
        spread[np.diag_indices_from(spread)] += 0.1 * np.trace(spread) / len(spread)
        weights = np.linalg.solve(spread, right.mean(axis=0))
        weights -= weights.mean()
        return cls(mask, (weights / np.linalg.norm(weights)).astype(np.float32))

    def scan(self, photo: Photo, size: float, angle: float, most: int) -> list[tuple]:
        """Return the best placements of one size and angle, as (answer, turn, offset).

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
        rows, columns = self.mask.shape
        shape = (
            max(int(extent.imag / _SPACING) + 1, rows),
            max(int(extent.real / _SPACING) + 1, columns),
        )
        picture = sample(photo, Placement(turn * _SPACING, turn * low), shape)
        answers = self._answers(local_contrast(picture, _REACH))
        rows, columns = _peaks(answers, most)
        first_point = (_SPACING - 1) / 2 * (1 + 1j)
        offsets = turn * (low + (columns + 1j * rows) * _SPACING - first_point)
        return [(a, turn, o) for a, o in zip(answers[rows, columns], offsets, strict=True)]

    def _answers(self, contrast: np.ndarray) -> np.ndarray:
        """Return the filter's correlation with every window of a picture, by Fourier transform."""
        kernels = np.zeros((2, *self.mask.shape))
        kernels[0][self.mask], kernels[1][self.mask] = self.weights, 1
        pattern, window = np.conj(np.fft.rfft2(kernels, contrast.shape))
        valid = tuple(
            slice(whole - part + 1)
            for whole, part in zip(contrast.shape, self.mask.shape, strict=True)
        )

        def correlate(values: np.ndarray, kernel: np.ndarray) -> np.ndarray:
            return np.fft.irfft2(np.fft.rfft2(values) * kernel, contrast.shape)[valid]

        count = self.mask.sum()
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
