"""The sheet: undo and redo pixel for pixel, given codes, and the history drawn again."""

import numpy as np
import pytest

from ui.drawing.brush import Brush, Tool
from ui.drawing.canvas import blank, painted
from ui.drawing.replay import replay
from ui.drawing.sheet import MOST_STEPS, Sheet

SHAPE = (160, 176)
FACE = np.random.default_rng(1).random(SHAPE).astype(np.float32)


def draw(sheet, *points, brush=None, source=None):
    sheet.begin(brush or Brush(radius=3), points[0], source)
    sheet.canvas.extend(points[1:])
    return sheet.finish()


@pytest.fixture
def sheet():
    return Sheet(SHAPE)


def test_undo_and_redo_bring_back_every_pixel(sheet):
    states = [sheet.canvas.pixels.copy()]
    draw(sheet, (20, 20), (80, 60), (120, 30))
    states.append(sheet.canvas.pixels.copy())
    draw(sheet, (30, 90), (90, 95), brush=Brush(radius=8, soft=True, tone=0.5, mirror=True))
    states.append(sheet.canvas.pixels.copy())
    draw(sheet, (60, 60), (60, 120), brush=Brush(tool=Tool.ERASE, radius=5))
    states.append(sheet.canvas.pixels.copy())
    sheet.clear()
    states.append(sheet.canvas.pixels.copy())
    for state in states[-2::-1]:
        assert sheet.undo()
        assert np.array_equal(sheet.canvas.pixels, state)
    assert not sheet.undo()
    for state in states[1:]:
        assert sheet.redo()
        assert np.array_equal(sheet.canvas.pixels, state)
    assert not sheet.redo()


def test_what_changes_nothing_is_no_step(sheet):
    assert not sheet.clear()
    assert not draw(sheet, (40, 40), (60, 60), brush=Brush(tool=Tool.ERASE))
    assert not draw(sheet, (-90, -90), (-80, -90))
    assert not sheet.undo()


def test_undo_in_the_middle_of_a_stroke_drops_that_stroke(sheet):
    draw(sheet, (20, 20), (80, 60))
    kept = sheet.canvas.pixels.copy()
    sheet.begin(Brush(radius=9), (100, 100), None)
    sheet.canvas.extend([(120, 120)])
    assert sheet.undo() and not sheet.painting
    assert np.array_equal(sheet.canvas.pixels, kept)
    assert sheet.undo() and sheet.canvas.empty


def test_a_stroke_ends_what_was_given_and_undo_gives_it_back(sheet):
    code = np.arange(80, dtype=np.float32)
    sheet.put(painted(FACE), code)
    draw(sheet, (20, 20), (80, 60))
    assert sheet.given is None
    sheet.undo()
    assert np.array_equal(sheet.given, code)
    assert np.array_equal(sheet.canvas.pixels, painted(FACE))


def test_a_given_code_is_a_step_of_its_own(sheet):
    draw(sheet, (20, 20), (80, 60))
    assert sheet.give(np.ones(80, np.float32))
    assert not sheet.give(np.ones(80, np.float32))
    sheet.undo()
    assert sheet.given is None and not sheet.canvas.empty


def test_the_history_is_bounded(sheet):
    for i in range(MOST_STEPS + 20):
        draw(sheet, (i % 170, i // 2), (i % 170 + 3, i // 2))
    assert len(sheet.history) == MOST_STEPS
    assert all(step.stroke is None or step.stroke.coverage.size == 0 for step in sheet.history.past)


def test_the_replay_passes_through_every_state_and_grows_strokes(sheet):
    draw(sheet, (10, 10), *((x, 10.0 + x / 2) for x in range(12, 170, 6)))
    sheet.begin(Brush(radius=2, mirror=True), (20, 150), None)
    sheet.canvas.extend([(30, 140), (40, 150)])
    sheet.canvas.turn()
    sheet.canvas.aim((80, 100))
    sheet.finish()
    draw(sheet, (60, 20), (60, 140), brush=Brush(tool=Tool.CLONE, radius=9), source=FACE)
    sheet.give(np.ones(80, np.float32))
    steps = sheet.history.past
    states = replay(steps)
    assert all(any(state is step for state in states) for step in steps)
    assert states[-1] is steps[-1]
    assert len(states) > len(steps) + 4
    inked = [int((state.pixels[..., 1] > 0).sum()) for state in states]
    assert inked == sorted(inked)
    assert np.array_equal(states[0].pixels, blank(SHAPE))


def test_a_long_history_still_fits_the_film(sheet):
    for i in range(60):
        draw(sheet, (10, i), (160, i + 20), brush=Brush(radius=1))
    states = replay(sheet.history.past, most=40)
    assert len(states) == 40
    assert states[-1] is sheet.history.now
