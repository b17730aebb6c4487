"""Structural similarity (SSIM, Wang et al. 2004) and sharpness, for training and for measuring.

`tf.image.ssim` convolves with 11 x 11 weights, which takes half of a training step on a CPU. The
window is a product of two Gaussians, and the images are small: two matrix products give the same
numbers four times faster.
"""

import numpy as np
from keras import ops

from model.frame import IMAGE_SHAPE

WINDOW, STD = 11, 1.5  # pixels: the Gaussian window's width and standard deviation
C1, C2 = 0.01**2, 0.03**2  # for images in [0, 1]


def _blurring(length: int) -> np.ndarray:
    """Return the matrix `(length - 10, length)` that blurs a column where the window fits in."""
    offsets = np.arange(WINDOW) - WINDOW // 2
    window = np.exp(-0.5 * (offsets / STD) ** 2)
    matrix = np.zeros((length - WINDOW + 1, length), np.float32)
    for row in range(len(matrix)):
        matrix[row, row : row + WINDOW] = window / window.sum()
    return matrix


DOWN, ACROSS = _blurring(IMAGE_SHAPE[0]), _blurring(IMAGE_SHAPE[1]).T


def ssim(images, others):
    """Compare images, both `(n, 160, 176, 1)` in [0, 1], as `tf.image.ssim` does; return `(n,)`."""
    images, others = images[..., 0], others[..., 0]
    level = ops.mean(images + others, axis=(1, 2), keepdims=True) / 2
    images, others = images - level, others - level  # smaller rounding errors of the variances
    mean, other_mean = _blur(images), _blur(others)
    variances = _blur(ops.square(images) + ops.square(others))
    variances -= ops.square(mean) + ops.square(other_mean)
    covariance = _blur(images * others) - mean * other_mean
    mean, other_mean = mean + level, other_mean + level
    product = mean * other_mean
    squares = ops.square(mean) + ops.square(other_mean)
    luminance = (2 * product + C1) / (squares + C1)
    structure = (2 * covariance + C2) / (variances + C2)
    return ops.mean(luminance * structure, axis=(1, 2))


def laplacian_energy(images):
    """Sum the squared five-point Laplacian of images `(n, h, w, 1)`: `(n,)`."""
    x = images[..., 0]
    laplacian = x[:, 2:, 1:-1] + x[:, :-2, 1:-1] + x[:, 1:-1, 2:] + x[:, 1:-1, :-2]
    return ops.sum(ops.square(laplacian - 4 * x[:, 1:-1, 1:-1]), axis=(1, 2))


def _blur(images):
    """Blur images `(n, 160, 176)` where the window fits in: `(n, 150, 166)`."""
    return ops.matmul(DOWN, ops.matmul(images, ACROSS))
