import math
from dataclasses import replace

import numpy as np
import pygame
import pytest

from model.latent import Readout
from tests.ui.driver import drag_slider, editor, fake_latent, lie_apart, shows, sliders
from ui.messages import Message
from ui.sliders.slider_panel import GROUPS
from ui.sliders.slider_screen import SlidersScreen
from ui.theme import COLORS

SIZES = ((900, 600), (1280, 720), (1920, 1080), (2560, 1440))


WINDOW = {"screens": [SlidersScreen], "size": (1280, 720), "hints": False}


def shown(driver):
    """The code whose face is on the window, checked against its pixels."""
    state = driver.screen.front
    code = state.start if driver.screen.comparing else state.code
    assert shows(driver, code)
    view = driver.screen.area.face
    x, y = map(round, view.to_window((100, 60)))
    assert abs(int(driver.pixels()[x, y, 0]) - int(view.pixels[60, 100])) < 6
    return code


def test_everything_has_its_place_at_every_size(driver):
    screen = driver.screen
    for size in SIZES:
        driver.resize(size)
        assert len(sliders(driver)) == 80 and lie_apart(sliders(driver), screen.rect)
        assert min(slider.rect.height for slider in sliders(driver)) >= 14
        assert min(slider.track.width for slider in sliders(driver)) >= 20
        face = screen.area.face.picture
        assert abs(face.width / face.height - 1.1) < 0.01
        assert not face.colliderect(screen.sliders.rect)
        buttons = [*screen.view.buttons, *screen.strip.children]
        assert lie_apart([*buttons, screen.view.more_button, screen.area.face], screen.rect)
        for panel in (screen.panels.saves, screen.more):
            screen.panels.toggle(panel)
            driver.settle()
            assert screen.panels.open is panel and screen.rect.contains(panel.rect)
            for rect in [child.rect for child in panel.body.children if child.rect.width]:
                assert panel.rect.left <= rect.left and rect.right <= panel.rect.right
            assert panel.inside <= panel.body.rect.height
        others = [screen.area.face.rect, screen.strip.rect, screen.preview.rect]
        assert screen.more.rect.collidelist(others) < 0  # beside the sliders, if there is room
        over = any(screen.more.rect.colliderect(s.rect) for s in screen.sliders.all)
        assert over == (size[0] < 1280)
        driver.key("escape")
    driver.resize((1280, 720))
    driver.key("o", "down")
    first = screen.sliders.all[0]
    before = first.value
    driver.key("right")  # keys reach sliders that can be seen
    assert abs(first.value - before - 0.1) < 1e-4
    driver.key("escape", "escape")
    assert screen.panels.open is None


def test_raw_codes_have_sliders_of_their_own_that_mark_zero_even_under_the_handle(driver):
    driver.keys("u")
    numbers = [int(slider.label.split()[1]) - 1 for slider in sliders(driver)]
    assert (np.diff(np.diag(driver.latent.covariance)[numbers]) <= 0).all()
    for slider in sliders(driver)[:16]:
        assert slider.low < 0 < slider.high
        column = pygame.Rect(slider.x_of(0.0), slider.track.centery - 8, 1, 16)
        assert (driver.pixels(column) == COLORS.faint).all(axis=-1).sum() >= 3
    slider, before = sliders(driver)[0], editor(driver).now.code
    index = int(slider.label.split()[1]) - 1
    drag_slider(driver, slider, slider.high)
    after = editor(driver).now.code
    assert abs(after[index] - slider.high) < 0.05
    assert np.array_equal(np.delete(after, index), np.delete(before, index))
    driver.key("u")
    assert sliders(driver)[0].label == "Slider 1"


def test_drag_moves_its_value_alone_and_the_face_follows(driver):
    driver.keys("shift+n")
    code, slider = editor(driver).now.code, sliders(driver)[3]
    assert np.array_equal(code, driver.latent.gallery[-1])
    assert driver.screen.area.caption.text == "Training face 300 of 300"
    before = driver.latent.to_sliders(code)
    start = (slider.x_of(slider.value), slider.track.centery)
    drag_slider(driver, slider, 2.0)
    driver.settle()
    after = driver.latent.to_sliders(editor(driver).now.code)
    assert abs(after[3] - 2.0) < 0.03
    assert np.allclose(np.delete(after, 3), np.delete(before, 3), atol=1e-4)
    assert np.array_equal(shown(driver), editor(driver).now.code)
    driver.key_down("c")  # compares with the start while it is held
    driver.settle()
    assert np.array_equal(shown(driver), code)
    driver.key_up("c")
    driver.settle()
    assert np.array_equal(shown(driver), editor(driver).now.code)
    driver.sweep((slider.x_of(slider.value), slider.track.centery), start)
    assert np.allclose(editor(driver).now.code, code, atol=0.03)
    driver.key("ctrl+z", "ctrl+z")
    driver.settle()
    assert editor(driver).now.code.tobytes() == code.tobytes()


def test_wheel_and_resizing_during_a_drag_lose_nothing(driver):
    dragged, other = sliders(driver)[0], sliders(driver)[1]
    drag_slider(driver, dragged, 1.0, release=False)
    for _ in range(5):  # one nudge after another is one step
        driver.wheel(1, other.rect.center)
    for x, y in ((1.0, 0.0), (-0.4, 0.1), (0.05, 0.2)):  # by a touchpad, also sideways
        driver.post(pygame.MOUSEWHEEL, x=round(x), y=0, precise_x=x, precise_y=y, flipped=False)
        driver.step()
    driver.resize((900, 600))
    driver.move((9999, 9999))
    driver.release()
    driver.settle()
    assert dragged.value == 3.0
    assert abs(other.value - 0.52) < 1e-3
    assert np.array_equal(shown(driver), editor(driver).now.code)
    for _ in range(3):
        driver.key("ctrl+z")
    assert editor(driver).now.caption == "Mean face"
    assert not editor(driver).history.can_undo


def test_right_button_and_l_lock_what_nothing_moves_any_more(driver):
    driver.keys("n")
    locked = sliders(driver)[2]
    driver.click(locked, button=3)
    driver.move(sliders(driver)[30].rect.center)
    driver.key("l")
    assert list(np.flatnonzero(editor(driver).now.locks)) == [2, 30]
    before = driver.latent.to_sliders(editor(driver).now.code)
    named = driver.screen.sliders.directions[0]
    drag_slider(driver, named, 2.0)
    assert abs(named.value - 2.0) < 0.05
    driver.keys("s")
    codes = list(driver.screen.area.suggestions)
    for key in ("shift+a", "m", "n", "r", "shift+b"):
        driver.key(key)
        codes.append(editor(driver).now.code)
    assert driver.screen.area.caption.text.endswith(" · locked sliders kept")
    editor(driver).morph(0.5)
    for code in (*codes, editor(driver).now.code):
        after = driver.latent.to_sliders(code)
        assert np.allclose(after[[2, 30]], before[[2, 30]], atol=1e-4)
        assert np.abs(after - before).max() > 0.5
    state = editor(driver).now
    assert locked.locked
    driver.rest(locked.rect.center)  # shows the faces at its ends all the same
    faces = driver.engine.decode([locked.free.moved(state.code, end) for end in (-3, 3)])[..., 0]
    for small, face in zip(driver.screen.preview.faces, faces, strict=True):
        assert np.abs(small.pixels - 255 * face).max() <= 1
    assert np.ptp(faces, axis=0).max() > 0.1
    for use in (
        lambda: drag_slider(driver, locked, 0.0),
        lambda: driver.wheel(1, locked.rect.center),
        lambda: drag_slider(driver, locked, 0.0, button=2),
    ):
        driver.window.messages.show_message(Message([""], bool, 0))
        use()
        assert "Slider 3 is locked" in driver.said()
        assert editor(driver).now is state and abs(locked.value - before[2]) < 1e-3
    driver.key("u")
    raw = sliders(driver)[9]
    drag_slider(driver, raw, raw.axis.middle + 0.5)
    assert abs(raw.value - raw.axis.middle - 0.5) < 0.1
    after = driver.latent.to_sliders(editor(driver).now.code)
    assert np.allclose(after[[2, 30]], before[[2, 30]], atol=1e-4)
    driver.key("u")
    editor(driver).go(replace(editor(driver).now, locks=np.ones(80, bool)))
    drag_slider(driver, driver.screen.sliders.directions[0], 0.0)
    assert "F to M moves mostly locked" in driver.said()
    driver.key("ctrl+z", "ctrl+z")
    driver.move(sliders(driver)[30].rect.center)
    driver.key("l")
    assert not sliders(driver)[30].locked


def test_middle_button_backspace_and_a_double_click_reset(driver, monkeypatch):
    monkeypatch.setattr("ui.widgets.pointer.DOUBLE_CLICK", math.inf)
    driver.key("n")
    driver.click(sliders(driver)[1], button=2)
    driver.move(sliders(driver)[5].rect.center)
    driver.key("backspace")
    place = sliders(driver)[9].x_of(1.5), sliders(driver)[9].track.centery
    driver.click(place)
    driver.press((place[0], place[1] + 40))  # away between two presses: no double click
    driver.release()
    driver.click(place)
    assert abs(sliders(driver)[9].value - 1.5) < 0.05
    driver.click(place)
    values = driver.latent.to_sliders(editor(driver).now.code)
    assert np.allclose(values[[1, 5, 9]], 0, atol=1e-4)


def test_number_is_typed_exactly_and_beyond_the_ends(driver):
    slider = sliders(driver)[40]
    driver.move(slider.rect.center)
    for typed, value, said in (
        ("-4.25", -4.25, ""),
        ("99", 63, "as far as 63"),
        ("\N{MINUS SIGN}0.75", -0.75, ""),
        ("1.2.3", -0.75, "1.2.3"),
    ):
        driver.window.messages.show_message(Message([""], bool, 0))
        driver.key("return")
        driver.post(pygame.TEXTINPUT, text=typed)
        driver.step()
        driver.key("return")
        assert slider.value == pytest.approx(value, abs=1e-4)
        assert said in driver.said() and bool(driver.said()) == bool(said)
    driver.key("escape", "return")
    driver.type_text("1")
    driver.key("escape")
    assert slider.value == pytest.approx(-0.75, abs=1e-4)
    driver.window.pointer.focus(sliders(driver)[0])
    driver.key("2")  # a digit begins to type
    driver.enter(".5")
    assert sliders(driver)[0].value == pytest.approx(2.5, abs=1e-4)


def test_one_slider_is_lit_and_gets_the_keys(driver):
    def lit():
        return [s for s in driver.screen.sliders.all if s.hovered or s.focused or s.held]

    driver.move((10, 300))
    driver.key("l")
    assert "Point at a slider" in driver.said()
    driver.click(sliders(driver)[4])
    assert lit() == [sliders(driver)[4]]
    driver.move(sliders(driver)[9].rect.center)
    assert lit() == [sliders(driver)[9]]
    driver.key("l")
    assert list(np.flatnonzero(editor(driver).now.locks)) == [9]
    driver.key("down", "right")
    assert abs(sliders(driver)[10].value - 0.1) < 1e-4
    driver.key("shift+left", "shift+right")
    assert abs(sliders(driver)[10].value - 0.1) < 1e-4
    assert lit() == [sliders(driver)[10]]
    assert driver.window.help_line.text.startswith("Slider 11")
    driver.resize((900, 600))
    assert lit() == [sliders(driver)[10]]
    driver.move(sliders(driver)[60].rect.center)
    assert lit() == [sliders(driver)[60]]
    driver.resize((1280, 720))  # another slider comes under the mouse, which rests
    assert lit() == [s for s in driver.screen.sliders.all if s.rect.collidepoint(driver.pos)]
    assert lit() != [sliders(driver)[60]]


def test_face_is_tinted_where_a_resting_mouse_would_change_it(driver, monkeypatch):
    monkeypatch.setattr("ui.sliders.slider_view.REST", 0.0)  # rests at once
    slider, face = sliders(driver)[6], driver.screen.area.face
    plain = driver.pixels(face.picture)
    assert (plain[..., 0] == plain[..., 2])[20:-20, 20:-20].all()
    driver.rest(slider.rect.center)
    driver.step()
    low, high = (slider.axis.moved(editor(driver).now.code, end) for end in (-3, 3))
    expected = np.subtract(*driver.engine.decode(np.stack([high, low])))[..., 0]
    assert np.allclose(face.difference, expected, atol=1e-6)
    pixels = driver.pixels(face.picture).astype(int)
    inner = expected[10:140, 10:165]  # away from round corners and the line of words
    for number in (inner.argmin(), inner.argmax()):
        row, column = np.unravel_index(number, inner.shape)
        x, y = map(round, face.to_window((column + 10, row + 10)))
        red, _, blue = pixels[x - face.picture.left, y - face.picture.top]
        assert (red - blue) * np.sign(inner[row, column]) > 40
    driver.move((10, 300))
    assert face.difference is None
    assert np.array_equal(driver.pixels(face.picture), plain)
    drag_slider(driver, slider, 1.0)  # after which the mouse has to come again
    driver.settle()
    driver.step()
    assert driver.screen.preview.difference is not None
    assert face.difference is None
    driver.move((10, 300))
    driver.rest(slider.rect.center)
    driver.step()
    assert face.difference is not None
    driver.key("t")
    assert face.difference is None
    assert not driver.screen.more.tint.selected
    assert driver.session.settings["tint"] is False
    driver.key("t")
    assert face.difference is not None
    driver.wheel(1)
    assert face.difference is None


def test_preview_goes_when_the_mouse_leaves_whatever_was_done(driver):
    slider, face = sliders(driver)[6], driver.screen.area.face.rect
    name = (slider.rect.left + 10, slider.rect.top + 6)  # selects it: keys reach it from then on
    for number, (do, visible) in enumerate(
        [
            (lambda: drag_slider(driver, slider, 1.0), True),
            (lambda: driver.move(face.center), False),
            (lambda: driver.click(face.center), False),
            (lambda: driver.click(name), True),
            (lambda: driver.move(face.center), False),
            (lambda: driver.key("right", "down"), True),  # what a slider does that keys chose
            (lambda: driver.move((face.centerx + 2, face.centery)), True),
            (lambda: driver.move(slider.rect.center), True),
            (lambda: driver.post(pygame.WINDOWLEAVE), False),
            (lambda: driver.move(slider.rect.center), True),
            (lambda: driver.key("p"), False),
            (lambda: driver.key("escape"), True),
            (lambda: driver.move(face.center), False),
        ]
    ):
        do()
        driver.step()
        assert driver.screen.preview.visible == visible, number
    assert slider.value > 1.05


def test_preview_stands_beside_the_picture_and_follows_the_window(driver):
    preview = driver.screen.preview
    driver.move(driver.screen.area.face.rect.center)
    driver.key("down")
    for size in ((2560, 1440), (900, 600)):  # the same slider all the time
        driver.settle()
        driver.resize(size)
        assert all(face.visible and preview.rect.contains(face.rect) for face in preview.faces)
    for size in (*SIZES, (900, 600)):
        driver.resize(size)
        slider = sliders(driver)[30]
        driver.rest(slider.rect.center)
        assert preview.visible
        assert driver.screen.rect.contains(preview.rect)
        assert {face.picture.height for face in preview.faces} == {preview.rect.height}
        editor(driver).start(editor(driver).now.code, "Photo", np.zeros((160, 176), np.float32))
        others = [driver.screen.area.face, driver.screen.view.detail, *driver.screen.strip.children]
        others += [*driver.screen.view.buttons, driver.screen.view.more_button, *sliders(driver)]
        assert not any(preview.rect.colliderect(other.rect) for other in others)


def test_only_the_track_of_a_slider_moves_it(driver):
    slider, before = sliders(driver)[4], editor(driver).now
    driver.click((slider.rect.left + 12, slider.rect.top + 8))  # the name
    assert driver.window.pointer.focused is slider
    assert editor(driver).now is before
    driver.press((slider.rect.right - 12, slider.rect.top + 8))  # the value
    driver.move((slider.rect.left + 40, slider.rect.top + 8))
    driver.release()
    assert editor(driver).now is before
    assert driver.screen.sliders.field is None
    driver.click((slider.rect.right - 12, slider.rect.top + 8))
    assert driver.window.pointer.focused is driver.screen.sliders.field
    driver.enter("1.5")
    assert abs(slider.value - 1.5) < 1e-3
    driver.click((slider.x_of(-2.0), slider.track.centery))
    assert abs(slider.value + 2.0) < 0.05
    small, before = sliders(driver)[40], editor(driver).now
    driver.click((small.rect.left + 8, small.rect.centery))  # its number
    assert driver.window.pointer.focused is small
    assert editor(driver).now is before


def test_strip_sets_faces_that_are_empty_and_goes_to_those_that_are_set(driver):
    strip = driver.screen.strip
    driver.key("n")
    driver.click(strip.faces["a"])
    assert "This face is A now" in driver.said()
    driver.settle()
    assert strip.faces["a"].pixels is not None
    assert strip.faces["b"].pixels is None
    driver.key("n")
    driver.click(strip.faces["a"])
    assert np.array_equal(editor(driver).now.code, driver.latent.gallery[0])
    assert driver.screen.area.caption.text == "Face A"
    driver.key("n")
    driver.choose(strip.faces["b"])
    assert "This face is B now" in driver.said()
    assert np.array_equal(editor(driver).now.face_b, driver.latent.gallery[2])
    assert strip.slider.value == 1.0
    driver.click(strip.faces["a"])
    assert strip.slider.value == 0.0
    assert strip.faces["b"].help_text() == "Go to face B"
    before = editor(driver).now
    y = strip.slider.track.centery
    driver.sweep(*((strip.slider.x_of(t), y) for t in (0.0, 0.8, 0.4)))
    now = editor(driver).now
    assert abs(now.morph - 0.4) < 0.02 and driver.screen.area.caption.text == "Between A and B"
    assert np.allclose(now.code, editor(driver).between(now.morph), atol=1e-6)
    driver.key("ctrl+z")
    assert editor(driver).now is before  # one step for the whole drag
    driver.key("r")
    set_a = next(b for b in strip.children if getattr(b, "text", "") == "Set A")
    driver.click(set_a)
    assert np.array_equal(editor(driver).now.face_a, editor(driver).now.code)


def test_slow_decoder_never_holds_the_window_and_the_newest_face_wins(driver):
    slider = sliders(driver)[0]
    driver.press((slider.x_of(slider.value), slider.track.centery))
    driver.settle()
    driver.engine.decoded.clear()
    driver.engine.slow = 0.1
    frames = 0
    while len(driver.engine.decoded) < 4:  # frames pass while each face is computed
        frames += 1
        value = -2.5 + (frames % 100) / 20
        driver.move((slider.x_of(value), slider.track.centery))
        assert abs(slider.value - value) < 0.05  # the slider moves in the very frame
    wishes = len(driver.engine.decoded)
    assert frames > 3 * wishes
    assert {len(codes) for codes in driver.engine.decoded} == {1}  # and no face of the preview
    driver.release()
    driver.settle()
    driver.engine.slow = 0.0
    assert np.array_equal(shown(driver), editor(driver).now.code)


@pytest.fixture
def many(opened):
    """A window whose model has directions of every group, with readouts."""
    latent = fake_latent()
    names = [name for group in GROUPS.values() for name in group]
    vectors = np.random.default_rng(5).normal(size=(len(names), 80)) / 9
    directions = {**latent.directions, **dict(zip(names, vectors.astype(np.float32), strict=True))}
    readouts = {
        name: Readout(v / (v @ v), -float(v @ latent.mean) / (v @ v), 1989.0, 5.0, 9.4)
        for name, v in directions.items()
    }
    latent = replace(latent, directions=directions, readouts=readouts)
    return opened(latent=latent)


def test_sliders_with_names_come_first_in_groups_and_say_where_the_face_stands(many):
    groups = many.screen.sliders.groups()
    assert list(groups) == [*GROUPS, "OTHER", "WHAT THE NETWORK FOUND", "FINER DETAIL"]
    for heading, names in GROUPS.items():
        assert tuple(slider.label for slider in groups[heading]) == names
    year = groups["OTHER"][-1]
    assert (year.label, year.value_text) == ("year", "1989 ± 9")
    assert year.axis.ends == (1974, 2004)
    many.key("n")
    smile, code = groups["EXPRESSION"][0], editor(many).now.code
    assert abs(smile.value - many.latent.readouts["smile"].read(code)) < 1e-4
    drag_slider(many, smile, 2.0)
    moved = editor(many).now.code
    assert abs(many.latent.readouts["smile"].read(moved) - 2.0) < 0.05
    many.move(year.rect.center)
    many.key("return")
    many.enter("1975")
    assert year.value_text == "1975 ± 9"


def test_sliders_that_do_not_fit_are_scrolled_to_by_wheel_and_keys(many):
    many.resize((900, 600))
    panel = many.screen.sliders
    first, last = panel.all[0], panel.all[-1]

    def in_sight(slider):
        return panel.rect.contains(slider.rect)

    assert in_sight(first)
    assert not in_sight(last)
    many.wheel(-50, first.rect.center)
    assert first.value == pytest.approx(0, abs=1e-4)  # the wheel scrolled, and moved nothing
    assert in_sight(last)
    assert not in_sight(first)
    drag_slider(many, last, 1.0)
    assert last.value == pytest.approx(1.0, abs=0.1)
    many.wheel(5, last.rect.center)  # once a slider is picked, the wheel moves it
    assert last.value == pytest.approx(1.5, abs=0.1)
    many.key("pageup", "pageup")
    assert in_sight(first)
    many.click((first.rect.left + 10, first.rect.top + 6))  # the mouse stays where sliders pass
    for slider in panel.all[1:]:
        many.key("down")
        assert many.window.pointer.focused is slider
        assert in_sight(slider)


def test_far_away_codes_are_shown_and_can_be_worked_with(driver):
    far = driver.latent.from_sliders(np.linspace(-400, 400, 80))
    editor(driver).start(far, "far")
    driver.settle()
    assert sliders(driver)[79].x_of(sliders(driver)[79].value) == sliders(driver)[79].track.right
    drag_slider(driver, sliders(driver)[0], 0.0)
    driver.keys("s", "r")
    shown(driver)


def test_slider_answers_in_the_same_frame(driver, monkeypatch):
    monkeypatch.setattr("ui.app.CATCH", 20.0)  # as if no decoder took longer than a frame
    slider = sliders(driver)[0]
    driver.press((slider.x_of(slider.value), slider.track.centery))
    for value in (-2, -1, 0.5, 1, 2):
        driver.move((slider.x_of(value), slider.track.centery))
        assert np.array_equal(shown(driver), editor(driver).now.code)
    driver.release()
