"""Finds the head in a drawing, so that it can be encoded at its usual size and place.

A small convolutional network, computed with NumPy, looks at the drawing and tells how large the
head is and where. It is trained by `tests/bench/sketches/head_finder.py`.
"""

from functools import lru_cache
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from data.paths import HEAD_FINDER
from model.frame import FACE_CENTRE, IMAGE_SHAPE, block_means
from ui.pictures import PAPER, over_paper

BLOCK = 4  # side of the squares whose means the network sees, pixels
MARGIN = 2  # blocks of bare paper around them
MIDDLE = (FACE_CENTRE[0], FACE_CENTRE[1] - 10)  # of a usual head, canvas pixels
UNITS = (0.3, 20.0, 20.0)  # of what the network tells: log of the size, and displacement, pixels
LEAST_INK = 25  # gray levels of difference from the paper, below which nothing is drawn
MOST_ENLARGED = 3.5
LOOKS = 2
FITS = (1.1, 8.0)  # enlargement and displacement (canvas pixels) below which nothing is moved
PLAIN = (1.3, 16.0)  # the same, above which a user is shown what is looked at


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

    def is_off(self, scale: float, distance: float) -> bool:
        """Return whether it differs from the whole canvas by more than these.

        They are an enlargement or its inverse, and canvas pixels that a face lies off its place.
        """
        (x, y), (left, top) = FACE_CENTRE, self.corners[0]
        away = np.hypot(left + x / self.scale - x, top + y / self.scale - y)
        return not 1 / scale < self.scale < scale or bool(away > distance)

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
    """Return the part of a drawing to encode: all of it, if the head is about in its place.

    The network looks twice, the second time at what it found. Without its weights it is all, too.

    Args:
        pixels: uint8 (rows, columns, 2), gray and coverage.
    """
    planes = [PAPER - over_paper(pixels), pixels[..., 1].astype(np.float32)]
    paper = [paper_tone(plane) for plane in planes]
    if np.abs(planes[0] - paper[0]).max() <= LEAST_INK or not _weights():
        return WHOLE
    region = WHOLE
    for _ in range(LOOKS):
        seen = [region.look(*each) for each in zip(planes, paper, strict=True)]
        logarithm, x, y = _network(network_input(*seen)) * UNITS
        closer = float(np.exp(-logarithm))
        left, top = np.array(MIDDLE) * (1 - 1 / closer) + (x, y)
        scale = np.clip(region.scale * closer, 1 / MOST_ENLARGED, MOST_ENLARGED)
        left, top = region.left + left / region.scale, region.top + top / region.scale
        region = Region(float(left), float(top), float(scale))
    return region if region.is_off(*FITS) else WHOLE


def network_input(ink: np.ndarray, coverage: np.ndarray) -> np.ndarray:
    """Return what the network sees of ink and coverage, (rows, columns) from 0 to 255.

    float32 (40, 44, 2) in [0, 1], the means of blocks.
    """
    return block_means(np.stack([ink, coverage]), BLOCK).transpose(1, 2, 0) / np.float32(PAPER)


def model_input(pixels: np.ndarray, region: Region) -> np.ndarray:
    """Return a region's tone on white paper and coverage: float32 (rows, columns, 2) in [0, 1]."""
    tone, coverage = over_paper(pixels), pixels[..., 1]
    if region != WHOLE:
        tone, coverage = (region.look(plane, paper_tone(plane)) for plane in (tone, coverage))
    return np.stack([tone, coverage], axis=-1).astype(np.float32) / np.float32(255)


def paper_tone(image: np.ndarray) -> float:
    """Return a picture's paper, its gray or coverage: the median along all edges but the lower."""
    return float(np.median(np.concatenate([image[0], image[:, 0], image[:, -1]])))


def _network(ink: np.ndarray) -> np.ndarray:
    """Return what the network tells of its input (40, 44, 2): see `UNITS`."""
    *convolutions, hidden, last = _weights()
    maps = np.pad(ink, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)))
    for kernel, bias in convolutions:  # with a stride of 2
        windows = sliding_window_view(maps, kernel.shape[:2], (0, 1))[::2, ::2]
        maps = np.maximum(np.tensordot(windows, kernel, ((3, 4, 2), (0, 1, 2))) + bias, 0)
    values = np.maximum(maps.ravel() @ hidden[0] + hidden[1], 0)
    return values @ last[0] + last[1]


@lru_cache(maxsize=1)
def _weights() -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the kernel and the bias of each layer; nothing if the file is lost or damaged."""
    try:
        with np.load(HEAD_FINDER) as file:
            arrays = [file[name].astype(np.float32) for name in file.files]
    except (OSError, EOFError, ValueError, BadZipFile):
        return []
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def _moved(picture: np.ndarray, matrix: tuple, outside: float) -> np.ndarray:
    image = Image.fromarray(np.asarray(picture, np.float32))
    how = Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    return np.asarray(image.transform(IMAGE_SHAPE[::-1], *how, fillcolor=float(outside)))
