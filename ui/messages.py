"""What is said in the bar along the lower edge of the window: messages, hints and offers.

The bar lies over the help line and a little more, where no screen has anything to use: it covers no
button and takes no stroke.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import pygame

from ui.theme import COLORS, SIZES, Theme, fit
from ui.widgets.base import Point, Widget
from ui.widgets.button import Button, in_turn
from ui.widgets.shapes import dot, write

BAR = 36  # points: the help line, and the margin that every screen leaves above it
LINES = 2  # that fit
LINE, SIGN = 16, 18  # points


class Message(Widget):
    """A sentence or some, and perhaps buttons.

    Args:
        over: says whether it has become pointless.
        ends: the time when it goes away.
        problem: whether it is marked with a sign.
    """

    def __init__(
        self,
        lines: Sequence[str],
        over: Callable[[], bool],
        ends: float = math.inf,
        problem: bool = False,
    ):
        super().__init__()
        self.lines = list(lines)
        self.over, self.ends, self.problem = over, ends, problem
        self.buttons: list[Button] = []
        self._wrapped: list[str] = []
        self._left = 0  # of the lines

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Break the lines, and place the buttons after them."""
        margin, gap = theme.px(SIZES.margin), theme.px(8)
        widths = [button.width(theme) for button in self.buttons]
        self._left = rect.left + margin + (theme.px(SIGN) + gap if self.problem else 0)
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
        if self.problem:
            side = theme.px(SIGN)
            place = pygame.Rect(self.rect.left + theme.px(SIZES.margin), 0, side, side)
            place.centery = self.rect.centery
            dot(surface, place.center, side, COLORS.warning)
            write(surface, theme.text("!", COLORS.on_accent, bold=True), place)
        line = theme.px(LINE)
        row = pygame.Rect(self._left, 0, 1, line)
        row.top = self.rect.centery - line * len(self._wrapped) // 2
        for text in self._wrapped:
            write(surface, theme.text(text, size=SIZES.small), row, "left")
            row = row.move(0, line)


class Messages(Widget):
    """The bar: a message that goes away by itself, or the first of the hints and offers."""

    solid = False

    def __init__(self):
        super().__init__()
        self.message: Message | None = None
        self.standing: list[Message] = []  # hints and offers

    def show_message(
        self,
        text: str,
        ends: float,
        problem: bool = False,
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        """Show a message in place of the one before, until a time or until it is over."""
        self.dismiss(self.message)
        self.message = self.add(Message([text], over, ends, problem))
        self.rearrange()

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
            act = in_turn(partial(self.dismiss, message), action)
            message.buttons.append(message.add(Button(text, act, help, strong=not number)))
        self.standing.insert(0 if first else len(self.standing), message)
        self.rearrange()
        return message

    def dismiss(self, message: Message | None) -> None:
        """Take a message, hint or offer away, if it is still there."""
        if message not in self.children:
            return
        self.remove(message)
        if message is self.message:
            self.message = None
        else:
            self.standing.remove(message)
        self.rearrange()

    def update(self, now: float) -> float:
        """Take away what is old or over; return the time when there is something to take."""
        for message in list(self.children):
            if now >= message.ends or message.over():
                self.dismiss(message)
        return min((message.ends for message in self.children), default=math.inf)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the message that shows."""
        shown = self.message or next(iter(self.standing), None)
        for message in self.children:
            message.show(message is shown)
        if shown is not None:
            shown.place(rect, theme)
