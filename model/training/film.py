"""A film of a training: a GIF of the same portraits and one random face, from start to end."""

import contextlib
from pathlib import Path

import keras
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageSequence

from data.replace import replace_file
from model.frame import block_means

FRAMES = 60  # frames of a whole training, close together at first
MILLISECONDS, LAST_MILLISECONDS = 120, 3000  # time of a frame, and of the last one
GAP, LINE = 4, 18  # pixels between pictures, and height of the line of text
PAPER, INK = 235, 40  # grays


class Film(keras.callbacks.Callback):
    """Records a training and writes it as a GIF after every epoch.

    Portraits are shown above their reconstructions, beside the face of one random code. A training
    that is continued adds to the film that is there. A film that cannot be written does not end the
    training. The portraits are float32 `(n, 160, 176, 1)`.
    """

    def __init__(self, path: Path, images: np.ndarray):
        super().__init__()
        self.path = path
        self.images = images
        self._frames: list[Image.Image] = []

    def on_train_begin(self, logs=None):
        """Go on with the film that is there, or record the first frame."""
        self._step = int(self.model.optimizer.iterations)
        moments = self.model.steps * np.linspace(0, 1, FRAMES) ** 2
        self._moments = set(np.rint(moments).astype(int))
        if self._step:
            with contextlib.suppress(OSError, ValueError, EOFError), Image.open(self.path) as film:
                self._frames = [frame.convert("L") for frame in ImageSequence.Iterator(film)]
        if not self._frames:
            self._record()

    def on_train_batch_end(self, batch, logs=None):
        """Record a frame if it is time for one."""
        self._step += 1
        if self._step in self._moments:
            self._record()

    def on_epoch_end(self, epoch, logs=None):
        """Write the film so far."""
        times = [MILLISECONDS] * (len(self._frames) - 1) + [LAST_MILLISECONDS]
        with contextlib.suppress(OSError), replace_file(self.path) as new:
            self._frames[0].save(
                new, "GIF", save_all=True, append_images=self._frames[1:], duration=times, loop=0
            )

    def _record(self) -> None:
        statistics = self.model.statistics
        mean = np.nan_to_num(statistics.mean)
        covariance = np.nan_to_num(statistics.covariance) + 1e-4 * np.eye(len(mean))
        rng = np.random.default_rng(0)  # the same random face in every frame
        random = rng.multivariate_normal(mean, covariance, method="cholesky")
        codes = np.concatenate([self.model.encode(self.images), random[np.newaxis]])
        faces = np.nan_to_num(self.model.decoder(np.float32(codes)))  # black after divergence
        above = [*self.images, np.full_like(faces[0], PAPER / 255)]
        sheet = np.block([[_framed(image[..., 0]) for image in row] for row in (above, faces)])
        sheet = np.pad(sheet, ((LINE, 0), (0, 0)), constant_values=PAPER)
        frame = Image.fromarray(sheet)
        pen, font = ImageDraw.Draw(frame), ImageFont.load_default(LINE - 6)
        pen.text((GAP, 3), f"{self._step / self.model.steps:.1%} of the training", INK, font)
        column = frame.width - frame.width // len(faces)
        pen.text((column, LINE + sheet.shape[0] // 4), "a random face:", INK, font)
        self._frames.append(frame)


def _framed(image: np.ndarray) -> np.ndarray:
    """Return an image `(h, w)` at half its size, as gray levels with a margin."""
    grays = np.rint(255 * block_means(image, 2)).astype(np.uint8)
    return np.pad(grays, GAP // 2, constant_values=PAPER)
