"""What is said over the lower edge of the window: messages, hints and offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.button import Button
from ui.widgets.shapes import box, dot, write


class Message(Widget):
    """A message over the lower part of the window: a few lines, and perhaps buttons.

    Args:
        lines: what it says.
        buttons: to the right of the lines.
        sign: a letter in a disc before the lines, such as "!" for a problem.
    """

    def __init__(self, lines: Sequence[str], buttons: Sequence[Button] = (), sign: str = ""):
        super().__init__()
        self.lines = list(lines)
        self.buttons = [self.add(button) for button in buttons]
        self.sign = sign
        self._wrapped: list[str] = []

    def put(self, window: pygame.Rect, theme: Theme) -> None:
        """Place it above the lower edge of a rectangle, no wider than it needs to be."""
        pad, line = theme.px(14), theme.px(20)
        sign = theme.px(32) if self.sign else 0
        buttons = sum(button.width(theme) + theme.px(6) for button in self.buttons)
        room = min(theme.px(720), window.width - theme.px(32)) - 2 * pad - sign - buttons
        self._wrapped = [part for words in self.lines for part in theme.wrap(words, room)]
        width = max(theme.font().size(words)[0] for words in self._wrapped)
        size = (width + 2 * pad + sign + buttons, max(2, len(self._wrapped)) * line + theme.px(12))
        rect = pygame.Rect((0, 0), size)
        rect.midbottom = (window.centerx, window.bottom - theme.px(12))
        self.place(rect, theme)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the buttons at the right."""
        right = rect.right - theme.px(10)
        for button in reversed(self.buttons):
            place = pygame.Rect(0, 0, button.width(theme), theme.px(SIZES.button))
            place.midright = (right, rect.centery)
            button.place(place, theme)
            right = place.left - theme.px(6)

    def press(self, pos: Point, button: int) -> bool:
        """Keep presses from what lies behind."""
        return True

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the box, the sign and the lines."""
        box(surface, self.rect, COLORS.raised, theme.px(10), COLORS.edge, theme.px(1))
        left, line = self.rect.left + theme.px(14), theme.px(20)
        if self.sign:
            place = pygame.Rect(left, 0, theme.px(20), theme.px(20))
            place.centery = self.rect.centery
            dot(surface, place.center, place.width, COLORS.warning)
            write(surface, theme.text(self.sign, COLORS.on_accent, bold=True), place)
            left += theme.px(32)
        top = self.rect.centery - line * len(self._wrapped) // 2
        for words in self._wrapped:
            write(surface, theme.text(words), pygame.Rect(left, top, 1, line), "left")
            top += line


class Messages(Widget):
    """The messages that show now: one that goes away by itself, and one hint or offer above it."""

    def __init__(self):
        super().__init__()
        self.message: Message | None = None
        self.ends = 0.0  # when the message goes away
        self.standing: list[Message] = []  # hints and offers, the first one shows
        self._theme: Theme | None = None

    def hit(self, pos: Point) -> Widget | None:
        """Leave what is between the messages to what lies behind."""
        found = super().hit(pos)
        return None if found is self else found

    def show_message(self, words: str, until: float, sign: str = "") -> None:
        """Show a message in place of the one before, until a time."""
        if self.message is not None:
            self.remove(self.message)
        self.message, self.ends = self.add(Message([words], sign=sign)), until
        self._arrange()

    def ask(self, lines: Sequence[str], actions: Sequence[tuple[str, Callable, str]]) -> Message:
        """Show lines with buttons until one is pressed; they queue behind earlier ones."""
        message = Message(lines)
        for number, (words, action, help) in enumerate(actions):
            button = Button(words, self._leaving(message, action), help, strong=not number)
            message.buttons.append(message.add(button))
        self.standing.append(message)
        self._arrange()
        return message

    def _leaving(self, message: Message, action: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            self.dismiss(message)
            action()

        return act

    def dismiss(self, message: Message) -> None:
        """Take a hint or offer away."""
        if message in self.standing:
            self.standing.remove(message)
            if message.parent is self:
                self.remove(message)
            self._arrange()

    def update(self, now: float) -> float | None:
        """Take an old message away; return the time when there is one to take."""
        if self.message is None:
            return None
        if now < self.ends:
            return self.ends
        self.remove(self.message)
        self.message = None
        self._arrange()
        return None

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the messages above each other."""
        self._theme = theme
        self._arrange()

    def _arrange(self) -> None:
        if self._theme is None:
            return
        room = pygame.Rect(self.rect)
        if self.message is not None:
            self.message.put(room, self._theme)
            room.height = self.message.rect.top - room.top
        if self.standing:
            message = self.standing[0]
            if message.parent is None:
                self.add(message)
            message.put(room, self._theme)
