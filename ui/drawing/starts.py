"""Faces to start a drawing from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.errors import UserError
from ui.drawing.canvas import painted
from ui.saves import read_save

if TYPE_CHECKING:
    from ui.drawing.screen import DrawingScreen

TEMPERATURE = 0.8  # of random faces: a little nearer to the mean than portraits are
FACE = "drawing.start"


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
        self._decode(self.screen.host.latent.mean)

    def training(self, way: int) -> None:
        """Start from the next (1) or the previous (-1) training face, as the model sees it."""
        gallery = self.screen.host.latent.gallery
        self._place = (self._place + way) % len(gallery) if self._place >= 0 or way > 0 else -1
        self._decode(gallery[self._place])

    def random(self) -> None:
        """Start from a face drawn by chance."""
        self._decode(self.screen.host.latent.sample(1, self._rng, TEMPERATURE)[0])

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
        latent = self.screen.host.latent
        save = read_save(path, latent.model_id, latent.latent_dim)
        drawing = painted(save.image) if save.drawing is None else save.drawing
        self.screen.put(drawing, save.code)

    def _decode(self, code: np.ndarray) -> None:
        code = np.asarray(code, np.float32)
        self.screen.host.worker.submit(
            FACE, lambda engine: (code, engine.decode(code[np.newaxis])[0, ..., 0])
        )
