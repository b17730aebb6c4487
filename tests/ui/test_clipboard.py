import sys
import threading

import numpy as np
import pygame
import pytest

from data.errors import UserError
from tests.raising import raising
from ui import clipboard
from ui.window import Screen

PIXELS = np.zeros((160, 176), np.uint8)


@pytest.fixture(autouse=True)
def display():
    pygame.display.init()


def test_jobs_beside_a_window_that_rests_run_elsewhere_and_are_answered_by_its_loop(opened):
    driver = opened(screens=[Screen])
    found = []
    clipboard.run_beside(threading.current_thread, found.append)
    driver.until(lambda: found)
    assert found.pop() is not threading.current_thread()
    clipboard.run_beside(raising(UserError("no")), found.append)
    driver.until(lambda: driver.said() == "no")
    for number in range(12):  # what pygame frees too early is overwritten only now and then
        release = threading.Event()
        clipboard.run_beside(release.wait, lambda _, number=number: found.append([number] * 9))
        threading.Timer(0.001, release.set).start()
        while len(found) <= number:
            driver.app.run_until(driver.window.now() + 0.01)
    assert found == [[number] * 9 for number in range(12)]


def test_a_picture_goes_to_the_program_that_copies(tmp_path, monkeypatch):
    out = tmp_path / "copied.png"
    copy = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
    monkeypatch.setattr(clipboard, "_program", lambda path: [sys.executable, "-c", copy, str(out)])
    clipboard.copy_picture(PIXELS)
    assert pygame.image.load(out).get_size() == (704, 640)
    monkeypatch.setattr(clipboard, "_program", lambda path: [sys.executable, "-c", "exit(1)"])
    with pytest.raises(UserError, match="answer"):
        clipboard.copy_picture(PIXELS)


def test_text_goes_through_the_clipboard_and_a_hidden_library_is_no_error(monkeypatch):
    pygame.display.set_mode((64, 64))
    clipboard.copy_text("häßlich 日")
    assert clipboard.paste_text() == "häßlich 日"
    clipboard._sdl.cache_clear()
    monkeypatch.setattr(pygame.display, "__file__", np.__file__)
    clipboard.copy_text("a")
    assert clipboard.paste_text() == ""
    clipboard._sdl.cache_clear()
