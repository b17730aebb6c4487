"""Faces to start a drawing from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.errors import UserError
from ui.drawing.canvas import painted
from ui.photo import PHOTOS_FOLDER, align, list_photos, open_photo
from ui.saves import list_saves, read_save

if TYPE_CHECKING:
    from ui.drawing.screen import DrawingScreen

TEMPERATURE = 0.8  # of random faces: a little nearer to the mean than portraits are
LISTED = 12  # files in a menu
FACE, PHOTO = "drawing.start", "drawing.photo"


class Starts:
    """Puts faces onto the sheet of a drawing screen, each as one step that can be undone.

    Args:
        screen: whose sheet.
    """

    def __init__(self, screen: DrawingScreen):
        self.screen = screen
        self._place = -1  # in the gallery of training faces
        self._rng = np.random.default_rng()

    def mean(self) -> None:
        """Start from the mean face."""
        self._decode(self.screen.app.latent.mean)

    def training(self, way: int) -> None:
        """Start from the next (1) or the previous (-1) training face, as the model sees it."""
        gallery = self.screen.app.latent.gallery
        self._place = (self._place + way) % len(gallery) if self._place >= 0 or way > 0 else -1
        self._decode(gallery[self._place])

    def random(self) -> None:
        """Start from a face drawn by chance."""
        self._decode(self.screen.app.latent.sample(1, self._rng, TEMPERATURE)[0])

    def answer(self) -> None:
        """Start from the answer that is on the screen."""
        answer = self.screen.answering.answer
        if answer is None:
            raise UserError("There is no answer yet; wait for the model, then try again.")
        self.face(answer.code, answer.image)

    def face(self, code: np.ndarray, image: np.ndarray) -> None:
        """Start from a face, (latent_dim,) and (rows, columns)."""
        self.screen.put(painted(image), np.asarray(code, np.float32))

    def picture(self, image: np.ndarray) -> None:
        """Start from a picture that has no code yet, float (rows, columns) in [0, 1]."""
        self.screen.put(painted(image), None)

    def open_save(self, path: Path) -> None:
        """Bring back a save: its drawing pixel for pixel, or its face to paint on.

        Raises:
            UserError: if it is damaged or of another model.
        """
        latent = self.screen.app.latent
        save = read_save(path, latent.model_id, latent.latent_dim)
        drawing = painted(save.image) if save.drawing is None else save.drawing
        self.screen.put(drawing, save.code)

    def open_photo(self, path: Path) -> None:
        """Start from a photo, its eyes laid where the model expects them, beside the window.

        Raises:
            UserError: if it is no photo that can be read.
        """
        photo, latent = open_photo(path), self.screen.app.latent

        def job(engine) -> Iterator[np.ndarray]:
            from ui.photo.eyes import guess_eyes

            best = None
            for guess in guess_eyes(photo, engine, latent):
                best = guess
                yield None
            return align(photo, best.left_eye, best.right_eye)

        self.screen.app.worker.submit(PHOTO, job, 1)
        self.screen.app.say(f"Looking for the eyes in {path.name} …")

    def saved(self) -> None:
        """List the latest saves to choose from.

        Raises:
            UserError: if there are none.
        """
        paths = list_saves(self.screen.app.session.folder)[:LISTED]
        if not paths:
            raise UserError("There are no saves yet; Save writes one, or drop one on the window.")
        self._list(paths, self.open_save)

    def photo(self) -> None:
        """List the photos of the photo folder to choose from.

        Raises:
            UserError: if there are none.
        """
        paths = list_photos(PHOTOS_FOLDER)[:LISTED]
        if not paths:
            raise UserError(f"Drop a photo on the window, or put some into {PHOTOS_FOLDER}.")
        self._list(paths, self.open_photo)

    def _list(self, paths: Sequence[Path], action: Callable[[Path], object]) -> None:
        items = [(path.name, partial(action, path), str(path)) for path in paths]
        self.screen.app.open_menu(items, self.screen.desk.start.rect)

    def _decode(self, code: np.ndarray) -> None:
        code = np.asarray(code, np.float32)
        self.screen.app.worker.submit(
            FACE, lambda engine: (code, engine.decode(code[np.newaxis])[0, ..., 0])
        )
