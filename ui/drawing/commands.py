"""What the keys and buttons of the drawing screen do: the one list they are made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.drawing.brush import GREYS, Tool
from ui.keys import Command

if TYPE_CHECKING:
    from ui.drawing.screen import DrawingScreen

PAINT, START, FACE = "Paint", "Start from", "Answer"


def drawing_commands(screen: DrawingScreen) -> dict[str, Command]:
    """Make the commands of a drawing screen, under short names."""

    def use(**changes) -> Callable[[], None]:
        return lambda: screen.change_brush(**changes)

    def flip(name: str) -> Callable[[], None]:
        return lambda: screen.change_brush(**{name: not getattr(screen.brush, name)})

    def command(group: str, keys: str, name: str, help: str, action: Callable, **more) -> Command:
        return Command(tuple(keys.split()), name, help, action, group, **more)

    greys = {
        name: command(PAINT, str(number), name.capitalize(), f"Paint in {name}", use(tone=tone))
        for number, (name, tone) in enumerate(GREYS.items(), 1)
    }
    starts, files, answering = screen.starts, screen.files, screen.answering
    return {
        Tool.PAINT: command(
            PAINT,
            "b",
            "Brush",
            "Paint; Shift draws straight lines, the right button erases",
            use(tool=Tool.PAINT),
        ),
        Tool.ERASE: command(
            PAINT,
            "e",
            "Eraser",
            "Bare the paper, which says nothing about the face",
            use(tool=Tool.ERASE),
        ),
        Tool.CLONE: command(
            PAINT,
            "k",
            "Copy answer",
            "Copy the answer onto the canvas, under the brush",
            use(tool=Tool.CLONE),
        ),
        **greys,
        "smaller": command(
            PAINT,
            "[ -",
            "Smaller brush",
            "Make the brush smaller",
            lambda: screen.resize_brush(-1),
            repeats=True,
        ),
        "larger": command(
            PAINT,
            "] +",
            "Larger brush",
            "Make the brush larger",
            lambda: screen.resize_brush(1),
            repeats=True,
        ),
        "soft": command(PAINT, "f", "Soft", "A brush that fades out at its edge", flip("soft")),
        "mirror": command(
            PAINT, "x", "Mirror", "Draw both halves of the face at once", flip("mirror")
        ),
        "ghost": command(
            PAINT,
            "g",
            "Ghost",
            "Let the mean face shimmer through the paper; never drawn",
            lambda: screen.haunt(not screen.ghost),
        ),
        "undo": command(
            PAINT, "ctrl+z", "Undo", "Take the last stroke back", screen.undo, repeats=True
        ),
        "redo": command(
            PAINT, "ctrl+shift+z ctrl+y", "Redo", "Do it again", screen.redo, repeats=True
        ),
        "clear": command(
            PAINT,
            "delete",
            "Clear",
            "Take a new sheet; undo brings the old one back",
            screen.clear,
        ),
        "mean": command(START, "m", "Mean face", "Paint on the mean face", starts.mean),
        "next": command(
            START,
            "n",
            "Next training face",
            "Paint on the next training face, as the model sees it",
            lambda: starts.training(1),
        ),
        "previous": command(
            START,
            "shift+n",
            "Previous training face",
            "Paint on the training face before",
            lambda: starts.training(-1),
        ),
        "random": command(
            START, "r", "Random face", "Paint on a face drawn by chance", starts.random
        ),
        "answer": command(START, "a", "This answer", "Paint on the answer itself", starts.answer),
        "saved": command(
            START,
            "ctrl+o",
            "Saved face …",
            "Bring back a saved drawing or face",
            lambda: screen.overlays.show_saves(),
        ),
        "photo": command(
            START,
            "p",
            "Your photo …",
            "Paint on a photo; or drop one on the window",
            lambda: screen.overlays.show_photos(),
        ),
        "live": command(
            FACE, "v", "Live", "Answer every stroke while it is drawn", answering.toggle_live
        ),
        "now": command(FACE, "j", "Answer now", "Answer the drawing once", answering.ask),
        "more": command(
            FACE,
            ".",
            "More realism",
            "Move the answer towards a likely face",
            lambda: screen.desk.realism.step(1),
            repeats=True,
        ),
        "less": command(
            FACE,
            ",",
            "Less realism",
            "Move the answer towards what was drawn",
            lambda: screen.desk.realism.step(-1),
            repeats=True,
        ),
        "refine": command(
            FACE,
            "i",
            "Refine",
            "Search for a face that agrees better with what is painted",
            answering.toggle_refining,
        ),
        "compare": command(
            FACE,
            "d",
            "Explain",
            "Show where answer and drawing differ, and the nearest training faces",
            screen.toggle_compare,
        ),
        "save": command(
            FACE, "ctrl+s", "Save", "Save drawing, answer and code in one PNG", files.save
        ),
        "film": command(
            FACE,
            "ctrl+e",
            "Replay as GIF",
            "Write strokes and answers, side by side, as a GIF",
            files.film,
        ),
    }
