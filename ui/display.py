"""Opening the window at a sensible size, or one sentence if there is no display."""

import os
import sys

os.environ.setdefault("SDL_WINDOWS_DPI_AWARENESS", "permonitorv2")  # sharp on dense screens
os.environ.setdefault("SDL_IME_SHOW_UI", "1")  # input methods list their words to choose from
os.environ.setdefault("SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR", "0")
if sys.platform == "linux":
    # SDL would show pixels through OpenGL, whose driver loads LLVM. TensorFlow loads another one,
    # and the process dies while importing it. Plain X11 shows pixels as fast.
    os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")

import pygame
from pygame._sdl2.video import Window

from data.errors import UserError
from ui.theme import COLORS, starting_scale
from ui.widgets.base import dot

NAME = "Latent Face Explorer"
SMALLEST = (900, 600)  # points
LEAST_SCALE = 0.5
USUAL = (1280, 800)  # points
UNSEEN = ("offscreen", "dummy")  # drivers without a display that SDL falls back to
SEEN = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")  # variables: one is set on a desktop
NO_DISPLAY = (
    "There is no display to open a window on. "
    "Run this on a desktop, or over SSH with X forwarding (ssh -X)."
)

_handle: Window | None = None  # kept alive: events of the window only refer to it


def open_display() -> None:
    """Connect to the display; `UserError` if there is none, unless SDL_VIDEODRIVER is set."""
    asked = os.environ.get("SDL_VIDEODRIVER", "")
    unix = sys.platform not in ("win32", "darwin")
    if unix and not any(os.environ.get(name) for name in SEEN):
        raise UserError(NO_DISPLAY)  # before SDL's libraries print about it
    try:
        pygame.display.init()
    except pygame.error as error:
        reason = f"SDL_VIDEODRIVER is {asked}" if asked else str(error)
        raise UserError(f"{NO_DISPLAY} ({reason})") from None
    if pygame.display.get_driver() in UNSEEN and not asked:
        pygame.display.quit()
        raise UserError(NO_DISPLAY)
    pygame.font.init()


def open_window(size: tuple[int, int] | None) -> pygame.Surface:
    """Open a resizable window, of the usual size on this screen unless one is given."""
    pygame.display.set_icon(_icon())
    pygame.display.set_caption(NAME)
    desktop = desktop_size()
    scale = starting_scale(desktop)
    usual = [
        min(round(points * scale), round(side * 0.92))
        for points, side in zip(USUAL, desktop, strict=True)
    ]
    try:
        return pygame.display.set_mode(size or usual, pygame.RESIZABLE)
    except pygame.error as error:
        raise UserError(f"The window cannot be opened ({error}): check the display.") from None


def desktop_size() -> tuple[int, int]:
    """Return the size of the first screen in pixels."""
    sizes = pygame.display.get_desktop_sizes()
    return sizes[0] if sizes else USUAL


def toggle_full_screen() -> None:
    """Fill the screen, or go back to the window as it was.

    With `set_mode`, X11 leaves a window of full size that hangs off the screen.
    """
    global _handle
    _handle = Window.from_display_module()
    if pygame.display.get_surface().get_flags() & pygame.FULLSCREEN:
        _handle.set_windowed()
    else:
        _handle.set_fullscreen(True)
    pygame.event.pump()  # the surface follows the window


def layout_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size to lay out for: that of the window, but not a tiny one."""
    width, height = (round(side * LEAST_SCALE) for side in SMALLEST)
    return max(size[0], width), max(size[1], height)


def fitting_scale(wanted: float, size: tuple[int, int]) -> float:
    """Return the UI scale nearest to `wanted` at which everything fits a window this size."""
    return max(LEAST_SCALE, min(wanted, size[0] / SMALLEST[0], size[1] / SMALLEST[1]))


def _icon() -> pygame.Surface:
    icon = pygame.Surface((64, 64), pygame.SRCALPHA, 32)
    dot(icon, (32, 32), 60, COLORS.panel)
    dot(icon, (23, 27), 9, COLORS.text)
    dot(icon, (41, 27), 9, COLORS.text)
    pygame.draw.rect(icon, COLORS.line, (16, 43, 32, 4), border_radius=2)
    dot(icon, (37, 45), 12, COLORS.accent)
    return icon
