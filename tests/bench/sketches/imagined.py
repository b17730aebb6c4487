"""Portraits of nobody, made of a few shapes, and drawings of them; no training sees them."""

from __future__ import annotations

import numpy as np

from model.frame import FACE_AXIS, FACE_CENTRE, IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE
from tests.bench.sketches.drawings import (
    INNER_LIPS,
    IRISES,
    LEFT_BROW,
    LIPS,
    OVAL,
    RIGHT_BROW,
    Portrait,
    Sketcher,
    ellipse,
)
from tests.bench.sketches.drawings import LEFT_EYE as LEFT_LID
from tests.bench.sketches.drawings import RIGHT_EYE as RIGHT_LID

MOUTH = 134  # y of its middle
CHEEKS = 110  # y of their middles


def sketches(count: int, painted: bool | None = None, seed: int = 0) -> np.ndarray:
    """Draw imagined people in many manners and tones.

    Args:
        count: of the drawings.
        painted: whether all of the sheet is painted; None: in two of five drawings.
        seed: of all chance.

    Returns:
        uint8 (count, 160, 176, 2), tone on white paper and coverage.
    """
    rng = np.random.default_rng(seed)
    drawn = []
    for number in range(count):
        tones = {
            "hair": rng.uniform(0.03, 0.4),
            "skin": rng.uniform(0.6, 0.95),
            "wall": rng.uniform(0.15, 0.85),
        }
        full = number % 5 > 2 if painted is None else painted
        sketcher = Sketcher(imagined(rng, **tones), rng, full=full, in_place=True)
        if full:
            sketcher.sheet.cover(np.ones(IMAGE_SHAPE), tones["wall"])
        drawn.append(sketcher.draw(finished=True))
    return np.stack(drawn)


def imagined(
    rng: np.random.Generator, hair: float = 0.1, skin: float = 0.7, wall: float = 0.9
) -> Portrait:
    """Return a portrait of other proportions, hair and smile each time.

    Args:
        rng: source of all that.
        hair, skin, wall: grays; the wall is behind the head.
    """
    middle = np.add(FACE_CENTRE, rng.normal(0, 1, 2))
    wide, high = rng.normal(45, 2), rng.normal(55, 2)
    smile = rng.uniform(-2, 8)  # pixels by which the corners of the mouth lie above its middle
    points = np.zeros((144, 2), np.float32)
    points[OVAL] = ellipse(middle, (wide, high))
    for (x, y), side, lid, brow, iris in (
        (LEFT_EYE, -1, LEFT_LID, LEFT_BROW, IRISES[0]),
        (RIGHT_EYE, 1, RIGHT_LID, RIGHT_BROW, IRISES[1]),
    ):
        points[lid] = np.roll(ellipse((x, y), (9, rng.normal(4, 0.5)), 16), 4, axis=0)
        arch = np.linspace(-12, 12, 5)[:, np.newaxis] * (1, 0) - (0, 12)
        points[brow] = np.add(np.concatenate([arch, arch - (0, 3)]), (x, y))
        points[iris] = x, y
        points[142 + (side > 0)] = x + side, CHEEKS
    mouth = FACE_AXIS, MOUTH + rng.normal(0, 2)
    half, opened = rng.uniform(14, 21), rng.choice([1, 1, 4])
    for rows, size in ((LIPS, (half, 5 + opened / 2)), (INNER_LIPS, (0.8 * half, opened))):
        lips = np.roll(ellipse(mouth, size, 20), 5, axis=0)
        lips[:, 1] -= smile * np.square((lips[:, 0] - mouth[0]) / half)
        points[rows] = lips
    points[128:136] = np.stack([np.full(8, FACE_AXIS), np.linspace(86, 117, 8)], axis=1)
    points[136:140] = np.add([(-9, 115), (9, 115), (-7, 114), (7, 114)], (FACE_AXIS, 0))

    rows, columns = np.mgrid[: IMAGE_SHAPE[0], : IMAGE_SHAPE[1]]
    far = np.abs(columns - middle[0])
    thick = rng.uniform(6, 20)
    head = np.hypot(far / (wide + thick), (rows - middle[1] + 12) / (high + 8 + thick / 2)) < 1
    long = (far < wide + thick) & (rows > middle[1] - 20) & (rows < rng.uniform(120, 158))
    shown = head & (rows < rng.uniform(80, 130)) | (long if rng.random() < 0.4 else False)
    neck = (far < 22) & (rows > middle[1])
    shoulders = np.hypot(far / 95, (rows - 185) / rng.uniform(35, 48)) < 1
    face = np.hypot(far / wide, (rows - middle[1]) / high) < 1
    image = np.full(IMAGE_SHAPE, wall, np.float32)
    for where, tone in (
        (shoulders, rng.uniform(0.05, 0.8)),
        (shown, hair),
        (neck, 0.9 * skin),
        (face & (rows > middle[1] - rng.uniform(0.6, 0.95) * high), skin),
    ):
        image[where] = tone
    person = shown | face | neck | shoulders
    return Portrait(image, points, person[2::4, 2::4])
