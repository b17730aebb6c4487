"""What the window says and when, with both real screens: messages, hints, offers, Esc, sizes."""

import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame
import pytest

from data.errors import UserError
from model.latent import Previews
from tests.raising import raising
from tests.ui.driver import FakeEngine, every, fake_latent, shows, stroke
from ui import theme as look
from ui.app import SCREENS, App
from ui.saves import save_face
from ui.session import Session
from ui.sliders.slider_panel import FaceSlider
from ui.theme import Theme, printable
from ui.widgets.button import Button
from ui.widgets.slider import Slider
from ui.widgets.strip import Thumbnail

LINE = (60, 60), (110, 60)  # a stroke
SIZES = [(900, 600), (1280, 720), (1920, 1080), (2560, 1440)]


def keep(folder, **fields):
    """Leave a session to go on with."""
    session = Session(folder, FakeEngine.model_id)
    session.settings.update({"hint_sliders": True, "hint_drawing": True})
    session.code = np.full(80, 0.1, np.float32)
    session.drawing = np.full((160, 176, 2), 255, np.uint8)
    for name, value in fields.items():
        setattr(session, name, value)
    session.save()


def standing(driver):
    """What the hint or offer that shows says, or ""."""
    shown = [m for m in driver.window.messages.standing if m.visible]
    return " ".join(shown[0].lines) if shown else ""


# The offer to go on


@pytest.mark.parametrize(("lost", "kept"), [("drawing", "face"), ("code", "drawing")])
def test_only_what_was_kept_is_offered(opened, tmp_path, lost, kept):
    keep(tmp_path, **{lost: None})
    driver = opened(start="sliders")
    assert standing(driver).startswith(f"Your last {kept} ")
    driver.key("ctrl+l")
    assert (driver.screen.name == "drawing") == (kept == "drawing")
    assert not driver.window.messages.standing


def test_going_on_brings_everything_back_on_the_screen_that_was_left(opened, tmp_path):
    keep(tmp_path)
    driver = opened()
    driver.key("r")
    driver.click(driver.window.header.tabs[1])
    stroke(driver, *LINE, settled=True)
    drawing = driver.screen.drawing.pixels.copy()
    driver = opened()
    driver.click(driver.window.messages.standing[0].buttons[0])
    assert not driver.window.messages.standing
    assert driver.screen.name == "drawing"
    assert np.array_equal(driver.screen.drawing.pixels, drawing)
    assert driver.window.screens["sliders"].editor.now.caption == "From your drawing"


@pytest.mark.parametrize("start", ["sliders", "drawing"])
def test_the_offer_shows_before_a_hint_and_goes_with_the_first_step(opened, tmp_path, start):
    keep(tmp_path, settings={"hint_sliders": start == "drawing"})
    driver = opened(start=start)
    assert standing(driver).startswith("Your last face and drawing are still here")
    driver.key("r") if start == "sliders" else stroke(driver, *LINE)
    assert "still here" not in standing(driver)


# Hints


def test_a_hint_belongs_to_its_screen_goes_after_some_steps_and_comes_once_ever(driver, opened):
    assert len(driver.window.messages.standing[0].lines) == 3
    driver.key("r")
    assert "slider" in standing(driver)
    driver.key("r", "n")
    assert not standing(driver)
    driver.click(driver.window.header.tabs[1])
    assert standing(driver).startswith("Draw on the left")
    driver.click(driver.window.header.tabs[0])
    assert not standing(driver)
    assert len(opened().window.messages.standing) == 1  # the offer alone


def things(screen):
    """Every rectangle that is used, or looked at, on a screen."""
    rects = [w.rect for w in every(screen) if isinstance(w, (Button, Thumbnail))]
    pictures = (getattr(screen.view, name, None) for name in ("canvas", "face", "area"))
    return rects + [p.rect for p in pictures if p is not None]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("start", ["sliders", "drawing"])
def test_hints_and_messages_cover_nothing(opened, start, size):
    driver = opened(start=start, size=size)
    assert standing(driver)
    for say in (lambda: None, lambda: driver.window.notify("word " * 200, problem=True)):
        say()
        driver.step()
        shown = [m for m in every(driver.window.messages) if m is not driver.window.messages]
        covers = [m.rect for m in shown if m.parent is driver.window.messages]
        assert covers
        for rect in things(driver.screen):
            assert rect.collidelist(covers) < 0


@pytest.mark.parametrize("size", SIZES[::2])
@pytest.mark.parametrize("start", ["sliders", "drawing"])
def test_handles_and_arrows_of_sliders_cover_no_words(opened, start, size, monkeypatch):
    driver = opened(start=start, size=size, hints=False)

    def drawn():
        driver.window.root.invalidate()
        driver.step()
        return driver.pixels(driver.screen.rect)

    for share in (-1.0, 0.0, 1.0, 2.0):  # beyond the ends, there are arrows
        for slider in every(driver.screen):
            if isinstance(slider, Slider):
                slider.set(slider.low + share * (slider.high - slider.low))
        with monkeypatch.context() as patch:
            for kind in (Slider, FaceSlider):
                patch.setattr(kind, "draw_track", lambda *arguments: None)
            words = drawn()
            for module in ("widgets.slider", "sliders.slider_panel"):
                patch.setattr(f"ui.{module}.write", lambda *arguments: None)
            ink = (words != drawn()).any(axis=-1)
        covered = (drawn() != words).any(axis=-1) & ink
        assert ink.sum() > 100 and covered.sum() < 5  # the tail of a letter


# Messages


def test_a_message_goes_once_something_was_done_or_its_cause_is_over(driver):
    driver.key("ctrl+z")
    assert driver.said() == "There is nothing to undo."
    driver.key("r")
    assert driver.said() == ""
    driver.key("shift+a", "r", "shift+b", "space")
    assert "Space stops" in driver.said()
    driver.key("space")
    assert driver.said() == ""


def test_larger_text_says_when_it_is_at_its_largest(driver):
    driver.key("ctrl+=")
    assert "as large as this window allows: 100%" in driver.said()
    driver.key("ctrl+-")
    assert driver.said() == "Text and controls at 75%."
    assert driver.session.settings["scale"] == 0.75
    driver.key("ctrl+-")
    assert "as small as they get: 75%" in driver.said()
    driver.resize((2700, 1800))
    for _ in range(10):
        driver.key("ctrl+=")
    assert driver.said() == "Text and controls are as large as they get: 300%."
    driver.key("ctrl+0", "ctrl+-", "ctrl+[0]")
    assert driver.said() == "Text and controls at 150%."
    assert "scale" not in driver.session.settings


def test_why_the_own_model_is_passed_over_stands_until_it_was_read(tmp_path):
    why = "The shipped model is in use, since your own cannot be: latent.npz is damaged."
    app = App(SCREENS, Session(tmp_path), FakeEngine, fake_latent(), "drawing", problem=why)
    assert app.window.screen.name == "drawing"
    message = app.window.messages.standing[0]
    assert message.lines == [why] and message.visible
    editor = app.window.screens["sliders"].editor
    editor.start_from(editor.starts.random())  # a step, which ends other messages
    app.step()
    assert message.visible
    message.buttons[0].release(message.buttons[0].rect.center)
    assert message not in app.window.messages.standing
    app.close()


# Keys


@pytest.mark.parametrize("size", SIZES)
def test_keys_of_both_screens_fit_into_the_overlay(driver, size):
    driver.resize(size)
    for _ in range(2):
        driver.key("h")
        overlay = driver.window.overlay
        rows = (overlay.rect.height - driver.window.theme.px(110)) // driver.window.theme.px(23)
        columns = overlay.columns(rows)
        assert overlay.visible and len(columns) <= 4
        assert max(map(len, columns)) <= rows + 4
        listed = [command for column in columns for _, command in column if command]
        assert listed == driver.window.keymap.commands
        driver.key("escape", "tab")
        assert not overlay.visible


# Esc, F3


def test_escape_closes_the_panel_then_lets_go_of_a_slider_and_the_mouse_counts_again(driver):
    slider = driver.screen.sliders.sliders[5]
    driver.move(slider.rect.center)
    driver.key("down")
    for key in ("o", "ctrl+o"):
        driver.key(key)
        assert driver.screen.panels.open is not None
        driver.key("escape")
        assert driver.screen.panels.open is None
        assert driver.window.pointer.focused is not None and not slider.hovered
    driver.key("escape")
    assert slider.hovered
    driver.key("l")
    assert slider.locked


def test_f3_shows_numbers_at_once_and_keeps_them_fresh(driver):
    header = driver.window.header
    times = header.times
    driver.key("f3")
    assert times.visible and "ms a frame" in times.text
    header.seconds.clear()
    header.count(9.0)
    driver.keys("r")
    drawn = len(header.seconds)
    assert drawn > 1
    assert times.text.startswith(f"{1000 * sorted(header.seconds)[drawn // 2]:.1f} ms a frame")
    driver.step(20)
    assert len(header.seconds) == drawn  # to show them is no frame to count
    driver.key("f3")
    assert not times.visible


# What is kept while one works


def test_a_kill_costs_neither_drawing_nor_face(opened, tmp_path):
    keep(tmp_path)
    driver = opened(start="drawing")
    stroke(driver, *LINE, settled=True)
    drawing = driver.screen.drawing.pixels.copy()
    driver.keys("tab", "r")
    code = driver.screen.editor.now.code
    driver.keep()
    found = Session(tmp_path, FakeEngine.model_id)  # as the next start finds it
    assert np.array_equal(found.drawing, drawing) and np.array_equal(found.code, code)
    driver.key("ctrl+l")  # still goes back to what the last window left
    assert np.array_equal(driver.screen.editor.now.code, np.full(80, 0.1, np.float32))


def test_nothing_is_written_while_nothing_was_done_or_a_stroke_is_drawn(driver, monkeypatch):
    written = []
    monkeypatch.setattr(Session, "save", lambda session: written.append(session.drawing))
    driver.keep()
    driver.click(driver.window.header.tabs[1])
    canvas = driver.screen.view.canvas
    driver.press(canvas.to_window(LINE[0]))
    driver.move(canvas.to_window(LINE[1]))
    driver.keep()
    assert not written
    driver.release()
    driver.keep()
    assert np.array_equal(written, [driver.screen.drawing.pixels])
    monkeypatch.undo()


# Closing the window while something is saved


@pytest.mark.parametrize("way", ["ctrl+q", "Ctrl-C in the terminal"])
def test_the_window_closes_once_a_gif_is_written(driver, monkeypatch, tmp_path, way):
    monkeypatch.setattr("ui.sliders.slider_screen.GIF_STEPS", 3)
    driver.engine.slow = 0.1
    driver.key("r", "shift+a", "r", "shift+b", "ctrl+e")
    update = driver.screen.update

    def interrupt(now):
        driver.screen.update = update
        raise KeyboardInterrupt

    if way == "ctrl+q":
        driver.key(way)
        assert not driver.window.closed and "still being saved" in driver.said()
    else:
        driver.screen.update = interrupt
    driver.app.run()
    assert len(list(tmp_path.glob("morph*.gif"))) == 1


def test_a_save_that_fails_keeps_the_window_open_till_it_is_closed_again(driver, monkeypatch):
    monkeypatch.setattr(
        "ui.sliders.slider_screen.save_face", raising(UserError("The disk is full."))
    )
    driver.engine.slow = 0.05
    driver.keys("ctrl+s", "ctrl+q")
    assert not driver.window.closed and driver.said() == "The disk is full."
    driver.key("ctrl+s", "ctrl+q", "ctrl+q")
    assert driver.window.closed


# What both screens do alike


@pytest.mark.parametrize("start", ["sliders", "drawing"])
def test_a_save_comes_to_the_screen_in_front_and_a_bad_file_gets_one_sentence(
    opened, start, tmp_path
):
    driver = opened(start=start)
    driver.keys("n")
    before = driver.screen.code()
    broken = tmp_path / "words.png"
    broken.write_bytes(b"no picture at all")
    for path in (broken, tmp_path / "missing.png"):
        driver.window.notify("")
        driver.drop(path, settled=True)
        assert path.name in driver.said() and driver.said().count(". ") == 0
        assert driver.screen.panels.open is None
        assert np.array_equal(driver.screen.code(), before)
    code, face = driver.latent.gallery[5], driver.engine.face
    driver.drop(save_face(tmp_path, face, code, driver.latent.model_id), settled=True)
    assert np.array_equal(driver.screen.code(), code)


@pytest.mark.parametrize("start", ["sliders", "drawing"])
def test_the_face_is_copied_as_it_shows_but_not_out_of_a_field(opened, start, monkeypatch):
    copied = []
    monkeypatch.setattr("ui.clipboard.copy_picture", copied.append)
    monkeypatch.setattr("ui.widgets.text_field.copy_text", lambda text: None)
    driver = opened(start=start)
    driver.keys("n")
    driver.key("ctrl+c")
    driver.until(lambda: "in the clipboard" in driver.said())
    view = driver.screen.area if start == "sliders" else driver.screen.view
    assert np.array_equal(copied, [view.face.pixels])
    if start == "sliders":
        driver.key("o")
        driver.click(driver.screen.more.seed)
        driver.key("ctrl+c")
        assert len(copied) == 1


# Text that cannot be drawn

LATIN = "Jos\udce9.jpg"  # a name in latin-1, as the system gives it
MARKS = ["a\u034f", "\u034f", "שָׁלוֹם", "\u05b8", "मूर्ति", "❤\ufe0f", "مُحَمَّد", "a\u05b8", "\u115f"]


def test_what_cannot_be_drawn_is_replaced_and_marks_without_a_width_end_nothing():
    theme = Theme()
    for words in (LATIN, "a\0b", "\ud83d", "tab\tand\nline", "\x1b[31m"):
        assert printable(words).isprintable()
        assert theme.text(words, width=50).get_width() <= 50
        assert theme.width(words) > 0
        assert theme.wrap(words, 60, 2, 13)
        printable(words).encode("utf-8")
    assert printable("Zoë · 80 %") == "Zoë · 80 %"
    assert theme.width("Jose\u0301") == theme.width("José")  # as a Mac writes it
    assert theme.fit("tab\tx", 500) == "tab x"
    for words in MARKS:
        assert theme.text(f"{words}.jpg").get_width() == theme.width(f"{words}.jpg") > 0
        assert theme.text(words).get_height() > 0
        for letters in range(len(words)):
            assert theme.width(words[:letters]) >= 0


def test_what_no_font_has_becomes_a_sign_and_a_system_font_is_used(monkeypatch):
    runs, system = look.runs.__wrapped__, []
    monkeypatch.setattr("ui.theme._run_of", look._run_of.__wrapped__)
    monkeypatch.setattr("ui.theme.runs", runs)
    monkeypatch.setattr("ui.theme._system_fonts", lambda: system)
    theme = Theme()
    for words in ("漢字", "שלום", "\U0001f600"):
        assert runs(f"{words}.jpg") == [("", "?" * len(words) + ".jpg")]
        assert theme.text(f"{words}.jpg").get_width() == theme.width("?" * len(words) + ".jpg")
    system.append("/other.ttf")  # one that has what the own one lacks
    monkeypatch.setattr("ui.theme._has", lambda path, character: bool(path) == (character == "漢"))
    assert runs("ä漢漢.jpg") == [("", "ä"), ("/other.ttf", "漢漢"), ("", ".jpg")]


@pytest.mark.parametrize("content", [None, b"", b"no font at all" * 99])
def test_damaged_or_missing_fonts_are_replaced_by_another(tmp_path, monkeypatch, content):
    if content is not None:
        for name in look.FONT_FILES.values():
            (tmp_path / name).write_bytes(content)
    monkeypatch.setattr("ui.theme.FONT_FOLDER", tmp_path)
    theme = Theme()
    assert theme.width("face") > 10
    assert theme.text("face", size=40).get_width() > 10


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_fonts_are_read_at_the_start_wherever_they_lie_and_can_be_moved(
    tmp_path, monkeypatch, opened
):
    folder = tmp_path / LATIN
    shutil.copytree(look.FONT_FOLDER, folder)
    monkeypatch.setattr("ui.theme.FONT_FOLDER", folder)
    driver = opened()
    folder.rename(tmp_path / "moved")
    assert driver.window.theme.width("face", 31, True) == Theme().width("face", 31, True) > 31
    assert Theme()._fonts == look.read_fonts(look.FONT_FOLDER)


def test_a_model_or_file_whose_name_cannot_be_drawn_ends_nothing(opened):
    engine = FakeEngine()
    engine.title = f"model {LATIN}"
    driver = opened(engine=engine)
    assert pygame.display.get_caption()[0].endswith("Jos\ufffd.jpg")
    driver.drop("/nowhere/" + LATIN, settled=True)
    assert LATIN in driver.said()


# Folders that are not as usual


def test_no_home_folder_ends_nothing(driver, monkeypatch):
    monkeypatch.setattr(Path, "home", raising(RuntimeError("Could not determine home directory.")))
    driver.keys("ctrl+s")
    assert driver.said().startswith("Saved face")
    driver.keys("p")
    assert "folder" in driver.screen.panels.photo.note.text


def test_saves_of_another_owner_end_nothing_and_are_not_called_damaged(
    opened, tmp_path, monkeypatch, caplog
):
    keep(tmp_path)

    for name in ("is_file", "open", "iterdir", "mkdir", "read_bytes"):
        monkeypatch.setattr(Path, name, raising(PermissionError(13, "Permission denied")))
    driver = opened()
    assert "cannot be read (Permission denied)" in driver.said()
    assert not standing(driver).startswith("Your last")
    driver.key("r")
    driver.keep()
    driver.close()
    (told,) = caplog.records  # once, and no traceback
    assert "could not be written" in told.getMessage() and told.exc_info is None


# While the model loads


@pytest.fixture
def loading(opened):
    """A window whose engine is loaded once its gate is set."""
    latent = fake_latent()
    codes = np.concatenate([latent.mean[None], latent.sample(12, np.random.default_rng(0))])
    pictures = np.rint(255 * FakeEngine().decode(codes)[..., 0]).astype(np.uint8)
    return opened(
        latent=replace(latent, previews=Previews(codes, pictures)), gate=threading.Event()
    )


def test_saves_asked_for_while_the_model_loads_are_written_before_the_window_closes(
    loading, tmp_path
):
    loading.key("n", "ctrl+s", "n", "ctrl+s", "ctrl+q")
    assert not loading.window.closed
    loading.gate.set()
    loading.until(lambda: loading.window.closed)
    assert len(list(tmp_path.glob("face*.png"))) == 2


def test_the_mean_face_and_suggestions_can_be_seen_and_taken_while_the_model_loads(loading):
    previews, screen = loading.latent.previews, loading.screen
    assert "Loading" in loading.window.header.status.text
    for name, view in (("sliders", "area"), ("drawing", "view")):
        face = getattr(loading.window.screens[name], view).face
        assert np.array_equal(face.pixels, previews.images[0])
    loading.key("s")
    children = screen.area.strip.children
    assert [c.pixels.tobytes() for c in children] == [p.tobytes() for p in previews.images[1:]]
    loading.click(children[4])
    assert loading.app.worker.state == "loading"
    assert np.array_equal(screen.area.face.pixels, previews.images[5])
    assert np.array_equal(screen.editor.now.code, previews.codes[5])
    loading.gate.set()
    loading.settle()
    assert shows(loading, previews.codes[5])
    assert loading.window.header.status.text == "Test model"
    loading.key("s")
    assert len(children) == 12 and not np.array_equal(screen.area.suggestions, previews.codes[1:])
    loading.key("escape")
    assert not screen.area.strip.visible
