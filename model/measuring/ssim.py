"""Structural similarity (SSIM, Wang et al. 2004), measured and trained on: one function for both.

`tf.image.ssim` convolves with 11 x 11 weights, which on a processor takes half as long as all the
rest of a step. The window is a product of two Gaussians and the images are small, so here each is
one product of matrices: the same numbers four times faster.
"""

import numpy as np
from keras import ops

from model.frame import IMAGE_SHAPE

WINDOW, STD = 11, 1.5  # pixels: the Gaussian window's width and standard deviation
C1, C2 = 0.01**2, 0.03**2  # for images in [0, 1]


def _blurring(length: int) -> np.ndarray:
    """Matrix that blurs a column of pixels where the window fits in, `(length - 10, length)`."""
    offsets = np.arange(WINDOW) - WINDOW // 2
    window = np.exp(-0.5 * (offsets / STD) ** 2)
    matrix = np.zeros((length - WINDOW + 1, length), np.float32)
    for row in range(len(matrix)):
        matrix[row, row : row + WINDOW] = window / window.sum()
    return matrix


DOWN, ACROSS = _blurring(IMAGE_SHAPE[0]), _blurring(IMAGE_SHAPE[1]).T


def ssim(images, others):
    """Compare images, as `tf.image.ssim` does with its default window.

    Args:
        images: float32 `(n, 160, 176, 1)` in [0, 1].
        others: the same.

    Returns:
        The mean over each image, `(n,)`, at most 1.
    """
    images, others = images[..., 0], others[..., 0]
    level = ops.mean(images + others, axis=(1, 2), keepdims=True) / 2
    images, others = images - level, others - level  # the variances' rounding errors get small
    mean, other_mean, variances = _moments(images, others)
    covariance = blur(images * others) - mean * other_mean
    mean, other_mean = mean + level, other_mean + level
    product = mean * other_mean
    squares = ops.square(mean) + ops.square(other_mean)
    luminance = (2 * product + C1) / (squares + C1)
    structure = (2 * covariance + C2) / (variances + C2)
    return ops.mean(luminance * structure, axis=(1, 2))


def dissimilarity_weights(images, others):
    """Weigh a small change of images by how much it costs of their similarity to others.

    What a window lacks of 1 is about the variance of the difference there over the sum of both
    variances, and the squared difference of the means over the sum of both squared. With these
    weights, a change adds

        sum(fine * change**2) + sum(coarse * blur(change)**2)

    and what is linear in it.

    Args:
        images: float32 `(n, 160, 176, 1)` in [0, 1].
        others: the same.

    Returns:
        Weights of pixels, `(n, 160, 176)`, and of windows, `(n, 150, 166)`.
    """
    images, others = images[..., 0], others[..., 0]
    mean, other_mean, variances = _moments(images, others)
    luminance = 1 / (ops.square(mean) + ops.square(other_mean) + C1)
    structure = 1 / (variances + C2)
    windows = DOWN.shape[0] * ACROSS.shape[1]
    fine = ops.matmul(DOWN.T, ops.matmul(structure, ACROSS.T))
    return fine / windows, (luminance - structure) / windows


def _moments(images, others):
    """Return the means of all windows, in images and in others, and the sums of both variances."""
    mean, other_mean = blur(images), blur(others)
    squares = ops.square(mean) + ops.square(other_mean)
    return mean, other_mean, blur(ops.square(images) + ops.square(others)) - squares


def blur(images):
    """Blur images `(..., 160, 176)` where the window fits in: `(..., 150, 166)`."""
    return ops.matmul(DOWN, ops.matmul(images, ACROSS))
