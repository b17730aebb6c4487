"""What frames both screens: the header with name, tabs and status, and the help line."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button
from ui.widgets.label import Label
from ui.widgets.shapes import write


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
        width = theme.width(self.name.text, SIZES.title, True) + theme.px(2)
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
        write(surface, theme.text(self.text, self.color, self.size, width=row.width), row, "left")
