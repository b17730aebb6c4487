"""Finds the head in a drawing, so that a small or displaced one can be encoded enlarged."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from model.frame import FACE_AXIS, FACE_CENTRE, IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE
from ui.pictures import over_paper

HEAD = (38.0, 12.0, 150.0, 158.0)  # left, top, right, bottom of a head with hair, canvas pixels
BUST = (5.0, 15.0, 172.0, 159.0)  # of a head with shoulders
INNER = (LEFT_EYE[0] - 12, 82, RIGHT_EYE[0] + 8, 142)  # of a bald face without brows
CONTRAST = 25  # least difference between ink and paper, gray levels
LARGEST = 3.0  # enlargement above which a drawing is only a part of a face
SHAPES = (0.5, 1.6)  # least and largest width by height of a head or a bust
FILLED = 0.4  # least share of its box that a head encloses; eyes and a mouth alone enclose less
ROUND = 0.72  # share of its box that a head encloses and a bust does not
WIDE = 0.95  # width by height that a bust exceeds
FITS = (1.3, 16.0)  # enlargement and displacement (canvas pixels) below which nothing is moved


class Region(NamedTuple):
    """The part of the canvas that is enlarged to the model's frame.

    Attributes:
        left: x of its upper left corner, canvas pixels; may lie outside the canvas.
        top: y of that corner.
        scale: enlargement.
    """

    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0

    @property
    def corners(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The first and the last (x, y) in canvas pixels."""
        rows, columns = IMAGE_SHAPE
        last = self.left + (columns - 1) / self.scale, self.top + (rows - 1) / self.scale
        return (self.left, self.top), last

    def look(self, picture: np.ndarray, outside: float) -> np.ndarray:
        """Return this part of a picture (rows, columns), enlarged: float32, the same shape."""
        left, top, scale = self
        return _moved(picture, (1 / scale, 0, left, 0, 1 / scale, top), outside)

    def put_back(self, picture: np.ndarray, outside: float) -> np.ndarray:
        """Return an enlarged picture (rows, columns) at its place on the canvas."""
        left, top, scale = self
        return _moved(picture, (scale, 0, -scale * left, 0, scale, -scale * top), outside)


WHOLE = Region()


def find_head(pixels: np.ndarray) -> Region:
    """Return the part of a drawing to encode: all of it, if the head is in its place.

    It moves the box around the ink to that of a usual head, or of one with shoulders. A drawing
    that is no head yet, such as eyes alone, stays where it is.

    Args:
        pixels: uint8 (rows, columns, 2), gray and coverage.
    """
    image = over_paper(pixels)
    ink = np.abs(image - paper_tone(image)) > CONTRAST
    if not ink.any():
        return WHOLE
    (top, bottom), (left, right) = (
        np.flatnonzero(ink.any(axis=axis))[[0, -1]] + (0, 1) for axis in (1, 0)
    )
    wide, high = right - left, bottom - top
    filled = _between(ink[top:bottom, left:right]).mean()
    bust = wide > WIDE * high and filled < ROUND
    x0, y0, x1, y1 = BUST if bust else HEAD
    scale = np.sqrt((x1 - x0) * (y1 - y0) / (wide * high))
    if scale > LARGEST or filled < FILLED or not SHAPES[0] < wide / high < SHAPES[1]:
        return WHOLE
    inside = left <= INNER[0] and top <= INNER[1] and right >= INNER[2] and bottom >= INNER[3]
    if scale > FITS[0] and inside:
        return WHOLE
    x, y = (left + right - (x0 + x1) / scale) / 2, (top + bottom - (y0 + y1) / scale) / 2
    off = np.hypot(x + FACE_AXIS / scale - FACE_AXIS, y + FACE_CENTRE[1] * (1 / scale - 1))
    if 1 / FITS[0] < scale < FITS[0] and off < FITS[1]:
        return WHOLE
    return Region(float(x), float(y), float(scale))


def model_input(pixels: np.ndarray, region: Region) -> np.ndarray:
    """Return a region's tone on white paper and coverage: float32 (rows, columns, 2) in [0, 1]."""
    tone, coverage = over_paper(pixels), pixels[..., 1]
    if region != WHOLE:
        tone, coverage = region.look(tone, paper_tone(tone)), region.look(coverage, 0)
    return np.stack([tone, coverage], axis=-1).astype(np.float32) / np.float32(255)


def paper_tone(image: np.ndarray) -> float:
    """Return the gray of the paper: the median along all edges except the lower one."""
    return float(np.median(np.concatenate([image[0], image[:, 0], image[:, -1]])))


def _between(ink: np.ndarray) -> np.ndarray:
    """Return the pixels with ink on their left and right, above and below: bool, the same shape."""
    before = [np.maximum.accumulate(ink, axis) for axis in (0, 1)]
    after = [np.flip(np.maximum.accumulate(np.flip(ink, axis), axis), axis) for axis in (0, 1)]
    return np.logical_and.reduce(before + after)


def _moved(picture: np.ndarray, matrix: tuple, outside: float) -> np.ndarray:
    image = Image.fromarray(np.asarray(picture, np.float32))
    how = Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    return np.asarray(image.transform(IMAGE_SHAPE[::-1], *how, fillcolor=float(outside)))
