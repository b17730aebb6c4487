import math

import numpy as np
import pytest
from PIL import Image

from tests.ui.driver import FakeEngine, doubled_photo, editor, shows, sliders
from ui.photo.eyes import Guess
from ui.saves import list_saves, read_save, save_face
from ui.session import Session
from ui.sliders.slider_screen import SlidersScreen
from ui.sliders.walk import write_gif
from ui.starts import TEMPERATURE

WINDOW = {"screens": [SlidersScreen], "size": (1280, 720), "hints": False}


@pytest.fixture
def photo(driver, tmp_path, monkeypatch):
    """A photo in the panel, its eyes, and where a search that takes no time guesses them."""
    face = driver.engine.decode(np.zeros((1, 80), np.float32))[0, ..., 0]
    path, eyes = doubled_photo(tmp_path, face)
    guess = Guess(np.subtract(eyes, (20, 0)), 0.9)
    monkeypatch.setattr("ui.panels.photo.guess_eyes", lambda *asked: (each for each in [guess]))
    driver.drop(path)
    panel = driver.screen.panels.photo
    driver.until(lambda: driver.screen.panels.open is panel)
    return panel, np.array(eyes), guess.eyes


def test_photo_with_eyes_in_known_places_becomes_the_face(driver, photo):
    panel, eyes, guessed = photo
    driver.settle()
    markers = panel.markers
    assert np.allclose(markers.eyes, guessed)
    spot = markers.to_window((40, 40))  # beside both
    driver.sweep(spot, (spot[0] + 30, spot[1] + 10))
    assert np.allclose(np.diff(markers.eyes, axis=0), np.diff(guessed, axis=0))
    assert markers.eyes[0, 0] > guessed[0, 0] + 5
    driver.wheel(3, spot)
    assert np.ptp(markers.eyes[:, 0]) > 1.1 * np.ptp(guessed[:, 0])
    for number, eye in enumerate(eyes):  # drag each marker from where it is onto its eye
        driver.sweep(markers.to_window(markers.eyes[number]), markers.to_window(eye))
    driver.settle()
    assert np.abs(markers.eyes - eyes).max() < 2
    expected = driver.engine.decode(np.zeros((1, 80), np.float32))[0, ..., 0]
    assert np.abs(panel.face.image - expected).mean() < 0.02
    assert panel.crop.pixels is not None
    assert panel.reconstruction.pixels is not None
    code = panel.face.code
    driver.keys("return")
    assert driver.screen.panels.open is None
    assert np.array_equal(editor(driver).now.code, code)
    assert "me.png" in editor(driver).now.caption


def test_a_guess_never_moves_markers_that_the_user_moved(driver, photo):
    panel, _, guessed = photo
    worker = driver.app.worker
    with worker._changed:  # until it is made, and waits for the next frame
        worker._changed.wait_for(lambda: not worker.busy(panel.guess_slot))
    panel.markers.resize(1.5)
    placed = panel.markers.eyes.copy()
    driver.settle()
    assert np.array_equal(panel.markers.eyes, placed)
    assert not np.allclose(placed, guessed)


def set_faces(driver):
    for name in ("shift+a", "shift+b"):
        driver.key("n")
        driver.key(name)


def test_walk_goes_from_a_to_b_with_the_morph_slider_and_stops_where_it_is(driver, monkeypatch):
    driver.key("space")
    assert "two faces" in driver.said()
    assert "Shift A and Shift B" in driver.said()
    for code in driver.latent.gallery[:2]:
        save_face(driver.session.folder, driver.engine.face, code, "another model")
    driver.key("space")
    assert "the saved ones are of another" in driver.said()
    set_faces(driver)
    strip, clock = driver.screen.strip, [100.0]
    monkeypatch.setattr(driver.window, "now", lambda: clock[0])
    assert strip.play.text == "Play"
    driver.click(strip.play)
    assert strip.play.text == "Stop"
    values = []
    for _ in range(7):
        clock[0] += 0.6
        driver.step()
        values.append(strip.slider.value)
        # the face is the one at this place of the slider
        expected = editor(driver).between(strip.slider.value)
        assert np.allclose(editor(driver).now.code, expected, atol=1e-4)
    assert values[:3] == sorted(values[:3])
    assert values[3] > 0.99
    assert values[3:] == sorted(values[3:], reverse=True)
    driver.keys("space")
    assert strip.play.text == "Play"
    assert strip.slider.value == values[-1]
    assert shows(driver, editor(driver).now.code)
    driver.key("ctrl+z")
    assert np.array_equal(editor(driver).now.code, driver.latent.gallery[1])


def test_a_long_walk_has_fewer_frames_at_the_same_pace(driver, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.sliders.walk.GIF_FRAMES", {2: 4})
    list(write_gif(tmp_path, "walk", driver.latent.gallery[:9], 2, False, driver.engine))
    with Image.open(next(tmp_path.glob("walk*.gif"))) as film:
        assert (film.n_frames, film.info["duration"]) == (3, 200)


def test_walk_is_exported_as_a_gif_of_the_size_that_was_chosen_last(driver, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.sliders.slider_screen.GIF_STEPS", 3)

    def export(*names):
        for name in names:
            driver.key(name)
        driver.settle()
        path = max(tmp_path.glob("*.gif"), key=lambda path: path.stat().st_mtime_ns)
        assert path.name in driver.said()
        with Image.open(path) as film:
            assert film.n_frames == 6
            return path.name.partition("-")[0], film.size

    for _ in range(2):
        driver.keys("r", "ctrl+s")
    assert export("ctrl+e") == ("walk", (704, 640))  # as saves are
    set_faces(driver)
    driver.click(driver.screen.strip.export)
    large, small = driver.window.menu.buttons
    assert "704 x 640" in large.text
    driver.click(small)
    assert export() == ("morph", (352, 320))
    assert export("ctrl+e") == ("morph", (352, 320))
    driver.close()
    assert Session(tmp_path).setting("gif_enlargement", 4) == 2


def test_seed_typed_in_the_panel_brings_its_face(driver):
    driver.key("o")
    more = driver.screen.more
    for seed in ("123456", "321"):  # the old one, six digits long, makes room
        driver.click(more.seed)
        driver.enter(f"{seed}r")
        face = editor(driver).starts.sample(int(seed), 1)[0]
        assert np.array_equal(editor(driver).now.code, face)
        assert more.seed.text == seed


def test_slider_is_renamed_from_the_panel_that_lay_over_it(driver):
    driver.resize((900, 600))
    slider = driver.screen.sliders.directions[0]
    driver.window.pointer.focus(slider)
    driver.key("o")
    driver.key("1")  # no field opens where nobody sees it
    assert driver.screen.sliders.field is None
    buttons = driver.screen.more.body.children
    named = (button for button in buttons if getattr(button, "text", "") == "Rename slider")
    driver.click(next(named))
    field = driver.screen.sliders.field
    assert driver.window.root.hit(field.rect.center) is field
    driver.enter("jaw")
    assert slider.label == "jaw"


def test_temperature_goes_back_with_a_double_click_and_at_the_next_start(opened, monkeypatch):
    monkeypatch.setattr("ui.widgets.pointer.DOUBLE_CLICK", math.inf)
    driver = opened()
    driver.key("o")
    slider = driver.screen.more.temperature
    driver.click((slider.x_of(0.0), slider.track.centery))
    assert "temperature 0.00" in driver.screen.area.caption.text
    driver.click((slider.x_of(0.0), slider.track.centery))
    assert editor(driver).starts.temperature == TEMPERATURE
    driver.wheel(-20, slider.rect.center)
    driver = opened()
    assert editor(driver).starts.temperature == TEMPERATURE


def test_session_is_kept_offered_and_taken_up(opened, tmp_path):
    driver = opened()
    driver.key("n")
    driver.wheel(5, sliders(driver)[3].rect.center)
    driver.move(sliders(driver)[7].rect.center)
    driver.key("l", "shift+a")
    end = editor(driver).now
    driver.keys("ctrl+s")
    title = "Training face 1 of 300 · changed"
    saved = read_save(list_saves(tmp_path)[0].path)
    assert saved.details["caption"] == title
    opened()  # a start that changes nothing keeps it
    driver = opened()
    assert editor(driver).now.caption == "Mean face"
    driver.key("ctrl+l")
    now = editor(driver).now
    assert now.code.tobytes() == end.code.tobytes()
    assert np.array_equal(now.locks, end.locks)
    assert np.array_equal(now.face_a, end.face_a)
    driver.wheel(5, sliders(driver)[3].rect.center)
    assert driver.screen.area.caption.text == title


def test_directions_and_sliders_are_named_and_kept_as_they_come_and_go(opened, tmp_path):
    driver = opened()
    more, panel = driver.screen.more, driver.screen.sliders

    def names():
        """Of the directions that have sliders, which the next start would find too."""
        driver.keep()
        found = list(Session(tmp_path, FakeEngine.model_id).directions)
        assert [slider.label for slider in panel.directions] == ["F to M", "year", *found]
        return found

    set_faces(driver)
    driver.key("shift+d")
    driver.enter("smile")
    assert names() == ["smile"]
    driver.click(more.name)
    driver.type_text("grin")
    save = next(child for child in more.body.children if child.help_text().endswith("[Shift D]"))
    assert save.rect.centery == more.name.rect.centery
    driver.click(save)
    assert names() == ["smile", "grin"] and more.name.text == ""
    driver.key("escape")
    driver.move(panel.directions[-1].rect.center)
    driver.key("shift+backspace")
    assert names() == ["smile"]
    driver.key("ctrl+z")
    assert names() == ["smile", "grin"]
    slider = sliders(driver)[40]
    driver.move(slider.rect.center)
    driver.key("f2")
    driver.enter("jaw")
    assert slider.help_text().startswith("jaw (Slider 41) at ")
    assert driver.window.pointer.focused is slider
    assert list(panel.groups())[1] == "YOURS"  # where one finds it
    driver.key("ctrl+z", "ctrl+z", "ctrl+z")
    assert names() == []
    driver.key("ctrl+y", "ctrl+y", "ctrl+y")
    driver = opened()
    groups = driver.screen.sliders.groups
    assert [slider.label for slider in groups()["YOURS"]] == ["smile", "grin", "jaw"]
    driver.key("down")
    driver.window.pointer.focus(sliders(driver)[40])
    driver.key("f2", "backspace", "return")
    assert sliders(driver)[40].label == "Slider 41" and len(groups()["YOURS"]) == 2
