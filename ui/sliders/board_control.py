"""What goes on between the board of sliders and the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pygame

from data.errors import UserError
from ui.sliders import jobs
from ui.sliders.axes import direction_axis, principal_axes, raw_axes
from ui.sliders.board import Board
from ui.sliders.ends import Ends
from ui.sliders.face_slider import FaceSlider
from ui.sliders.state import FaceState
from ui.theme import Theme
from ui.widgets.base import Widget
from ui.worker import Result

if TYPE_CHECKING:
    from ui.sliders.screen import SlidersScreen

PRINCIPAL = ("WHAT MATTERS MOST", "FINER DETAIL")
RAW = ("RAW CODES THAT VARY MOST", "THE OTHER RAW CODES")


class BoardControl:
    """Turns gestures on the board into steps of the desk, and shows the desk on the board.

    Args:
        screen: the slider screen.
    """

    def __init__(self, screen: SlidersScreen):
        self.screen = screen
        self.raw = False
        self.ends = Ends()
        self._base: FaceState | None = None  # where a gesture began
        self._request = 0  # of the ends that were asked for last
        self._about: tuple | None = None  # the slider and code that they are for
        self._over: Widget | None = None  # what the mouse was over when last looked
        self._seen: float | None = None  # value that the card shows
        self._place: tuple[pygame.Rect, Theme] | None = None
        self._directions: dict[str, np.ndarray] | None = None

    def make(self) -> Board:
        """Make the board."""
        self.widget = Board(self._began, self._moved, self._ended, self._reset, self._lock)
        self.widget.focus = self.screen.host.focus
        self._use()
        return self.widget

    def placed(self, rect: pygame.Rect, theme: Theme) -> None:
        """Remember where the board is, for the card beside it."""
        self._place = (rect, theme)

    def _use(self) -> None:
        latent = self.screen.host.latent
        axes = raw_axes(latent) if self.raw else principal_axes(latent)
        self.widget.use(axes, RAW if self.raw else PRINCIPAL)

    def follow(self, state: FaceState) -> None:
        """Show where a state stands on every slider."""
        if state.directions is not self._directions:
            self._directions = state.directions
            latent = self.screen.host.latent
            named = {**latent.directions, **state.directions}
            self.widget.use_directions(
                [direction_axis(latent, name, vector) for name, vector in named.items()]
            )
            self.screen.host.refresh_pointer()
        self.widget.follow(state.code, state.locks)

    # Gestures

    def _began(self, slider: FaceSlider) -> None:
        self.screen.settle()
        self._base = self.screen.desk.now

    def _moved(self, slider: FaceSlider, value: float) -> None:
        self.screen.desk.move(self._base, slider.axis, value)

    def _ended(self, slider: FaceSlider) -> None:
        self.screen.desk.commit(tag=("nudge", slider.axis.name) if slider.nudging else None)
        self.screen.changed()

    def _reset(self, slider: FaceSlider) -> None:
        self.screen.settle()
        self.screen.desk.reset(slider.axis)

    def _lock(self, slider: FaceSlider) -> None:
        if slider.axis.lock is None:
            raise UserError("Only the numbered sliders can be locked, not raw codes or directions.")
        self.screen.desk.toggle_lock(slider.axis.lock)

    # Keys

    def target(self) -> FaceSlider | None:
        """Return the slider that keys are meant for.

        It is the one that has the keyboard, until the mouse comes to another.
        """
        pointer = self.screen.host.pointer
        over = pointer.hovered
        if over is not self._over:
            self._over = over
            leaves = isinstance(over, FaceSlider) and isinstance(pointer.focused, FaceSlider)
            if leaves and over is not pointer.focused and pointer.captured is None:
                pointer.focus(None)
        for widget in (pointer.captured, pointer.focused, over):
            if isinstance(widget, FaceSlider):
                return widget
        return None

    def _aimed(self) -> FaceSlider:
        slider = self.target()
        if slider is None:
            raise UserError("Point at a slider first, or pick one with the up and down keys.")
        return slider

    def walker(self, steps: int) -> Callable[[], None]:
        """Return a function that moves the keyboard to another slider."""

        def act() -> None:
            if self.screen.sheets.open is None:
                self.widget.focus(self.widget.neighbour(self.target(), steps))

        return act

    def nudger(self, steps: int) -> Callable[[], None]:
        """Return a function that nudges a slider."""

        def act() -> None:
            if self.screen.sheets.open is not None:
                return
            slider = self.target() or self.widget.neighbour(None, 0)
            self.widget.focus(slider)
            slider.step(steps)

        return act

    def type_number(self) -> None:
        """Type the value of a slider."""
        self.widget.type_number(self._aimed())

    def reset_target(self) -> None:
        """Put a slider back."""
        self._reset(self._aimed())

    def lock_target(self) -> None:
        """Lock or unlock a slider."""
        self._lock(self._aimed())

    def drop_direction(self) -> None:
        """Forget one of the user's own directions."""
        self.screen.desk.drop_direction(self._aimed().axis.name)

    def toggle_raw(self) -> None:
        """Change between principal sliders and raw codes."""
        self.set_raw(not self.raw)

    def set_raw(self, raw: bool) -> None:
        """Show raw codes (True) or principal sliders."""
        self.raw = raw
        self.leave()
        self._use()
        self.screen.host.refresh_pointer()
        self.screen.changed()

    # What the slider under the mouse does

    def update(self) -> None:
        """Show what the slider under the mouse does; decoding waits until no button is down."""
        slider = self.target()
        if slider is None or self._place is None or self.screen.sheets.open is not None:
            self.leave()
            return
        state = self.screen.desk.now
        held = self.screen.host.pointer.captured is slider
        if slider is not self.ends.slider or slider.value != self._seen:
            self._seen = slider.value
            self.ends.about(slider, *self._place)
        if held or self.screen.walking.playing:
            self._about = None
            self.screen.host.worker.cancel("sliders.ends")
        elif (
            self._about is None or self._about[0] is not slider or self._about[1] is not state.code
        ):
            self._about = (slider, state.code)
            codes = np.stack(
                [slider.axis.moved(state.code, end) for end in (slider.axis.low, slider.axis.high)]
            )
            self._request = self.screen.host.worker.submit("sliders.ends", jobs.faces(codes), 1)

    def ends_ready(self, result: Result) -> None:
        """Show the faces at the ends, if they are still asked for."""
        if result.request_id == self._request and self.ends.slider is not None:
            self.ends.fill(*result.value, *self._place)

    def leave(self) -> None:
        """Show nothing about sliders."""
        self._about = self._seen = None
        if self.ends.slider is not None:
            self.screen.host.worker.cancel("sliders.ends")
            self.ends.leave()
