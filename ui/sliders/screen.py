"""The slider screen: drag 80 sliders, and the face answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pygame

from model.frame import IMAGE_SHAPE
from ui.panels.photo import AlignedFace
from ui.panels.stack import PanelStack
from ui.saves import read_save, save_face
from ui.screen import Host, Screen
from ui.sliders.commands import slider_commands
from ui.sliders.editor import FaceEditor
from ui.sliders.map_panel import FaceMapPanel
from ui.sliders.mix_panel import MixPanel
from ui.sliders.more import MorePanel
from ui.sliders.morph_strip import MorphStrip
from ui.sliders.parts import mix
from ui.sliders.slider_panel import Gestures, SliderPanel
from ui.sliders.state import FaceState
from ui.sliders.view import SUGGESTIONS, FaceArea, SliderPreview, SlidersView
from ui.sliders.walk import GIF_STEPS, STEPS, Walk, walk_codes, write_gif
from ui.theme import SIZES, Theme
from ui.widgets.button import Button
from ui.worker import decode_one

LONGEST_NAME = 32  # characters of a photo's name that are shown
MORE, ROOMY = 352, 1280  # points: width of More, and of a window where it stands beside the sliders
GIFS = {4: "Large", 2: "Small"}  # by how many times as large as the model's faces
HINT = (
    "Drag a slider and the face follows; those with names do what they say.",
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
        walk: the walk from face to face that plays, or None.
        looked: the state of the face that is looked at on the map, or None.
        comparing: whether the face shows that this one started with.
        shown: the code (80,) and the image of the face on the screen, and whether it is sharp; or
            None.
    """

    name = "sliders"
    title = "Sliders"
    live_slot = "sliders.face"

    def __init__(self, host: Host):
        super().__init__(host, slider_commands(self))
        self.walk: Walk | None = None
        self.comparing = False
        self.looked: FaceState | None = None
        self.shown: tuple[np.ndarray, np.ndarray, bool] | None = None
        self._beside = False  # whether More stands beside the sliders, not over them
        session, worker = host.session, host.worker
        kept = session.directions, session.names
        self.editor = editor = FaceEditor(host.latent, self.changed, *kept)
        starts = editor.starts
        starts.temperature = session.setting("temperature", starts.temperature, 0.0, 1.5)
        if host.latent.previews is not None:
            self.shown = (host.latent.mean, _floats(host.latent.previews.images[0]), host.sharp)
        named = {command.name: command for command in (*self.commands, *host.commands)}
        opening = [Button.of(named[name], plain=True) for name in ("Face map", "Mix by part")]
        self.area = FaceArea(self.take_suggestion, opening)
        gestures = Gestures(
            begin=partial(self.step, editor.begin),
            move=editor.move,
            end=editor.commit,
            reset=partial(self.step, editor.reset),
            toggle_lock=editor.toggle_lock,
            rename=partial(self.step, editor.rename),
        )
        self.sliders = SliderPanel(host, gestures)
        self.strip = MorphStrip(
            named,
            moved=partial(self.step, editor.morph),
            ended=editor.commit,
            end_chosen=partial(self.step, editor.morph_to),
            export=self.choose_gif,
        )
        self.preview = SliderPreview(
            lambda codes: self._decode_each(
                "sliders.preview", codes, host.sharp, self.preview.fill, 1
            ),
            lambda: worker.cancel("sliders.preview"),
        )
        parts = self.area, self.strip, self.sliders, self.preview
        self.view = self.add(SlidersView(*parts, named))
        panels = PanelStack(host, self.name, self.restore, self.take_photo, self._panel_changed)
        more = MorePanel(
            named,
            panels.close,
            seed_typed=self.use_seed,
            temperature_moved=partial(self.step, editor.set_temperature),
            direction_named=self.save_direction,
        )
        self.panels, self.more = self.add(panels), panels.add_panel(more)
        self.mix = panels.add_panel(MixPanel(panels.close, self.take_part))
        square = FaceMapPanel(
            host,
            panels.close,
            looked=self.look,
            taken=lambda code: self.step(editor.go, self._on_map(code)),
            decode=lambda codes: self._decode_each(
                "sliders.map", codes, False, self.map.pad.fill, 2
            ),
            own=lambda: editor.now.faces,
            random=editor.suggest,
        )
        self.map = panels.add_panel(square)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Put panels over the sliders, and More beside them where there is room."""
        margin, width = theme.px(SIZES.margin), theme.px(MORE)
        self._beside = self.panels.open is self.more and rect.width >= theme.px(ROOMY)
        self.view.side = width + margin if self._beside else 0
        self.view.place(rect, theme)
        sliders = self.sliders.rect
        side = sliders.inflate(theme.px(14), theme.px(4))
        self.panels.arrange(rect, theme, side)
        self.sliders.covered = self.panels.open is not None and not self._beside
        if self._beside:
            free = pygame.Rect(sliders.right + margin, sliders.top, width, sliders.height)
            self.more.place(free, theme)

    @property
    def steps(self) -> int:
        """How many steps were taken; a walk counts as one from its beginning."""
        return self.editor.history.moves + (self.walk is not None)

    def enter(self) -> None:
        """Show the face, and the hint the first time."""
        self.changed()
        self.host.show_hint(self.name, HINT)

    def ready(self) -> None:
        """Have the faces decoded that were shown as pictures."""
        self.sharpen()

    def sharpen(self) -> None:
        """Have every face decoded again."""
        self.shown = None
        for end in self.strip.faces.values():
            end.code = None
        self.preview.leave()
        if self.area.strip.visible:
            self._ask_suggestions()
        self.changed()

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
        """End a walk, a comparison and a look at the map."""
        self.stop_walk()
        self.look(None)
        self.stop_comparing()

    def use_seed(self, digits: str) -> None:
        """Go to the random face of a seed, where there are digits."""
        if digits:
            self.step(self.editor.random, int(digits))
        self.host.pointer.focus(None)

    def suggest(self) -> None:
        """Show a dozen random faces to choose from; the model's own until it is loaded."""
        worker, previews = self.host.worker, self.host.latent.previews
        if previews is not None and worker.state == "loading" and not self.editor.now.locks.any():
            self.area.suggest(previews.codes[1:], previews.images[1:])
            return
        codes = self.editor.suggest(SUGGESTIONS)
        self.area.suggest(codes, [None] * len(codes))
        self._ask_suggestions()

    def _ask_suggestions(self) -> None:
        codes, strip = self.area.suggestions, self.area.strip
        self._decode_each(
            "sliders.suggestions",
            codes,
            self.host.sharp,
            lambda number, image: strip.children[number].set(image),
            2,
        )

    def take_suggestion(self, number: int) -> None:
        """Start from one of them, whose picture serves until the model is loaded."""
        code, pixels = self.area.suggestions[number], self.area.strip.children[number].pixels
        if self.host.worker.state == "loading" and pixels is not None:
            self.shown = (code, _floats(pixels), self.host.sharp)
        self.step(self.editor.start, code, f"Suggestion {number + 1}")

    def take_photo(self, face: AlignedFace) -> None:
        """Start from the face of a photo."""
        name = face.name if len(face.name) <= LONGEST_NAME else face.name[:LONGEST_NAME] + "…"
        self.step(self.editor.start, face.code, f"Photo {name}", face.detail)

    def save_direction(self, name: str) -> None:
        """Keep the change between two faces as a slider."""
        self.step(self.editor.save_direction, name)
        self.host.notify(f"{name.strip()} is a slider now, among yours.")
        self.more.name.set("")
        self.host.pointer.focus(None)

    # What shows

    def uncovered(self) -> SliderPanel:
        """Return the sliders, from which More is taken away where it lies over them."""
        if self.panels.open is self.more and not self._beside:
            self.panels.close()
        return self.sliders

    def toggle_raw(self) -> None:
        """Change between principal sliders and raw codes."""
        self.preview.leave()
        self.sliders.show_raw(not self.sliders.raw)
        self.changed()

    def changed(self) -> None:
        """Show the editor's state."""
        editor, state = self.editor, self.editor.now
        self._show_front()
        self.view.follow(state, editor.history.can_undo, self.walk is not None)
        self.more.follow(state, editor.starts, self.sliders.raw, self.tint)
        self._ask_end("a", state.face_a)
        self._ask_end("b", state.face_b)
        self._follow_panels()
        session = self.host.session
        if state.directions is not session.directions or state.names is not session.names:
            session.directions, session.names = state.directions, state.names
            session.save()  # the face of the last time stays in there

    @property
    def front(self) -> FaceState:
        """The state whose face shows: the one looked at on the map, or the editor's."""
        return self.editor.now if self.looked is None else self.looked

    def _show_front(self) -> None:
        """Have the face of the state in front shown, or that which it started with."""
        state = self.front
        caption = f"Where you started · {state.caption}" if self.comparing else state.title
        self.area.caption.set_text(caption)
        self._ask(state.start if self.comparing else state.code)

    def _ask(self, code: np.ndarray) -> None:
        """Have the face of a code shown; the newest request wins.

        Where a photo's own detail is kept, none is invented.
        """
        shown, sharp = self.shown, self.host.sharp and not self.front.shows_detail
        if shown is not None and shown[2] == sharp and np.array_equal(shown[0], code):
            self.host.worker.cancel(self.live_slot)
            self._show(*shown)
        else:
            job = partial(decode_one, code=code, sharp=sharp)
            self.host.worker.submit(
                self.live_slot, job, lambda image: self._show(code, image, sharp)
            )

    def _show(self, code: np.ndarray, image: np.ndarray, sharp: bool) -> None:
        self.shown = code, image, sharp
        self.area.face.set(self.front.with_detail(image))

    def _ask_end(self, name: str, code: np.ndarray | None) -> None:
        """Have face A or B shown as a thumbnail, if it changed."""
        end, slot = self.strip.faces[name], f"sliders.{name}"
        if code is end.code:
            return
        end.code = code
        if code is None:
            self.host.worker.cancel(slot)
            end.set(None)
        else:
            sharp = self.host.sharp
            job = partial(decode_one, code=code, sharp=sharp)
            self.host.worker.submit(slot, job, partial(self._show_end, name), 1)

    def _show_end(self, name: str, image: np.ndarray) -> None:
        self.strip.faces[name].set(image)
        self._follow_panels()

    def _decode_each(
        self,
        slot: str,
        codes: np.ndarray,
        sharp: bool,
        show: Callable[[int, np.ndarray], object],
        priority: int,
    ) -> None:
        """Have codes (n, 80) decoded one by one; each place and its image (160, 176) is shown.

        Between two of them more urgent work has its chance, so this never delays a drag.
        """

        def job(engine) -> Iterator[tuple[int, np.ndarray]]:
            for place, code in enumerate(codes):
                yield place, decode_one(engine, code, sharp)

        self.host.worker.submit(slot, job, lambda made: show(*made), priority)

    def update(self, now: float) -> float | None:
        """Let a walk go on, and show what the slider under the mouse does."""
        if self.walk is not None:
            self.editor.walk_to(*self.walk.at(now))
        if self.panels.open is self.map:
            self.map.pad.follow(self.host.pointer)
        slider = self.sliders.previewed()
        busy = self.walk is not None or self.host.pointer.captured is slider
        self.preview.follow(slider, self.editor.now.code, busy, now)
        due = self.preview.due
        tints = self.tint and not self.comparing and due is not None and now >= due
        difference, name = (self.preview.difference, slider.label) if tints else (None, "")
        self.area.face.tint(difference, name)
        if self.walk is not None:
            return now
        return due if due is not None and now < due else None

    @property
    def tint(self) -> bool:
        """Whether the face is coloured where the slider under the mouse changes it."""
        return self.host.session.setting("tint", True)

    def toggle_tint(self) -> None:
        """Colour the face where the slider under a resting mouse changes it, or leave that."""
        self.host.session.settings["tint"] = not self.tint
        how = "tints the face where that changes it" if self.tint else "leaves the face as it is"
        self.host.notify(f"A mouse that rests on a slider {how}.")
        self.changed()

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
        self.step(self.editor.set_face, name)
        next_step = "Play walks between A and B; the slider between them stops where you like."
        if not self.editor.now.both_faces:
            next_step = f"Go to another face and set {'B' if name == 'a' else 'A'}."
        self.host.notify(f"This face is {name.upper()} now. {next_step}")

    def play(self) -> None:
        """Start a walk, or stop it where it is."""
        if self.stop_walk():
            return
        self.stop_comparing()
        self.walk = Walk(codes := self._walk_codes(STEPS), self.host.now())
        faces = len(codes) // STEPS
        way = "from A to B and back" if self.editor.now.both_faces else f"{faces} saved faces"
        words = f"Walking {way}. Space stops where it is."
        self.host.notify(words, lasts=lambda: self.walk is not None)
        self.changed()

    def stop_walk(self) -> bool:
        """Stop a walk at the face that shows; return whether one was playing."""
        if self.walk is None:
            return False
        self.walk = None
        self.editor.commit()
        self.changed()
        return True

    def export_gif(self, times: int | None = None) -> None:
        """Write the walk as a GIF in the worker's spare time; its size is that chosen last."""
        session = self.host.session
        if times is not None:
            session.settings["gif_enlargement"] = times
        times = session.setting("gif_enlargement", max(GIFS), min(GIFS), max(GIFS))
        stem = "morph" if self.editor.now.both_faces else "walk"
        how = self._walk_codes(GIF_STEPS), times, self.host.sharp
        job = partial(write_gif, session.folder, stem, *how)
        self.host.worker.submit("sliders.gif", job, self.host.notify, 1)
        self.host.notify("Writing the GIF …")

    def choose_gif(self) -> None:
        """Ask for the size of a GIF, and write it."""
        height, width = IMAGE_SHAPE
        help = "Write it at this size; Ctrl E takes the size chosen last"
        items = [
            (f"{name}, {width * n} x {height * n}", partial(self.export_gif, n), help)
            for n, name in GIFS.items()
        ]
        self.host.open_menu(items, self.strip.export.rect)

    def _walk_codes(self, steps: int) -> np.ndarray:
        return walk_codes(self.host.latent, self.editor.now, self.host.session.folder, steps)

    # Panels

    def toggle_map(self) -> None:
        """Open the face map, across along the slider that is pointed at, or close it."""
        target = self.sliders.target()
        self.panels.toggle(self.map)
        if target is not None and self.panels.open is self.map:
            self.map.choose(target.label)

    def look(self, code: np.ndarray | None) -> None:
        """Show a face of the map for as long as it is looked at; None ends that."""
        if code is None and self.looked is None:
            return
        self.stop_walk()
        self.looked = None if code is None else self._on_map(code)
        self._show_front()

    def _on_map(self, code: np.ndarray) -> FaceState:
        """Return the state at a face of the map: between four faces it is a new one."""
        return self.editor.now.at(code) if self.map.corners is None else self.editor.blended(code)

    def take_part(self, end: str, part: str) -> None:
        """Put a part of face A or B onto this face, in the worker."""
        self.settle()
        state, caption = self.editor.now, f"With the {part} of {end.upper()}"
        other = state.face_a if end == "a" else state.face_b
        job = partial(mix, code=state.code, other=other, part=part)
        self.host.worker.submit(
            "sliders.mix", job, lambda code: self.step(self.editor.start, code, caption)
        )

    def _follow_panels(self) -> None:
        """Have the panel that is open show the state, once a gesture is over."""
        editor = self.editor
        if self.panels.open is self.map and editor.now is editor.history.now:
            self.map.follow(
                editor.now.code, {slider.label: slider.axis for slider in self.sliders.all}
            )
        elif self.panels.open is self.mix:
            self.mix.follow({name: end.pixels for name, end in self.strip.faces.items()})

    def name_direction(self) -> None:
        """Ask for the name of a new direction."""
        if self.panels.open is not self.more:
            self.panels.toggle(self.more)
        self.host.pointer.focus(self.more.name)

    def _panel_changed(self) -> None:
        self.view.more_button.select(self.panels.open is self.more)
        self.look(None)
        self._follow_panels()
        self.rearrange()

    # Files and the session

    def save(self) -> None:
        """Save the face as a PNG, in the worker."""
        self.settle()
        job = partial(_save, self.host.session.folder, self.editor.now, self.host.sharp)
        self.host.worker.submit("sliders.save", job, self.panels.tell_saved)

    def restore(self, path: Path) -> None:
        """Go to a saved face; what cannot be read leaves the face as it is."""
        name = f"Saved {path.stem}"
        self.host.worker.submit(
            "sliders.restore",
            partial(_restore, path),
            lambda face: self.step(self.editor.start, face[0], name, face[1]),
        )

    def drop(self, path: Path) -> None:
        """Go to a save, or open a photo."""
        self.panels.drop(path)

    def save_session(self) -> None:
        """Write into the session; an untouched screen leaves the face of the last time there."""
        self.settle()
        session, editor, state = self.host.session, self.editor, self.editor.now
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
            state = editor.now.fresh(session.code, session.setting("caption", "Where you left off"))
            faces = {"face_a": session.face_a, "face_b": session.face_b}
            editor.go(replace(state, locks=session.locks.copy(), **faces))

    # The window

    def handle(self, event: pygame.event.Event) -> bool:
        """Let the photo panel have its keys."""
        return self.panels.handle(event)

    def escape(self) -> bool:
        """Stop a walk, or close a panel or the suggestions."""
        return self.stop_walk() or self.panels.close() or self.area.show_suggestions(False)

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


# Jobs: the worker calls them with the engine


def _save(folder: Path, state: FaceState, sharp: bool, engine) -> Path:
    """Write the face of a state as a PNG and return its path."""
    sharp = sharp and not state.shows_detail
    image = state.with_detail(decode_one(engine, state.code, sharp))
    details = {"caption": state.title, "detail": state.shows_detail, "sharp": sharp}
    return save_face(folder, image, state.code, engine.model_id, details=details)


def _restore(path: Path, engine) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the code of a save and its detail (160, 176), or None where it has none."""
    saved = read_save(path, engine.model_id, engine.latent_dim)
    if not saved.details.get("detail"):
        return saved.code, None
    return saved.code, saved.image - decode_one(engine, saved.code)
