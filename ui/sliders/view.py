"""How the slider screen looks: face and morph at the left, sliders at the right, buttons below."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pygame

from ui.keys import Command
from ui.sliders.face_area import FaceArea
from ui.sliders.morph_strip import MorphStrip
from ui.sliders.preview import SliderPreview
from ui.sliders.slider_panel import SliderPanel
from ui.sliders.state import FaceState
from ui.theme import SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button, Toggle, help_of

BAR = 60  # points for the row of buttons
STRIP = 56  # points for faces A and B
SLIDERS = (430, 980)  # points that the sliders get, at least and at most
BUTTONS = ("Random", "Another face", "Your photo", "Save", "Undo")


class SlidersView(Widget):
    """Everything on the slider screen that is always there.

    Args:
        area: shows the face.
        strip: shows faces A and B, and the way between them.
        sliders: shows all sliders.
        preview: shows what the slider under the mouse does.
        commands: of the screen, by name.
        detail_toggled: called with whether a photo's detail is to be kept.

    Attributes:
        side: pixels that the next layout leaves free at the right, for a panel.
    """

    def __init__(
        self,
        area: FaceArea,
        strip: MorphStrip,
        sliders: SliderPanel,
        preview: SliderPreview,
        commands: Mapping[str, Command],
        detail_toggled: Callable[[bool], object],
    ):
        super().__init__()
        self.area, self.strip = self.add(area), self.add(strip)
        self.sliders, self.preview = self.add(sliders), self.add(preview)
        self.side = 0
        self.buttons = [self.add(Button.of(commands[name])) for name in BUTTONS]
        help = help_of(commands["Keep detail"])
        self.detail = self.add(Toggle("Keep detail", detail_toggled, True, help))
        self.more_button = self.add(Button.of(commands["More"]))

    def follow(self, state: FaceState, caption: str, can_undo: bool, playing: bool) -> None:
        """Show a state; its face is set in the area once it is decoded."""
        self.sliders.follow(state)
        self.strip.follow(state, playing)
        self.area.caption.set_text(caption)
        self.buttons[-1].enable(can_undo)
        self.detail.show(state.detail is not None)
        self.detail.set(state.keep_detail)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Make the face as large as it can be beside the sliders."""
        margin, gap = theme.px(SIZES.margin), theme.px(SIZES.gap)
        bar, strip, top = theme.px(BAR), theme.px(STRIP), rect.top + theme.px(12)
        least, most = theme.px(SLIDERS[0]), theme.px(SLIDERS[1])
        height = rect.bottom - bar - top
        face_height = height - gap - strip
        room = rect.width - 3 * margin - self.side
        width = round((face_height - theme.px(28)) * 1.1)
        left = max(0, min(room - least, max(width, room - most)))
        area = pygame.Rect(rect.left + margin, top, left, face_height)
        self.area.place(area, theme)
        self.strip.place(pygame.Rect(area.left, area.bottom + gap, left, strip), theme)
        self.sliders.place(pygame.Rect(area.right + margin, top, room - left, height), theme)
        row = pygame.Rect(area.left, rect.bottom - bar, rect.width - 2 * margin, bar)
        left, height = row.left, theme.px(SIZES.button)
        for button in (*self.buttons, self.detail):
            place = pygame.Rect(left, 0, button.width(theme), height)
            place.centery = row.centery
            button.place(place, theme)
            left = place.right + gap
        place = pygame.Rect(0, 0, self.more_button.width(theme), height)
        place.midright = (row.right, row.centery)
        self.more_button.place(place, theme)
        left = max(left, self.sliders.rect.left)
        free = pygame.Rect(left, row.top + theme.px(2), place.left - gap - left, 0)
        free.height = row.bottom - gap - free.top  # messages come that far over the lower edge
        self.preview.place(free, theme)
