"""The widgets of the slider screen: face and morph left, sliders right, buttons below, and More."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pygame

from model.frame import LATENT_DIM, block_means
from ui.keys import Command
from ui.sliders.editor import FaceState
from ui.sliders.slider_panel import FaceSlider, SliderPanel
from ui.starts import TEMPERATURE, Starts
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label, Row, Widget, place_row, write
from ui.widgets.button import Button, Toggle, help_of
from ui.widgets.face_view import FaceView
from ui.widgets.panel import Panel
from ui.widgets.slider import MINUS, Slider
from ui.widgets.strip import Strip, Thumbnail
from ui.widgets.text_field import TextField
from ui.window import Window
from ui.worker import decode_each

BAR, STRIP, LINE = 60, 56, 28  # heights of buttons, of faces A and B, of the caption, in points
SLIDERS = (430, 980)  # width of the sliders, at least and at most, in points
WIDEST = 240  # width of the preview, at most, in points
PREVIEW = "sliders.preview"  # slot of the worker
BUTTONS = ("Random", "Another face", "Your photo", "Save", "Undo")
SUGGESTIONS = 12
REST = 0.4  # seconds that the mouse rests on a slider before the face is tinted
BLOCK = 4  # pixels, side of a square of one color; averages invented speckles away
WEAK = 0.15  # least difference of gray levels shown in full color
OPAQUE = 180  # alpha of the full color, from 0 to 255
HEADING, ROW = 26, 34  # heights, in points
SEED = "The seed of the random face: type one to see its face again"
TEMPERATURE_HELP = "How far random faces go from the mean face: 0 not at all, 1 as portraits do"
DIRECTION = "The change from A to B, or from the start to here, becomes a slider; Enter"


@dataclass(eq=False)
class SlidersView(Widget):
    """Everything on the slider screen that is always visible."""

    area: FaceArea
    strip: MorphStrip
    sliders: SliderPanel
    preview: SliderPreview
    commands: Mapping[str, Command]  # of the screen, by name
    side: int = 0  # pixels that the next layout leaves free at the right, for a panel

    def __post_init__(self) -> None:
        super().__init__()
        for part in (self.area, self.strip, self.sliders, self.preview):
            self.add(part)
        self.buttons = [self.add(Button.of(self.commands[name])) for name in BUTTONS]
        self.detail = self.add(Toggle.of(self.commands["Keep detail"]))
        self.more_button = self.add(Button.of(self.commands["More"]))

    def follow(self, state: FaceState, can_undo: bool, playing: bool) -> None:
        """Show a state; `area` is given its face and caption."""
        self.sliders.follow(state)
        self.strip.follow(state, playing)
        self.buttons[-1].enable(can_undo)
        self.detail.show(state.detail is not None)
        self.detail.select(state.keep_detail)

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
        inner = row.inflate(0, theme.px(SIZES.button) - bar)
        place_row([*self.buttons, self.detail, (Widget(), 1), self.more_button], inner, theme)
        left = max(self.detail.rect.right + gap, self.sliders.rect.left)
        free = pygame.Rect(left, row.top + theme.px(2), self.more_button.rect.left - gap - left, 0)
        free.height = row.bottom - gap - free.top  # messages reach over the lower edge
        self.preview.place(free, theme)


class FaceArea(Widget):
    """The face as large as fits, its caption beside buttons, and a strip of suggestions."""

    def __init__(self, chosen: Callable[[int], object], buttons: Sequence[Button]):
        super().__init__()
        self.buttons = [self.add(button) for button in buttons]
        self.face = self.add(
            TintedFace(
                "The face appears in a moment: the model is being loaded",
                help=f"The face of these {LATENT_DIM} numbers · hold C to see where you started",
            )
        )
        self.caption = self.add(Label("", COLORS.soft, SIZES.body))
        self.strip = self.add(Strip(chosen))  # called with the number of a suggestion
        self.strip.show(False)
        self.suggestions = np.empty((0, 0), np.float32)  # codes (12, latent_dim) of the strip

    def suggest(self, codes: np.ndarray, images: Sequence[np.ndarray | None]) -> None:
        """Show faces to choose from; images that are None follow later."""
        self.suggestions = codes
        self.strip.fill(images, helps=["Take this face"] * len(codes))
        self.show_suggestions(True)

    def fill(self, made: tuple[int, np.ndarray]) -> None:
        """Show a face among the suggestions: its number and its image (160, 176)."""
        number, image = made
        self.strip.thumbnails[number].set(image)

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
        row = pygame.Rect(face.left, face.bottom, face.width, line)
        place_row([(self.caption, 1), *self.buttons], row, theme)


class TintedFace(FaceView):
    """The face, with colors over it where a slider makes it lighter or darker."""

    difference: np.ndarray | None = None  # (160, 176), of gray levels in [0, 1]
    slider = ""  # name of the slider that makes the difference
    _tint: pygame.Surface | None = None  # scaled to the picture

    def tint(self, difference: np.ndarray | None, slider: str) -> None:
        """Show the difference that a slider makes, or none."""
        if difference is not self.difference:
            self.difference, self.slider, self._tint = difference, slider, None
            self.invalidate()

    def draw_picture(self, surface: pygame.Surface, pixels: np.ndarray) -> None:
        """Draw the face, the colors and their legend."""
        super().draw_picture(surface, pixels)
        if self.difference is None:
            return
        if self._tint is None or self._tint.get_size() != self.picture.size:
            self._tint = pygame.transform.smoothscale(tint_of(self.difference), self.picture.size)
        surface.blit(self._tint, self.picture)
        theme = self.theme
        words = {f"{self.slider}, raised:": COLORS.text}
        words |= {"lighter": COLORS.lighter, "darker": COLORS.darker}
        texts = [theme.text(text, color, SIZES.small, True) for text, color in words.items()]
        gap, pad = theme.px(8), theme.px(16)
        width = sum(text.get_width() + gap for text in texts) - gap + 2 * pad
        plate = pygame.Rect(0, 0, width, texts[0].get_height() + theme.px(8))
        plate.bottomleft = self.picture.bottomleft
        surface.fill(COLORS.shadow, plate)
        place = plate.inflate(-2 * pad, 0)
        for text in texts:
            write(surface, text, place, "left")
            place.left += text.get_width() + gap


def tint_of(difference: np.ndarray) -> pygame.Surface:
    """Return differences of gray levels (160, 176) as a small transparent surface."""
    means = block_means(difference, BLOCK).T
    strength = np.abs(means) / max(WEAK, np.percentile(np.abs(means), 99))
    tint = pygame.Surface(means.shape, pygame.SRCALPHA, 32)
    pygame.surfarray.blit_array(tint, np.where(means[..., None] > 0, COLORS.lighter, COLORS.darker))
    pygame.surfarray.pixels_alpha(tint)[:] = OPAQUE * np.minimum(1, strength) ** 1.5
    return tint


@dataclass(eq=False)
class MorphStrip(Widget):
    """Face A, buttons over the morph slider, and face B."""

    commands: Mapping[str, Command]  # of the screen, by name
    moved: Callable[[float], object]  # called with a place from A (0) to B (1)
    ended: Callable[[object], object]  # called at the end of a move, see `Slider`
    choose_gif: Callable[[], object]  # called by the button that writes a GIF

    def __post_init__(self) -> None:
        super().__init__()
        # Codes (latent_dim,) of A and B, where they are set, and the faces.
        self.codes: dict[str, np.ndarray | None] = {"a": None, "b": None}
        self.faces = {name: self._add_face(name) for name in self.codes}
        help = "A face on the way from A to B; locked sliders stay"
        self.slider = self.add(
            Slider("", 0, 1, 0, self.moved, ended=self.ended, nudge=0.05, compact=True, help=help)
        )
        self.play = self.add(Button.of(self.commands["Play or stop"], "Play"))
        help = help_of(self.commands["Export GIF"])
        self.export = self.add(Button("Export GIF", self.choose_gif, help))
        set_a, set_b = (self.add(Button.of(self.commands[name])) for name in ("Set A", "Set B"))
        self.row: Row = [set_a, (Widget(), 1), self.play, self.export, (Widget(), 1), set_b]

    def _add_face(self, name: str) -> Thumbnail:
        letter, place = name.upper(), float(name == "b")
        command = self.commands[f"Set {letter}"]

        def click() -> None:
            command.action() if self.codes[name] is None else self.slider.go(place)

        face = self.add(Thumbnail(click))
        face.help = lambda: help_of(command) if self.codes[name] is None else f"Go to face {letter}"
        face.title = letter
        face.set(letter)
        return face

    def follow(self, state: FaceState, playing: bool) -> None:
        """Show how far the face is from A to B, and whether a walk plays."""
        self.slider.enable(state.ends is not None)
        self.slider.set(state.morph)
        self.play.set_text("Stop" if playing else "Play")
        self.play.select(playing)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Put a face at either end, and buttons above the slider between them."""
        gap, width = theme.px(SIZES.gap), round(rect.height * 1.1)
        face = pygame.Rect(rect.left, rect.top, width, rect.height)
        self.faces["a"].place(face, theme)
        self.faces["b"].place(face.move(rect.width - width, 0), theme)
        middle = rect.inflate(-2 * (width + gap), 0)
        middle.height //= 2
        place_row(self.row, middle, theme)
        self.slider.place(middle.move(0, rect.height - middle.height), theme)


class SliderPreview(Widget):
    """Shows a slider's value, and small faces at its two ends."""

    solid = False

    def __init__(self, host: Window):
        super().__init__()
        self.host = host
        self.visible = False
        self.slider: FaceSlider | None = None  # the one that shows
        self.faces = [self.add(FaceView()) for _ in range(2)]  # at the low and the high end
        self.due: float | None = None  # when the difference tints the face; None once it changed
        self.difference: np.ndarray | None = None  # (160, 176), high end minus low end
        self._value: float | None = None  # of the slider, as it is drawn
        self._code: np.ndarray | None = None  # (latent_dim,) that the ends belong to
        self._low = np.empty(0)  # (160, 176), the face at the low end
        for face in self.faces:
            face.solid = False

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the faces at the right."""
        self.rect.width = min(rect.width, theme.px(WIDEST))
        place = pygame.Rect(0, rect.top, round(rect.height * 1.1), rect.height)
        place.right = rect.right
        for face in reversed(self.faces):
            face.place(place, theme)
            place.right = place.left - theme.px(SIZES.gap)

    def follow(self, slider: FaceSlider | None, code: np.ndarray, busy: bool, now: float) -> None:
        """Show what a slider does to the face of a code (latent_dim,); None shows nothing.

        While the face is changing, `busy`, decoding waits. The time `now` is in seconds.
        """
        if slider is None:
            self.leave()
            return
        if slider is not self.slider:
            self._code = None
            self.due, self.difference = now + REST, None
            for face, end in zip(self.faces, slider.axis.ends, strict=True):
                title = f"{end:+.1f}" if slider.axis.error is None else f"{end:.0f}"
                face.title = title.replace("-", MINUS)
                face.show(False)
        elif code is not self._code:
            self.due = None
        self.show()
        self.change(slider=slider, _value=slider.value)
        if busy or code is not self._code:
            self.host.worker.cancel(PREVIEW)
            self._code = None if busy else code
            if not busy:
                axis = slider.free if slider.locked else slider.axis
                codes = np.stack([axis.moved(code, end) for end in axis.ends])
                job = partial(decode_each, codes=codes, sharp=self.host.sharp)
                self.host.worker.submit(PREVIEW, job, self.fill, 1)

    def fill(self, made: tuple[int, np.ndarray]) -> None:
        """Show the face (160, 176) at the low (0) or the high (1) end, in this order."""
        end, image = made
        self.faces[end].set(image)
        self.faces[end].show()
        if end:
            self.difference = image - self._low
        else:
            self._low = image

    def leave(self) -> None:
        """Hide, and withdraw the request for faces."""
        if self.slider is not None:
            self.host.worker.cancel(PREVIEW)
            self.show(False)
            self.slider = self.due = None

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw name and value at the left of the faces."""
        slider, gap = self.slider, theme.px(SIZES.gap)
        if slider is None:
            return
        row = pygame.Rect(self.rect.left + gap, 0, 0, theme.px(20))
        row.width = self.faces[0].rect.left - gap - row.left
        row.bottom = self.rect.centery
        name = slider.label + (" · locked" if slider.locked else "")
        write(surface, theme.text(name, COLORS.text, SIZES.small, True, row.width), row, "left")
        value = theme.text(slider.value_text, COLORS.accent, SIZES.small, True)
        write(surface, value, row.move(0, row.height), "left")


@dataclass(eq=False)
class MorePanel(Panel):
    """What does not fit the first view: faces to start from, own directions, saves, photo, view."""

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
