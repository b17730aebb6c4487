"""Text on the window."""

from dataclasses import dataclass

import pygame

from ui.theme import COLORS, SIZES, Color, Theme
from ui.widgets.base import Widget
from ui.widgets.shapes import write


@dataclass(eq=False)
class Label(Widget):
    """One or more lines of text, wrapped to the width of the rectangle."""

    text: str = ""
    color: Color = COLORS.text
    size: int = SIZES.body  # points
    bold: bool = False  # for headings
    align: str = "left"  # or "center" or "right"
    lines: int = 1  # at most; the last one is cut with an ellipsis
    leading: int = 0  # points from line to line; 0 for what suits the font
    fill: Color | None = None  # behind it; then there is a margin at either side

    def __post_init__(self) -> None:
        super().__init__()

    def width(self, theme: Theme) -> int:
        """Return the width of the text in one line."""
        return theme.width(self.text, self.size, self.bold) + theme.px(2)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the lines, centered vertically."""
        area = self.rect
        if self.fill is not None:
            surface.fill(self.fill)
            area = area.inflate(-2 * theme.px(SIZES.margin), 0)
        width = area.width
        lines = [self.text]
        if self.lines > 1:
            lines = theme.wrap(self.text, width, self.lines, self.size, self.bold)
        height = theme.px(self.leading) or theme.font(self.size, self.bold).get_linesize()
        top = area.centery - height * len(lines) // 2
        for line in lines:
            text = theme.text(line, self.color, self.size, self.bold, width)
            write(surface, text, pygame.Rect(area.left, top, width, height), self.align)
            top += height
