"""Widgets beside each other."""

from __future__ import annotations

import pygame

from ui.theme import Theme
from ui.widgets.base import Widget

GAP = 6  # points between them
Row = list[tuple[Widget, float]]  # with shares of the free width, or 0: what the text needs


def place_row(row: Row, rect: pygame.Rect, theme: Theme) -> None:
    """Share a rectangle's width among widgets; where it is too narrow, all give a little."""
    gap = theme.px(GAP)
    fixed = {widget: widget.width(theme) for widget, share in row if not share}
    room = rect.width - gap * (len(row) - 1)
    free = max(0, room - sum(fixed.values()))
    shares = sum(share for _, share in row)
    squeeze = min(1.0, room / sum(fixed.values())) if fixed else 1.0
    left = rect.left
    for widget, share in row:
        width = int(fixed[widget] * squeeze) if widget in fixed else int(free * share / shares)
        widget.place(pygame.Rect(left, rect.top, max(0, width), rect.height), theme)
        left += width + gap
