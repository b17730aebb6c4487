"""Coarse looks at many placements at once, for the search of the eyes.

A look samples a photo at a few hundred points of the frame, each an average over about as much of
the photo as lies between two points (from a pyramid of smaller copies, interpolated between its
levels). All placements are sampled in one go, which is what makes a search in NumPy quick.
"""

import numpy as np

from model.frame import IMAGE_SHAPE


def lattice(step: int) -> np.ndarray:
    """Return the frame's points `step` pixels apart, complex (160 / step, 176 / step)."""
    rows = np.arange(IMAGE_SHAPE[0] // step) * step + (step - 1) / 2
    columns = np.arange(IMAGE_SHAPE[1] // step) * step + (step - 1) / 2
    return columns[None, :] + 1j * rows[:, None]


def inside(points: np.ndarray, centre: complex, half_axes: tuple[float, float]) -> np.ndarray:
    """Return which points lie inside an ellipse, bool of the same shape."""
    away = points - centre
    return (away.real / half_axes[0]) ** 2 + (away.imag / half_axes[1]) ** 2 <= 1


def pyramid(images: np.ndarray) -> list[np.ndarray]:
    """Return images (n, h, w) with an even h and w, and copies at a half, a quarter and so on."""
    levels = [images]
    while levels[-1].shape[1] % 2 == 0 and levels[-1].shape[2] % 2 == 0:
        n, height, width = levels[-1].shape
        levels.append(levels[-1].reshape(n, height // 2, 2, width // 2, 2).mean(axis=(2, 4)))
    return levels


def probe(
    levels: list[np.ndarray],
    turns: np.ndarray,
    offsets: np.ndarray,
    points: np.ndarray,
    step: int,
    which: np.ndarray | None = None,
) -> np.ndarray:
    """Return what placements show at some points of the frame, float32 (n, len(points)).

    Args:
        levels: a pyramid of one photo, (h, w) each, or of many images, (m, h, w) each.
        turns: (n,) complex, as in `Placement`.
        offsets: (n,) complex.
        points: (k,) complex points of the frame.
        step: the frame pixels between two points.
        which: (n,) the image that each placement lies in, if there are many.
    """
    fineness = np.clip(np.log2(np.abs(turns) * step), 0, len(levels) - 1)
    lower = fineness.astype(int)
    seen = np.empty((len(turns), len(points)), dtype=np.float32)
    for level in np.unique(lower):
        chosen = np.flatnonzero(lower == level)
        places = turns[chosen, None] * points + offsets[chosen, None]
        images = None if which is None else which[chosen, None]
        near = _interpolate(levels[level], places, 2.0**level, images)
        above = min(level + 1, len(levels) - 1)
        far = _interpolate(levels[above], places, 2.0**above, images)
        weight = (fineness[chosen] - level).astype(np.float32)[:, None]
        seen[chosen] = near + weight * (far - near)
    return seen


def standardise(looks: np.ndarray, floor: float = 0.02) -> np.ndarray:
    """Return looks (n, k) without their brightness and contrast; flat ones stay small."""
    looks = looks - looks.mean(axis=-1, keepdims=True)
    energy = (looks**2).sum(axis=-1, keepdims=True)
    return looks / np.sqrt(energy + floor**2 * looks.shape[-1])


def local_contrast(pictures: np.ndarray, reach: int, floor: float = 0.03) -> np.ndarray:
    """Return pictures (..., h, w) as deviations from their surroundings, in those' own deviations.

    What is left of a face is eyes, brows, nose and mouth, whatever the light.
    """
    detail = pictures - _blur(pictures, reach)
    return detail / np.sqrt(_blur(detail**2, reach) + floor**2)


def _interpolate(
    level: np.ndarray, places: np.ndarray, shrink: float, images: np.ndarray | None
) -> np.ndarray:
    height, width = level.shape[-2:]
    x = np.clip((places.real + 0.5) / shrink - 0.5, 0, width - 1).astype(np.float32)
    y = np.clip((places.imag + 0.5) / shrink - 0.5, 0, height - 1).astype(np.float32)
    column = np.minimum(x.astype(np.int32), max(width - 2, 0))
    row = np.minimum(y.astype(np.int32), max(height - 2, 0))
    x -= column
    y -= row
    start = row * width + column
    if images is not None:
        start += (images * (height * width)).astype(start.dtype)
    pixels = level.ravel()
    right, down = min(width - 1, 1), width * min(height - 1, 1)
    above = pixels[start] * (1 - x) + pixels[start + right] * x
    below = pixels[start + down] * (1 - x) + pixels[start + down + right] * x
    return above * (1 - y) + below * y


def _blur(pictures: np.ndarray, reach: int) -> np.ndarray:
    """Average over (2 reach + 1) squares, twice; edges are repeated."""
    for axis in (-1, -2, -1, -2):
        padding = [(0, 0)] * pictures.ndim
        padding[axis] = (reach + 1, reach)
        sums = np.cumsum(np.pad(pictures, padding, mode="edge"), axis=axis, dtype=np.float64)
        span = 2 * reach + 1
        size = sums.shape[axis]
        upper = np.take(sums, np.arange(span, size), axis=axis)
        lower = np.take(sums, np.arange(size - span), axis=axis)
        pictures = ((upper - lower) / span).astype(np.float32)
    return pictures
