"""The keys of the drawing screen, a row each; its buttons are made from the same list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ui.drawing.stroke import GREYS, Tool
from ui.keys import Command


def drawing_commands(screen) -> list[Command]:
    """Return the commands of a drawing screen, in the order in which they are listed."""

    def use(**changes) -> Callable[[], None]:
        return lambda: screen.change_brush(**changes)

    def flip(name: str) -> Callable[[], None]:
        return lambda: screen.change_brush(**{name: not getattr(screen.brush, name)})

    brush = "Paint; Shift draws straight lines, the right button erases"
    eraser = "Bare the paper, which says nothing about the face"
    copy = "Copy the answer onto the canvas, under the brush"
    ghost = "Let the mean face shimmer through the paper; never drawn"
    clear = "Take a new sheet; undo brings the old one back"
    next_face = "Paint on the next training face, as the model sees it"
    refine = "Search for a face that agrees better with what is painted"
    explain = "Show where answer and drawing differ, and the nearest training faces"
    film = "Write strokes and answers, side by side, as a GIF"

    paint, s = partial(_command, "Paint"), screen
    start, answer = partial(_command, "Start from"), partial(_command, "Answer")
    return [
        paint("b", "Brush", brush, use(tool=Tool.PAINT)),
        paint("e", "Eraser", eraser, use(tool=Tool.ERASE)),
        paint("k", "Copy answer", copy, use(tool=Tool.CLONE)),
        *(
            paint(str(number), name.capitalize(), f"Paint in {name}", use(tone=tone))
            for number, (name, tone) in enumerate(GREYS.items(), 1)
        ),
        paint("[ -", "Smaller brush", "Make the brush smaller", lambda: s.resize_brush(-1), True),
        paint("] +", "Larger brush", "Make the brush larger", lambda: s.resize_brush(1), True),
        paint("f", "Soft", "A brush that fades out at its edge", flip("soft")),
        paint("x", "Mirror", "Draw both halves of the face at once", flip("mirror")),
        paint("g", "Ghost", ghost, lambda: s.set_ghost(not s.ghost)),
        paint("ctrl+z", "Undo", "Take the last stroke back", s.undo, True),
        paint("ctrl+shift+z ctrl+y", "Redo", "Do it again", s.redo, True),
        paint("delete", "Clear", clear, s.clear),
        start("m", "Mean face", "Paint on the mean face", s.start_from_mean),
        start("n", "Next training face", next_face, lambda: s.start_from_training(1)),
        start(
            "shift+n",
            "Previous training face",
            "Paint on the training face before",
            lambda: s.start_from_training(-1),
        ),
        start("r", "Random face", "Paint on a face drawn by chance", s.start_from_random),
        start("a", "This answer", "Paint on the answer itself", s.start_from_answer),
        start("ctrl+o", "Saved face …", "Bring back a saved drawing or face", s.open_saves),
        start("p", "Your photo …", "Paint on a photo; or drop one on the window", s.open_photos),
        answer("v", "Live", "Answer every stroke while it is drawn", s.toggle_live),
        answer("j", "Answer now", "Answer the drawing once", s.ask),
        answer(".", "More realism", "Move the answer towards a likely face", s.more_realism, True),
        answer(",", "Less realism", "Move the answer towards what was drawn", s.less_realism, True),
        answer("i", "Refine", refine, s.toggle_refining),
        answer("d", "Explain", explain, s.toggle_explain),
        answer("ctrl+s", "Save", "Save drawing, answer and code in one PNG", s.save),
        answer("ctrl+e", "Replay as GIF", film, s.write_film),
    ]


def _command(
    group: str, keys: str, name: str, help: str, action: Callable, repeats: bool = False
) -> Command:
    return Command(tuple(keys.split()), name, help, action, group, repeats=repeats)
