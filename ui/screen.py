"""The base of the two screens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pygame

from ui.host import Host
from ui.keys import Command
from ui.widgets.base import Widget
from ui.worker import Result


class Screen(Widget):
    """One mode of the window: a widget that fills the space between header and help line.

    A screen adds its widgets as children, places them in `layout`, and keeps its state apart from
    them. It never draws by itself: it changes widgets, and they are drawn before the frame ends.
    """

    name = ""  # what `Window.show` knows it by
    title = ""  # on its tab
    live_slot: str | None = None  # of the worker: a frame waits some milliseconds for its answer

    def __init__(self):
        super().__init__()
        self.host: Host | None = None  # the window, from `attach` on
        self.commands: list[Command] = []  # of its keys and buttons; set in `attach` at the latest

    def attach(self, host: Host) -> None:
        """Come to a window: called once, before the first layout; extend to make widgets."""
        self.host = host

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

    def result(self, result: Result) -> None:
        """Take a result of a job whose slot starts with this screen's name and a dot."""

    def drop(self, path: Path) -> None:
        """Take a file that was dropped on the window."""

    def escape(self) -> bool:
        """Close or stop the front-most thing; return whether there was one."""
        return False

    def code(self) -> np.ndarray | None:
        """Return the code that the other screen takes over, (80,) float32, or None."""
        return None

    def take(self, code: np.ndarray) -> None:
        """Take over the code of the other screen, as one step that can be undone."""

    def save_session(self) -> None:
        """Write what should survive into `host.session`, which is saved after that."""

    def restore_session(self) -> None:
        """Go on from what `host.session` kept from the last time."""
