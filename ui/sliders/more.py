"""Everything that the first view keeps out of sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pygame

from ui.keys import Command
from ui.sliders.state import FaceState
from ui.starts import Starts
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button, Toggle
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.slider import Slider
from ui.widgets.strip import Thumbnail
from ui.widgets.text_field import TextField

ROW = 34  # points
Row = list[
    tuple[Widget, float]
]  # widgets with their shares of a row's width; 0: what its text needs


class MorePanel(Panel):
    """Seeds and temperature, two faces and the way between them, saves, photo, view.

    Args:
        commands: of the screen and the window, by name.
        close: called by the button in the corner.
        seed_typed: called with a seed, or with None for an empty field.
        temperature_moved: called with the temperature.
        morph_moved, morph_ended: called with a place from A (0) to B (1), and after the last one.
        end_chosen: called with 0.0 for face A and 1.0 for face B.
        direction_named: called with the name of a new direction.
        detail_toggled, raw_toggled: called with whether it is on.
    """

    def __init__(
        self,
        commands: Mapping[str, Command],
        close: Callable[[], object],
        *,
        seed_typed: Callable[[int | None], object],
        temperature_moved: Callable[[float], object],
        morph_moved: Callable[[float], object],
        morph_ended: Callable[[], object],
        end_chosen: Callable[[float], object],
        direction_named: Callable[[str], object],
        detail_toggled: Callable[[bool], object],
        raw_toggled: Callable[[bool], object],
    ):
        super().__init__("More", close)
        add = self.body.add

        def button(name: str, words: str | None = None) -> tuple[Widget, float]:
            return add(Button.of(commands[name], words)), 0

        self.seed = add(
            TextField(
                entered=lambda words: seed_typed(int(words) if words else None),
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
                0.0,
                temperature_moved,
                nudge=0.05,
                help="How far random faces go from the mean face: 0 not at all, 1 as portraits do",
            )
        )
        self.morph = add(
            Slider(
                "Morph from A to B",
                0.0,
                1.0,
                0.0,
                morph_moved,
                ended=morph_ended,
                nudge=0.05,
                help="A face on the way from A to B; locked sliders stay",
            )
        )
        self.name = add(
            TextField(
                hint="Name a new direction",
                entered=direction_named,
                longest=24,
                help="The change from A to B, or from the start to here, becomes a slider; Enter",
            )
        )
        self.faces = {
            "a": add(Thumbnail(lambda: end_chosen(0.0), None, "A", "Go to face A")),
            "b": add(Thumbnail(lambda: end_chosen(1.0), None, "B", "Go to face B")),
        }
        detail_help, raw_help = "Add back what the numbers lost", "Sliders for the 80 numbers"
        self.detail = add(Toggle("Keep detail", detail_toggled, help=detail_help))
        self.raw = add(Toggle("Raw codes", raw_toggled, help=f"{raw_help} themselves  [U]"))
        seed_label = add(Label("Seed", COLORS.soft, SIZES.small))
        sections: dict[str, list[Row]] = {
            "FACES TO START FROM": [
                [button("Mean face"), button("Previous face"), button("Suggestions")],
                [(seed_label, 0.14), (self.seed, 0.3), (self.temperature, 1)],
            ],
            "TWO FACES": [
                [button("Set A"), button("Set B"), button("Play or stop", "Play")],
                [(self.morph, 1)],
                [(self.name, 1), button("Export GIF")],
            ],
            "SAVES AND PHOTO": [[button("Saved faces"), button("Redo"), (self.detail, 0)]],
            "VIEW": [
                [
                    (self.raw, 0),
                    button("Full screen"),
                    button("Larger text", "Larger"),
                    button("Smaller text", "Smaller"),
                ],
            ],
        }
        self.sections = [
            (add(Label(title, COLORS.faint, SIZES.tiny, True)), rows)
            for title, rows in sections.items()
        ]

    def follow(self, state: FaceState, starts: Starts, raw: bool) -> None:
        """Show a state, the seed and temperature of random faces, and whether codes are raw."""
        if not self.seed.focused:
            self.seed.set(str(starts.seed))
        self.temperature.set(starts.temperature)
        self.morph.set(state.morph)
        self.morph.enable(state.both_faces)
        self.detail.enable(state.detail is not None)
        self.detail.set(state.keep_detail)
        self.raw.set(raw)

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the sections under each other, faces A and B at the ends of theirs."""
        top = area.top
        heading, row_height, gap = theme.px(26), theme.px(ROW), theme.px(6)
        side = theme.px(72)
        for title, rows in self.sections:
            title.place(pygame.Rect(area.left, top, area.width, heading), theme)
            top += heading
            first, width = top, area.width
            two_faces = any(widget is self.morph for row in rows for widget, _ in row)
            if two_faces:
                width -= 2 * (side + gap)
            for row in rows:
                self._row(row, pygame.Rect(area.left, top, width, row_height), theme)
                top += row_height + gap
            if two_faces:
                left = area.right - 2 * side - gap
                for thumbnail in self.faces.values():
                    size = (side, min(theme.px(86), top - first - gap))
                    thumbnail.place(pygame.Rect((left, first), size), theme)
                    left += side + gap
            top += theme.px(4)
        return top - area.top

    @staticmethod
    def _row(row: Row, rect: pygame.Rect, theme: Theme) -> None:
        """Share the width of a row; a widget without a share gets what its text needs."""
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
