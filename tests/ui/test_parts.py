"""Parts of the window by themselves: keys, colors and sizes, GIFs."""

import numpy as np
import pygame
import pytest
from PIL import Image, ImageSequence

from ui.drawing.drawing_screen import drawing_commands
from ui.keys import key_of, spoken
from ui.pictures import encode_gif
from ui.sliders.slider_screen import slider_commands
from ui.theme import COLORS, natural_scale, starting_scale
from ui.window import window_commands


@pytest.fixture(autouse=True)
def display():
    pygame.display.init()
    pygame.font.init()


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


def test_keys_are_spoken_for_people_and_mean_one_thing_and_the_same_on_both_screens():
    assert spoken("ctrl+shift+z") in ("Ctrl Shift Z", "⌘ Shift Z")
    assert spoken("ctrl++") in ("Ctrl +", "⌘ +")
    assert spoken("left") == "←"
    words = []
    for commands in (slider_commands(None), drawing_commands(None)):
        named = [(k, c.name) for c in (*commands, *window_commands(None)) for k in c.keys]
        words.append({key: set(name.lower().split()) for key, name in named})
        assert len(words[-1]) == len(named)
    for key in words[0].keys() & words[1].keys():
        assert words[0][key] & words[1][key], key


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
    for background in (COLORS.panel, COLORS.window):
        assert contrast(COLORS.faint, background) > 4.5
    assert contrast(COLORS.on_accent, COLORS.accent) > 4.5
    assert contrast(COLORS.text, COLORS.accent_soft) > 4.5


def test_dense_screens_and_large_windows_start_larger():
    assert starting_scale((1920, 1080)) == 1.0
    assert starting_scale((3840, 2160)) == 2.0
    assert natural_scale((1920, 1080), (1280, 720)) == 1.0
    assert natural_scale((2560, 1440), (2560, 1440)) == 1.5


# GIFs


def read_gif(path):
    with Image.open(path) as gif:
        return [
            (np.asarray(frame.convert("RGB")), frame.info["duration"])
            for frame in ImageSequence.Iterator(gif)
        ], gif.info.get("loop")


def test_frames_keep_their_levels_exactly_and_odd_rates_keep_the_pace(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (31, 16, 16), dtype=np.uint8)
    for given, fps, lengths in ((iter(frames), 25, {40}), (frames / np.float32(255), 30, {30, 40})):
        (tmp_path / "a.gif").write_bytes(encode_gif(given, fps=fps))
        read, loop = read_gif(tmp_path / "a.gif")
        assert loop == 0 and np.array_equal([pixels[..., 1] for pixels, _ in read], frames)
        assert {duration for _, duration in read} == lengths
        assert abs(sum(duration for _, duration in read) - 31 * 1000 / fps) <= 10


def test_a_film_that_is_too_large_gets_fewer_gray_levels_then_fewer_frames(tmp_path, monkeypatch):
    rows, columns = np.indices((80, 90))
    wave = [0.5 + 0.4 * np.sin(rows / 9 + t / 3) * np.cos(columns / 7 - t / 5) for t in range(20)]
    noise = np.random.default_rng(0).random((20, 40, 50))
    for film, limit in ((wave, len(encode_gif(wave)) // 2), (noise, 20_000)):
        monkeypatch.setattr("ui.pictures.LARGEST_GIF", limit)
        (tmp_path / "a.gif").write_bytes(content := encode_gif(film, fps=25))
        assert limit / 2 < len(content) <= limit
        read, _ = read_gif(tmp_path / "a.gif")
        assert sum(duration for _, duration in read) == 800
        assert len(np.unique([pixels for pixels, _ in read])) < 128
        assert (len(read) == 20) == (film is wave)
        for pixels, _ in read:
            nearest = min(np.abs(pixels[..., 0] - 255 * frame).max() for frame in film)
            assert nearest < 8
