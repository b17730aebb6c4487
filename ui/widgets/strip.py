"""A row or grid of small pictures to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.face_view import FaceView
from ui.widgets.shapes import box, dot, folder, write

GAP = 4  # points between thumbnails
FOLDER = "folder"  # the sign of one


class Thumbnail(FaceView):
    """One picture to choose, or a sign, perhaps with a caption; empty until its image arrives.

    Args:
        chosen: called on a click.
        more: called with its rectangle by the right button, or a click on the dots beside the
            caption; None for no dots.
    """

    reacts = True

    def __init__(
        self,
        chosen: Callable[[], object],
        more: Callable[[pygame.Rect], object] | None = None,
    ):
        super().__init__()
        self.chosen, self.more = chosen, more
        self._caption = pygame.Rect(0, 0, 0, 0)
        self._dots = pygame.Rect(0, 0, 0, 0)
        self._button = 1
        self.sign = ""

    def set(self, image: np.ndarray | str | None) -> None:
        """Show another image, or a sign: a folder, or any character."""
        self.sign = image if isinstance(image, str) else ""
        super().set(None if self.sign else image)

    def press(self, pos: Point, button: int) -> bool:
        """Take a left press; a right one where there is more."""
        self._button = button
        return button == 1 or (button == 3 and self.more is not None)

    def release(self, pos: Point) -> None:
        """Choose it, or show more, if the mouse is still here."""
        if not self.rect.collidepoint(pos):
            return
        if self.more is not None and (self._button == 3 or self._dots.collidepoint(pos)):
            self.more(self.rect)
        else:
            self.chosen()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Find the place of the picture, and those of the caption and the dots below it."""
        inner = rect.inflate(-theme.px(4), -theme.px(4))
        if self.more is not None:
            self._dots = pygame.Rect(0, 0, theme.px(22), theme.px(20))
            self._dots.bottomright = rect.bottomright
        if self.text:
            line = theme.px(16)
            inner.height -= line
            width = inner.width - self._dots.width
            self._caption = pygame.Rect(inner.left, inner.bottom, width, line)
        self.fit(inner)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the picture in a frame that lights up under the mouse and the keyboard."""
        lit = self.hovered or self.focused
        edge = COLORS.accent if lit else COLORS.line
        width = theme.px(2 if lit else 1)
        box(surface, self.rect, COLORS.raised, theme.px(4), edge, width)
        if self.text:
            area = self._caption
            write(surface, theme.text(self.text, COLORS.soft, SIZES.tiny, width=area.width), area)
            for step in (-1, 0, 1) if self.more is not None else ():
                centre = (self._dots.centerx + step * theme.px(5), area.centery)
                dot(surface, centre, theme.px(3), COLORS.soft)
        if self.sign == FOLDER:
            folder(surface, self.picture.center, self.rect.height * 2 // 5, COLORS.edge)
        elif self.sign:
            write(surface, theme.text(self.sign, COLORS.faint, SIZES.large), self.picture)
        elif self.pixels is not None:
            self.draw_picture(surface)


class Strip(Widget):
    """Thumbnails in rows, as large as fits.

    Args:
        chosen: called with the index of the one that was clicked.
        columns: how many in a row; 0 lets the rectangle decide.
        more: called with the index and rectangle of one of which more was asked for, see
            `Thumbnail`.
    """

    def __init__(
        self,
        chosen: Callable[[int], object],
        columns: int = 0,
        more: Callable[[int, pygame.Rect], object] | None = None,
    ):
        super().__init__()
        self.chosen, self.more, self.columns = chosen, more, columns

    def fill(
        self,
        images: Sequence[np.ndarray | str | None],
        captions: Sequence[str] = (),
        helps: Sequence[str] = (),
    ) -> None:
        """Show these pictures or signs; None for one that has not arrived."""
        for child in self.children[len(images) :]:
            self.remove(child)
        for number in range(len(self.children), len(images)):
            more = None if self.more is None else partial(self.more, number)
            self.add(Thumbnail(partial(self.chosen, number), more=more))
        for number, (child, image) in enumerate(zip(self.children, images, strict=True)):
            child.text = captions[number] if number < len(captions) else ""
            child.help = helps[number] if number < len(helps) else ""
            child.set(image)
        self.rearrange()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Choose the number of columns that makes the pictures largest, and place them."""
        if not self.children:
            return
        gap, count = theme.px(GAP), len(self.children)

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
