"""The panel on D: where drawing and answer differ, and the nearest training faces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pygame

from ui.drawing.answers import NEAREST_FACES
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.face_view import FaceView
from ui.widgets.label import Label
from ui.widgets.shapes import box
from ui.widgets.strip import Strip

HEIGHT = 132  # points


class ExplainPanel(Widget):
    """The difference on the left, the nearest training faces beside it.

    Args:
        chosen: called with the code (latent_dim,) and the image of a face that was clicked.
    """

    def __init__(self, chosen: Callable[[np.ndarray, np.ndarray], object]):
        super().__init__()
        self.chosen = chosen
        self.codes: np.ndarray | None = None
        self.images: np.ndarray | None = None
        self.visible = False
        titles = ("Answer against drawing", "Nearest training faces, as the model sees them")
        self.titles = [self.add(Label(title, COLORS.soft, SIZES.small)) for title in titles]
        help = "Light where the answer is lighter than your paint, dark where it is darker"
        self.difference = self.add(FaceView(background=COLORS.panel, help=help))
        self.strip = self.add(Strip(self._choose, NEAREST_FACES, columns=NEAREST_FACES))

    def show_nearest(self, codes: np.ndarray, images: np.ndarray) -> None:
        """Show the nearest training faces, (k, latent_dim) and (k, rows, columns)."""
        self.codes, self.images = codes, images
        self.strip.fill(list(images), helps=["Click to paint on this face"] * len(images))

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place titles above pictures."""
        inner = rect.inflate(-theme.px(20), -theme.px(12))
        line = theme.px(20)
        height = inner.height - line
        width = round(height * 1.1)
        left = max(width, theme.width(self.titles[0].words, SIZES.small) + theme.px(8))
        x = inner.left + left + theme.px(16)
        self.titles[0].place(pygame.Rect(inner.left, inner.top, left, line), theme)
        self.titles[1].place(pygame.Rect(x, inner.top, inner.right - x, line), theme)
        self.difference.place(pygame.Rect(inner.left, inner.top + line, width, height), theme)
        self.strip.place(pygame.Rect(x, inner.top + line, inner.right - x, height), theme)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the panel."""
        box(surface, self.rect, COLORS.panel, theme.px(10), COLORS.line, theme.px(1))

    def _choose(self, number: int) -> None:
        if self.codes is not None and self.images is not None:
            self.chosen(self.codes[number], self.images[number])
