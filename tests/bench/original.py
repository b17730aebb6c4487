"""The network this project began with and the way it was trained, and `learn()` timed beside it.

A student project on the same archive: four stages of convolution and pooling, a bottleneck of two
channels, 80 numbers behind a ReLU, and the same in reverse; float32, batches of four, three epochs
of Adam at its default rate on the squared error, all portraits in memory as floats.
"""

from __future__ import annotations

import contextlib
import io
import math
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import layers

from model.frame import IMAGE_SHAPE, LATENT_DIM, crop
from model.network import BOTTOM_SHAPE
from model.training.export import Portraits
from model.training.learn import learn
from model.training.settings import Settings

WIDTHS = (32, 64, 128, 256)  # channels of the four stages, from full resolution down
BOTTLENECK = 2  # channels
BATCH_SIZE, EPOCHS = 4, 3
SETTLED = 5  # steps before times are counted, while TensorFlow traces and warms up
MINUTES = 10.0  # limit for learn() to reach the original's error


def build_original() -> keras.Model:
    """Build the original network, from images to reconstructions, (n, 160, 176, 1) in [0, 1]."""
    network = keras.Sequential([keras.Input((*IMAGE_SHAPE, 1))], name="original")
    for width in WIDTHS:
        network.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
        network.add(layers.MaxPooling2D())
    network.add(layers.Conv2D(BOTTLENECK, 3, padding="same", activation="relu"))
    network.add(layers.Flatten())
    network.add(layers.Dense(LATENT_DIM, activation="relu"))
    bottom = (*BOTTOM_SHAPE, BOTTLENECK)
    network.add(layers.Dense(int(np.prod(bottom)), activation="relu"))
    network.add(layers.Reshape(bottom))
    for width in reversed(WIDTHS):
        up = layers.Conv2DTranspose(width, 3, strides=2, padding="same", activation="relu")
        network.add(up)
    network.add(layers.Conv2D(1, 3, padding="same", activation="sigmoid"))
    # Keras would compile with XLA, which takes twice as long on a processor: not held against it.
    network.compile(optimizer="adam", loss="mean_squared_error", jit_compile=False)
    return network


@dataclass(frozen=True)
class Training:
    """What a training came to."""

    mse: float  # on the validation slice, of the last epoch
    seconds: float  # until then; NaN if `train_here` has not come to its goal
    milliseconds: float  # of a step, by image


def train_original(arrays: Path) -> Training:
    """Train the original network in its own way on the training portraits, and measure it."""
    X_fit, X_validation = (crop(np.asarray(part)) for part in Portraits.load(arrays).split())
    began = time.perf_counter()
    network, times = build_original(), StepTimes()
    network.fit(X_fit, X_fit, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0, callbacks=[times])
    seconds = time.perf_counter() - began
    made = network.predict(X_validation, batch_size=32, verbose=0)
    mse = float(np.square(made - X_validation).mean())
    return Training(mse, seconds, 1000 * times.mean / BATCH_SIZE)


def train_here(
    arrays: Path, mse: float, minutes: float = MINUTES, settings: Settings | None = None
) -> Training:
    """Let `learn()` train until its validation error is at most `mse`, or for so many minutes."""
    settings, times = settings or Settings(), StepTimes(mse, 60 * minutes)
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(io.StringIO()),  # its progress bar
        contextlib.suppress(_Enough),
    ):
        learn(arrays=arrays, out=Path(folder, "model"), settings=settings, callbacks=[times])
    seconds = times.seconds if times.mse <= mse else math.nan
    return Training(times.mse, seconds, 1000 * times.mean / settings.batch_size)


class _Enough(Exception):  # noqa: N818, as StopIteration it is no error
    """Ends a training that was only run to be measured."""


class StepTimes(keras.callbacks.Callback):
    """Times steps; ends a training at a validation error, or after so many seconds.

    Holds `mse` and `seconds` of the last epoch.
    """

    def __init__(self, goal: float = -math.inf, limit: float = math.inf):
        super().__init__()
        self.mse, self.seconds = math.inf, 0.0
        self._goal, self._limit = goal, limit
        self._steps: list[float] = []
        self._began = time.perf_counter()

    @property
    def mean(self) -> float:
        """Mean seconds of a step."""
        return float(np.mean(self._steps[SETTLED:] or self._steps))

    def on_train_batch_begin(self, batch, logs=None):
        """Start the clock."""
        self._last = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        """Keep the time."""
        self._steps.append(time.perf_counter() - self._last)

    def on_epoch_end(self, epoch, logs=None):
        """End the training where it is good enough or takes too long."""
        self.mse = (logs or {}).get("val_mse", math.inf)
        self.seconds = time.perf_counter() - self._began
        if self.mse <= self._goal or self.seconds > self._limit:
            raise _Enough
