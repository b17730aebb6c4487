"""The panels of the slider screen: everything else, saved faces, and the photo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pygame

from ui.keys import key_of
from ui.panels.photo import AlignedFace, PhotoPanel
from ui.panels.saves import SavesPanel
from ui.saves import is_save
from ui.sliders.more import MorePanel
from ui.theme import Theme
from ui.widgets.panel import Panel
from ui.worker import Result

if TYPE_CHECKING:
    from ui.sliders.screen import SlidersScreen


LONGEST_NAME = 32  # characters of a file's name that are shown


class Sheets:
    """Opens one panel at a time, and acts on what is picked in it.

    Args:
        screen: the slider screen.
    """

    def __init__(self, screen: SlidersScreen):
        self.screen = screen
        self.open: Panel | None = None

    def make(self) -> None:
        """Make the panels, closed."""
        screen, host = self.screen, self.screen.host
        self.more = MorePanel(screen, self.close)
        self.saves = SavesPanel(host, screen.name, screen.keeping.restore, self.close)
        self.photo = PhotoPanel(host, screen.name, self.take_photo, self.close)
        for panel in (self.more, self.saves, self.photo):
            screen.add(panel)
            panel.show(False)

    def place(self, rect: pygame.Rect, board: pygame.Rect, theme: Theme) -> None:
        """Give the photo the whole screen, and the others the place of the sliders."""
        edge = theme.px(8)
        self.photo.place(rect.inflate(-2 * edge, -2 * edge), theme)
        for panel in (self.more, self.saves):
            panel.place(board.inflate(theme.px(14), 0).move(0, -theme.px(2)), theme)

    def show(self, panel: Panel) -> bool:
        """Open a panel in place of the one before; opened again it closes. Say if it is open."""
        again = panel is self.open
        self.close()
        if not again:
            self.open = panel
            panel.show()
            self.screen.board.leave()
        self.screen.more_button.select(self.open is self.more)
        self.screen.host.refresh_pointer()
        return not again

    def close(self) -> bool:
        """Close the panel that is open; say whether there was one."""
        panel, self.open = self.open, None
        if panel is None:
            return False
        panel.show(False)
        if panel is self.photo:
            self.photo.stop()
        self.screen.more_button.select(False)
        self.screen.host.refresh_pointer()
        return True

    def open_more(self) -> None:
        """Show everything else."""
        self.show(self.more)

    def name_direction(self) -> None:
        """Ask for the name of a new direction."""
        if self.open is not self.more:
            self.show(self.more)
        self.screen.host.focus(self.more.name)

    def open_saves(self) -> None:
        """Show the saved faces."""
        if self.show(self.saves):
            self.saves.refresh()

    def open_photos(self) -> None:
        """Show the list of photos."""
        if self.show(self.photo):
            self.photo.choose()

    def drop(self, path: Path) -> None:
        """Go to a save, or open a photo."""
        if is_save(path):
            self.screen.keeping.restore(path)
        else:
            self.photo.open(path)

    def take_photo(self, face: AlignedFace) -> None:
        """Start from the face of a photo."""
        self.close()
        self.screen.settle()
        name = face.name if len(face.name) <= LONGEST_NAME else face.name[:LONGEST_NAME] + "…"
        self.screen.desk.start(face.code, f"Photo {name}", face.detail)

    def handle(self, event: pygame.event.Event) -> bool:
        """Let the photo panel have its keys; what would change the face behind it waits."""
        if self.open is not self.photo or event.type != pygame.KEYDOWN:
            return False
        key = key_of(event)
        letter = key.removeprefix("shift+")
        return self.photo.key(key) or (len(letter) == 1 and letter.isalpha() and letter not in "hp")

    def take_result(self, result: Result) -> bool:
        """Take a result that a panel asked for; say whether it was one."""
        opened = result.slot == self.photo.open_slot and result.value is not None
        if opened and self.open is not self.photo:
            self.show(self.photo)
        return self.photo.take_result(result) or self.saves.take_result(result)
