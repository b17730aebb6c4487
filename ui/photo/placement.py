"""Where a face lies in a photo: two eyes, the frame they span, the pixels in it, and their light.

Points are complex numbers x + iy here, so a rotation, a scale and a shift are one multiplication
and one addition: photo point = turn * frame point + offset.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.frame import IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE, face_mask
from ui.photo.opening import Photo

_SOFT_EDGE = 8.0  # frame pixels beyond the photo over which its edge is blurred
EYES = np.array([complex(*LEFT_EYE), complex(*RIGHT_EYE)])  # of the frame
_PIXELS = np.arange(IMAGE_SHAPE[1]) + 1j * np.arange(IMAGE_SHAPE[0])[:, None]
_QUARTERS = np.array([-1 - 1j, 1 - 1j, -1 + 1j, 1 + 1j]) / 4  # centres of a pixel's quarters
MEAN, DEVIATION = 0.67, 0.13  # of the grays inside the face, in portraits of the archive
_FLAT = 0.05  # deviation inside the face; 1 in 50 portraits is below it
_DARK, _PALE = 0.35, 0.87  # means inside the face; hardly any portrait is beyond them
_LEAST = 1 / 255  # least deviation divided by, for a face of a single gray


@dataclass(frozen=True, eq=False)
class Placement:
    """A similarity transform from the model's frame to a photo, or an array of them."""

    turn: np.ndarray  # complex () or (n,): photo pixels per frame pixel, times the rotation
    offset: np.ndarray  # the same shape: the photo point of the frame's point (0, 0)

    @classmethod
    def from_eyes(cls, eyes: ArrayLike) -> Placement:
        """Return the placement with its eyes on the left and the right of two photo points (2, 2).

        They are (x, y) and must differ.
        """
        left, right = np.asarray(eyes) @ (1, 1j)
        turn = (right - left) / (EYES[1] - EYES[0])
        return cls(turn, left - turn * EYES[0])

    def __getitem__(self, index: int | slice | np.ndarray | list[int]) -> Placement:
        """Return one of an array of placements, or some."""
        return Placement(self.turn[index], self.offset[index])

    def __len__(self) -> int:
        """How many placements an array of them holds."""
        return len(self.turn)

    @property
    def scale(self) -> np.ndarray:
        """Photo pixels per frame pixel."""
        return np.abs(self.turn)

    def of(self, points: np.ndarray) -> np.ndarray:
        """Return the photo points of complex frame points (k,), complex (k,) or (n, k)."""
        return np.expand_dims(self.turn, -1) * points + np.expand_dims(self.offset, -1)

    def points(self, points: np.ndarray) -> np.ndarray:
        """Return `of` frame points as (x, y), float (..., 2)."""
        places = self.of(points)
        return np.stack([places.real, places.imag], axis=-1)


def crop(photo: Photo, placement: Placement) -> np.ndarray:
    """Return the pixels of the frame that a placement lays over a photo.

    They are float32 (160, 176) in [0, 1]. Small frames are interpolated; large ones are averaged
    first, to prevent aliasing. Beyond the photo its edge is repeated, and blurred more the farther
    out, so that no streaks appear.
    """
    points = placement.of(_PIXELS)
    level = float(np.log2(placement.scale))
    if level > 0:  # four samples a pixel, from a level up to twice as fine
        quarters = points + placement.turn * _QUARTERS[:, None, None]
        sharp = _interpolate(photo.levels, level - 1, quarters).mean(axis=0)
    else:
        sharp = _interpolate(photo.levels, 0, points)
    width, height = photo.size
    edge = np.clip(points.real, 0, width - 1) + 1j * np.clip(points.imag, 0, height - 1)
    beyond = (np.abs(points - edge) / placement.scale / _SOFT_EDGE).astype(np.float32)
    if beyond.max() > 0:
        soft = _interpolate(photo.levels, level + np.log2(_SOFT_EDGE), points)
        sharp += np.minimum(beyond, 1) * (soft - sharp)
    return np.clip(sharp, 0, 1)


def sample(
    levels: list[np.ndarray],
    placements: Placement,
    points: np.ndarray,
    spacing: float,
    which: np.ndarray | None = None,
) -> np.ndarray:
    """Return the photo's values at some points of each placement, float32 (n, k).

    Each value is an average over about as much of the photo as lies between two points.

    Args:
        levels: of one photo, (h, w) each, or of m images, (m, h, w) each; see `pyramid`.
        placements: n of them.
        points: complex (k,), points of the frame.
        spacing: the frame pixels between two points.
        which: (n,) index of the image that each placement lies in, if there are many.
    """
    fineness = np.clip(np.log2(placements.scale * spacing), 0, len(levels) - 1)
    seen = np.empty((len(fineness), len(points)), dtype=np.float32)
    for level in np.unique(fineness.astype(int)):
        chosen = np.flatnonzero(fineness.astype(int) == level)
        places = placements[chosen].of(points)
        images = 0 if which is None else which[chosen, None]
        near = _interpolate(levels, level, places, images)
        far = _interpolate(levels, level + 1, places, images)
        seen[chosen] = near + (fineness[chosen] - level).astype(np.float32)[:, None] * (far - near)
    return seen


def _interpolate(
    levels: list[np.ndarray], level: float, points: np.ndarray, which: np.ndarray | int = 0
) -> np.ndarray:
    """Return the values between a level's pixels, float32; edges are repeated."""
    level = int(np.clip(np.ceil(level), 0, len(levels) - 1))
    height, width = levels[level].shape[-2:]
    x = np.clip((points.real + 0.5) / 2**level - 0.5, 0, width - 1).astype(np.float32)
    y = np.clip((points.imag + 0.5) / 2**level - 0.5, 0, height - 1).astype(np.float32)
    column = np.minimum(x.astype(np.int32), max(width - 2, 0))
    row = np.minimum(y.astype(np.int32), max(height - 2, 0))
    x -= column
    y -= row
    start = (row + which * height) * width + column
    pixels = levels[level].ravel()
    right, down = min(width - 1, 1), width * min(height - 1, 1)
    above = pixels[start] * (1 - x) + pixels[start + right] * x
    below = pixels[start + down] * (1 - x) + pixels[start + down + right] * x
    return above * (1 - y) + below * y


def is_badly_lit(image: np.ndarray) -> bool:
    """Return whether a face (160, 176) is too dark, pale or gray for the model."""
    inside = image[face_mask()]
    return bool(inside.std() < _FLAT or not _DARK < inside.mean() < _PALE)


def even_out(image: np.ndarray) -> np.ndarray:
    """Return a face (160, 176) in [0, 1] with the mean and deviation of the archive's portraits."""
    inside = image[face_mask()]
    factor = DEVIATION / max(_LEAST, float(inside.std()))
    return np.clip((image - inside.mean()) * factor + MEAN, 0, 1).astype(np.float32)
