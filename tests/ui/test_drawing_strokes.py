"""Strokes and their history: no gaps, no corners, exact mirror images, undo pixel for pixel."""

import numpy as np
import pytest

from model.frame import IMAGE_SHAPE as SHAPE
from tests.ui.driver import cover, tone
from ui.drawing.drawing import MOST_STEPS, RADII, Brush, Drawing, Tool, blank
from ui.drawing.replay import replay

FACE = np.random.default_rng(1).random(SHAPE).astype(np.float32)
MIRRORED = np.arange(12, 176)  # columns whose mirror image lies on the canvas


@pytest.fixture
def drawing():
    return Drawing()


def draw(drawing, *points, source=None, **brush):
    drawing.begin(Brush(**brush), points[0], source)
    for point in points[1:]:
        drawing.extend([point])
    return drawing.finish()


def circle(n, radius=50.0, centre=(88.0, 80.0)):
    angles = np.linspace(0, 2 * np.pi, n)
    return [
        (centre[0] + radius * np.cos(a), centre[1] + radius * np.sin(a)) for a in angles.tolist()
    ]


def test_overlaps_within_a_stroke_do_not_darken(drawing):
    draw(drawing, (40, 80), (120, 80), (40, 80), (120, 82), radius=6, tone=0.5)
    inside = tone(drawing)[80, 45:115]
    assert np.ptp(inside) == 0 and inside[0] == pytest.approx(0.5, abs=0.003)


@pytest.mark.parametrize("x", [60.0, 60.9])
def test_edges_are_anti_aliased_at_positions_between_pixels(drawing, x):
    draw(drawing, (x, 80.0), radius=3)
    columns = np.indices(SHAPE)[1]
    weights = cover(drawing)
    assert (weights * columns).sum() / weights.sum() == pytest.approx(x, abs=0.02)
    assert weights.sum() == pytest.approx(np.pi * 3**2, rel=0.03)
    assert ((weights > 0) & (weights < 1)).any()


@pytest.mark.parametrize("radius", [*RADII, 2.0])
@pytest.mark.parametrize("soft", [False, True])
def test_every_size_leaves_a_mark_that_stays_on_the_canvas(drawing, radius, soft):
    draw(drawing, (-5, 80), (3, 80), (200, 80), radius=radius, soft=soft)
    assert cover(drawing)[80, [0, 100, 175]].min() > 0.5
    assert cover(drawing)[159].max() == 0


def test_a_soft_brush_fades_where_a_hard_one_ends():
    hard, soft = Drawing(), Drawing()
    draw(hard, (80, 80), radius=10)
    draw(soft, (80, 80), radius=10, soft=True)
    partial = [((cover(c) > 0.05) & (cover(c) < 0.95)).sum() for c in (hard, soft)]
    assert partial[1] > 4 * partial[0]
    profile = cover(soft)[80, 80:100]
    assert (np.diff(profile) <= 0).all() and profile[0] == 1


@pytest.mark.parametrize("soft", [False, True])
def test_mirror_images_are_exact_and_drawn_only_on_request(drawing, soft):
    points = (31.37, 40.1), (52.9, 77.77), (70.2, 31.6)
    draw(drawing, *points, radius=3.7, soft=soft)
    assert not cover(drawing)[:, 94:].any()
    drawing.put(blank())
    draw(drawing, *points, radius=3.7, soft=soft, mirror=True)
    assert np.array_equal(cover(drawing)[:, MIRRORED], cover(drawing)[:, 187 - MIRRORED])
    assert cover(drawing)[:, 94:].any()


def test_a_straight_end_keeps_the_curve_before_it(drawing):
    curve, points = Drawing(), circle(30)[:16]
    draw(curve, *points, radius=2)
    drawing.begin(Brush(radius=2), points[0])
    drawing.extend(points[1:])
    drawing.extend([(150, 20)], straight=True)
    drawing.extend([(38, 20)], straight=True)
    drawing.finish()
    kept = (cover(curve) > 0) & (np.indices(SHAPE)[0] > 85)
    assert np.array_equal(drawing.pixels[kept], curve.pixels[kept])
    assert cover(drawing)[20:75, 38].min() > 0.9


def test_a_fill_covers_the_area_up_to_the_lines_around_it_and_can_be_undone(drawing):
    draw(drawing, *circle(40), radius=2)
    before = drawing.pixels.copy()
    assert drawing.fill([(88, 80)], tone=0.5) and not drawing.fill([(300, 80)], tone=0.5)
    rows, columns = np.indices(SHAPE)
    radii = np.hypot(columns - 88, rows - 80)
    assert np.abs(tone(drawing)[radii < 47] - 0.5).max() < 0.003
    assert cover(drawing)[radii < 50].min() == 1  # no seam beside the line
    assert np.array_equal(drawing.pixels[radii > 53], before[radii > 53])
    assert np.abs(tone(drawing)[before[..., 1] == 255]).max() == 0  # the line stays black
    drawing.undo()
    assert np.array_equal(drawing.pixels, before)


def test_a_fill_lets_no_line_grow_and_leaves_no_seam_beside_a_light_one(drawing):
    draw(drawing, (40, 80), (140, 80), radius=2.5)
    before = drawing.pixels[:, 90]
    for gray in (0.6, 0.5, 0.6):
        assert drawing.fill([(90, 80)], tone=gray)
    assert not drawing.fill([(90, 80)], tone=0.6)  # in its gray already
    assert np.array_equal(drawing.pixels[:, 90, 1], before[:, 1])
    assert np.abs(tone(drawing)[before[:, 1] > 0, 90] - 0.6).max() < 0.003
    drawing.put(np.full_like(drawing.pixels, (60, 255)))  # dark paper
    draw(drawing, *circle(40), radius=2, tone=1.0)
    drawing.fill([(88, 80)], tone=0.7)
    radii = np.hypot(*(np.indices(SHAPE) - np.array([80, 88]).reshape(2, 1, 1)))
    assert tone(drawing)[radii < 50].min() > 0.68


def test_what_changes_nothing_is_no_step_and_the_eraser_bares_the_paper(drawing):
    assert not drawing.put(blank())
    assert not draw(drawing, (40, 40), (60, 60), tool=Tool.ERASE)
    assert not draw(drawing, (-90, -90), (-80, -90))
    assert not drawing.history.can_undo
    draw(drawing, (80, 80), radius=20)
    draw(drawing, (80, 80), radius=30, tool=Tool.ERASE)
    assert drawing.empty and np.array_equal(drawing.pixels, blank())


def test_undo_in_the_middle_of_a_stroke_drops_that_stroke(drawing):
    draw(drawing, (20, 20), (80, 60))
    before = drawing.pixels
    kept = before.copy()
    drawing.begin(Brush(radius=9), (100, 100))
    drawing.extend([(120, 120)])
    assert not np.array_equal(drawing.pixels, kept)
    drawing.undo()
    assert drawing.stroke is None
    assert np.array_equal(drawing.pixels, kept) and np.array_equal(before, kept)
    drawing.undo()
    assert drawing.empty


def test_a_face_put_under_a_drawing_replaces_the_one_before_and_keeps_the_strokes(drawing):
    first, second = (np.full(SHAPE, grey, np.uint8) for grey in (90, 150))
    code = np.ones(80, np.float32)
    assert drawing.put_under(first, code) and np.array_equal(drawing.fixed_code, code)
    draw(drawing, (20, 20), (80, 60), radius=3)
    inked = drawing.pixels[..., 0] == 0
    assert drawing.put_under(second, code) and drawing.fixed_code is None
    assert (drawing.pixels[inked] == (0, 255)).all() and (drawing.pixels[100:] == (150, 255)).all()
    draw(drawing, (20, 20), (80, 60), radius=9, tool=Tool.ERASE)
    assert np.array_equal(drawing.pixels[..., 0], second)


def test_the_history_is_bounded_and_a_long_one_still_fits_the_film(drawing, monkeypatch):
    monkeypatch.setattr("ui.drawing.replay.MOST_FRAMES", 400)
    for i in range(MOST_STEPS + 20):
        draw(drawing, (10, i % 140), (160, i % 140 + 20), radius=1)
    past = drawing.history.past
    assert len(past) == MOST_STEPS
    assert all(step.stroke is None or step.stroke.coverage.size == 0 for step in past)
    states = replay(past[-60:])
    assert 300 < len(states) <= 400 and states[-1] is drawing.history.now
    assert {id(step) for step in past[-60:]} <= {id(state) for state in states}
    monkeypatch.setattr("ui.drawing.replay.MOST_FRAMES", 40)
    assert len(replay(past)) == 40


def test_the_replay_passes_through_every_state_and_grows_strokes(drawing):
    draw(drawing, (10, 10), *((x, 10.0 + x / 2) for x in range(12, 170, 6)), radius=3)
    drawing.begin(Brush(radius=2, mirror=True), (20, 150))
    drawing.extend([(30, 140), (40, 150)])
    drawing.extend([(80, 100)], straight=True)
    drawing.finish()
    draw(drawing, (60, 20), (60, 140), source=FACE, tool=Tool.CLONE, radius=9)
    drawing.fix_code(np.ones(80, np.float32))
    steps = drawing.history.past
    states = replay(steps)
    assert all(any(state is step for state in states) for step in steps)
    assert states[-1] is steps[-1] and len(states) > len(steps) + 4
    inked = [int((state.pixels[..., 1] > 0).sum()) for state in states]
    assert inked == sorted(inked)
    assert np.array_equal(states[0].pixels, blank())
