"""The panel with everything that does not fit the first view."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pygame

from ui.keys import Command
from ui.sliders.state import FaceState
from ui.starts import TEMPERATURE, Starts
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label, Row, place_row
from ui.widgets.button import Button, Toggle, help_of
from ui.widgets.panel import Panel
from ui.widgets.slider import Slider
from ui.widgets.text_field import TextField

HEADING, ROW = 26, 34  # heights, in points
SEED = "The seed of the random face: type one to see its face again"
TEMPERATURE_HELP = "How far random faces go from the mean face: 0 not at all, 1 as portraits do"
DIRECTION = "The change from A to B, or from the start to here, becomes a slider; Enter"


@dataclass(eq=False)
class MorePanel(Panel):
    """Faces to start from, directions of the user, saves and photo, view."""

    commands: Mapping[str, Command]  # of the screen and the window, by name
    seed_typed: Callable[[str], object]  # called with the digits of a seed, "" for none
    temperature_moved: Callable[[float], object]
    direction_named: Callable[[str], object]  # called with the name of a new direction

    def __post_init__(self) -> None:
        super().__init__("More")
        self.seed = TextField(entered=self.seed_typed, allowed="0123456789", longest=6, help=SEED)
        moved, usual, help = self.temperature_moved, TEMPERATURE, TEMPERATURE_HELP
        self.temperature = Slider(
            "Temperature", 0.0, 1.5, usual, moved, nudge=0.05, default=usual, help=help
        )
        named, hint = self.direction_named, "Name a new direction"
        self.name = TextField("", named, hint=hint, longest=24, keeps=True, help=DIRECTION)
        help = help_of(self.commands["Save direction"])
        save = Button("Save direction", lambda: named(self.name.text), help)
        toggles = (self.commands[name] for name in ("Keep detail", "Raw codes", "Tint"))
        self.detail, self.raw, self.tint = map(Toggle.of, toggles)

        def buttons(*names: str) -> Row:
            return [Button.of(self.commands[name]) for name in names]

        seed_label = Label("Seed", COLORS.soft, SIZES.small)
        self.sections: dict[str, list[Row]] = {
            "FACES TO START FROM": [
                buttons("Mean face", "Previous face", "Suggestions"),
                [(seed_label, 0.3), (self.seed, 0.5), (self.temperature, 1)],
            ],
            "SLIDERS OF YOUR OWN": [
                [(self.name, 1), save],
                buttons("Remove direction", "Rename slider"),
            ],
            "SAVES AND PHOTO": [[*buttons("Saved faces", "Redo"), self.detail]],
            "VIEW": [
                [self.raw, self.tint, *buttons("Full screen")],
                buttons("Larger text", "Smaller text"),
            ],
        }
        self.titles = {
            title: self.body.add(Label(title, COLORS.faint, SIZES.tiny, True))
            for title in self.sections
        }
        for row in (row for rows in self.sections.values() for row in rows):
            for item in row:
                self.body.add(item[0] if isinstance(item, tuple) else item)

    def follow(self, state: FaceState, starts: Starts, raw: bool, tint: bool) -> None:
        """Show a state, the seed and temperature of random faces, and which switches are on."""
        if not self.seed.focused:
            self.seed.set(str(starts.seed))
        self.temperature.set(starts.temperature)
        self.detail.enable(state.detail is not None)
        self.detail.select(state.keep_detail)
        self.raw.select(raw)
        self.tint.select(tint)

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the sections under each other."""
        top = area.top
        heading, row_height, gap = theme.px(HEADING), theme.px(ROW), theme.px(6)
        for title, rows in self.sections.items():
            self.titles[title].place(pygame.Rect(area.left, top, area.width, heading), theme)
            top += heading
            for row in rows:
                place_row(row, pygame.Rect(area.left, top, area.width, row_height), theme)
                top += row_height + gap
            top += theme.px(4)
        return top - area.top
