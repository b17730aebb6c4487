"""All sliders of the slider screen: those with names in groups, then what the network found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pygame

from ui.sliders.editor import Axis, FaceState, direction_axis, hold, principal_axes, raw_axes
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label, Point, box, dot, write
from ui.widgets.panel import Scrolled
from ui.widgets.slider import HANDLE, MINUS, Slider, in_digits
from ui.widgets.text_field import TextField
from ui.window import Window

LARGE = 16  # numbered sliders that are large
HEADING, LARGE_ROW, SMALL_ROW = 22, 35, 21  # heights, in points
STRETCH = (0.8, 1.6)  # limits of the factor on row heights; at the lower one, rows scroll
BESIDE, BETWEEN = 82, 5  # width of headings beside sliders, space between groups, in points
BAR = 10  # width reserved for the scroll bar, in points
COLUMNS = 8  # small sliders in a row
UNSEEN = 1e-4  # change of a value that is too small to show
BEYOND = 10  # track lengths beyond its ends that a typed value may reach
DIGITS = "0123456789-.,"
GROUPS = {  # of the model's directions; any other is in `OTHER`
    "EXPRESSION": ("smile", "mouth open", "eyes open", "eyebrows up"),
    "POSE": ("turn", "nod"),
    "FACE": ("face width", "lips"),
    "HAIR": ("hair", "long hair", "hair light"),
    "LIGHT": ("light from the right", "background light"),
}
OTHER, YOURS = "OTHER", "YOURS"
NAMED = (*GROUPS, OTHER, YOURS)
PRINCIPAL = ("WHAT THE NETWORK FOUND", "FINER DETAIL")
RAW = ("RAW CODES THAT VARY MOST, ZERO AT THE TICK", "THE OTHER RAW CODES")


@dataclass(frozen=True)
class Gestures:
    """What the sliders call when they are used."""

    begin: Callable[[Axis], object]  # before the first movement; may raise a UserError
    move: Callable[[Axis, float], object]  # on every movement, with the new value
    end: Callable[[object], object]  # after the last, with a tag: see `FaceEditor.go`
    toggle_lock: Callable[[int | None], object]  # with the index of a principal slider, or None
    rename: Callable[[Axis, str], object]  # with another name, or "" for its own


class FaceSlider(Slider):
    """A slider along an axis.

    The right button locks, the middle button and a double click reset, a digit begins to type a
    value; keys do the same.
    """

    def __init__(
        self, axis: Axis, gestures: Gestures, type_number: Callable[[FaceSlider, str], object]
    ):
        super().__init__(
            axis.name,
            *axis.ends,
            axis.middle,
            changed=lambda value: gestures.move(self.axis, value),
            began=lambda: gestures.begin(self.axis),
            ended=gestures.end,
            nudge=(axis.ends[1] - axis.ends[0]) / 60,
            words=partial(reading, axis),
            center=axis.zero,
            default=axis.middle,
            help=self._describe,
        )
        self.free = axis  # without locks
        self.axis = axis  # its step leaves locked sliders alone
        self.gestures = gestures
        self.type_number = type_number  # called with the slider and the first character
        self.locked = False
        self.wheel_scrolls = False  # the panel, until the slider has the keyboard
        self._number = pygame.Rect(0, 0, 0, 0)  # where the value is written
        self._on_number = False  # whether the press under way began there

    def _describe(self) -> str:
        own = self.axis.name
        name = own if self.label == own else f"{self.label} ({own})"
        title = f"{name} at {self.value_text}"
        if self.locked:
            return f"{title} · locked: it keeps its value · L or right button unlocks"
        or_click = "" if self.compact else "or a click on the value "
        wheel = "click, then wheel" if self.wheel_scrolls and not self.focused else "wheel"
        text = f"{title} · drag or {wheel} · Enter {or_click}types a number"
        text += " · Backspace or double click resets · F2 renames"
        return text if self.axis.lock is None else text + " · L or right button locks"

    def wheel(self, steps: float, pos: Point) -> bool:
        """Nudge, but leave the wheel to a panel that scrolls unless the slider has the keyboard."""
        return (self.focused or not self.wheel_scrolls) and super().wheel(steps, pos)

    def press(self, pos: Point, button: int) -> bool:
        """Drag with the left button, reset with the middle one, lock with the right one."""
        if button == 2:
            self.go(self.axis.middle)
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
        """Nudge with the arrow keys; a digit begins to type a value."""
        if len(key) == 1 and key in DIGITS:
            self.type_number(self, key)
            return True
        return super().key(key)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place track and value; the value of a compact slider is in the preview."""
        super().layout(rect, theme)
        if not self.compact:
            width = theme.width(max(f"{MINUS}00.00", self.value_text, key=len), SIZES.small)
            self._number = pygame.Rect(rect.right - width, rect.top, width, 0)
            self._number.height = self.track.centery - theme.px(HANDLE / 2) - rect.top
        else:
            left, right = rect.left + theme.px(21), rect.right - theme.px(7)
            self.track = pygame.Rect(left, 0, right - left, theme.px(3))
            self.track.centery = rect.centery

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw a large slider, or a compact one with its number and track."""
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
        """Draw the track, with a padlock for a handle if it is locked."""
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


def reading(axis: Axis, value: float) -> str:
    """Return the value of an axis as it is shown, with the error of the reading if it has one."""
    if axis.error is None:
        return in_digits(value)
    return f"{in_digits(value, 0)} ± {axis.error:.0f}"


class SliderPanel(Scrolled):
    """All sliders, in groups with headings."""

    def __init__(self, host: Window, state: FaceState, gestures: Gestures):
        super().__init__()
        self.host, self.state, self.gestures = host, state, gestures
        self.covered = False  # whether a panel lies over it; then keys do not move sliders
        self.sliders: list[FaceSlider] = []  # raw codes or principal coordinates
        self.headings = {
            text: self.add(Label(text, COLORS.faint, SIZES.tiny, True))
            for text in (*NAMED, *PRINCIPAL, *RAW)
        }
        self.field: TextField | None = None  # the one that is open
        self.directions = self._replace((), self._axes())  # the model's before the user's own
        self.show_raw(False)

    # What it shows

    def show_raw(self, raw: bool) -> None:
        """Show raw codes or principal coordinates, the first sixteen large."""
        self.raw = raw
        axes = raw_axes(self.host.latent) if raw else principal_axes(self.host.latent)
        self.sliders = self._replace(self.sliders, axes)
        self._rearrange()

    def follow(self, state: FaceState) -> None:
        """Show a state; only the sliders that changed are drawn again."""
        before, self.state = self.state, state
        if state.directions is not before.directions:
            self.directions = self._replace(self.directions, self._axes())
        if state.directions is not before.directions or state.names is not before.names:
            self._rearrange()
        if state.locks is not before.locks:
            self._hold(self.all)
        for slider in self.directions + self.sliders:
            value = slider.axis.read(state.code)
            if abs(value - slider.value) > UNSEEN:
                slider.set(value)

    def _hold(self, sliders: Sequence[FaceSlider]) -> None:
        """Make sliders leave the locked ones alone."""
        for slider in sliders:
            slider.axis = hold(self.host.latent, slider.free, self.state.locks)
            lock = slider.axis.lock
            slider.change(locked=lock is not None and bool(self.state.locks[lock]))

    def _axes(self) -> list[Axis]:
        """Return the axes of the model's directions, in the order of the groups, and of own ones.

        A direction of the user replaces one of the model's that has the same name.
        """
        latent, own = self.host.latent, self.state.directions
        grouped = [name for names in GROUPS.values() for name in names if name in latent.directions]
        return [
            direction_axis(latent, name, latent.directions[name], latent.readouts.get(name))
            for name in dict.fromkeys((*grouped, *latent.directions))
            if name not in own
        ] + [direction_axis(latent, *item) for item in own.items()]

    def _replace(self, sliders: Sequence[FaceSlider], axes: Sequence[Axis]) -> list[FaceSlider]:
        """Replace sliders by those of other axes, and return these."""
        for slider in sliders:
            self.remove(slider)
        added = [self.add(FaceSlider(axis, self.gestures, self.type_number)) for axis in axes]
        self._hold(added)
        return added

    def groups(self) -> dict[str, list[FaceSlider]]:
        """Return the sliders by heading, in reading order; renamed ones are the user's own."""
        large, small = RAW if self.raw else PRINCIPAL
        groups: dict[str, list[FaceSlider]] = {text: [] for text in (*NAMED, large, small)}
        for slider in self.directions:
            own, name = slider.axis.name in self.state.directions, slider.axis.name
            found = (text for text, names in GROUPS.items() if name in names)
            groups[YOURS if own else next(found, OTHER)].append(slider)
        for number, slider in enumerate(self.sliders):
            renamed = slider.label != slider.axis.name
            groups[YOURS if renamed else large if number < LARGE else small].append(slider)
        return {text: sliders for text, sliders in groups.items() if sliders}

    @property
    def all(self) -> list[FaceSlider]:
        """Every slider, in reading order."""
        return [slider for sliders in self.groups().values() for slider in sliders]

    def free_axes(self) -> dict[str, Axis]:
        """Return the axes of all sliders that locks let move, by label; all if fewer than two."""
        axes = {slider.label: slider.axis for slider in self.all}
        free = {label: axis for label, axis in axes.items() if axis.step.any()}
        return free if len(free) > 1 else axes

    # Keys

    def target(self) -> FaceSlider | None:
        """Return the slider that keys act on, or None: the one held, pointed at or focused."""
        pointer = self.host.pointer
        for widget in (pointer.captured, pointer.hovered, pointer.focused):
            if isinstance(widget, FaceSlider):
                return widget
        return None

    def previewed(self) -> FaceSlider | None:
        """Return the slider that is held, pointed at or chosen by keys, or None."""
        target, pointer = self.target(), self.host.pointer
        here = target in (pointer.captured, pointer.hovered) or pointer.by_keys
        return target if here and not self.covered else None

    def pick(self, steps: int) -> None:
        """Choose another slider, `steps` further in reading order."""
        if self.covered:
            return
        sliders, target = self.all, self.target()
        place = sliders.index(target) + steps if target in sliders else 0
        self._choose(sliders[min(len(sliders) - 1, max(0, place))])

    def nudge(self, steps: int) -> None:
        """Nudge the slider that keys act on, or the first one if there is none."""
        if self.covered:
            return
        slider = self.target() or self.all[0]
        self._choose(slider)
        slider.step(steps)

    def _choose(self, slider: FaceSlider) -> None:
        self.host.pointer.choose(slider)
        self._reveal(slider)

    def _reveal(self, slider: FaceSlider) -> None:
        """Scroll until a slider and a heading above it are in sight."""
        above = self.view.top + self.theme.px(HEADING) - slider.rect.top
        self.scroll_by(-above if above > 0 else max(0, slider.rect.bottom - self.view.bottom))

    def type_number(self, slider: FaceSlider, first: str = "") -> None:
        """Open a field over a slider to type a value."""
        help = "A number, then Enter; Esc leaves it as it was"
        entered = partial(self._typed, slider)
        field = TextField("", entered, allowed=f"{DIGITS}+{MINUS}", longest=8, help=help)
        self._open_field(slider, 84, field)
        field.type_text(first)

    def type_name(self, slider: FaceSlider) -> None:
        """Open a field over a slider to type a name."""
        help = "A name, then Enter; an empty one brings back its own"
        entered = partial(self._named, slider)
        field = TextField(slider.label, entered, hint=slider.axis.name, longest=24, help=help)
        self._open_field(slider, 190, field)

    def _open_field(self, slider: FaceSlider, width: int, field: TextField) -> None:
        if self.covered:
            return
        self._reveal(slider)
        self._close_field()
        field.left = self._close_field
        self.field, theme = self.add(field), self.theme
        rect = pygame.Rect(0, 0, theme.px(width), theme.px(26))
        rect.midright = (slider.rect.right, slider.rect.centery)
        field.place(rect.clamp(self.rect), theme)
        self.host.pointer.focus(field)

    def _close_field(self) -> None:
        field, self.field = self.field, None
        if field is not None:
            self.remove(field)

    def _named(self, slider: FaceSlider, name: str) -> None:
        place = self.all.index(slider)
        self.gestures.rename(slider.axis, name)
        self._close_field()
        self._choose(slider if slider in self.all else self.all[place])  # directions get a new one

    def _typed(self, slider: FaceSlider, text: str) -> None:
        self._close_field()
        self.host.pointer.focus(slider)
        try:
            value = float(text.replace(",", ".").replace(MINUS, "-"))  # as values are written here
        except ValueError:
            if text:
                self.host.notify(f"{text} is not a number.", problem=True)
            return
        reach = BEYOND * (slider.high - slider.low)
        end = min(slider.high + reach, max(slider.low - reach, value))
        slider.go(end)
        if end != value:
            self.host.notify(f"{slider.label} goes as far as {end:g}, far beyond any portrait.")

    # Layout

    def scroll_by(self, pixels: int) -> None:
        """Scroll, unless a panel lies over the sliders."""
        if not self.covered:
            super().scroll_by(pixels)

    def _rearrange(self) -> None:
        for number, slider in enumerate(self.directions + self.sliders, -len(self.directions)):
            own = slider.axis.name
            slider.label = self.state.names.get(own, own)
            slider.compact = number >= LARGE and slider.label == own
        self.rearrange()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Arrange the sliders; what does not fit scrolls."""
        self._close_field()
        self.arrange_in(rect, 0, theme)

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Share the height among the groups and place their sliders."""
        groups, small = self.groups(), (RAW if self.raw else PRINCIPAL)[1]
        for text, label in self.headings.items():
            label.show(text in groups)
        columns = {text: COLUMNS if text == small else 2 for text in groups}
        points = {text: SMALL_ROW if text == small else LARGE_ROW for text in groups}
        rows = {text: -(-len(sliders) // columns[text]) for text, sliders in groups.items()}
        heading, between, inset = map(theme.px, (HEADING, BETWEEN, 8))
        fixed = sum(between if text in NAMED else heading for text in groups)
        wanted = sum(rows[text] * theme.px(points[text]) for text in groups)
        stretch = min(STRETCH[1], (self.view.height - fixed) / wanted)
        scrolls = stretch < STRETCH[0]
        stretch = max(STRETCH[0], stretch)
        top, width = float(area.top), area.width - scrolls * theme.px(BAR)
        for text, sliders in groups.items():
            height, gap = theme.px(points[text]) * stretch, theme.px(2 if text == small else 10)
            place = pygame.Rect(area.left, round(top), width, heading)
            if text in NAMED:  # the heading is beside them, at the height of a name
                place.width = theme.px(BESIDE)
                place.height = round(height) - theme.px(14)
            else:
                top += heading
            self.headings[text].place(place.move(inset, 0), theme)
            left = place.right if text in NAMED else area.left
            cell = (area.left + width + gap - left) / columns[text]
            for number, slider in enumerate(sliders):
                slider.wheel_scrolls = scrolls
                row, column = divmod(number, columns[text])
                x, right = (left + round(n * cell) for n in (column, column + 1))
                y, below = (round(top + n * height) for n in (row, row + 1))
                size = right - gap - x, below - theme.px(1) - y
                slider.place(pygame.Rect((x, y), size), theme)
            top += rows[text] * height + (between if text in NAMED else 0)
        return int(top - area.top)
