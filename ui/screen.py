"""The base of the two screens, and what they see of the window."""

from collections.abc import Callable, Sequence
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
    """What screens and panels use of the window, `ui.window.Window`."""

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
        """Show a message for a while, at most as long as `lasts` returns true."""

    def show_hint(self, name: str, lines: Sequence[str]) -> None:
        """Show a hint the first time its name is used, with a button that closes it."""

    def open_menu(self, items: Sequence[Item], anchor: pygame.Rect, chosen: str = "") -> None:
        """Pop up a list of (text, action, help) beside a rectangle; `chosen` is marked."""


class Screen(Widget):
    """One mode of the window: a widget that fills the space between header and help line.

    A screen adds its widgets as children, places them in `layout`, and keeps its state apart from
    them. It never draws: it changes widgets, which are drawn at the end of the frame.
    """

    name = ""  # for `Window.show`
    title = ""  # on its tab
    live_slot: str | None = None  # of the worker: a frame waits some milliseconds for its result

    def __init__(self, host: Host, commands: Sequence[Command] = ()):
        super().__init__()
        self.host = host
        self.commands = list(commands)  # of its keys and buttons

    @property
    def steps(self) -> int:
        """The number of steps taken here, undo and redo included."""
        return 0

    def enter(self) -> None:
        """Come to the front."""

    def leave(self) -> None:
        """Go to the back; stop what needs the screen to be visible."""

    def handle(self, event: pygame.event.Event) -> bool:
        """Answer an event before widgets and commands do; return whether it was answered."""
        return False

    def update(self, now: float) -> float | None:
        """Prepare a frame; return the time of the next one that is needed without an event."""
        return None

    def ready(self) -> None:
        """Go on now that the engine is loaded."""
        self.sharpen()

    def sharpen(self) -> None:
        """Show all faces again, after `Host.sharp` has changed."""

    def escape(self) -> bool:
        """Close or stop what is in front; return whether there was anything."""
        return False

    def code(self) -> np.ndarray | None:
        """Return the code for the other screen to take over, float32 (latent_dim,), or None."""
        return None

    @property
    def takes_face(self) -> bool:
        """Whether a click on its tab takes the other screen's face along, as Tab does."""
        return False

    def take(self, code: np.ndarray) -> None:
        """Take over the code of the other screen, as one step of the history."""

    def save_session(self, session: Session) -> None:
        """Assign what is to be kept to a session that is about to be saved."""

    def restore_session(self) -> None:
        """Restore what `host.session` kept."""
