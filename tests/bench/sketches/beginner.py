"""Heads as a beginner draws them with a mouse, of a few strokes; no training sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.frame import FACE_AXIS
from tests.bench.sketches.sheet import Sheet


@dataclass(frozen=True)
class Head:
    """An oval, eyes, a nose, a mouth, perhaps hair.

    Attributes:
        middle: (x, y) of the oval, in pixels of the model's frame.
        size: (wide, high), half axes of the oval.
        eyes: "ovals", "dots" or "pupils".
        eyes_up: pixels by which the eyes lie higher than the middle of the oval.
        bend: pixels by which the corners of the mouth lie above its middle.
        hair: gray of the hair; None leaves it out.
        width: of the pen.
    """

    middle: tuple[float, float] = (FACE_AXIS, 95.0)
    size: tuple[float, float] = (41.0, 55.0)
    eyes: str = "ovals"
    eyes_up: float = 10.0
    bend: float = 6.0
    hair: float | None = None
    width: float = 3.0

    def pixels(self) -> np.ndarray:
        """Draw it: uint8 (160, 176, 2), tone on white paper and coverage."""
        sheet, (wide, high) = Sheet(), self.size
        if self.hair is not None:  # a disc behind the head, bared again where the face is
            sheet.area(self._oval((0, -0.3 * high), (1.22 * wide, 0.98 * high)), self.hair)
            sheet.area(self._oval((0, 0), self.size), 1.0, opacity=0.0)
        self._ring(sheet, (0, 0), self.size)
        for side in (-1, 1):
            at = (side * 0.5 * wide, -self.eyes_up)
            if self.eyes != "dots":
                self._ring(sheet, at, (0.19 * wide, 0.075 * high))
            if self.eyes != "ovals":
                sheet.area(self._oval(at, (0.06 * high, 0.06 * high)), 0.0)
        nose = np.array([(0.04, -0.08), (-0.07, 0.22), (0.07, 0.24)]) * high
        sheet.line(self.middle + nose, self.width, 0.0)
        t = np.linspace(-1, 1, 15)
        mouth = np.stack([0.4 * wide * t, 0.5 * high + self.bend * (0.5 - t**2)], axis=1)
        sheet.line(self.middle + mouth, self.width, 0.0)
        return sheet.pixels()

    def _oval(self, at, size) -> np.ndarray:
        angles = np.linspace(0, 2 * np.pi, 60)
        points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * size
        return np.array(self.middle) + at + points

    def _ring(self, sheet: Sheet, at, size) -> None:
        sheet.line(self._oval(at, size), self.width, 0.0)


def heads(count: int, seed: int = 0) -> list[Head]:
    """Return heads of different proportions."""
    rng = np.random.default_rng(seed)
    return [
        Head(
            middle=(FACE_AXIS + rng.normal(0, 3), 95 + rng.normal(0, 4)),
            size=(41 * np.exp(rng.normal(0, 0.07)), 54 * np.exp(rng.normal(0, 0.05))),
            eyes=str(rng.choice(["ovals", "dots", "pupils"])),
            eyes_up=rng.normal(9, 4),
            bend=rng.uniform(4, 9),
            hair=None if rng.random() < 0.5 else rng.uniform(0, 0.7),
            width=rng.uniform(2, 5),
        )
        for _ in range(count)
    ]
