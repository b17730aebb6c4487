"""The keys of the slider screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ui.keys import Command

if TYPE_CHECKING:
    from ui.sliders.screen import SlidersScreen

FACES, SLIDERS, MORPH, KEEP = "Faces", "Sliders", "Two faces", "Keep"


def slider_commands(screen: SlidersScreen) -> list[Command]:
    """Return the commands, in the order in which they are listed."""
    return [
        *_faces(screen),
        *_sliders(screen),
        *_morph(screen),
        *_keep(screen),
    ]


def _command(group: str, keys: str, name: str, help: str, action, **more) -> Command:
    return Command(tuple(keys.split()), name, help, action, group, **more)


def _faces(screen: SlidersScreen) -> list[Command]:
    command = partial(_command, FACES)
    step = screen.stepper
    return [
        command("r", "Random", "A random face; its seed is shown", step("random")),
        command(
            "n", "Another face", "The next training face", step("training_face", 1), repeats=True
        ),
        command(
            "shift+n",
            "Previous face",
            "The training face before",
            step("training_face", -1),
            repeats=True,
        ),
        command("m", "Mean face", "The average of all training faces", step("mean")),
        command(
            "s",
            "Suggestions",
            "A dozen faces to choose from, new ones each time",
            screen.suggestions.draw,
        ),
        command(
            "p",
            "Your photo",
            "Open a photo; or drop an image file on the window",
            screen.sheets.open_photos,
        ),
        command(
            "shift+p",
            "Keep detail",
            "Add back what 80 numbers lost of your photo",
            step("toggle_detail"),
        ),
        command(
            "c",
            "Compare (hold)",
            "While held, shows the face that you started with",
            screen.compare,
            release=screen.stop_comparing,
        ),
    ]


def _sliders(screen: SlidersScreen) -> list[Command]:
    command = partial(_command, SLIDERS)
    return [
        command(
            "up", "Slider before", "Go to the slider before", screen.board.walker(-1), repeats=True
        ),
        command(
            "down", "Next slider", "Go to the next slider", screen.board.walker(1), repeats=True
        ),
        command(
            "left",
            "Slider down",
            "Move the slider down; with Shift ten times as far",
            screen.board.nudger(-1),
            repeats=True,
        ),
        command(
            "right",
            "Slider up",
            "Move the slider up; with Shift ten times as far",
            screen.board.nudger(1),
            repeats=True,
        ),
        command(
            "return", "Type a number", "Type the value of the slider", screen.board.type_number
        ),
        command(
            "backspace",
            "Reset slider",
            "Put the slider back to its middle",
            screen.board.reset_target,
        ),
        command(
            "l",
            "Lock slider",
            "Random faces and morphs leave a locked slider alone",
            screen.board.lock_target,
        ),
        command(
            "u",
            "Raw codes",
            "Sliders for the 80 numbers themselves, and back",
            screen.board.toggle_raw,
        ),
    ]


def _morph(screen: SlidersScreen) -> list[Command]:
    command = partial(_command, MORPH)
    step = screen.stepper
    return [
        command(
            "shift+a", "Set A", "Make this face A, where a morph begins", step("set_face", "a")
        ),
        command("shift+b", "Set B", "Make this face B, where a morph ends", step("set_face", "b")),
        command(
            "space",
            "Play or stop",
            "Walk from A to B and back, or through your saved faces",
            screen.walking.play,
        ),
        command(
            "shift+d",
            "Save direction",
            "Keep the change from A to B as a slider of its own",
            screen.sheets.name_direction,
        ),
        command(
            "shift+backspace",
            "Remove direction",
            "Forget a direction that you saved",
            screen.board.drop_direction,
        ),
        command(
            "ctrl+e",
            "Export GIF",
            "Save the morph or walk as an animated picture",
            screen.walking.export,
        ),
    ]


def _keep(screen: SlidersScreen) -> list[Command]:
    command = partial(_command, KEEP)
    step = screen.stepper
    return [
        command("ctrl+z", "Undo", "Take the last step back", step("undo"), repeats=True),
        command("ctrl+y ctrl+shift+z", "Redo", "Take the step again", step("redo"), repeats=True),
        command(
            "ctrl+s", "Save", "Save the face as a PNG that carries its code", screen.keeping.save
        ),
        command("ctrl+o", "Saved faces", "Show what you saved", screen.sheets.open_saves),
        command(
            "o", "More", "Everything else: seeds, two faces, saves, view", screen.sheets.open_more
        ),
    ]
