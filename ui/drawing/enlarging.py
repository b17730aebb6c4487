"""A gray picture enlarged smoothly, and renewed part by part.

A stroke changes a corner of the canvas sixty times a second; on a large screen, enlarging all of it
each time would cost more than everything else in a frame.
"""

from __future__ import annotations

import math

import numpy as np
import pygame

from ui.drawing.box import Box


class Enlarged:
    """Keeps a surface that shows a picture enlarged, by bilinear interpolation.

    Window pixel x shows column x * (w - 1) / W of the picture, as `FaceView.to_image` has it.

    Args:
        shape: (rows, columns) of the picture.
        size: (width, height) of the surface in pixels.
    """

    def __init__(self, shape: tuple[int, int], size: tuple[int, int]):
        self.surface = pygame.Surface(size, 0, 32)
        self._across = _weights(shape[1], size[0])
        self._down = _weights(shape[0], size[1])

    def renew(self, pixels: np.ndarray, box: Box) -> pygame.Rect:
        """Enlarge a part of the picture anew.

        Args:
            pixels: uint8 (rows, columns), the whole picture.
            box: the part that changed.

        Returns:
            The part of the surface that changed with it.
        """
        if box.empty:
            return pygame.Rect(0, 0, 0, 0)
        x0, x1, left, right = _reach(self._across.shape, box.left, box.right)
        y0, y1, top, bottom = _reach(self._down.shape, box.top, box.bottom)
        part = pixels[top:bottom, left:right].astype(np.float32)
        grays = self._across[x0:x1, left:right] @ part.T @ self._down[y0:y1, top:bottom].T
        target = pygame.surfarray.pixels2d(self.surface)
        target[x0:x1, y0:y1] = (grays + 0.5).astype(np.uint32) * 0x010101
        return pygame.Rect(x0, y0, x1 - x0, y1 - y0)


def _weights(count: int, length: int) -> np.ndarray:
    """Return the shares (length, count) of the picture's pixels in every pixel of the surface."""
    places = np.arange(length) * (count - 1) / length
    first = np.minimum(places.astype(int), count - 2)
    weights = np.zeros((length, count), np.float32)
    weights[np.arange(length), first] = 1 - (places - first)
    weights[np.arange(length), first + 1] = places - first
    return weights


def _reach(shape: tuple[int, int], start: int, end: int) -> tuple[int, int, int, int]:
    """Return the pixels of the surface that pixels of the picture reach, and all these are made of.

    Returns:
        Start and end on the surface, start and end in the picture; ends excluded.
    """
    length, count = shape
    scale = length / (count - 1)
    low = max(0, math.ceil((start - 1) * scale))
    high = min(length, math.floor(end * scale) + 1)
    return low, high, max(0, start - 2), min(count, end + 2)
