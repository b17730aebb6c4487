"""A dozen random faces to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ui.sliders import jobs
from ui.sliders.face_area import SUGGESTIONS

if TYPE_CHECKING:
    from ui.sliders.screen import SlidersScreen


class Suggestions:
    """Draws codes, has them decoded in the worker's spare time, and takes the choice.

    Args:
        screen: the slider screen.
    """

    def __init__(self, screen: SlidersScreen):
        self.screen = screen
        self.codes: np.ndarray | None = None
        self._rng = np.random.default_rng()

    def draw(self) -> None:
        """Show a new dozen; locked sliders stay."""
        area = self.screen.area
        self.codes = self.screen.desk.sample(int(self._rng.integers(2**31)), SUGGESTIONS)
        area.strip.fill([None] * SUGGESTIONS, helps=["Take this face"] * SUGGESTIONS)
        area.show_strip(True)
        self.screen.host.worker.submit("sliders.suggestions", jobs.faces(self.codes), 2)

    def fill(self, number: int, image: np.ndarray) -> None:
        """Show one of the faces."""
        self.screen.area.strip.children[number].set(image)

    def choose(self, number: int) -> None:
        """Start from one of them."""
        if self.codes is not None:
            self.screen.settle()
            self.screen.desk.start(self.codes[number], f"Suggestion {number + 1}")

    def close(self) -> bool:
        """Put them away; say whether they were there."""
        shown = self.screen.area.strip.visible
        self.screen.area.show_strip(False)
        return shown
