"""The drawing screen: a canvas on the left, the face that answers it on the right."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeGuard

import numpy as np
import pygame

from data.errors import UserError
from model.frame import IMAGE_SHAPE
from ui.clipboard import copy_beside
from ui.drawing.answers import ANSWER, Answer, AnswerKeeper, DrawingDecoder
from ui.drawing.drawing import (
    GRAYS,
    RADII,
    Brush,
    Drawing,
    Point,
    Tool,
    blank,
    is_face,
    mirrored,
    painted,
)
from ui.drawing.drawing_view import CanvasView, DrawingView
from ui.drawing.head import MOST_ENLARGED, WHOLE, Region, paper_tone
from ui.drawing.replay import film
from ui.keys import Command, commands_of
from ui.panels.stack import PanelStack
from ui.pictures import to_pixels
from ui.saves import SavedFace, pack_pixels, save_face, unpack_pixels
from ui.session import Session
from ui.starts import Start, Starts
from ui.theme import Theme
from ui.window import Screen, Window
from ui.worker import decode_one

NEAREST, START, SAVE, FILM = (f"drawing.{name}" for name in ("nearest", "start", "save", "film"))
PULL = 0.5  # share of the way to a face that is clicked under Explain
DARK = GRAYS["dark gray"]  # tone of dark paper
FARTHEST = 1000.0  # canvas pixels to the corner of a region that is kept, at most
HINT = (
    "Draw on the left: the face on the right answers every stroke.",
    "The oval shows where a face belongs; a smaller one is found, and looked at enlarged.",
    "Or start from a face, and paint on it.",
)
AS_PHOTO = (
    "As a photo: the encoder that codes portraits has never seen a sketch. It takes yours for a "
    "photograph of a pale face before a white wall. An autoencoder knows only what it was shown."
)


class DrawingScreen(Screen):
    """Draw, and the model answers with a face."""

    name = "drawing"
    title = "Draw"
    live_slot = ANSWER

    def __init__(self, host: Window):
        super().__init__(host, drawing_commands(self))
        self.drawing = Drawing()
        decoder = DrawingDecoder(host.latent)
        self.keeper = AnswerKeeper(self.drawing, decoder, host.worker, self._show_answer)
        self.starts = Starts(host.latent)
        self.brush, self.ghost = Brush(), True  # the ghost: the answer shows through the paper
        self._restore_settings()
        canvas = CanvasView(
            drawing=self.drawing.pixels,
            begin=self.begin,
            extend=self.extend,
            lift=self.lift,
            resize=self.resize_brush,
        )
        self.view = self.add(
            DrawingView(
                canvas,
                {command.name: command for command in self.commands},
                set_radius=lambda radius: self.change_brush(radius=radius),
                set_realism=self.keeper.set_realism,
                pull=self.pull,
                open_menu=host.open_menu,
            )
        )
        self.panels = self.add(
            PanelStack(
                host,
                self.name,
                take_save=self.take_save,
                take_photo=lambda face: self.put_face(face.image),
                changed=self.panels_changed,
            )
        )
        if host.latent.previews is not None:  # the answer to an empty canvas
            self.view.face.set(host.latent.previews.images[0])
        self._show_state()
        self._show_ghost()

    # The life of the screen

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the view, and the panels over it."""
        self.view.place(rect, theme)
        self.panels.arrange(rect, theme)

    @property
    def steps(self) -> int:
        """The number of steps taken."""
        return self.drawing.history.moves

    def enter(self) -> None:
        """Show the hint, once."""
        self.host.show_hint(self.name, HINT)

    def leave(self) -> None:
        """End the stroke, and a refinement with what it found."""
        self.lift()
        self.keeper.stop()
        self.view.canvas.set_mouse(None)

    def ready(self) -> None:
        """Answer what was drawn while the model was loading."""
        super().ready()
        self.keeper.ask()

    def sharpen(self) -> None:
        """Show the answer again, with invented detail or without."""
        self.keeper.sharpen(self.host.sharp)

    def handle(self, event: pygame.event.Event) -> bool:
        """Pass keys, pasted and dropped things to the open panel."""
        return self.panels.handle(event)

    def update(self, now: float) -> None:
        """Draw the points of this frame, and show the state and the brush."""
        canvas, pointer = self.view.canvas, self.host.pointer
        canvas.flush()
        self._show_state()
        over = canvas in (pointer.hovered, pointer.captured)
        canvas.set_mouse(pointer.pos if over else None)

    def escape(self) -> bool:
        """Close the panel, drop the stroke, stop refining, or close Explain."""
        if self.panels.close():
            return True
        if self.drawing.stroke:
            self.step(self.drawing.undo)
        elif self.keeper.refining:
            self.keeper.stop()
        elif self.view.explain.visible:
            self.toggle_explain()
        else:
            return False
        return True

    def _show_answer(self, answer: Answer) -> None:
        self.view.face.set(answer.image)
        self._show_ghost()
        self._show_explanation(answer)
        self._show_state()

    def _show_state(self) -> None:
        view, drawing, keeper = self.view, self.drawing, self.keeper
        view.undo.enable(drawing.stroke is not None or drawing.history.can_undo)
        view.redo.enable(drawing.stroke is None and drawing.history.can_redo)
        view.clear.enable(not drawing.empty)
        view.follow(self.brush)
        view.ghost.select(self.ghost)
        view.canvas.change(brush=self.brush, region=drawing.head)
        view.live.select(keeper.live)
        view.realism.set(keeper.decoder.realism)
        view.refine.set_text("Stop" if keeper.refining else "Refine")
        view.status.set_text(keeper.description)
        view.as_photo.select(keeper.decoder.as_photo)
        view.explain_button.select(view.explain.visible)

    # Painting

    def begin(self, point: Point, erase: bool) -> None:
        """Begin a stroke, or fill an area; a refinement ends with what it found."""
        self.keeper.stop()
        brush = replace(self.brush, tool=Tool.ERASE) if erase else self.brush
        if brush.tool is Tool.FILL:
            points = [point, mirrored(point)] if brush.mirror else [point]
            self.step(self.drawing.fill, points, brush.tone)
            return
        source = None
        if brush.tool is Tool.CLONE:
            image = self._answer("to paint with ").image
            source = self.drawing.head.put_back(image, paper_tone(image))
        self.drawing.begin(brush, point, source)
        self._painted()

    def extend(self, points: list[Point], straight: bool) -> None:
        """Continue the stroke in a curve or in a straight line."""
        if self.drawing.stroke:
            self.drawing.extend(points, straight)
            self._painted()

    def lift(self) -> None:
        """End the stroke, if there is one."""
        self.view.canvas.flush()
        before = self.drawing.head
        if self.drawing.finish() and self.drawing.head != before:
            self.keeper.drawing_changed()

    def _painted(self) -> None:
        self.view.canvas.show_drawing(self.drawing.pixels)
        self.keeper.drawing_changed()

    def change_brush(self, **changes) -> None:
        """Change fields of the brush; choosing a gray takes up a tool that paints in it."""
        if "tone" in changes and self.brush.tool is not Tool.FILL:
            changes["tool"] = Tool.PAINT
        self.brush = replace(self.brush, **changes)

    def resize_brush(self, notches: float) -> None:
        """Make the brush larger or smaller."""
        self.change_brush(radius=self.brush.resized(notches))

    def set_ghost(self, on: bool) -> None:
        """Show the answer through the paper, or not."""
        self.ghost = on
        self._show_ghost()

    def _show_ghost(self) -> None:
        self.view.canvas.change(region=self.drawing.head)
        self.view.canvas.set_ghost(self.view.face.pixels if self.ghost else None)

    # Steps, each of which can be undone

    def step(self, action: Callable, *arguments) -> None:
        """Take a step of the drawing; a refinement ends before it with what it found."""
        self.keeper.stop()
        action(*arguments)
        self.view.canvas.show_drawing(self.drawing.pixels)
        if self.drawing.fixed_code is not None:
            self.keeper.ask()
        else:
            self.keeper.drawing_changed()

    def put_face(
        self, image: np.ndarray, code: np.ndarray | None = None, new_sheet: bool = True
    ) -> None:
        """Begin from a face, (rows, columns) and (latent_dim,), which the eraser restores."""
        pixels = painted(image)
        self.step(self.drawing.put, pixels, code, pixels[..., 0], new_sheet)

    def start(self, start: Start) -> None:
        """Begin from a face of `starts`."""
        code, _ = start
        self._decode(code, lambda image: self.put_face(image, code))

    def start_from_answer(self) -> None:
        """Begin from the answer."""
        answer = self._answer()
        self.put_face(answer.image, answer.code, new_sheet=False)

    def take_dark_paper(self) -> None:
        """Begin on dark paper, with a white brush."""
        self.put_face(np.full(self.drawing.pixels.shape[:2], DARK))
        self.change_brush(tone=GRAYS["white"])

    def take_white_paper(self) -> None:
        """Begin on white paper; a white brush, which dark paper came with, turns black."""
        dark = self.drawing.start is not None and not is_face(self.drawing.start)
        self.step(self.drawing.put, blank())
        if dark and self.brush.tone == GRAYS["white"]:
            self.change_brush(tone=GRAYS["black"])

    def panels_changed(self) -> None:
        """End stroke and refinement when a panel has opened."""
        if self.panels.open is not None:
            self.leave()

    def take_save(self, save: SavedFace) -> None:
        """Put the drawing of a save on the canvas, pixel for pixel, or its face to paint on."""
        if save.drawing is None:
            self.put_face(save.image, save.code)
        else:
            self._put_kept(save.drawing, save.code, save.details)
        self.panels.close()

    # The answer

    def _answer(self, use: str = "") -> Answer:
        """Return the answer; the UserError for a missing one names the `use` it was for."""
        if self.keeper.answer is None:
            raise UserError(f"There is no answer {use}yet; wait for the model, then try again.")
        return self.keeper.answer

    def _decode(self, code: np.ndarray, done: Callable[[np.ndarray], object]) -> None:
        job = partial(decode_one, code=code, sharp=self.host.sharp)
        self.host.worker.submit(START, job, done)

    def toggle_refining(self) -> None:
        """Start a refinement, or stop it."""
        self.view.canvas.flush()
        self.keeper.toggle_refining()

    def toggle_as_photo(self) -> None:
        """Let the portrait encoder read the drawing, or the sketch encoder again."""
        as_photo = not self.keeper.decoder.as_photo
        self.keeper.set_as_photo(as_photo)
        self.host.notify(AS_PHOTO if as_photo else "")

    def toggle_explain(self) -> None:
        """Show or hide the difference and the nearest training faces."""
        self.view.explain.show(not self.view.explain.visible)
        self.view.rearrange()  # the pictures make room
        if self.keeper.answer is not None:
            self._show_explanation(self.keeper.answer)

    def _show_explanation(self, answer: Answer) -> None:
        panel, decoder = self.view.explain, self.keeper.decoder
        if panel.visible:
            drawing = self.drawing.model_input()
            panel.difference.set(0.5 + 0.5 * (answer.image - drawing[..., 0]) * drawing[..., 1])
            job = partial(decoder.nearest, code=answer.code)
            self.host.worker.submit(NEAREST, job, panel.show_nearest, 2)

    def code(self) -> np.ndarray | None:
        """Return the code of the answer; None while the canvas is untouched."""
        return self.keeper.code

    @property
    def takes_face(self) -> bool:
        """Whether there is a drawing that a face can be put under."""
        return not self.drawing.empty

    def take(self, code: np.ndarray) -> None:
        """Put the other screen's face under the drawing, or make it the answer without one."""
        answer = self.keeper.answer
        if answer is not None and np.array_equal(code, answer.code):
            return
        if self.drawing.empty:
            self.step(self.drawing.fix_code, np.array(code, np.float32))
        else:
            self._decode(code, partial(self._put_under, code=code))

    def _put_under(self, image: np.ndarray, code: np.ndarray) -> None:
        self.step(self.drawing.put_under, to_pixels(image), np.array(code, np.float32))
        self.host.notify("The face lies under your drawing now; Ctrl Z takes it away.")

    def pull(self, face: np.ndarray) -> None:
        """Move the answer halfway towards a face, (latent_dim,); the drawing stays."""
        code = self._answer().code
        self.step(self.drawing.fix_code, code + PULL * (face - code))

    # Files

    def save(self) -> None:
        """Write drawing, answer and code into one PNG, on the worker."""
        answer, drawing = self._answer("to save "), self.drawing.pixels.copy()
        details = {
            "realism": self.keeper.decoder.realism,
            "start": pack_pixels(self.drawing.start),
            "head": self.drawing.head,
            "sharp": self.host.sharp,
        }

        def job(engine) -> Path:
            folder, model_id = self.host.session.folder, engine.model_id
            return save_face(
                folder, answer.image, answer.code, model_id, drawing=drawing, details=details
            )

        self.host.worker.submit(SAVE, job, self.panels.tell_saved, 1, saves=True)

    def copy_face(self) -> None:
        """Put the answer into the clipboard, for other programs."""
        copy_beside(to_pixels(self._answer("to copy ").image), self.host.notify)

    def write_film(self) -> None:
        """Write the history of this sheet as a GIF, on the worker."""
        steps = self.drawing.sheet
        if len(steps) < 2:
            raise UserError("There is no history to replay yet; draw something first.")
        decoder, folder = self.keeper.decoder, self.host.session.folder
        job = partial(film, steps=steps, decoder=decoder, folder=folder)
        self.host.worker.submit(FILM, job, self.host.notify, 2, saves=True)
        self.host.notify("Writing the film of your drawing …")

    # The session

    def save_session(self, session: Session) -> None:
        """Assign settings to a session, and the drawing if there is anything worth saving."""
        drawing, keeper = self.drawing, self.keeper
        values = {name: getattr(self.brush, name) for name in ("radius", "soft", "tone", "mirror")}
        values |= {"ghost": self.ghost, "live": keeper.live, "realism": keeper.decoder.realism}
        if drawing.history.moves:
            session.drawing = None if drawing.empty else drawing.pixels
            code = drawing.fixed_code
            values["given"] = None if code is None else code.tolist()
            values["start"], values["head"] = pack_pixels(drawing.start), drawing.head
            values["model"] = self.host.latent.model_id
            if keeper.code is not None and self.visible:
                session.code = keeper.code
                session.settings["caption"] = "From your drawing"
        session.settings.update({f"drawing.{name}": value for name, value in values.items()})

    def _restore_settings(self) -> None:
        setting, keeper = self.host.session.setting, self.keeper
        tone = setting("drawing.tone", 0.0, 0.0, 1.0)
        self.brush = Brush(
            radius=setting("drawing.radius", Brush.radius, *RADII),
            soft=setting("drawing.soft", False),
            tone=tone if tone in GRAYS.values() else 0.0,
            mirror=setting("drawing.mirror", False),
        )
        self.ghost = setting("drawing.ghost", self.ghost)
        keeper.live = setting("drawing.live", True)
        realism = setting("drawing.realism", keeper.decoder.realism, 0.0, 1.0)
        keeper.decoder = replace(keeper.decoder, realism=realism)

    def restore_session(self) -> None:
        """Restore the drawing of the session, and its fixed code."""
        session, latent = self.host.session, self.host.latent
        if session.drawing is None:
            return
        names = "given", "start", "model", "head"
        kept = {name: session.settings.get(f"drawing.{name}") for name in names}
        valid = _is_numbers(kept["given"], latent.latent_dim) and kept["model"] == latent.model_id
        code = np.array(kept["given"], np.float32) if valid else None
        self._put_kept(session.drawing, code, kept)

    def _put_kept(self, pixels: np.ndarray, code: np.ndarray | None, kept: Mapping) -> None:
        """Put a drawing with the start face and the place of the head that were kept with it."""
        start, head = _unpack_face(kept.get("start")), _unpack_head(kept.get("head"))
        self.step(self.drawing.put, pixels, code, start, True, head)


def drawing_commands(s: DrawingScreen) -> list[Command]:
    """Return the commands of a drawing screen in order; the screen can be None to list them."""

    def use(**changes) -> Callable[[], None]:
        return lambda: s.change_brush(**changes)

    brush = "Paint; Shift draws straight lines, the right button erases"
    eraser = "Restore the face you started from, or bare paper without one"
    clone = "Paint with the answer: strokes copy it onto the canvas"
    fill = "Fill an area with the chosen gray, up to the lines around it"
    dark = "Take a new sheet of dark paper, and a white brush"
    soft = "A brush that fades out at its edge"
    mirror = "Draw both halves of the face at once, about the dashed line"
    ghost = "Show the answer faintly through the paper; it is not drawn"
    redo = "Do the undone step again"
    clear = "Take a new sheet; undo brings the old one back"
    following = "Paint on the next training face, as the model sees it"
    before = "Paint on the training face before"
    saves = "Bring back a saved drawing or face"
    photo = "Paint on a photo from your folders, a pasted one, or one dropped on the window"
    likely = "Move the answer towards a likely face"
    drawn = "Move the answer towards what was drawn"
    photo_read = "See what the portrait encoder, which has never seen a sketch, makes of yours"
    refine = "Search for a face whose tones agree better with your paint"
    explain = "Show where answer and drawing differ, and the nearest training faces"
    film = "Save a film of the strokes and their answers, side by side, as a GIF"
    paint: list[tuple] = [
        ("b", "Brush", brush, use(tool=Tool.PAINT)),
        ("e", "Eraser", eraser, use(tool=Tool.ERASE)),
        ("w", "Paper", "Remove paint: bare paper says nothing about the face", use(tool=Tool.BARE)),
        ("k", "Answer brush", clone, use(tool=Tool.CLONE)),
        ("q", "Fill", fill, use(tool=Tool.FILL)),
        *(
            (str(number), name.capitalize(), f"Paint in {name}", use(tone=tone))
            for number, (name, tone) in enumerate(GRAYS.items(), 1)
        ),
        ("[ -", "Smaller brush", "Make the brush smaller", lambda: s.resize_brush(-1), True),
        ("] +", "Larger brush", "Make the brush larger", lambda: s.resize_brush(1), True),
        ("f", "Soft", soft, lambda: s.change_brush(soft=not s.brush.soft)),
        ("x", "Mirror", mirror, lambda: s.change_brush(mirror=not s.brush.mirror)),
        ("g", "Ghost", ghost, lambda: s.set_ghost(not s.ghost)),
        ("ctrl+z", "Undo", "Take the last stroke back", lambda: s.step(s.drawing.undo), True),
        ("ctrl+shift+z ctrl+y", "Redo", redo, lambda: s.step(s.drawing.redo), True),
        ("shift+w", "Dark paper", dark, lambda: s.take_dark_paper()),
        ("delete", "Clear", clear, lambda: s.take_white_paper()),
    ]
    start: list[tuple] = [
        ("m", "Mean face", "Paint on the mean face", lambda: s.start(s.starts.mean())),
        ("n", "Next training face", following, lambda: s.start(s.starts.training(1))),
        ("shift+n", "Previous training face", before, lambda: s.start(s.starts.training(-1))),
        ("r", "Random face", "Paint on a face drawn by chance", lambda: s.start(s.starts.random())),
        ("a", "This answer", "Paint on the answer itself", lambda: s.start_from_answer()),
        ("ctrl+o", "Saved face …", saves, lambda: s.panels.toggle(s.panels.saves)),
        ("p", "Your photo …", photo, lambda: s.panels.toggle(s.panels.photo)),
    ]
    answer: list[tuple] = [
        ("v", "Live", "Answer every stroke while it is drawn", lambda: s.keeper.toggle_live()),
        ("j", "Answer now", "Answer the drawing once", lambda: s.keeper.ask()),
        (".", "More realism", likely, lambda: s.view.realism.step(1), True),
        (",", "Less realism", drawn, lambda: s.view.realism.step(-1), True),
        ("y", "As a photo", photo_read, lambda: s.toggle_as_photo()),
        ("i", "Refine", refine, lambda: s.toggle_refining()),
        ("d", "Explain", explain, lambda: s.toggle_explain()),
        ("ctrl+s", "Save", "Save drawing, answer and code in one PNG", lambda: s.save()),
        ("ctrl+c", "Copy the face", "Copy it for other programs", lambda: s.copy_face()),
        ("ctrl+e", "Replay as GIF", film, lambda: s.write_film()),
    ]
    return commands_of({"Paint": paint, "Start from": start, "Answer": answer})


def _is_numbers(values: object, count: int) -> TypeGuard[list[float]]:
    return isinstance(values, list) and [type(value) for value in values] == [float] * count


def _unpack_head(values: object) -> Region | None:
    """Return a region that was kept; None without one or if it is damaged."""
    if not _is_numbers(values, len(WHOLE)) or not np.abs(values).max() < FARTHEST:
        return None
    region, most = Region(*values), 1.01 * MOST_ENLARGED  # may be rounded
    return region if 1 / most < region.scale < most else None


def _unpack_face(text: object) -> np.ndarray | None:
    """Return the start face that `pack_pixels` wrote; None without one or if it is damaged."""
    try:
        return unpack_pixels(text, IMAGE_SHAPE)
    except ValueError:
        return None
