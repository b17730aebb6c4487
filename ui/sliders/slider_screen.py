"""The slider screen: drag a slider, and the face follows."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pygame

from data.errors import UserError
from model.frame import IMAGE_SHAPE, LATENT_DIM
from ui.clipboard import copy_beside
from ui.keys import Command, commands_of
from ui.panels.photo import AlignedFace
from ui.panels.stack import PanelStack
from ui.saves import SavedFace, save_face
from ui.session import Session
from ui.sliders import slider_view as view
from ui.sliders.editor import FaceEditor, FaceState
from ui.sliders.face_map import FaceMapPanel
from ui.sliders.mix import MixPanel, mix
from ui.sliders.slider_panel import Gestures, SliderPanel
from ui.sliders.walk import GIF_STEPS, STEPS, Walk, walk_codes, write_gif
from ui.starts import Start
from ui.theme import SIZES, Theme
from ui.widgets.button import Button
from ui.window import Screen, Window
from ui.worker import decode_each, decode_one

LONGEST_NAME = 32  # characters of a photo's name that are shown
MORE, ROOMY = 352, 1280  # width of More, and of a window with room for it beside, in points
GIFS = {4: "Large", 2: "Small"}  # sizes of GIFs, in sizes of the model's faces
HINT = (
    "Drag a slider and the face follows; those with names do what they say.",
    "Random and Another face bring new ones, and Ctrl Z takes any step back.",
    "H lists every key, and this line will say what is under the mouse.",
)


class SlidersScreen(Screen):
    """Joins editor, view and worker: a gesture becomes a step of the editor, and then a face."""

    name = "sliders"
    title = "Sliders"
    live_slot = "sliders.face"

    def __init__(self, host: Window):
        super().__init__(host, slider_commands(self))
        self.walk: Walk | None = None  # the walk that plays
        self.comparing = False  # whether the starting face shows instead
        self.looked: FaceState | None = None  # of the face under the mouse on the map
        kept = host.session
        self.editor = editor = FaceEditor(host.latent, self.changed, kept.directions, kept.names)
        named = {command.name: command for command in (*self.commands, *host.commands)}
        opening = [Button.of(named[name], plain=True) for name in ("Face map", "Mix by part")]
        self.area = view.FaceArea(self.take_suggestion, opening)
        if host.latent.previews is not None:  # until the model is loaded
            self.area.face.set(host.latent.previews.images[0])
        gestures = Gestures(
            begin=partial(self.step, editor.begin),
            move=editor.move,
            end=editor.commit,
            toggle_lock=editor.toggle_lock,
            rename=partial(self.step, editor.rename),
        )
        self.sliders = SliderPanel(host, editor.now, gestures)
        morph, warm = partial(self.step, editor.morph), partial(self.step, editor.set_temperature)
        self.strip = view.MorphStrip(named, morph, lambda tag: editor.commit(), self.choose_gif)
        self.preview = view.SliderPreview(host)
        parts = self.area, self.strip, self.sliders, self.preview
        self.view = self.add(view.SlidersView(*parts, named))
        self.panels = panels = self.add(
            PanelStack(host, self.name, self.take_save, self.take_photo, self._panel_changed)
        )
        more = view.MorePanel(named, self.use_seed, warm, self.save_direction)
        self.more = panels.add_panel(more)
        self.mix = panels.add_panel(MixPanel(self.take_part))
        self.map = panels.add_panel(
            FaceMapPanel(
                host,
                looked=self.look,
                taken=lambda code: self.step(editor.go, self._on_map(code)),
                axes=self.sliders.free_axes,
                own=lambda: editor.now.faces,
                random=editor.suggest,
            )
        )

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place panels over the sliders, but More beside them where there is room."""
        margin, width = theme.px(SIZES.margin), theme.px(MORE)
        beside = self.panels.open is self.more and rect.width >= theme.px(ROOMY)
        self.view.side = width + margin if beside else 0
        self.view.place(rect, theme)
        sliders = self.sliders.rect
        side = sliders.inflate(theme.px(14), theme.px(4))
        self.panels.arrange(rect, theme, side)
        self.sliders.covered = self.panels.open is not None and not beside
        if beside:
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

    def sharpen(self) -> None:
        """Decode every face again, also those that stored pictures stood in for."""
        self.strip.codes = dict.fromkeys(self.strip.codes)
        self.preview.leave()
        if self.area.strip.visible:
            self._ask_suggestions()
        self.changed()

    def leave(self) -> None:
        """Stop what needs the screen to be visible."""
        self.settle()
        self.preview.leave()

    # Steps of the editor

    def step(self, action: Callable[..., object], *arguments: object, **options: object) -> None:
        """Take a step of the editor, after ending whatever shows another face."""
        self.settle()
        action(*arguments, **options)

    def settle(self) -> None:
        """End a walk, a comparison and a look at the map."""
        self.stop_walk()
        self.look(None)
        self.stop_comparing()

    def start(self, start: Start) -> None:
        """Start from a face of `editor.starts`."""
        self.step(self.editor.start_from, start)

    def use_seed(self, digits: str) -> None:
        """Go to the random face of a seed, if there are digits."""
        if digits:
            self.start(self.editor.starts.random(int(digits)))
        self.host.pointer.focus(None)

    def suggest(self) -> None:
        """Show a dozen random faces to choose from, stored ones until the model is loaded."""
        worker, previews = self.host.worker, self.host.latent.previews
        if previews is not None and worker.state == "loading" and not self.editor.now.locks.any():
            self.area.suggest(previews.codes[1:], list(previews.images[1:]))
            return
        codes = self.editor.suggest(view.SUGGESTIONS)
        self.area.suggest(codes, [None] * len(codes))
        self._ask_suggestions()

    def _ask_suggestions(self) -> None:
        job = partial(decode_each, codes=self.area.suggestions, sharp=self.host.sharp)
        self.host.worker.submit("sliders.suggestions", job, self.area.fill, 2)

    def take_suggestion(self, number: int) -> None:
        """Start from a suggestion; its stored picture shows until the model is loaded."""
        code, pixels = self.area.suggestions[number], self.area.strip.thumbnails[number].pixels
        if self.host.worker.state == "loading" and pixels is not None:
            self.area.face.set(pixels)
        self.step(self.editor.start, code, f"Suggestion {number + 1}")

    def take_photo(self, face: AlignedFace) -> None:
        """Start from the face of a photo."""
        name = face.name if len(face.name) <= LONGEST_NAME else face.name[:LONGEST_NAME] + "…"
        self.step(self.editor.start, face.code, f"Photo {name}", face.detail)

    def save_direction(self, name: str) -> None:
        """Make the change between two faces a slider."""
        self.step(self.editor.save_direction, name)
        self.host.notify(f"{name.strip()} is a slider now, among yours.")
        self.more.name.set("")
        self.host.pointer.focus(None)

    # What shows

    def uncovered(self) -> SliderPanel:
        """Return the sliders, after closing More if it lies over them."""
        if self.panels.open is self.more and self.sliders.covered:
            self.panels.close()
        return self.sliders

    def toggle_raw(self) -> None:
        """Switch between principal sliders and raw codes."""
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

    @property
    def front(self) -> FaceState:
        """The state whose face shows: the one pointed at on the map, or the editor's."""
        return self.editor.now if self.looked is None else self.looked

    def _show_front(self) -> None:
        """Show the face of the state in front, or the one it started with."""
        state, caption = self.front, self.front.title
        if self.comparing:
            state, caption = state.at(state.start), f"Where you started · {state.caption}"
        self.area.caption.set_text(caption)
        job = partial(_picture, state, self.host.sharp)
        self.host.worker.submit(self.live_slot, job, self.area.face.set)

    def _ask_end(self, name: str, code: np.ndarray | None) -> None:
        """Show face A or B as a thumbnail, if it changed."""
        slot = f"sliders.{name}"
        if code is self.strip.codes[name]:
            return
        self.strip.codes[name] = code
        if code is None:
            self.host.worker.cancel(slot)
            self.strip.faces[name].set(name.upper())
        else:
            sharp = self.host.sharp
            job = partial(decode_one, code=code, sharp=sharp)
            self.host.worker.submit(slot, job, partial(self._show_end, name), 1)

    def _show_end(self, name: str, image: np.ndarray) -> None:
        self.strip.faces[name].set(image)
        self._follow_panels()

    def update(self, now: float) -> float | None:
        """Go on with a walk, and show what the slider under the mouse does."""
        if self.walk is not None:
            self.editor.walk_to(*self.walk.at(now))
        if self.panels.open is self.map:
            self.map.pad.follow(self.host.pointer)
        slider = self.sliders.previewed()
        busy = self.walk is not None or self.host.pointer.captured is slider
        self.preview.follow(slider, self.editor.now.code, busy, now)
        due = self.preview.due
        if slider and self.tint and not self.comparing and due is not None and now >= due:
            self.area.face.tint(self.preview.difference, slider.label)
        else:
            self.area.face.tint(None, "")
        if self.walk is not None:
            return now
        return due if due is not None and now < due else None

    @property
    def tint(self) -> bool:
        """Whether the face is tinted where the slider under a resting mouse changes it."""
        return self.host.session.setting("tint", True)

    def toggle_tint(self) -> None:
        """Switch the tint on or off."""
        self.host.session.settings["tint"] = not self.tint
        how = "tints the face where that changes it" if self.tint else "leaves the face as it is"
        self.host.notify(f"A mouse that rests on a slider {how}.")
        self.changed()

    def compare(self) -> None:
        """Show the face that this one started with, until `stop_comparing`."""
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
        if self.editor.now.ends is None:
            next_step = f"Go to another face and set {'B' if name == 'a' else 'A'}."
        self.host.notify(f"This face is {name.upper()} now. {next_step}")

    def play(self) -> None:
        """Start a walk, or stop it where it is."""
        if self.stop_walk():
            return
        self.stop_comparing()
        self.walk = Walk(codes := self._walk_codes(STEPS), self.host.now())
        faces = len(codes) // STEPS
        way = "from A to B and back" if self.editor.now.ends else f"{faces} saved faces"
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
        """Write the walk as a GIF, `times` the size of a face; None takes the last size."""
        session = self.host.session
        last = session.setting("gif_enlargement", max(GIFS))
        times = times or (last if last in GIFS else max(GIFS))
        session.settings["gif_enlargement"] = times
        stem = "morph" if self.editor.now.ends else "walk"
        codes = self._walk_codes(GIF_STEPS)
        job = partial(write_gif, session.folder, stem, codes, times, self.host.sharp)
        self.host.worker.submit("sliders.gif", job, self.host.notify, 1, saves=True)
        self.host.notify("Writing the GIF …")

    def choose_gif(self) -> None:
        """Offer the sizes of a GIF."""
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
        """Open or close the face map; the slider that is pointed at goes across."""
        target = self.sliders.target()
        self.panels.toggle(self.map)
        if target is not None and not target.locked and self.panels.open is self.map:
            self.map.choose(target.label)

    def look(self, code: np.ndarray | None) -> None:
        """Show the face that is pointed at on the map; None ends that."""
        if code is None and self.looked is None:
            return
        self.stop_walk()
        self.looked = None if code is None else self._on_map(code)
        self._show_front()

    def _on_map(self, code: np.ndarray) -> FaceState:
        """Return the state at a code of the map; between four faces it is a new face."""
        if self.map.corners is None:
            return self.editor.now.at(code)
        return self.editor.fresh(code, "Between four faces")

    def take_part(self, end: str, part: str) -> None:
        """Put a part of face A or B onto this face."""
        self.settle()
        state, caption = self.editor.now, f"With the {part} of {end.upper()}"
        other = state.face_a if end == "a" else state.face_b
        if other is not None:
            job = partial(mix, code=state.code, other=other, part=part)
            start = partial(self.step, self.editor.start, caption=caption)
            self.host.worker.submit("sliders.mix", job, start)

    def _follow_panels(self) -> None:
        """Show the state in the panel that is open; the map follows whole steps."""
        if self.panels.open is self.map:
            self.map.follow(self.editor.history.now.code)
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
        """Save the face as a PNG."""
        self.settle()
        job = partial(_save, self.host.session.folder, self.editor.now, self.host.sharp)
        self.host.worker.submit("sliders.save", job, self.panels.tell_saved, saves=True)

    def copy_face(self) -> None:
        """Copy the picture of the face, as it is saved, into the clipboard."""
        if self.area.face.pixels is not None:
            copy_beside(self.area.face.pixels, self.host.notify)

    def take_save(self, save: SavedFace) -> None:
        """Start from a saved face."""
        self.step(self.editor.start, save.code, f"Saved {save.name}", save.detail)

    def save_session(self, session: Session) -> None:
        """Assign the state to a session, which keeps its former face if nothing was changed."""
        editor, state = self.editor, self.editor.now
        session.directions, session.names = state.directions, state.names
        if editor.history.can_undo:
            session.code, session.locks = state.code, state.locks.copy()
            session.face_a, session.face_b = state.face_a, state.face_b
            session.settings["caption"] = state.title

    def restore_session(self) -> None:
        """Go to the face that the session kept, if there is one."""
        self.settle()
        session, editor = self.host.session, self.editor
        if session.code is not None:
            state = editor.now.fresh(session.code, session.setting("caption", "Where you left off"))
            a, b, locks = session.face_a, session.face_b, session.locks.copy()
            editor.go(replace(state, face_a=a, face_b=b, locks=locks))

    # The window

    def handle(self, event: pygame.event.Event) -> bool:
        """Pass keys, pasted and dropped things to the open panel."""
        return self.panels.handle(event)

    def escape(self) -> bool:
        """Stop a walk, or close a panel or the suggestions."""
        return self.stop_walk() or self.panels.close() or self.area.show_suggestions(False)

    def code(self) -> np.ndarray:
        """Return the code of the face."""
        self.settle()
        return self.editor.now.code

    def take(self, code: np.ndarray) -> None:
        """Start from the face of the other screen, if it differs from this one."""
        if not np.array_equal(code, self.editor.now.code):
            self.editor.start(code, "From your drawing")


def slider_commands(s: SlidersScreen) -> list[Command]:
    """Return the commands of a slider screen in order; the screen can be None to list them."""

    def slider(action: Callable) -> Callable[[], None]:
        def act() -> None:
            target = s.sliders.target()
            if target is None:
                raise UserError("Point at a slider first, or pick one with the up and down keys.")
            action(target)

        return act

    chance, mean = "A random face; its seed is shown", "The average of all training faces"
    following, before = "The next training face", "The training face before"
    photo = "Pick a photo from your folders, paste one, or drop one on the window"
    detail = f"Add back what {LATENT_DIM} numbers lost of your photo"
    dozen = "A dozen faces to choose from, new ones each time"
    compare = "While held, shows the face that you started with"
    square = "A square of faces along two sliders or between four faces; the face follows the mouse"
    faces: list[tuple] = [
        ("r", "Random", chance, lambda: s.start(s.editor.starts.random())),
        ("n", "Another face", following, lambda: s.start(s.editor.starts.training(1)), True),
        ("shift+n", "Previous face", before, lambda: s.start(s.editor.starts.training(-1)), True),
        ("m", "Mean face", mean, lambda: s.start(s.editor.starts.mean())),
        ("s", "Suggestions", dozen, lambda: s.suggest()),
        ("p", "Your photo", photo, lambda: s.panels.toggle(s.panels.photo)),
        ("shift+p", "Keep detail", detail, lambda: s.step(s.editor.toggle_detail)),
        ("c", "Compare (hold)", compare, lambda: s.compare(), False, lambda: s.stop_comparing()),
        ("shift+f", "Face map", square, lambda: s.toggle_map()),
    ]
    type_number = slider(lambda one: s.uncovered().type_number(one))
    reset = slider(lambda one: one.go(one.axis.middle))
    rename = slider(lambda one: s.uncovered().type_name(one))
    lock = slider(lambda one: s.editor.toggle_lock(one.axis.lock))
    forget = slider(lambda one: s.editor.drop_direction(one.axis.name))
    raw = f"Sliders for the {LATENT_DIM} numbers themselves, and back"
    tint = "Color the face where the slider under the mouse makes it lighter or darker"
    less, more = (f"Move the slider {way}; with Shift ten times as far" for way in ("down", "up"))
    sliders: list[tuple] = [
        ("up", "Slider before", "Go to the slider before", lambda: s.sliders.pick(-1), True),
        ("down", "Next slider", "Go to the next slider", lambda: s.sliders.pick(1), True),
        ("left", "Slider down", less, lambda: s.sliders.nudge(-1), True),
        ("right", "Slider up", more, lambda: s.sliders.nudge(1), True),
        ("return", "Type a number", "Type the value of the slider", type_number),
        ("backspace", "Reset slider", "Put the slider back to its middle", reset),
        ("f2", "Rename slider", "Give the slider another name", rename),
        ("l", "Lock slider", "Hold the value of the slider while others move, or release it", lock),
        ("t", "Tint", tint, lambda: s.toggle_tint()),
        ("u", "Raw codes", raw, lambda: s.toggle_raw()),
    ]
    play = "Walk from A to B and back, or through your saved faces"
    name = "Make the change from A to B a slider of its own"
    part = "Put the hair, eyes, nose or mouth of face A or B onto this face"
    gif = "Save the morph or walk as an animated picture"
    two_faces: list[tuple] = [
        ("shift+a", "Set A", "Make this face A, where a morph begins", lambda: s.set_face("a")),
        ("shift+b", "Set B", "Make this face B, where a morph ends", lambda: s.set_face("b")),
        ("space", "Play or stop", play, lambda: s.play()),
        ("shift+d", "Save direction", name, lambda: s.name_direction()),
        ("shift+backspace", "Remove direction", "Remove a direction that you saved", forget),
        ("shift+x", "Mix by part", part, lambda: s.panels.toggle(s.mix)),
        ("ctrl+e", "Export GIF", gif, lambda: s.export_gif()),
    ]
    copy = "Copy the picture of the face, to paste it into another program"
    rest = "Everything else: seeds, directions, saves, view"
    keep: list[tuple] = [
        ("ctrl+z", "Undo", "Take the last step back", lambda: s.step(s.editor.undo), True),
        (
            "ctrl+y ctrl+shift+z",
            "Redo",
            "Do the undone step again",
            lambda: s.step(s.editor.redo),
            True,
        ),
        ("ctrl+s", "Save", "Save the face as a PNG that carries its code", lambda: s.save()),
        ("ctrl+c", "Copy the face", copy, lambda: s.copy_face()),
        ("ctrl+o", "Saved faces", "Show what you saved", lambda: s.panels.toggle(s.panels.saves)),
        ("o", "More", rest, lambda: s.panels.toggle(s.more)),
    ]
    groups = {"Faces": faces, "Sliders": sliders, "Two faces": two_faces, "Keep": keep}
    return commands_of(groups)


def _picture(state: FaceState, sharp: bool, engine) -> np.ndarray:
    """Return the face (160, 176) of a state; where a photo's detail is kept, none is invented."""
    return state.with_detail(decode_one(engine, state.code, sharp and not state.shows_detail))


def _save(folder: Path, state: FaceState, sharp: bool, engine) -> Path:
    """Write the face of a state as a PNG; return its path."""
    image, own = _picture(state, sharp, engine), state.shows_detail
    details = {"caption": state.title, "detail": own, "sharp": sharp and not own}
    return save_face(folder, image, state.code, engine.model_id, details=details)
