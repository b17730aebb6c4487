"""Small pictures to choose from: in rows, or in a gallery of thousands.

Of a gallery only the visible rows are made and read.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import numpy as np
import pygame

from data.errors import UserError
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget, box, dot, folder, write
from ui.widgets.face_view import FaceView
from ui.worker import Worker

GAP = 4  # points between thumbnails
FOLDER = "folder"  # the sign for a folder
KEPT = 400  # pictures that a gallery holds in memory
UNREADABLE = "?"  # sign of what cannot be opened

Item = TypeVar("Item")
Picture = np.ndarray | str  # gray uint8 (h, w), or a sign, see `Thumbnail`


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


@dataclass(eq=False)
class Gallery(Widget, Generic[Item]):
    """Tiles in rows; visible ones are filled as their pictures are read."""

    worker: Worker
    slot: str  # of the worker
    tile: int  # least width of a tile, in points
    read: Callable[[Item], Picture]  # called in the worker's thread; `UserError` if damaged
    describe: Callable[[Item], tuple[str, str]]  # returns caption and sentence for the help line
    chosen: Callable[[Item], object]  # called with the item that was clicked
    more: Callable[[Item, pygame.Rect], object] | None = None  # see `Thumbnail`; None for no dots
    unreadable: Callable[[Item], object] = lambda item: None  # called if a picture is `UNREADABLE`

    def __post_init__(self) -> None:
        super().__init__()
        self.items: Sequence[Item] = ()
        self.cursor: int | None = None  # number of the item that the keys are at
        self._scroll = self._first = 0
        self._columns = self._row = 1  # tiles in a row, and its height in pixels
        self._shown: list[Item] = []  # items of the rows in sight
        self._asked: set[Item] = set()  # items that the worker is to read
        self._pictures: dict[Item, Picture] = {}
        more = None if self.more is None else self._open_more
        self.strip = self.add(Strip(self._choose, more=more))

    def fill(self, items: Sequence[Item]) -> None:
        """Show other items; pictures that were read stay."""
        self.items, self.cursor = items, None

    def stop(self) -> None:
        """End reading."""
        self.worker.cancel(self.slot)
        self._asked.clear()

    def _choose(self, number: int) -> None:
        if number < len(self._shown):  # it may be gone by the time the button is released
            self.chosen(self._shown[number])

    def _open_more(self, number: int, anchor: pygame.Rect) -> None:
        if self.more is not None and number < len(self._shown):
            self.more(self._shown[number], anchor)

    # The cursor

    def point(self, number: int) -> int:
        """Move the cursor to an item; return how far to scroll so that it is in sight."""
        self.cursor = min(max(0, number), len(self.items) - 1)
        top = self.cursor // self._columns * self._row
        return min(top, max(self._scroll, top + self._row - self.rect.height))

    def move_to(self, key: str) -> int | None:
        """Return the number of the item where an arrow key leads, None for other keys."""
        steps = {"left": -1, "right": 1, "up": -self._columns, "down": self._columns}
        if key not in steps or not self.items:
            return None
        return self._first if self.cursor is None else self.cursor + steps[key]

    # Rows

    def place_rows(self, area: pygame.Rect, top: int, scroll: int, theme: Theme) -> int:
        """Show rows, scrolled by some pixels, from `top` on; return the height of everything."""
        self._scroll = scroll
        view = pygame.Rect(area.left, top, area.width, max(0, area.bottom - top))
        self.place(view, theme)
        return top - area.top + -(-len(self.items) // self._columns) * self._row

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Make tiles for the rows in sight, and have their pictures read."""
        gap = theme.px(GAP)
        columns = self._columns = max(1, rect.width // theme.px(self.tile))
        width = max(4, (rect.width + gap) // columns - gap)
        row = self._row = round(width / 1.1) + gap
        above, rows = self._scroll // row, rect.height // row + 2
        self._first = above * columns
        shown = list(self.items[self._first : self._first + rows * columns])
        if shown != self._shown:
            self._shown = shown
            described = [self.describe(item) for item in shown]
            pictures = [self._pictures.get(item) for item in shown]
            self.strip.fill(
                pictures, [words[0] for words in described], [words[1] for words in described]
            )
        for number, child in enumerate(self.strip.thumbnails, self._first):
            child.focused = number == self.cursor
        self.strip.columns = columns
        place = pygame.Rect(rect.topleft, (rect.width, rows * (width + gap)))
        self.strip.place(place.move(0, above * row - self._scroll), theme)
        missing = [item for item in shown if item not in self._pictures]
        in_sight = all(widget.visible for widget in self.ancestors())
        if in_sight and not self._asked.issuperset(missing):
            self._asked = set(missing)
            self.worker.submit(self.slot, lambda engine: self._read(missing), self._keep, 2)

    def _read(self, items: list[Item]) -> Iterator[tuple[Item, Picture]]:
        for item in items:
            picture: Picture = UNREADABLE
            with suppress(UserError):
                picture = self.read(item)
            yield item, picture

    def _keep(self, found: tuple[Item, Picture]) -> None:
        item, picture = found
        self._asked.discard(item)
        self._pictures[item] = picture
        if len(self._pictures) > max(KEPT, len(self._shown)):
            del self._pictures[next(iter(self._pictures))]
        if item in self._shown:
            self.strip.thumbnails[self._shown.index(item)].set(picture)
        if isinstance(picture, str) and picture == UNREADABLE:
            self.unreadable(item)
