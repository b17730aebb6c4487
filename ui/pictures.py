"""Gray pictures: as pixels, on paper, enlarged, side by side, in GIFs."""

import io
from collections.abc import Iterable

import numpy as np
from PIL import Image

from model.frame import IMAGE_SHAPE

DRAWING_SHAPE = (*IMAGE_SHAPE, 2)  # gray and coverage
PAPER = 255  # the bare canvas
GAP, MARGIN = 12, 32  # pixels between and around two pictures, and their gray
LARGEST_GIF = 4_000_000  # bytes, small enough to send

_MAX_FPS = 50  # frames a second of a GIF; browsers show faster ones at 10
_GROWTH = 1.8  # exponent from file size to gray levels, measured on morphs
_FEWEST_LEVELS = 32  # gray levels; fewer show as bands
_SPARE = 0.97  # share of `LARGEST_GIF` to aim at with fewer frames


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


def side_by_side(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return two images (h, w) of one height beside each other, with a margin, uint8."""
    pictures = [np.pad(to_pixels(image), GAP, constant_values=MARGIN) for image in (left, right)]
    return np.hstack([pictures[0][:, :-GAP], pictures[1]])


def encode_gif(frames: Iterable[np.ndarray | Image.Image], fps: float = 25) -> bytes:
    """Return the bytes of a GIF that loops for ever.

    Frames are gray images (h, w), see `to_pixels`, which keep their 256 levels if `LARGEST_GIF`
    allows, else as many as it does; where even the fewest take too much, frames are left out and
    those before them stay longer. Or they are Pillow's images with one palette. The speed `fps` is
    in frames a second, at most 50.
    """
    pictures = [
        frame if isinstance(frame, Image.Image) else Image.fromarray(to_pixels(frame))
        for frame in frames
    ]
    # GIF counts in hundredths of a second; rounding the ends, not the lengths, keeps the pace.
    ends = np.rint(np.arange(len(pictures) + 1) * 100 / min(fps, _MAX_FPS)).astype(int)
    levels, content = 256, _gif_of(pictures, ends)
    while len(content) > LARGEST_GIF and len(pictures) > 1 and pictures[0].mode == "L":
        share = LARGEST_GIF / len(content)
        if levels > _FEWEST_LEVELS:
            levels = max(_FEWEST_LEVELS, min(levels - 1, int(levels * share**_GROWTH)))
        else:
            places = (np.arange(len(pictures)) * share * _SPARE).astype(int)
            kept = np.unique(places, return_index=True)[1]
            pictures, ends = [pictures[n] for n in kept], np.append(ends[kept], ends[-1])
        step = 255 / (levels - 1)
        nearest = [round(round(gray / step) * step) for gray in range(256)]
        content = _gif_of([picture.point(nearest) for picture in pictures], ends)
    return content


def _gif_of(pictures: list[Image.Image], ends: np.ndarray) -> bytes:
    """Return a GIF whose pictures begin and end at times (n + 1,), in hundredths of a second."""
    content = io.BytesIO()
    lengths = [int(length) * 10 for length in np.diff(ends)]
    options = {"append_images": pictures[1:], "duration": lengths, "loop": 0, "disposal": 1}
    pictures[0].save(content, "gif", save_all=True, **options)
    return content.getvalue()
