"""What a slider does, shown small beside it: the faces at its two ends."""

from __future__ import annotations

import numpy as np
import pygame

from ui.sliders.face_slider import FaceSlider
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.face_view import surface_of
from ui.widgets.shapes import box, trim, write

PICTURE = (79, 72)  # points


class Ends(Widget):
    """A small card with a slider's name and value, and the faces at its ends.

    The mouse passes through it.
    """

    def __init__(self):
        super().__init__()
        self.visible = False
        self.slider: FaceSlider | None = None
        self._scaled: list[pygame.Surface] = []

    def hit(self, pos: Point) -> Widget | None:
        """Never be in the way."""
        return None

    def about(self, slider: FaceSlider, area: pygame.Rect, theme: Theme) -> None:
        """Show the name and value of a slider, to the left of the board."""
        if slider is not self.slider:
            self._scaled = []
        self.slider = slider
        self._put(area, theme)
        self.show()

    def fill(self, end: int, image: np.ndarray, area: pygame.Rect, theme: Theme) -> None:
        """Show the face (160, 176) at the low (0) or high (1) end; the low one comes first."""
        size = (theme.px(PICTURE[0]), theme.px(PICTURE[1]))
        self._scaled[end : end + 1] = [surface_of(image, size)]
        self._put(area, theme)

    def leave(self) -> None:
        """Go away."""
        self.show(False)
        self.slider = None

    def _put(self, area: pygame.Rect, theme: Theme) -> None:
        pad, line = theme.px(8), theme.px(22)
        rect = pygame.Rect(0, 0, 2 * theme.px(PICTURE[0]) + 3 * pad, line + pad)
        if self._scaled:
            rect.height += theme.px(PICTURE[1]) + theme.px(18) + pad // 2
        rect.midright = (area.left - theme.px(6), self.slider.rect.centery)
        rect = rect.clamp(area.inflate(4 * area.width, 0))
        if rect != self.rect:
            self.place(rect, theme)
        self.invalidate()

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the card."""
        slider = self.slider
        if slider is None:
            return
        pad, line = theme.px(8), theme.px(22)
        box(surface, self.rect, COLORS.panel, theme.px(8), COLORS.edge, theme.px(1))
        row = pygame.Rect(self.rect.left + pad, self.rect.top + pad // 2, 0, line)
        row.width = self.rect.width - 2 * pad
        value = theme.text(slider.words, COLORS.accent, SIZES.small, True)
        write(surface, value, row, "right")
        name = slider.axis.name + (" · locked" if slider.locked else "")
        room = row.width - value.get_width() - pad
        write(surface, theme.text(name, COLORS.text, SIZES.small, True, room), row, "left")
        ends = (slider.axis.low, slider.axis.high)
        for number, (picture, end) in enumerate(zip(self._scaled, ends, strict=False)):
            left = self.rect.left + pad + number * (picture.get_width() + pad)
            place = picture.get_rect(topleft=(left, row.bottom))
            surface.blit(picture, place)
            trim(surface, place, theme.px(4), COLORS.panel)
            words = f"{end:+.1f}".replace("-", "\N{MINUS SIGN}")
            caption = pygame.Rect(left, place.bottom, place.width, theme.px(18))
            write(surface, theme.text(words, COLORS.soft, SIZES.tiny), caption)
