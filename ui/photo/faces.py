"""What the search of the eyes knows about faces, learned from decoded ones in about a second.

The autoencoder's faces all stand in the same place of the frame. Moved, turned and scaled by known
amounts they teach how a misplaced frame looks: a cascade of linear steps leads from what it shows
to where it belongs (Xiong and De la Torre, "Supervised descent method", CVPR 2013). Left in place
they span a space of faces, the quick stand-in for the autoencoder (Turk and Pentland, "Eigenfaces",
1991): where a frame and its nearest face have the same local contrast, there is a face.
"""

from dataclasses import dataclass

import numpy as np

from model.frame import FACE_AXIS
from ui.photo.probing import inside, lattice, local_contrast, probe, pyramid, standardise

FACE_CENTRE = FACE_AXIS + 102j
FACE_HALF_AXES = (46.0, 60.0)
SPREADS = (  # of the cascade's steps: x and y in frame pixels, logarithm of scale, angle
    (12.0, 12.0, 0.16, 0.16),
    (5.0, 5.0, 0.07, 0.07),
    (2.5, 2.5, 0.035, 0.035),
)

_SPACINGS = (8, 4, 4)  # of the points that the cascade's steps look at
_RIDGE = 0.02
_DIMENSIONS = 50  # of the space of faces
_SPACING = 4  # of its points
_REACH = 3  # in points: the surroundings that local contrast is measured against


@dataclass(frozen=True, eq=False)
class CascadeStep:
    """One step of the cascade: a look, standardised, tells the misplacement."""

    spacing: int
    points: np.ndarray
    mean: np.ndarray
    weights: np.ndarray

    def improve(self, levels: list, turns: np.ndarray, offsets: np.ndarray) -> tuple:
        """Return better turns and offsets for (n,) placements."""
        looks = standardise(probe(levels, turns, offsets, self.points, self.spacing))
        by_turns, by_offsets = misplacements((looks - self.mean) @ self.weights)
        return turns / by_turns, offsets - turns * by_offsets / by_turns


def misplacements(amounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return turns and offsets (n,) of frames misplaced about the face's centre.

    Args:
        amounts: (n, 4): frame pixels in x and y, logarithm of scale, angle in radians.
    """
    turns = np.exp(amounts[:, 2] + 1j * amounts[:, 3])
    return turns, FACE_CENTRE + amounts[:, 0] + 1j * amounts[:, 1] - turns * FACE_CENTRE


def learn_step(
    stage: int, faces: np.ndarray, rng: np.random.Generator, repeats: int = 12
) -> CascadeStep:
    """Return a step of the cascade, from a misplaced frame to the right one.

    Args:
        stage: 0, 1 or 2, from large misplacements to small ones.
        faces: float32 (n, 160, 176).
        rng: draws the misplacements.
        repeats: misplacements of each face.
    """
    spacing = _SPACINGS[stage]
    points = lattice(spacing)
    points = points[inside(points, FACE_CENTRE, FACE_HALF_AXES)]
    which = np.repeat(np.arange(len(faces)), repeats)
    amounts = rng.standard_normal((len(which), 4)) * SPREADS[stage]
    looks = standardise(probe(pyramid(faces), *misplacements(amounts), points, spacing, which))
    mean = looks.mean(axis=0)
    looks -= mean
    products = looks.T @ looks
    products[np.diag_indices_from(products)] += _RIDGE * np.trace(products) / len(products)
    weights = np.linalg.solve(products, looks.T @ amounts.astype(np.float32))
    return CascadeStep(spacing, points, mean, weights)


@dataclass(frozen=True, eq=False)
class FaceSpace:
    """The linear space that looks at faces in their place span, around their mean."""

    mean: np.ndarray
    components: np.ndarray

    @classmethod
    def learn(cls, faces: np.ndarray) -> "FaceSpace":
        """Return the space of float32 (n, 160, 176) faces."""
        still = np.ones(len(faces), dtype=complex), np.zeros(len(faces), dtype=complex)
        points = lattice(_SPACING).ravel()
        looks = probe(pyramid(faces), *still, points, _SPACING, np.arange(len(faces)))
        looks = standardise(looks)
        mean = looks.mean(axis=0)
        components = np.linalg.svd(looks - mean, full_matrices=False)[2]
        return cls(mean, components[:_DIMENSIONS])

    def answer(self, levels: list, turns: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        """Return (n,) resemblances of placements to their nearest faces, in [-1, 1]."""
        points = lattice(_SPACING)
        looks = standardise(probe(levels, turns, offsets, points.ravel(), _SPACING))
        nearest = self.mean + (looks - self.mean) @ self.components.T @ self.components
        shape = len(looks), *points.shape
        return _resemblance(looks.reshape(shape), nearest.reshape(shape))


def resemblance(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return how alike (n, 160, 176) images are in local contrast inside the face, (n,) in [-1, 1].

    Squared error forgives a missing face in a smooth wall; this does not.
    """

    def shrink(pictures: np.ndarray) -> np.ndarray:
        n, height, width = pictures.shape
        shape = n, height // _SPACING, _SPACING, width // _SPACING, _SPACING
        return pictures.reshape(shape).mean(axis=(2, 4))

    return _resemblance(shrink(images), shrink(others))


def _resemblance(looks: np.ndarray, others: np.ndarray) -> np.ndarray:
    mask = inside(lattice(_SPACING), FACE_CENTRE, FACE_HALF_AXES)
    a = standardise(local_contrast(looks, _REACH)[:, mask])
    b = standardise(local_contrast(others, _REACH)[:, mask])
    return (a * b).sum(axis=1)
