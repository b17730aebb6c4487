"""Mouse and keyboard: which widget is hovered, pressed and focused."""

from __future__ import annotations

from collections.abc import Iterable

import pygame

from ui.keys import key_of
from ui.widgets.base import Point, Root, Widget


class Pointer:
    """Turns events into gestures of the widgets under a root."""

    def __init__(self, root: Root):
        self.root = root
        self.hovered: Widget | None = None  # under the mouse
        self.captured: Widget | None = None  # from a press to its release
        self.focused: Widget | None = None  # has the keyboard
        self.pos: Point = (-1, -1)  # of the mouse
        self._button = 0

    @property
    def typing(self) -> bool:
        """Whether letter keys are text."""
        return self.focused is not None and self.focused.typing

    def handle(self, event: pygame.event.Event) -> bool:
        """Pass an event to its widget; return whether it was a key that a widget answered."""
        if event.type == pygame.MOUSEMOTION:
            self._move(event.pos)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button <= 3:
            self._press(event.pos, event.button)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == self._button:
            self.pos = event.pos
            self.let_go()
        elif event.type == pygame.MOUSEWHEEL:
            steps = getattr(event, "precise_y", event.y) or event.y
            any(widget.wheel(steps, self.pos) for widget in self._line(self.root.hit(self.pos)))
        elif event.type == pygame.WINDOWLEAVE and self.captured is None:
            self._hover(None)
        elif event.type == pygame.WINDOWFOCUSLOST:
            self.let_go()
        elif self.focused is not None and event.type == pygame.KEYDOWN:
            return self.focused.key(key_of(event))
        elif self.focused is not None and event.type == pygame.TEXTINPUT:
            self.focused.type_text(event.text)
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
        if self.typing:
            pygame.key.start_text_input()
        else:
            pygame.key.stop_text_input()

    def let_go(self) -> None:
        """End the gesture under way as if the button had been released."""
        widget, self.captured, self._button = self.captured, None, 0
        if widget is not None:
            widget.held = False
            self._renew(widget)
            widget.release(self.pos)
            self._hover(self.root.hit(self.pos))

    def refresh(self) -> None:
        """Find again what is under the mouse, after widgets moved, came or went."""
        if self.captured is not None and not self._alive(self.captured):
            self.let_go()
        if self.focused is not None and not self._alive(self.focused):
            self.focus(None)
        if self.captured is None:
            self._hover(self.root.hit(self.pos))

    def _alive(self, widget: Widget) -> bool:
        line = list(widget.ancestors())
        return line[-1] is self.root and all(w.visible for w in line) and widget.enabled

    def _move(self, pos: Point) -> None:
        self.pos = pos
        if self.captured is not None:
            self.captured.drag(pos)
        else:
            self._hover(self.root.hit(pos))

    def _press(self, pos: Point, button: int) -> None:
        self.pos = pos
        if self.captured is not None:  # a second button during a drag
            return
        target = self.root.hit(pos)
        self._hover(target)
        if self.focused is not None and self.focused is not target and self.typing:
            self.focus(None)
        self._button = button
        for widget in self._line(target):
            if not widget.enabled:
                return
            self.captured = widget
            if widget.press(pos, button):
                if self.captured is widget:
                    widget.held = True
                    self._renew(widget)
                if widget.focusable:
                    self.focus(widget)
                return
            self.captured = None

    @staticmethod
    def _line(target: Widget | None) -> Iterable[Widget]:
        return () if target is None else target.ancestors()

    def _hover(self, widget: Widget | None) -> None:
        if widget is self.hovered:
            return
        before, self.hovered = self.hovered, widget
        for changed in (before, widget):
            if changed is not None:
                changed.hovered = changed is widget
                self._renew(changed)

    @staticmethod
    def _renew(widget: Widget) -> None:
        if widget.reacts:
            widget.invalidate()
