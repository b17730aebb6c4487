"""The drawing screen: a canvas on the left, the face that answers it on the right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pygame

from data.errors import UserError
from model.frame import IMAGE_SHAPE
from ui.drawing import answering, files, starts
from ui.drawing.brush import Brush, Tool
from ui.drawing.canvas import blank
from ui.drawing.commands import drawing_commands
from ui.drawing.desk import Desk
from ui.drawing.overlays import Overlays
from ui.drawing.sheet import Sheet
from ui.saves import is_save
from ui.screen import Screen
from ui.theme import Theme
from ui.worker import Result

if TYPE_CHECKING:
    from ui.host import Host

HINT = (
    "Draw on the left: the face on the right answers every stroke.",
    "Mirror draws both halves at once; Ghost shows where a face would be.",
    "Or start from a face, and paint on it.",
)


class DrawingScreen(Screen):
    """Draw, and the model answers with a face.

    Attributes:
        sheet: the canvas and its history.
        brush: what is painted with.
        ghost: whether the mean face shimmers through the paper.
        touched: whether the user did something that is worth keeping.
        answering: asks for answers and shows them.
        starts: puts faces onto the canvas.
        files: saves, films, and the session.
    """

    name = "drawing"
    title = "Draw"
    live_slot = answering.ANSWER

    def __init__(self):
        super().__init__()
        self.sheet = Sheet(IMAGE_SHAPE)
        self.brush = Brush()
        self.ghost = self.touched = False
        self.answering = answering.Answering(self)
        self.starts = starts.Starts(self)
        self.files = files.Files(self)
        self.by_name = drawing_commands(self)
        self.commands = list(self.by_name.values())

    # The life of the screen

    def attach(self, host: Host) -> None:
        """Make the widgets, as the session remembers them."""
        super().attach(host)
        self.answering.attach()
        self.desk = self.add(Desk(self))
        self.overlays = self.add(Overlays(self))
        self.files.restore_settings()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Give everything to the desk, and to the panels over it."""
        self.desk.place(rect, theme)
        self.overlays.place(rect, theme)

    def enter(self) -> None:
        """Say hello, once."""
        self.host.show_hint(self.name, HINT)

    def handle(self, event: pygame.event.Event) -> bool:
        """Let an open panel have its keys."""
        return self.overlays.handle(event)

    def leave(self) -> None:
        """Lift the brush and end a refinement with what it found."""
        self.lift()
        self.answering.stop()
        self.desk.easel.follow(None)

    def ready(self) -> None:
        """Answer what was drawn while the model was loading."""
        self.answering.haunt(self.ghost)
        self.answering.ask()

    def update(self, now: float) -> float | None:
        """Draw the points of this frame, the brush where the mouse is, and what follows."""
        easel, pointer = self.desk.easel, self.host.pointer
        easel.flush()
        over = easel in (pointer.hovered, pointer.captured)
        easel.follow(pointer.pos if over else None)
        self.desk.follow()
        return None

    def result(self, result: Result) -> None:
        """Pass on what the worker made."""
        if self.overlays.take_result(result):
            return
        if result.slot in (files.SAVE, files.FILM):
            self.files.arrived(result)
        elif result.slot == starts.FACE and result.value is not None:
            self.starts.face(*result.value)
        else:
            self.answering.result(result)

    def escape(self) -> bool:
        """Drop the stroke, stop refining, or close the panel."""
        if self.overlays.open is not None:
            self.overlays.close()
        elif self.sheet.painting:
            self.undo()
        elif self.answering.refining:
            self.answering.stop()
        elif self.desk.compare.visible:
            self.toggle_compare()
        else:
            return False
        return True

    def code(self) -> np.ndarray | None:
        """Return the code of the answer; None for a sheet that nothing was done with."""
        return self.answering.code()

    def take(self, code: np.ndarray) -> None:
        """Let the answer be a face from the sliders; the drawing stays as it is."""
        answer = self.answering.answer
        if answer is None or not np.array_equal(code, answer.code):
            self.answering.stop()
            self.give(np.array(code, np.float32))
            self.answering.ask()

    def keep(self) -> None:
        """Write drawing and settings into the session."""
        self.files.keep()

    def resume(self) -> None:
        """Go on with the drawing of the last time."""
        kept = self.files.kept()
        if kept is not None:
            self.put(*kept)

    def drop(self, path: Path) -> None:
        """Bring back a save, or start from a photo."""
        if is_save(path):
            self.starts.open_save(path)
        else:
            self.overlays.open_photo(path)

    # Painting

    def begin(self, point: tuple[float, float], erase: bool) -> None:
        """Set the brush down on the canvas; a refinement that runs ends with what it found."""
        self.answering.stop()
        brush = replace(self.brush, tool=Tool.ERASE) if erase else self.brush
        source = None
        if brush.tool is Tool.CLONE:
            if self.answering.answer is None:
                raise UserError("There is no answer to copy yet; wait for the model.")
            source = self.answering.answer.image
        self.touched = True
        self.sheet.begin(brush, point, source)

    def lift(self) -> None:
        """Lift the brush, where a stroke is being drawn."""
        self.desk.easel.flush()
        self.sheet.finish()

    def change_brush(self, **changes) -> None:
        """Change fields of the brush; choosing a grey also takes the brush in hand."""
        if "tone" in changes:
            changes.setdefault("tool", Tool.PAINT)
        self.brush = replace(self.brush, **changes)
        self.desk.tools.follow(self.brush, self.ghost)
        self.desk.easel.show_brush(self.brush.radius, self.brush.mirror)

    def resize_brush(self, notches: float) -> None:
        """Make the brush larger or smaller."""
        self.change_brush(radius=self.brush.resized(notches))

    def haunt(self, on: bool) -> None:
        """Show or hide the mean face under the canvas."""
        self.ghost = on
        self.desk.tools.follow(self.brush, on)
        self.answering.haunt(on)

    # Steps

    def put(self, pixels: np.ndarray, given: np.ndarray | None = None) -> None:
        """Begin from a drawing, and perhaps the code of its answer, as one step."""
        self.answering.stop()
        self.touched = True
        self.sheet.put(pixels, given)
        self._renew()

    def give(self, code: np.ndarray) -> None:
        """Let the answer be this code, as one step."""
        self.touched = True
        self.sheet.give(code)

    def clear(self) -> None:
        """Take a new sheet."""
        self.put(blank(IMAGE_SHAPE))

    def undo(self) -> None:
        """Take the last step back, or the stroke that is being drawn."""
        self.answering.stop()
        self.sheet.undo()
        self._renew()

    def redo(self) -> None:
        """Take it forth again."""
        self.answering.stop()
        self.sheet.redo()
        self._renew()

    def toggle_compare(self) -> None:
        """Show or hide the difference and the nearest training faces."""
        self.desk.open_compare(not self.desk.compare.visible, self.host.theme)
        self.answering.compare()

    def _renew(self) -> None:
        """Show the sheet after a step, and ask for its answer."""
        self.desk.easel.renew()
        if self.sheet.given is not None:
            self.answering.ask()
        else:
            self.answering.changed()
