"""Hair of a drawn face: where it grows, and the ways people draw it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.bench.hand_drawn.hand import Hand, ellipse
from ui.drawing.stroke import Point

# Hairlines from the right temple over the forehead to the left one, in face coordinates.
HAIRLINES: dict[str, Sequence[Point]] = {
    "round": [(43, 84), (36, 62), (16, 50), (-16, 50), (-36, 62), (-43, 84)],
    "parted": [(43, 84), (38, 66), (14, 54), (-18, 40), (-34, 58), (-43, 84)],
    "fringe": [(43, 88), (40, 72), (20, 72), (0, 74), (-20, 72), (-40, 73), (-43, 88)],
    "high": [(43, 80), (38, 50), (18, 40), (-18, 40), (-38, 50), (-43, 80)],
    "middle": [(43, 86), (34, 66), (12, 52), (0, 38), (-12, 52), (-34, 66), (-43, 86)],
}


def _crown(wide: float, top: float, lean: float = 0.0) -> np.ndarray:
    """Return the outer edge of a head of hair, from the left temple over the top to the right."""
    edge = ellipse((0, 84), (wide, 84 - top), 180, 360)
    edge[:, 0] += lean * (84 - edge[:, 1]) / 64
    return edge


def _spikes(rng: np.random.Generator) -> np.ndarray:
    """Return an outer edge of points that stand up."""
    inner, outer = _crown(46, 30), _crown(58, 8)
    count = int(rng.integers(7, 12))
    places = np.linspace(0, len(inner) - 1, 2 * count + 1).astype(int)
    return np.array([(outer if i % 2 else inner)[place] for i, place in enumerate(places)])


def outline(kind: str, rng: np.random.Generator) -> list[np.ndarray]:
    """Return where hair of a kind grows: closed outlines, `(n, 2)` each, in face coordinates.

    Args:
        kind: one of `KINDS`.
        rng: source of the shape within the kind.
    """
    line = np.array(HAIRLINES[str(rng.choice(list(HAIRLINES)))], float)
    if kind == "fringe":
        line = np.array(HAIRLINES["fringe"], float)
    if kind in ("tall", "receding"):
        line = np.array(HAIRLINES["high"], float)
    if rng.random() < 0.5:
        line = line[::-1] * (-1, 1)
    if kind in ("long", "bob", "fringe"):
        ends = rng.uniform(146, 158) if kind == "long" else rng.uniform(108, 132)
        wide = rng.uniform(52, 64)
        right = [(wide, 84), (wide + rng.uniform(-4, 8), ends), (41, ends - 4), (44, 110)]
        left = [(-44, 110), (-41, ends - 4), (-wide - rng.uniform(-4, 8), ends), (-wide, 84)]
        return [np.concatenate([_crown(wide, rng.uniform(12, 24)), right, line, left])]
    if kind == "spiky":
        return [np.concatenate([_spikes(rng), line])]
    if kind == "big":
        crown = ellipse((0, 78), (rng.uniform(60, 72), rng.uniform(62, 74)), 150, 390)
        return [np.concatenate([crown, [(45, 104)], line, [(-45, 104)]])]
    if kind == "tall":
        lean = rng.uniform(-22, 22)
        return [np.concatenate([_crown(47, rng.uniform(2, 12), lean), line])]
    if kind == "receding":
        side = np.array([(-42, 96), (-52, 92), (-53, 70), (-45, 56), (-40, 72)], float)
        return [side, side * (-1, 1)]
    if kind == "bun":
        bun = ellipse((rng.uniform(-8, 8), 14), (17, 13))
        return [bun, np.concatenate([_crown(47, 26), line])]
    return [np.concatenate([_crown(rng.uniform(46, 54), rng.uniform(16, 28)), line])]


KINDS = ("short", "long", "bob", "fringe", "spiky", "big", "tall", "receding", "bun", "none")


def draw_hair(hand: Hand, kind: str, manner: str, tone: float) -> None:
    """Draw hair.

    Args:
        hand: that draws it.
        kind: one of `KINDS`.
        manner: "filled", "hatched", "outlined", "strands" or "curls".
        tone: of the hair.
    """
    if kind == "none":
        return
    rng = hand.rng
    for shape in outline(kind, rng):
        if manner == "filled":
            hand.fill(shape, tone, radius=rng.uniform(4, 7.5), spacing=rng.uniform(1.0, 1.5))
        elif manner == "hatched":
            hand.fill(shape, tone, radius=max(1.2, hand.radius), spacing=rng.uniform(2.2, 4.0))
            hand.line(np.concatenate([shape, shape[:1]]))
        elif manner == "curls":
            _curls(hand, shape, tone)
        elif manner == "strands":
            _strands(hand, shape, tone)
        if manner == "outlined" or (manner == "filled" and rng.random() < 0.4):
            hand.line(np.concatenate([shape, shape[:1]]), tone=min(tone, hand.tone))


def _curls(hand: Hand, shape: np.ndarray, tone: float) -> None:
    """Draw one long line of loops around the edge of the hair, and one within it."""
    for share in (1.0, 0.86):
        middle = shape.mean(axis=0)
        path = np.concatenate([shape, shape[:1]])
        path = middle + share * (path - middle)
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
        places = np.arange(0, along[-1], 1.6)
        path = np.stack([np.interp(places, along, axis) for axis in path.T], axis=1)
        size = hand.rng.uniform(4.5, 7)
        angle = places / hand.rng.uniform(2.0, 2.8)
        loops = size * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        hand.line(path + loops, tone=tone, radius=hand.radius * hand.rng.uniform(0.9, 1.6))


def _strands(hand: Hand, shape: np.ndarray, tone: float) -> None:
    """Draw single hairs from the crown outwards."""
    root = np.array([hand.rng.uniform(-14, 14), 34.0])
    for point in shape[:: hand.rng.integers(1, 3)]:
        bend = hand.rng.normal(0, 4, 2)
        hand.line([root, (root + point) / 2 + bend, point], tone=tone)
