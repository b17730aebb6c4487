"""A row or grid of small pictures to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pygame

from ui.pictures import to_pixels
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.face_view import surface_of
from ui.widgets.shapes import box, write


class Thumbnail(Widget):
    """One picture to choose; empty until its image arrives.

    Args:
        chosen: called on a click.
        image: the picture, see `surface_of`, or None.
        caption: a few words below it.
    """

    reacts = True

    def __init__(
        self,
        chosen: Callable[[], object],
        image: np.ndarray | None = None,
        caption: str = "",
        help: str = "",
    ):
        super().__init__(help)
        self.chosen = chosen
        self.caption = caption
        self.pixels = None if image is None else to_pixels(image)
        self._scaled: pygame.Surface | None = None

    def set(self, image: np.ndarray | None) -> None:
        """Show another image."""
        self.pixels = None if image is None else to_pixels(image)
        self._scaled = None
        self.invalidate()

    def press(self, pos: Point, button: int) -> bool:
        """Take a left press."""
        return button == 1

    def release(self, pos: Point) -> None:
        """Choose it, if the mouse is still here."""
        if self.rect.collidepoint(pos):
            self.chosen()

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the picture in a frame that lights up under the mouse."""
        edge = COLORS.accent if self.hovered else COLORS.line
        width = theme.px(2 if self.hovered else 1)
        box(surface, self.rect, COLORS.raised, theme.px(4), edge, width)
        inner = self.rect.inflate(-theme.px(4), -theme.px(4))
        if self.caption:
            line = theme.px(16)
            area = pygame.Rect(inner.left, inner.bottom - line, inner.width, line)
            text = theme.text(self.caption, COLORS.soft, SIZES.tiny, width=inner.width)
            write(surface, text, area)
            inner.height -= line
        if self.pixels is None:
            return
        height, width = self.pixels.shape
        scale = min(inner.width / width, inner.height / height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        if self._scaled is None or self._scaled.get_size() != size:
            self._scaled = surface_of(self.pixels, size)
        surface.blit(self._scaled, self._scaled.get_rect(center=inner.center))


class Strip(Widget):
    """Thumbnails in rows, as large as fits.

    Args:
        chosen: called with the index of the one that was clicked.
        columns: how many in a row; 0 lets the rectangle decide.
        count: how many there are at first.
    """

    def __init__(self, chosen: Callable[[int], object], count: int = 0, columns: int = 0):
        super().__init__()
        self.chosen = chosen
        self.columns = columns
        self._theme: Theme | None = None
        self.fill([None] * count)

    def fill(
        self,
        images: Sequence[np.ndarray | None],
        captions: Sequence[str] = (),
        helps: Sequence[str] = (),
    ) -> None:
        """Show these pictures; None for one that has not arrived."""
        while len(self.children) > len(images):
            self.remove(self.children[-1])
        while len(self.children) < len(images):
            number = len(self.children)
            self.add(Thumbnail(lambda number=number: self.chosen(number)))
        for number, (child, image) in enumerate(zip(self.children, images, strict=True)):
            child.caption = captions[number] if number < len(captions) else ""
            child.help = helps[number] if number < len(helps) else ""
            child.set(image)
        if self._theme is not None:
            self.place(self.rect, self._theme)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Choose the number of columns that makes the pictures largest, and place them."""
        self._theme = theme
        if not self.children:
            return
        gap, count = theme.px(4), len(self.children)

        def width_of(columns: int) -> int:
            rows = -(-count // columns)
            across = (rect.width + gap) // columns - gap
            down = (rect.height + gap) // rows - gap
            return min(across, round(down * 1.1))

        columns = self.columns or max(range(1, count + 1), key=width_of)
        width = max(4, width_of(columns))
        height = round(width / 1.1)
        for number, child in enumerate(self.children):
            row, column = divmod(number, columns)
            place = (rect.left + column * (width + gap), rect.top + row * (height + gap))
            child.place(pygame.Rect(place, (width, height)), theme)
