"""Gray pictures: as pixels, on paper, enlarged, side by side."""

import numpy as np
from PIL import Image, ImageFilter

from model.frame import IMAGE_SHAPE

DRAWING_SHAPE = (*IMAGE_SHAPE, 2)  # gray and coverage
PAPER = 255  # the bare canvas
GAP, MARGIN = 12, 32  # pixels between and around two pictures, and their gray


def to_pixels(image: np.ndarray) -> np.ndarray:
    """Return an image (h, w), floats in [0, 1] or uint8, as uint8."""
    if image.dtype == np.uint8:
        return image
    return np.rint(np.clip(np.nan_to_num(image), 0, 1) * 255).astype(np.uint8)


def over_paper(drawing: np.ndarray, paper: np.ndarray | int = PAPER) -> np.ndarray:
    """Return what a drawing looks like on paper, float32 (h, w) from 0 to 255.

    The drawing is uint8 (h, w, 2): gray, and coverage from 0 (bare canvas) to 255 (painted). The
    paper is a gray from 0 to 255, or (h, w) of them.
    """
    cover = drawing[..., 1] / np.float32(255)
    return drawing[..., 0] * cover + np.float32(1) * paper * (1 - cover)


def drawing_on_paper(drawing: np.ndarray, paper: np.ndarray | int = PAPER) -> np.ndarray:
    """Return what a drawing looks like on paper, uint8 (h, w); see `over_paper`."""
    return np.rint(over_paper(drawing, paper)).astype(np.uint8)


def enlarge(image: np.ndarray, times: int) -> np.ndarray:
    """Return an image `times` as large, smoothly, uint8."""
    pixels = to_pixels(image)
    size = (pixels.shape[1] * times, pixels.shape[0] * times)
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def local_extremes(picture: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the darkest and the lightest gray in a square around each pixel.

    The picture is uint8 (h, w), the squares are `side` pixels wide; both are float32 (h, w).
    """
    image, filters = Image.fromarray(picture), (ImageFilter.MinFilter, ImageFilter.MaxFilter)
    darkest, lightest = (np.asarray(image.filter(one(side)), np.float32) for one in filters)
    return darkest, lightest


def side_by_side(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return two images (h, w) of one height beside each other, with a margin, uint8."""
    pictures = [np.pad(to_pixels(image), GAP, constant_values=MARGIN) for image in (left, right)]
    return np.hstack([pictures[0][:, :-GAP], pictures[1]])
