"""The keys of the slider screen, a row each; its buttons are made from the same list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from data.errors import UserError
from ui.keys import Command
from ui.sliders.editor import FaceEditor

AGAIN = (None, True)  # nothing when the key comes up; once more while it is held


def slider_commands(screen) -> list[Command]:
    """Return the commands of a slider screen, in the order in which they are listed.

    Args:
        screen: the screen, or None for a list only.
    """

    def step(method: Callable, *arguments) -> Callable[[], None]:
        return lambda: screen.step(method, screen.editor, *arguments)

    def slider(action: Callable) -> Callable[[], None]:
        def act() -> None:
            target = screen.sliders.target()
            if target is None:
                raise UserError("Point at a slider first, or pick one with the up and down keys.")
            action(target)

        return act

    edit, s = FaceEditor, screen  # asked only when a command acts
    training = partial(step, edit.training_face)
    photo = "Pick a photo from your folders, paste one, or drop one on the window"
    detail = "Add back what 80 numbers lost of your photo"
    dozen = "A dozen faces to choose from, new ones each time"
    compare = "While held, shows the face that you started with"
    square = "A square of faces along two sliders, or between four faces; one is under the mouse"
    faces = [
        ("r", "Random", "A random face; its seed is shown", step(edit.random)),
        ("n", "Another face", "The next training face", training(1), *AGAIN),
        ("shift+n", "Previous face", "The training face before", training(-1), *AGAIN),
        ("m", "Mean face", "The average of all training faces", step(edit.mean)),
        ("s", "Suggestions", dozen, lambda: s.suggest()),
        ("p", "Your photo", photo, lambda: s.panels.toggle(s.panels.photo)),
        ("shift+p", "Keep detail", detail, step(edit.toggle_detail)),
        ("c", "Compare (hold)", compare, lambda: s.compare(), lambda: s.stop_comparing()),
        ("shift+f", "Face map", square, lambda: s.toggle_map()),
    ]
    type_number = slider(lambda one: s.uncovered().type_number(one))
    reset = slider(lambda one: s.step(s.editor.reset, one.axis))
    rename = slider(lambda one: s.uncovered().type_name(one))
    lock = slider(lambda one: s.editor.toggle_lock(one.axis.lock))
    forget = slider(lambda one: s.editor.drop_direction(one.axis.name))
    raw = "Sliders for the 80 numbers themselves, and back"
    tint = "Colour the face where the slider under the mouse makes it lighter or darker"
    less, more = (f"Move the slider {way}; with Shift ten times as far" for way in ("down", "up"))
    sliders = [
        ("up", "Slider before", "Go to the slider before", lambda: s.sliders.pick(-1), *AGAIN),
        ("down", "Next slider", "Go to the next slider", lambda: s.sliders.pick(1), *AGAIN),
        ("left", "Slider down", less, lambda: s.sliders.nudge(-1), *AGAIN),
        ("right", "Slider up", more, lambda: s.sliders.nudge(1), *AGAIN),
        ("return", "Type a number", "Type the value of the slider", type_number),
        ("backspace", "Reset slider", "Put the slider back to its middle", reset),
        ("f2", "Rename slider", "Call the slider by a name of yours", rename),
        ("l", "Lock slider", "Random faces and morphs leave a locked slider alone", lock),
        ("t", "Tint", tint, lambda: s.toggle_tint()),
        ("u", "Raw codes", raw, lambda: s.toggle_raw()),
    ]
    play = "Walk from A to B and back, or through your saved faces"
    name = "Keep the change from A to B as a slider of its own"
    part = "Put the hair, eyes, nose or mouth of face A or B onto this face"
    gif = "Save the morph or walk as an animated picture"
    two_faces = [
        ("shift+a", "Set A", "Make this face A, where a morph begins", lambda: s.set_face("a")),
        ("shift+b", "Set B", "Make this face B, where a morph ends", lambda: s.set_face("b")),
        ("space", "Play or stop", play, lambda: s.play()),
        ("shift+d", "Save direction", name, lambda: s.name_direction()),
        ("shift+backspace", "Remove direction", "Forget a direction that you saved", forget),
        ("shift+x", "Mix by part", part, lambda: s.panels.toggle(s.mix)),
        ("ctrl+e", "Export GIF", gif, lambda: s.export_gif()),
    ]
    rest = "Everything else: seeds, directions, saves, view"
    keep = [
        ("ctrl+z", "Undo", "Take the last step back", step(edit.undo), *AGAIN),
        ("ctrl+y ctrl+shift+z", "Redo", "Take the step again", step(edit.redo), *AGAIN),
        ("ctrl+s", "Save", "Save the face as a PNG that carries its code", lambda: s.save()),
        ("ctrl+o", "Saved faces", "Show what you saved", lambda: s.panels.toggle(s.panels.saves)),
        ("o", "More", rest, lambda: s.panels.toggle(s.more)),
    ]
    groups = {"Faces": faces, "Sliders": sliders, "Two faces": two_faces, "Keep": keep}
    return [
        Command(tuple(keys.split()), name, help, action, group, *more)
        for group, rows in groups.items()
        for keys, name, help, action, *more in rows
    ]
