"""Gray pictures: pixels from images, drawings on paper, enlargements, two side by side."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.frame import IMAGE_SHAPE

DRAWING_SHAPE = (*IMAGE_SHAPE, 2)  # gray and coverage
PAPER = 255  # the bare canvas
GAP = 12  # pixels between and around two pictures
CAPTION_SIZE = 15


def to_pixels(image: np.ndarray) -> np.ndarray:
    """Return an image as uint8 (h, w).

    Args:
        image: (h, w) or (h, w, 1); floats in [0, 1], which are clipped and rounded, or uint8.
    """
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if image.ndim != 2:
        raise ValueError(f"An image has the shape (h, w) or (h, w, 1). Received: {image.shape}")
    if image.dtype == np.uint8:
        return image
    return np.rint(np.clip(np.nan_to_num(image), 0, 1) * 255).astype(np.uint8)


def over_paper(drawing: np.ndarray, paper: np.ndarray | int = PAPER) -> np.ndarray:
    """Return what a drawing looks like on paper, float32 (h, w) from 0 to 255.

    Args:
        drawing: uint8 (h, w, 2): gray, and coverage from 0 (bare canvas) to 255 (painted).
        paper: gray of the paper, 0 to 255; one number, or an array (h, w).
    """
    cover = drawing[..., 1] / np.float32(255)
    return drawing[..., 0] * cover + np.float32(1) * paper * (1 - cover)


def drawing_on_paper(drawing: np.ndarray) -> np.ndarray:
    """Return what a drawing looks like on white paper, uint8 (h, w)."""
    return np.rint(over_paper(drawing)).astype(np.uint8)


def enlarge(image: np.ndarray, times: int) -> np.ndarray:
    """Return an image `times` as large, smoothly, uint8."""
    pixels = to_pixels(image)
    size = (pixels.shape[1] * times, pixels.shape[0] * times)
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def side_by_side(
    left: np.ndarray,
    right: np.ndarray,
    captions: tuple[str, str] | None = None,
    background: int = 32,
) -> np.ndarray:
    """Return two pictures of one height beside each other, uint8 (h, w), with a margin.

    Args:
        left: (h, w) image, floats in [0, 1] or uint8.
        right: another of the same height.
        captions: a word under each.
        background: gray of the margin, 0 to 255; captions are drawn in a contrasting one.
    """
    left, right = to_pixels(left), to_pixels(right)
    height, width = left.shape
    footer = CAPTION_SIZE + GAP if captions else 0
    sheet = Image.new(
        "L", (width + right.shape[1] + 3 * GAP, height + 2 * GAP + footer), background
    )
    centres = []
    x = GAP
    for picture in (left, right):
        sheet.paste(Image.fromarray(picture), (x, GAP))
        centres.append(x + picture.shape[1] / 2)
        x += picture.shape[1] + GAP
    if captions:
        pen = ImageDraw.Draw(sheet)
        font = ImageFont.load_default(CAPTION_SIZE)
        ink = 230 if background < 128 else 40
        for centre, text in zip(centres, captions, strict=True):
            pen.text((centre, height + 2 * GAP), text, fill=ink, font=font, anchor="mt")
    return np.asarray(sheet)
