"""The widgets of the slider screen: face and morph left, sliders right, buttons below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pygame

from ui.keys import Command
from ui.sliders.heat import HeatView
from ui.sliders.morph_strip import MorphStrip
from ui.sliders.slider_panel import FaceSlider, SliderPanel
from ui.sliders.state import FaceState
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Row, Widget, place_row
from ui.widgets.button import Button, Toggle
from ui.widgets.face_view import surface_of
from ui.widgets.label import Label
from ui.widgets.shapes import trim, write
from ui.widgets.slider import MINUS
from ui.widgets.strip import Strip

BAR = 60  # height of the row of buttons, in points
STRIP = 56  # height of faces A and B, in points
LINE = 28  # height of the line below the face, in points
SLIDERS = (430, 980)  # width of the sliders, at least and at most, in points
PREVIEW = 240  # width of the preview, at most, in points
BUTTONS = ("Random", "Another face", "Your photo", "Save", "Undo")
SUGGESTIONS = 12
REST = 0.4  # seconds that the mouse rests on a slider before the face is tinted


class SlidersView(Widget):
    """Everything on the slider screen that is always visible.

    Args:
        area, strip, sliders, preview: its parts.
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
        self.detail = self.add(Toggle.of(commands["Keep detail"]))
        self.more_button = self.add(Button.of(commands["More"]))

    def follow(self, state: FaceState, can_undo: bool, playing: bool) -> None:
        """Show a state; `area` is given its face and caption."""
        self.sliders.follow(state)
        self.strip.follow(state, playing)
        self.buttons[-1].enable(can_undo)
        self.detail.show(state.detail is not None)
        self.detail.set(state.keep_detail)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Make the face as large as it can be beside the sliders, which get the rest."""
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
        free.height = row.bottom - gap - free.top  # messages reach over the lower edge
        self.preview.place(free, theme)


class FaceArea(Widget):
    """The face as large as fits, its caption, and a strip of suggestions while it shows.

    Args:
        chosen: called with the number of a suggestion.
        buttons: beside the caption.

    Attributes:
        suggestions: codes (12, latent_dim) of the strip, or None before the first ones.
    """

    def __init__(self, chosen: Callable[[int], object], buttons: Sequence[Button]):
        super().__init__()
        self.buttons = [self.add(button) for button in buttons]
        self.face = self.add(
            HeatView(
                "The face appears in a moment: the model is being loaded",
                help="The face of these 80 numbers · hold C to see where you started",
            )
        )
        self.caption = self.add(Label("", COLORS.soft, SIZES.body))
        self.strip = self.add(Strip(chosen))
        self.strip.show(False)
        self.suggestions: np.ndarray | None = None

    def suggest(self, codes: np.ndarray, images: Sequence[np.ndarray | None]) -> None:
        """Show faces to choose from; images that are None are set in the strip later."""
        self.suggestions = codes
        self.strip.fill(images, helps=["Take this face"] * len(codes))
        self.show_suggestions(True)

    def show_suggestions(self, visible: bool) -> bool:
        """Show or hide the suggestions; return whether that changed anything."""
        changes = visible != self.strip.visible
        if changes:
            self.strip.show(visible)
            self.rearrange()
        return changes

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the face in the room that caption and strip leave."""
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
        row: Row = [(self.caption, 1), *((button, 0) for button in self.buttons)]
        place_row(row, pygame.Rect(face.left, face.bottom, face.width, line), theme)


class SliderPreview(Widget):
    """What a slider does: its value, and small faces at its two ends.

    Args:
        decode: asks for the faces of codes (2, latent_dim), see `fill`.
        cancel: withdraws the last request.

    Attributes:
        slider: the one that shows, or None.
        pictures: the faces at the low and the high end, as far as they have come.
        due: time at which the difference is to tint the face, in seconds; None once the face has
            moved, as it is then to be seen without.
        difference: (160, 176), the face at the high end minus that at the low one, or None.
    """

    solid = False

    def __init__(self, decode: Callable[[np.ndarray], object], cancel: Callable[[], object]):
        super().__init__()
        self.decode, self.cancel = decode, cancel
        self.visible = False
        self.slider: FaceSlider | None = None
        self._value: float | None = None  # of the slider, as it is drawn
        self._code: np.ndarray | None = None  # (latent_dim,) that the ends belong to
        self._images: list[np.ndarray] = []  # of `pictures`, (160, 176) each
        self.pictures: list[pygame.Surface] = []
        self.due: float | None = None
        self.difference: np.ndarray | None = None

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Scale the faces to the height."""
        self.rect.width = min(rect.width, theme.px(PREVIEW))
        self.pictures = [self._scaled(image) for image in self._images]

    def follow(self, slider: FaceSlider | None, code: np.ndarray, busy: bool, now: float) -> None:
        """Show what a slider does to a face.

        Args:
            slider: the one to show, or None.
            code: (latent_dim,) of the face.
            busy: whether the face is changing, so that decoding has to wait.
            now: time in seconds, see `due`.
        """
        if slider is None:
            self.leave()
            return
        if slider is not self.slider:
            self._code, self._images, self.pictures = None, [], []
            self.due, self.difference = now + REST, None
        elif code is not self._code:
            self.due = None
        self.show()
        self.change(slider=slider, _value=slider.value)
        if busy or code is not self._code:
            self.cancel()
            self._code = None if busy else code
            if not busy:
                self.decode(np.stack([slider.axis.moved(code, end) for end in slider.axis.ends]))

    def fill(self, end: int, image: np.ndarray) -> None:
        """Show the face (160, 176) at the low (0) or the high (1) end."""
        self._images[end : end + 1] = [image]
        self.pictures[end : end + 1] = [self._scaled(image)]
        if end:
            self.difference = image - self._images[0]
        self.invalidate()

    def _scaled(self, image: np.ndarray) -> pygame.Surface:
        return surface_of(image, (round(self.rect.height * 1.1), self.rect.height))

    def leave(self) -> None:
        """Hide, and withdraw the request for faces."""
        if self.slider is not None:
            self.cancel()
            self.show(False)
            self.slider = self.due = None

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw name and value at the left, the faces with their values at the right."""
        slider, gap = self.slider, theme.px(SIZES.gap)
        if slider is None:
            return
        width = round(self.rect.height * 1.1)
        row = pygame.Rect(self.rect.left + gap, 0, 0, theme.px(20))
        row.width = self.rect.width - 2 * (width + gap) - gap
        row.bottom = self.rect.centery
        name = slider.label + (" · locked" if slider.locked else "")
        write(surface, theme.text(name, COLORS.text, SIZES.small, True, row.width), row, "left")
        shown = theme.text(slider.value_text, COLORS.accent, SIZES.small, True)
        write(surface, shown, row.move(0, row.height), "left")
        for number, (picture, end) in enumerate(zip(self.pictures, slider.axis.ends, strict=False)):
            left = self.rect.right - (2 - number) * width - (1 - number) * gap
            place = picture.get_rect(topleft=(left, self.rect.top))
            surface.blit(picture, place)
            trim(surface, place, theme.px(4), COLORS.window)
            value = f"{end:+.1f}" if slider.axis.error is None else f"{end:.0f}"
            text = theme.text(value.replace("-", MINUS), COLORS.text, SIZES.tiny)
            plate = text.get_rect().inflate(theme.px(4), 0)
            plate.bottomleft = place.bottomleft
            surface.fill(COLORS.shadow, plate)
            write(surface, text, plate)
