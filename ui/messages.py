"""The bar along the lower edge of the window, where it covers nothing: messages, hints, offers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label, Widget, dot, place_row, write
from ui.widgets.button import Button
from ui.widgets.panel import Item

BAR = 36  # height in points: the help line, and the margin that every screen leaves above it
LINES = 2  # most lines of a message
LINE, SIGN = 16, 18  # height of a line and width of the sign, in points


@dataclass(eq=False)
class Message(Widget):
    """One or more sentences, perhaps with buttons."""

    lines: Sequence[str]
    over: Callable[[], bool]  # returns whether the message has become pointless
    ends: float = math.inf  # time at which it disappears
    problem: bool = False  # whether it is marked with a sign

    shields = True

    def __post_init__(self) -> None:
        super().__init__()
        self.buttons: list[Button] = []
        words = " ".join(self.lines)
        self.label = self.add(Label(words, size=SIZES.small, lines=LINES, leading=LINE))

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Wrap the lines, and place the buttons after them."""
        margin, gap = theme.px(SIZES.margin), theme.px(8)
        widths = [button.width(theme) for button in self.buttons]
        left = rect.left + margin + (theme.px(SIGN) + gap if self.problem else 0)
        room = max(0, rect.right - margin - left - sum(widths) - gap * (len(widths) + 1))
        self.label.place(pygame.Rect(left, rect.top, room, rect.height), theme)
        lines = theme.wrap(self.label.text, room, LINES, SIZES.small)
        left += max(theme.width(line, SIZES.small) for line in lines) + 2 * gap
        row = pygame.Rect(left, rect.top, sum(widths) + gap * len(widths), rect.height)
        place_row(self.buttons, row.inflate(0, -theme.px(6)), theme)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the bar and the sign."""
        surface.fill(COLORS.raised)
        surface.fill(COLORS.edge, pygame.Rect(self.rect.topleft, (self.rect.width, theme.px(1))))
        if self.problem:
            side = theme.px(SIGN)
            place = pygame.Rect(self.rect.left + theme.px(SIZES.margin), 0, side, side)
            place.centery = self.rect.centery
            dot(surface, place.center, side, COLORS.warning)
            write(surface, theme.text("!", COLORS.on_accent, bold=True), place)


class Messages(Widget):
    """The bar: a message that disappears by itself, or else the first hint or offer."""

    solid = False

    def __init__(self) -> None:
        super().__init__()
        self.message: Message | None = None
        self.standing: list[Message] = []  # hints and offers

    @property
    def _all(self) -> list[Message]:
        """The messages, the one that shows first."""
        return self.standing if self.message is None else [self.message, *self.standing]

    def show_message(self, message: Message) -> None:
        """Show a message in place of the one before."""
        self.dismiss(self.message)
        self.message = self.add(message)
        self.rearrange()

    def ask(
        self,
        lines: Sequence[str],
        actions: Sequence[Item],
        over: Callable[[], bool] = lambda: False,
        first: bool = False,
    ) -> None:
        """Show lines with buttons, (text, action, help), until one is pressed or they are over.

        They show after earlier ones; if `first`, before them.
        """
        message = self.add(Message(lines, over))
        for number, (text, action, help) in enumerate(actions):
            close = partial(self.dismiss, message)
            button = Button(text, action, help, strong=not number, before=close)
            message.buttons.append(message.add(button))
        self.standing.insert(0 if first else len(self.standing), message)
        self.rearrange()

    def dismiss(self, message: Message | None) -> None:
        """Remove a message, hint or offer, if it is still there."""
        if message is None or message not in self._all:
            return
        self.remove(message)
        if message is self.message:
            self.message = None
        else:
            self.standing.remove(message)
        self.rearrange()

    def update(self, now: float) -> float:
        """Remove what is old or over; return the time when the next message ends."""
        for message in self._all.copy():
            if now >= message.ends or message.over():
                self.dismiss(message)
        return min((message.ends for message in self._all), default=math.inf)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the message that shows."""
        for number, message in enumerate(self._all):
            message.show(number == 0)
            if number == 0:
                message.place(rect, theme)
