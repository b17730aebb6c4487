"""The rooms import one way: what may not stand in an import statement, wherever in a file it is."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
KERAS = ("keras", "tensorflow")
SCREENS = ("ui.sliders", "ui.drawing")
FORBIDDEN = {  # a room, and what neither it nor any room within it may import
    "data": ("model", "ui", "main", "tests", "pygame", *KERAS),
    "model": ("ui", "main", "tests", "pygame"),
    "model.measuring": ("model.training",),
    "ui": ("main", "tests", *KERAS),
    "ui.sliders": ("ui.drawing",),
    "ui.drawing": ("ui.sliders",),
    "ui.widgets": SCREENS,
    "ui.panels": SCREENS,
    "ui.photo": SCREENS,
    "ui.views": SCREENS,
    "main": ("tests",),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    module_name(path): path
    for place in ("data", "model", "ui", "main.py")
    for path in [PROJECT / place, *(PROJECT / place).rglob("*.py")]
    if path.suffix == ".py"
}


def imported(path: Path) -> set[str]:
    """Every module that a file imports, also in functions and for type checking only."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            inner = names & FILES.keys()
            found |= inner if len(inner) == len(names) else {node.module, *inner}
    return found


IMPORTS = {module: imported(path) for module, path in FILES.items()}


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_imports_nothing_from_above_or_beside_it(room):
    arrows = {
        f"{module} -> {other}"
        for module in FILES
        if within(module, room)
        for other in IMPORTS[module]
        if any(within(other, forbidden) for forbidden in FORBIDDEN[room])
    }
    assert not arrows


def test_no_imports_go_in_a_circle():
    try:
        TopologicalSorter({m: IMPORTS[m] & FILES.keys() for m in FILES}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
