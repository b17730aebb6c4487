"""The history of a drawing as a film: strokes on the left, the faces that answered on the right."""

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from ui.animation import encode_gif
from ui.drawing.answers import DrawingDecoder
from ui.drawing.drawing import Drawing, Step
from ui.drawing.head import WHOLE
from ui.drawing.stroke import Point
from ui.pictures import drawing_on_paper, enlarge, side_by_side
from ui.storage import write_new

FPS = 15
MOST_FRAMES = 150
STRIDE = 8.0  # canvas pixels that a stroke grows from one frame to the next
HOLD = 20  # frames at the end
ENLARGEMENT = 2


def replay(steps: Sequence[Step], most: int = MOST_FRAMES) -> list[Step]:
    """Draw the history again, stroke by stroke.

    Args:
        steps: states of a drawing, oldest first.
        most: how many states come back at most; long histories grow in longer strides.

    Returns:
        States on the way, the given ones among them; the last equals the last given.
    """
    lengths = [_length(step) for step in steps]
    stride = max(STRIDE, sum(lengths) / max(1, most - len(steps)))
    states = [steps[0]]
    for before, step, length in zip(steps, steps[1:], lengths[1:], strict=False):
        states += [*_grown(before, step, int(length / stride)), step]
    if len(states) > most:  # more steps than frames: keep them evenly, and the last
        states = [states[i] for i in np.linspace(0, len(states) - 1, most).astype(int)]
    return states


def film(
    engine, steps: Sequence[Step], decoder: DrawingDecoder, realism: float, folder: Path
) -> Generator[float, None, Path]:
    """Write the film of some steps as a GIF; yield how much is done, and return the file."""
    frames, states, region = [], replay(steps), WHOLE
    ends = set(map(id, steps))
    for number, state in enumerate(states, 1):
        if id(state) in ends:  # as on the screen, between strokes only
            region = state.head
        pull = 0.0 if state.given is not None else realism
        answer = decoder.answer(engine, state.pixels, state.given, pull, region)
        pictures = drawing_on_paper(state.pixels), answer.image
        frames.append(side_by_side(*(enlarge(picture, ENLARGEMENT) for picture in pictures)))
        yield number / len(states)
    return write_new(folder, "drawing", ".gif", encode_gif(frames + frames[-1:] * HOLD, FPS))


def _grown(before: Step, step: Step, count: int) -> Iterator[Step]:
    """Yield the stroke's states on the way, each a further part of it."""
    stroke, total = step.stroke, _length(step)
    for part in range(1, count + 1):
        drawing = Drawing()
        drawing.put(before.pixels, start=step.start)
        drawing.begin(stroke.brush, stroke.sections[0][0], stroke.source)
        for path in _shortened(stroke.sections, total * part / (count + 1)):
            drawing.stroke.turn()
            drawing.extend(path)
        yield replace(step, pixels=drawing.pixels, stroke=None)


def _shortened(paths: list[list[Point]], left: float) -> Iterator[list[Point]]:
    """Yield the paths without their first points, up to a length along all of them."""
    for path in paths:
        kept = []
        for (x0, y0), (x1, y1) in pairwise(path):
            length = math.hypot(x1 - x0, y1 - y0)
            share = min(1.0, left / max(length, 1e-9))
            kept.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
            left -= length
            if left <= 0:
                yield kept
                return
        yield kept


def _length(step: Step) -> float:
    """Return the length of the stroke that led here, in canvas pixels."""
    paths = step.stroke.sections if step.stroke else []
    return sum(math.dist(*ends) for path in paths for ends in pairwise(path))
