"""Portraits that filters turn into drawings: lines, ink, pencil, shading."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np


def filtered(image: np.ndarray, person: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn a portrait into a drawing.

    Args:
        image: float32 (160, 176) in [0, 1].
        person: (160, 176) in [0, 1], where the person is.
        rng: source of the filter and its strength.

    Returns:
        uint8 (160, 176, 2), tone on white paper and coverage.
    """
    kinds: tuple[Callable, ...] = (_lines, _ink, _dodge, _edges, _shaded, _flat)
    drawing = kinds[rng.integers(len(kinds))](image, rng)
    if rng.random() < 0.6:  # people leave the background out
        drawing = 1 - (1 - drawing) * person
    return on_paper(drawing, rng)


def on_paper(drawing: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a drawing (160, 176) as uint8 (160, 176, 2), with a coverage that fits it.

    A scan is paint all over; a drawing by hand is paint where it is dark.
    """
    drawing = np.clip(drawing, 0, 1)
    if rng.random() < 0.4:
        cover = np.ones_like(drawing)
    else:
        cover = ink_coverage(drawing, rng.uniform(1.5, 6))
    return np.rint(255 * np.stack([drawing, cover], axis=-1)).astype(np.uint8)


def ink_coverage(drawing: np.ndarray, slope: float = 3.0) -> np.ndarray:
    """Return how far pixels of a scanned drawing in [0, 1] are painted: by their darkness."""
    return np.clip(slope * (0.97 - drawing), 0, 1)


def _lines(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Differences of Gaussians, cut off (Winnemoeller et al. 2012)."""
    radius = rng.uniform(0.7, 1.8)
    change = blurred(image, radius) - blurred(image, 1.6 * radius)
    return 1 - np.clip(-change * rng.uniform(15, 45) - rng.uniform(0, 0.3), 0, 1)


def _ink(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same beside black for what is dark."""
    dark = np.clip((blurred(image, 1.5) - rng.uniform(0.15, 0.35)) * rng.uniform(5, 20), 0, 1)
    return np.minimum(_lines(image, rng), dark)


def _dodge(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Brightness in shares of the neighbourhood's: pencil."""
    around = blurred(image, rng.uniform(2.5, 9))
    return np.clip((image + 0.02) / (around + 0.02), 0, 1) ** rng.uniform(1, 4)


def _edges(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The steeper, the darker."""
    down, across = np.gradient(blurred(image, rng.uniform(0.7, 1.5)))
    return 1 - np.clip(np.hypot(down, across) * rng.uniform(5, 14) - rng.uniform(0, 0.3), 0, 1)


def _shaded(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light skin, dark hair and sharp lines, as students are taught."""
    face = np.median(image[60:140, 65:122])
    light = np.clip(image / max(face, 0.1), 0, 1.4) ** rng.uniform(0.6, 1.4)
    light = np.clip(light * rng.uniform(0.75, 0.98), 0, 1)
    sharp = light + rng.uniform(0.5, 2) * (light - blurred(light, 2.0))
    return sharp + rng.normal(0, rng.uniform(0, 0.05), image.shape)


def _flat(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Few grays in soft shapes, as laid down with a broad brush."""
    levels = rng.integers(3, 8)
    flat = np.rint(blurred(image, rng.uniform(2, 7)) * levels) / levels
    return flat if rng.random() < 0.5 else np.minimum(flat, _lines(image, rng) + 0.3)


def blurred(image: np.ndarray, radius: float) -> np.ndarray:
    """Blur an image (rows, columns) as a Gaussian does; the edge is repeated."""
    down, across = (_gaussian(side, round(radius, 1)) for side in image.shape)
    return down @ image @ across.T


@cache
def _gaussian(side: int, radius: float) -> np.ndarray:
    """Return the matrix (side, side) that blurs a row of pixels."""
    at = np.arange(side)
    reach = int(4 * radius) + 1
    matrix = np.zeros((side, side), np.float32)
    for step in range(-reach, reach + 1):
        column = np.clip(at + step, 0, side - 1)
        np.add.at(matrix, (at, column), np.exp(-0.5 * (step / radius) ** 2))
    return matrix / matrix.sum(axis=1, keepdims=True)
