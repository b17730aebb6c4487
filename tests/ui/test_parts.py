import math

import pygame
import pytest

from ui.history import History
from ui.keys import Command, Keymap, key_of, spoken
from ui.screen import Screen
from ui.theme import COLORS, natural_scale, starting_scale
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.slider import Slider


@pytest.fixture(autouse=True)
def display():
    pygame.display.init()
    pygame.font.init()


# Keys


CTRL, SHIFT = pygame.KMOD_LCTRL, pygame.KMOD_LSHIFT
KEYS = [  # key, scancode, modifiers, what it types, and how commands write it
    (pygame.K_r, 0, 0, "r", "r"),
    (pygame.K_n, 0, SHIFT, "N", "shift+n"),
    (pygame.K_z, 0, pygame.KMOD_RCTRL, "", "ctrl+z"),
    (pygame.K_z, 0, pygame.KMOD_LMETA | SHIFT, "", "ctrl+shift+z"),
    (pygame.K_SLASH, 0, SHIFT, "?", "?"),
    (pygame.K_EQUALS, 0, CTRL | SHIFT, "+", "ctrl++"),
    (pygame.K_RETURN, 0, pygame.KMOD_LALT, "", "alt+return"),
    (pygame.K_KP1, 89, 0, "", "1"),
    (pygame.K_KP_PLUS, 87, 0, "+", "+"),
    (pygame.K_KP_PLUS, 87, CTRL, "+", "ctrl++"),
    (pygame.K_KP_ENTER, 88, 0, "", "return"),
    (0x44F, 29, CTRL, "я", "ctrl+z"),  # as X11 tells them: Russian
    (0x422, 17, SHIFT, "\u0422", "shift+n"),
    (0x3B6, 29, CTRL, "ζ", "ctrl+z"),  # Greek
    (0x5D6, 29, CTRL, "ז", "ctrl+z"),  # Hebrew
    (0x5DE, 17, SHIFT, "N", "shift+n"),
    (pygame.K_SLASH, 20, CTRL, "", "ctrl+q"),
    (pygame.K_QUOTE, 26, SHIFT, "W", "shift+w"),
    (pygame.K_SEMICOLON, 20, 0, ";", "q"),  # Greek
    (pygame.K_COMMA, 16, 0, ",", ","),  # French, at the place of m
    (0x626, 29, CTRL, "ئ", "ctrl+z"),  # Arabic
    (0x634, 4, SHIFT, "ِ", "shift+a"),
    (0xFC, 47, 0, "ü", "["),  # German, beside p
    (ord("y"), 29, 0, "y", "y"),  # German, at the place of z
]


@pytest.mark.parametrize(("key", "scancode", "mod", "sign", "name"), KEYS)
def test_keys_are_named_by_their_letter_or_else_by_their_place(key, scancode, mod, sign, name):
    event = pygame.event.Event(pygame.KEYDOWN, key=key, scancode=scancode, mod=mod, unicode=sign)
    assert key_of(event) == name


def test_keys_are_spoken_for_people_and_mean_one_thing():
    assert spoken("ctrl+shift+z") in ("Ctrl Shift Z", "⌘ Shift Z")
    assert spoken("ctrl++") in ("Ctrl +", "⌘ +")
    assert spoken("left") == "←"
    commands = [Command(("r",), name, "", print) for name in ("One", "Two")]
    with pytest.raises(ValueError, match="'r'"):
        Keymap(commands)


# History


def test_history_forgets_what_was_undone_joins_states_of_one_tag_and_is_bounded():
    history = History(0)
    for state in (1, 2, 3):
        assert history.push(state)
    assert [history.undo(), history.undo()] == [2, 1]
    assert history.redo() == 2
    history.push(9)
    assert not history.can_redo
    assert [history.undo(), history.undo(), history.undo()] == [2, 1, 0]
    history = History(0, limit=10)
    assert not history.push(0)
    for state in (1, 2, 3):
        history.push(state, tag="nudge")
    history.push(4)
    assert [history.undo(), history.undo()] == [3, 0]
    for state in range(1, 100):
        history.push(state)
    assert history.past == list(range(90, 100))


# Looks


def contrast(one, other):
    def light(color):
        parts = [c / 255 for c in color]
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted([light(one), light(other)])
    return (high + 0.05) / (low + 0.05)


def test_text_has_contrast_on_every_surface():
    for background in (COLORS.window, COLORS.panel, COLORS.raised, COLORS.hover):
        assert contrast(COLORS.text, background) > 4.5
        assert contrast(COLORS.soft, background) > 4.5
    for text, background in (
        (COLORS.faint, COLORS.panel),
        (COLORS.faint, COLORS.window),
        (COLORS.on_accent, COLORS.accent),
        (COLORS.text, COLORS.accent_soft),
    ):
        assert contrast(text, background) > 4.5


def test_dense_screens_and_large_windows_start_larger():
    assert starting_scale((1920, 1080)) == 1.0
    assert starting_scale((3840, 2160)) == 2.0
    assert natural_scale((1920, 1080), (1280, 720)) == 1.0
    assert natural_scale((2560, 1440), (2560, 1440)) == 1.5


# Widgets


class Bench(Screen):
    name = title = "bench"

    def __init__(self, host):
        super().__init__(host)
        self.log = []
        self.slider = self.add(
            Slider(
                "Size",
                0,
                10,
                4,
                lambda value: self.log.append(round(value, 3)),
                began=lambda: self.log.append("began"),
                ended=lambda: self.log.append("ended"),
                nudge=0.5,
                default=4,
            )
        )
        self.panel = self.add(LongPanel())

    def layout(self, rect, theme):
        self.slider.place(pygame.Rect(20, 60, 216, 36), theme)
        self.panel.place(pygame.Rect(20, 120, 200, 200), theme)


class LongPanel(Panel):
    def __init__(self):
        super().__init__("Long")
        self.rows = [self.body.add(Label(f"row {n}")) for n in range(40)]

    def arrange(self, area, theme):
        for n, row in enumerate(self.rows):
            row.place(pygame.Rect(area.left, area.top + 20 * n, area.width, 20), theme)
        return 800


@pytest.fixture
def driver(opened):
    return opened([Bench])


def test_slider_follows_a_drag_from_press_to_release_wherever_the_mouse_goes(driver):
    slider, log = driver.screen.slider, driver.screen.log
    y = slider.track.centery
    driver.press((slider.x_of(4), y))
    driver.drag((slider.x_of(7), 500))
    driver.drag((2000, 500))
    driver.release((2000, 500))
    assert log[0] == "began"
    assert log[-1] == "ended"
    assert log[-2] == 10
    assert abs(log[1] - 7) < 0.1
    driver.move((slider.x_of(2), y))
    assert slider.value == 10


def test_press_on_the_track_brings_the_handle_and_a_double_click_resets(driver, monkeypatch):
    monkeypatch.setattr("ui.widgets.pointer.DOUBLE_CLICK", math.inf)
    slider = driver.screen.slider
    place = (slider.x_of(9), slider.track.centery)
    driver.click(place)
    assert abs(slider.value - 9) < 0.1
    driver.press((place[0], place[1] + 40))  # away between two presses: no double click
    driver.release()
    driver.click(place)
    assert abs(slider.value - 9) < 0.1
    driver.click(place)
    assert slider.value == 4


def test_wheel_and_arrow_keys_nudge_as_whole_gestures_and_sideways_means_nothing(driver):
    slider, log = driver.screen.slider, driver.screen.log
    driver.wheel(1, slider.rect.center)
    assert log == ["began", 4.5, "ended"]
    for x, y in ((1.0, 0.0), (-0.4, 0.1)):
        driver.post(pygame.MOUSEWHEEL, x=round(x), y=0, precise_x=x, precise_y=y, flipped=False)
        driver.step()
    assert len(log) == 3
    driver.post(pygame.MOUSEWHEEL, x=0, y=0, precise_x=0.05, precise_y=0.2, flipped=False)
    driver.step()
    assert abs(slider.value - 4.6) < 1e-6
    driver.window.pointer.focus(slider)
    driver.key("left", "shift+left")
    assert slider.value == 0
    for value, shown in ((0, "0.00"), (14.2, "14.20"), (-0.001, "0.00")):
        slider.set(value)
        assert slider.value_text == shown
    assert slider.x_of(14.2) == slider.track.right


def test_what_lies_under_a_still_mouse_is_lit_as_soon_as_it_comes_there(driver):
    slider = driver.screen.slider
    driver.move((300, 500))
    slider.place(pygame.Rect(200, 480, 216, 36), slider.theme)
    driver.step()
    assert slider.hovered
    slider.show(False)
    driver.step()
    assert not slider.hovered


def test_panel_scrolls_what_does_not_fit_and_no_further(driver):
    panel = driver.screen.panel
    first = panel.rows[0].rect.top
    driver.wheel(-1, panel.rect.center)
    assert panel.rows[0].rect.top < first
    driver.wheel(-1000)
    assert panel.rows[-1].rect.bottom == panel.body.rect.bottom
    driver.wheel(1000)
    assert panel.rows[0].rect.top == first


def test_menu_acts_once_and_closes_on_a_press_elsewhere(driver):
    log = driver.screen.log
    items = [("One", lambda: log.append("one"), ""), ("Two", lambda: log.append("two"), "")]
    driver.window.open_menu(items, pygame.Rect(860, 560, 30, 20), chosen="Two")
    menu = driver.window.menu
    assert [button.selected for button in menu.buttons] == [False, True]
    assert driver.window.root.rect.contains(menu.box)
    driver.click(menu.children[1])
    assert log == ["two"]
    assert driver.window.menu is None
    driver.window.open_menu(items, pygame.Rect(20, 20, 30, 20))
    driver.click((700, 500))
    assert driver.window.menu is None
    assert log == ["two"]
