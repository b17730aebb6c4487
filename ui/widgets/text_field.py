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
        words: the first text.
        entered: called with the text on Enter.
        left: called when it was left without Enter; the text is then the one before.
        hint: shown in an empty field.
        allowed: characters that can be typed; empty for all printable ones.
        longest: how many characters fit.
    """

    focusable = True
    typing = True
    reacts = True

    def __init__(
        self,
        words: str = "",
        entered: Callable[[str], object] = lambda words: None,
        left: Callable[[], object] = lambda: None,
        hint: str = "",
        allowed: str = "",
        longest: int = 60,
        help: str = "",
    ):
        super().__init__(help)
        self.words = words
        self.entered, self.left = entered, left
        self.hint = hint
        self.allowed = allowed
        self.longest = longest
        self.cursor = len(words)
        self._before = words
        self._done = False

    def set(self, words: str) -> None:
        """Show other text."""
        if words != self.words:
            self.words = words
            self.cursor = len(words)
            self.invalidate()

    def press(self, pos: Point, button: int) -> bool:
        """Take the keyboard."""
        return button == 1

    def focus_changed(self) -> None:
        """Remember the text on arrival; put it back when left without Enter."""
        if self.focused:
            self._before, self._done, self.cursor = self.words, False, len(self.words)
        elif not self._done:
            self.set(self._before)
            self.left()

    def text(self, words: str) -> bool:
        """Insert what was typed."""
        kept = [c for c in words if c.isprintable() and (not self.allowed or c in self.allowed)]
        kept = "".join(kept)[: self.longest - len(self.words)]
        self.words = self.words[: self.cursor] + kept + self.words[self.cursor :]
        self.cursor += len(kept)
        self.invalidate()
        return True

    def key(self, key: str) -> bool:
        """Edit; keys that make a character are swallowed, others go on to the commands."""
        here = self.cursor
        if key == "return":
            self._done = True
            self.entered(self.words)
            self._before, self._done = self.words, self._done and not self.focused
        elif key == "backspace" and here:
            self.words = self.words[: here - 1] + self.words[here:]
            self.cursor -= 1
        elif key == "delete":
            self.words = self.words[:here] + self.words[here + 1 :]
        elif key in ("left", "right"):
            self.cursor = min(len(self.words), max(0, here + (1 if key == "right" else -1)))
        elif key in ("home", "end"):
            self.cursor = 0 if key == "home" else len(self.words)
        else:
            return is_character(key)
        self.invalidate()
        return True

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the field, the text or the hint, and the cursor."""
        edge = COLORS.accent if self.focused else COLORS.edge if self.hovered else COLORS.line
        box(surface, self.rect, COLORS.window, theme.px(SIZES.radius - 1), edge, theme.px(1))
        inner = self.rect.inflate(-theme.px(16), 0)
        before = theme.width(self.words[: self.cursor])
        shift = max(0, before - inner.width + theme.px(2))
        clip = surface.get_clip()
        surface.set_clip(inner.clip(clip))
        if self.words or self.focused:
            text = theme.text(self.words, COLORS.text if self.enabled else COLORS.edge)
        else:
            text = theme.text(self.hint, COLORS.faint, width=inner.width)
        write(surface, text, inner.move(-shift, 0), "left")
        if self.focused:
            cursor = pygame.Rect(0, 0, theme.px(1), theme.px(16))
            cursor.midleft = (inner.left + before - shift, inner.centery)
            surface.fill(COLORS.accent, cursor)
        surface.set_clip(clip)


def is_character(key: str) -> bool:
    """Return whether a key makes a character, or would in a field: those are not commands there."""
    name = key.removeprefix("shift+")
    return len(name) == 1 or name in ("space", "backspace") or name.startswith("[")
