"""Smooth curves through the points of a mouse, however far apart they lie.

A quick hand leaves points 40 pixels apart; straight lines between them show corners. A centripetal
Catmull-Rom curve passes through every point, has no corners, and makes no loops of its own.
"""

import numpy as np

Point = tuple[float, float]

GRID = 64.0  # points are kept at this fraction of a pixel, so that a mirrored stroke is exact
PIECE = 2.5  # longest straight piece of a curve, in canvas pixels
MOST_PIECES = 64


def on_grid(x: float, y: float) -> Point:
    """Nearest point that the mirror image maps onto exactly."""
    return round(x * GRID) / GRID, round(y * GRID) / GRID


def span(before: Point | None, start: Point, end: Point, after: Point | None) -> list[Point]:
    """Points of the curve from `start` to `end`, both included.

    Args:
        before: the point ahead of `start`; None if the stroke begins there.
        start: where this span begins.
        end: where it ends.
        after: the point beyond `end`; None if the stroke ends there.
    """
    a, b = np.array(start), np.array(end)
    chord = float(np.hypot(*(b - a)))
    pieces = min(MOST_PIECES, int(np.ceil(chord / PIECE)))
    if pieces < 2 or (before is None and after is None):
        return [start, end]
    ahead = None if before is None else np.array(before)
    beyond = None if after is None else np.array(after)
    # An end without a neighbour leaves along the parabola that the other end's tangent asks for.
    if ahead is None:
        tangent_b = _tangent(a, b, beyond, chord)
        tangent_a = 2.0 * (b - a) - tangent_b
    elif beyond is None:
        tangent_a = -_tangent(b, a, ahead, chord)
        tangent_b = 2.0 * (b - a) - tangent_a
    else:
        tangent_a = -_tangent(b, a, ahead, chord)
        tangent_b = _tangent(a, b, beyond, chord)
    t = np.linspace(0.0, 1.0, pieces + 1)[1:-1, None]
    middle = (
        (2 * t**3 - 3 * t**2 + 1) * a
        + (t**3 - 2 * t**2 + t) * tangent_a
        + (3 * t**2 - 2 * t**3) * b
        + (t**3 - t**2) * tangent_b
    )
    return [start, *(on_grid(x, y) for x, y in middle.tolist()), end]


def _tangent(near: np.ndarray, here: np.ndarray, far: np.ndarray, chord: float) -> np.ndarray:
    """Centripetal Catmull-Rom tangent at `here` on the way from `near` to `far`.

    Scaled for the Hermite form of the span between `near` and `here`, whose length is `chord`.
    """
    step = np.sqrt(max(chord, 1e-6))
    following = np.sqrt(max(float(np.hypot(*(far - here))), 1e-6))
    return step * (
        (here - near) / step - (far - near) / (step + following) + (far - here) / following
    )
