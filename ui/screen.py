"""The base of the two screens, and what they see of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pygame

from model.latent import LatentSpace
from ui.keys import Command
from ui.session import Session
from ui.theme import Theme
from ui.widgets.base import Widget
from ui.widgets.panel import Item
from ui.widgets.pointer import Pointer
from ui.worker import Worker


class Host(Protocol):
    """Everything that screens and panels ask of the window, `ui.window.Window`."""

    latent: LatentSpace  # the latent space of the model in use
    session: Session  # what is kept between starts
    worker: Worker  # computes beside the window
    theme: Theme  # at the current scale
    pointer: Pointer  # what is under the mouse, held, and has the keyboard
    commands: list[Command]  # those of the window, which every screen has

    @property
    def sharp(self) -> bool:
        """Whether faces show with the detail that the finisher invents."""

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


class Screen(Widget):
    """One mode of the window: a widget that fills the space between header and help line.

    A screen adds its widgets as children, places them in `layout`, and keeps its state apart from
    them. It never draws by itself: it changes widgets, and they are drawn before the frame ends.

    Args:
        host: the window.
        commands: of its keys and buttons.
    """

    name = ""  # what `Window.show` knows it by
    title = ""  # on its tab
    live_slot: str | None = None  # the worker's slot whose value a frame waits some ms for

    def __init__(self, host: Host, commands: Sequence[Command] = ()):
        super().__init__()
        self.host = host
        self.commands = list(commands)

    @property
    def steps(self) -> int:
        """How many steps were taken here so far, those back and forth included."""
        return 0

    def enter(self) -> None:
        """Come to the front."""

    def leave(self) -> None:
        """Go to the back; end what only makes sense in front."""

    def handle(self, event: pygame.event.Event) -> bool:
        """Answer an event before widgets and commands see it; return whether that was its use."""
        return False

    def update(self, now: float) -> float | None:
        """Do what a frame needs before it is drawn.

        Args:
            now: seconds since the window opened.

        Returns:
            When it wants to be called again without an event: a time as `now`, or None for never.
            A time in the past asks for the next frame.
        """
        return None

    def ready(self) -> None:
        """Respond to the engine's being loaded."""

    def sharpen(self) -> None:
        """Show the faces again: whether they are sharp has changed, see `Host.sharp`."""

    def drop(self, path: Path) -> None:
        """Take a file that was dropped on the window."""

    def escape(self) -> bool:
        """Close or stop the front-most thing; return whether there was one."""
        return False

    def code(self) -> np.ndarray | None:
        """Return the code that the other screen takes over, (80,) float32, or None."""
        return None

    @property
    def takes_face(self) -> bool:
        """Whether a click on its tab takes the other screen's face along, as Tab does."""
        return False

    def take(self, code: np.ndarray) -> None:
        """Take over the code of the other screen, as one step that can be undone."""

    def save_session(self, session: Session) -> None:
        """Assign what should survive to a session that is about to be saved."""

    def restore_session(self) -> None:
        """Go on from what `host.session` kept from the last time."""
