"""The drawing screen: a canvas on the left, the face that answers it on the right."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pygame

from data.errors import UserError
from ui.drawing.answers import ANSWER, Answer, Answers
from ui.drawing.canvas_view import CanvasView
from ui.drawing.drawing import Drawing, pack_face, painted, unpack_face
from ui.drawing.drawing_commands import drawing_commands
from ui.drawing.drawing_view import DrawingView
from ui.drawing.replay import film
from ui.drawing.stroke import GREYS, LARGEST, SMALLEST, Brush, Point, Tool
from ui.panels.stack import PanelStack
from ui.saves import read_save, save_face
from ui.screen import Host, Screen
from ui.starts import Start, Starts
from ui.theme import Theme
from ui.worker import decode_one

NEAREST, START, SAVE, FILM = (f"drawing.{name}" for name in ("nearest", "start", "save", "film"))
PULL = 0.5  # of the way to a face that is clicked under Explain
HINT = (
    "Draw on the left: the face on the right answers every stroke.",
    "The oval shows where a face belongs; a smaller one is found, and looked at enlarged.",
    "Or start from a face, and paint on it.",
)


class DrawingScreen(Screen):
    """Draw, and the model answers with a face.

    Attributes:
        drawing: what is painted, and its history.
        brush: what is painted with.
        ghost: whether the answer shimmers through the paper.
        answers: asks for answers, and holds the last one.
        starts: finds faces to start from.
        view: the widgets.
        panels: saved faces and the user's photo, over the view.
    """

    name = "drawing"
    title = "Draw"
    live_slot = ANSWER

    def __init__(self, host: Host):
        super().__init__(host, drawing_commands(self))
        self.drawing = Drawing()
        self.brush = Brush()
        self.ghost = False
        self.answers = Answers(self.drawing, host.latent, host.worker, self._show_answer)
        self.starts = Starts(host.latent)
        hand = self.begin, self.extend, self.lift, self.resize_brush
        self.view = self.add(
            DrawingView(
                CanvasView(self.drawing.pixels, *hand),
                {command.name: command for command in self.commands},
                set_radius=lambda radius: self.change_brush(radius=radius),
                set_realism=self.answers.set_realism,
                pull=self.pull,
                open_menu=host.open_menu,
            )
        )
        panels = PanelStack(
            host,
            self.name,
            take_save=self.open_save,
            take_photo=lambda face: self.put_face(face.image),  # its answer is read from it
            changed=self.panels_changed,
        )
        self.panels = self.add(panels)
        if host.latent.previews is not None:  # what an empty canvas is answered with
            self.view.face.set(host.latent.previews.images[0])
        self._restore_settings()
        self._show_state()
        self._show_ghost()

    # The life of the screen

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the view, and the panels over it."""
        self.view.place(rect, theme)
        self.panels.arrange(rect, theme)

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return self.drawing.history.moves

    def enter(self) -> None:
        """Show the hint, once."""
        self.host.show_hint(self.name, HINT)

    def leave(self) -> None:
        """Lift the brush and end a refinement with what it found."""
        self.lift()
        self.answers.stop()
        self.view.canvas.set_mouse(None)

    def ready(self) -> None:
        """Answer what was drawn while the model was loading."""
        self.sharpen()
        self.answers.ask()

    def sharpen(self) -> None:
        """Show the answer again."""
        self.answers.sharpen(self.host.sharp)

    def handle(self, event: pygame.event.Event) -> bool:
        """Let an open panel have its keys."""
        return self.panels.handle(event)

    def update(self, now: float) -> None:
        """Draw the points of this frame, the brush where the mouse is, and what follows."""
        canvas, pointer = self.view.canvas, self.host.pointer
        canvas.flush()
        self._show_state()
        over = canvas in (pointer.hovered, pointer.captured)
        canvas.set_mouse(pointer.pos if over else None)

    def _show_answer(self) -> None:
        self.view.face.set(self.answers.answer.image)
        self._show_ghost()
        self._renew_explain()
        self._show_state()

    def escape(self) -> bool:
        """Close the panel, drop the stroke, or stop refining."""
        if self.panels.close():
            return True
        if self.drawing.stroke:
            self.step(self.drawing.undo)
        elif self.answers.refining:
            self.answers.stop()
        elif self.view.explain.visible:
            self.toggle_explain()
        else:
            return False
        return True

    def _show_state(self) -> None:
        """Have every widget show the state that it stands for."""
        view, drawing, answers = self.view, self.drawing, self.answers
        undo, redo, clear, _ = view.edits
        undo.enable(drawing.stroke is not None or drawing.history.can_undo)
        redo.enable(drawing.stroke is None and drawing.history.can_redo)
        clear.enable(not drawing.empty)
        view.tools.follow(self.brush, self.ghost)
        view.canvas.change(radius=self.brush.radius, mirror=self.brush.mirror)
        view.canvas.look_at(drawing.head)
        view.live.set(answers.live)
        view.realism.set(answers.realism)
        view.refine.set_text("Stop" if answers.refining else "Refine")
        view.face.change(share=answers.progress)
        view.status.set_text(answers.description)
        view.explain_button.select(view.explain.visible)

    # Painting

    def begin(self, point: Point, erase: bool) -> None:
        """Set the brush down on the canvas; a refinement that runs ends with what it found."""
        self.answers.stop()
        brush = replace(self.brush, tool=Tool.ERASE) if erase else self.brush
        source = self._answer("to copy ").image if brush.tool is Tool.CLONE else None
        if source is not None:
            source = self.drawing.head.put_back(source, 1)
        self.drawing.begin(brush, point, source)
        self._painted()

    def extend(self, points: list[Point], straight: bool) -> None:
        """Go on through points, in a curve or in a straight line."""
        if self.drawing.stroke:
            self.drawing.extend(points, straight)
            self._painted()

    def lift(self) -> None:
        """Lift the brush, where a stroke is being drawn."""
        self.view.canvas.flush()
        before = self.drawing.head
        if self.drawing.finish() and self.drawing.head != before:
            self.answers.drawing_changed()

    def _painted(self) -> None:
        self.view.canvas.show_drawing(self.drawing.pixels)
        self.answers.drawing_changed()

    def change_brush(self, **changes) -> None:
        """Change fields of the brush; choosing a grey also takes the brush in hand."""
        if "tone" in changes:
            changes["tool"] = Tool.PAINT
        self.brush = replace(self.brush, **changes)

    def resize_brush(self, notches: float) -> None:
        """Make the brush larger or smaller."""
        self.change_brush(radius=self.brush.resized(notches))

    def set_ghost(self, on: bool) -> None:
        """Show or hide the answer under the canvas."""
        self.ghost = on
        self._show_ghost()

    def _show_ghost(self) -> None:
        self.view.canvas.look_at(self.drawing.head)
        self.view.canvas.set_ghost(self.view.face.pixels if self.ghost else None)

    # Steps, each of which can be undone

    def step(self, action: Callable, *arguments) -> None:
        """Take a step of the drawing; a refinement that runs ends before with what it found."""
        self.answers.stop()
        action(*arguments)
        self.view.canvas.show_drawing(self.drawing.pixels)
        if self.drawing.given is not None:
            self.answers.ask()
        else:
            self.answers.drawing_changed()

    def put_face(
        self, image: np.ndarray, code: np.ndarray | None = None, new_sheet: bool = True
    ) -> None:
        """Begin from a face, (rows, columns) and (latent_dim,), which the eraser brings back."""
        pixels = painted(image)
        self.step(self.drawing.put, pixels, code, pixels[..., 0], new_sheet)

    def start(self, start: Start) -> None:
        """Paint on a face."""
        code, sharp = start.code, self.host.sharp
        job = partial(decode_one, code=code, sharp=sharp)
        self.host.worker.submit(START, job, lambda image: self.put_face(image, code))

    def start_from_answer(self) -> None:
        """Paint on the answer that is on the screen."""
        answer = self._answer()
        self.put_face(answer.image, answer.code, new_sheet=False)

    def panels_changed(self) -> None:
        """Lift the brush and end a refinement, where a panel came in front of the drawing."""
        if self.panels.open is not None:
            self.leave()

    def open_save(self, path: Path) -> None:
        """Bring back a save: its drawing pixel for pixel, or its face to paint on.

        Raises:
            UserError: if it is damaged or of another model.
        """
        latent = self.host.latent
        save = read_save(path, latent.model_id, latent.latent_dim)
        if save.drawing is None:
            self.put_face(save.image, save.code)
        else:
            start = unpack_face(save.details.get("start"))
            self.step(self.drawing.put, save.drawing, save.code, start)
        self.panels.close()

    def drop(self, path: Path) -> None:
        """Bring back a save, or start from a photo."""
        self.panels.drop(path)

    # The answer

    def _answer(self, use: str = "") -> Answer:
        """Return the answer that is on the screen, where there is one to use."""
        if self.answers.answer is None:
            raise UserError(f"There is no answer {use}yet; wait for the model, then try again.")
        return self.answers.answer

    def toggle_refining(self) -> None:
        """Begin to search for a face that agrees better with what was painted, or stop."""
        self.view.canvas.flush()
        self.answers.toggle_refining()

    def toggle_explain(self) -> None:
        """Show or hide the difference and the nearest training faces."""
        self.view.explain.show(not self.view.explain.visible)
        self.view.rearrange()  # the pictures make room
        self._renew_explain()

    def _renew_explain(self) -> None:
        panel, drawing, answer = self.view.explain, self.drawing, self.answers.answer
        if panel.visible and answer is not None:
            image, mask = drawing.seen()
            lighter = (answer.image - image) * mask  # nothing on bare canvas
            panel.difference.set(0.5 + 0.5 * lighter)
            decoder, code = self.answers.decoder, answer.code
            self.host.worker.submit(
                NEAREST,
                lambda engine: decoder.nearest(engine, code),
                lambda found: panel.show_nearest(*found),
                2,
            )

    def code(self) -> np.ndarray | None:
        """Return the code of the answer; None for a drawing that nothing was done with."""
        return self.answers.code

    def take(self, code: np.ndarray) -> None:
        """Let the answer be a face from the sliders; the drawing stays as it is."""
        answer = self.answers.answer
        if answer is None or not np.array_equal(code, answer.code):
            self.step(self.drawing.give, np.array(code, np.float32))

    def pull(self, face: np.ndarray) -> None:
        """Draw the answer halfway towards a face, (latent_dim,); the drawing stays as it is."""
        code = self.answers.answer.code
        self.take(code + PULL * (face - code))

    # Files

    def save(self) -> None:
        """Write drawing, answer and code into one PNG, beside the window."""
        answer = self._answer("to save ")
        face = self.host.session.folder, answer.image, answer.code, self.host.latent.model_id
        details = {"realism": self.answers.realism, "start": pack_face(self.drawing.start)}
        details["sharp"] = self.host.sharp
        more = {"drawing": self.drawing.pixels.copy(), "details": details}
        self.host.worker.submit(
            SAVE, lambda engine: save_face(*face, **more), self.panels.tell_saved, 1
        )

    def write_film(self) -> None:
        """Write the history of this sheet as a GIF, beside the window."""
        steps = self.drawing.sheet
        if len(steps) < 2:
            raise UserError("There is no history to replay yet; draw something first.")
        how = copy(self.answers.decoder), self.answers.realism, self.host.session.folder
        self.host.worker.submit(FILM, lambda engine: film(engine, steps, *how), self.host.notify, 2)
        self.host.notify("Writing the film of your drawing …")

    # The session

    def save_session(self) -> None:
        """Write the settings into the session, and the drawing where something was done with it."""
        session, drawing, answers = self.host.session, self.drawing, self.answers
        values = {name: getattr(self.brush, name) for name in ("radius", "soft", "tone", "mirror")}
        values |= {"ghost": self.ghost, "live": answers.live, "realism": answers.realism}
        if drawing.touched:
            session.drawing = None if drawing.empty else drawing.pixels
            values["given"] = None if drawing.given is None else drawing.given.tolist()
            values["start"] = pack_face(drawing.start)
            values["model"] = self.host.latent.model_id
            if answers.code is not None and self.visible:
                session.code = answers.code
                session.settings["caption"] = "From your drawing"
        session.settings.update({f"drawing.{name}": value for name, value in values.items()})

    def _restore_settings(self) -> None:
        setting = self.host.session.setting
        tone = setting("drawing.tone", 0.0, 0.0, 1.0)
        self.brush = Brush(
            radius=setting("drawing.radius", Brush.radius, SMALLEST, LARGEST),
            soft=setting("drawing.soft", False),
            tone=tone if tone in GREYS.values() else 0.0,
            mirror=setting("drawing.mirror", False),
        )
        self.ghost = setting("drawing.ghost", True)
        self.answers.live = setting("drawing.live", True)
        self.answers.realism = setting("drawing.realism", self.answers.realism, 0.0, 1.0)

    def restore_session(self) -> None:
        """Go on with the drawing of the last time, and the code that was given with it."""
        session, latent = self.host.session, self.host.latent
        if session.drawing is None:
            return
        given, start, model_id = (
            session.settings.get(f"drawing.{name}") for name in ("given", "start", "model")
        )
        valid = isinstance(given, list) and [type(x) for x in given] == [float] * latent.latent_dim
        code = np.array(given, np.float32) if valid and model_id == latent.model_id else None
        self.step(self.drawing.put, session.drawing, code, unpack_face(start))
