import pygame
import pytest

from data.errors import UserError
from tests.raising import raising
from tests.ui.test_loop import Plain
from ui.clipboard import paste_text


@pytest.fixture
def driver(opened):
    driver = opened(screens=[Plain])
    driver.screen.field.set("a name")
    driver.window.pointer.focus(driver.screen.field)
    return driver


@pytest.fixture
def field(driver):
    return driver.screen.field


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
