"""Sharp, the toggle that both screens share."""

import numpy as np
from PIL import Image

from tests.ui.driver import FakeEngine
from ui.saves import list_saves, read_save
from ui.session import Session
from ui.window import NO_FINISHER

INVENTED = 0.05 * (np.indices((160, 176)).sum(axis=0) % 2)


class SharpEngine(FakeEngine):
    can_finish = True

    def finish(self, codes):
        return np.clip(self.decode(codes) + INVENTED[..., np.newaxis], 0, 1).astype(np.float32)


WINDOW = {"engine": SharpEngine(), "start": "sliders", "size": (1280, 720)}


def invented(pixels, code):
    """Whether a picture is the finished face of a code; if not, it has to be the decoded one."""
    engine = SharpEngine()
    decoded, finished = (
        np.rint(255 * draw(code[np.newaxis])[0, ..., 0]) for draw in (engine.decode, engine.finish)
    )
    assert np.abs(pixels - decoded).max() <= 1 or np.abs(pixels - finished).max() <= 1
    return bool(np.abs(pixels - decoded).max() > 1)


def test_a_key_and_a_click_change_every_face_and_the_session_remembers(driver, opened, tmp_path):
    screen, toggle = driver.screen, driver.window.header.sharp
    driver.keys("r", "shift+a", "s", "r")
    slider = screen.sliders.sliders[0]
    driver.rest(slider.rect.center)
    state = screen.editor.now

    def every_face():
        places = [slider.axis.moved(state.code, end) for end in slider.axis.ends]
        faces = [(screen.area.face, state.code), (screen.strip.faces["a"], state.face_a)]
        faces += zip(screen.area.strip.children, screen.area.suggestions, strict=True)
        faces += zip(screen.preview.faces, places, strict=True)
        return {invented(face.pixels, code) for face, code in faces}

    assert toggle.selected and every_face() == {True}
    assert "invented" in toggle.help_text()
    driver.keys("shift+s")
    assert not toggle.selected and every_face() == {False}
    driver.close()
    assert Session(tmp_path).setting("sharp", True) is False
    again = opened()
    assert not again.window.header.sharp.selected
    again.click(again.window.header.sharp)
    again.settle()
    assert again.window.header.sharp.selected
    shown = again.screen.area.face.pixels
    assert invented(shown, again.screen.editor.now.code)


def test_saves_and_films_of_the_sliders_are_as_the_face_shows(driver, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.sliders.slider_screen.GIF_STEPS", 3)
    driver.keys("r", "ctrl+s")
    driver.keys("shift+s", "ctrl+s")
    for file, sharp in zip(list_saves(tmp_path), (False, True), strict=True):
        save = read_save(file.path)
        assert save.details["sharp"] is sharp
        assert invented(255 * save.image, save.code) is sharp
    driver.keys("shift+s", "ctrl+e")
    with Image.open(next(tmp_path.glob("*.gif"))) as film:
        pixels = np.asarray(film.convert("L"), np.float32)[::4, ::4]
    assert np.mean(pixels * np.sign(0.01 - INVENTED)) < -0.5  # lighter where it was added


def test_the_detail_of_a_photo_is_kept_on_its_face_and_none_is_invented_there(driver, tmp_path):
    editor, face = driver.screen.editor, driver.screen.area.face
    driver.key("shift+p")
    assert "belongs to a photo" in driver.said()
    detail = np.zeros((160, 176), np.float32)
    detail[20:30, 20:30] = 0.2
    editor.start(code := np.zeros(80, np.float32), "Photo me.png", detail)
    driver.settle()
    detailed = 255 * np.clip(driver.engine.decode(code[np.newaxis])[0, ..., 0] + detail, 0, 1)
    assert np.abs(face.pixels - detailed).max() <= 0.5
    driver.keys("shift+p")
    assert invented(face.pixels, code)
    driver.keys("ctrl+z")
    assert np.abs(face.pixels - detailed).max() <= 0.5
    driver.keys("ctrl+s", "m")
    driver.drop(list_saves(tmp_path)[0].path, settled=True)
    assert np.abs(editor.now.detail - detail).max() < 0.003
    assert np.abs(face.pixels - detailed).max() <= 1


def test_answers_to_a_drawing_are_sharp_or_not(driver, tmp_path):
    driver.keys("tab")
    screen = driver.screen
    assert invented(screen.view.face.pixels, screen.keeper.answer.code)
    driver.keys("shift+s")
    assert not invented(screen.view.face.pixels, screen.keeper.answer.code)
    driver.key("v")  # not live: the drawing goes on, and its answer stays behind
    canvas = screen.view.canvas.rect
    driver.sweep(canvas.center, (canvas.centerx + 40, canvas.centery))
    driver.settle()
    code = screen.keeper.answer.code
    driver.keys("shift+s")
    assert np.array_equal(screen.keeper.answer.code, code)
    assert invented(screen.view.face.pixels, code)
    driver.keys("j", "r")
    assert invented(screen.drawing.pixels[..., 0], screen.drawing.fixed_code)
    driver.keys("ctrl+s")
    save = read_save(list_saves(tmp_path)[0].path)
    assert save.details["sharp"] and invented(255 * save.image, save.code)


def test_without_a_finisher_the_toggle_says_why_it_is_off(opened):
    driver = opened(engine=FakeEngine())
    toggle = driver.window.header.sharp
    assert not toggle.selected and not toggle.enabled
    driver.move(toggle.rect.center)
    driver.step()
    assert driver.window.help_line.text == NO_FINISHER
    driver.key("shift+s")
    assert driver.said() == NO_FINISHER
    assert driver.session.setting("sharp", True)
