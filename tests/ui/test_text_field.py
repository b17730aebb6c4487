import pygame
import pytest

from data.errors import UserError
from ui.clipboard import paste_text
from ui.theme import Theme
from ui.widgets.base import Root
from ui.widgets.pointer import Pointer
from ui.widgets.text_field import TextField

KEYS = {"return": pygame.K_RETURN, "back": pygame.K_BACKSPACE}


class Typist:
    """A field in a window, and what somebody does to it."""

    def __init__(self, **options):
        self.log = []
        root = Root()
        root.rect = pygame.Rect(0, 0, 400, 100)
        self.field = root.add(TextField("a name", self.log.append, **options))
        self.field.place(pygame.Rect(10, 10, 200, 30), Theme())
        self.pointer = Pointer(root)
        self.pointer.focus(self.field)
        self.surface = pygame.Surface((400, 100), 0, 32)
        self.draw()

    def post(self, kind, **values):
        self.pointer.handle(pygame.event.Event(kind, **values))

    def key(self, name, mod=0):
        self.post(
            pygame.KEYDOWN, key=KEYS.get(name) or pygame.key.key_code(name), mod=mod, unicode=""
        )

    def type(self, text):
        self.post(pygame.TEXTINPUT, text=text)

    def draw(self):
        self.surface.fill((0, 0, 0))
        self.field.draw(self.surface, Theme())
        return pygame.surfarray.array3d(self.surface)


@pytest.fixture(autouse=True)
def display():
    pygame.display.init()
    pygame.display.set_mode((400, 100))
    pygame.font.init()


def test_what_is_typed_replaces_the_old_text_and_escape_brings_it_back():
    typist = Typist(longest=6)
    typist.type("123456789")
    assert typist.field.text == "123456"
    typist.pointer.focus(None)
    assert typist.field.text == "a name"
    typist.pointer.focus(typist.field)
    typist.type("654321")
    typist.key("return")
    typist.pointer.focus(None)
    assert typist.field.text == "654321" and typist.log == ["654321"]


def test_text_is_selected_copied_cut_and_pasted():
    typist = Typist()
    typist.key("home")
    for _ in range(4):
        typist.key("left", pygame.KMOD_SHIFT)
    typist.key("a", pygame.KMOD_CTRL)
    typist.key("c", pygame.KMOD_CTRL)
    assert paste_text() == "a name" and typist.field.text == "a name"
    typist.key("x", pygame.KMOD_CTRL)
    assert typist.field.text == ""
    for _ in range(2):
        typist.key("v", pygame.KMOD_CTRL)
    for _ in range(3):
        typist.key("left", pygame.KMOD_SHIFT)
    typist.key("back")
    typist.key("back")
    assert typist.field.text == "a namea n"[:-1]


def test_copying_nothing_leaves_the_clipboard_and_undo_brings_the_old_text_back():
    typist = Typist()
    typist.key("c", pygame.KMOD_CTRL)
    typist.type("new")
    for name in "cx":
        typist.key(name, pygame.KMOD_CTRL)
    assert paste_text() == "a name" and typist.field.text == "new"
    typist.key("z", pygame.KMOD_CTRL)
    assert typist.field.text == "a name"
    typist = Typist()  # a file name that is no text
    typist.field.set("Jos\udce9")
    typist.key("a", pygame.KMOD_CTRL)
    typist.key("x", pygame.KMOD_CTRL)
    assert paste_text() == "Jos?" and typist.field.text == ""


def test_the_mouse_places_the_cursor_and_selects():
    typist = Typist()
    left, y = typist.field.rect.left + 8, typist.field.rect.centery
    typist.post(pygame.MOUSEBUTTONDOWN, pos=(left + 1, y), button=1)
    typist.post(pygame.MOUSEMOTION, pos=(left + 400, y))
    typist.post(pygame.MOUSEBUTTONUP, pos=(left + 400, y), button=1)
    assert typist.field.selection == slice(0, 6)
    typist.type("b")
    assert typist.field.text == "b"


def test_text_in_composition_shows_and_is_replaced_by_what_comes_of_it():
    typist = Typist()
    typist.type("")
    empty = typist.draw()
    typist.post(pygame.TEXTEDITING, text="ni", start=0, length=2)
    composing = typist.draw()
    assert (composing != empty).any() and typist.field.text == ""
    typist.type("日")
    assert typist.field.text == "日" and typist.field.composed == ""


def test_what_was_refused_stays_to_be_mended_and_can_be_left():
    def refuse(text):
        raise UserError("no")

    typist = Typist()
    typist.field.entered = refuse
    typist.type("b")
    with pytest.raises(UserError):
        typist.key("return")
    assert typist.field.text == "b"
    typist.pointer.focus(None)
    assert typist.field.text == "a name"
