"""The commands of the slider screen, for its keys and its buttons."""

from collections.abc import Callable

from data.errors import UserError
from model.frame import LATENT_DIM
from ui.keys import Command, commands_of


def slider_commands(s) -> list[Command]:
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
