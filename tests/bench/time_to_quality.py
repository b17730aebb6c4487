"""How long training takes to a quality: the original project's way, and `learn()`."""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from pathlib import Path

import keras
import numpy as np

from data import load_arrays
from model.measuring.metrics import image_blocks
from model.network import build_autoencoder
from model.training.callbacks import averaged_weights
from model.training.learn import Settings, learn
from tests.bench.memory import peak_memory
from tests.bench.original import BATCH_SIZE, build_original, train_original
from tests.bench.step_times import EnoughSteps
from tests.bench.training_figures import Quality


class UntilAsGood(keras.callbacks.Callback):
    """Measures the averaged weights after every epoch and ends when they are good enough.

    Args:
        network: of the architecture that is trained; takes the weights to be measured.
        X: uint8 (n, 171, 186, 1), portraits to measure on.
        mse: error at or below which training ends, with `EnoughSteps`.
        limit: seconds after which it ends in any case.

    Attributes:
        mse, seconds, epochs: as in `Quality`, of the last epoch.
    """

    def __init__(self, network: keras.Model, X: np.ndarray, mse: float, limit: float):
        super().__init__()
        self.mse, self.seconds, self.epochs = float("inf"), 0.0, 0
        self._network, self._X = network, X
        self._wanted, self._limit = mse, limit
        self._began, self._measuring = time.perf_counter(), 0.0

    def on_epoch_end(self, epoch, logs=None):
        """Measure, and end the training or go on."""
        now = time.perf_counter()
        self.seconds, self.epochs = now - self._began - self._measuring, epoch + 1
        self._network.set_weights(averaged_weights(self.model))
        self.mse = squared_error(self._network, self._X)
        self._measuring += time.perf_counter() - now
        if self.mse <= self._wanted or self.seconds > self._limit:
            raise EnoughSteps


def original_quality(arrays: Path, network: keras.Model | None = None) -> Quality:
    """Train the original network on all training portraits, and measure it.

    Args:
        arrays: folder of the prepared arrays.
        network: None builds the original.
    """
    X_train, X_test = load_arrays(arrays)
    began = time.perf_counter()
    network = network or build_original()
    meter = train_original(network, X_train)
    seconds = time.perf_counter() - began
    rate, peak = BATCH_SIZE / meter.mean, peak_memory()
    return Quality(squared_error(network, X_test), seconds, meter.epochs, rate, peak)


def our_quality(
    arrays: Path, mse: float, limit: float, settings: Settings | None = None
) -> Quality:
    """Let `learn()` train until the test part's error is at most `mse`, or for `limit` seconds.

    It keeps the validation slice out of training, and its schedule is that of its whole length.
    """
    settings = settings or Settings()
    network = build_autoencoder(settings.architecture)
    until = UntilAsGood(network, load_arrays(arrays)[1], mse, limit)
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(io.StringIO()),  # the bar of a training that is cut short
        contextlib.suppress(EnoughSteps),
    ):
        learn(arrays=arrays, out=Path(folder) / "model", settings=settings, callbacks=[until])
    return Quality(until.mse, until.seconds, until.epochs, float("nan"), peak_memory())


def squared_error(network: keras.Model, X: np.ndarray) -> float:
    """Return the mean squared error of a network on portraits (n, 171, 186, 1)."""
    total = 0.0
    for images in image_blocks(X):
        difference = network.predict_on_batch(images) - images
        total += float(np.square(difference).mean(axis=(1, 2, 3), dtype=np.float64).sum())
    return total / len(X)
