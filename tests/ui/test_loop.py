"""The loop of a window with one plain screen: loading, closing, drawing, keys, a text field."""

import os
import re
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pygame
import pytest

from data.errors import UserError
from tests.raising import raising
from tests.ui.driver import FakeEngine, fake_latent
from ui.app import App
from ui.clipboard import paste_text
from ui.keys import Command
from ui.session import Session
from ui.widgets.button import Button
from ui.widgets.text_field import TextField
from ui.window import Screen

ROOT = Path(__file__).resolve().parents[2]


class Plain(Screen):
    """A screen with one of everything that the loop deals with."""

    title = "Plain"

    def __init__(self, host, name="plain"):
        super().__init__(host)
        self.name = name
        self.live_slot = f"{name}.live"
        self.log = []
        self.commands = [
            Command(("r",), "Count", "Counts", lambda: self.log.append("r")),
            Command(("up",), "Step", "Steps", lambda: self.log.append("up"), repeats=True),
            Command(
                ("c",), "Hold", "Holds", lambda: self.log.append("down"),
                release=lambda: self.log.append("up again"),
            ),
        ]  # fmt: skip
        self.button = self.add(Button("Press", lambda: self.log.append("button"), "A button"))
        self.field = self.add(TextField(entered=lambda text: self.log.append(text)))

    def layout(self, rect, theme):
        self.button.place(pygame.Rect(rect.left + 20, rect.top + 20, 100, 30), theme)
        self.field.place(pygame.Rect(rect.left + 20, rect.top + 70, 100, 30), theme)


WINDOW = {"screens": [Plain, partial(Plain, name="other")]}


def test_engine_that_cannot_be_loaded_is_told_and_raised_after_closing(tmp_path, caplog):
    load = raising(UserError("There is no model yet; train one with learn()."))
    app = App([Plain], Session(tmp_path), load, fake_latent(), size=(900, 600))
    while app.worker.state == "loading":
        app.worker.wait(0.01)
    app.step()
    assert app.worker.state == "failed"
    assert app.window.messages.standing[0].lines == [
        "There is no model yet; train one with learn()."
    ]
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    with pytest.raises(UserError, match="no model yet"):
        app.run()
    assert not caplog.records  # no traceback for what a user can mend


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no such signal")
@pytest.mark.parametrize("nohup", [False, True])
def test_closing_the_terminal_keeps_the_session_and_under_nohup_the_window(tmp_path, nohup):
    app = App([Plain], Session(tmp_path), FakeEngine, fake_latent(), size=(900, 600))
    app.session.settings["kept"] = True
    mode = signal.SIG_IGN if nohup else signal.SIG_DFL
    usual = signal.signal(signal.SIGHUP, mode)
    frames = []

    def hang_up(now):
        frames.append(signal.getsignal(signal.SIGHUP))
        if len(frames) == 1 and frames[0] != signal.SIG_DFL:
            os.kill(os.getpid(), signal.SIGHUP)
        elif len(frames) == 3:
            app.window.quit()
        return now

    app.window.screen.update = hang_up
    try:
        app.run()
        assert signal.getsignal(signal.SIGHUP) == mode
    finally:
        signal.signal(signal.SIGHUP, usual)
    assert len(frames) == (3 if nohup else 1)
    assert Session(tmp_path).setting("kept", False)


def test_nothing_is_drawn_at_rest_and_only_the_changed_part_later(driver):
    driver.settle()
    driver.window.header.seconds.clear()
    driver.step(20)
    assert not driver.window.header.seconds
    driver.window.surface.fill((255, 0, 255))  # what is not drawn again stays
    driver.move(driver.screen.button.rect.center)
    pixels, button = driver.pixels(), driver.screen.button.rect
    assert tuple(pixels[button.centerx, button.top + 4]) != (255, 0, 255)
    assert tuple(pixels[700, 400]) == (255, 0, 255)


def test_button_acts_on_release_over_itself_only(driver):
    driver.click(driver.screen.button)
    driver.press(driver.screen.button.rect.center)
    driver.release((600, 500))
    assert driver.screen.log == ["button"]


def test_held_keys_repeat_only_commands_that_want_it_and_end_with_the_focus(driver):
    for key in ("r", "up"):
        driver.key_down(key)
        driver.key_down(key)
        driver.key_up(key)
    assert driver.screen.log == ["r", "up", "up"]
    driver.screen.log.clear()
    driver.key("c")
    driver.key_down("c")
    driver.post(pygame.WINDOWFOCUSLOST)
    driver.step()
    assert driver.screen.log == ["down", "up again", "down", "up again"]


def test_a_held_key_repeats_once_a_frame_and_never_after_its_release(driver, monkeypatch):
    clock = [driver.window.now()]
    monkeypatch.setattr(driver.window, "now", lambda: clock[0])
    driver.key_down("up")
    driver.step(3)
    assert driver.screen.log == ["up"]
    clock[0] += 0.4
    driver.step(3)
    assert driver.screen.log == ["up"] * 2
    clock[0] += 5  # a long frame
    driver.step()
    assert driver.screen.log == ["up"] * 3
    clock[0] += 5  # another one, in which the key is released
    driver.key_up("up")
    driver.step(3)
    assert driver.screen.log == ["up"] * 3
    dispatch = driver.app._dispatch

    def slowly(event):
        dispatch(event)
        clock[0] += 1

    monkeypatch.setattr(driver.app, "_dispatch", slowly)
    driver.key_down("up")  # its step takes long, and the release comes meanwhile
    driver.key_up("up")
    assert driver.screen.log == ["up"] * 4
    assert pygame.key.get_repeat() == (0, 0)  # its own queue goes on after the release


@pytest.mark.parametrize("size", [(900, 600), (1280, 720), (2560, 1440), (640, 400)])
def test_everything_lies_inside_the_window_at_any_size_and_scale(driver, size):
    driver.resize(size)
    for _ in range(9):
        driver.key("ctrl+=")
    window = driver.window.root.rect
    assert window.size == size
    header = driver.window.header
    for widget in (header.name, *header.tabs, header.keys, driver.window.help_line):
        assert window.contains(widget.rect)
    assert header.tabs[-1].rect.right <= header.times.rect.right <= header.keys.rect.left


def test_no_surface_takes_the_depth_of_the_display_which_may_be_too_few_bits_to_scale():
    for path in (ROOT / "ui").rglob("*.py"):
        for call in re.findall(r"pygame\.Surface\(.*", path.read_text(encoding="utf-8")):
            assert ", 32)" in call, path


# A text field


@pytest.fixture
def field(driver):
    """The field of the screen in front, with a text and the keyboard."""
    field = driver.screen.field
    field.set("a name")
    driver.window.pointer.focus(field)
    return field


def put(driver, text, kind=pygame.TEXTINPUT, **values):
    """Send text as an input method does."""
    driver.post(kind, text=text, **values)
    driver.step()


def test_what_is_typed_replaces_the_old_text_and_escape_brings_it_back(driver, field):
    field.longest = 6
    put(driver, "123456789")
    assert field.text == "123456"
    driver.key("escape")
    assert field.text == "a name"
    driver.click(field)
    driver.type_text("rb7")
    assert field.text == "rb7" and driver.screen.log == []  # letters, and no commands
    driver.key("return", "c")
    assert driver.screen.log == ["rb7"]
    driver.click((800, 500))
    driver.key("r")
    assert field.text == "rb7" and driver.screen.log == ["rb7", "r"]


def test_text_is_selected_copied_cut_and_pasted(driver, field):
    driver.key("home", *["shift+left"] * 4, "ctrl+a", "ctrl+c")
    assert paste_text() == "a name" and field.text == "a name"
    driver.key("ctrl+x")
    assert field.text == ""
    driver.key("ctrl+v", "ctrl+v", *["shift+left"] * 3, "backspace", "backspace")
    assert field.text == "a namea "


def test_copying_nothing_leaves_the_clipboard_and_undo_brings_the_old_text_back(driver, field):
    driver.key("ctrl+c")
    put(driver, "new")
    driver.key("ctrl+c", "ctrl+x")
    assert paste_text() == "a name" and field.text == "new"
    driver.key("ctrl+z")
    assert field.text == "a name"
    field.set("Jos\udce9")  # a file name that is no text
    driver.key("ctrl+a", "ctrl+x")
    assert paste_text() == "Jos?" and field.text == ""


def test_the_mouse_places_the_cursor_and_selects(driver, field):
    left, y = field.rect.left + 8, field.rect.centery
    driver.sweep((left + 1, y), (left + 400, y))
    assert field.selection == slice(0, 6)
    put(driver, "b")
    assert field.text == "b"


def test_text_in_composition_shows_and_is_replaced_by_what_comes_of_it(driver, field):
    put(driver, "")
    empty = driver.pixels(field.rect)
    put(driver, "ni", pygame.TEXTEDITING, start=0, length=2)
    assert (driver.pixels(field.rect) != empty).any() and field.text == ""
    put(driver, "日")
    assert field.text == "日" and field.composed == ""


def test_what_was_refused_stays_to_be_mended_and_can_be_left(driver, field):
    field.entered = raising(UserError("no"))
    put(driver, "b")
    driver.key("return")
    assert field.text == "b" and driver.said() == "no"
    driver.key("escape")
    assert field.text == "a name"


# A real display


FULL_SCREEN = """
import sys, time
from pathlib import Path
from tests.ui.driver import Driver
from tests.ui.test_loop import Plain

driver = Driver([Plain], Path(sys.argv[1]), size=(900, 600))

def settled():
    sizes = []
    while len(sizes) < 20 or len(set(sizes[-20:])) > 1:
        driver.step()
        sizes.append((driver.window.surface.get_size(), driver.window.root.rect.size))
        time.sleep(0.02)
    return sizes[-1]

for _ in range(2):
    assert settled() == ((900, 600), (900, 600)), settled()
    driver.window.full_screen()
    assert settled() == ((1600, 1000), (1600, 1000)), settled()
    driver.window.full_screen()
assert settled() == ((900, 600), (900, 600)), settled()
driver.close()
print("as it was")
"""


@pytest.mark.skipif(
    not all(map(shutil.which, ("xvfb-run", "openbox"))),
    reason="needs an X server and a window manager",
)
def test_leaving_full_screen_brings_the_window_back_as_it_was(tmp_path):
    display = ["--auto-servernum", "--server-args", "-screen 0 1600x1000x16"]  # few bits
    managed = ["sh", "-c", 'openbox >/dev/null 2>&1 & sleep 1; "$@"', "-"]
    program = [sys.executable, "-c", FULL_SCREEN, str(tmp_path)]
    environment = {name: text for name, text in os.environ.items() if name != "SDL_VIDEODRIVER"}
    run = subprocess.run(
        ["xvfb-run", *display, *managed, *program],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.stdout.endswith("as it was\n"), run.stderr
