"""All sliders of the slider screen: named directions, sixteen large ones, sixty-four small ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pygame

from ui.host import Host
from ui.sliders.axes import Axis, direction_axis, principal_axes, raw_axes
from ui.sliders.state import FaceState
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.label import Label
from ui.widgets.shapes import box, dot, write
from ui.widgets.slider import HANDLE, MINUS, Slider
from ui.widgets.text_field import TextField

LARGE = 16
HEADING, DIRECTION_ROW, LARGE_ROW, SMALL_ROW = 22, 36, 35, 21  # points
COLUMNS = 8  # of small sliders
DIRECTION_ROWS = 3  # at most
UNSEEN = 1e-4  # a change too small to show
DIGITS = "0123456789-.,"
PRINCIPAL = ("WHAT MATTERS MOST", "FINER DETAIL")
RAW = ("RAW CODES THAT VARY MOST, ZERO AT THE TICK", "THE OTHER RAW CODES")


@dataclass(frozen=True)
class Gestures:
    """What the sliders call when they are used."""

    begin: Callable[[], object]  # before the first movement
    move: Callable[[Axis, float], object]  # on every movement, to a value
    end: Callable[[object], object]  # after the last; what ends with one tag is undone together
    reset: Callable[[Axis], object]  # to put it back to its middle
    toggle_lock: Callable[[int | None], object]  # with the number of a principal slider, or None


class FaceSlider(Slider):
    """A slider along an axis.

    Right button locks, middle button resets, a digit begins to type a number; keys do the same.

    Args:
        axis: what it moves along.
        gestures: what it calls.
        type_number: called with (slider, first character).
        small: drawn as a cell with just a number and a track.
    """

    def __init__(
        self,
        axis: Axis,
        gestures: Gestures,
        type_number: Callable[[FaceSlider, str], object],
        small: bool,
    ):
        super().__init__(
            axis.name,
            *axis.ends,
            axis.middle,
            changed=lambda value: gestures.move(axis, value),
            began=gestures.begin,
            ended=lambda: gestures.end(None),
            nudge=(axis.ends[1] - axis.ends[0]) / 60,
            compact=small,
            center=0.0,
            help=self._describe,
        )
        self.axis, self.gestures, self.type_number = axis, gestures, type_number
        self.locked = False
        self._number = pygame.Rect(0, 0, 0, 0)  # where the value is written
        self._on_number = False  # whether the press under way began there

    def _describe(self) -> str:
        or_click = "" if self.compact else "or a click on the value "
        text = f"{self.axis.name} at {self.text} · drag or wheel · Enter {or_click}types a number"
        text += " · Backspace or middle button resets"
        if self.axis.lock is None:
            return text
        return text + (" · L unlocks" if self.locked else " · L or right button locks")

    def go(self, value: float) -> None:
        """Go to a value, even beyond the ends, as one whole gesture."""
        self.gestures.begin()
        self.gestures.move(self.axis, value)
        self.gestures.end(None)

    def step(self, steps: float) -> None:
        """Nudge; one nudge after another is undone together."""
        self.gestures.begin()
        self.move(self.value + steps * self.nudge)
        self.gestures.end(("nudge", self.axis.name))

    def press(self, pos: Point, button: int) -> bool:
        """Drag with the left button, reset with the middle one, lock with the right one."""
        if button == 2:
            self.gestures.reset(self.axis)
        elif button == 3:
            self.gestures.toggle_lock(self.axis.lock)
        self._on_number = button == 1 and self._number.collidepoint(pos)
        return super().press(pos, button) or button > 1

    def release(self, pos: Point) -> None:
        """End a drag; a click on the value types a number."""
        super().release(pos)
        if self._on_number and self._number.collidepoint(pos):
            self.type_number(self, "")

    def key(self, key: str) -> bool:
        """Change with the arrow keys; a digit begins to type a number."""
        if len(key) == 1 and key in DIGITS:
            self.type_number(self, key)
            return True
        return super().key(key)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Find the track and the value; small ones show theirs in the preview."""
        super().layout(rect, theme)
        if not self.compact:
            width = theme.font(SIZES.small).size(f"{MINUS}00.00")[0]
            self._number = pygame.Rect(rect.right - width, rect.top, width, 0)
            self._number.height = self.track.centery - theme.px(HANDLE / 2) - rect.top
        else:
            left, right = rect.left + theme.px(21), rect.right - theme.px(7)
            self.track = pygame.Rect(left, 0, right - left, theme.px(3))
            self.track.centery = rect.centery

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw a large slider, or a cell; a locked one has a padlock for a handle."""
        if not self.compact:
            super().draw(surface, theme)
            return
        lively = self.hovered or self.held or self.focused
        if lively:
            edge = COLORS.accent if self.focused else None
            box(surface, self.rect, COLORS.raised, theme.px(4), edge, theme.px(1))
        number = self.axis.name.rpartition(" ")[2]
        color = COLORS.text if lively else COLORS.faint
        area = pygame.Rect(self.rect.left, self.rect.top, theme.px(16), self.rect.height)
        write(surface, theme.text(number, color, SIZES.tiny), area, "right")
        self.draw_track(surface, theme, lively)

    def draw_track(self, surface: pygame.Surface, theme: Theme, lively: bool) -> None:
        """Draw the track, and the padlock over it."""
        super().draw_track(surface, theme, lively)
        if not self.locked:
            return
        x, y = self.x_of(self.value), self.track.centery
        side = theme.px(12)
        body = pygame.Rect(0, 0, side, round(side * 0.72))
        body.midtop = (x, y - theme.px(3))
        shackle = pygame.Rect(0, 0, round(side * 0.62), round(side * 0.9))
        shackle.midtop = (x, body.top - round(side * 0.4))
        box(surface, body.inflate(theme.px(4), theme.px(4)), COLORS.window, theme.px(3))
        pygame.draw.rect(surface, COLORS.text, shackle, theme.px(2), border_radius=side)
        box(surface, body, COLORS.text, theme.px(2))
        dot(surface, body.center, theme.px(3), COLORS.window)


class SliderPanel(Widget):
    """All sliders, in groups with headings.

    Args:
        host: the window.
        gestures: what the sliders call.

    Attributes:
        covered: whether something lies over it, so that keys do not move what cannot be seen.
    """

    def __init__(self, host: Host, gestures: Gestures):
        super().__init__()
        self.host, self.gestures = host, gestures
        self.raw = self.covered = False
        self.directions: list[FaceSlider] = []
        self.sliders: list[FaceSlider] = []
        self.headings = [self.add(Label("", COLORS.faint, SIZES.tiny, True)) for _ in range(3)]
        self.field: TextField | None = None
        self._shown_directions: dict[str, np.ndarray] | None = None
        self._over: Widget | None = None  # what was under the mouse at the last look
        self._by_keys = False  # whether keys chose a slider since then
        self.show_raw(False)

    # What it shows

    def show_raw(self, raw: bool) -> None:
        """Show raw codes (True) or principal sliders: the first sixteen large."""
        self.raw = raw
        axes = raw_axes(self.host.latent) if raw else principal_axes(self.host.latent)
        self.sliders = self._replace(self.sliders, axes)
        for label, heading in zip(self.headings[1:], RAW if raw else PRINCIPAL, strict=True):
            label.set_text(heading)
        self._rearrange()

    def follow(self, state: FaceState) -> None:
        """Set every slider to a state; only those that moved are drawn again."""
        if state.directions is not self._shown_directions:
            self._shown_directions = state.directions
            named = {**self.host.latent.directions, **state.directions}
            newest = list(named.items())[-2 * DIRECTION_ROWS :]
            axes = [direction_axis(self.host.latent, *item) for item in newest]
            self.directions = self._replace(self.directions, axes)
            self.headings[0].set_text("DIRECTIONS" if axes else "")
            self._rearrange()
        for slider in self.all:
            value = slider.axis.read(state.code)
            if abs(value - slider.value) > UNSEEN:
                slider.set(value)
            slider.change(locked=slider.axis.lock is not None and state.locks[slider.axis.lock])

    def _replace(self, sliders: Sequence[FaceSlider], axes: Sequence[Axis]) -> list[FaceSlider]:
        """Remove sliders; return those of other axes in their place."""
        for slider in sliders:
            self.remove(slider)
        return [
            self.add(FaceSlider(axis, self.gestures, self.type_number, small=number >= LARGE))
            for number, axis in enumerate(axes)
        ]

    @property
    def all(self) -> list[FaceSlider]:
        """Every slider, in reading order."""
        return [*self.directions, *self.sliders]

    # Keys

    def target(self) -> FaceSlider | None:
        """Return the slider that keys act on, or None.

        It is the one with the keyboard focus, until the mouse moves to another.
        """
        pointer = self.host.pointer
        over = pointer.hovered
        if over is not self._over:
            self._over, self._by_keys = over, False
            leaves = isinstance(over, FaceSlider) and isinstance(pointer.focused, FaceSlider)
            if leaves and over is not pointer.focused and pointer.captured is None:
                pointer.focus(None)
        for widget in (pointer.captured, pointer.focused, over):
            if isinstance(widget, FaceSlider):
                return widget
        return None

    def previewed(self) -> FaceSlider | None:
        """Return the slider that is under the mouse or held, or was just chosen with keys."""
        if self.covered:
            return None
        target, pointer = self.target(), self.host.pointer
        here = target in (pointer.captured, pointer.hovered)
        return target if here or self._by_keys else None

    def pick(self, steps: int) -> None:
        """Move the keyboard focus by so many sliders in reading order."""
        if self.covered:
            return
        sliders, target = self.all, self.target()
        place = sliders.index(target) + steps if target in sliders else len(self.directions)
        self._choose(sliders[min(len(sliders) - 1, max(0, place))])

    def nudge(self, steps: int) -> None:
        """Nudge the slider that keys act on, or the first one if there is none."""
        if self.covered:
            return
        slider = self.target() or self.sliders[0]
        self._choose(slider)
        slider.step(steps)

    def _choose(self, slider: FaceSlider) -> None:
        self.host.pointer.focus(slider)
        self._by_keys = True

    def type_number(self, slider: FaceSlider, first: str = "") -> None:
        """Open a field over a slider to type a value into."""
        self._close_field()
        self.field = self.add(
            TextField(
                first,
                entered=lambda text: self._typed(slider, text),
                left=self._close_field,
                allowed="0123456789-+.,",
                longest=8,
                help="A number, then Enter; Esc leaves it as it was",
            )
        )
        theme = self.theme
        rect = pygame.Rect(0, 0, theme.px(84), theme.px(26))
        rect.midright = (slider.rect.right, slider.rect.centery)
        self.field.place(rect.clamp(self.rect), theme)
        self.host.pointer.focus(self.field)

    def _close_field(self) -> None:
        field, self.field = self.field, None
        if field is not None:
            self.remove(field)

    def _typed(self, slider: FaceSlider, text: str) -> None:
        self._close_field()
        self.host.pointer.focus(slider)
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            return
        reach = 10 * (slider.high - slider.low)
        slider.go(min(slider.high + reach, max(slider.low - reach, value)))

    # Layout

    def _rearrange(self) -> None:
        self.rearrange()
        self.host.pointer.refresh()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Share the height among the groups, and give each slider its place."""
        self._close_field()
        groups = [  # headings and sliders, with columns, and points of a row
            (self.headings[0], self.directions, 2, DIRECTION_ROW),
            (self.headings[1], self.sliders[:LARGE], 2, LARGE_ROW),
            (self.headings[2], self.sliders[LARGE:], COLUMNS, SMALL_ROW),
        ]
        groups = [group for group in groups if group[1]]
        wanted = sum(-(-len(sliders) // columns) * row for _, sliders, columns, row in groups)
        heading, inset, top = theme.px(HEADING), theme.px(8), rect.top
        stretch = min(1.6, (rect.height - heading * len(groups)) / theme.px(wanted))
        for label, sliders, columns, points in groups:
            label.place(pygame.Rect(rect.left + inset, top, rect.width - inset, heading), theme)
            top += heading
            gap = theme.px(10 if columns == 2 else 2)
            width, height = (rect.width + gap) / columns, theme.px(points) * stretch
            for number, slider in enumerate(sliders):
                row, column = divmod(number, columns)
                left, right = (rect.left + round(x * width) for x in (column, column + 1))
                above, below = (top + round(y * height) for y in (row, row + 1))
                size = right - gap - left, below - theme.px(1) - above
                slider.place(pygame.Rect((left, above), size), theme)
            top += round((row + 1) * height)
