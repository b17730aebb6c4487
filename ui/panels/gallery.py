"""A list of thousands of pictures; only the visible rows are made and read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import pygame

from data.errors import UserError
from ui.theme import Theme
from ui.widgets.base import Widget
from ui.widgets.strip import GAP, Strip
from ui.window import Window

KEPT = 400  # pictures held in memory
UNREADABLE = "?"  # sign of what cannot be opened

Item = TypeVar("Item")
Picture = np.ndarray | str  # gray uint8 (h, w), or a sign, see `Thumbnail`


@dataclass(eq=False)
class Gallery(Widget, Generic[Item]):
    """Tiles in rows; visible ones are filled as their pictures are read."""

    host: Window
    slot: str  # of the worker, which reads
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
        self.host.worker.cancel(self.slot)
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
            self.host.worker.submit(self.slot, lambda engine: self._read(missing), self._keep, 2)

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
