"""The gallery of saved faces: go to one, rename or delete it, open their folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pygame

from ui.host import Host
from ui.saves import delete_save, open_folder, read_saves, rename_save, where
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.button import Button
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.strip import Strip
from ui.widgets.text_field import TextField
from ui.worker import Result

THUMBNAIL = (104, 112)  # points
CHUNK = 8  # saves read between two chances for more urgent work


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
        self.host = host
        self.slot = f"{owner}.saves"
        self.chosen = chosen
        self.paths: list[Path] = []
        self.deleted: list[Callable[[], Path]] = []  # what brings each one back
        self.renamed: Path | None = None  # while its name is typed
        self.place_label = self.body.add(Label("", COLORS.soft, SIZES.small))
        self.folder = self.body.add(Button("Open folder", self._open, "Show the files themselves"))
        help = "Bring the save back that was deleted last  [Ctrl Z]"
        self.undo = self.body.add(Button("Undo delete", self.bring_back, help))
        self.undo.show(False)
        self.name = self.body.add(
            TextField("", self._rename, self._end_renaming, "New name", help="Enter renames it")
        )
        self.name.show(False)
        self.strip = self.body.add(Strip(self._choose, more=self._menu))
        self.note = self.body.add(Label("Looking …", COLORS.soft, lines=4))

    def _choose(self, number: int) -> None:
        self.chosen(self.paths[number])

    def _menu(self, number: int, anchor: pygame.Rect) -> None:
        path = self.paths[number]
        items = [
            ("Go to it", partial(self.chosen, path), f"Go to {path.name}"),
            ("Rename …", partial(self._ask_name, path), f"Give {path.name} another name"),
            ("Delete", partial(self._delete, path), f"Delete {path.name}; this can be undone"),
        ]
        self.host.open_menu(items, anchor)

    # What is done with files

    def _open(self) -> None:
        open_folder(self.host.session.folder)

    def _ask_name(self, path: Path) -> None:
        self.renamed = path
        self.name.set(path.stem)
        self.name.show()
        self.scroll = 0
        self.rearrange()
        self.host.pointer.focus(self.name)

    def _end_renaming(self) -> None:
        self.renamed = None
        self.name.show(False)
        self.rearrange()

    def _rename(self, name: str) -> None:
        if self.renamed is not None:
            rename_save(self.renamed, name)
        self.host.pointer.focus(None)
        self._end_renaming()
        self.refresh()

    def _delete(self, path: Path) -> None:
        self.deleted.append(delete_save(path))
        self.host.notify(
            f"Deleted {path.name}. Ctrl Z brings it back while this panel is open.",
            lasts=lambda: self.visible and bool(self.deleted),
        )
        self._changed()

    def bring_back(self) -> None:
        """Undo the last deletion."""
        path = self.deleted[-1]()
        self.deleted.pop()
        self.host.notify(f"{path.name} is back.")
        self._changed()

    def _changed(self) -> None:
        self.undo.show(bool(self.deleted))
        self.rearrange()
        self.refresh()

    # What is listed

    def refresh(self) -> None:
        """Read the folder again."""
        self.place_label.set_text(f"In {where(self.host.session.folder)}")
        folder, latent = self.host.session.folder, self.host.latent
        self.host.worker.submit(
            self.slot, lambda engine: _read(folder, latent.model_id, latent.latent_dim), 1
        )

    def take_result(self, result: Result) -> bool:
        """Take what was read, if the result is this panel's; return whether it is."""
        if result.slot != self.slot:
            return False
        if result.value is None:
            return True
        self.paths, images = result.value
        self.note.set_text(
            ""
            if self.paths
            else "Nothing saved yet. Ctrl S saves the face that you see; it will be listed here."
        )
        captions = [_caption(path) for path in self.paths]
        self.strip.fill(images, captions, [f"Go to {path.name}" for path in self.paths])
        self.rearrange()
        return True

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the folder and what is done with it above, then the pictures in rows."""
        top, gap, line = area.top, theme.px(SIZES.gap), theme.px(SIZES.button)
        right = area.right
        for button in (self.folder, self.undo):
            if button.visible:
                width = button.width(theme)
                button.place(pygame.Rect(right - width, area.top, width, line), theme)
                right -= width + gap
        width = max(0, right - area.left)
        self.place_label.place(pygame.Rect(area.left, area.top, width, line), theme)
        area = pygame.Rect(area.left, area.top + line + gap, area.width, area.height)
        if self.name.visible:
            width = min(area.width, theme.px(320))
            self.name.place(pygame.Rect(area.left, area.top, width, line), theme)
            area.top += line + gap
        return area.top - top + self._arrange_pictures(area, theme)

    def _arrange_pictures(self, area: pygame.Rect, theme: Theme) -> int:
        if not self.paths:
            self.strip.place(pygame.Rect(area.topleft, (area.width, 0)), theme)
            self.note.place(pygame.Rect(area.topleft, (area.width, theme.px(72))), theme)
            return theme.px(72)
        self.note.place(pygame.Rect(area.topleft, (0, 0)), theme)
        columns = max(1, area.width // theme.px(THUMBNAIL[0]))
        rows = -(-len(self.paths) // columns)
        self.strip.columns = columns
        height = rows * round(area.width / columns / 1.1)
        self.strip.place(pygame.Rect(area.topleft, (area.width, height)), theme)
        return height


def _caption(path: Path) -> str:
    """Return day and time of a save from its name, "11-22 15:12", or the name of any other."""
    found = re.match(r"face-\d{4}-(\d\d-\d\d)-(\d\d)(\d\d)", path.stem)
    return f"{found[1]} {found[2]}:{found[3]}" if found else path.stem


def _read(
    folder: Path, model_id: str, latent_dim: int
) -> Iterator[tuple[list[Path], list[np.ndarray | None]]]:
    """Yield the saves that were read so far; saves of other models are passed over."""
    paths: list[Path] = []
    images: list[np.ndarray | None] = []
    for number, save in enumerate(read_saves(folder, model_id, latent_dim)):
        paths.append(save.path)
        images.append(save.image)
        if number % CHUNK == CHUNK - 1:
            yield list(paths), list(images)
    yield paths, images
