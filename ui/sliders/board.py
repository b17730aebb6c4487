"""The board of sliders: named directions, sixteen large ones, and sixty-four small ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pygame

from ui.sliders.axes import Axis
from ui.sliders.face_slider import FaceSlider
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.label import Label
from ui.widgets.text_field import TextField

LARGE = 16
HEADING, DIRECTION_ROW, LARGE_ROW, SMALL_ROW = 22, 36, 35, 21  # points
COLUMNS = 8  # of small sliders
DIRECTION_ROWS = 3  # at most
NOTHING_MOVED = 1e-4  # less than what shows is no movement


class Board(Widget):
    """All sliders, in groups with headings; tells its owner what is done with them.

    Args:
        on_began, on_moved, on_ended: called with (slider), (slider, value) and (slider).
        on_reset, on_lock: called with (slider).
    """

    def __init__(
        self,
        on_began: Callable[[FaceSlider], object],
        on_moved: Callable[[FaceSlider, float], object],
        on_ended: Callable[[FaceSlider], object],
        on_reset: Callable[[FaceSlider], object],
        on_lock: Callable[[FaceSlider], object],
    ):
        super().__init__()
        self.on_began, self.on_moved, self.on_ended = on_began, on_moved, on_ended
        self.reset, self.toggle_lock = on_reset, on_lock
        self.gesture: FaceSlider | None = None
        self.directions: list[FaceSlider] = []
        self.sliders: list[FaceSlider] = []
        self.headings = [self.add(Label("", COLORS.faint, SIZES.tiny, True)) for _ in range(3)]
        self.field: TextField | None = None
        self.focus: Callable[[Widget | None], object] = lambda widget: None
        self._theme: Theme | None = None

    # What it shows

    def use(self, axes: Sequence[Axis], words: tuple[str, str]) -> None:
        """Show these axes as sliders: the first sixteen large.

        Args:
            axes: the one that matters most first.
            words: headings over the large and the small ones.
        """
        for slider in self.sliders:
            self.remove(slider)
        self.sliders = [
            self.add(FaceSlider(axis, self, small=number >= LARGE))
            for number, axis in enumerate(axes)
        ]
        for label, heading in zip(self.headings[1:], words, strict=True):
            label.set_text(heading)
        self._again()

    def use_directions(self, axes: Sequence[Axis]) -> None:
        """Show these axes as the named directions; the newest six, where there are more."""
        for slider in self.directions:
            self.remove(slider)
        shown = axes[-2 * DIRECTION_ROWS :]
        self.directions = [self.add(FaceSlider(axis, self)) for axis in shown]
        self.headings[0].set_text("DIRECTIONS" if shown else "")
        self._again()

    def follow(self, code: np.ndarray, locks: np.ndarray) -> None:
        """Show where a code stands on every slider; only those that moved are drawn again."""
        for slider in self.all:
            value = slider.axis.read(code)
            if abs(value - slider.value) > NOTHING_MOVED:
                slider.set(value)
            slider.lock(slider.axis.lock is not None and bool(locks[slider.axis.lock]))

    @property
    def all(self) -> list[FaceSlider]:
        """Every slider, in reading order."""
        return [*self.directions, *self.sliders]

    def neighbour(self, slider: Widget | None, steps: int) -> FaceSlider:
        """Return the slider so many places on in reading order."""
        sliders = self.all
        if slider not in sliders:
            return self.sliders[0]
        return sliders[min(len(sliders) - 1, max(0, sliders.index(slider) + steps))]

    # What is done with them

    def began(self, slider: FaceSlider) -> None:
        """Hear that a gesture starts."""
        self.gesture = slider
        self.on_began(slider)

    def moved(self, slider: FaceSlider, value: float) -> None:
        """Hear that a slider moved."""
        self.on_moved(slider, value)

    def ended(self, slider: FaceSlider) -> None:
        """Hear that a gesture is over."""
        self.gesture = None
        self.on_ended(slider)

    def type_number(self, slider: FaceSlider, first: str = "") -> None:
        """Open a field over a slider to type a value into."""
        self.close_field()
        self.field = self.add(
            TextField(
                first,
                entered=lambda words: self._typed(slider, words),
                left=self.close_field,
                allowed="0123456789-+.,",
                longest=8,
                help="A number, then Enter; Esc leaves it as it was",
            )
        )
        if self._theme is not None:
            rect = pygame.Rect(0, 0, self._theme.px(84), self._theme.px(26))
            rect.midright = (slider.rect.right, slider.rect.centery)
            self.field.place(rect.clamp(self.rect), self._theme)
        self.focus(self.field)

    def close_field(self) -> None:
        """Take the field away."""
        field, self.field = self.field, None
        if field is not None:
            self.remove(field)

    def _typed(self, slider: FaceSlider, words: str) -> None:
        self.close_field()
        self.focus(slider)
        try:
            value = float(words.replace(",", "."))
        except ValueError:
            return
        if np.isfinite(value):
            self.began(slider)
            reach = 10 * (slider.high - slider.low)
            self.moved(slider, min(slider.high + reach, max(slider.low - reach, value)))
            self.ended(slider)

    # Layout

    def _again(self) -> None:
        if self._theme is not None:
            self.place(self.rect, self._theme)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Share the height among the groups, and give each slider its place."""
        self._theme = theme
        self.close_field()
        large, small = self.sliders[:LARGE], self.sliders[LARGE:]
        groups = [(self.directions, 2, DIRECTION_ROW)] if self.directions else []
        groups += [(large, 2, LARGE_ROW), (small, COLUMNS, SMALL_ROW)]
        headings = self.headings[3 - len(groups) :]
        if not self.directions:
            self.headings[0].place(pygame.Rect(0, 0, 0, 0), theme)
        rows = [-(-len(sliders) // columns) for sliders, columns, _ in groups]
        wanted = sum(n * height for n, (_, _, height) in zip(rows, groups, strict=True))
        heading = theme.px(HEADING)
        room = rect.height - heading * len(groups)
        stretch = min(1.6, room / max(1, theme.px(wanted)))
        top = rect.top
        for label, (sliders, columns, height) in zip(headings, groups, strict=True):
            inset = theme.px(8)
            label.place(pygame.Rect(rect.left + inset, top, rect.width - inset, heading), theme)
            top += heading
            top += self._grid(sliders, columns, theme.px(height) * stretch, rect, top, theme)

    @staticmethod
    def _grid(
        sliders: Sequence[FaceSlider],
        columns: int,
        height: float,
        rect: pygame.Rect,
        top: int,
        theme: Theme,
    ) -> int:
        """Place sliders in a grid from `top` on; give its height."""
        gap = theme.px(10 if columns == 2 else 2)
        width = (rect.width + gap) / columns
        for number, slider in enumerate(sliders):
            row, column = divmod(number, columns)
            left, y = rect.left + round(column * width), top + round(row * height)
            right = rect.left + round((column + 1) * width) - gap
            bottom = top + round((row + 1) * height) - theme.px(1)
            slider.place(pygame.Rect(left, y, right - left, bottom - y), theme)
        return round(-(-len(sliders) // columns) * height)
