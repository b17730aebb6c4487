"""The drawing screen, driven by posted events: strokes, tools, undo, and the answers."""

import io
import math
from functools import partial
from itertools import cycle

import numpy as np
import pygame
import pytest
from PIL import Image, ImageDraw

from model.frame import FACE_AXIS, FACE_CENTRE, FACE_HALF_AXES, IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE
from tests.bench.sketches.imagined import sketches
from tests.ui.driver import cover, lie_apart, stroke, tone
from ui.drawing import head
from ui.drawing.drawing import RADII, Tool, blank
from ui.drawing.drawing_screen import DrawingScreen
from ui.drawing.head import FITS, MOST_ENLARGED, WHOLE, find_head, model_input
from ui.pictures import over_paper
from ui.saves import list_saves

WINDOW = {"screens": [DrawingScreen], "hints": False}


def at(driver, point):
    return driver.screen.view.canvas.to_window(point)


def expected(driver):
    """What the engine answers to the drawing as it is, at the screen's realism."""
    decoder, drawing = driver.screen.keeper.decoder, driver.screen.drawing
    return decoder.decode(driver.engine, drawing.pixels, drawing.head, drawing.start)


def coloured(driver, point):
    """How far the window is from gray around a point of the canvas, in gray levels."""
    x, y = map(round, at(driver, point))
    part = driver.pixels(pygame.Rect(x - 9, y - 9, 18, 18)).astype(int)
    return np.ptp(part, axis=-1).max()


def shown(view):
    return view.pixels.astype(int)


def test_a_stroke_appears_on_canvas_and_window_and_is_answered(driver):
    face = driver.screen.view.face
    before = shown(face)
    driver.press(at(driver, (40, 60)))
    driver.move(at(driver, (80, 60)))
    driver.resize((1280, 720))
    driver.release(at(driver, (120, 60)))
    driver.settle()
    assert cover(driver.screen.drawing)[60, 40:120].min() == 1
    assert cover(driver.screen.drawing)[70:].max() == 0
    x, y = (round(v) for v in at(driver, (80, 60)))
    assert driver.window.surface.get_at((x, y))[:3] == (0, 0, 0)
    assert np.abs(shown(face) - before).max() > 10
    assert np.array_equal(driver.screen.keeper.answer.image, expected(driver).image)
    driver.key("delete")  # and the ink lies under the mouse
    for point in ((20, 20), (150, 30), (90, 140)):
        stroke(driver, point)
        rows, columns = np.nonzero(cover(driver.screen.drawing) > 0.5)
        near = np.hypot(columns - point[0], rows - point[1]) < 8
        centre = columns[near].mean(), rows[near].mean()
        assert math.dist(centre, point) < 0.5  # of a canvas pixel


def test_a_circle_whose_points_all_come_in_one_frame_has_no_gap_and_no_corner(driver):
    points = [
        at(driver, (88 + 50 * math.cos(a), 80 + 50 * math.sin(a)))
        for a in np.linspace(0, 2 * np.pi, 14)
    ]
    driver.press(points[0])
    for x, y in points[1:]:
        place = (round(x), round(y))
        driver.post(pygame.MOUSEMOTION, pos=place, rel=(0, 0), buttons=(1, 0, 0))
    driver.pos = place
    driver.step()
    driver.release()
    rows, columns = np.indices(IMAGE_SHAPE)
    radii, painted = np.hypot(columns - 88, rows - 80), cover(driver.screen.drawing)
    assert painted[np.abs(radii - 50) < 0.5].min() > 0.4
    inked = radii[painted > 0.5]
    assert inked.min() > 47 and inked.max() < 53


def test_undo_redo_and_clear_by_key_and_button(driver):
    view = driver.screen.view
    undo, redo, clear = view.undo, view.redo, view.clear
    assert not (undo.enabled or redo.enabled or clear.enabled)
    stroke(driver, (40, 60), (120, 60), settled=True)
    one, answer = driver.screen.drawing.pixels.copy(), shown(driver.screen.view.face)
    assert undo.enabled and clear.enabled and not redo.enabled
    stroke(driver, (60, 90), (60, 130), settled=True)
    two = driver.screen.drawing.pixels.copy()
    driver.keys("ctrl+z")
    assert np.array_equal(driver.screen.drawing.pixels, one)
    assert np.array_equal(shown(driver.screen.view.face), answer)
    driver.click(undo)
    driver.step()
    assert driver.screen.drawing.empty and redo.enabled and not (undo.enabled or clear.enabled)
    driver.key("ctrl+y", "ctrl+shift+z", "delete")
    assert driver.screen.drawing.empty
    driver.key("ctrl+z")
    assert np.array_equal(driver.screen.drawing.pixels, two)


def test_a_faint_guide_shows_where_the_face_belongs_until_eyes_are_drawn(driver):
    view = driver.screen.view.canvas

    def guided():
        """Whether the axis, the oval and an eye are seen where nothing is painted."""
        driver.move((2, 2))
        places = (FACE_AXIS, 30), (FACE_AXIS - FACE_HALF_AXES[0], 105), LEFT_EYE
        return [coloured(driver, place) > 20 for place in places]

    driver.screen.set_ghost(False)
    assert guided() == [True] * 3
    assert np.ptp(shown(view)) == 0 and driver.screen.drawing.empty
    angles = np.linspace(0, 2 * math.pi, 25)
    stroke(
        driver, *(np.array(FACE_CENTRE) + [(40 * math.sin(a), 54 * math.cos(a)) for a in angles])
    )
    assert guided()[2]  # an outline is no eye
    stroke(driver, LEFT_EYE)
    stroke(driver, (RIGHT_EYE[0], RIGHT_EYE[1] - 10))  # a little high
    assert guided() == [False] * 3
    driver.key("x")
    assert guided() == [True, False, False]  # the mirror's axis
    driver.key("x", "delete")
    assert guided() == [True] * 3


def test_shift_draws_a_straight_line(driver, monkeypatch):
    driver.press(at(driver, (20, 20)))
    monkeypatch.setattr("pygame.key.get_mods", lambda: pygame.KMOD_LSHIFT)
    for point in ((60, 120), (100, 40), (140, 140)):
        driver.move(at(driver, point))
    driver.release()
    rows, columns = np.nonzero(cover(driver.screen.drawing) > 0.5)
    assert np.abs(rows - columns).max() <= 4
    assert cover(driver.screen.drawing)[np.arange(22, 138), np.arange(22, 138)].min() == 1


def test_wheel_and_keys_change_the_size_and_a_double_click_resets_it(driver, monkeypatch):
    screen = driver.screen
    small = screen.brush.radius
    driver.wheel(3, at(driver, (80, 80)))
    larger = screen.brush.radius
    assert larger > small
    driver.key("[")
    assert small < screen.brush.radius < larger
    driver.key("]")
    assert screen.brush.radius == pytest.approx(larger)
    stroke(driver, (80, 80))
    assert cover(driver.screen.drawing)[80].sum() == pytest.approx(2 * larger, abs=0.6)
    for notches, radius in zip((-100_000, 10_000), RADII, strict=True):
        driver.wheel(notches, at(driver, (80, 80)))
        assert screen.brush.radius == radius
    monkeypatch.setattr("ui.widgets.pointer.DOUBLE_CLICK", float("inf"))
    view = driver.screen.view
    for slider in (view.size, view.realism):
        for _ in range(2):
            driver.click((slider.track.right, slider.track.centery))
        assert slider.value == pytest.approx(slider.default)


def test_number_keys_choose_the_gray(driver):
    for number, gray in enumerate((0, 0.25, 0.5, 0.75, 1)):
        driver.key(str(number + 1))
        stroke(driver, (20 + 30 * number, 80))
        assert tone(driver.screen.drawing)[80, 20 + 30 * number] == pytest.approx(gray, abs=0.003)
        assert cover(driver.screen.drawing)[80, 20 + 30 * number] == 1


def test_a_click_with_the_bucket_fills_both_halves_and_dark_paper_is_one_click(driver):
    driver.key("x")
    stroke(driver, *HEAD)
    drawn = driver.screen.drawing.pixels
    driver.click(driver.screen.view.tools[Tool.FILL])
    driver.key("3")
    stroke(driver, (40, 50))
    image = tone(driver.screen.drawing)
    assert image[65, [35, 152]] == pytest.approx(0.5, abs=0.003) and image[120, 120] == 1
    driver.key("ctrl+z", "x", "b")
    assert np.array_equal(driver.screen.drawing.pixels, drawn)
    driver.choose(driver.screen.view.edits[3])
    np.testing.assert_allclose(driver.screen.keeper.answer.code, driver.latent.mean, atol=1e-4)
    stroke(driver, (80, 80), settled=True)
    decoder, seen = driver.screen.keeper.decoder, driver.screen.drawing.model_input()
    likely = decoder.latent.make_likely(driver.engine.encode_sketch(seen[None])[0], decoder.realism)
    np.testing.assert_allclose(driver.screen.keeper.answer.code, likely, atol=1e-4)
    image = tone(driver.screen.drawing)
    assert cover(driver.screen.drawing).min() == 1 and image[120, 120] < 0.3 and image[80, 80] == 1
    driver.key("ctrl+z", "ctrl+z")
    assert np.array_equal(driver.screen.drawing.pixels, drawn)
    driver.key("shift+w", "delete")
    stroke(driver, (80, 80), settled=True)
    assert tone(driver.screen.drawing)[80, 80] == 0  # not white on white


def test_the_ghost_is_there_at_first_shows_the_answer_and_is_never_drawn(driver):
    mean = shown(driver.screen.view.canvas)
    stroke(driver, (40, 60), (120, 60), settled=True)
    ghostly = shown(driver.screen.view.canvas)
    bare = cover(driver.screen.drawing) == 0
    assert np.ptp(mean) > 10 and np.ptp(ghostly[bare]) > 10
    assert not np.array_equal(ghostly[bare], mean[bare])
    assert np.corrcoef(ghostly[bare], driver.screen.keeper.answer.image[bare])[0, 1] > 0.95
    assert tone(driver.screen.drawing)[bare].min() == 1
    driver.keys("g")
    assert np.ptp(shown(driver.screen.view.canvas)[bare]) == 0


HEAD = [(40 + 22 * math.sin(a), 50 - 30 * math.cos(a)) for a in np.linspace(0, 2 * math.pi, 25)]


def test_a_small_head_is_found_framed_and_read_enlarged_once_its_stroke_ends(driver):
    view, drawing = driver.screen.view.canvas, driver.screen.drawing

    oval = FACE_CENTRE[0] + FACE_HALF_AXES[0], FACE_CENTRE[1]  # of the guide
    assert coloured(driver, oval) > 20
    driver.press(view.to_window(HEAD[0]))
    for point in HEAD[1:]:
        driver.move(view.to_window(point))
    driver.settle()
    assert view.region == WHOLE
    driver.release()
    driver.settle()
    region = view.region
    assert region == find_head(drawing.pixels) and 2 < region.scale < 3
    seen = model_input(drawing.pixels, region)
    rows, columns = np.nonzero(seen[..., 1] > 0.5)
    assert abs(columns.mean() - FACE_AXIS) < 14 and np.ptp(rows) > 90
    code = driver.engine.encode_sketch(seen[None])[0]
    likely = driver.latent.make_likely(code, driver.screen.keeper.decoder.realism)
    np.testing.assert_allclose(driver.screen.keeper.answer.code, likely, atol=1e-5)
    assert coloured(driver, region.corners[1]) > 60  # a frame in colour
    assert "frame" in view.help_text() and coloured(driver, oval) <= 20
    driver.key("ctrl+z")
    assert view.region == WHOLE and "frame" not in view.help_text()


def figure(middle, size, lines=(), tone=255):
    """Draw a smiling face and lines under it; the face is painted unless its tone is white."""
    gray = Image.new("L", IMAGE_SHAPE[::-1], 255)
    pen, (x, y), (a, b) = ImageDraw.Draw(gray), middle, size
    pen.ellipse((x - a, y - b, x + a, y + b), fill=tone, outline=0, width=2)
    for side in (-1, 1):
        eye_x, eye_y = x + side * a / 2, y - b / 5
        pen.ellipse((eye_x - 2, eye_y - 2, eye_x + 2, eye_y + 2), fill=0)
    pen.arc((x - a / 2, y - b / 4, x + a / 2, y + b / 2), 30, 150, fill=0, width=2)
    for line in lines:
        pen.line(line, fill=0, width=2)
    ink = np.asarray(gray)
    return np.stack([ink, 255 * (ink < 255).astype(np.uint8)], axis=-1)


SHOULDERS = [(70, 80), (70, 96), (20, 112), (10, 158)], [(90, 80), (90, 96), (140, 112), (150, 158)]
BODY = [(80, 48), (80, 110), (60, 156)], [(80, 110), (100, 156)], [(45, 72), (80, 60), (115, 72)]


def on_dark(drawing):
    return np.stack([255 - drawing[..., 0], np.full(IMAGE_SHAPE, 255)], axis=-1).astype(np.uint8)


@pytest.mark.parametrize(
    ("middle", "size", "drawn"),
    [
        ((112, 85), (50, 68), figure),
        ((74, 85), (50, 68), figure),
        ((94, 68), (50, 68), figure),
        ((60, 60), (22, 30), figure),
        ((60, 60), (22, 30), lambda *head: on_dark(figure(*head))),
        ((80, 52), (24, 31), partial(figure, lines=SHOULDERS)),
        ((80, 52), (24, 31), partial(figure, lines=SHOULDERS, tone=190)),  # painted
        ((80, 30), (17, 18), partial(figure, lines=BODY)),
    ],
)
def test_a_head_is_brought_to_its_usual_size_and_place(middle, size, drawn):
    drawing = drawn(middle, size)
    region = find_head(drawing)
    x, y = (region.scale * (np.array(middle) - region.corners[0])).tolist()
    assert (x, y) == pytest.approx((94, 98), abs=15)
    assert region.scale * math.dist((0, 0), size) == pytest.approx(84, rel=0.25)
    assert np.ptp(model_input(drawing, region)[:, [0, -1], 1]) == 0  # paper, also beyond the canvas


def test_heads_in_their_place_and_parts_are_read_about_as_they_are():
    def moves(drawing):
        region = find_head(drawing)
        return max(abs(math.log(region.scale)), math.dist(region.corners[0], (0, 0)) / 60)

    assert np.mean([moves(drawing) for drawing in sketches(30)]) < 0.2
    hair = [[(44, 90), (44, 30), (94, 6), (144, 30), (144, 90)]]
    bald = figure(FACE_CENTRE, FACE_HALF_AXES)  # on the guide, before it has hair
    eyes = blank()
    for x, y in (LEFT_EYE, RIGHT_EYE):
        eyes[int(y) - 3 : int(y) + 3, int(x) - 6 : int(x) + 6] = 0, 255
    assert max(map(moves, (figure((94, 98), (36, 48), hair), bald, eyes))) < 0.35
    assert find_head(blank()) == WHOLE


def test_the_answer_is_painted_where_the_head_lies_and_stays(driver):
    screen = driver.screen
    screen.drawing.put(figure((50, 50), (22, 30)))
    screen.step(lambda: None)
    driver.settle()
    region, answer = screen.drawing.head, screen.keeper.answer.image
    driver.key("k")
    screen.change_brush(radius=6)
    stroke(driver, (5, 50), (170, 50), settled=True)
    assert screen.drawing.head == region != WHOLE
    (left, top), (right, _) = region.corners
    painted = screen.drawing.pixels[50, :, 0]
    inside = np.arange(30, 70)
    seen = answer[round(region.scale * (50 - top))][
        np.rint(region.scale * (inside - left)).astype(int)
    ]
    assert np.abs(painted[inside] / 255 - seen).max() < 0.05
    edge = painted[int(right) - 2 : int(right) + 1].mean()
    assert right < 140 and np.abs(painted[int(right) : 160] - edge).max() < 12  # not white
    driver.key("b")
    stroke(driver, (10, 140), (160, 140), settled=True)
    assert screen.drawing.head == find_head(screen.drawing.pixels, region)
    screen.put_face(over_paper(figure((50, 50), (22, 30))) / 255)
    assert screen.drawing.head == WHOLE  # a face that was started from is read as it is


def test_a_head_that_grows_a_little_is_read_where_it_was():
    before = find_head(figure((50, 50), (22, 30)))
    grown, elsewhere = figure((51, 51), (23, 31)), figure((110, 90), (22, 30))
    assert find_head(grown) != before == find_head(grown, before)
    assert find_head(elsewhere, before).is_off(*FITS, before)


def test_a_head_too_small_to_be_enlarged_enough_is_read_in_the_middle():
    region = find_head(figure((140, 120), (10, 13)))
    assert region.scale == pytest.approx(MOST_ENLARGED)
    assert region.face_centre == pytest.approx((140, 120), abs=8)


def test_the_place_of_a_head_is_kept_in_the_session_and_in_saves(opened, tmp_path):
    first = opened()
    for middle, size in (((50, 50), (22, 30)), ((51, 51), (23, 31))):  # it grows a little
        first.screen.step(first.screen.drawing.put, figure(middle, size), None, None, False)
    first.settle()
    head, answer = first.screen.drawing.head, first.screen.keeper.answer
    assert head != find_head(first.screen.drawing.pixels) and head != WHOLE
    first.keys("ctrl+s")
    path = list_saves(tmp_path)[0].path
    second = opened()
    for bring_back in (lambda: second.key("ctrl+l"), lambda: second.drop(path)):
        bring_back()
        second.settle()
        assert second.screen.drawing.head == pytest.approx(head)
        np.testing.assert_allclose(second.screen.keeper.answer.image, answer.image, atol=1e-6)
        stroke(second, (50, 52), (51, 52), settled=True)
        assert second.screen.drawing.head == pytest.approx(head)
        second.key("delete")
    for odd in ("", [1.0, 2.0], [1.0, 2.0, 3], [0.0, 0.0, 9.0], [np.nan] * 3, [1e9, 0.0, 1.0]):
        second.session.settings["drawing.head"] = odd
        second.screen.restore_session()
        assert second.screen.drawing.head == find_head(second.screen.drawing.pixels)


def saved(arrays):
    file = io.BytesIO()
    np.savez(file, *arrays)
    return file.getvalue()


def test_without_weights_drawings_are_read_as_they_are(tmp_path, monkeypatch):
    small = figure((50, 50), (22, 30))
    assert find_head(small) != WHOLE
    with np.load(head.HEAD_FINDER) as file:
        arrays = [file[name] for name in file.files]
    monkeypatch.setattr(head, "_weights", head._weights.__wrapped__)
    odd = (arrays[:-1], arrays[2:], [np.full_like(array, np.nan) for array in arrays])
    for content in (None, b"", b"PK no archive", *map(saved, odd)):
        monkeypatch.setattr(head, "HEAD_FINDER", tmp_path / "weights.npz")
        if content is not None:
            head.HEAD_FINDER.write_bytes(content)
        assert find_head(small) == WHOLE


def test_without_live_the_answer_waits_to_be_asked(driver):
    driver.key("v")
    before = driver.screen.keeper.answer
    stroke(driver, (40, 60), (120, 60), settled=True)
    assert driver.screen.keeper.answer is before
    assert "J" in driver.screen.view.status.text
    driver.keys("j")
    assert np.array_equal(driver.screen.keeper.answer.image, expected(driver).image)


def test_realism_moves_the_answer_towards_likely_faces(driver):
    stroke(driver, (40, 60), (120, 60), (120, 130))
    distances = []
    for realism in (0.0, 0.5, 1.0):
        driver.screen.view.realism.move(realism)
        driver.settle()
        code = driver.screen.keeper.answer.code
        distances.append(float(driver.latent.mahalanobis(code)))
    clear = 1.1 * np.sqrt(80)
    assert distances[0] > clear and distances[1] == pytest.approx(clear, rel=1e-3)
    assert distances[2] < clear
    driver.key(",")
    assert driver.screen.keeper.decoder.realism == pytest.approx(0.95)


def test_a_slow_model_never_stops_the_brush(driver):
    driver.engine.slow = 0.1
    points = [(20 + 3 * i, 60 + 20 * math.sin(i / 4)) for i in range(40)]
    driver.press(at(driver, points[0]))
    answers = []
    for number, point in enumerate(points[1:], 1):
        driver.move(at(driver, point))
        assert cover(driver.screen.drawing)[round(point[1]), round(point[0])] > 0.5, (
            f"frame {number}"
        )
        if driver.screen.keeper.answer not in answers:
            answers.append(driver.screen.keeper.answer)
    assert len(answers) < 30  # stale wishes were dropped
    places = cycle(range(60, 150))
    for _ in range(3):  # and yet answers come, however long the brush goes on

        def drawn_on(before=driver.screen.keeper.answer):
            x, y = at(driver, (next(places), 120))
            driver.post(pygame.MOUSEMOTION, pos=(round(x), round(y)), rel=(0, 0), buttons=(1, 0, 0))
            return driver.screen.keeper.answer is not before

        driver.until(drawn_on)
    driver.release()
    driver.engine.slow = 0
    driver.settle()
    assert np.array_equal(driver.screen.keeper.answer.image, expected(driver).image)


def test_everything_lies_inside_the_window_and_nothing_overlaps(driver):
    view, px = driver.screen.view, driver.window.theme.px
    for size in ((900, 600), (1280, 720), (1920, 1080), (2560, 1440)):
        driver.resize(size)
        for _ in ("without", "with the panel"):
            flat = [w for w in view.children if w.visible]
            assert lie_apart(flat, view.rect)
            assert all(widget.rect.width > 20 and widget.rect.height > 10 for widget in flat)
            assert view.canvas.picture.size == view.face.picture.size
            assert 0 < view.redo.rect.left - view.undo.rect.right < px(10)
            for button in [*view.edits, view.start, view.refine, *view.tools.values()]:
                assert button.rect.width >= button.width(driver.window.theme)
            driver.key("d")
