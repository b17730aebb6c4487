"""The slider screen: drag 80 sliders, and the face answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pygame

from model.frame import IMAGE_SHAPE
from ui.host import Host
from ui.panels.photo import AlignedFace
from ui.panels.stack import PanelStack
from ui.saves import saved_words
from ui.screen import Screen
from ui.sliders import jobs
from ui.sliders.commands import slider_commands
from ui.sliders.editor import FaceEditor
from ui.sliders.face_area import SUGGESTIONS, FaceArea
from ui.sliders.more import MorePanel
from ui.sliders.morph_strip import MorphStrip
from ui.sliders.preview import SliderPreview
from ui.sliders.slider_panel import Gestures, SliderPanel
from ui.sliders.view import SlidersView
from ui.sliders.walk import GIF_STEPS, Walk, codes_between, find_stops
from ui.starts import decode_one
from ui.theme import SIZES, Theme
from ui.worker import Result

LONGEST_NAME = 32  # characters of a photo's name that are shown
MORE, ROOMY = 352, 1280  # points: width of More, and of a window where it stands beside the sliders
GIFS = {4: "Large", 2: "Small"}  # by how many times as large as the model's faces
HINT = (
    "Drag a slider and the face follows; the sixteen large ones matter most.",
    "Random and Another face bring new ones, and Ctrl Z takes any step back.",
    "H lists every key, and this line will say what is under the mouse.",
)


class SlidersScreen(Screen):
    """Joins editor, view and worker: what is done on the view becomes a step, and then a face.

    Attributes:
        editor: holds the state and takes every step.
        view: shows it: `area` the face, `strip` faces A and B, `sliders` the code, and `preview`
            what the slider under the mouse does.
        panels: lie over the view, one at a time; `more` is one of them.
        walk: plays a walk from face to face.
        comparing: whether the face shows that this one started with.
        shown: the code (80,) and the image of the face on the screen, or None.
    """

    name = "sliders"
    title = "Sliders"
    live_slot = "sliders.face"

    def __init__(self):
        super().__init__()
        self.commands = slider_commands(self)
        self.comparing = False
        self.shown: tuple[np.ndarray, np.ndarray] | None = None
        self._thumbnails: dict[str, np.ndarray | None] = {}  # codes of A and B
        self._beside = False  # whether More stands beside the sliders, not over them

    def attach(self, host: Host) -> None:
        """Make the editor and the widgets."""
        super().attach(host)
        session, worker = host.session, host.worker
        self.editor = editor = FaceEditor(host.latent, self.changed, session.directions)
        editor.starts.temperature = session.setting(
            "temperature", editor.starts.temperature, 0.0, 1.5
        )
        if host.latent.previews is not None:
            self.shown = (host.latent.mean, _floats(host.latent.previews.images[0]))
        self._directions = editor.now.directions  # that the session has
        self.walk = Walk(host.latent, editor.walk_to)
        self.area = FaceArea(self.take_suggestion)
        self.sliders = SliderPanel(
            host,
            Gestures(
                begin=self.begin_gesture,
                move=editor.move,
                end=editor.commit,
                reset=partial(self.step, editor.reset),
                toggle_lock=editor.toggle_lock,
            ),
        )
        named = {command.name: command for command in (*self.commands, *host.commands)}
        self.strip = MorphStrip(
            named,
            moved=partial(self.step, editor.morph),
            ended=editor.commit,
            end_chosen=partial(self.step, editor.morph_to),
            export=self.choose_gif,
        )
        self.preview = SliderPreview(
            lambda codes: worker.submit("sliders.preview", jobs.faces(codes), 1),
            lambda: worker.cancel("sliders.preview"),
        )
        parts = self.area, self.strip, self.sliders, self.preview
        self.view = self.add(SlidersView(*parts, named, editor.keep_detail))
        self.panels = self.add(
            PanelStack(host, self.name, self.restore, self.take_photo, self._panel_changed)
        )
        self.more = self.panels.add_panel(
            MorePanel(
                named,
                self.panels.close,
                seed_typed=self.use_seed,
                temperature_moved=partial(self.step, editor.set_temperature),
                direction_named=self.save_direction,
                detail_toggled=editor.keep_detail,
                raw_toggled=self.show_raw,
            )
        )

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Put panels over the sliders, and More beside them where there is room."""
        margin, width = theme.px(SIZES.margin), theme.px(MORE)
        self._beside = self.panels.open is self.more and rect.width >= theme.px(ROOMY)
        self.view.side = width + margin if self._beside else 0
        self.view.place(rect, theme)
        sliders = self.sliders.rect
        side = sliders.inflate(theme.px(14), 0).move(0, -theme.px(2))
        self.panels.arrange(rect, theme, side)
        if self._beside:
            free = pygame.Rect(sliders.right + margin, sliders.top, width, sliders.height)
            self.more.place(free, theme)

    @property
    def steps(self) -> int:
        """How many steps were taken; a walk counts as one from its beginning."""
        return self.editor.history.moves + self.walk.playing

    def enter(self) -> None:
        """Show the face, and the hint the first time."""
        self.changed()
        self.host.show_hint(self.name, HINT)

    def ready(self) -> None:
        """Have the face decoded that was shown as a picture."""
        self.shown = None
        self.changed()

    @property
    def _loading(self) -> bool:
        return self.host.worker.state == "loading"

    def leave(self) -> None:
        """End what only makes sense in front."""
        self.settle()
        self.preview.leave()

    # Steps of the editor

    def step(self, action: Callable, *arguments) -> None:
        """Take a step of the editor, after what shows another face has ended."""
        self.settle()
        action(*arguments)

    def settle(self) -> None:
        """End a walk and a comparison."""
        self.stop_walk()
        self.stop_comparing()

    def begin_gesture(self) -> None:
        """Make the current face the step that a slider moves on from."""
        self.step(self.editor.commit)

    def use_seed(self, seed: int | None) -> None:
        """Go to the random face of a seed."""
        if seed is not None:
            self.step(self.editor.random, seed)
        self.host.focus(None)

    def suggest(self) -> None:
        """Show a dozen random faces to choose from; the model's own until it is loaded."""
        previews = self.host.latent.previews
        if previews is not None and self._loading and not self.editor.now.locks.any():
            self.area.suggest(previews.codes[1:], previews.images[1:])
            return
        codes = self.editor.suggest(SUGGESTIONS)
        self.area.suggest(codes, [None] * len(codes))
        self.host.worker.submit("sliders.suggestions", jobs.faces(codes), 2)

    def take_suggestion(self, number: int, code: np.ndarray) -> None:
        """Start from one of them, whose picture serves until the model is loaded."""
        pixels = self.area.strip.children[number].pixels
        if self._loading and pixels is not None:
            self.shown = (code, _floats(pixels))
        self.step(self.editor.start, code, f"Suggestion {number + 1}")

    def take_photo(self, face: AlignedFace) -> None:
        """Start from the face of a photo."""
        name = face.name if len(face.name) <= LONGEST_NAME else face.name[:LONGEST_NAME] + "…"
        self.step(self.editor.start, face.code, f"Photo {name}", face.detail)

    def save_direction(self, name: str) -> None:
        """Keep the change between two faces as a slider."""
        self.step(self.editor.save_direction, name)
        self.host.notify(f"{name.strip()} is a slider now, above the others.")
        self.more.name.set("")
        self.host.focus(None)

    # Keys for one slider

    @property
    def _covered(self) -> bool:
        """Whether a panel lies over the sliders."""
        return self.panels.open is not None and not self._beside

    def focus_neighbour(self, steps: int) -> None:
        """Move the keyboard focus to another slider."""
        if not self._covered:
            self.sliders.focus_neighbour(steps)

    def nudge(self, steps: int) -> None:
        """Nudge the slider."""
        if not self._covered:
            self.sliders.nudge(steps)

    def type_number(self) -> None:
        """Type its value."""
        self.sliders.type_number(self.sliders.require_target())

    def reset_slider(self) -> None:
        """Put it back to its middle."""
        self.step(self.editor.reset, self.sliders.require_target().axis)

    def lock_slider(self) -> None:
        """Lock or unlock it."""
        self.editor.toggle_lock(self.sliders.require_target().axis.lock)

    def drop_direction(self) -> None:
        """Forget it, if it is one of the user's own directions."""
        self.editor.drop_direction(self.sliders.require_target().axis.name)

    def toggle_raw(self) -> None:
        """Change between principal sliders and raw codes."""
        self.show_raw(not self.sliders.raw)

    def show_raw(self, raw: bool) -> None:
        """Show raw codes (True) or principal sliders."""
        self.preview.leave()
        self.sliders.show_raw(raw)
        self.changed()

    # What shows

    def changed(self) -> None:
        """Show the editor's state."""
        editor, state = self.editor, self.editor.now
        self.view.follow(state, self._caption(), editor.history.can_undo, self.walk.playing)
        self.more.follow(state, editor.starts, self.sliders.raw)
        self._ask(state.start if self.comparing else state.code)
        for name, code in (("a", state.face_a), ("b", state.face_b)):
            self._ask_thumbnail(name, code)
        self._write_directions()

    def _write_directions(self) -> None:
        """Write directions as they come and go; the face of the last time stays in the session."""
        session, directions = self.host.session, self.editor.now.directions
        if directions is not self._directions:
            self._directions, session.directions = directions, dict(directions)
            session.save()

    def _caption(self) -> str:
        state = self.editor.now
        if self.comparing:
            return "Where you started · " + state.caption
        return state.title

    def _ask(self, code: np.ndarray) -> None:
        """Have the face of a code shown; the newest request wins."""
        if self.shown is not None and np.array_equal(self.shown[0], code):
            self.host.worker.cancel(self.live_slot)
            self._show()
        else:
            self.host.worker.submit(self.live_slot, lambda engine: (code, decode_one(engine, code)))

    def _show(self) -> None:
        self.area.face.set(self.editor.now.with_detail(self.shown[1]))

    def _ask_thumbnail(self, name: str, code: np.ndarray | None) -> None:
        """Have face A or B shown on its thumbnail, if it changed."""
        if code is self._thumbnails.get(name):
            return
        self._thumbnails[name] = code
        if code is None:
            self.host.worker.cancel(f"sliders.{name}")
        else:
            self.host.worker.submit(f"sliders.{name}", lambda engine: decode_one(engine, code), 1)

    def result(self, result: Result) -> None:
        """Take what the worker made."""
        if self.panels.take_result(result):
            return
        part, value = result.slot.partition(".")[2], result.value
        if value is None:
            return
        if part == "face":
            self.shown = value
            self._show()
        elif part == "preview":
            self.preview.fill(result.request_id, *value)
        elif part == "suggestions":
            number, image = value
            self.area.strip.children[number].set(image)
        elif part in ("a", "b"):
            self.strip.faces[part].set(value)
        elif part == "gif":
            done = saved_words(value) if result.final else ""
            self.host.notify(done or f"Writing the GIF … {value:.0%}")
        elif part == "save":
            self.panels.tell_saved(value)
        elif part == "restore":
            saved, detail = value
            self.step(self.editor.start, saved.code, f"Saved {saved.path.stem}", detail)

    def update(self, now: float) -> float | None:
        """Let a walk go on, and show what the slider under the mouse does."""
        due = self.walk.update(now)
        slider = None if self._covered else self.sliders.previewed()
        busy = self.walk.playing or self.host.pointer.captured is slider
        self.preview.follow(slider, self.editor.now.code, busy)
        return due

    def compare(self) -> None:
        """Show the face that this one started with, while the key is held."""
        self.stop_walk()
        self.comparing = True
        self.changed()

    def stop_comparing(self) -> None:
        """Show the face itself again."""
        if self.comparing:
            self.comparing = False
            self.changed()

    # Two faces

    def set_face(self, name: str) -> None:
        """Make this face A or B, and say what comes next."""
        editor = self.editor
        self.step(editor.set_a if name == "a" else editor.set_b)
        other = "B" if name == "a" else "A"
        next_step = "Play walks between A and B; the slider between them stops where you like."
        if not editor.now.both_faces:
            next_step = f"Go to another face and set {other}."
        self.host.notify(f"This face is {name.upper()} now. {next_step}")

    def play(self) -> None:
        """Start a walk, or stop it where it is."""
        if self.stop_walk():
            return
        self.stop_comparing()
        stops = self._stops()
        self.walk.start(stops, self.host.now())
        way = "from A to B and back" if self.editor.now.both_faces else f"{len(stops)} saved faces"
        self.host.notify(
            f"Walking {way}. Space stops where it is.", lasts=lambda: self.walk.playing
        )
        self.changed()

    def stop_walk(self) -> bool:
        """Stop a walk at the face that shows; return whether one was playing."""
        if not self.walk.stop():
            return False
        self.editor.commit()
        self.changed()
        return True

    def export_gif(self) -> None:
        """Write the walk as a GIF of the size chosen last, in the worker's spare time."""
        times = self.host.session.setting("gif_enlargement", max(GIFS), min(GIFS), max(GIFS))
        codes = codes_between(self.host.latent, self._stops(), GIF_STEPS)
        stem = "morph" if self.editor.now.both_faces else "walk"
        job = jobs.gif(self.host.session.folder, stem, codes, times)
        self.host.worker.submit("sliders.gif", job, 1)
        self.host.notify("Writing the GIF …")

    def choose_gif(self) -> None:
        """Ask for the size of a GIF, and write it."""

        def export(times: int) -> None:
            self.host.session.settings["gif_enlargement"] = times
            self.export_gif()

        items = [
            (
                f"{name}, {IMAGE_SHAPE[1] * times} x {IMAGE_SHAPE[0] * times}",
                partial(export, times),
                "Write it at this size; Ctrl E takes the size chosen last",
            )
            for times, name in GIFS.items()
        ]
        self.host.open_menu(items, self.strip.export.rect)

    def _stops(self) -> np.ndarray:
        return find_stops(self.host.latent, self.editor.now, self.host.session.folder)

    # Panels

    def name_direction(self) -> None:
        """Ask for the name of a new direction."""
        if self.panels.open is not self.more:
            self.panels.toggle(self.more)
        self.host.focus(self.more.name)

    def _panel_changed(self) -> None:
        self.view.more_button.select(self.panels.open is self.more)
        self.place(self.rect, self.host.theme)

    # Files and the session

    def save(self) -> None:
        """Save the face as a PNG, in the worker."""
        self.settle()
        job = jobs.save(self.host.session.folder, self.editor.now)
        self.host.worker.submit("sliders.save", job)

    def restore(self, path: Path) -> None:
        """Go to a saved face; what cannot be read leaves the face as it is."""
        self.host.worker.submit("sliders.restore", jobs.restore(path))

    def drop(self, path: Path) -> None:
        """Go to a save, or open a photo."""
        self.panels.drop(path)

    def save_session(self) -> None:
        """Write into the session; an untouched screen leaves the face of the last time there."""
        self.settle()
        session, editor, state = self.host.session, self.editor, self.editor.now
        session.directions = dict(state.directions)
        session.settings["temperature"] = editor.starts.temperature
        if editor.history.can_undo:
            session.code, session.locks = state.code, state.locks.copy()
            session.face_a, session.face_b = state.face_a, state.face_b
            session.settings["caption"] = state.title

    def restore_session(self) -> None:
        """Go to the face that the session kept, if it kept one."""
        self.settle()
        session, editor = self.host.session, self.editor
        if session.code is not None:
            caption = session.setting("caption", "Where you left off")
            faces = {"face_a": session.face_a, "face_b": session.face_b}
            state = editor.now.fresh(session.code, caption)
            editor.go(replace(state, locks=session.locks.copy(), **faces))

    # The window

    def handle(self, event: pygame.event.Event) -> bool:
        """Let the photo panel have its keys."""
        return self.panels.handle(event)

    def escape(self) -> bool:
        """Stop a walk, or close a panel or the suggestions."""
        return self.stop_walk() or self.panels.close() or self.area.close_suggestions()

    def code(self) -> np.ndarray:
        """Return the code of the face."""
        self.settle()
        return self.editor.now.code

    def take(self, code: np.ndarray) -> None:
        """Start from a face of the other screen, unless it is this one."""
        if not np.array_equal(code, self.editor.now.code):
            self.editor.start(code, "From your drawing")


def _floats(pixels: np.ndarray) -> np.ndarray:
    """Return uint8 pixels as float32 in [0, 1]."""
    return pixels / np.float32(255)
