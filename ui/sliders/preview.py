"""What a slider does, shown small beside it: the faces at its two ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pygame

from ui.sliders.slider_panel import FaceSlider
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.face_view import surface_of
from ui.widgets.shapes import box, trim, write

PICTURE = (79, 72)  # points


class SliderPreview(Widget):
    """A small card with a slider's name and value, and the faces at its ends.

    Args:
        decode: asks for the faces of codes (2, 80); returns the request's number.
        cancel: withdraws that request.
    """

    def __init__(self, decode: Callable[[np.ndarray], int], cancel: Callable[[], object]):
        super().__init__()
        self.decode, self.cancel = decode, cancel
        self.visible = False
        self.slider: FaceSlider | None = None
        self._value: float | None = None  # that the card shows
        self._code: np.ndarray | None = None  # that the ends were asked for
        self._request = 0  # the last one
        self._pictures: list[pygame.Surface] = []  # at the low end, then at the high one
        self._panel = pygame.Rect(0, 0, 0, 0)
        self._theme = Theme(1.0)

    def hit(self, pos: Point) -> Widget | None:
        """Let the mouse through."""
        return None

    def place_beside(self, panel: pygame.Rect, theme: Theme) -> None:
        """Stay to the left of the panel with the sliders."""
        self._panel, self._theme = panel, theme

    def follow(self, slider: FaceSlider | None, code: np.ndarray, busy: bool) -> None:
        """Show what a slider does to a face.

        Args:
            slider: the one that keys act on, or None.
            code: (80,) of the face.
            busy: whether the face is changing, so that decoding has to wait.
        """
        if slider is None:
            self.leave()
            return
        if slider is not self.slider or slider.value != self._value:
            if slider is not self.slider:
                self._code, self._pictures = None, []
            self.slider, self._value = slider, slider.value
            self._fit()
            self.show()
        if busy:
            self._code = None
            self.cancel()
        elif code is not self._code:
            self._code = code
            ends = slider.axis.low, slider.axis.high
            self._request = self.decode(np.stack([slider.axis.moved(code, end) for end in ends]))

    def fill(self, request: int, end: int, image: np.ndarray) -> None:
        """Show the face (160, 176) at the low (0) or high (1) end, if it is still asked for."""
        if request == self._request and self.slider is not None:
            size = (self._theme.px(PICTURE[0]), self._theme.px(PICTURE[1]))
            self._pictures[end : end + 1] = [surface_of(image, size)]
            self._fit()

    def leave(self) -> None:
        """Hide, and stop waiting for faces."""
        if self.slider is not None:
            self.cancel()
            self.show(False)
            self.slider = None

    def _fit(self) -> None:
        theme, panel = self._theme, self._panel
        pad, line = theme.px(8), theme.px(22)
        rect = pygame.Rect(0, 0, 2 * theme.px(PICTURE[0]) + 3 * pad, line + pad)
        if self._pictures:
            rect.height += theme.px(PICTURE[1]) + theme.px(18) + pad // 2
        rect.midright = (panel.left - theme.px(6), self.slider.rect.centery)
        rect = rect.clamp(panel.inflate(4 * panel.width, 0))
        if rect != self.rect:
            self.place(rect, theme)
        self.invalidate()

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the card."""
        slider = self.slider
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
        for number, (picture, end) in enumerate(zip(self._pictures, ends, strict=False)):
            left = self.rect.left + pad + number * (picture.get_width() + pad)
            place = picture.get_rect(topleft=(left, row.bottom))
            surface.blit(picture, place)
            trim(surface, place, theme.px(4), COLORS.panel)
            words = f"{end:+.1f}".replace("-", "\N{MINUS SIGN}")
            caption = pygame.Rect(left, place.bottom, place.width, theme.px(18))
            write(surface, theme.text(words, COLORS.soft, SIZES.tiny), caption)
