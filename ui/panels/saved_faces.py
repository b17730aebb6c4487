"""The list of saved faces: go to one, rename or delete it, open their folder."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pygame

from data.errors import UserError
from ui.pictures import to_pixels
from ui.saves import SaveFile, delete_save, list_saves, open_folder, read_save, rename_save, where
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label, place_row
from ui.widgets.button import Button
from ui.widgets.panel import Item, Panel
from ui.widgets.strip import UNREADABLE, Gallery
from ui.widgets.text_field import TextField
from ui.window import Window

TILE = 104  # points across
NOTHING = "Nothing saved yet. Ctrl S saves the face that you see; it will be listed here."


class SavesPanel(Panel):
    """Shows the saves of a folder, newest first; `chosen` is called with the path of one."""

    def __init__(self, host: Window, owner: str, chosen: Callable[[Path], object]):
        super().__init__("Saved faces")
        self.host, self.chosen = host, chosen
        self.slot = f"{owner}.saves"
        self.saves: list[SaveFile] = []
        self.deleted: list[Callable[[], Path]] = []  # what brings each one back
        self._damaged: set[SaveFile] = set()
        self._problem = ""  # why the folder cannot be read
        add, folder = self.body.add, host.session.folder
        self.place_label = add(Label("", COLORS.soft, SIZES.small))
        show_files = partial(open_folder, folder)
        self.folder = add(Button("Open folder", show_files, "Show the files themselves"))
        help = "Bring the save back that was deleted last  [Ctrl Z]"
        self.undo = add(Button("Undo delete", self.bring_back, help))
        help = "Enter renames it"
        self.name = add(TextField(left=self._end_renaming, hint="New name", help=help))
        self.undo.visible = self.name.visible = False
        self.note = add(Label("Looking …", COLORS.soft, lines=3))
        self.gallery = add(
            Gallery[SaveFile](
                host.worker,
                f"{owner}.save",
                TILE,
                read=lambda save: to_pixels(read_save(save.path).image),
                describe=_describe,
                chosen=lambda save: chosen(save.path),
                more=self._menu,
                unreadable=self._add_damaged,
            )
        )

    def _menu(self, save: SaveFile, anchor: pygame.Rect) -> None:
        path, name = save.path, save.path.name
        items: list[Item] = [
            ("Go to it", partial(self.chosen, path), f"Go to {name}"),
            ("Rename …", partial(self._ask_name, path), f"Give {name} another name"),
            ("Delete", partial(self._delete, path), f"Delete {name}; this can be undone"),
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
        """List the folder again; of the saves, only new ones are read."""
        folder, known = self.host.session.folder, self.saves
        self.place_label.set_text(f"In {where(folder)}")
        self.undo.show(bool(self.deleted))
        self.rearrange()

        def job(engine) -> list[SaveFile]:
            self._problem = ""
            try:
                saves = list_saves(folder, known)
            except UserError as error:
                self._problem, saves = str(error), []
            return sorted(saves, key=lambda save: save.model != engine.model_id)

        self.host.worker.submit(self.slot, job, self._list, 1)

    def _list(self, saves: list[SaveFile]) -> None:
        self.saves = saves
        self._damaged = {save for save in saves if not save.model or save in self._damaged}
        self.gallery.fill(saves)
        self._show_note()

    def _show_note(self) -> None:
        """Say what is wrong with the folder, or with saves in it."""
        said = [self._problem or ("" if self.saves else NOTHING)]
        sound, own = set(self.saves) - self._damaged, self.host.latent.model_id
        if others := sum(save.model != own for save in sound):
            said.append(f"{others:,} of another model at the end: their pictures are encoded anew.")
        if self._damaged:
            said.append(f"{len(self._damaged):,} damaged, marked with {UNREADABLE}.")
        self.note.set_text(" ".join(filter(None, said)))
        self.rearrange()

    def _add_damaged(self, save: SaveFile) -> None:
        self._damaged.add(save)
        self._show_note()

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the folder and what is done with it above, then the rows in sight."""
        gap, line = theme.px(SIZES.gap), theme.px(SIZES.button)
        area.top += self.scroll  # only the rows of the list move
        row = pygame.Rect(area.topleft, (area.width, line))
        buttons = [button for button in (self.undo, self.folder) if button.visible]
        place_row([(self.place_label, 1), *buttons], row, theme)
        top = row.bottom + gap
        if self.name.visible:
            width = min(area.width, theme.px(320))
            self.name.place(pygame.Rect(area.left, top, width, line), theme)
            top += line + gap
        if self.note.text:
            self.note.place(pygame.Rect(area.left, top, area.width, theme.px(44)), theme)
            top += theme.px(44)
        self.note.show(bool(self.note.text))
        return self.gallery.place_rows(area, top, self.scroll, theme)


def _describe(save: SaveFile) -> tuple[str, str]:
    """Return the caption, such as "11-22 15:12" from the file's name, and the help line."""
    path = save.path
    found = re.match(r"face-\d{4}-(\d\d-\d\d)-(\d\d)(\d\d)", path.stem)
    caption = f"{found[1]} {found[2]}:{found[3]}" if found else path.stem
    return caption, f"Go to {path.name}"
