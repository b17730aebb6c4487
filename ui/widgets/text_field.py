"""A field for one line of text; while it has the keyboard, letter keys are letters."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.shapes import box, write


class TextField(Widget):
    """One line of text.

    Args:
        entered: called with the text on Enter.
        left: called when it was left without Enter; the text is then the one before.
        hint: shown in an empty field.
        allowed: characters that can be typed; empty for all printable ones.
        longest: how many characters fit.
        keeps: whether text stays that was left without Enter.
    """

    focusable = True
    typing = True
    reacts = True

    def __init__(
        self,
        text: str = "",
        entered: Callable[[str], object] = lambda text: None,
        left: Callable[[], object] = lambda: None,
        hint: str = "",
        allowed: str = "",
        longest: int = 60,
        keeps: bool = False,
        help: str = "",
    ):
        super().__init__(help)
        self.entered, self.left = entered, left
        self.hint, self.allowed, self.longest, self.keeps = hint, allowed, longest, keeps
        self.text = self._before = text
        self.cursor = len(text)
        self._done = False

    def set(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.change(text=text, cursor=len(text))

    def press(self, pos: Point, button: int) -> bool:
        """Take the keyboard."""
        return button == 1

    def focus_changed(self) -> None:
        """Remember the text on arrival; where it is not to stay, put it back without Enter."""
        if self.focused:
            self._before, self._done, self.cursor = self.text, False, len(self.text)
        elif not self._done:
            self.set(self.text if self.keeps else self._before)
            self.left()

    def type_text(self, typed: str) -> None:
        """Insert what was typed."""
        fitting = (c for c in typed if c.isprintable() and (not self.allowed or c in self.allowed))
        kept = "".join(fitting)[: self.longest - len(self.text)]
        self.text = self.text[: self.cursor] + kept + self.text[self.cursor :]
        self.cursor += len(kept)
        self.invalidate()

    def key(self, key: str) -> bool:
        """Edit; keys that make a character are swallowed, others go on to the commands."""
        here = self.cursor
        if key == "return":
            self._done = True
            try:
                self.entered(self.text)
                self._before = self.text
            finally:  # what was refused can still be left
                self._done = self._done and not self.focused
        elif key == "backspace" and here:
            self.text = self.text[: here - 1] + self.text[here:]
            self.cursor -= 1
        elif key == "delete":
            self.text = self.text[:here] + self.text[here + 1 :]
        elif key in ("left", "right"):
            self.cursor = min(len(self.text), max(0, here + (1 if key == "right" else -1)))
        elif key in ("home", "end"):
            self.cursor = 0 if key == "home" else len(self.text)
        else:  # a key that makes a character, or would in another field, is no command here
            name = key.removeprefix("shift+")
            return len(name) == 1 or name in ("space", "backspace") or name.startswith("[")
        self.invalidate()
        return True

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the field, the text or the hint, and the cursor."""
        edge = COLORS.accent if self.focused else COLORS.edge if self.hovered else COLORS.line
        box(surface, self.rect, COLORS.window, theme.px(SIZES.radius - 1), edge, theme.px(1))
        inner = self.rect.inflate(-theme.px(16), 0)
        before = theme.width(self.text[: self.cursor])
        shift = max(0, before - inner.width + theme.px(2))
        clip = surface.get_clip()
        surface.set_clip(inner.clip(clip))
        if self.text or self.focused:
            text = theme.text(self.text, COLORS.text if self.enabled else COLORS.edge)
        else:
            text = theme.text(self.hint, COLORS.faint, width=inner.width)
        write(surface, text, inner.move(-shift, 0), "left")
        if self.focused:
            cursor = pygame.Rect(0, 0, theme.px(1), theme.px(16))
            cursor.midleft = (inner.left + before - shift, inner.centery)
            surface.fill(COLORS.accent, cursor)
        surface.set_clip(clip)
