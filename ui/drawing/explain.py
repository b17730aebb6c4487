"""The panel on D: where drawing and answer differ, and the nearest training faces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pygame

from ui.drawing.answers import NEAREST_FACES
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.face_view import FaceView, surface_of
from ui.widgets.label import Label
from ui.widgets.shapes import box, write
from ui.widgets.strip import Strip

HEIGHT = 132  # points
PULL = "Draw the answer halfway towards this face; your drawing stays as it is"
LEGEND = (10, 72)  # points across: the bar of colours, and the words beside it


def _palette() -> np.ndarray:
    """Return the colours of differences: blue below the middle, white in it, red above."""
    white, blue, red = np.array(((242, 243, 245), (24, 84, 170), (190, 24, 40)))
    levels = np.linspace(-1, 1, 256)[:, None]
    strength = np.abs(levels) ** 0.7  # so that small differences show
    colors = white + strength * (np.where(levels < 0, blue, red) - white)
    return np.rint(colors).astype(np.uint32) @ np.array((0x010000, 0x000100, 1), np.uint32)


PALETTE = _palette()


class ExplainPanel(Widget):
    """The difference on the left, the nearest training faces beside it.

    Args:
        chosen: called with the code (latent_dim,) of a face that was clicked.
    """

    def __init__(self, chosen: Callable[[np.ndarray], object]):
        super().__init__()
        self.chosen = chosen
        self.codes: np.ndarray | None = None
        self.images: np.ndarray | None = None
        self.visible = False
        titles = ("Answer against drawing", "Nearest training faces, as the model sees them")
        self.titles = [self.add(Label(title, COLORS.soft, SIZES.small)) for title in titles]
        help = "Red where the answer is lighter than your paint, blue where it is darker"
        self.difference = self.add(FaceView(background=COLORS.panel, palette=PALETTE, help=help))
        self.legend = self.add(Legend(help))
        self.strip = self.add(Strip(self._choose, NEAREST_FACES, columns=NEAREST_FACES))

    def show_nearest(self, codes: np.ndarray, images: np.ndarray) -> None:
        """Show the nearest training faces, (k, latent_dim) and (k, rows, columns)."""
        self.codes, self.images = codes, images
        self.strip.fill(list(images), helps=[PULL] * len(images))

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place titles above pictures."""
        inner = rect.inflate(-theme.px(20), -theme.px(12))
        line = theme.px(20)
        height = inner.height - line
        width = round(height * 1.1)
        legend = theme.px(sum(LEGEND))
        left = width + theme.px(8) + legend
        x = inner.left + left + theme.px(16)
        self.titles[0].place(pygame.Rect(inner.left, inner.top, left, line), theme)
        self.titles[1].place(pygame.Rect(x, inner.top, inner.right - x, line), theme)
        self.difference.place(pygame.Rect(inner.left, inner.top + line, width, height), theme)
        beside = pygame.Rect(0, inner.top + line, legend, height)
        beside.right = inner.left + left
        self.legend.place(beside, theme)
        self.strip.place(pygame.Rect(x, inner.top + line, inner.right - x, height), theme)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the panel."""
        box(surface, self.rect, COLORS.panel, theme.px(10), COLORS.line, theme.px(1))

    def _choose(self, number: int) -> None:
        if self.codes is not None and self.images is not None:
            self.chosen(self.codes[number])


class Legend(Widget):
    """The colours of differences as a bar, and what they mean."""

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the bar, and words at its ends and its middle."""
        bar = pygame.Rect(self.rect.topleft, (theme.px(LEGEND[0]), self.rect.height))
        if not bar.width or not bar.height:
            return
        surface.blit(surface_of(np.arange(255, -1, -1, np.uint8)[:, None], bar.size, PALETTE), bar)
        row = pygame.Rect(bar.right + theme.px(6), bar.top, 1, theme.px(14))
        for text in ("lighter", "as painted", "darker"):
            write(surface, theme.text(text, COLORS.soft, SIZES.tiny), row, "left")
            row.centery += (bar.height - row.height) // 2
