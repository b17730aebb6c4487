"""Around the canvas: refining, faces to start from, hand-over, saves, films and the session."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageSequence

from model.tones import cell_tones, fit_tones
from tests.ui.driver import SHAPE, FakeEngine, cover, fake_latent, stroke, tone
from ui.drawing.answers import CANDIDATES, NEAREST_FACES, REALISM, DrawingDecoder
from ui.drawing.drawing import painted
from ui.drawing.drawing_screen import DrawingScreen
from ui.pictures import to_pixels
from ui.saves import list_saves
from ui.sliders.slider_screen import SlidersScreen
from ui.theme import COLORS


class WatchedEngine(FakeEngine):
    """Keeps what it was given to refine with, and waits on the way where a test wants to look."""

    held_after = 5  # codes that it found

    def __init__(self):
        super().__init__()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def refine(self, code, image, weights, latent, steps=3):
        self.evidence = image.copy(), weights.copy()
        for number, found in enumerate(super().refine(code, image, weights, latent, steps)):
            if number == self.held_after:
                self.goes_on.wait(60)
            yield found


WINDOW = {"screens": [DrawingScreen], "hints": False}


@pytest.fixture
def driver(opened):
    return opened(engine=WatchedEngine())


def sketch(driver):
    stroke(driver, (40, 60), (80, 50), (120, 60))
    stroke(driver, (60, 90), (64, 90), settled=True)


def drawing(driver):
    return driver.screen.drawing.pixels.copy()


# Refining


@pytest.fixture(scope="module")
def toned():
    """The driver's latent space, with the tones of its engine's faces."""
    latent = fake_latent()
    return replace(latent, tones=fit_tones(latent, cell_tones(FakeEngine().decode(latent.gallery))))


@pytest.mark.parametrize("realism", [0.0, 0.5, 1.0])
def test_a_start_face_changes_only_where_it_is_painted(toned, realism):
    engine, decoder = FakeEngine(), DrawingDecoder(toned, realism)
    face = engine.decode(3 * toned.gallery[:1])[0, ..., 0]  # far out: realism would move it
    start = to_pixels(face)
    untouched = decoder.decode(engine, painted(face), start=start)
    code = engine.encode(start[np.newaxis, ..., np.newaxis] / np.float32(255))[0]
    np.testing.assert_allclose(untouched.code, code, atol=1e-4)
    canvas = painted(face)
    canvas[20:60, 40:140, 0] = 0
    changed = decoder.decode(engine, canvas, start=start)
    assert np.abs(changed.code - code).max() > 0.1


def test_areas_that_are_painted_have_their_tone_in_the_answer(toned):
    engine, errors = FakeEngine(), []
    engine.encode_sketch = lambda drawings: 0.2 * engine.guess(drawings[..., :1])
    canvas = painted(engine.decode(2 * toned.gallery[:1])[0, ..., 0])
    for latent in (fake_latent(), toned):
        answer = DrawingDecoder(latent, 0.0).decode(engine, canvas)
        errors.append(np.abs(answer.image - canvas[..., 0] / 255).mean())
    assert errors[1] < 0.7 * errors[0]


def test_refining_brings_the_tones_nearer_to_what_is_painted_and_leaves_the_rest(driver):
    sketch(driver)
    drawn = driver.screen.drawing
    answer = driver.screen.keeper.answer

    def error(image):
        missing = ((tone(drawn) - image) * cover(drawn)).reshape(10, 16, 11, 16)
        return float(np.square(missing.mean(axis=(1, 3))).sum())

    driver.keys("i")
    image, mask = driver.engine.evidence
    assert mask.min() == 1 and (image < answer.image)[cover(drawn) == 1].mean() > 0.9  # black ink
    np.testing.assert_allclose(image[144:], answer.image[144:], atol=1e-6)  # far from it
    assert error(driver.screen.keeper.answer.image) < 0.8 * error(answer.image)
    refined = driver.screen.keeper.answer.code
    driver.keys("ctrl+z")
    assert np.array_equal(driver.screen.keeper.answer.code, answer.code)
    driver.keys("ctrl+y")
    assert np.array_equal(driver.screen.keeper.answer.code, refined)


def test_refining_never_shows_a_face_that_agrees_less(driver):
    class Astray(FakeEngine):
        def refine(self, code, image, weights, latent, steps=3):
            white = self.encode(np.ones((1, *SHAPE)))[0]  # where the ink is black
            for step in range(2 * steps):
                yield white, step / (2 * steps)

    engine, drawn = Astray(), driver.screen.drawing
    sketch(driver)
    code = engine.encode(tone(drawn)[None])[0]
    found = list(driver.screen.keeper.decoder.refine(engine, code, drawn.model_input()))
    assert len(found) > 4 and all(np.array_equal(answer.code, code) for answer in found)


def test_refining_shows_progress_and_ends_by_esc_tab_or_a_new_stroke(opened):
    driver = opened(screens=[DrawingScreen, SlidersScreen], engine=WatchedEngine())
    driver.key("tab")
    assert driver.screen.editor.now.caption == "Mean face"  # a bare canvas takes none along
    driver.key("tab", "i")
    screen = driver.screen
    assert "Draw something first" in driver.said() and not screen.keeper.refining
    for key, y in (("escape", 90), ("tab", 120)):
        stroke(driver, (60, y), (90, y), settled=True)
        before = screen.keeper.answer.code
        driver.engine.goes_on.clear()
        driver.key("i")
        driver.until(lambda: "27%" in screen.view.status.text)
        assert screen.view.refine.text == "Stop"
        driver.key(key)
        found = driver.screen.code()
        assert not screen.keeper.refining and not np.array_equal(found, before)
        driver.engine.goes_on.set()
        driver.settle()
        assert np.array_equal(screen.code(), found)
    driver.key("tab", "i")
    stroke(driver, (90, 120), (100, 120))
    assert not screen.keeper.refining
    driver.settle()
    assert screen.drawing.fixed_code is None


def test_a_face_that_arrives_during_a_stroke_keeps_the_stroke(driver):
    window = [driver.screen.view.canvas.to_window(p) for p in ((40, 60), (120, 60))]
    driver.press(window[0])
    driver.move(window[1])
    driver.keys("m")
    assert cover(driver.screen.drawing).min() == 1
    driver.release()
    driver.key("ctrl+z")
    inked = cover(driver.screen.drawing)
    assert inked[60, 45:115].min() == 1 and inked[100].max() == 0


def test_as_a_photo_the_portrait_encoder_answers_and_a_line_explains_it(driver):
    driver.engine.guess = lambda images: np.full((len(images), 80), images.mean(), np.float32)
    sketch(driver)
    before = driver.screen.keeper.answer.code
    driver.choose(driver.screen.view.as_photo)
    view, mean = driver.screen.view, tone(driver.screen.drawing).mean()
    likely = driver.latent.make_likely(np.full(80, mean, np.float32), REALISM)
    np.testing.assert_allclose(driver.screen.keeper.answer.code, likely, atol=1e-4)
    assert view.as_photo.selected and "never seen a sketch" in driver.said()
    assert "portrait encoder" in view.status.text
    driver.keys("y")
    assert np.array_equal(driver.screen.keeper.answer.code, before)


# Faces to start from


def test_a_face_to_start_from_is_canvas_and_answer(driver):
    sketch(driver)
    before, drawn = drawing(driver), driver.screen.drawing
    gallery = driver.latent.gallery
    codes = {"m": driver.latent.mean, "n": gallery[0], "shift+n": gallery[-1], "r": None}
    for key, code in codes.items():
        driver.keys(key)
        assert cover(drawn).min() == 1
        assert np.abs(tone(drawn) - driver.screen.keeper.answer.image).max() < 0.003
        assert code is None or np.array_equal(driver.screen.code(), np.asarray(code, np.float32))
    for _ in codes:
        driver.key("ctrl+z")
    assert np.array_equal(drawing(driver), before)
    driver.settle()
    answer = driver.screen.keeper.answer
    driver.click(driver.screen.view.start)
    menu = driver.window.menu
    words = [button.text for button in menu.children]
    assert words[0] == "Mean face" and "Your photo …" in words and "Saved face …" in words
    driver.choose(menu.children[words.index("This answer")])
    assert np.array_equal(drawing(driver), painted(answer.image))
    assert np.array_equal(driver.screen.code(), answer.code)


def test_the_panel_shows_difference_and_nearest_faces_which_pull_the_answer(driver):
    driver.keys("n")
    driver.keys("d")
    panel = driver.screen.view.explain
    assert panel.visible and all(face.pixels is not None for face in panel.strip.children)
    assert np.array_equal(panel.codes[0], driver.latent.gallery[0])
    assert np.ptp(panel.difference.pixels.astype(int)) <= 1  # the answer is what is painted
    stroke(driver, (60, 60), (120, 60), settled=True)
    driver.key("w")
    stroke(driver, (60, 20), (120, 20))
    driver.key("5")
    stroke(driver, (60, 120), (120, 120), settled=True)
    view = panel.difference
    assert abs(int(view.pixels[20, 90]) - 128) <= 1  # bare paper tells none
    ends = (view.pixels.argmax(), 60, COLORS.lighter), (view.pixels.argmin(), 120, COLORS.darker)
    for number, y, tint in ends:
        row, column = np.unravel_index(number, view.pixels.shape)
        assert abs(row - y) < 5
        x, y = map(round, view.to_window((column, row)))
        shade = 255.0 - driver.pixels()[x, y]  # how it differs from white
        assert np.ptp(shade) > 20 and np.corrcoef(shade, 255.0 - np.array(tint))[0, 1] > 0.97
    before, code, face = drawing(driver), driver.screen.keeper.answer.code, panel.codes[3]
    driver.choose(panel.strip.children[3])
    assert np.array_equal(drawing(driver), before)
    pulled = driver.screen.keeper.answer.code
    assert np.allclose(pulled, (code + face) / 2, atol=1e-5)
    assert np.array_equal(driver.screen.code(), pulled)
    driver.keys("ctrl+z")
    assert np.array_equal(driver.screen.keeper.answer.code, code)
    driver.key("escape")
    assert not panel.visible


def test_the_nearest_faces_are_those_that_look_most_alike(driver):
    latent, engine = driver.latent, driver.engine
    code = latent.gallery[4]
    *_, (codes, images) = driver.screen.keeper.decoder.nearest(engine, code)
    faces = engine.decode(latent.gallery[latent.nearest(code, CANDIDATES)])[..., 0]
    errors = np.square(faces - engine.decode(code[None])[0, ..., 0]).mean(axis=(1, 2))
    shown = np.square(images - images[0]).mean(axis=(1, 2))
    assert np.array_equal(codes[0], code) and len(codes) == NEAREST_FACES
    np.testing.assert_allclose(shown, np.sort(errors)[:NEAREST_FACES], rtol=0.3, atol=1e-9)


# The face that was started from


def erase(driver, key, *points):
    """Sweep with a tool, wider than what was painted; then take the brush again."""
    radius = driver.screen.brush.radius
    driver.key(key)
    driver.screen.change_brush(radius=radius + 3)
    stroke(driver, *points)
    driver.screen.change_brush(radius=radius)
    driver.key("b")


def test_the_eraser_brings_back_the_face_that_was_started_from(driver):
    driver.wheel(8, driver.screen.view.canvas.rect.center)
    driver.keys("n")
    face = drawing(driver)
    stroke(driver, (60, 40), (120, 40))
    stroke(driver, (60, 80), (120, 80))
    erase(driver, "e", (50, 40), (130, 40))
    assert np.array_equal(drawing(driver)[:60], face[:60])
    assert drawing(driver)[80, 90, 0] == 0
    erase(driver, "w", (50, 40), (130, 40))
    assert cover(driver.screen.drawing)[40, 60:120].max() == 0
    erase(driver, "e", (50, 40), (130, 40))
    assert np.abs(drawing(driver)[40, 60:120].astype(int) - face[40, 60:120]).max() <= 1
    driver.key("delete")
    stroke(driver, (60, 40), (120, 40))
    erase(driver, "e", (50, 40), (130, 40))
    assert driver.screen.drawing.empty
    for _ in range(3):
        driver.key("ctrl+z")
    stroke(driver, (60, 120), (120, 120))
    driver.screen.resize_brush(3)
    stroke(driver, (50, 120), (130, 120), button=3)
    assert np.array_equal(drawing(driver)[100:], face[100:])


def test_the_start_face_is_kept_in_the_session_with_the_tools_and_in_saves(opened, tmp_path):
    first = opened()
    first.keys("n")
    face = drawing(first)
    stroke(first, (60, 40), (120, 40), settled=True)
    first.keys("i")
    first.keys("ctrl+s")
    first.key("3", "f")
    before, answer = drawing(first), first.screen.keeper.answer
    path = list_saves(tmp_path)[0].path
    opened()  # who only looks in loses nothing
    second = opened()
    assert second.screen.brush.tone == 0.5 and second.screen.brush.soft
    assert second.screen.drawing.empty
    second.key("f")
    for bring_back in (lambda: second.key("ctrl+l"), lambda: second.drop(path)):
        bring_back()
        second.settle()
        assert np.array_equal(drawing(second), before)
        assert np.array_equal(second.screen.code(), answer.code)
        assert np.array_equal(second.screen.keeper.answer.image, answer.image)
        erase(second, "e", (50, 40), (130, 40))
        assert np.array_equal(drawing(second)[:60], face[:60])
        second.key("delete")
    for name, value in (("start", "AAAA"), ("model", "another")):
        second.session.settings[f"drawing.{name}"] = value
        second.keys("ctrl+l")
        assert np.array_equal(drawing(second), before)
        assert (second.screen.drawing.fixed_code is None) == (name == "model")
        erase(second, "e", (50, 40), (130, 40))
        assert cover(second.screen.drawing)[40, 60:120].max() == 0
        second.key("delete")


def test_to_the_sliders_and_back(opened):
    driver = opened(screens=[SlidersScreen, DrawingScreen])
    driver.keys("n")
    driver.choose(driver.window.header.tabs[1])
    assert np.array_equal(driver.screen.keeper.answer.code, driver.latent.mean)  # only shown
    driver.keys("tab", "tab")  # a bare canvas takes no face along
    assert np.array_equal(driver.screen.keeper.answer.code, driver.latent.gallery[0])
    driver.keys("tab")
    assert driver.screen.code().tobytes() == driver.latent.gallery[0].tobytes()
    driver.keys("tab")
    assert driver.screen.drawing.empty
    sketch(driver)
    screen, before, code = driver.screen, drawing(driver), driver.screen.keeper.answer.code
    driver.keys("tab")
    assert np.array_equal(driver.screen.code(), code)
    driver.key("tab")
    assert driver.screen is screen and np.array_equal(drawing(driver), before)  # nothing changed
    strokes = before[..., 1] == 255
    for back in (lambda: driver.key("tab"), lambda: driver.click(driver.window.header.tabs[1])):
        driver.keys("tab", "n")
        face = to_pixels(driver.engine.decode(driver.screen.code()[None])[0, ..., 0])
        back()
        driver.settle()
        under = drawing(driver)
        assert under[..., 1].min() == 255 and "Ctrl Z" in driver.said()
        assert np.array_equal(under[strokes], before[strokes])
        bare = before[..., 1] == 0
        assert np.abs(under[bare][:, 0].astype(int) - face[bare]).max() <= 1
        erase(driver, "e", (50, 90), (80, 90))
        assert np.array_equal(drawing(driver)[80:, :, 0], screen.drawing.start[80:])
        driver.keys("ctrl+z", "ctrl+z")
        assert np.array_equal(screen.keeper.answer.code, code)
        assert np.array_equal(drawing(driver), before)


# Saves, films, session


def test_the_film_replays_strokes_and_answers_from_the_last_new_sheet_on(driver, tmp_path):
    driver.key("ctrl+e")
    assert "draw something first" in driver.said()
    driver.wheel(20, driver.screen.view.canvas.rect.center)
    stroke(driver, (20, 20), (160, 20))
    driver.key("delete")
    stroke(driver, (20, 140), (160, 140), settled=True)
    driver.key("a")
    stroke(driver, (20, 120), (160, 120))
    assert len(driver.screen.drawing.sheet) == 4  # bare, a stroke, the answer, a stroke
    driver.keys("ctrl+e")
    (path,) = tmp_path.glob("*.gif")
    assert path.name in driver.said() and path.stat().st_size < 3_000_000
    with Image.open(path) as film:
        pictures = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(film)]
    assert len(pictures) > 10
    canvases, answers = np.split(np.stack(pictures), 2, axis=2)
    assert canvases[:, 50, 200].min() > 60  # where the first sheet was black
    assert canvases[0, 290, 200] > 200 > 50 > canvases[-1, 290, 200]  # ink on paper
    assert len({answer.tobytes() for answer in answers}) > 5
    driver.keys("n")
    assert len(driver.screen.drawing.sheet) == 1  # another face is a new sheet
