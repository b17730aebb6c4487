"""Mouse and keyboard: which widget is hovered, pressed and focused."""

import math
import time

import pygame

from ui.keys import key_of
from ui.widgets.base import Point, Root, Widget

DOUBLE_CLICK = 0.4  # seconds between two presses, at most
STILL = 4  # pixels that the mouse may move between them
OUTSIDE: Point = (-1, -1)
NEVER = (-math.inf, 0, OUTSIDE)  # time, button and place of a press


class Pointer:
    """Turns events into gestures of the widgets under a root."""

    def __init__(self, root: Root):
        self.root = root
        self.hovered: Widget | None = None  # under the mouse; None while keys choose widgets
        self.captured: Widget | None = None  # the one pressed, until the button is released
        self.focused: Widget | None = None  # has the keyboard
        self.by_keys = False  # a key chose `focused`, and the mouse entered no other since
        self.pos = OUTSIDE  # the mouse
        self._under: Widget | None = None  # the widget under the mouse, hovered or not
        self._button = 0
        self._pressed = NEVER

    @property
    def typing(self) -> bool:
        """Whether letter keys are text."""
        return self.focused is not None and self.focused.typing

    def handle(self, event: pygame.event.Event) -> bool:
        """Pass an event to its widget; return whether it was a key that a widget answered."""
        if event.type == pygame.MOUSEMOTION:
            self.pos = event.pos
            if self.captured is not None:
                self.captured.drag(event.pos)
            else:
                self._look(moved=True)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button <= 3:
            self._press(event.pos, event.button)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == self._button:
            self.pos = event.pos
            if math.dist(event.pos, self._pressed[2]) >= STILL:
                self._pressed = NEVER
            self.let_go()
        elif event.type == pygame.MOUSEWHEEL:
            x, y = (getattr(event, f"precise_{n}", 0) or getattr(event, n) for n in "xy")
            if abs(y) > abs(x):  # a sideways swipe is never quite level
                under = self.root.hit(self.pos)
                any(widget.wheel(y, self.pos) for widget in (under.ancestors() if under else ()))
        elif event.type == pygame.WINDOWLEAVE and self.captured is None:
            self.pos = OUTSIDE
            self._look()
        elif event.type == pygame.WINDOWFOCUSLOST:
            self.let_go()
        elif self.focused is not None and event.type == pygame.KEYDOWN:
            return self.focused.key(key_of(event))
        elif self.focused is not None and event.type == pygame.TEXTINPUT:
            self.focused.type_text(event.text)
        elif self.focused is not None and event.type == pygame.TEXTEDITING:
            self.focused.compose(event.text)
        return False

    def focus(self, widget: Widget | None) -> None:
        """Give the keyboard to a widget, or to none."""
        if widget is self.focused:
            return
        before, self.focused = self.focused, widget
        for changed in (before, widget):
            if changed is not None:
                changed.focused = changed is widget
                changed.focus_changed()
                changed.invalidate()
        if widget is not None and widget.typing:
            pygame.key.start_text_input()
            pygame.key.set_text_input_rect(widget.rect)  # where an input method offers words
        else:
            pygame.key.stop_text_input()
        if widget is None and self.captured is None:  # what is under the mouse counts again
            self.by_keys = False
            self._look()

    def choose(self, widget: Widget) -> None:
        """Focus a widget that a key chose; a resting mouse then hovers nothing."""
        self.focus(widget)
        self.by_keys = True
        self._look()

    def let_go(self) -> None:
        """End the gesture in progress as if the button had been released."""
        widget, self.captured, self._button = self.captured, None, 0
        if widget is not None:
            widget.held = False
            self._renew(widget)
            widget.release(self.pos)
            self._look()

    def refresh(self) -> None:
        """Find again what is under the mouse, after widgets moved, came or went."""
        if self.captured is not None and not self._alive(self.captured):
            self.let_go()
        if self.focused is not None and not self._alive(self.focused):
            self.focus(None)
        if self.captured is None:
            self._look()

    def _alive(self, widget: Widget) -> bool:
        line = list(widget.ancestors())
        return line[-1] is self.root and all(w.visible for w in line) and widget.enabled

    def _look(self, moved: bool = False) -> None:
        """Hover what is under the mouse; moving onto another focusable widget ends the focus."""
        under = self.root.hit(self.pos)
        if moved and under is not self._under:
            self.by_keys = False
            other = under is not None and under.focusable and under is not self.focused
            if other and not self.typing:
                self.focus(None)
        self._under = under
        before, self.hovered = self.hovered, None if self.by_keys else under
        for widget in (before, self.hovered):
            if widget is not None and before is not self.hovered:
                widget.hovered = widget is self.hovered
                self._renew(widget)

    def _press(self, pos: Point, button: int) -> None:
        self.pos = pos
        if self.captured is not None:  # a second button during a drag
            return
        self.by_keys = False
        self._look()
        if self.focused is not self.hovered and self.typing:
            self.focus(None)
        when, before, place = self._pressed
        now, self._button = time.monotonic(), button
        double = button == before and now - when < DOUBLE_CLICK and math.dist(pos, place) < STILL
        self._pressed = NEVER if double else (now, button, pos)
        for widget in self.hovered.ancestors() if self.hovered else ():
            if not widget.enabled:
                return
            self.captured = widget
            if (double and widget.double_click(pos)) or widget.press(pos, button):
                if self.captured is widget:
                    widget.held = True
                    self._renew(widget)
                if widget.focusable:
                    self.focus(widget)
                return
            self.captured = None

    @staticmethod
    def _renew(widget: Widget) -> None:
        if widget.reacts:
            widget.invalidate()
