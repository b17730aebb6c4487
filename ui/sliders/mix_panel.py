"""Mix by part: what the face can take from faces A and B."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pygame

from ui.sliders.parts import PARTS, shown_part
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label
from ui.widgets.panel import Panel
from ui.widgets.strip import Strip

HEADING, LINES = 26, 44  # heights of a heading and of the explanation, in points
EXPLAINED = (
    "A click puts the part onto the face that shows; Ctrl Z takes it off again. "
    "The network then makes one face of it."
)


class MixPanel(Panel):
    """A row of parts for each of two faces; `chosen` is called with "a" or "b" and a part."""

    def __init__(self, chosen: Callable[[str, str], object]):
        super().__init__("Mix by part")
        self.chosen = chosen
        self.explained = self.body.add(Label(EXPLAINED, COLORS.soft, SIZES.small, lines=2))
        self.rows: dict[str, tuple[Label, Strip]] = {}
        self._pixels: dict[str, np.ndarray | None] = {}  # of the faces that show
        for name in "ab":
            label = Label("", COLORS.faint, SIZES.tiny, True)
            strip = Strip(partial(self._choose, name), columns=len(PARTS))
            self.rows[name] = self.body.add(label), self.body.add(strip)

    def _choose(self, name: str, number: int) -> None:
        self.chosen(name, list(PARTS)[number])

    def follow(self, faces: Mapping[str, np.ndarray | None]) -> None:
        """Show the parts of faces "a" and "b", uint8 (160, 176), or None where one is not set."""
        for name, (label, strip) in self.rows.items():
            pixels, letter = faces[name], name.upper()
            if name in self._pixels and pixels is self._pixels[name]:
                continue
            self._pixels[name] = pixels
            unset = f"FACE {letter} IS NOT SET: GO TO A FACE AND PRESS SHIFT {letter}"
            label.set_text(unset if pixels is None else f"FROM FACE {letter}")
            images = [None if pixels is None else shown_part(pixels, part) for part in PARTS]
            helps = [f"Take the {part} of face {letter}" for part in PARTS]
            strip.fill(images, [part.capitalize() for part in PARTS], helps)
            for thumbnail in strip.thumbnails:
                thumbnail.enable(pixels is not None)

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the rows under each other."""
        gap, heading, lines = theme.px(SIZES.gap), theme.px(HEADING), theme.px(LINES)
        self.explained.place(pygame.Rect(area.topleft, (area.width, lines)), theme)
        top = area.top + lines
        free = (self.body.rect.height - lines) // len(self.rows) - heading - gap
        width = max(len(PARTS), min(area.width, round(free * 1.1) * len(PARTS)))
        height = round(width / len(PARTS) / 1.1)
        for label, strip in self.rows.values():
            label.place(pygame.Rect(area.left, top, area.width, heading), theme)
            strip.place(pygame.Rect(area.left, top + heading, width, height), theme)
            top += heading + height + gap
        return top - area.top
