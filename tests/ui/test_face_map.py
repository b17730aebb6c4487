from dataclasses import replace

import numpy as np
import pytest

from tests.ui.driver import fake_latent, lie_apart, shows
from ui.sliders.editor import direction_axis
from ui.sliders.face_map import SIDE, CornersMap, SlidersMap, grid
from ui.sliders.slider_screen import SlidersScreen

SIZES = ((900, 600), (1280, 720), (2560, 1440))
PLACE = (0.9, 0.25)
WINDOW = {"screens": [SlidersScreen]}


@pytest.fixture
def driver(opened, monkeypatch):
    monkeypatch.setattr("ui.sliders.face_map.SIDE", 3)
    driver = opened()
    driver.keys("shift+f")
    return driver


def point(driver, place):
    driver.rest(driver.screen.map.pad.where(place))


def expected(driver, place):
    pad = driver.screen.map.pad
    x, y = driver.pos
    return driver.screen.map.square.at(pad.place_at((x, y)))


def test_both_sliders_read_what_belongs_to_a_place_even_if_they_move_each_other():
    latent, code = fake_latent(), fake_latent().gallery[3]
    axes = [direction_axis(latent, *item) for item in latent.directions.items()]
    axes[1] = direction_axis(latent, "mixed", axes[0].step + axes[1].step)
    square = SlidersMap(code, *axes)
    found = square.at((0.25, 1))
    assert np.allclose([axis.read(found) for axis in axes], [-1.5, 3], atol=1e-4)
    assert np.allclose(square.place_of(found), (0.25, 1), atol=1e-4)
    assert np.allclose(square.at(square.place_of(code)), code, atol=1e-4)
    same = SlidersMap(code, axes[0], direction_axis(latent, "again", axes[0].step))
    assert np.abs(same.at((0, 1))).max() < 100  # no way leads there; it ends in no distance either


def test_four_faces_are_exact_at_their_corners():
    latent = fake_latent()
    corners = latent.gallery[:4]
    codes = grid(CornersMap(latent, corners))
    assert len(codes) == SIDE**2
    for place, corner in zip((0, SIDE - 1, -SIDE, -1), corners, strict=True):
        assert np.array_equal(codes[place], corner)
    middle = latent.mahalanobis(codes[SIDE**2 // 2])
    assert middle > 0.9 * latent.mahalanobis(corners).min()  # no fog between them


def test_the_face_follows_the_mouse_and_nothing_happens_until_a_click(driver):
    screen, pad = driver.screen, driver.screen.map.pad
    before, steps = screen.editor.now, screen.steps
    for place in (PLACE, (0.1, 0.6)):
        point(driver, place)
        assert shows(driver, expected(driver, place))
        assert not shows(driver, before.code)
    count = len(driver.engine.decoded)
    for _ in range(20):  # while the mouse rests
        driver.app.step()
        assert not driver.window.root.stale
    assert len(driver.engine.decoded) == count and screen.update(driver.window.now()) is None
    assert "changed" in screen.area.caption.text
    assert screen.editor.now is before and screen.steps == steps
    assert np.array_equal(screen.code(), before.code)
    driver.rest(screen.area.face.rect.center)
    assert shows(driver, before.code)
    assert screen.area.caption.text == before.title
    driver.press(pad.where(PLACE))
    driver.release(screen.area.face.rect.center)
    driver.click(pad.where(PLACE), button=3)
    driver.keys("escape")
    assert screen.panels.open is None and screen.editor.now is before
    assert shows(driver, before.code)


def test_a_click_takes_the_face_as_one_step_and_undo_takes_the_last_real_step_back(driver):
    driver.key("r", "n")
    screen, before = driver.screen, driver.screen.editor.now
    random = screen.editor.history.past[-2]
    point(driver, PLACE)
    taken = expected(driver, PLACE)
    drawn = len(driver.engine.decoded)
    driver.choose(driver.pos)
    assert np.array_equal(screen.editor.now.code, taken)
    assert shows(driver, taken)
    assert len(driver.engine.decoded) - drawn < 3  # the small faces are the same, and stay
    assert np.allclose(screen.map.pad.here, screen.map.pad.place_at(driver.pos), atol=1e-4)
    driver.keys("ctrl+z")
    assert screen.editor.now == before
    assert shows(driver, before.code)
    point(driver, (0.1, 0.6))
    driver.key("ctrl+z")
    driver.until(lambda: shows(driver, random.code))
    assert screen.editor.now == random


def test_keys_go_over_the_small_faces_of_the_map_and_take_one(driver):
    screen, pad = driver.screen, driver.screen.map.pad
    driver.rest((5, 5))
    face = driver.engine.decode(screen.map.square.at((0, 0.5))[None])[0, ..., 0]  # a small one
    x, y = map(round, pad.where((0, 0.5)))
    assert abs(int(driver.pixels()[x, y, 0]) - 255 * face[78:82, 91:96].mean()) < 12
    driver.window.pointer.focus(pad)
    driver.keys("right", "right", "up")
    place, before = pad.looked_at, screen.editor.now
    assert shows(driver, screen.map.square.at(place))
    assert screen.editor.now is before
    driver.key("return")
    assert np.allclose(screen.map.square.place_of(screen.editor.now.code), place, atol=1e-4)
    assert screen.steps == 1


def test_the_slider_that_is_pointed_at_goes_across_and_others_when_it_is_gone(driver):
    screen = driver.screen
    for number in (59, 4):
        driver.key("escape")
        driver.move(screen.sliders.sliders[number].rect.center)
        driver.key("shift+f")
        name = f"Slider {number + 1}"
        assert screen.map.names == [name, "Slider 2"]
        driver.click(screen.map.choices[0])
        assert [button.text for button in driver.window.menu.buttons if button.selected] == [name]
        driver.click((10, 300))  # beside the menu
        assert driver.window.menu is None
    driver.click(screen.map.choices[1])
    items = {button.text: button for button in driver.window.menu.buttons}
    driver.click(items["Slider 5"])
    assert screen.map.names == ["Slider 2", "Slider 5"]
    point(driver, PLACE)
    axis, before = screen.sliders.sliders[4].axis, screen.editor.now.code
    assert abs(axis.read(screen.front.code) - (0.25 * 6 - 3)) < 0.1
    moved = driver.latent.to_sliders(screen.front.code) - driver.latent.to_sliders(before)
    assert np.allclose(np.delete(moved, [1, 4]), 0, atol=1e-3)
    driver.key("u")  # others take the place of those that are gone
    assert len(set(screen.map.names)) == 2
    assert not any(name.startswith("Slider") for name in screen.map.names)
    point(driver, (0.1, 0.6))
    assert shows(driver, expected(driver, (0.1, 0.6)))


def test_four_faces_are_this_one_a_b_and_chance_and_corners_can_be_changed(driver):
    screen = driver.screen
    codes = []
    for key in ("a", "b", None):
        driver.key("n")
        codes.append(screen.editor.now.code)
        if key:
            driver.key(f"shift+{key}")
    driver.click(screen.map.modes[1])
    a, b, this = codes
    assert all(map(np.array_equal, screen.map.corners[:3], (this, a, b)))
    driver.click(screen.map.pad.where((0.9, 0.1)), button=3)
    driver.click(next(c for c in driver.window.menu.children if c.text == "Face A"))
    assert np.array_equal(screen.map.corners[3], a)
    driver.click(screen.map.pad.rect.move(-1, -1).bottomright)
    assert np.array_equal(screen.editor.now.code, a)
    assert screen.editor.now.title == "Between four faces"
    assert all(map(np.array_equal, screen.map.corners[:3], (this, a, b)))


def test_everything_has_its_place_in_every_size(driver):
    for size in SIZES:
        driver.resize(size)
        assert driver.screen.map.rect.contains(driver.screen.sliders.rect)  # none looks out
        for mode in driver.screen.map.modes:
            driver.click(mode)
            parts = [w for w in driver.screen.map.body.children if w.visible]
            assert lie_apart(parts, driver.screen.map.rect)
            pad = driver.screen.map.pad.rect
            assert pad.width == pad.height > 0.5 * driver.screen.map.rect.height
        face = [driver.screen.area.face, driver.screen.area.caption, *driver.screen.area.buttons]
        assert lie_apart(face, driver.screen.area.rect)
    driver.resize(SIZES[0])
    items = [(f"Item {n}", lambda: None, "") for n in range(40)]  # a menu gets columns
    driver.window.open_menu(items, driver.screen.map.choices[0].rect)
    assert driver.window.root.rect.contains(driver.window.menu.box)
    assert lie_apart(driver.window.menu.children, driver.window.menu.box)


def test_the_map_opens_while_a_slider_is_held(driver):
    driver.key("escape")
    slider = driver.screen.sliders.sliders[0]
    driver.press((slider.x_of(0.0), slider.track.centery))
    driver.move((slider.x_of(1.5), slider.track.centery))
    driver.key("shift+f")
    assert driver.screen.panels.open is driver.screen.map and driver.screen.map.axes
    driver.release()
    editor = driver.screen.editor
    editor.now = replace(editor.now)  # a drag that came back to where it began
    editor.commit()
    assert editor.now is editor.history.now


def test_a_locked_slider_is_no_axis_and_stays_between_four_faces(driver):
    driver.key("r")
    driver.screen.editor.toggle_lock(1)
    value = driver.latent.to_sliders(driver.screen.editor.now.code)[1]
    assert driver.screen.map.names == ["Slider 1", "Slider 3"]
    driver.key("escape")
    driver.move(driver.screen.sliders.sliders[1].rect.center)
    driver.key("shift+f")
    driver.click(driver.screen.map.choices[0])
    assert "Slider 2" not in [button.text for button in driver.window.menu.buttons]
    driver.key("escape")
    driver.click(driver.screen.map.modes[1])
    point(driver, PLACE)
    assert abs(driver.latent.to_sliders(driver.screen.front.code)[1] - value) < 1e-3
