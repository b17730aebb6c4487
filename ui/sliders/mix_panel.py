"""Mix by part: what the face can take from faces A and B."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pygame

from ui.sliders.parts import PARTS, shown_part
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.strip import Strip

HEADING, LINES = 26, 44  # points
EXPLAINED = (
    "A click puts the part onto the face that shows; Ctrl Z takes it off again. "
    "The network then makes one face of it."
)


class MixPanel(Panel):
    """A row of parts for each of the two faces.

    Args:
        close: called by the button in the corner.
        chosen: called with "a" or "b" and the name of a part.
    """

    def __init__(self, close: Callable[[], object], chosen: Callable[[str, str], object]):
        super().__init__("Mix by part", close)
        self.explained = self.body.add(Label(EXPLAINED, COLORS.soft, SIZES.small, lines=2))
        self.rows: dict[str, tuple[Label, Strip]] = {}
        self._shown: dict[str, np.ndarray | None] = {}
        for name in "ab":
            strip = Strip(lambda n, name=name: chosen(name, list(PARTS)[n]), columns=len(PARTS))
            label = Label("", COLORS.faint, SIZES.tiny, True)
            self.rows[name] = self.body.add(label), self.body.add(strip)

    def follow(self, faces: Mapping[str, np.ndarray | None]) -> None:
        """Show the parts of faces "a" and "b", uint8 (160, 176) or None where one is not set."""
        for name, (label, strip) in self.rows.items():
            pixels = faces[name]
            if name in self._shown and pixels is self._shown[name]:
                continue
            self._shown[name] = pixels
            letter = name.upper()
            unset = f"FACE {letter} IS NOT SET: GO TO A FACE AND PRESS SHIFT {letter}"
            label.set_text(unset if pixels is None else f"FROM FACE {letter}")
            images = [None if pixels is None else shown_part(pixels, part) for part in PARTS]
            helps = [f"Take the {part} of face {letter}" for part in PARTS]
            strip.fill(images, [part.capitalize() for part in PARTS], helps)
            for thumbnail in strip.children:
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
