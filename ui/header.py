"""The header with name, tabs and status above both screens, and the help line below them."""

from collections import deque
from collections.abc import Sequence

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Row, Widget, place_row
from ui.widgets.button import Button, Toggle
from ui.widgets.label import Label
from ui.widgets.shapes import write


class Header(Widget):
    """The program's name, a tab for each screen, the state of the model, and two buttons."""

    def __init__(self, name: str, tabs: Sequence[Button], sharp: Toggle, keys: Button):
        super().__init__()
        self.name = self.add(Label(name, bold=True, size=SIZES.title))
        self.tabs = [self.add(tab) for tab in tabs]
        self.sharp, self.keys = self.add(sharp), self.add(keys)
        self.status = self.add(Label("", COLORS.faint, SIZES.small, align="right"))
        self.times = self.add(FrameTimes())

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place everything in one row."""
        words: Row = [Widget(), (self.times, 1), (self.status, 1), Widget()]
        row: Row = [self.name, Widget(), *self.tabs, *words, self.sharp, self.keys]
        place_row(row, rect.inflate(-2 * theme.px(SIZES.margin), -theme.px(12)), theme)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the line below."""
        surface.fill(COLORS.panel)
        line = pygame.Rect(self.rect.left, self.rect.bottom - 1, self.rect.width, 1)
        surface.fill(COLORS.line, line)


class FrameTimes(Label):
    """The time that frames took to draw; shown on demand."""

    def __init__(self) -> None:
        super().__init__("", COLORS.soft, SIZES.small, align="right")
        self.visible = False
        self.seconds: deque[float] = deque(maxlen=600)  # of work in each frame

    def count(self, seconds: float) -> None:
        """Add a frame, and show the median and the 95th percentile of all."""
        self.seconds.append(seconds)
        times = sorted(self.seconds)
        middle, high = times[len(times) // 2], times[int(len(times) * 0.95)]
        self.set_text(f"{1000 * middle:.1f} ms a frame, 95 % under {1000 * high:.1f} ms")


class HelpLine(Label):
    """One line about the widget under the mouse."""

    def __init__(self) -> None:
        super().__init__("", COLORS.soft, SIZES.small)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the words on a bar."""
        surface.fill(COLORS.panel)
        row = self.rect.inflate(-2 * theme.px(SIZES.margin), 0)
        write(surface, theme.text(self.text, self.color, self.size, width=row.width), row, "left")
