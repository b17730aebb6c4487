"""The panels that lie over the desk: saved faces, and the user's own photo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pygame

from ui.keys import key_of
from ui.panels.photo import AlignedFace, PhotoPanel
from ui.panels.saves import SavesPanel
from ui.theme import SIZES, Theme
from ui.widgets.base import Widget
from ui.widgets.panel import Panel
from ui.worker import Result

if TYPE_CHECKING:
    from ui.drawing.screen import DrawingScreen


class Overlays(Widget):
    """Holds the panels and shows one of them at a time.

    Args:
        screen: the drawing screen that what is chosen goes to.
    """

    def __init__(self, screen: DrawingScreen):
        super().__init__()
        host, name = screen.host, screen.name
        self.screen = screen
        self.open: Panel | None = None
        self.saves = self.add(SavesPanel(host, name, self._take_save, self.close))
        self.photo = self.add(PhotoPanel(host, name, self._take_photo, self.close))
        self.visible = self.saves.visible = self.photo.visible = False

    def show_saves(self) -> None:
        """Show the saved faces; close them if they show already."""
        if self._toggle(self.saves):
            self.saves.refresh()

    def show_photos(self) -> None:
        """Show the photos to choose from; close them if they show already."""
        if self._toggle(self.photo):
            self.photo.choose()

    def open_photo(self, path: Path) -> None:
        """Open an image file, to lay its eyes where the model expects them."""
        if self.open is not self.photo:
            self._toggle(self.photo)
        self.photo.open(path)

    def close(self) -> None:
        """Close the panel that shows."""
        if self.open is self.photo:
            self.photo.stop()
        if self.open is not None:
            self.open.show(False)
            self.show(False)
            self.open = None
            self.screen.host.refresh_pointer()

    def handle(self, event: pygame.event.Event) -> bool:
        """Let the photo panel have its keys."""
        keys = self.open is self.photo and event.type == pygame.KEYDOWN
        return keys and self.photo.key(key_of(event))

    def take_result(self, result: Result) -> bool:
        """Take a result, if it is a panel's; say whether it is."""
        return self.photo.take_result(result) or self.saves.take_result(result)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Give the panels the whole desk, but for a margin."""
        inner = rect.inflate(-2 * theme.px(SIZES.gap), -2 * theme.px(SIZES.gap))
        for panel in (self.saves, self.photo):
            panel.place(inner, theme)

    def _toggle(self, panel: Panel) -> bool:
        """Show this panel in place of another; close it if it shows. Says whether it shows now."""
        before = self.open
        self.close()
        if panel is before:
            return False
        self.screen.answering.stop()
        self.screen.lift()
        self.open = panel
        self.show()
        panel.show()
        self.screen.host.refresh_pointer()
        return True

    def _take_save(self, path: Path) -> None:
        self.screen.starts.open_save(path)
        self.close()

    def _take_photo(self, face: AlignedFace) -> None:
        self.close()
        self.screen.starts.picture(face.image)
