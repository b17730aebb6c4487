"""Faces of ellipses and straight lines: sketches in styles that no model was chosen by."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from model.frame import FACE_AXIS, IMAGE_SHAPE
from tests.bench.hand_drawn.faces import HandDrawnFace
from ui.pictures import PAPER

FINER = 3  # times that they are drawn larger, for soft edges


def shape_faces(count: int = 40, seed: int = 0) -> list[HandDrawnFace]:
    """Draw faces; the same seed gives the same faces."""
    return [_face(np.random.default_rng([seed, number])) for number in range(count)]


def _face(rng: np.random.Generator) -> HandDrawnFace:
    outlined = rng.random() < 0.5
    paper = 1.0 if rng.random() < 0.5 else rng.uniform(0.3, 0.95)
    skin = paper if outlined else rng.uniform(0.55, 1.0)
    ink, hair = rng.uniform(0.0, 0.3), rng.uniform(0.0, 0.6) * min(1.0, skin)
    pen = _Pen(paper, rng.uniform(1.5, 4.0), rng.normal(0, 4, 2), rng.normal(1, 0.05, 2))
    half, tall = rng.uniform(38, 46), rng.uniform(50, 58)
    long = rng.uniform(96, 156)
    style = rng.integers(4)  # none, a cap, long, outlined
    if style == 2:
        pen.ellipse((0, 84), (half + 14, 66), fill=hair)
        pen.box((-half - 14, 84, half + 14, long), fill=hair)
    if rng.random() < 0.6:
        tone = rng.uniform(0.0, 1.0)
        pen.ellipse((0, 190), (85, 46), fill=tone if rng.random() < 0.6 else None, ink=ink)
    pen.ellipse((0, 97), (half, tall), fill=skin, ink=ink if outlined else None)
    if style == 1 or style == 2:
        pen.chord((0, 66 + rng.uniform(-4, 8)), (half + 4, 48), fill=hair)
    elif style == 3:
        pen.arc((0, 78), (half + 8, 66), 180, 360, hair)
    if rng.random() > 0.1:
        apart, y, size = rng.normal(23.5, 2), rng.normal(86, 3), rng.uniform(3, 9)
        ring = rng.random() < 0.5
        for side in (-1, 1):
            centre = (side * apart, y)
            pen.ellipse(centre, (size, 0.7 * size), fill=None if ring else ink, ink=ink)
            if rng.random() < 0.7:
                pen.line((side * apart - 9, y - 13), (side * apart + 9, y - 13), ink)
    if rng.random() > 0.3:
        pen.line((0, 94), (-5, 111), ink)
        pen.line((-5, 111), (5, 112), ink)
    if rng.random() > 0.1:
        y, wide = rng.normal(129, 3), rng.uniform(12, 22)
        if rng.random() < 0.6:
            pen.arc((0, y - 8), (wide, rng.uniform(6, 13)), 20, 160, ink)
        else:
            pen.line((-wide, y), (wide, y), ink)
    return HandDrawnFace("outlines" if outlined else "shapes", pen.pixels(), None, None)


class _Pen:
    """Draws in coordinates of a face: x from its axis, y from the top."""

    def __init__(self, paper: float, width: float, shift: np.ndarray, scale: np.ndarray):
        height, across = (FINER * side for side in IMAGE_SHAPE)
        self._sheet = Image.new("L", (across, height), round(255 * paper))
        self._pen = ImageDraw.Draw(self._sheet)
        self._width = max(1, round(FINER * width))
        self._shift, self._scale = shift, scale

    def ellipse(self, centre, axes, fill: float | None = None, ink: float | None = None) -> None:
        self._pen.ellipse(
            self._around(centre, axes), fill=_grey(fill), outline=_grey(ink), width=self._width
        )

    def chord(self, centre, axes, fill: float) -> None:
        self._pen.chord(self._around(centre, axes), 175, 365, fill=_grey(fill))

    def arc(self, centre, axes, start: float, end: float, ink: float) -> None:
        self._pen.arc(self._around(centre, axes), start, end, fill=_grey(ink), width=self._width)

    def box(self, corners, fill: float) -> None:
        left, top, right, bottom = corners
        self._pen.rectangle((*self._at((left, top)), *self._at((right, bottom))), fill=_grey(fill))

    def line(self, start, end, ink: float) -> None:
        self._pen.line((*self._at(start), *self._at(end)), fill=_grey(ink), width=self._width)

    def pixels(self) -> np.ndarray:
        """Return the drawing as a canvas holds it; white paper stays bare."""
        gray = np.asarray(self._sheet.resize(IMAGE_SHAPE[::-1], Image.Resampling.BOX))
        return np.stack([gray, np.where(gray == PAPER, 0, 255).astype(np.uint8)], axis=-1)

    def _at(self, point) -> tuple[float, float]:
        x, y = (np.asarray(point, float) - (0, 98)) * self._scale + (FACE_AXIS, 98) + self._shift
        return FINER * x, FINER * y

    def _around(self, centre, axes) -> tuple[float, float, float, float]:
        x, y = centre
        wide, high = axes
        return *self._at((x - wide, y - high)), *self._at((x + wide, y + high))


def _grey(tone: float | None) -> int | None:
    return None if tone is None else round(255 * float(np.clip(tone, 0, 1)))
