"""Everything that the first view keeps out of sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pygame

from ui.keys import Command
from ui.sliders.state import FaceState
from ui.starts import Starts
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button, Toggle, help_of
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.row import Row, place_row
from ui.widgets.slider import Slider
from ui.widgets.text_field import TextField

ROW = 34  # points


class MorePanel(Panel):
    """Faces to start from, a direction of one's own, saves, photo, view.

    Args:
        commands: of the screen and the window, by name.
        close: called by the button in the corner.
        seed_typed: called with a seed, or with None for an empty field.
        temperature_moved: called with the temperature.
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
        direction_named: Callable[[str], object],
        detail_toggled: Callable[[bool], object],
        raw_toggled: Callable[[bool], object],
    ):
        super().__init__("More", close)
        add = self.body.add

        def button(name: str) -> tuple[Widget, float]:
            return add(Button.of(commands[name])), 0

        self.seed = add(
            TextField(
                entered=lambda text: seed_typed(int(text) if text else None),
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
        self.name = add(
            TextField(
                hint="Name a new direction",
                entered=direction_named,
                longest=24,
                keeps=True,
                help="The change from A to B, or from the start to here, becomes a slider; Enter",
            )
        )
        save_help = help_of(commands["Save direction"])
        save = add(Button("Save direction", lambda: direction_named(self.name.text), save_help))
        detail_help, raw_help = "Add back what the numbers lost", "Sliders for the 80 numbers"
        self.detail = add(Toggle("Keep detail", detail_toggled, help=detail_help))
        self.raw = add(Toggle("Raw codes", raw_toggled, help=f"{raw_help} themselves  [U]"))
        seed_label = add(Label("Seed", COLORS.soft, SIZES.small))
        sections: dict[str, list[Row]] = {
            "FACES TO START FROM": [
                [button("Mean face"), button("Previous face"), button("Suggestions")],
                [(seed_label, 0.3), (self.seed, 0.5), (self.temperature, 1)],
            ],
            "A DIRECTION OF YOUR OWN": [[(self.name, 1), (save, 0)], [button("Remove direction")]],
            "SAVES AND PHOTO": [[button("Saved faces"), button("Redo"), (self.detail, 0)]],
            "VIEW": [
                [(self.raw, 0), button("Full screen")],
                [button("Larger text"), button("Smaller text")],
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
        self.detail.enable(state.detail is not None)
        self.detail.set(state.keep_detail)
        self.raw.set(raw)

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the sections under each other."""
        top = area.top
        heading, row_height, gap = theme.px(26), theme.px(ROW), theme.px(6)
        for title, rows in self.sections:
            title.place(pygame.Rect(area.left, top, area.width, heading), theme)
            top += heading
            for row in rows:
                place_row(row, pygame.Rect(area.left, top, area.width, row_height), theme)
                top += row_height + gap
            top += theme.px(4)
        return top - area.top
