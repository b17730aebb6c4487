"""What a screen sees of the window that it is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import pygame

from ui.keys import Command
from ui.session import Session
from ui.theme import Theme
from ui.widgets.panel import Item
from ui.widgets.pointer import Pointer
from ui.worker import Worker


class Host(Protocol):
    """Everything that screens and panels ask of the window, `ui.window.Window`."""

    latent: Any  # the latent space of the model in use
    session: Session  # what is kept between starts
    worker: Worker  # computes beside the window
    sharp: bool  # whether faces show with the detail that the finisher invents
    theme: Theme  # at the current scale
    pointer: Pointer  # what is under the mouse, held, and has the keyboard
    commands: list[Command]  # those of the window, which every screen has

    def now(self) -> float:
        """Return the seconds since the window opened."""

    def notify(
        self, text: str, problem: bool = False, lasts: Callable[[], bool] = lambda: True
    ) -> None:
        """Show a message for a while, and no longer than `lasts` is true."""

    def show_hint(self, name: str, lines: Sequence[str]) -> None:
        """Show lines with a button, once ever for a name."""

    def open_menu(self, items: Sequence[Item], anchor: pygame.Rect, chosen: str = "") -> None:
        """Pop up a list of (text, action, help) beside a rectangle; `chosen` is marked."""
