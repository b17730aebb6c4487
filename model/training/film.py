"""Watching it learn: a GIF of the same portraits and one random face, from first step to last."""

from __future__ import annotations

import contextlib
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from PIL import Image, ImageDraw, ImageFont, ImageSequence

from model.encoding import encode

FRAMES = 60  # of a whole training, close together at first
SHRUNK = 2  # times that pictures are made smaller
MILLISECONDS, LAST_MILLISECONDS = 120, 3000  # that a frame shows, and the last one
GAP, LINE = 4, 18  # pixels between pictures, and of a line of text
PAPER, INK = 235, 40  # greys


class Film(keras.callbacks.Callback):
    """Takes pictures of a training, and writes them as a GIF after every epoch.

    Portraits stand above what the network makes of them, and the face of one random code beside
    them. A training that is continued adds to the film that is there. A film that cannot be written
    is no reason to stop training.

    Args:
        path: the GIF.
        images: float32 `(n, 160, 176, 1)`, the portraits.
        steps: batches of the whole training.
        steps_done: batches done before; with 0, a new film is begun.
        seed: of the random face.
    """

    def __init__(
        self, path: Path, images: np.ndarray, steps: int, steps_done: int = 0, seed: int = 0
    ):
        super().__init__()
        self.path = path
        self.images = images
        self._step = steps_done
        self._steps = steps
        self._moments = set(np.rint(steps * np.linspace(0, 1, FRAMES) ** 2).astype(int))
        self._seed = seed
        self._frames: list[Image.Image] = []
        if steps_done:
            with contextlib.suppress(OSError, ValueError, EOFError), Image.open(path) as film:
                self._frames = [frame.convert("L") for frame in ImageSequence.Iterator(film)]

    def on_train_begin(self, logs=None):
        """Take the first picture."""
        network = self.model.autoencoder
        self._encode = tf.function(lambda images: encode(network, images), autograph=False)
        if not self._frames:
            self._take()

    def on_train_batch_end(self, batch, logs=None):
        """Take a picture if its moment has come."""
        self._step += 1
        if self._step in self._moments:
            self._take()

    def on_epoch_end(self, epoch, logs=None):
        """Write the film, as far as the training has come."""
        times = [MILLISECONDS] * (len(self._frames) - 1) + [LAST_MILLISECONDS]
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._frames[0].save(
                self.path, save_all=True, append_images=self._frames[1:], duration=times, loop=0
            )

    def _take(self) -> None:
        """Add a picture of the network as it is."""
        statistics = self.model.statistics
        mean, covariance = map(
            np.nan_to_num, map(np.asarray, (statistics.mean, statistics.covariance))
        )
        root = np.linalg.cholesky(covariance + 1e-4 * np.eye(len(mean)))
        normal = np.random.default_rng(self._seed).standard_normal(len(mean))
        random = (mean + root @ normal).astype(np.float32)
        codes = self._encode(self.images)
        codes = ops.concatenate([codes, random[np.newaxis]])
        faces = np.nan_to_num(ops.convert_to_numpy(self.model.decoder(codes)))  # black: it diverged
        blank = np.full_like(faces[:1], PAPER / 255)
        columns, (height, width) = len(faces), (side // SHRUNK for side in faces.shape[1:3])
        size = (columns * (width + GAP) + GAP, LINE + 2 * (height + GAP) + GAP)
        sheet = Image.new("L", size, PAPER)
        for number, face in enumerate([*self.images, *blank, *faces]):
            row, column = divmod(number, columns)
            pixels = Image.fromarray(np.rint(255 * face[..., 0]).astype(np.uint8))
            place = (GAP + column * (width + GAP), LINE + GAP + row * (height + GAP))
            sheet.paste(pixels.reduce(SHRUNK), place)
        pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(LINE - 6)
        pen.text((GAP, 3), f"{self._step / self._steps:.1%} of the training", INK, font)
        pen.text((size[0] - width - GAP, LINE + height // 2), "a random face:", INK, font)
        self._frames.append(sheet)
