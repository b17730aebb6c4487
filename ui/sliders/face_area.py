"""The left half of the slider screen: the face, where it comes from, and suggestions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.face_view import FaceView
from ui.widgets.label import Label
from ui.widgets.strip import Strip

SUGGESTIONS = 12


class FaceArea(Widget):
    """The face as large as fits, its caption, and a strip of suggestions when asked for.

    Args:
        chosen: called with the number and the code (80,) of a suggestion.
    """

    def __init__(self, chosen: Callable[[int, np.ndarray], object]):
        super().__init__()
        self.face = self.add(
            FaceView(
                "The face appears in a moment: the model is being loaded",
                help="The face of these 80 numbers · hold C to see where you started",
            )
        )
        self.caption = self.add(Label("", COLORS.soft, SIZES.body))
        self.strip = self.add(Strip(lambda number: chosen(number, self.suggestions[number])))
        self.strip.show(False)
        self.suggestions: np.ndarray | None = None  # codes (12, 80)
        self._theme: Theme | None = None

    def suggest(self, codes: np.ndarray, images: Sequence[np.ndarray | None]) -> None:
        """Show faces to choose from; the strip gets missing pictures as they are decoded."""
        self.suggestions = codes
        self.strip.fill(images, helps=["Take this face"] * len(codes))
        self._show_strip(True)

    def close_suggestions(self) -> bool:
        """Hide the suggestions; return whether they showed."""
        shown = self.strip.visible
        self._show_strip(False)
        return shown

    def _show_strip(self, visible: bool) -> None:
        if visible != self.strip.visible:
            self.strip.show(visible)
            self.place(self.rect, self._theme)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the face where the line and the strip leave room."""
        self._theme = theme
        line, gap = theme.px(28), theme.px(SIZES.gap)
        room = rect.copy()
        if self.strip.visible:
            height = round(rect.width / (SUGGESTIONS // 2) / 1.1) * 2  # two rows fill the width
            height = min(height, rect.height * 2 // 5)
            strip = pygame.Rect(rect.left, rect.bottom - height, rect.width, height)
            self.strip.place(strip, theme)
            room.height -= height + gap
        height, width = self.face.shape
        scale = min(rect.width / width, (room.height - line) / height)
        face = pygame.Rect(0, 0, round(width * scale), round(height * scale))
        face.midtop = (room.centerx, room.top + max(0, room.height - line - face.height) // 3)
        self.face.place(face, theme)
        self.caption.place(pygame.Rect(face.left, face.bottom, face.width, line), theme)
