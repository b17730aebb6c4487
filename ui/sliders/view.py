"""How the slider screen looks: the face at the left, the sliders at the right, buttons below."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pygame

from ui.keys import Command
from ui.sliders.face_area import FaceArea
from ui.sliders.slider_panel import SliderPanel
from ui.sliders.state import FaceState
from ui.theme import SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button, Toggle, help_of

BAR = 52  # points for the row of buttons
SLIDERS = (430, 980)  # points that the sliders get, at least and at most
BUTTONS = ("Random", "Another face", "Your photo", "Save", "Undo")


class SlidersView(Widget):
    """Everything on the slider screen that is always there.

    Args:
        area: shows the face.
        sliders: shows all sliders.
        commands: of the screen, by name.
        detail_toggled: called with whether a photo's detail is to be kept.
    """

    def __init__(
        self,
        area: FaceArea,
        sliders: SliderPanel,
        commands: Mapping[str, Command],
        detail_toggled: Callable[[bool], object],
    ):
        super().__init__()
        self.area, self.sliders = self.add(area), self.add(sliders)
        self.buttons = [self.add(Button.of(commands[name])) for name in BUTTONS]
        help = help_of(commands["Keep detail"])
        self.detail = self.add(Toggle("Keep detail", detail_toggled, True, help))
        self.more_button = self.add(Button.of(commands["More"]))

    def follow(self, state: FaceState, caption: str, can_undo: bool) -> None:
        """Show a state; its face is set in the area once it is decoded."""
        self.sliders.follow(state)
        self.area.caption.set_text(caption)
        self.buttons[-1].enable(can_undo)
        self.detail.show(state.detail is not None)
        self.detail.set(state.keep_detail)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Make the face as large as it can be beside the sliders."""
        margin, bar = theme.px(SIZES.margin), theme.px(BAR)
        least, most = theme.px(SLIDERS[0]), theme.px(SLIDERS[1])
        top, height = rect.top + theme.px(12), rect.height - bar - theme.px(12)
        room = rect.width - 3 * margin
        left = min(room - least, max(round((height - theme.px(28)) * 1.1), room - most))
        area = pygame.Rect(rect.left + margin, top, left, height)
        self.area.place(area, theme)
        self.sliders.place(pygame.Rect(area.right + margin, top, room - left, height), theme)
        row = pygame.Rect(area.left, rect.bottom - bar, rect.width - 2 * margin, bar)
        left, height = row.left, theme.px(SIZES.button)
        for button in (*self.buttons, self.detail):
            place = pygame.Rect(left, 0, button.width(theme), height)
            place.centery = row.centery
            button.place(place, theme)
            left = place.right + theme.px(SIZES.gap)
        place = pygame.Rect(0, 0, self.more_button.width(theme), height)
        place.midright = (row.right, row.centery)
        self.more_button.place(place, theme)
