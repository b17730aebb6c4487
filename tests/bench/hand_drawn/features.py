"""Eyes, noses, mouths, glasses, beards and clothes of a drawn face, as people draw them."""

from __future__ import annotations

from tests.bench.hand_drawn.hand import Hand, ellipse

EYE = (23.5, 86.0)  # where the right-hand eye of a portrait lies, in face coordinates
MOUTH = 128.0  # y of the mouth of a portrait

EYES = ("dots", "ovals", "lines", "almonds", "rings")
NOSES = ("corner", "nostrils", "wedge", "line", "none")
MOUTHS = ("line", "smile", "laugh", "open", "lips", "sulk")
CLOTHES = ("none", "shoulders", "collar", "dark", "light")


def draw_eyes(hand: Hand, kind: str, size: float, x: float, y: float, brows: bool) -> None:
    """Draw both eyes at `x` to either side of the axis, `size` times as large as usual."""
    for side in (-1, 1):
        centre = (side * x, y)
        if kind == "dots":
            hand.dot(centre, max(hand.radius, 2.8) * size)
        elif kind == "lines":
            hand.line([(side * x - 8 * size, y), (side * x, y + 1), (side * x + 8 * size, y)])
        elif kind == "almonds":
            hand.arc(centre, (10 * size, 6 * size), 190, 350)
            hand.arc((side * x, y - 1), (10 * size, 5 * size), 10, 170)
            hand.dot(centre, 3.2 * size)
        else:
            hand.arc(centre, (9 * size, (8 if kind == "rings" else 5.5) * size))
            hand.dot((side * x + hand.rng.normal(0, 1.5), y), 2.5 * size)
        if brows:
            slope = hand.rng.normal(1, 2)
            top = y - 11 - 5 * size
            hand.line(
                [(side * (x - 10), top + slope), (side * x, top - 2), (side * (x + 11), top)],
                radius=hand.radius * hand.rng.uniform(1.0, 1.8),
            )


def draw_nose(hand: Hand, kind: str) -> None:
    """Draw a nose."""
    if kind == "corner":
        hand.line([(1, 92), (-5, 109), (5, 111)])
    elif kind == "nostrils":
        hand.dot((-4, 110), hand.radius)
        hand.dot((4, 110), hand.radius)
    elif kind == "wedge":
        hand.line([(-2, 94), (-9, 110), (0, 114), (9, 110)])
    elif kind == "line":
        hand.line([(0, 90), (1, 111)])


def draw_mouth(hand: Hand, kind: str, y: float, wide: float) -> None:
    """Draw a mouth whose middle is at `y`, `wide` pixels to either side."""
    if kind == "line":
        hand.line([(-wide, y), (0, y + 1), (wide, y)])
    elif kind == "smile":
        hand.arc((0, y - 8), (wide, 12), 20, 160)
    elif kind == "sulk":
        hand.arc((0, y + 8), (wide, 10), 210, 330)
    elif kind == "laugh":
        hand.arc((0, y - 4), (wide, 14), 0, 180)
        hand.line([(-wide, y - 4), (wide, y - 4)])
        if hand.rng.random() < 0.5:
            hand.line([(-wide + 4, y + 1), (wide - 4, y + 1)], radius=2.0, tone=1.0)
    elif kind == "open":
        hand.fill(ellipse((0, y), (0.7 * wide, 9)), hand.tone, radius=3.0)
    else:
        hand.line([(-wide, y), (-5, y - 4), (0, y - 2), (5, y - 4), (wide, y)])
        hand.arc((0, y - 1), (wide, 7), 10, 170)
        hand.line([(-wide, y), (wide, y)])


def draw_glasses(hand: Hand, x: float, y: float) -> None:
    """Draw glasses over eyes at `x` to either side of the axis."""
    size = hand.rng.uniform(12, 17)
    square = hand.rng.random() < 0.4
    for side in (-1, 1):
        if square:
            left, right = side * x - size, side * x + size
            corners = [(left, y - 9), (right, y - 9), (right, y + 10), (left, y + 10)]
            hand.line([*corners, corners[0]])
        else:
            hand.arc((side * x, y), (size, 0.85 * size))
        hand.line([(side * (x + size), y - 2), (side * 46, y - 5)])
    hand.line([(size - x, y - 2), (x - size, y - 2)])


def draw_beard(hand: Hand, tone: float, mouth: float) -> None:
    """Draw a beard or a moustache or both around a mouth at height `mouth`."""
    spacing = 1.3 if hand.rng.random() < 0.6 else 2.8
    if hand.rng.random() < 0.7:
        jaw = ellipse((0, 98), (43, 56), 15, 165)
        chin = [(-36, 112), (-20, mouth + 10), (0, mouth + 8), (20, mouth + 10), (36, 112)]
        hand.fill([*jaw, *chin], tone, radius=3.5, spacing=spacing)
    if hand.rng.random() < 0.6:
        lip = [(-18, mouth - 5), (-10, mouth - 12), (10, mouth - 12), (18, mouth - 5)]
        hand.fill(lip, tone, radius=2.2, spacing=spacing)


def draw_clothes(hand: Hand, kind: str, tone: float) -> None:
    """Draw what shows below the chin."""
    shoulder = [(-92, 158), (-56, 150), (-24, 142)]
    other = [(-x, y) for x, y in reversed(shoulder)]
    if kind in ("dark", "light"):
        shirt = [(-95, 164), *shoulder, (0, 156), *other, (95, 164), (0, 174)]
        hand.fill(shirt, tone, radius=5.0, spacing=1.2)
    elif kind != "none":
        hand.line(shoulder)
        hand.line(other)
    if kind == "collar":
        hand.line([(-22, 143), (-12, 157), (0, 150), (12, 157), (22, 143)])
