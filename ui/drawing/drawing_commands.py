"""The commands of the drawing screen, for its keys and its buttons."""

from collections.abc import Callable

from ui.drawing.stroke import GRAYS, Tool
from ui.keys import Command, commands_of


def drawing_commands(s) -> list[Command]:
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
