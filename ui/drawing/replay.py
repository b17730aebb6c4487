"""A film of the drawing's history: strokes on the left, the faces that answer on the right."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from ui.drawing.answers import DrawingDecoder
from ui.drawing.drawing import Drawing, Point, Step
from ui.drawing.head import WHOLE
from ui.pictures import drawing_on_paper, encode_gif, enlarge, side_by_side
from ui.saves import saved_words, write_new

FPS = 15
MOST_FRAMES = 150
STRIDE = 8.0  # growth of a stroke from one frame to the next, canvas pixels
HOLD = 20  # repetitions of the last frame
ENLARGEMENT = 2


def replay(steps: Sequence[Step]) -> list[Step]:
    """Return the steps of a drawing with states between them, in which strokes grow.

    Where these are more than `MOST_FRAMES`, strokes grow faster, and some are left out.
    """
    lengths = [_length(step) for step in steps]
    stride = max(STRIDE, sum(lengths) / max(1, MOST_FRAMES - len(steps)))
    states = [steps[0]]
    for before, step, length in zip(steps, steps[1:], lengths[1:], strict=False):
        states += [*_grown(before, step, int(length / stride)), step]
    if len(states) > MOST_FRAMES:
        states = [states[i] for i in np.linspace(0, len(states) - 1, MOST_FRAMES).astype(int)]
    return states


def film(engine, steps: Sequence[Step], decoder: DrawingDecoder, folder: Path) -> Iterator[str]:
    """Write the film of some steps as a GIF; yield how much is done, and at last where it is."""
    frames, states, region = [], replay(steps), WHOLE
    ends = set(map(id, steps))
    for number, state in enumerate(states, 1):
        if id(state) in ends:  # it changes only between strokes, as on the screen
            region = state.head
        if state.fixed_code is None:
            answer = decoder.decode(engine, state.pixels, region, state.start)
        else:
            answer = decoder.face(engine, state.fixed_code)
        pictures = drawing_on_paper(state.pixels), answer.image
        frames.append(side_by_side(*(enlarge(picture, ENLARGEMENT) for picture in pictures)))
        yield f"Writing the film of your drawing … {number / len(states):.0%}"
    content = encode_gif(frames + frames[-1:] * HOLD, FPS)
    yield saved_words(write_new(folder, "drawing", ".gif", content))


def _grown(before: Step, step: Step, count: int) -> Iterator[Step]:
    """Yield `count` states between two steps, each with a longer part of the stroke."""
    stroke, total = step.stroke, _length(step)
    if stroke is None:
        return
    for part in range(1, count + 1):
        drawing = Drawing()
        drawing.put(before.pixels, start=step.start)
        drawing.begin(stroke.brush, stroke.sections[0][0], stroke.source)
        for path in _shortened(stroke.sections, total * part / (count + 1)):
            drawing.extend([], straight=True)  # makes a corner between two sections
            drawing.extend(path)
        yield replace(step, pixels=drawing.pixels, stroke=None)


def _shortened(paths: list[list[Point]], left: float) -> Iterator[list[Point]]:
    """Yield paths, each without its first point, until their total length is `left`."""
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
    """Return the length of the stroke that led to a step, canvas pixels."""
    paths = step.stroke.sections if step.stroke else []
    return sum(math.dist(*ends) for path in paths for ends in pairwise(path))
