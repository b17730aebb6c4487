"""What is said in the bar along the lower edge of the window: messages, hints and offers.

The bar lies over the help line and a little more, where no screen has anything to use: it covers no
button and takes no stroke.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from ui.theme import COLORS, SIZES, Theme, fit
from ui.widgets.base import Point, Widget
from ui.widgets.button import Button
from ui.widgets.shapes import dot, write

BAR = 36  # points: the help line, and the margin that every screen leaves above it
LINES = 2  # that fit
LINE, SIGN = 16, 18  # points


class Message(Widget):
    """A sentence or some, and perhaps buttons.

    Args:
        lines: what it says.
        over: says whether it has become pointless.
        sign: a letter in a disc before the lines, such as "!" for a problem.
    """

    def __init__(
        self, lines: Sequence[str], over: Callable[[], bool] = lambda: False, sign: str = ""
    ):
        super().__init__()
        self.lines = list(lines)
        self.over = over
        self.sign = sign
        self.buttons: list[Button] = []
        self._wrapped: list[str] = []
        self._left = 0  # of the lines

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Break the lines, and place the buttons after them."""
        margin, gap = theme.px(SIZES.margin), theme.px(8)
        widths = [button.width(theme) for button in self.buttons]
        self._left = rect.left + margin + (theme.px(SIGN) + gap if self.sign else 0)
        room = max(0, rect.right - margin - self._left - sum(widths) - gap * (len(widths) + 1))
        lines = theme.wrap(" ".join(self.lines), room, SIZES.small)
        if len(lines) > LINES:
            rest = " ".join(lines[LINES - 1 :])
            lines[LINES - 1 :] = [fit(rest, theme.font(SIZES.small), room)]
        self._wrapped = lines
        left = self._left + max(theme.width(line, SIZES.small) for line in lines) + 2 * gap
        for button, width in zip(self.buttons, widths, strict=True):
            place = pygame.Rect(left, 0, width, rect.height - theme.px(6))
            place.centery = rect.centery
            button.place(place, theme)
            left = place.right + gap

    def press(self, pos: Point, button: int) -> bool:
        """Keep presses from what lies behind."""
        return True

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the bar, the sign and the lines."""
        surface.fill(COLORS.raised)
        surface.fill(COLORS.edge, pygame.Rect(self.rect.topleft, (self.rect.width, theme.px(1))))
        if self.sign:
            side = theme.px(SIGN)
            place = pygame.Rect(self.rect.left + theme.px(SIZES.margin), 0, side, side)
            place.centery = self.rect.centery
            dot(surface, place.center, side, COLORS.warning)
            write(surface, theme.text(self.sign, COLORS.on_accent, bold=True), place)
        line = theme.px(LINE)
        top = self.rect.centery - line * len(self._wrapped) // 2
        for text in self._wrapped:
            row = pygame.Rect(self._left, top, 1, line)
            write(surface, theme.text(text, size=SIZES.small), row, "left")
            top += line


class Messages(Widget):
    """The bar: a message that goes away by itself, or the first of the hints and offers."""

    solid = False

    def __init__(self):
        super().__init__()
        self.message: Message | None = None
        self.ends = 0.0  # when the message goes away
        self.standing: list[Message] = []  # hints and offers
        self._theme: Theme | None = None

    def show_message(
        self,
        text: str,
        until: float,
        sign: str = "",
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        """Show a message in place of the one before, until a time or until it is over."""
        if self.message is not None:
            self.remove(self.message)
        self.message, self.ends = self.add(Message([text], over, sign)), until
        self._arrange()

    def ask(
        self,
        lines: Sequence[str],
        actions: Sequence[tuple[str, Callable, str]],
        over: Callable[[], bool] = lambda: False,
        first: bool = False,
    ) -> Message:
        """Show lines with buttons until one is pressed or they are over.

        They queue behind earlier ones, or come `first`.
        """
        message = self.add(Message(lines, over))
        for number, (text, action, help) in enumerate(actions):
            button = Button(text, self._leaving(message, action), help, strong=not number)
            message.buttons.append(message.add(button))
        self.standing.insert(0 if first else len(self.standing), message)
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
            self.remove(message)
            self._arrange()

    def update(self, now: float) -> float | None:
        """Take away what is old or over; return the time when there is a message to take."""
        for message in [message for message in self.standing if message.over()]:
            self.dismiss(message)
        if self.message is None:
            return None
        if now < self.ends and not self.message.over():
            return self.ends
        self.remove(self.message)
        self.message = None
        self._arrange()
        return None

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the message that shows."""
        self._theme = theme
        self._arrange()

    def _arrange(self) -> None:
        if self._theme is None:
            return
        shown = self.message or next(iter(self.standing), None)
        for message in self.children:
            message.show(message is shown)
        if shown is not None:
            shown.place(self.rect, self._theme)
