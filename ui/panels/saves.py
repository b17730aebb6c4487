"""The gallery of saved faces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pygame

from ui.host import Host
from ui.saves import read_saves
from ui.theme import COLORS, Theme
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.strip import Strip
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
        self.strip = self.body.add(Strip(lambda number: self.chosen(self.paths[number])))
        self.words = self.body.add(Label("Looking …", COLORS.soft, lines=4))

    def refresh(self) -> None:
        """Read the folder again."""
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
        self.words.set_text(
            ""
            if self.paths
            else "Nothing saved yet. Ctrl S saves the face that you see; it will be listed here."
        )
        captions = [_caption(path) for path in self.paths]
        self.strip.fill(images, captions, [f"Go to {path.name}" for path in self.paths])
        self.rearrange()
        return True

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the pictures in rows."""
        if not self.paths:
            self.strip.place(pygame.Rect(area.topleft, (area.width, 0)), theme)
            self.words.place(pygame.Rect(area.topleft, (area.width, theme.px(72))), theme)
            return theme.px(72)
        self.words.place(pygame.Rect(area.topleft, (0, 0)), theme)
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
