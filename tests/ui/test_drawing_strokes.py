"""Strokes on the canvas: no gaps, no corners, no darkening, exact mirror images."""

import numpy as np
import pytest

from model.frame import IMAGE_SHAPE as SHAPE
from ui.drawing.drawing import Drawing, blank
from ui.drawing.stroke import GREYS, LARGEST, SMALLEST, Brush, Tool, span


def draw(drawing, brush, points, at_once=1, source=None):
    """One stroke; `at_once` points reach the canvas together, as from a slow frame."""
    drawing.begin(brush, points[0], source)
    for i in range(1, len(points), at_once):
        drawing.extend(points[i : i + at_once])
    drawing.finish()


def circle(n, radius=50.0, centre=(88.0, 80.0)):
    angles = np.linspace(0, 2 * np.pi, n)
    return [
        (centre[0] + radius * np.cos(a), centre[1] + radius * np.sin(a)) for a in angles.tolist()
    ]


def distances(centre=(88.0, 80.0)):
    rows, columns = np.indices(SHAPE)
    return np.hypot(columns - centre[0], rows - centre[1])


def test_a_fast_circle_has_no_gap_and_no_corner():
    drawing = Drawing()
    draw(drawing, Brush(radius=4), circle(13))  # 26 pixels from point to point
    cover, from_centre = drawing.mask(), distances()
    angles = np.linspace(0, 2 * np.pi, 720)
    on_line = cover[
        np.rint(80 + 50 * np.sin(angles)).astype(int), np.rint(88 + 50 * np.cos(angles)).astype(int)
    ]
    assert on_line.min() > 0.95  # straight lines between the points would miss it by 1.7 pixels
    ink = from_centre[cover > 0.5]
    assert ink.min() > 45 and ink.max() < 55


def test_points_that_come_together_draw_what_single_ones_draw():
    one, many = Drawing(), Drawing()
    draw(one, Brush(radius=3, soft=True), circle(40))
    draw(many, Brush(radius=3, soft=True), circle(40), at_once=7)
    assert np.array_equal(one.pixels, many.pixels)


def test_a_curve_passes_through_its_points_without_sharp_turns():
    points = circle(9)
    path = [point for i in range(len(points) - 1) for point in span(points, i)[:-1]]
    steps = np.diff(np.array(path), axis=0)
    headings = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    assert set(points[:-1]) <= set(path)
    assert np.abs(np.diff(headings)).max() < np.radians(12)  # the points themselves turn by 45


def test_overlaps_within_a_stroke_do_not_darken():
    drawing = Drawing()
    draw(drawing, Brush(radius=6, tone=0.5), [(40, 80), (120, 80), (40, 80), (120, 82)])
    inside = drawing.image()[80, 45:115]
    assert np.ptp(inside) == 0 and inside[0] == pytest.approx(0.5, abs=0.003)


@pytest.mark.parametrize("x", [60.0, 60.25, 60.5, 60.9])
def test_edges_are_anti_aliased_at_positions_between_pixels(x):
    drawing = Drawing()
    draw(drawing, Brush(radius=3), [(x, 80.0)])
    columns = np.indices(SHAPE)[1]
    weights = drawing.mask()
    assert (weights * columns).sum() / weights.sum() == pytest.approx(x, abs=0.02)
    assert weights.sum() == pytest.approx(np.pi * 3**2, rel=0.03)
    assert ((weights > 0) & (weights < 1)).any()


@pytest.mark.parametrize("radius", [SMALLEST, 2.0, 11.0, LARGEST])
@pytest.mark.parametrize("soft", [False, True])
def test_every_size_leaves_a_mark_that_stays_on_the_canvas(radius, soft):
    drawing = Drawing()
    draw(drawing, Brush(radius=radius, soft=soft), [(-5, 80), (3, 80), (200, 80)])
    assert drawing.mask()[80, [0, 100, 175]].min() > 0.5
    assert drawing.mask()[159].max() == 0


def test_a_soft_brush_fades_where_a_hard_one_ends():
    hard, soft = Drawing(), Drawing()
    draw(hard, Brush(radius=10), [(80, 80)])
    draw(soft, Brush(radius=10, soft=True), [(80, 80)])
    partial = [((c.mask() > 0.05) & (c.mask() < 0.95)).sum() for c in (hard, soft)]
    assert partial[1] > 4 * partial[0]
    profile = soft.mask()[80, 80:100]
    assert (np.diff(profile) <= 0).all() and profile[0] == 1


def test_five_greys_come_out_as_they_are_named():
    drawing = Drawing()
    for i, tone in enumerate(GREYS.values()):
        draw(drawing, Brush(radius=5, tone=tone), [(20 + 30 * i, 80)])
    assert drawing.image()[80, 20:141:30] == pytest.approx(list(GREYS.values()), abs=0.003)
    assert drawing.mask()[80, 140] == 1  # white paint is paint, though it looks like paper


def test_the_eraser_bares_the_paper():
    drawing = Drawing()
    draw(drawing, Brush(radius=20), [(80, 80)])
    draw(drawing, Brush(tool=Tool.ERASE, radius=30), [(80, 80)])
    assert drawing.empty
    assert np.array_equal(drawing.pixels, blank())


def test_cloning_copies_the_answer_under_the_brush_only():
    answer = np.linspace(0, 1, 160 * 176, dtype=np.float32).reshape(SHAPE)
    drawing = Drawing()
    draw(drawing, Brush(tool=Tool.CLONE, radius=10), [(50, 60), (90, 60)], source=answer)
    full = drawing.mask() == 1
    assert full.sum() > 800 and not full[100:].any()
    assert np.abs(drawing.image() - answer)[full].max() < 0.003
    with pytest.raises(ValueError, match="picture to copy"):
        drawing.begin(Brush(tool=Tool.CLONE), (5, 5))


@pytest.mark.parametrize("soft", [False, True])
def test_symmetry_is_exact_about_the_face_axis(soft):
    drawing = Drawing()
    brush = Brush(radius=3.7, soft=soft, mirror=True)
    draw(drawing, brush, [(31.37, 40.1), (52.9, 77.77), (88.2, 31.6), (130.2, 120.4)])
    columns = np.arange(12, 176)  # those whose mirror image lies on the canvas
    assert np.array_equal(drawing.pixels[:, columns], drawing.pixels[:, 187 - columns])
    assert drawing.mask()[:, :80].any()


def test_without_symmetry_the_other_side_stays_bare():
    drawing = Drawing()
    draw(drawing, Brush(radius=3), [(31, 40), (52, 77)])
    assert not drawing.mask()[:, 94:].any()


def test_a_straight_line_follows_the_hand_and_leaves_nothing_behind():
    drawing, plain = Drawing(), Drawing()
    drawing.begin(Brush(radius=2), (20, 20))
    for point in [(150, 20), (90, 140), (20, 140), (140, 120)]:
        drawing.extend([point], straight=True)
    drawing.finish()
    plain.begin(Brush(radius=2), (20, 20))
    plain.extend([(140, 120)], straight=True)
    assert np.array_equal(drawing.pixels, plain.pixels)
    rows, columns = np.nonzero(drawing.mask() > 0.5)
    off = np.abs((columns - 20) * 100 - (rows - 20) * 120) / np.hypot(100, 120)
    assert off.max() < 2.1


def test_a_straight_end_keeps_the_curve_before_it():
    drawing, curve = Drawing(), Drawing()
    points = circle(30)[:16]
    draw(curve, Brush(radius=2), points)
    drawing.begin(Brush(radius=2), points[0])
    drawing.extend(points[1:])
    drawing.extend([(150, 20)], straight=True)
    drawing.extend([(38, 20)], straight=True)
    drawing.finish()
    drawn = curve.mask() > 0
    assert np.array_equal(
        drawing.pixels[drawn & (np.indices(SHAPE)[0] > 85)],
        curve.pixels[drawn & (np.indices(SHAPE)[0] > 85)],
    )
    assert drawing.mask()[20:75, 38].min() > 0.9


def test_a_cancelled_stroke_never_happened():
    drawing = Drawing()
    draw(drawing, Brush(radius=4), circle(20))
    before = drawing.pixels
    kept = before.copy()
    drawing.begin(Brush(radius=9, tone=0.75), (20, 20))
    drawing.extend([(140, 140)])
    assert not np.array_equal(drawing.pixels, kept)
    drawing.undo()
    assert np.array_equal(drawing.pixels, kept) and np.array_equal(before, kept)
