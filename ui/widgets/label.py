"""Text on the window."""

import pygame

from ui.theme import COLORS, SIZES, Color, Theme
from ui.widgets.base import Widget
from ui.widgets.shapes import write


class Label(Widget):
    """Text in so many lines at most, wrapped to the width of the rectangle.

    A single line is cut with an ellipsis. It is aligned "left", "center" or "right".
    """

    def __init__(
        self,
        text: str = "",
        color: Color = COLORS.text,
        size: int = SIZES.body,
        bold: bool = False,
        align: str = "left",
        lines: int = 1,
    ):
        super().__init__()
        self.text, self.lines, self.align = text, lines, align
        self.color, self.size, self.bold = color, size, bold

    def width(self, theme: Theme) -> int:
        """Return the width of the text in one line."""
        return theme.width(self.text, self.size, self.bold) + theme.px(2)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the lines, centered vertically."""
        width = self.rect.width
        lines = [self.text]
        if self.lines > 1:
            lines = theme.wrap(self.text, width, self.size, self.bold)[: self.lines]
        height = theme.font(self.size, self.bold).get_linesize()
        top = self.rect.centery - height * len(lines) // 2
        for line in lines:
            text = theme.text(line, self.color, self.size, self.bold, width)
            write(surface, text, pygame.Rect(self.rect.left, top, width, height), self.align)
            top += height
