"""Everything that the first view keeps out of sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button, Toggle
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.slider import Slider
from ui.widgets.strip import Thumbnail
from ui.widgets.text_field import TextField

if TYPE_CHECKING:
    from ui.sliders.screen import SlidersScreen

ROW = 34  # points
Row = list[tuple[Widget, float]]  # widgets with their shares of a row's width; 0: as its words need


class MorePanel(Panel):
    """Seeds and temperature, two faces and the way between them, saves, photo, view.

    Args:
        screen: whose steps the controls take.
        close: called by the button in the corner.
    """

    def __init__(self, screen: SlidersScreen, close: Callable[[], object]):
        super().__init__("More", close)
        self.screen = screen
        by_name = {command.name: command for command in screen.commands}
        add = self.body.add

        def button(name: str, words: str | None = None) -> tuple[Widget, float]:
            return add(Button.of(by_name[name], words)), 0

        def words(text: str) -> tuple[Widget, float]:
            label = add(Label(text, COLORS.soft, SIZES.small))
            return label, 0.14

        desk = screen.desk
        self.seed = add(
            TextField(
                str(desk.seed),
                entered=self._seed_typed,
                allowed="0123456789",
                longest=6,
                help="The seed of the random face: type one to see its face again",
            )
        )
        self.temperature = add(
            Slider(
                "Temperature",
                0.0,
                1.5,
                desk.temperature,
                self._temperature_moved,
                nudge=0.05,
                help="How far random faces go from the mean face: 0 not at all, 1 as portraits do",
            )
        )
        self.face_a = add(Thumbnail(screen.stepper("morph_to", 0.0), None, "A", "Go to face A"))
        self.face_b = add(Thumbnail(screen.stepper("morph_to", 1.0), None, "B", "Go to face B"))
        self.morph = add(
            Slider(
                "Morph from A to B",
                0.0,
                1.0,
                0.0,
                self._morph_moved,
                ended=screen.desk.commit,
                nudge=0.05,
                help="A face on the way from A to B; locked sliders stay",
            )
        )
        self.name = add(
            TextField(
                hint="Name a new direction",
                entered=self._named,
                longest=24,
                help="The change from A to B, or from the start to here, becomes a slider; Enter",
            )
        )
        self.detail = add(
            Toggle("Keep detail", screen.desk.keep_detail, help="Add back what the numbers lost")
        )
        self.raw = add(
            Toggle(
                "Raw codes", screen.board.set_raw, help="Sliders for the 80 numbers themselves  [U]"
            )
        )
        self.sections: list[tuple[str, list[Row]]] = [
            (
                "Faces to start from",
                [
                    [button("Mean face"), button("Previous face"), button("Suggestions")],
                    [words("Seed"), (self.seed, 0.3), (self.temperature, 1)],
                ],
            ),
            (
                "Two faces",
                [
                    [button("Set A"), button("Set B"), button("Play or stop", "Play")],
                    [(self.morph, 1)],
                    [(self.name, 1), button("Export GIF")],
                ],
            ),
            ("Saves and photo", [[button("Saved faces"), button("Redo"), (self.detail, 0)]]),
            (
                "View",
                [
                    [
                        (self.raw, 0),
                        self._window_button("Full screen"),
                        self._window_button("Larger text", "Larger"),
                        self._window_button("Smaller text", "Smaller"),
                    ],
                ],
            ),
        ]
        self.titles = [
            add(Label(t.upper(), COLORS.faint, SIZES.tiny, True)) for t, _ in self.sections
        ]

    def _window_button(self, name: str, words: str | None = None) -> tuple[Widget, float]:
        command = next(command for command in self.screen.host.commands if command.name == name)
        return self.body.add(Button.of(command, words)), 0

    def _seed_typed(self, words: str) -> None:
        if words:
            self.screen.stepper("random", int(words))()
        self.screen.host.focus(None)

    def _temperature_moved(self, value: float) -> None:
        self.screen.settle()
        self.screen.desk.warm(value)

    def _morph_moved(self, t: float) -> None:
        self.screen.settle()
        self.screen.desk.morph(t)

    def _named(self, words: str) -> None:
        self.screen.settle()
        self.screen.desk.save_direction(words)
        self.screen.host.notify(f"{words.strip()} is a slider now, above the others.")
        self.name.set("")
        self.screen.host.focus(None)

    def follow(self) -> None:
        """Show what the desk stands at."""
        desk = self.screen.desk
        state = desk.now
        if not self.seed.focused:
            self.seed.set(str(desk.seed))
        self.temperature.set(desk.temperature)
        self.morph.set(state.morph)
        self.morph.enable(state.both_faces)
        self.detail.enable(state.detail is not None)
        self.detail.set(state.keep_detail)
        self.raw.set(self.screen.board.raw)

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the sections under each other, faces A and B at the ends of theirs."""
        top = area.top
        heading, row_height, gap = theme.px(26), theme.px(ROW), theme.px(6)
        side = theme.px(72)
        for title, (name, rows) in zip(self.titles, self.sections, strict=True):
            title.place(pygame.Rect(area.left, top, area.width, heading), theme)
            top += heading
            first, width = top, area.width
            if name == "Two faces":
                width -= 2 * (side + gap)
            for row in rows:
                self._row(row, pygame.Rect(area.left, top, width, row_height), theme)
                top += row_height + gap
            if name == "Two faces":
                left = area.right - 2 * side - gap
                for thumbnail in (self.face_a, self.face_b):
                    size = (side, min(theme.px(86), top - first - gap))
                    thumbnail.place(pygame.Rect((left, first), size), theme)
                    left += side + gap
            top += theme.px(4)
        return top - area.top

    @staticmethod
    def _row(row: Row, rect: pygame.Rect, theme: Theme) -> None:
        gap = theme.px(6)
        fixed = {widget: widget.width(theme) for widget, share in row if not share}
        room = rect.width - gap * (len(row) - 1)
        free = room - sum(fixed.values())
        shares = sum(share for _, share in row)
        squeeze = min(1.0, room / sum(fixed.values())) if fixed and not shares else 1.0
        left = rect.left
        for widget, share in row:
            width = int(fixed[widget] * squeeze) if widget in fixed else int(free * share / shares)
            widget.place(pygame.Rect(left, rect.top, max(0, width), rect.height), theme)
            left += width + gap
