"""A field for one line of text; while it has the keyboard, letter keys are letters."""

from collections.abc import Callable
from dataclasses import dataclass

import pygame

from data.errors import UserError
from ui.clipboard import copy_text, paste_text
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Help, Point, Widget, box, write


@dataclass(eq=False)
class TextField(Widget):
    """One line of text. All of it is selected when the field gets the keyboard."""

    text: str = ""
    entered: Callable[[str], object] = lambda text: None  # by Enter; `UserError` refuses the text
    left: Callable[[], object] = lambda: None  # called when the keyboard leaves
    hint: str = ""  # shown in an empty field
    allowed: str = ""  # characters that can be typed; "" for all printable ones
    longest: int = 60  # characters that fit
    keeps: bool = False  # whether text left without Enter stays; else the former text returns
    help: Help = ""

    focusable = True
    typing = True
    reacts = True

    def __post_init__(self) -> None:
        super().__init__(self.help)
        self._before = self.text
        self.cursor = self.anchor = len(self.text)  # ends of the selection: characters before them
        self.composed = ""  # text that an input method has not finished
        self._start = 0  # x of the first character, in pixels

    def set(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.change(text=text, cursor=len(text), anchor=len(text))

    @property
    def selection(self) -> slice:
        """The selected characters."""
        return slice(min(self.cursor, self.anchor), max(self.cursor, self.anchor))

    def press(self, pos: Point, button: int) -> bool:
        """Take the keyboard, or move the cursor."""
        if button == 1 and self.focused:
            self._move(self._index(pos))
        return button == 1

    def drag(self, pos: Point) -> None:
        """Select."""
        self._move(self._index(pos), select=True)

    def double_click(self, pos: Point) -> bool:
        """Select everything."""
        self.change(anchor=0, cursor=len(self.text))
        return True

    def focus_changed(self) -> None:
        """Select everything, or restore the former text."""
        self.composed = ""
        if self.focused:
            self._before = self.text
            self.change(anchor=0, cursor=len(self.text))
        else:
            self.set(self.text if self.keeps else self._before)
            self.left()

    def type_text(self, typed: str) -> None:
        """Replace the selection by the typed characters that are allowed and fit."""
        here = self.selection
        room = self.longest - len(self.text) + here.stop - here.start
        fitting = (c for c in typed if c.isprintable() and (not self.allowed or c in self.allowed))
        kept = "".join(fitting)[:room]
        self.text = self.text[: here.start] + kept + self.text[here.stop :]
        self.cursor = self.anchor = here.start + len(kept)
        self.composed = ""
        self.invalidate()

    def compose(self, text: str) -> None:
        """Show text that an input method has not finished."""
        self.change(composed=text)

    def key(self, key: str) -> bool:
        """Edit; keys that type a character are never commands, other keys may be."""
        name = key.removeprefix("shift+")
        if key == "return":
            before, self._before = self._before, self.text
            try:
                self.entered(self.text)
            except UserError:
                self._before = before
                raise
        elif name in ("left", "right", "home", "end"):
            steps = {"left": self.cursor - 1, "right": self.cursor + 1, "home": 0}
            self._move(steps.get(name, len(self.text)), select=key != name)
        elif name in ("backspace", "delete"):
            if self.cursor == self.anchor:
                self._move(self.cursor + (1 if name == "delete" else -1), select=True)
            self.type_text("")
        elif key == "ctrl+a":
            self.double_click(self.rect.center)
        elif key in ("ctrl+c", "ctrl+x"):
            if self.cursor != self.anchor:
                copy_text(self.text[self.selection])
            if key == "ctrl+x":
                self.type_text("")
        elif key == "ctrl+z":  # of the text, not of the face behind it
            self.set(self._before)
        elif key == "ctrl+v":
            self.type_text(paste_text())
        else:  # keys that type a character are not commands
            return len(name) == 1 or name == "space" or name.startswith("[")
        return True

    def _move(self, place: int, select: bool = False) -> None:
        """Move the cursor, and with it the end of the selection or all of it."""
        place = min(len(self.text), max(0, place))
        self.change(cursor=place, anchor=self.anchor if select else place)

    def _index(self, pos: Point) -> int:
        """Return how many characters lie before a point."""
        ends = [self.theme.width(self.text[:n]) for n in range(len(self.text) + 1)]
        return min(range(len(ends)), key=lambda n: abs(self._start + ends[n] - pos[0]))

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw field, selection, text or hint, and cursor."""
        edge = COLORS.accent if self.focused else COLORS.edge if self.hovered else COLORS.line
        box(surface, self.rect, COLORS.window, theme.px(SIZES.radius - 1), edge, theme.px(1))
        inner = self.rect.inflate(-theme.px(16), 0)
        shown = self.text[: self.cursor] + self.composed + self.text[self.cursor :]
        composed = theme.width(shown[: self.cursor]), theme.width(self.composed)
        here = sum(composed)
        self._start = inner.left - max(0, here - inner.width + theme.px(2))
        clip = surface.get_clip()
        surface.set_clip(inner.clip(clip))
        line = pygame.Rect(self._start, 0, 0, theme.px(18))
        line.centery = inner.centery
        if self.focused and not self.composed:
            first, last = self.selection.start, self.selection.stop
            left, right = theme.width(self.text[:first]), theme.width(self.text[:last])
            surface.fill(
                COLORS.accent_soft, (line.left + left, line.top, right - left, line.height)
            )
        if shown or self.focused:
            text = theme.text(shown, COLORS.text if self.enabled else COLORS.edge)
        else:
            text = theme.text(self.hint, COLORS.faint, width=inner.width)
        write(surface, text, inner.move(self._start - inner.left, 0), "left")
        if self.focused:
            under = (line.left + composed[0], line.bottom, composed[1], theme.px(1))
            surface.fill(COLORS.text, under)
            surface.fill(COLORS.accent, (line.left + here, line.top, theme.px(1), line.height))
        surface.set_clip(clip)
