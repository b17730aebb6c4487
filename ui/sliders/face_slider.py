"""The sliders of this screen: with a lock, a reset, and a field to type a number into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ui.sliders.axes import Axis
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point
from ui.widgets.shapes import box, dot, write
from ui.widgets.slider import Slider

if TYPE_CHECKING:
    from ui.sliders.board import Board

DIGITS = "0123456789-.,"


class FaceSlider(Slider):
    """A slider along an axis.

    Right button locks, middle button resets, a digit begins to type a number; keys do the same.

    Args:
        axis: what it moves along.
        board: hears of every gesture.
        small: drawn as a cell with just a number and a track.
    """

    def __init__(self, axis: Axis, board: Board, small: bool = False):
        super().__init__(
            axis.name,
            axis.low,
            axis.high,
            axis.middle,
            changed=lambda value: board.moved(self, value),
            began=lambda: board.began(self),
            ended=lambda: board.ended(self),
            nudge=(axis.high - axis.low) / 60,
            compact=small,
            center=axis.middle,
            help=self._describe,
        )
        self.axis = axis
        self.board = board
        self.locked = False
        self.nudging = False

    def _describe(self) -> str:
        parts = [f"{self.axis.name} at {self.words}", "drag or wheel", "Enter types a number"]
        parts.append("Backspace or middle button resets")
        if self.axis.lock is not None:
            parts.append("L unlocks" if self.locked else "L or right button locks")
        return " · ".join(parts)

    @property
    def label_width(self) -> int:
        """Points that a small one keeps for its number."""
        return 12

    def lock(self, locked: bool) -> None:
        """Show whether it is locked."""
        if locked != self.locked:
            self.locked = locked
            self.invalidate()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Find the track; small ones show their value beside the board."""
        super().layout(rect, theme)
        if self.compact:
            self.track.left = rect.left + theme.px(21)
            self.track.width = rect.right - theme.px(7) - self.track.left
            self.track.height = theme.px(3)
            self.track.centery = rect.centery

    def press(self, pos: Point, button: int) -> bool:
        """Drag with the left button, reset with the middle one, lock with the right one."""
        if button == 2:
            self.board.reset(self)
        elif button == 3:
            self.board.toggle_lock(self)
        else:
            return super().press(pos, button)
        return True

    def drag(self, pos: Point) -> None:
        """Follow the mouse, where a gesture is under way."""
        if self.board.gesture is self:
            super().drag(pos)

    def release(self, pos: Point) -> None:
        """End the gesture, where one is under way."""
        if self.board.gesture is self:
            super().release(pos)

    def step(self, steps: float) -> None:
        """Nudge; one nudge after another is undone together."""
        self.nudging = True
        super().step(steps)
        self.nudging = False

    def key(self, key: str) -> bool:
        """Change with the arrow keys; a digit begins to type a number."""
        if len(key) == 1 and key in DIGITS:
            self.board.type_number(self, key)
            return True
        return super().key(key)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw a large slider, or a cell; a locked one has a padlock and a square handle."""
        if not self.compact:
            super().draw(surface, theme)
            return
        lively = self.hovered or self.held or self.focused
        if lively:
            edge = COLORS.accent if self.focused else None
            box(surface, self.rect, COLORS.raised, theme.px(4), edge, theme.px(1))
        number = self.axis.name.rpartition(" ")[2]
        color = COLORS.text if lively else COLORS.faint
        area = pygame.Rect(self.rect.left, self.rect.top, theme.px(18), self.rect.height)
        write(surface, theme.text(number, color, SIZES.tiny), area, "right")
        self.draw_track(surface, theme, lively)

    def draw_track(self, surface: pygame.Surface, theme: Theme, lively: bool) -> None:
        """Draw the track; over it the sign of a lock."""
        super().draw_track(surface, theme, lively)
        if not self.locked:
            return
        x, y = self.x_of(self.value), self.track.centery
        side = theme.px(12)
        body = pygame.Rect(0, 0, side, round(side * 0.72))
        body.midtop = (x, y - theme.px(3))
        shackle = pygame.Rect(0, 0, round(side * 0.62), round(side * 0.9))
        shackle.midtop = (x, body.top - round(side * 0.4))
        box(surface, body.inflate(theme.px(4), theme.px(4)), COLORS.window, theme.px(3))
        pygame.draw.rect(surface, COLORS.text, shackle, theme.px(2), border_radius=side)
        box(surface, body, COLORS.text, theme.px(2))
        dot(surface, body.center, theme.px(3), COLORS.window)
