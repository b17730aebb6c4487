"""Watching it learn: a GIF of the same portraits and one random face, from first step to last."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from data.errors import UserError
from model.safe_zip import read_arrays

FRAMES = 60  # of a whole training, close together at first
SHRUNK = 2  # times that pictures are made smaller
SECONDS, LAST_SECONDS = 0.12, 3.0  # that a frame shows, and the last one
GAP, LINE = 4, 18  # pixels between pictures, and of a line of words
PAPER, INK = 235, 40  # greys
MAX_BYTES = 2**28  # of a file of frames


class Film(keras.callbacks.Callback):
    """Takes pictures of a training, to be written as a GIF when it ended, in whatever way.

    The frames wait in a file beside the training's state, so that a training that is interrupted
    and continued has one film. What is not written for want of room is no reason to stop training.

    Args:
        path: the GIF to write.
        kept: file in which the frames wait.
        images: float32 `(n, 160, 176, 1)`, the portraits.
        steps: batches of the whole training.
        steps_done: batches done before; with 0, frames that wait are those of another training.
        seed: of the random face.
    """

    def __init__(
        self,
        path: Path,
        kept: Path,
        images: np.ndarray,
        steps: int,
        steps_done: int = 0,
        seed: int = 0,
    ):
        super().__init__()
        self.path = path
        self.kept = kept
        self.images = images
        self._step = steps_done
        self._steps = steps
        self._moments = set(np.unique((steps * np.linspace(0, 1, FRAMES) ** 2).round().astype(int)))
        self._random = np.random.default_rng(seed).standard_normal(1000)
        self._shares: list[float] = []
        self._faces: list[np.ndarray] = []
        if steps_done:
            self._recall()
        else:
            self.kept.unlink(missing_ok=True)

    def on_train_begin(self, logs=None):
        """Take the first picture."""
        if not self._step:
            self._take()

    def on_train_batch_end(self, batch, logs=None):
        """Take a picture if its moment has come."""
        self._step += 1
        if self._step in self._moments:
            self._take()

    def on_epoch_end(self, epoch, logs=None):
        """Keep the frames for a training that is continued."""
        with contextlib.suppress(OSError):
            self.kept.parent.mkdir(parents=True, exist_ok=True)
            with self.kept.open("wb") as file:
                np.savez(file, shares=np.array(self._shares), faces=np.stack(self._faces))

    def write(self) -> None:
        """Write the film, as far as the training went."""
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_film(self.path, self.images, self._shares, self._faces)

    def _take(self) -> None:
        """Picture the network as it is: uint8 (n + 1, 160, 176), the random face last."""
        model = self.model
        mean, _ = model.encoder(self.images, training=False)
        covariance = keras.ops.convert_to_numpy(model.statistics.covariance)
        spread = np.linalg.cholesky(covariance + 1e-4 * np.eye(len(covariance)))
        middle = keras.ops.convert_to_numpy(model.statistics.mean)
        code = middle + spread @ self._random[: len(middle)]
        codes = np.concatenate([keras.ops.convert_to_numpy(mean), code[np.newaxis]])
        faces = keras.ops.convert_to_numpy(model.decoder(codes.astype(np.float32), training=False))
        self._shares.append(self._step / self._steps)
        self._faces.append((faces[..., 0] * 255).round().astype(np.uint8))

    def _recall(self) -> None:
        shape = (len(self.images) + 1, *self.images.shape[1:3])
        with contextlib.suppress(OSError, ValueError, KeyError, UserError):
            kept = read_arrays(self.kept, MAX_BYTES)
            shares, faces = kept["shares"], kept["faces"]
            fits = faces.shape == (len(shares), *shape) and faces.dtype == np.uint8
            if fits and shares.ndim == 1 and np.isfinite(shares).all():
                self._shares, self._faces = shares.tolist(), list(faces)


def write_film(
    path: Path, images: np.ndarray, shares: Sequence[float], faces: Sequence[np.ndarray]
) -> None:
    """Write frames as a GIF: portraits above what the network makes of them, a random face beside.

    Args:
        path: the file.
        images: float32 `(n, 160, 176, 1)` in [0, 1].
        shares: of the training done at each frame.
        faces: of each frame uint8 `(n + 1, 160, 176)`, the random face last.
    """
    if not len(faces):
        return
    portraits = (images[..., 0] * 255).round().astype(np.uint8)
    frames = [_frame(portraits, *pair) for pair in zip(shares, faces, strict=True)]
    times = [round(1000 * SECONDS)] * (len(frames) - 1) + [round(1000 * LAST_SECONDS)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=times, loop=0)


def _frame(portraits: np.ndarray, share: float, faces: np.ndarray) -> Image.Image:
    height, width = (side // SHRUNK for side in portraits.shape[1:])
    count = len(faces)
    size = (count * (width + GAP) + GAP, 2 * (height + GAP) + GAP + LINE)
    sheet = Image.new("L", size, PAPER)

    def paste(pixels: np.ndarray, column: int, row: int) -> None:
        picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX)
        sheet.paste(picture, (GAP + column * (width + GAP), LINE + GAP + row * (height + GAP)))

    for column, portrait in enumerate(portraits):
        paste(portrait, column, 0)
    for column, face in enumerate(faces):
        paste(face, column, 1)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(LINE - 6)
    pen.text((GAP, 3), f"{share:.1%} of the training", fill=INK, font=font)
    last = GAP + (count - 1) * (width + GAP)
    pen.text((last, LINE + GAP + height // 2), "a random face:", fill=INK, font=font)
    return sheet
