"""Ten crude sketches, as a first visitor draws them, and a page of their answers.

    python -m tests.bench.sketches [--model FOLDER] [--out sketches.png]

The page shows each sketch with its answers at three settings of the realism control. It is what
the control's default was chosen by. `tests.bench.sketch_quality` measures answers to eighty others.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from model.frame import FACE_AXIS
from ui.drawing.answers import DrawingDecoder
from ui.drawing.drawing import Canvas
from ui.drawing.stroke import Brush, Point
from ui.pictures import drawing_on_paper, to_pixels

REALISM = (0.0, 0.5, 0.8)  # what was drawn, the default, a likely face
MARGIN = 8  # pixels between pictures
PAPER = 235  # gray of the page
EYE = 23.5  # pixels from the axis to an eye


class Pencil:
    """Draws strokes on a canvas of its own."""

    def __init__(self):
        self.canvas = Canvas()

    def line(self, *points: Point, radius: float = 1.5, tone: float = 0.0, **brush) -> None:
        """Draw one stroke through points; `x` counts from the face axis."""
        points = [(FACE_AXIS + x, y) for x, y in points]
        self.canvas.begin(Brush(radius=radius, tone=tone, **brush), points[0])
        self.canvas.extend(points[1:])
        self.canvas.finish()

    def arc(
        self, centre: Point, size: Point, start: float = 0.0, end: float = 360.0, **brush
    ) -> None:
        """Draw a part of an ellipse, from one angle in degrees to another, clockwise."""
        angles = np.radians(np.linspace(start, end, 30)).tolist()
        (x, y), (wide, high) = centre, size
        points = [(x + wide * math.cos(a), y + high * math.sin(a)) for a in angles]
        self.line(*points, **brush)

    def pair(self, *points: Point, **brush) -> None:
        """Draw a stroke and its mirror image."""
        self.line(*points, mirror=True, **brush)

    def head(self, wide: float = 42, high: float = 54, **brush) -> None:
        """Draw the outline of a face."""
        self.arc((0, 100), (wide, high), **brush)

    def features(self, smile: float = 5, brows: bool = True, eye: float = 3) -> None:
        """Draw eyes, nose and mouth, and perhaps brows."""
        self.pair((-EYE, 86), radius=eye)
        self.line((0, 92), (-4, 108), (-2, 112), (5, 112), radius=1)
        self.line((-18, 128 - smile / 2), (0, 128 + smile / 2), (18, 128 - smile / 2))
        if brows:
            self.pair((-EYE - 9, 77), (-EYE, 74), (-EYE + 9, 76))

    def hair(self, tone: float = 0.0, radius: float = 9) -> None:
        """Draw short hair over the forehead."""
        self.arc((0, 90), (46, 52), 184, 356, radius=radius, tone=tone)
        self.arc((0, 70), (30, 22), 189, 351, radius=radius, tone=tone)


def smiley(pencil: Pencil) -> None:
    """Draw an oval, two dots and a smile."""
    pencil.head()
    pencil.pair((-EYE, 86), radius=3)
    pencil.line((-18, 124), (0, 132), (18, 124))


def short_hair(pencil: Pencil) -> None:
    """Draw a face with dark short hair."""
    pencil.head()
    pencil.features()
    pencil.hair()


def long_hair(pencil: Pencil) -> None:
    """Draw a smiling face with dark long hair."""
    short_hair(pencil)
    pencil.pair((-46, 80), (-50, 110), (-50, 145), radius=8)


def eyes_and_mouth(pencil: Pencil) -> None:
    """Draw nothing but eyes and a mouth."""
    pencil.pair((-EYE, 86), radius=4)
    pencil.line((-18, 125), (0, 131), (18, 125))


def shaded(pencil: Pencil) -> None:
    """Draw a face in greys."""
    pencil.arc((0, 100), (20, 30), radius=24, tone=0.75)
    pencil.line((0, 90), (0, 110), radius=24, tone=0.75)
    pencil.features()
    pencil.hair(0.25)


def glasses(pencil: Pencil) -> None:
    """Draw a serious face with glasses."""
    pencil.head(46, 50)
    pencil.features(smile=0)
    for side in (-1, 1):
        pencil.arc((side * EYE, 86), (14, 12), radius=1.2)
    pencil.line((-9, 86), (9, 86), radius=1.2)


def open_mouth(pencil: Pencil) -> None:
    """Draw a narrow face that laughs."""
    pencil.head(36, 58)
    pencil.features(brows=False)
    pencil.arc((0, 126), (16, 10), 0, 180)
    pencil.hair(radius=12)


def thick_marker(pencil: Pencil) -> None:
    """Draw a smile with a thick pen."""
    pencil.head(radius=3)
    pencil.pair((-EYE, 86), radius=5)
    pencil.line((-24, 122), (0, 136), (24, 122), radius=3)


def hair_only(pencil: Pencil) -> None:
    """Draw nothing but hair."""
    pencil.hair(radius=12)


def painted_all_over(pencil: Pencil) -> None:
    """Paint a face softly, with a background."""
    pencil.line((-60, 40), (60, 40), (60, 150), (-60, 150), (-60, 40), radius=40, tone=0.5)
    pencil.pair((0, 25), (-50, 60), (-52, 130), radius=16, tone=0.25)
    pencil.arc((0, 98), (16, 28), radius=22, tone=0.75)
    pencil.line((0, 75), (0, 125), radius=22, tone=0.75)
    pencil.features()


SKETCHES: Sequence[Callable[[Pencil], None]] = (
    smiley,
    short_hair,
    long_hair,
    eyes_and_mouth,
    shaded,
    glasses,
    open_mouth,
    thick_marker,
    hair_only,
    painted_all_over,
)


def draw(sketch: Callable[[Pencil], None]) -> np.ndarray:
    """Draw a sketch: uint8 (rows, columns, 2), gray and coverage."""
    pencil = Pencil()
    sketch(pencil)
    return pencil.canvas.pixels


def page(engine, latent) -> np.ndarray:
    """Answer all sketches at three settings: uint8 (rows, columns), two sketches a row."""
    decoder, rows = DrawingDecoder(latent), []
    for sketch in SKETCHES:
        pixels = draw(sketch)
        pictures = [drawing_on_paper(pixels)]
        for realism in REALISM:
            answer = decoder.best_answer(engine, pixels, None, realism)
            pictures.append(to_pixels(answer.image))
        framed = [np.pad(picture, MARGIN // 2, constant_values=PAPER) for picture in pictures]
        rows.append(np.concatenate(framed, axis=1))
    half = len(rows) // 2
    gap = np.full((rows[0].shape[0], 3 * MARGIN), PAPER, np.uint8)
    pairs = zip(rows[:half], rows[half:], strict=True)
    return np.concatenate([np.concatenate([a, gap, b], axis=1) for a, b in pairs])


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description="Ten crude sketches and their answers.")
    parser.add_argument("--model", type=Path, help="a model folder; the current model without")
    parser.add_argument("--out", type=Path, default=Path("sketches.png"))
    options = parser.parse_args(arguments)

    from model.latent import LatentSpace
    from model.loading import load_engine

    engine, latent = load_engine(options.model), LatentSpace.load(options.model)
    Image.fromarray(page(engine, latent)).save(options.out)


if __name__ == "__main__":
    main()
