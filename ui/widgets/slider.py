"""A slider, with label and value above its track, or compact in a single row."""

from collections.abc import Callable
from dataclasses import dataclass

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Help, Point, Widget, box, dot, write

MINUS = "\N{MINUS SIGN}"
TRACK, HANDLE = 4, 10  # height of the track and diameter of the handle, in points


def in_digits(value: float, digits: int = 2) -> str:
    """Return a number with a real minus sign, and no negative zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", MINUS)


@dataclass(eq=False)
class Slider(Widget):
    """A value that is dragged, nudged with the wheel, or moved with the arrow keys.

    A press on the track moves it; a press elsewhere only gives it the keyboard. The value may lie
    beyond the ends: an arrow at the end then replaces the handle.
    """

    label: str
    low: float  # left end of the track
    high: float
    value: float
    changed: Callable[[float], object]  # called with the new value on every movement
    began: Callable[[], object] = lambda: None  # called before a gesture, for undo
    ended: Callable[[object], object] = lambda tag: None  # called after it; a tag joins nudges
    nudge: float = 0.1  # what one step of the wheel or an arrow key adds
    words: Callable[[float], str] = in_digits  # returns a value as it is shown
    compact: bool = False  # whether label, track and value share a row; else the track is below
    center: float | None = None  # where the lit part of the track begins; None for the low end
    default: float | None = None  # the value that a double click resets to, if any
    help: Help = ""

    focusable = True
    reacts = True

    def __post_init__(self) -> None:
        super().__init__(self.help)
        self.track = pygame.Rect(0, 0, 0, 0)
        self._grip: float | None = None  # pixels from mouse to handle, while it is dragged

    def set(self, value: float) -> None:
        """Show a value, without calling `changed`."""
        self.change(value=value)

    def move(self, value: float) -> None:
        """Go to a value, limited to the ends; call `changed` if it differs."""
        value = min(self.high, max(self.low, value))
        if value != self.value:
            self.set(value)
            self.changed(value)

    def step(self, steps: float) -> None:
        """Nudge, as one gesture."""
        self.began()
        self.move(self.value + steps * self.nudge)
        self.ended(("nudge", self.label))

    def go(self, value: float) -> None:
        """Go to a value, even beyond the ends, as one gesture."""
        self.began()
        self.set(value)
        self.changed(value)
        self.ended(None)

    @property
    def value_text(self) -> str:
        """The value as it is shown."""
        return self.words(self.value)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the track."""
        inset = theme.px(8)
        self.track = pygame.Rect(0, 0, rect.width - 2 * inset, theme.px(TRACK))
        if self.compact:
            self.track.left = rect.left + inset + theme.px(8 * len(self.label))
            values = self.low, (self.low + self.high) / 2, self.high
            widest = max(theme.width(self.words(value), SIZES.small, True) for value in values)
            self.track.width = rect.right - inset - theme.px(8) - widest - self.track.left
            self.track.centery = rect.centery
        else:
            self.track.midbottom = (rect.centerx, rect.bottom - theme.px(7))

    def x_of(self, value: float) -> int:
        """Return the x of a value on the track, in pixels; the end for values beyond."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.track.left + min(1.0, max(0.0, share)) * self.track.width)

    def on_track(self, pos: Point) -> bool:
        """Return whether a point is on the track, not on the text."""
        reach = HANDLE / 2 * self.track.height / TRACK  # half a handle, in pixels
        if self.compact:
            return self.track.left - reach <= pos[0] <= self.track.right + reach
        return pos[1] >= self.track.centery - reach

    def press(self, pos: Point, button: int) -> bool:
        """Grip the handle, or bring it here; off the track, only take the keyboard."""
        if button != 1:
            return False
        if self.on_track(pos):
            self.began()
            self._grip = self.x_of(self.value) - pos[0]
            if abs(self._grip) > max(6, 2 * self.track.height):
                self._grip = 0.0
                self.drag(pos)
        return True

    def double_click(self, pos: Point) -> bool:
        """Reset, if it has a default."""
        if self.default is not None:
            self.go(self.default)
        return self.default is not None

    def drag(self, pos: Point) -> None:
        """Move with the mouse, if the handle is gripped."""
        if self._grip is not None:
            share = (pos[0] + self._grip - self.track.left) / max(1, self.track.width)
            self.move(self.low + share * (self.high - self.low))

    def release(self, pos: Point) -> None:
        """End the gesture, if the handle is gripped."""
        if self._grip is not None:
            self._grip = None
            self.ended(None)

    def wheel(self, steps: float, pos: Point) -> bool:
        """Nudge."""
        self.step(steps)
        return True

    def key(self, key: str) -> bool:
        """Nudge with the arrow keys, ten steps with Shift."""
        steps = {"left": -1, "right": 1, "shift+left": -10, "shift+right": 10}.get(key)
        if steps is not None:
            self.step(steps)
        return steps is not None

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw label, value, track and handle."""
        lively = self.hovered or self.held or self.focused
        if lively:
            edge = COLORS.accent if self.focused else None
            box(surface, self.rect, COLORS.raised, theme.px(5), edge, theme.px(1))
        row = self.rect.inflate(-theme.px(16), 0)
        if not self.compact:
            row.height = self.track.centery - theme.px(HANDLE / 2) - self.rect.top
        color = COLORS.text if lively else COLORS.soft if self.enabled else COLORS.edge
        number = theme.text(self.value_text, color, SIZES.small, bold=self.held)
        write(surface, number, row, "right")
        room = row.width - number.get_width() - theme.px(6)
        write(surface, theme.text(self.label, color, SIZES.small, width=room), row, "left")
        self.draw_track(surface, theme, lively)

    def draw_track(self, surface: pygame.Surface, theme: Theme, lively: bool) -> None:
        """Draw the groove, lit from the center to the handle, and the handle."""
        track = self.track
        box(surface, track, COLORS.line, track.height // 2)
        x = self.x_of(self.value)
        start = track.left if self.center is None else self.x_of(self.center)
        lit = pygame.Rect(min(x, start), track.top, abs(x - start), track.height)
        surface.fill(COLORS.accent if lively else COLORS.accent_soft, lit)
        if self.center is not None and self.low <= self.center <= self.high:
            tick = pygame.Rect(0, 0, theme.px(1), theme.px(HANDLE + 4))  # seen below the handle
            tick.midtop = (start, track.centery - theme.px(HANDLE / 2))
            surface.fill(COLORS.faint, tick)
        half = theme.px((HANDLE - 2 * self.compact + 2 * self.held) / 2)
        if self.low <= self.value <= self.high:
            rest = COLORS.soft if self.enabled else COLORS.edge
            dot(surface, (x, track.centery), 2 * half, COLORS.accent if lively else rest)
        else:
            tip = half if self.value > self.high else -half
            back = (x - tip, track.centery - half), (x - tip, track.centery + half)
            pygame.draw.polygon(surface, COLORS.accent, [(x + tip, track.centery), *back])
