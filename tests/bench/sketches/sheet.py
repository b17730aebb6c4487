"""A sheet of paper that knows what was painted on it: gray, and coverage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from model.frame import IMAGE_SHAPE

FINE = 2  # pixels of the sheet a side for each of the drawing's


class Sheet:
    """Lines and areas, drawn at twice the size for smooth edges.

    Points are (x, y) in pixels of the model's frame, grays from 0 (black) to 1 (white).
    """

    def __init__(self):
        size = (FINE * IMAGE_SHAPE[1], FINE * IMAGE_SHAPE[0])
        self._gray = Image.new("L", size, 255)
        self._cover = Image.new("L", size, 0)

    def line(self, points: np.ndarray, width: float, gray: float, opacity: float = 1.0) -> None:
        """Draw a line with round ends, so many pixels wide."""
        path = [tuple(point) for point in FINE * (np.asarray(points) + 0.5)]
        wide, r = max(2, round(FINE * width)), FINE * width / 2
        for image, fill in self._planes(gray, opacity):
            pen = ImageDraw.Draw(image)
            pen.line(path, fill, wide, "curve")
            if wide > 3:
                for x, y in (path[0], path[-1]):
                    pen.ellipse((x - r, y - r, x + r, y + r), fill)

    def area(self, outline: np.ndarray, gray: float, opacity: float = 1.0) -> None:
        """Fill a polygon (n, 2)."""
        points = [tuple(point) for point in FINE * (np.asarray(outline) + 0.5)]
        for image, fill in self._planes(gray, opacity):
            ImageDraw.Draw(image).polygon(points, fill)

    def cover(self, mask: np.ndarray, gray: float | np.ndarray, opacity: float = 1.0) -> None:
        """Paint where a mask is true, both (160, 176), in one gray or in an image's (160, 176)."""
        where = _enlarged(255 * opacity * mask)
        self._cover.paste(255, mask=where)
        paint = _enlarged(255 * gray) if isinstance(gray, np.ndarray) else round(255 * gray)
        self._gray.paste(paint, (0, 0, *self._gray.size), where)

    def hatch(
        self, mask: np.ndarray, lines: Sequence[np.ndarray], width: float, gray: float
    ) -> None:
        """Draw lines where a mask (160, 176) is true."""
        stencil = Image.new("L", self._gray.size, 0)
        pen = ImageDraw.Draw(stencil)
        for line in lines:
            points = [tuple(point) for point in FINE * (np.asarray(line) + 0.5)]
            pen.line(points, 255, max(2, round(FINE * width)))
        inside = np.asarray(_enlarged(255 * mask)) > 127
        where = Image.fromarray(np.asarray(stencil) * inside)
        self._gray.paste(round(255 * gray), mask=where)
        self._cover.paste(255, mask=where)

    def pixels(self) -> np.ndarray:
        """Return the drawing: uint8 (160, 176, 2), tone on white paper and coverage."""
        planes = (self._gray.reduce(FINE), self._cover.reduce(FINE))
        return np.stack([np.asarray(plane) for plane in planes], axis=-1)

    def _planes(self, gray: float, opacity: float) -> list[tuple[Image.Image, int]]:
        gray = 1 - opacity * (1 - gray)
        return [(self._gray, round(255 * gray)), (self._cover, round(255 * opacity))]


def _enlarged(values: np.ndarray) -> Image.Image:
    image = Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
    size = (FINE * IMAGE_SHAPE[1], FINE * IMAGE_SHAPE[0])
    return image.resize(size, Image.Resampling.BILINEAR)
