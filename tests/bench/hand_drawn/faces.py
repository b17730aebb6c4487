"""Eighty hand-drawn faces in eight styles, drawn by an unsteady hand: a test of what sketches give.

No training sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.bench.hand_drawn import features
from tests.bench.hand_drawn.hair import KINDS, draw_hair
from tests.bench.hand_drawn.hand import Hand, ellipse
from ui.drawing.stroke import Point
from ui.pictures import over_paper

PER_STYLE = 10
FARTHEST = 10.0  # pixels by which a face is off its place
LEAST_CONTRAST = 0.15  # of a filled face with the paper

Range = tuple[float, float]


@dataclass(frozen=True)
class Style:
    """How one kind of person draws.

    Attributes:
        name: of the style.
        papers: tones of the sheet; 1.0 is bare paper.
        radius, tone: of the pen.
        hair: manners of drawing it, see `draw_hair`.
        hair_tone: of it.
        face_tone: of the face where it is filled, None where the paper shows.
        outlined: whether the face has an outline.
        wobble: of the hand, in pixels.
        oddity: how far proportions stray, 1 as usual.
        missing: chance of each part to be left out.
        soft: whether the pen has a soft edge.
    """

    name: str
    papers: Range = (1.0, 1.0)
    radius: Range = (1.5, 2.2)
    tone: Range = (0.0, 0.05)
    hair: Sequence[str] = ("filled",)
    hair_tone: Range = (0.0, 0.15)
    face_tone: Range | None = None
    outlined: bool = True
    wobble: float = 1.0
    oddity: float = 1.0
    missing: float = 0.08
    soft: bool = False


STYLES = (
    Style(
        "marker",
        radius=(2.4, 3.8),
        tone=(0.0, 0.45),
        hair=("filled", "filled", "hatched"),
        wobble=1.4,
    ),
    Style(
        "ballpoint",
        radius=(0.8, 1.3),
        tone=(0.0, 0.25),
        hair=("strands", "curls", "hatched", "outlined"),
        wobble=0.9,
    ),
    Style("cartoon", hair=("filled", "filled", "curls"), hair_tone=(0.0, 0.6), wobble=0.6),
    Style(
        "painted",
        papers=(0.45, 0.8),
        hair_tone=(0.0, 0.4),
        face_tone=(0.65, 0.95),
        outlined=False,
    ),
    Style(
        "dark paper",
        papers=(0.15, 0.4),
        hair=("filled", "filled", "hatched"),
        hair_tone=(0.0, 0.3),
        face_tone=(0.5, 0.85),
    ),
    Style(
        "pencil",
        papers=(0.75, 0.93),
        radius=(1.2, 2.4),
        tone=(0.2, 0.45),
        hair=("hatched", "filled", "strands"),
        hair_tone=(0.2, 0.5),
        soft=True,
    ),
    Style(
        "child",
        radius=(1.6, 3.0),
        hair=("strands", "curls", "hatched", "filled"),
        wobble=2.0,
        oddity=2.2,
        missing=0.15,
    ),
    Style(
        "blocks",
        papers=(0.6, 1.0),
        radius=(2.5, 4.0),
        tone=(0.0, 0.3),
        hair_tone=(0.05, 0.35),
        face_tone=(0.6, 0.9),
        outlined=False,
        wobble=1.6,
        missing=0.3,
    ),
)


@dataclass(frozen=True, eq=False)
class HandDrawnFace:
    """A drawn face.

    Attributes:
        style: name of its style.
        pixels: uint8 (rows, columns, 2), gray and coverage, as a canvas holds them.
        eyes: (x, y) of the middle between them; None if there are none.
        mouth: (x, y) of its middle; None if there is none.
    """

    style: str
    pixels: np.ndarray
    eyes: Point | None
    mouth: Point | None

    @property
    def image(self) -> np.ndarray:
        """The drawing on white paper, float32 (rows, columns) in [0, 1]."""
        return over_paper(self.pixels) / np.float32(255)


def hand_drawn_faces(per_style: int = PER_STYLE, seed: int = 0) -> list[HandDrawnFace]:
    """Draw faces in every style; the same seed gives the same faces.

    Args:
        per_style: how many of each style.
        seed: of all chance.

    Returns:
        The faces, style by style.
    """
    return [
        draw_face(
            style,
            KINDS[(number + 3 * place) % len(KINDS)],
            np.random.default_rng([seed, place, number]),
        )
        for place, style in enumerate(STYLES)
        for number in range(per_style)
    ]


def draw_face(style: Style, hair: str, rng: np.random.Generator) -> HandDrawnFace:
    """Draw one face.

    Args:
        style: how it is drawn.
        hair: its kind, one of `tests.bench.hand_drawn.hair.KINDS`.
        rng: source of everything else.
    """
    odd = style.oddity
    hand = Hand(
        rng,
        radius=rng.uniform(*style.radius),
        tone=rng.uniform(*style.tone),
        wobble=style.wobble,
        soft=style.soft,
        shift=_shift(rng),
        tilt=rng.normal(0, 0.05 * odd),
        stretch=np.clip(rng.normal((1.0, 0.97), 0.05 * odd), 0.7, 1.2),
    )
    paper = rng.uniform(*style.papers)
    if paper < 1:
        hand.cover(paper)

    def present() -> bool:
        return rng.random() >= style.missing

    head = ellipse((0, 98), (rng.uniform(39, 45), rng.uniform(52, 57)))
    hair_tone = rng.uniform(*style.hair_tone)
    clothes = str(rng.choice(features.CLOTHES))
    shirt = rng.uniform(0.7, 1.0) if clothes == "light" else rng.uniform(0.0, 0.35)
    if style.face_tone is not None:
        face = rng.uniform(*style.face_tone)
        if abs(face - paper) < LEAST_CONTRAST:
            face = paper + LEAST_CONTRAST * (1 if paper < 0.8 else -1)
        hand.fill(head, face, radius=rng.uniform(6, 11), spacing=1.0)
    features.draw_clothes(hand, clothes, shirt)
    draw_hair(hand, hair, str(rng.choice(style.hair)), hair_tone)
    if style.outlined and present():
        _outline(hand, head, under_hair=hair != "none")
    x = features.EYE[0] + rng.normal(0, 1.5 * odd)
    y = features.EYE[1] + rng.normal(0, 2.0 * odd)
    size = float(np.clip(rng.lognormal(0.05 * odd, 0.12 * odd), 0.7, 2.0))
    eyes = mouth = None
    if present():
        eyes = tuple(hand.place([(0, y)])[0].tolist())
        features.draw_eyes(hand, str(rng.choice(features.EYES)), size, x, y, rng.random() < 0.55)
    if present():
        features.draw_nose(hand, str(rng.choice(features.NOSES)))
    low = features.MOUTH + rng.normal(0, 2.5 * odd)
    if rng.random() < 0.15:
        features.draw_beard(hand, hair_tone, low)
    if present():
        mouth = tuple(hand.place([(0, low)])[0].tolist())
        features.draw_mouth(hand, str(rng.choice(features.MOUTHS)), low, rng.uniform(13, 21))
    if rng.random() < 0.2:
        features.draw_glasses(hand, x, y)
    return HandDrawnFace(style.name, hand.drawing.pixels, eyes, mouth)


def _shift(rng: np.random.Generator) -> np.ndarray:
    """Return (x, y) by which a face is off its place: half the faces hardly, the rest far."""
    angle, far = rng.uniform(0, 2 * np.pi), FARTHEST * rng.uniform(0, 1) ** 1.5
    return far * np.array([np.cos(angle), np.sin(angle)])


def _outline(hand: Hand, head: np.ndarray, under_hair: bool) -> None:
    """Draw the edge of a face: all of it, or from ear to ear where hair covers the rest."""
    centre, size = head.mean(axis=0), np.ptp(head, axis=0) / 2
    if under_hair and hand.rng.random() < 0.7:
        hand.arc(centre, size, -20, 200)
    else:
        hand.arc(centre, size)
    if hand.rng.random() < 0.35:  # ears, where no hair hides them
        for side in (-1, 1):
            start = -90 if side > 0 else 90
            hand.arc((side * (size[0] + 1), 94), (6, 10), start, start + 180)
