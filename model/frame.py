"""Sizes and places: the model's frame in a portrait, the face in it, the length of a code.

An archive portrait is 171 rows by 186 columns. The network sees rows 5 to 165 and columns 5 to 181
of it, 160 x 176 pixels, since both halve four times without a remainder. Faces are not centred in
the frame: their axis lies at x = 98.5 of the portrait, which is x = 93.5 of the crop.
"""

import numpy as np

from data.portraits import PORTRAIT_SHAPE

LATENT_DIM = 80  # numbers in a code, and sliders; another number needs a new model, by learn()
IMAGE_SHAPE = (160, 176)
CELL = 8  # side of the cells in which tones are compared, pixels
CELLS = (IMAGE_SHAPE[0] // CELL) * (IMAGE_SHAPE[1] // CELL)
CROP_TOP, CROP_LEFT = 5, 5
PORTRAIT_AXIS = 98.5  # x of the face axis in a portrait
FACE_AXIS = PORTRAIT_AXIS - CROP_LEFT  # x of the face axis in the model's frame
FACE_CENTRE = (FACE_AXIS, 105.0)  # (x, y) in the model's frame
FACE_HALF_AXES = (40.0, 54.0)  # of the ellipse that holds the face
LEFT_EYE, RIGHT_EYE = (70.0, 86.0), (117.0, 85.0)  # (x, y); left as one sees it


def crop(portraits: np.ndarray) -> np.ndarray:
    """Cut the model's frame out of archive portraits, uint8 `(n, 171, 186, 1)`.

    Returns float32 images `(n, 160, 176, 1)` in [0, 1]; another shape raises a ValueError.
    """
    if portraits.ndim != 4 or portraits.shape[1:] != (*PORTRAIT_SHAPE, 1):
        raise ValueError(
            f"Expected portraits of shape (n, 171, 186, 1). Received: {portraits.shape}"
        )
    rows = slice(CROP_TOP, CROP_TOP + IMAGE_SHAPE[0])
    columns = slice(CROP_LEFT, CROP_LEFT + IMAGE_SHAPE[1])
    return portraits[:, rows, columns].astype(np.float32) / np.float32(255)


def mirror(portraits: np.ndarray) -> np.ndarray:
    """Mirror portraits `(n, 171, 186, 1)` about the face axis; pixel x gets what 197 - x held.

    The edge is repeated beyond it. A plain flip would double every face 12 pixels off.
    """
    width = portraits.shape[2]
    source = np.minimum(round(2 * PORTRAIT_AXIS) - np.arange(width), width - 1)
    return portraits[:, :, source]


def block_means(images: np.ndarray, side: int) -> np.ndarray:
    """Return the means of the square blocks of images `(..., h, w)`, `side` pixels wide."""
    rows, columns = (length // side for length in images.shape[-2:])
    blocks = images.reshape(*images.shape[:-2], rows, side, columns, side)
    return blocks.mean(axis=(-3, -1))


def face_radius() -> np.ndarray:
    """Return how far pixels are from the face's center, `(160, 176)`; 1 on the face's ellipse."""
    y, x = np.mgrid[: IMAGE_SHAPE[0], : IMAGE_SHAPE[1]]
    away_x, away_y = x - FACE_CENTRE[0], y - FACE_CENTRE[1]
    return np.hypot(away_x / FACE_HALF_AXES[0], away_y / FACE_HALF_AXES[1])


def face_mask() -> np.ndarray:
    """Return the ellipse that holds the face, a boolean array of shape `(160, 176)`."""
    return face_radius() <= 1
