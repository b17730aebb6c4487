"""The panels over a screen, one open at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import pygame

from data.errors import UserError
from ui.keys import key_of
from ui.panels.photo import AlignedFace, PhotoPanel
from ui.panels.saved_faces import SavesPanel
from ui.photo.opening import linked_file
from ui.saves import SavedFace, model_of, open_save, saved_words
from ui.theme import SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.panel import Panel
from ui.window import Window

NOT_DROPPED = (
    "Nothing came with what was dropped: save the picture, then drop its file; or copy it and "
    "paste it here."
)

P = TypeVar("P", bound=Panel)


@dataclass(eq=False)
class PanelStack(Widget):
    """Saved faces, the user's photo, and the panels that a screen adds."""

    host: Window
    owner: str  # name of the screen, for the worker's slots
    take_save: Callable[[SavedFace], object]  # with a save picked or dropped, once it is read
    take_photo: Callable[[AlignedFace], object]  # with the face of a photo, its panel closed
    changed: Callable[[], object]  # called after a panel opened or closed

    solid = False

    def __post_init__(self) -> None:
        super().__init__()
        self.open: Panel | None = None  # the panel that shows
        self._dropped = False  # whether the current drop brought a file or an address
        self.saves = self.add_panel(SavesPanel(self.host, self.owner, self.open_save))
        self.photo = self.add_panel(
            PhotoPanel(self.host, self.owner, lambda: self._show(self.photo), self._photo_taken)
        )

    def add_panel(self, panel: P) -> P:
        """Add a panel, closed, and return it."""
        panel.show(False)
        panel.closer.action = self.close
        return self.add(panel)

    def arrange(self, rect: pygame.Rect, theme: Theme, side: pygame.Rect | None = None) -> None:
        """Place the panels over a screen: all of it for the photo, `side` for the others."""
        self.place(rect, theme)
        margins = 2 * theme.px(SIZES.gap)
        whole = rect.inflate(-margins, -margins)
        for panel in self.children:
            panel.place(whole if panel is self.photo or side is None else side, theme)

    # Opening and closing

    def toggle(self, panel: Panel) -> None:
        """Open a panel, up to date, and close any other; or close it if it is open."""
        self._show(None if panel is self.open else panel)
        if self.open is self.saves:
            self.saves.refresh()
        elif self.open is self.photo:
            self.photo.choose()

    def close(self) -> bool:
        """Close the panel that shows; return whether there was one."""
        shown = self.open is not None
        self._show(None)
        return shown

    def _show(self, panel: Panel | None) -> None:
        if panel is self.open:
            return
        if self.open is self.photo:
            self.photo.stop()
        elif self.open is self.saves:
            self.saves.gallery.stop()
        self.open = panel
        for each in self.children:
            each.show(each is panel)
        self.changed()
        self.host.pointer.refresh()

    def tell_saved(self, path: Path) -> None:
        """Say where a face was saved, and list it if the saved faces are open."""
        self.host.notify(f"{saved_words(path)} Ctrl O shows your saves.")
        if self.open is self.saves:
            self.saves.refresh()

    def open_save(self, path: Path) -> None:
        """Read a save in the worker, and take it; say so if it is of another model."""
        slot = f"{self.owner}.open"
        self.host.worker.submit(slot, partial(open_save, path), self._take_save)

    def _take_save(self, save: SavedFace) -> None:
        if save.model != self.host.latent.model_id:
            self.host.notify(f"{save.name} is of another model: its picture was encoded anew.")
        self.take_save(save)

    def drop(self, path: Path) -> None:
        """Take a save, or open any other file as a photo, whose panel opens once it is read."""
        self._dropped = True
        if model_of(path) is None:
            self.photo.open(path)
        else:
            self.open_save(path)

    def _take_link(self, text: str) -> None:
        """Open the file that dropped text links to; "" ends what was dropped together."""
        before, self._dropped = self._dropped, bool(text)
        path = linked_file(text)
        if path is not None:
            self.drop(path)
        elif text:
            self._dropped = before
        elif not before:  # as of a picture on a web page
            raise UserError(NOT_DROPPED)

    def _photo_taken(self, face: AlignedFace) -> None:
        self.close()
        self.take_photo(face)

    # Events

    def handle(self, event: pygame.event.Event) -> bool:
        """Take what is pasted or dropped; let the panel that is open have its keys."""
        if event.type == pygame.DROPFILE:
            self.drop(Path(event.file))
        if event.type in (pygame.DROPTEXT, pygame.DROPCOMPLETE):
            self._take_link(event.text if event.type == pygame.DROPTEXT else "")
        if event.type != pygame.KEYDOWN or self.host.pointer.typing:
            return False
        key = key_of(event)
        letter = key.removeprefix("shift+")
        if key == "ctrl+v":
            self.photo.paste()
        elif key == "ctrl+z" and self.open is self.saves and self.saves.deleted:
            self.saves.bring_back()
        elif self.open is self.photo:
            # letters that would change the face behind the panel do nothing
            waits = len(letter) == 1 and letter.isalpha() and letter not in "hp"
            return self.photo.key(key) or waits
        else:
            return False
        return True
