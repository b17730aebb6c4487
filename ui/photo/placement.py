"""Where a face lies in a photo: two eyes, the frame they span, and the pixels inside it.

Two pairs of points fix a turn, a scale and a shift. Points are complex numbers x + iy here, so that
a placement is one multiplication and one addition: photo point = turn * frame point + offset.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from model.frame import IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE
from ui.photo.opening import Photo

_SOFT_EDGE = 8.0  # frame pixels over which what lies beyond the photo turns soft
_MIN_DISTANCE = 2.0  # photo pixels between the eyes


@dataclass(frozen=True)
class Placement:
    """A similarity transform from the model's frame to a photo.

    Attributes:
        turn: photo pixels per frame pixel, times the rotation, as a complex number.
        offset: the photo point of the frame's point (0, 0).

    Example:
        placement = Placement.from_eyes((210, 180), (290, 176))
        placement.to_photo([[93.5, 130]])   # where the mouth should be
    """

    turn: complex
    offset: complex

    @classmethod
    def from_eyes(cls, left_eye, right_eye) -> "Placement":
        """Return the placement that puts the frame's eyes on two photo points (x, y).

        Eyes closer together than two pixels are moved apart.
        """
        left, right = complex(*left_eye), complex(*right_eye)
        if not np.isfinite([left, right]).all():
            raise ValueError(f"Eyes are finite points. Received: {left_eye}, {right_eye}")
        distance = abs(right - left)
        if distance < _MIN_DISTANCE:
            middle = (left + right) / 2
            along = (right - left) / distance if distance > 0 else 1
            left, right = middle - along * _MIN_DISTANCE / 2, middle + along * _MIN_DISTANCE / 2
        frame_left, frame_right = complex(*LEFT_EYE), complex(*RIGHT_EYE)
        turn = (right - left) / (frame_right - frame_left)
        return cls(turn, left - turn * frame_left)

    @property
    def scale(self) -> float:
        """Photo pixels per frame pixel."""
        return abs(self.turn)

    @property
    def eyes(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The left and the right eye in the photo, (x, y) each."""
        left, right = self.to_photo([LEFT_EYE, RIGHT_EYE])
        return (float(left[0]), float(left[1])), (float(right[0]), float(right[1]))

    def to_photo(self, points) -> np.ndarray:
        """Return the photo points (..., 2) of frame points (..., 2)."""
        return _pairs(self.turn * _complex(points) + self.offset)

    def to_frame(self, points) -> np.ndarray:
        """Return the frame points (..., 2) of photo points (..., 2)."""
        return _pairs((_complex(points) - self.offset) / self.turn)


def align(photo: Photo, left_eye, right_eye) -> np.ndarray:
    """Return the photo turned, scaled and shifted so that its eyes stand at the frame's.

    Args:
        photo: the photo.
        left_eye: (x, y) in `photo.gray`; a point far outside is moved nearer.
        right_eye: the same.

    Returns:
        float32 (160, 176) in [0, 1]; points come to their places within a tenth of a pixel.
    """
    size = np.array(photo.size)
    return crop(photo, Placement.from_eyes(*np.clip([left_eye, right_eye], -size, 2 * size)))


def crop(photo: Photo, placement: Placement) -> np.ndarray:
    """Return the pixels of the frame that a placement lays over a photo.

    Small frames are interpolated; large ones are averaged before they are sampled, so that nothing
    aliases. Beyond the photo its edge goes on, ever softer, instead of in streaks.

    Args:
        photo: the photo.
        placement: where the frame lies.

    Returns:
        float32 (160, 176) in [0, 1].
    """
    sharp = sample(photo, placement, IMAGE_SHAPE)
    beyond = _beyond(photo, placement, IMAGE_SHAPE) / _SOFT_EDGE
    if beyond.max() > 0:
        level = np.log2(placement.scale * _SOFT_EDGE)
        soft = _interpolate(photo, placement, IMAGE_SHAPE, level, 1)
        sharp += np.minimum(beyond, 1) * (soft - sharp)
    return np.clip(sharp, 0, 1)


def sample(photo: Photo, view: Placement, shape: tuple[int, int]) -> np.ndarray:
    """Return float32 pixels of any `shape`, the photo seen through `view`; edges are repeated.

    The level of the photo is taken that is up to twice as fine as the pixels asked for, and sampled
    twice a pixel.
    """
    return _interpolate(photo, view, shape, np.log2(view.scale) - 1, 2 if view.scale > 1 else 1)


def _interpolate(
    photo: Photo, view: Placement, shape: tuple[int, int], level: float, fineness: int
) -> np.ndarray:
    """Interpolate the next level of a photo; `fineness` samples a pixel and axis are averaged."""
    height, width = shape
    level = int(np.clip(np.ceil(level), 0, len(photo.levels) - 1))
    shrink = 2.0**level
    turn = view.turn / shrink
    # From here on whole numbers lie at the corners of pixels, as Pillow counts.
    offset = (view.offset + 0.5 * (1 + 1j)) / shrink - turn * 0.5 * (1 + 1j)
    corners = turn * np.array([0, width, 1j * height, width + 1j * height]) + offset
    picture = photo.levels[level]
    left, right, before_x, after_x = _span(corners.real, picture.shape[1])
    top, bottom, before_y, after_y = _span(corners.imag, picture.shape[0])
    region = np.pad(
        picture[top:bottom, left:right], ((before_y, after_y), (before_x, after_x)), mode="edge"
    )
    offset -= complex(left - before_x, top - before_y)
    turn /= fineness
    sampled = Image.fromarray(region).transform(
        (width * fineness, height * fineness),
        Image.Transform.AFFINE,
        (turn.real, -turn.imag, offset.real, turn.imag, turn.real, offset.imag),
        Image.Resampling.BICUBIC,
    )
    if fineness > 1:
        sampled = sampled.reduce(fineness)
    return np.array(sampled)


def _span(values: np.ndarray, size: int) -> tuple[int, int, int, int]:
    """Return first and last pixel needed on an axis, and how many are missing on either side."""
    low, high = int(np.floor(values.min())) - 3, int(np.ceil(values.max())) + 3
    first, last = min(max(low, 0), size - 1), max(min(high, size), 1)
    first, last = min(first, last - 1), max(last, first + 1)
    return first, last, max(first - low, 0), max(high - last, 0)


def _beyond(photo: Photo, view: Placement, shape: tuple) -> np.ndarray:
    """Return how far each pixel of a view lies beyond the photo, in pixels of the view."""
    rows, columns = np.arange(shape[0])[:, None], np.arange(shape[1])[None, :]
    points = view.turn * (columns + 1j * rows) + view.offset
    width, height = photo.size
    x = np.maximum(np.maximum(-points.real, points.real - (width - 1)), 0)
    y = np.maximum(np.maximum(-points.imag, points.imag - (height - 1)), 0)
    return (np.hypot(x, y) / view.scale).astype(np.float32)


def _complex(points) -> np.ndarray:
    points = np.asarray(points, dtype=np.float64)
    return points[..., 0] + 1j * points[..., 1]


def _pairs(values: np.ndarray) -> np.ndarray:
    return np.stack([values.real, values.imag], axis=-1)
