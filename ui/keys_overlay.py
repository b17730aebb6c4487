"""The list of all keys, over the whole screen."""

from collections.abc import Callable

import pygame

from ui.keys import Command, spoken
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.shapes import box, write

LINE = 23  # height of a line, in points
KEYS = 132  # width of the keys of a command, in points
Column = list[tuple[str, Command | None]]  # names with their commands; headings have none


class KeysOverlay(Widget):
    """All keys of the front screen in columns; a press or Esc closes it."""

    modal = True

    def __init__(self, commands: Callable[[], list[Command]], close: Callable[[], object]):
        super().__init__("Every key of this screen; press H or Esc to close")
        self.commands, self.close = commands, close
        self.visible = False

    def press(self, pos: Point, button: int) -> bool:
        """Close."""
        self.close()
        return True

    def columns(self, rows: int) -> list[Column]:
        """Spread the lines over columns of at most `rows`; groups stay together."""
        columns: list[Column] = [[]]
        groups: dict[str, Column] = {}
        for command in self.commands():
            if command.keys:
                lines = groups.setdefault(command.group, [(command.group, None)])
                lines.append((command.name, command))
        for lines in groups.values():
            if columns[-1] and len(columns[-1]) + len(lines) + 1 > rows:
                columns.append([])
            if columns[-1]:
                columns[-1].append(("", None))
            columns[-1].extend(lines)
        return columns

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the sheet over the whole screen."""
        surface.fill(COLORS.window, self.rect)
        sheet = self.rect.inflate(-theme.px(32), -theme.px(24))
        box(surface, sheet, COLORS.panel, theme.px(12), COLORS.edge, theme.px(1))
        inner = sheet.inflate(-theme.px(44), -theme.px(24))
        title = theme.text("Keys", size=SIZES.title, bold=True)
        surface.blit(title, inner.topleft)
        hint = theme.text("H or Esc closes this", COLORS.faint, SIZES.small)
        surface.blit(hint, hint.get_rect(topright=(inner.right, inner.top + theme.px(2))))
        top = inner.top + theme.px(30)
        columns = self.columns((inner.bottom - top) // theme.px(LINE))
        line = min(theme.px(LINE), (inner.bottom - top) // max(len(c) for c in columns))
        width = inner.width // max(2, len(columns))
        for number, column in enumerate(columns):
            left = inner.left + number * width
            row = pygame.Rect(left, top, width - theme.px(16), line)
            room = min(theme.px(KEYS), row.width * 4 // 9)
            beside = room + theme.px(6)
            for name, command in column:
                if command is None:
                    heading = theme.text(name, COLORS.accent, SIZES.small, True, row.width)
                    write(surface, heading, row, "left")
                else:
                    words = ", ".join(map(spoken, command.keys))
                    keys = theme.text(words, COLORS.text, SIZES.small, True, room)
                    write(surface, keys, row, "left")
                    label = theme.text(name, COLORS.soft, SIZES.small, width=row.width - beside)
                    write(surface, label, row.move(beside, 0), "left")
                row = row.move(0, line)
