"""Widgets that scroll, panels over a part of the window, and menus that pop up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label, Point, Widget, box, place_row
from ui.widgets.button import Button

Item = tuple[str, Callable[[], object], str]  # text, action and help of an item of a menu


class Scrolled(Widget):
    """Scrolls its contents where they do not fit.

    Subclasses place the contents in `arrange`, and call `arrange_in` in their `layout`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.view = pygame.Rect(0, 0, 0, 0)  # that the contents are seen in
        self.scroll = 0  # pixels that the top of the contents lies above the view
        self.inside = 0  # height of the contents, in pixels

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the contents from `area.top` on; return their height."""
        return 0

    def arrange_in(self, view: pygame.Rect, pad: int, theme: Theme) -> None:
        """Arrange the contents in a view, scrolled, `pad` pixels from its sides."""
        self.view, area = view, view.inflate(-2 * pad, 0)
        self.inside = self.arrange(area.move(0, -self.scroll), theme)
        if self.scroll > self.limit:
            self.scroll = self.limit
            self.arrange(area.move(0, -self.scroll), theme)

    @property
    def limit(self) -> int:
        """Largest `scroll`, in pixels."""
        return max(0, self.inside - self.view.height)

    def scroll_by(self, pixels: int) -> None:
        """Scroll down (up if negative), as far as the contents go."""
        scroll = min(self.limit, max(0, self.scroll + pixels))
        if scroll != self.scroll:
            self.scroll = scroll
            self.rearrange()

    def wheel(self, steps: float, pos: Point) -> bool:
        """Scroll."""
        self.scroll_by(round(-steps * self.theme.px(48)))
        return True

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the scroll bar, if the contents do not fit."""
        view = self.view
        if self.inside > view.height > 0:
            share = view.height / self.inside
            bar = pygame.Rect(0, 0, theme.px(4), max(theme.px(16), round(view.height * share)))
            bar.topright = (self.rect.right - theme.px(4), 0)
            bar.top = view.top + round(self.scroll / self.limit * (view.height - bar.height))
            box(surface, bar, COLORS.edge, bar.width // 2)


class Panel(Scrolled):
    """A titled box with a button that closes it; subclasses add to `body`, see `arrange`."""

    shields = True

    def __init__(self, title: str):
        super().__init__()
        self.heading = self.add(Label(title, size=SIZES.title, bold=True))
        help = "Close this panel  [Esc]"
        self.closer = self.add(Button("Close", lambda: None, help, plain=True))
        self.body = self.add(Widget())

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place heading, button and body."""
        pad, line = theme.px(SIZES.margin), theme.px(SIZES.button)
        top = rect.top + theme.px(8)
        row = pygame.Rect(rect.left + pad, top, rect.width - pad - theme.px(8), line)
        place_row([(self.heading, 1), self.closer], row, theme)
        body = pygame.Rect(rect.left, top + line + theme.px(4), rect.width, 0)
        body.height = max(0, rect.bottom - body.top - theme.px(8))
        self.body.rect = body
        self.arrange_in(body, pad, theme)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the box and the scroll bar."""
        box(surface, self.rect, COLORS.panel, theme.px(10), COLORS.line, theme.px(1))
        super().draw(surface, theme)


@dataclass(eq=False)
class Menu(Widget):
    """A list of actions; a press anywhere else closes it."""

    items: Sequence[Item]
    closed: Callable[[], object]  # called before an action, or by a press elsewhere
    anchor: pygame.Rect  # that it opens beside
    chosen: str = ""  # text of the item that is marked as the current choice

    modal = True

    def __post_init__(self) -> None:
        super().__init__()
        self.box = pygame.Rect(0, 0, 0, 0)
        self.buttons = []
        for text, action, help in self.items:
            button = Button(text, action, help, plain=True, before=self.closed)
            button.selected = text == self.chosen
            self.buttons.append(self.add(button))

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the items under each other, in columns where the window is too low for one."""
        line, pad, gap = theme.px(30), theme.px(6), theme.px(4)
        width = max([button.width(theme) for button in self.buttons], default=0)
        count = len(self.buttons)
        columns = -(-count // max(1, (rect.height - 2 * pad) // line))
        rows = -(-count // max(1, columns))
        self.box = pygame.Rect(0, 0, width * columns + 2 * pad, line * rows + 2 * pad)
        self.box.topleft = (self.anchor.left, self.anchor.bottom + gap)
        if self.box.bottom > rect.bottom:
            self.box.bottom = self.anchor.top - gap
        self.box.clamp_ip(rect)
        place = pygame.Rect(self.box.left + pad, self.box.top + pad, width, line)
        for number, button in enumerate(self.buttons):
            column, row = divmod(number, rows)
            button.place(place.move(column * width, row * line), theme)

    def press(self, pos: Point, button: int) -> bool:
        """Close on a press beside the items."""
        if not self.box.collidepoint(pos):
            self.closed()
        return True

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the box behind the items."""
        box(surface, self.box, COLORS.panel, theme.px(8), COLORS.edge, theme.px(1))
