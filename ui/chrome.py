"""What frames both screens: tabs, status, help line, messages, the first hint and the offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.button import Button
from ui.widgets.label import Label
from ui.widgets.shapes import box, dot, write


class Header(Widget):
    """The name, a tab for each screen, the state of the model, and the button for the keys.

    Args:
        name: of the program.
        tabs: a button for each screen.
        keys: the button that shows the keys.
    """

    def __init__(self, name: str, tabs: Sequence[Button], keys: Button):
        super().__init__()
        self.name = self.add(Label(name, bold=True, size=SIZES.title))
        self.tabs = [self.add(tab) for tab in tabs]
        self.keys = self.add(keys)
        self.status = self.add(Label("", COLORS.faint, SIZES.small, align="right"))
        self.times = self.add(Label("", COLORS.soft, SIZES.small, align="right"))

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place everything in one row."""
        pad, gap = theme.px(SIZES.margin), theme.px(4)
        row = rect.inflate(-2 * pad, -theme.px(12))
        width = theme.font(SIZES.title, True).size(self.name.words)[0] + theme.px(2)
        self.name.place(pygame.Rect(row.left, row.top, width, row.height), theme)
        left = row.left + width + theme.px(20)
        for tab in self.tabs:
            tab.place(pygame.Rect(left, row.top, tab.width(theme), row.height), theme)
            left = tab.rect.right + gap
        width = self.keys.width(theme)
        self.keys.place(pygame.Rect(row.right - width, row.top, width, row.height), theme)
        right = self.keys.rect.left - theme.px(12)
        width = min(theme.px(190), (right - left) // 2)
        self.status.place(pygame.Rect(right - width, row.top, width, row.height), theme)
        right -= width + theme.px(12)
        self.times.place(pygame.Rect(left, row.top, max(0, right - left), row.height), theme)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the line below."""
        surface.fill(COLORS.panel)
        line = pygame.Rect(self.rect.left, self.rect.bottom - 1, self.rect.width, 1)
        surface.fill(COLORS.line, line)


class HelpLine(Label):
    """One line about what is under the mouse."""

    def __init__(self):
        super().__init__("", COLORS.soft, SIZES.small)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the words on a bar."""
        surface.fill(COLORS.panel)
        row = self.rect.inflate(-2 * theme.px(SIZES.margin), 0)
        write(surface, theme.text(self.words, self.color, self.size, width=row.width), row, "left")


class Card(Widget):
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
        """Draw the card."""
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


class Cards(Widget):
    """The cards that show now: one message, and one hint or offer above it."""

    def __init__(self):
        super().__init__()
        self.message: Card | None = None
        self.ends = 0.0  # when the message goes away
        self.standing: list[Card] = []  # hints and offers, the first one shows
        self._theme: Theme | None = None

    def hit(self, pos: Point) -> Widget | None:
        """Leave what is between the cards to what lies behind."""
        found = super().hit(pos)
        return None if found is self else found

    def show_message(self, words: str, until: float, sign: str = "") -> None:
        """Show a message in place of the one before, until a time."""
        if self.message is not None:
            self.remove(self.message)
        self.message, self.ends = self.add(Card([words], sign=sign)), until
        self._arrange()

    def ask(self, lines: Sequence[str], actions: Sequence[tuple[str, Callable, str]]) -> Card:
        """Show lines with buttons until one is pressed; they queue behind earlier ones."""
        card = Card(lines)
        for number, (words, action, help) in enumerate(actions):
            button = Button(words, self._leaving(card, action), help, strong=not number)
            card.buttons.append(card.add(button))
        self.standing.append(card)
        self._arrange()
        return card

    def _leaving(self, card: Card, action: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            self.dismiss(card)
            action()

        return act

    def dismiss(self, card: Card) -> None:
        """Take a hint or offer away."""
        if card in self.standing:
            self.standing.remove(card)
            if card.parent is self:
                self.remove(card)
            self._arrange()

    def update(self, now: float) -> float | None:
        """Take an old message away; give the time when there is one to take."""
        if self.message is None:
            return None
        if now < self.ends:
            return self.ends
        self.remove(self.message)
        self.message = None
        self._arrange()
        return None

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the cards above each other."""
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
            card = self.standing[0]
            if card.parent is None:
                self.add(card)
            card.put(room, self._theme)
