"""The history of a drawing: undo and redo pixel for pixel, given codes, and all drawn again."""

import numpy as np
import pytest

from model.frame import IMAGE_SHAPE
from ui.drawing.drawing import MOST_STEPS, Drawing, blank, painted
from ui.drawing.replay import replay
from ui.drawing.stroke import Brush, Tool

FACE = np.random.default_rng(1).random(IMAGE_SHAPE).astype(np.float32)


def draw(drawing, *points, brush=None, source=None):
    drawing.begin(brush or Brush(radius=3), points[0], source)
    drawing.extend(points[1:])
    return drawing.finish()


@pytest.fixture
def drawing():
    return Drawing()


def test_undo_and_redo_bring_back_every_pixel(drawing):
    states = [drawing.pixels.copy()]
    draw(drawing, (20, 20), (80, 60), (120, 30))
    states.append(drawing.pixels.copy())
    draw(drawing, (30, 90), (90, 95), brush=Brush(radius=8, soft=True, tone=0.5, mirror=True))
    states.append(drawing.pixels.copy())
    draw(drawing, (60, 60), (60, 120), brush=Brush(tool=Tool.ERASE, radius=5))
    states.append(drawing.pixels.copy())
    drawing.clear()
    states.append(drawing.pixels.copy())
    for state in states[-2::-1]:
        assert drawing.history.can_undo
        drawing.undo()
        assert np.array_equal(drawing.pixels, state)
    assert not drawing.history.can_undo
    for state in states[1:]:
        assert drawing.history.can_redo
        drawing.redo()
        assert np.array_equal(drawing.pixels, state)
    assert not drawing.history.can_redo


def test_what_changes_nothing_is_no_step(drawing):
    assert not drawing.clear()
    assert not draw(drawing, (40, 40), (60, 60), brush=Brush(tool=Tool.ERASE))
    assert not draw(drawing, (-90, -90), (-80, -90))
    assert not drawing.history.can_undo


def test_undo_in_the_middle_of_a_stroke_drops_that_stroke(drawing):
    draw(drawing, (20, 20), (80, 60))
    kept = drawing.pixels.copy()
    drawing.begin(Brush(radius=9), (100, 100), None)
    drawing.extend([(120, 120)])
    drawing.undo()
    assert drawing.stroke is None
    assert np.array_equal(drawing.pixels, kept)
    drawing.undo()
    assert drawing.empty


def test_a_stroke_ends_what_was_given_and_undo_gives_it_back(drawing):
    code = np.arange(80, dtype=np.float32)
    drawing.put(painted(FACE), code)
    draw(drawing, (20, 20), (80, 60))
    assert drawing.given is None
    drawing.undo()
    assert np.array_equal(drawing.given, code)
    assert np.array_equal(drawing.pixels, painted(FACE))


def test_a_given_code_is_a_step_of_its_own(drawing):
    draw(drawing, (20, 20), (80, 60))
    assert drawing.give(np.ones(80, np.float32))
    assert not drawing.give(np.ones(80, np.float32))
    drawing.undo()
    assert drawing.given is None and not drawing.empty


def test_the_history_is_bounded(drawing):
    for i in range(MOST_STEPS + 20):
        draw(drawing, (i % 170, i // 2), (i % 170 + 3, i // 2))
    assert len(drawing.history.past) == MOST_STEPS
    assert all(
        step.stroke is None or step.stroke.coverage.size == 0 for step in drawing.history.past
    )


def test_the_replay_passes_through_every_state_and_grows_strokes(drawing):
    draw(drawing, (10, 10), *((x, 10.0 + x / 2) for x in range(12, 170, 6)))
    drawing.begin(Brush(radius=2, mirror=True), (20, 150), None)
    drawing.extend([(30, 140), (40, 150)])
    drawing.extend([(80, 100)], straight=True)
    drawing.finish()
    draw(drawing, (60, 20), (60, 140), brush=Brush(tool=Tool.CLONE, radius=9), source=FACE)
    drawing.give(np.ones(80, np.float32))
    steps = drawing.history.past
    states = replay(steps)
    assert all(any(state is step for state in states) for step in steps)
    assert states[-1] is steps[-1]
    assert len(states) > len(steps) + 4
    inked = [int((state.pixels[..., 1] > 0).sum()) for state in states]
    assert inked == sorted(inked)
    assert np.array_equal(states[0].pixels, blank())


def test_a_long_history_still_fits_the_film(drawing):
    for i in range(60):
        draw(drawing, (10, i), (160, i + 20), brush=Brush(radius=1))
    states = replay(drawing.history.past, most=40)
    assert len(states) == 40
    assert states[-1] is drawing.history.now
