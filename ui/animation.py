"""Paths between faces, and GIFs of them.

Paths are in whitened coordinates (the sliders' own). A straight line between two faces passes near
the mean, where faces are bland; so the direction turns on a great circle while the radius changes
evenly (T. White, "Sampling Generative Networks", arXiv:1609.04468).
"""

import io
from collections.abc import Iterable

import numpy as np
from PIL import Image

from ui.pictures import to_pixels

_TINY = 1e-3  # least radius that has a direction, least sine of an angle that spans a plane
_MAX_FPS = 50  # frames a second; browsers show faster GIFs at 10
_GROWTH = 1.8  # exponent from file size to gray levels, measured on morphs
_FEWEST = 32  # gray levels; fewer show as bands
_SPARE = 0.97  # share of `LARGEST` to aim at with fewer frames
LARGEST = 4_000_000  # bytes of a GIF, small enough to send


def between(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """Return the point at `t` in [0, 1] between whitened values (d,), exact at both ends."""
    if t <= 0:
        return a.copy()
    if t >= 1:
        return b.copy()
    radii = np.linalg.norm(a), np.linalg.norm(b)
    straight = (1 - t) * a + t * b
    if min(radii) < _TINY:
        return straight.astype(a.dtype)
    from_a, from_b = a / radii[0], b / radii[1]
    angle = np.arccos(np.clip(from_a @ from_b, -1, 1))
    if np.sin(angle) < _TINY:
        return straight.astype(a.dtype)
    direction = np.sin((1 - t) * angle) * from_a + np.sin(t * angle) * from_b
    radius = (1 - t) * radii[0] + t * radii[1]
    return (direction * (radius / np.sin(angle))).astype(a.dtype)


def walk(points: np.ndarray, n: int) -> np.ndarray:
    """Return `n` points (n, d) on a walk through all `points` and back to the first.

    The points are whitened values (m, d). The walk slows down at each of them. The last point comes
    just before the first one, so that a film of the walk repeats smoothly.
    """
    stops = np.concatenate([points, points[:1]])
    places = np.linspace(0, len(points), n, endpoint=False)
    legs = places.astype(int)
    ways = zip(stops[legs], stops[legs + 1], places - legs, strict=True)
    return np.stack([between(start, end, ease(t)) for start, end, t in ways])


def ease(t: float) -> float:
    """Return `t` in [0, 1], eased: its speed is zero at both ends."""
    return t * t * (3 - 2 * t)


def encode_gif(frames: Iterable[np.ndarray | Image.Image], fps: float = 25) -> bytes:
    """Return the bytes of a GIF that loops for ever.

    Frames are gray images (h, w), see `to_pixels`, which keep their 256 levels if `LARGEST` allows,
    else as many as it does; where even the fewest take too much, frames are left out and those
    before them stay longer. Or they are Pillow's images with one palette. The speed `fps` is in
    frames a second, at most 50.
    """
    pictures = [
        frame if isinstance(frame, Image.Image) else Image.fromarray(to_pixels(frame))
        for frame in frames
    ]
    # GIF counts in hundredths of a second; rounding the ends, not the lengths, keeps the pace.
    ends = np.rint(np.arange(len(pictures) + 1) * 100 / min(fps, _MAX_FPS)).astype(int)
    levels, content = 256, _gif_of(pictures, ends)
    while len(content) > LARGEST and len(pictures) > 1 and pictures[0].mode == "L":
        share = LARGEST / len(content)
        if levels > _FEWEST:
            levels = max(_FEWEST, min(levels - 1, int(levels * share**_GROWTH)))
        else:
            places = (np.arange(len(pictures)) * share * _SPARE).astype(int)
            kept = np.unique(places, return_index=True)[1]
            pictures, ends = [pictures[n] for n in kept], np.append(ends[kept], ends[-1])
        step = 255 / (levels - 1)
        nearest = [round(round(gray / step) * step) for gray in range(256)]
        content = _gif_of([picture.point(nearest) for picture in pictures], ends)
    return content


def _gif_of(pictures: list[Image.Image], ends: np.ndarray) -> bytes:
    """Return a GIF whose pictures begin and end at times (n + 1,), in hundredths of a second."""
    content = io.BytesIO()
    lengths = [int(length) * 10 for length in np.diff(ends)]
    options = {"append_images": pictures[1:], "duration": lengths, "loop": 0, "disposal": 1}
    pictures[0].save(content, "gif", save_all=True, **options)
    return content.getvalue()
