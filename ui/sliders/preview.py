"""What a slider does, shown small beside the picture: the faces at its two ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pygame

from ui.sliders.slider_panel import FaceSlider
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.face_view import surface_of
from ui.widgets.shapes import trim, write
from ui.widgets.slider import MINUS

WIDTH = 240  # points at most


class SliderPreview(Widget):
    """A slider's name and value, and the faces at its ends.

    Args:
        decode: asks for the faces of codes (2, 80), see `fill`.
        cancel: withdraws what was asked for last.
    """

    solid = False

    def __init__(self, decode: Callable[[np.ndarray], object], cancel: Callable[[], object]):
        super().__init__()
        self.decode, self.cancel = decode, cancel
        self.visible = False
        self.slider: FaceSlider | None = None
        self._value: float | None = None  # that shows
        self._code: np.ndarray | None = None  # that the ends were asked for
        self._images: list[np.ndarray] = []  # at the low end, then at the high one
        self.pictures: list[pygame.Surface] = []  # of them

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Scale the faces to the height, name and value beside them."""
        self.rect.width = min(rect.width, theme.px(WIDTH))
        self.pictures = [self._scaled(image) for image in self._images]

    def follow(self, slider: FaceSlider | None, code: np.ndarray, busy: bool) -> None:
        """Show what a slider does to a face.

        Args:
            slider: the one to show, or None.
            code: (80,) of the face.
            busy: whether the face is changing, so that decoding has to wait.
        """
        if slider is None:
            self.leave()
            return
        if slider is not self.slider:
            self._code, self._images, self.pictures = None, [], []
        if (slider, slider.value) != (self.slider, self._value):
            self.slider, self._value = slider, slider.value
            self.show()
            self.invalidate()
        if busy or code is not self._code:
            self.cancel()  # also results that have not come yet
            self._code = None if busy else code
            if not busy:
                self.decode(np.stack([slider.axis.moved(code, end) for end in slider.axis.ends]))

    def fill(self, end: int, image: np.ndarray) -> None:
        """Show the face (160, 176) at the low (0) or high (1) end."""
        self._images[end : end + 1] = [image]
        self.pictures[end : end + 1] = [self._scaled(image)]
        self.invalidate()

    def _scaled(self, image: np.ndarray) -> pygame.Surface:
        return surface_of(image, (round(self.rect.height * 1.1), self.rect.height))

    def leave(self) -> None:
        """Hide, and stop waiting for faces."""
        if self.slider is not None:
            self.cancel()
            self.show(False)
            self.slider = None

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the faces at the right, each with its value, and name and value at the left."""
        slider, gap = self.slider, theme.px(SIZES.gap)
        width = round(self.rect.height * 1.1)
        row = pygame.Rect(self.rect.left + gap, 0, 0, theme.px(20))
        row.width = self.rect.width - 2 * (width + gap) - gap
        row.bottom = self.rect.centery
        name = slider.axis.name + (" · locked" if slider.locked else "")
        write(surface, theme.text(name, COLORS.text, SIZES.small, True, row.width), row, "left")
        value = theme.text(slider.text, COLORS.accent, SIZES.small, True)
        write(surface, value, row.move(0, row.height), "left")
        for number, (picture, end) in enumerate(zip(self.pictures, slider.axis.ends, strict=False)):
            left = self.rect.right - (2 - number) * width - (1 - number) * gap
            place = picture.get_rect(topleft=(left, self.rect.top))
            surface.blit(picture, place)
            trim(surface, place, theme.px(4), COLORS.window)
            text = theme.text(f"{end:+.1f}".replace("-", MINUS), COLORS.text, SIZES.tiny)
            plate = text.get_rect().inflate(theme.px(4), 0)
            plate.bottomleft = place.bottomleft
            surface.fill(COLORS.shadow, plate)
            write(surface, text, plate)
