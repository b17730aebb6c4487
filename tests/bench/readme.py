"""The parts of pages that are made from the program: running this renews them."""

import re
from pathlib import Path

from data.paths import SHIPPED_MODEL
from model.folder import read_card
from ui.drawing.drawing_screen import DrawingScreen, drawing_commands
from ui.keys import Command, spoken
from ui.sliders.slider_screen import SlidersScreen, slider_commands
from ui.window import window_commands

PROJECT = Path(__file__).resolve().parents[2]
README = PROJECT / "README.md"
KEYS = PROJECT / "ui" / "README.md"
ROOMS = ("", "data", "model", "ui", "tests/bench")
PAGES = [PROJECT / room / "README.md" for room in ROOMS] + [PROJECT / "tests/bench/lab-notes.md"]
BLOCK = r"(<!-- {name}: [^>]* -->\n).*?(<!-- /{name} -->)"


def all_commands() -> dict[str, list[Command]]:
    """The commands of every screen by its title, and the window's."""
    return {
        SlidersScreen.title: slider_commands(None),
        DrawingScreen.title: drawing_commands(None),
        "Both": window_commands(None),
    }


def figures_block(card: dict) -> str:
    """The table of figures on unseen portraits, from a model card."""
    test, data = card["figures"]["test"], card["data"]
    rows = [
        ("mean squared error", "mse", "{:.5f}", "lower"),
        ("the same, inside the face", "face_mse", "{:.5f}", "lower"),
        ("structural similarity (SSIM)", "ssim", "{:.3f}", "higher"),
        ("sharpness kept", "sharpness", "{:.0%}", "higher"),
    ]
    columns = {"": "this network", "sharp_": "made sharp", "pca_": "PCA, 80 numbers"}
    lines = [
        f"| on {data['test']:,} unseen portraits | {' | '.join(columns.values())} | better is |",
        "| --- " * (len(columns) + 2) + "|",
    ]
    for title, name, form, better in rows:
        values = " | ".join(form.format(test[start + name]) for start in columns)
        lines.append(f"| {title} | {values} | {better} |")
    lines += ["", f"It was trained on {data['fit']:,} portraits. The full archive has 37,921."]
    return "\n".join(lines)


def keys_block(commands: dict[str, list[Command]]) -> str:
    """The tables of keys, from the lists of commands by screen."""
    tables = []
    for title, listed in commands.items():
        lines = [f"<details><summary>{title}</summary>", ""]
        lines += ["| key | | what it does |", "| --- | --- | --- |"]
        for command in listed:
            keys = ", ".join(f"`{_plain(spoken(key))}`" for key in command.keys)
            lines.append(f"| {keys} | {command.name} | {command.help} |")
        tables.append("\n".join([*lines, "", "</details>"]))
    return "\n\n".join(tables) + "\n\nOn a Mac, Cmd does what Ctrl does."


def _plain(key: str) -> str:
    """A key as Linux and Windows write it, whatever this machine is."""
    return key.replace("⌘", "Ctrl").replace("⌥", "Alt").replace("|", "\\|")


def with_block(text: str, name: str, content: str) -> str:
    """Replace what stands between the marks of a block."""
    pattern = re.compile(BLOCK.format(name=name), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"The page has no block of that name. Received: {name!r}")
    return pattern.sub(lambda match: f"{match[1]}{content}\n{match[2]}", text)


def renewed() -> dict[Path, str]:
    """Return each page as it should be, given how it is."""
    blocks = {
        README: ("figures", figures_block(read_card(SHIPPED_MODEL))),
        KEYS: ("keys", keys_block(all_commands())),
    }
    return {
        page: with_block(page.read_text(encoding="utf-8"), name, content)
        for page, (name, content) in blocks.items()
    }


if __name__ == "__main__":
    for page, text in renewed().items():
        page.write_text(text, encoding="utf-8")
