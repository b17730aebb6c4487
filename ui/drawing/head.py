"""Finds the head in a drawing, so that it can be encoded at its usual size and place.

A small convolutional network, computed with NumPy, looks at the drawing and tells how large the
head is and where it lies. `tests/bench/sketches/head_finder.py` trains it.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from data.paths import HEAD_FINDER
from model.frame import FACE_CENTRE, IMAGE_SHAPE, block_means
from ui.pictures import over_paper

BLOCK = 4  # side of the squares whose means the network sees, pixels
MARGIN = 2  # rows and columns of zeros around these means
MIDDLE = (FACE_CENTRE[0], FACE_CENTRE[1] - 10)  # of a usual head, (x, y) in canvas pixels
UNITS = (0.3, 20.0, 20.0)  # of the network's outputs: log of the size; x and y from MIDDLE, pixels
LEAST_INK = 25  # least difference between ink and paper, gray levels
MOST_ENLARGED = 3.5  # greatest enlargement; its inverse is the greatest reduction
LOOKS = 2  # of the network, each at what the one before found
FITS = (1.1, 8.0)  # arguments of `Region.is_off`: a head that is off by less is left where it was
PLAIN = (1.3, 16.0)  # the same: by more, the window shows the region

Layers = list[tuple[np.ndarray, np.ndarray]]  # kernels and biases


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

    @property
    def face_centre(self) -> tuple[float, float]:
        """The (x, y) in canvas pixels of what comes to the center of a usual face."""
        x, y = FACE_CENTRE
        return self.left + x / self.scale, self.top + y / self.scale

    def is_off(self, factor: float, distance: float, other: Region) -> bool:
        """Return whether it differs from another region.

        Args:
            factor: ratio of their scales that counts, or its inverse; above 1.
            distance: pixels between the centers of their faces, beyond which they differ.
            other: that region.
        """
        away = math.dist(self.face_centre, other.face_centre)
        return not 1 / factor < self.scale / other.scale < factor or away > distance

    def look(self, picture: np.ndarray, outside: float) -> np.ndarray:
        """Return this part of a picture (rows, columns), enlarged: float32, the same shape."""
        left, top, scale = self
        return _moved(picture, (1 / scale, 0, left, 0, 1 / scale, top), outside)

    def put_back(self, picture: np.ndarray, outside: float) -> np.ndarray:
        """Return a picture (rows, columns) of this part at its place on the canvas: float32."""
        left, top, scale = self
        return _moved(picture, (scale, 0, -scale * left, 0, scale, -scale * top), outside)


WHOLE = Region()


def find_head(pixels: np.ndarray, before: Region = WHOLE) -> Region:
    """Return the part of a drawing to encode: `before`, if the head is still about there.

    The network looks twice, the second time at what it found. Without its weights, or without ink,
    the answer is `WHOLE`.

    Args:
        pixels: uint8 (rows, columns, 2), gray and coverage.
        before: the part that was encoded last. So faces do not jump while a head grows.
    """
    if not ink(pixels).any() or not (weights := _weights()):
        return WHOLE
    region = WHOLE
    for _ in range(LOOKS):
        seen = network_input(model_input(pixels, region))
        log_size, right, down = _network(seen, weights) * UNITS
        least, most = region.scale / MOST_ENLARGED, region.scale * MOST_ENLARGED
        size = np.clip(np.exp(log_size), least, most)  # of the head that is seen; 1 is usual
        left, top = np.array(MIDDLE) * (1 - size) + (right, down)  # of what to look at, as seen
        left, top = region.left + left / region.scale, region.top + top / region.scale
        region = Region(float(left), float(top), float(region.scale / size))
    return region if region.is_off(*FITS, before) else before


def network_input(drawing: np.ndarray) -> np.ndarray:
    """Return what the network sees: means of blocks, how dark and how far painted they are.

    float32 (40, 44, 2) in [0, 1]; the drawing is what `model_input` returns.
    """
    tone, coverage = np.moveaxis(drawing, -1, 0)
    return block_means(np.stack([1 - tone, coverage]), BLOCK).transpose(1, 2, 0)


def model_input(pixels: np.ndarray, region: Region) -> np.ndarray:
    """Return a region's tone on white paper and coverage: float32 (rows, columns, 2) in [0, 1]."""
    tone, coverage = over_paper(pixels), pixels[..., 1]
    if region != WHOLE:
        tone, coverage = (region.look(plane, paper_tone(plane)) for plane in (tone, coverage))
    return np.stack([tone, coverage], axis=-1).astype(np.float32) / np.float32(255)


def ink(pixels: np.ndarray) -> np.ndarray:
    """Return where a drawing, uint8 (rows, columns, 2), differs from its paper: bool."""
    image = over_paper(pixels)
    return np.abs(image - paper_tone(image)) > LEAST_INK


def paper_tone(image: np.ndarray) -> float:
    """Return the gray, or coverage, of the paper of (rows, columns), from 0 to 255.

    It is the median along all edges but the lower one, where a neck may be.
    """
    return float(np.median(np.concatenate([image[0], image[:, 0], image[:, -1]])))


def _network(seen: np.ndarray, weights: Layers) -> np.ndarray:
    """Return the network's outputs (3,), in `UNITS`, for an input (40, 44, 2)."""
    *convolutions, hidden, last = weights
    maps = np.pad(seen, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)))
    for kernel, bias in convolutions:  # with a stride of 2; windows (y, x, channel, row, column)
        windows = sliding_window_view(maps, kernel.shape[:2], (0, 1))[::2, ::2]
        maps = np.maximum(np.tensordot(windows, kernel, ((3, 4, 2), (0, 1, 2))) + bias, 0)
    values = np.maximum(maps.ravel() @ hidden[0] + hidden[1], 0)
    return values @ last[0] + last[1]


@lru_cache(maxsize=1)
def _weights() -> Layers:
    """Return the kernel and bias of each layer; an empty list if the file is lost or damaged."""
    try:
        with np.load(HEAD_FINDER) as file:
            arrays = [file[name].astype(np.float32) for name in file.files]
        weights = list(zip(arrays[::2], arrays[1::2], strict=True))
        outputs = _network(network_input(np.ones((*IMAGE_SHAPE, 2))), weights)
        fits = outputs.shape == (len(UNITS),) and np.isfinite(outputs).all()
    except (OSError, EOFError, ValueError, IndexError, BadZipFile):
        return []
    return weights if fits else []


def _moved(picture: np.ndarray, matrix: tuple, outside: float) -> np.ndarray:
    image = Image.fromarray(np.asarray(picture, np.float32))
    how = Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    return np.asarray(image.transform(IMAGE_SHAPE[::-1], *how, fillcolor=float(outside)))
