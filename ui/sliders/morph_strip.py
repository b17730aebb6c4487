"""Faces A and B under the face, and the slider between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pygame

from ui.keys import Command
from ui.sliders.state import FaceState
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Row, Widget, place_row
from ui.widgets.button import Button, help_of
from ui.widgets.shapes import write
from ui.widgets.slider import Slider
from ui.widgets.strip import Thumbnail


class EndFace(Thumbnail):
    """Face A or B as a small picture with its letter; a click sets it while it is empty.

    Args:
        letter: "A" or "B".
        set_face: the command that sets it.
        go: called by a click once it is set.

    Attributes:
        code: (latent_dim,) of the face, or None while it is empty.
    """

    def __init__(self, letter: str, set_face: Command, go: Callable[[], object]):
        super().__init__(lambda: set_face.action() if self.code is None else go())
        self.letter = letter
        self.code: np.ndarray | None = None
        self.help = lambda: help_of(set_face) if self.code is None else f"Go to face {letter}"

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the picture with the letter in its corner, or a large letter while it is empty."""
        super().draw(surface, theme)
        if self.code is None:
            write(surface, theme.text(self.letter, COLORS.faint, SIZES.large), self.rect)
            return
        text = theme.text(self.letter, COLORS.text, SIZES.tiny, True)
        plate = text.get_rect().inflate(theme.px(6), 0)
        plate.bottomleft = self.rect.left + theme.px(2), self.rect.bottom - theme.px(2)
        surface.fill(COLORS.shadow, plate)
        write(surface, text, plate)


class MorphStrip(Widget):
    """Face A, buttons over the morph slider, and face B.

    Args:
        commands: of the screen, by name.
        moved, ended: called with a place from A (0) to B (1), and after the last one.
        end_chosen: called with 0.0 for face A and 1.0 for face B.
        export: called by the button that writes a GIF.
    """

    def __init__(
        self,
        commands: Mapping[str, Command],
        *,
        moved: Callable[[float], object],
        ended: Callable[[], object],
        end_chosen: Callable[[float], object],
        export: Callable[[], object],
    ):
        super().__init__()
        set_a, set_b = commands["Set A"], commands["Set B"]
        self.faces = {
            "a": self.add(EndFace("A", set_a, lambda: end_chosen(0.0))),
            "b": self.add(EndFace("B", set_b, lambda: end_chosen(1.0))),
        }
        help = "A face on the way from A to B; locked sliders stay"
        self.slider = self.add(
            Slider("", 0.0, 1.0, 0.0, moved, ended=ended, nudge=0.05, compact=True, help=help)
        )
        self.play = self.add(Button.of(commands["Play or stop"], "Play"))
        self.export = self.add(Button("Export GIF", export, help_of(commands["Export GIF"])))
        self.row: Row = [
            (self.add(Button.of(set_a)), 0),
            (Widget(), 1),
            (self.play, 0),
            (self.export, 0),
            (Widget(), 1),
            (self.add(Button.of(set_b)), 0),
        ]

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
