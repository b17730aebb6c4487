"""Colours over the face where a slider makes it lighter or darker."""

from __future__ import annotations

import numpy as np
import pygame

from ui.theme import COLORS, SIZES
from ui.widgets.face_view import FaceView
from ui.widgets.shapes import write

BLOCK = 4  # pixels across that share a colour, against speckles of invented hair and skin
WEAK = 0.15  # gray level, least of the differences that get the full colour
OPAQUE = 180  # alpha of the full colour, of 255


def heat_of(difference: np.ndarray) -> pygame.Surface:
    """Return differences of gray levels (160, 176) as a small transparent surface."""
    rows, columns = (length // BLOCK for length in difference.shape)
    means = difference.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3)).T
    strength = np.abs(means) / max(WEAK, np.percentile(np.abs(means), 99))
    heat = pygame.Surface((columns, rows), pygame.SRCALPHA, 32)
    colors = np.where(means[..., None] > 0, COLORS.lighter, COLORS.darker)
    pygame.surfarray.blit_array(heat, colors)
    pygame.surfarray.pixels_alpha(heat)[:] = OPAQUE * np.minimum(1, strength) ** 1.5
    return heat


class HeatView(FaceView):
    """Shows a face, with colours over it while there is a difference to show."""

    difference: np.ndarray | None = None  # (160, 176), of gray levels in [0, 1]
    of = ""  # name of the slider that makes the difference
    _heat: pygame.Surface | None = None  # scaled to the picture

    def tint(self, difference: np.ndarray | None, of: str) -> None:
        """Show the difference that a slider makes, or none."""
        if difference is not self.difference:
            self.difference, self.of, self._heat = difference, of, None
            self.invalidate()

    def draw_picture(self, surface: pygame.Surface, pixels: np.ndarray) -> None:
        """Draw the face, the colours and their legend."""
        super().draw_picture(surface, pixels)
        if self.difference is None:
            return
        if self._heat is None or self._heat.get_size() != self.picture.size:
            self._heat = pygame.transform.smoothscale(heat_of(self.difference), self.picture.size)
        surface.blit(self._heat, self.picture)
        theme = self.theme
        words = (
            (f"{self.of}, raised:", COLORS.text),
            ("lighter", COLORS.lighter),
            ("darker", COLORS.darker),
        )
        texts = [theme.text(text, color, SIZES.small, True) for text, color in words]
        gap, pad = theme.px(8), theme.px(16)
        width = sum(text.get_width() + gap for text in texts) - gap + 2 * pad
        plate = pygame.Rect(0, 0, width, texts[0].get_height() + theme.px(8))
        plate.bottomleft = self.picture.bottomleft
        surface.fill(COLORS.shadow, plate)
        place = plate.inflate(-2 * pad, 0)
        for text in texts:
            write(surface, text, place, "left")
            place.left += text.get_width() + gap
