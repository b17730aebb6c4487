"""How the slider screen looks: face and morph at the left, sliders at the right, buttons below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pygame

from ui.keys import Command
from ui.sliders.more import switch
from ui.sliders.morph_strip import MorphStrip
from ui.sliders.preview import SliderPreview
from ui.sliders.slider_panel import SliderPanel
from ui.sliders.state import FaceState
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button
from ui.widgets.face_view import FaceView
from ui.widgets.label import Label
from ui.widgets.strip import Strip

BAR = 60  # points for the row of buttons
STRIP = 56  # points for faces A and B
LINE = 28  # points for the line below the face
SLIDERS = (430, 980)  # points that the sliders get, at least and at most
BUTTONS = ("Random", "Another face", "Your photo", "Save", "Undo")
SUGGESTIONS = 12


class SlidersView(Widget):
    """Everything on the slider screen that is always there.

    Args:
        area: shows the face.
        strip: shows faces A and B, and the way between them.
        sliders: shows all sliders.
        preview: shows what the slider under the mouse does.
        commands: of the screen, by name.

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
    ):
        super().__init__()
        self.area, self.strip = self.add(area), self.add(strip)
        self.sliders, self.preview = self.add(sliders), self.add(preview)
        self.side = 0
        self.buttons = [self.add(Button.of(commands[name])) for name in BUTTONS]
        self.detail = self.add(switch(commands["Keep detail"]))
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
        width = round((face_height - theme.px(LINE)) * 1.1)
        left = max(0, min(room - least, max(width, room - most)))
        area = pygame.Rect(rect.left + margin, top, left, face_height)
        self.area.place(area, theme)
        self.strip.place(pygame.Rect(area.left, area.bottom + gap, left, strip), theme)
        self.sliders.place(pygame.Rect(area.right + margin, top, room - left, height), theme)
        row = pygame.Rect(area.left, rect.bottom - bar, rect.width - 2 * margin, bar)
        place = pygame.Rect(row.left, 0, 0, theme.px(SIZES.button))
        place.centery = row.centery
        for button in (*self.buttons, self.detail):
            place.width = button.width(theme)
            button.place(place, theme)
            place.left += place.width + gap
        left = max(place.left, self.sliders.rect.left)
        place.width = self.more_button.width(theme)
        place.right = row.right
        self.more_button.place(place, theme)
        free = pygame.Rect(left, row.top + theme.px(2), place.left - gap - left, 0)
        free.height = row.bottom - gap - free.top  # messages come that far over the lower edge
        self.preview.place(free, theme)


class FaceArea(Widget):
    """The face as large as fits, its caption, and a strip of suggestions when asked for.

    Args:
        chosen: called with the number of a suggestion.
    """

    def __init__(self, chosen: Callable[[int], object]):
        super().__init__()
        self.face = self.add(
            FaceView(
                "The face appears in a moment: the model is being loaded",
                help="The face of these 80 numbers · hold C to see where you started",
            )
        )
        self.caption = self.add(Label("", COLORS.soft, SIZES.body))
        self.strip = self.add(Strip(chosen))
        self.strip.show(False)
        self.suggestions: np.ndarray | None = None  # codes (12, 80)
        self._theme: Theme | None = None

    def suggest(self, codes: np.ndarray, images: Sequence[np.ndarray | None]) -> None:
        """Show faces to choose from; the strip gets missing pictures as they are decoded."""
        self.suggestions = codes
        self.strip.fill(images, helps=["Take this face"] * len(codes))
        self.show_suggestions(True)

    def show_suggestions(self, visible: bool) -> bool:
        """Show or hide the suggestions; return whether that changed anything."""
        changes = visible != self.strip.visible
        if changes:
            self.strip.show(visible)
            self.place(self.rect, self._theme)
        return changes

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the face where the line and the strip leave room."""
        self._theme = theme
        line, room = theme.px(LINE), rect.copy()
        if self.strip.visible:
            height = round(rect.width / (SUGGESTIONS // 2) / 1.1) * 2  # two rows fill the width
            height = min(height, rect.height * 2 // 5)
            strip = pygame.Rect(rect.left, rect.bottom - height, rect.width, height)
            self.strip.place(strip, theme)
            room.height -= height + theme.px(SIZES.gap)
        height, width = self.face.shape
        scale = min(rect.width / width, (room.height - line) / height)
        face = pygame.Rect(0, 0, round(width * scale), round(height * scale))
        face.midtop = (room.centerx, room.top + max(0, room.height - line - face.height) // 3)
        self.face.place(face, theme)
        self.caption.place(pygame.Rect(face.left, face.bottom, face.width, line), theme)
