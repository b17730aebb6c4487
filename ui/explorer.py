"""The Latent Face Explorer's window: both screens in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ui.app import App
from ui.drawing.screen import DrawingScreen
from ui.keys import Command
from ui.screen import Screen
from ui.session import Session
from ui.sliders.screen import SlidersScreen
from ui.window import window_commands


def make_screens() -> list[Screen]:
    """Make both screens, in the order of their tabs."""
    return [SlidersScreen(), DrawingScreen()]


def open_explorer(start: str, session: Session, load_engine: Callable[[], Any], latent: Any) -> App:
    """Open the window with both screens, "sliders" or "drawing" in front; see `App`."""
    return App(make_screens(), session, load_engine, latent, start)


def all_commands() -> dict[str, list[Command]]:
    """Return the commands of every screen by its title, and the window's, for lists of keys."""
    lists = {screen.title: screen.commands for screen in make_screens()}
    return {**lists, "Both": window_commands(None)}
