"""The gallery of saved faces: go to one, rename or delete it, open their folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pygame

from ui.saves import SavedFace, delete_save, open_folder, read_saves, rename_save, where
from ui.screen import Host
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.button import Button
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.strip import Strip
from ui.widgets.text_field import TextField

THUMBNAIL = 104  # points across
CHUNK = 8  # saves read between two chances for more urgent work
NOTHING = "Nothing saved yet. Ctrl S saves the face that you see; it will be listed here."


class SavesPanel(Panel):
    """Shows the saves of a folder, newest first, and hands over the file that is picked.

    Args:
        host: the window.
        owner: name of the screen that passes results on.
        chosen: called with the path of a save.
        close: called by the button in the corner.
    """

    def __init__(
        self,
        host: Host,
        owner: str,
        chosen: Callable[[Path], object],
        close: Callable[[], object],
    ):
        super().__init__("Saved faces", close)
        self.host, self.chosen = host, chosen
        self.slot = f"{owner}.saves"
        self.paths: list[Path] = []
        self.deleted: list[Callable[[], Path]] = []  # what brings each one back
        add, folder = self.body.add, host.session.folder
        self.place_label = add(Label("", COLORS.soft, SIZES.small))
        show_files = partial(open_folder, folder)
        self.folder = add(Button("Open folder", show_files, "Show the files themselves"))
        help = "Bring the save back that was deleted last  [Ctrl Z]"
        self.undo = add(Button("Undo delete", self.bring_back, help))
        help = "Enter renames it"
        self.name = add(TextField(left=self._end_renaming, hint="New name", help=help))
        self.undo.visible = self.name.visible = False
        self.strip = add(Strip(lambda number: chosen(self.paths[number]), more=self._menu))
        self.note = add(Label("Looking …", COLORS.soft, lines=4))

    def _menu(self, number: int, anchor: pygame.Rect) -> None:
        path = self.paths[number]
        items = [
            ("Go to it", partial(self.chosen, path), f"Go to {path.name}"),
            ("Rename …", partial(self._ask_name, path), f"Give {path.name} another name"),
            ("Delete", partial(self._delete, path), f"Delete {path.name}; this can be undone"),
        ]
        self.host.open_menu(items, anchor)

    # What is done with files

    def _ask_name(self, path: Path) -> None:
        self.name.entered = partial(self._rename, path)
        self.name.set(path.stem)
        self.name.show()
        self.scroll = 0
        self.rearrange()
        self.host.pointer.focus(self.name)

    def _end_renaming(self) -> None:
        self.name.show(False)
        self.rearrange()

    def _rename(self, path: Path, name: str) -> None:
        rename_save(path, name)
        self.host.pointer.focus(None)
        self._end_renaming()
        self.refresh()

    def _delete(self, path: Path) -> None:
        self.deleted.append(delete_save(path))
        self.host.notify(
            f"Deleted {path.name}. Ctrl Z brings it back while this panel is open.",
            lasts=lambda: self.visible and bool(self.deleted),
        )
        self.refresh()

    def bring_back(self) -> None:
        """Undo the last deletion."""
        path = self.deleted[-1]()
        self.deleted.pop()
        self.host.notify(f"{path.name} is back.")
        self.refresh()

    # What is listed

    def refresh(self) -> None:
        """Read the folder again."""
        folder = self.host.session.folder
        self.place_label.set_text(f"In {where(folder)}")
        self.undo.show(bool(self.deleted))
        self.rearrange()
        self.host.worker.submit(self.slot, lambda engine: _read(folder, engine), self._list, 1)

    def _list(self, saves: Sequence[SavedFace]) -> None:
        """Show what was read so far."""
        self.paths = [save.path for save in saves]
        captions = [_caption(path) for path in self.paths]
        helps = [f"Go to {path.name}" for path in self.paths]
        self.strip.fill([save.image for save in saves], captions, helps)
        self.note.set_text(NOTHING)
        self.note.show(not self.paths)
        self.rearrange()

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the folder and what is done with it above, then the pictures in rows."""
        gap, line = theme.px(SIZES.gap), theme.px(SIZES.button)
        row = pygame.Rect(area.topleft, (area.width, line))
        for button in (self.folder, self.undo):
            if button.visible:
                width = button.width(theme)
                button.place(pygame.Rect(row.right - width, row.top, width, line), theme)
                row.width = max(0, row.width - width - gap)
        self.place_label.place(row, theme)
        top = row.bottom + gap
        if self.name.visible:
            width = min(area.width, theme.px(320))
            self.name.place(pygame.Rect(area.left, top, width, line), theme)
            top += line + gap
        columns = self.strip.columns = max(1, area.width // theme.px(THUMBNAIL))
        height = -(-len(self.paths) // columns) * round(area.width / columns / 1.1)
        self.strip.place(pygame.Rect(area.left, top, area.width, height), theme)
        self.note.place(pygame.Rect(area.left, top, area.width, theme.px(72)), theme)
        return top + (height or theme.px(72)) - area.top


def _caption(path: Path) -> str:
    """Return day and time of a save from its name, "11-22 15:12", or the name of any other."""
    found = re.match(r"face-\d{4}-(\d\d-\d\d)-(\d\d)(\d\d)", path.stem)
    return f"{found[1]} {found[2]}:{found[3]}" if found else path.stem


def _read(folder: Path, engine) -> Iterator[list[SavedFace]]:
    """Yield the saves that were read so far; saves of other models are passed over."""
    saves: list[SavedFace] = []
    for save in read_saves(folder, engine.model_id, engine.latent_dim):
        saves.append(save)
        if len(saves) % CHUNK == 0:
            yield list(saves)
    yield saves
