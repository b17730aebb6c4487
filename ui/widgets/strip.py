"""Rows of small pictures to choose from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.face_view import FaceView
from ui.widgets.shapes import box, dot, folder, write

GAP = 4  # points between thumbnails
FOLDER = "folder"  # the sign for a folder


class Thumbnail(FaceView):
    """A small picture or sign, with a caption if it has `text`."""

    reacts = True

    def __init__(
        self, chosen: Callable[[], object], more: Callable[[pygame.Rect], object] | None = None
    ):
        super().__init__()
        self.chosen = chosen  # called by a click
        self.more = more  # with its rectangle, by a right click or one on the dots; None for none
        self._caption = pygame.Rect(0, 0, 0, 0)
        self._dots = pygame.Rect(0, 0, 0, 0)
        self._button = 1
        self.sign = ""

    def set(self, image: np.ndarray | str | None) -> None:
        """Show an image, a sign (`FOLDER` or a character), or nothing yet."""
        self.sign, picture = (image, None) if isinstance(image, str) else ("", image)
        super().set(picture)

    def press(self, pos: Point, button: int) -> bool:
        """Accept the left button, and the right one if there is more."""
        self._button = button
        return button == 1 or (button == 3 and self.more is not None)

    def release(self, pos: Point) -> None:
        """Choose it, or show more, if the mouse is still over it."""
        if not self.rect.collidepoint(pos):
            return
        if self.more is not None and (self._button == 3 or self._dots.collidepoint(pos)):
            self.more(self.rect)
        else:
            self.chosen()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the picture, and caption and dots below it."""
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
        """Draw picture, sign and caption in a frame that lights up under the mouse."""
        lit = self.hovered or self.focused
        edge = COLORS.accent if lit else COLORS.line
        width = theme.px(2 if lit else 1)
        box(surface, self.rect, COLORS.raised, theme.px(4), edge, width)
        if self.text:
            area = self._caption
            write(surface, theme.text(self.text, COLORS.soft, SIZES.tiny, width=area.width), area)
            for step in (-1, 0, 1) if self.more is not None else ():
                center = (self._dots.centerx + step * theme.px(5), area.centery)
                dot(surface, center, theme.px(3), COLORS.soft)
        if self.sign == FOLDER:
            folder(surface, self.picture.center, self.rect.height * 2 // 5, COLORS.edge)
        elif self.sign:
            write(surface, theme.text(self.sign, COLORS.faint, SIZES.large), self.picture)
        elif self.pixels is not None:
            self.draw_picture(surface, self.pixels)
            self.draw_title(surface, theme)


@dataclass(eq=False)
class Strip(Widget):
    """Thumbnails in rows, as large as fits."""

    chosen: Callable[[int], object]  # called with the index of the thumbnail that was clicked
    columns: int = 0  # how many in a row; 0 chooses the number that makes them largest
    more: Callable[[int, pygame.Rect], object] | None = None  # called with index and rectangle

    def __post_init__(self) -> None:
        super().__init__()
        self.thumbnails: list[Thumbnail] = []

    def fill(
        self,
        images: Sequence[np.ndarray | str | None],
        captions: Sequence[str] = (),
        helps: Sequence[str] = (),
    ) -> None:
        """Show images or signs, see `Thumbnail.set`, with their captions and help lines."""
        while len(self.thumbnails) > len(images):
            self.remove(self.thumbnails.pop())
        for number in range(len(self.thumbnails), len(images)):
            more = None if self.more is None else partial(self.more, number)
            self.thumbnails.append(self.add(Thumbnail(partial(self.chosen, number), more)))
        for number, (child, image) in enumerate(zip(self.thumbnails, images, strict=True)):
            child.text = captions[number] if number < len(captions) else ""
            child.help = helps[number] if number < len(helps) else ""
            child.set(image)
        self.rearrange()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the thumbnails in their columns."""
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
