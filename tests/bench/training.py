"""How fast training is, and how soon as good as the original project's.

    python -m tests.bench.training [--arrays FOLDER] [--portraits 30000] [--steps N]
                                   [--minutes M] [--folder FOLDER]

How many images a second the input pipeline gives and the network takes, alone and together; memory
and the first step on an array of 30,000 portraits (the prepared ones over and over, in a temporary
folder, never to judge quality by); and how long `learn()` takes to the quality of the original
project's training, see `tests.bench.original`. Each is measured in a process of its own, and
nothing that is learned is kept.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from data import UserError, load_arrays
from data.arrays import TEST_NAME, TRAIN_NAME
from data.paths import NUMPY_FOLDER
from model.engine import FaceEngine
from model.frame import crop
from model.measuring.metrics import image_blocks, split_validation
from model.network import build_autoencoder
from model.training.augmentation import training_batches
from model.training.callbacks import averaged_weights
from model.training.finishing import FinisherSettings
from model.training.learn import Settings, compiled_model, learn
from tests.bench.memory import Memory, memory_in_use, peak_memory
from tests.bench.original import build_original
from tests.bench.preparation import measure

PORTRAITS = 30_000
STEPS = 400
FEW_STEPS = 20  # enough to see how long the first one takes
MINUTES = 30.0
SETTLED = 5  # steps after which times no longer tell of tracing and warming up
BLOCK = 1000  # portraits written at a time
ORIGINAL_BATCH_SIZE = 4
ORIGINAL_EPOCHS = 3


@dataclass(frozen=True)
class Rates:
    """Images a second: of the input pipeline, of the network, of the two together in `learn()`."""

    pipeline: float
    network: float
    together: float


@dataclass(frozen=True)
class Steps:
    """Some steps of `learn()`.

    Attributes:
        seconds: of each.
        memory: before the first and after each; empty where the system does not tell.
        epoch: steps of a whole epoch.
    """

    seconds: list[float]
    memory: list[Memory]
    epoch: int

    @property
    def peak(self) -> int | None:
        """Most bytes that the process ever held, memory maps included."""
        return self.memory[-1].peak if self.memory else None

    @property
    def growth(self) -> int | None:
        """Bytes that the process gained between the second tenth of the steps and the last."""
        if not self.memory:
            return None
        tenths = np.array_split([memory.resident for memory in self.memory], 10)
        return int(np.median(tenths[-1]) - np.median(tenths[1]))


@dataclass(frozen=True)
class Quality:
    """What a training came to.

    Attributes:
        mse: mean squared error on the test part.
        seconds: to there, importing TensorFlow and measuring left out.
        epochs: to there.
        images_per_second: in the steps of the training, NaN where they were not timed.
        peak: most bytes that the process held, None where the system does not tell.
    """

    mse: float
    seconds: float
    epochs: int
    images_per_second: float
    peak: int | None


@dataclass(frozen=True)
class TrainingMetrics:
    """All that this command measures.

    Attributes:
        rates: images a second.
        small: steps on the prepared arrays.
        large: steps on an array of so many `portraits`.
        portraits: see `large`.
        original: what the original project's training came to.
        ours: `learn()` where it first is as good, or when its time was up.
    """

    rates: Rates
    small: Steps
    large: Steps
    portraits: int
    original: Quality
    ours: Quality

    @property
    def sooner(self) -> float:
        """How many times sooner `learn()` is as good; NaN if it was not in the time it had."""
        reached = self.ours.mse <= self.original.mse
        return self.original.seconds / self.ours.seconds if reached else math.nan


def measure_training(
    arrays: Path,
    portraits: int = PORTRAITS,
    steps: int = STEPS,
    minutes: float = MINUTES,
    folder: Path | None = None,
) -> TrainingMetrics:
    """Measure everything, one after the other.

    Args:
        arrays: folder of the prepared arrays.
        portraits: of the large array.
        steps: of speed and memory.
        minutes: that `learn()` has to become as good as the original.
        folder: where there is room for the large array; None takes the system's.

    Raises:
        UserError: if there are no arrays, or too few portraits.
    """
    rates = measure(image_rates, arrays, steps).result
    small = measure(learning_steps, arrays, min(FEW_STEPS, steps)).result
    with tempfile.TemporaryDirectory(dir=folder) as place:
        repeat_portraits(arrays, Path(place), portraits)
        large = measure(learning_steps, Path(place), steps).result
    original = measure(original_quality, arrays).result
    ours = measure(our_quality, arrays, original.mse, 60 * minutes).result
    return TrainingMetrics(rates, small, large, portraits, original, ours)


def image_rates(arrays: Path, steps: int, settings: Settings | None = None) -> Rates:
    """Measure how fast images are prepared and learned from, alone and together.

    Args:
        arrays: folder of the prepared arrays.
        steps: batches that each is measured over, after a few that are not counted.
        settings: None takes the defaults.
    """
    settings = settings or Settings()
    X_fit, _ = split_validation(load_arrays(arrays)[0])
    batches = iter(
        training_batches(X_fit, settings.batch_size, settings.augmentation, settings.seed)
    )
    for _ in range(SETTLED):
        batch = next(batches)
    began = time.perf_counter()
    for _ in range(steps):
        batch = next(batches)
    pipeline = (time.perf_counter() - began) / steps
    del batches  # it would go on preparing

    alone = StepTimes()
    same = tf.data.Dataset.from_tensors(batch).repeat(steps + SETTLED)
    compiled_model(settings, steps).fit(same, shuffle=False, verbose=0, callbacks=[alone])
    together = time_learning(settings, arrays, steps + SETTLED)
    return Rates(*(settings.batch_size / s for s in (pipeline, alone.mean, together.mean)))


def learning_steps(arrays: Path, steps: int, settings: Settings | None = None) -> Steps:
    """Let `learn()` make some steps, at most those of an epoch, and note what they take."""
    settings = settings or Settings()
    X_fit, _ = split_validation(load_arrays(arrays)[0])
    epoch = max(1, len(X_fit) // settings.batch_size)
    before = memory_in_use()
    meter = time_learning(settings, arrays, min(steps, epoch))
    return Steps(meter.seconds, [before, *meter.memory] if before else [], epoch)


def repeat_portraits(arrays: Path, out: Path, count: int) -> None:
    """Write arrays of `count` training portraits into a folder: those of `arrays`, repeated."""
    X_train, _ = load_arrays(arrays)
    shape = (count, *X_train.shape[1:])
    large = np.lib.format.open_memmap(out / TRAIN_NAME, "w+", np.uint8, shape)
    for start in range(0, count, BLOCK):
        rows = np.arange(start, min(start + BLOCK, count)) % len(X_train)
        large[start : start + BLOCK] = X_train[rows]
    large.flush()
    shutil.copyfile(arrays / TEST_NAME, out / TEST_NAME)


class EnoughSteps(Exception):  # noqa: N818, as StopIteration it is no error
    """Ends a training that was only run to be measured."""


class StepTimes(keras.callbacks.Callback):
    """Notes the time and the memory of every step.

    Validation and other callbacks count for no step; tracing and filling the input pipeline count
    for the first.

    Args:
        stop_after: steps after which `EnoughSteps` is raised; None never stops.

    Attributes:
        seconds: of each step.
        memory: after each step, None where the system does not tell.
        epochs: that were begun.
    """

    def __init__(self, stop_after: int | None = None):
        super().__init__()
        self.stop_after = stop_after
        self.seconds: list[float] = []
        self.memory: list[Memory | None] = []
        self.epochs = 0
        self._last = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        """Start the clock again."""
        self.epochs += 1
        self._last = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        """Note the step."""
        self.seconds.append(time.perf_counter() - self._last)
        self.memory.append(memory_in_use())
        if len(self.seconds) == self.stop_after:
            raise EnoughSteps
        self._last = time.perf_counter()

    @property
    def settled(self) -> list[float]:
        """Seconds of the steps after the first ones, where there are others."""
        return self.seconds[SETTLED:] or self.seconds

    @property
    def mean(self) -> float:
        """Seconds of a step on average, without the first ones."""
        return float(np.mean(self.settled))


def time_learning(settings: Settings, arrays: str | Path, steps: int) -> StepTimes:
    """Let `learn()` make so many steps on the arrays, and throw away what it learned.

    Raises:
        UserError: see `learn`.
    """
    meter = StepTimes(stop_after=steps)
    settings = replace(settings, steps=max(settings.steps, 2 * steps))
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(io.StringIO()),  # the bar of a training that never ends
        contextlib.suppress(EnoughSteps),
    ):
        learn(arrays=arrays, out=Path(folder) / "model", settings=settings, callbacks=[meter])
    return meter


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
        engine = FaceEngine(network)
        self._reconstruct = lambda images: engine.decode(engine.encode(images))
        self._wanted, self._limit = mse, limit
        self._began, self._measuring = time.perf_counter(), 0.0

    def on_epoch_end(self, epoch, logs=None):
        """Measure, and end the training or go on."""
        now = time.perf_counter()
        self.seconds, self.epochs = now - self._began - self._measuring, epoch + 1
        self._network.set_weights(averaged_weights(self.model))
        self.mse = squared_error(self._reconstruct, self._X)
        self._measuring += time.perf_counter() - now
        if self.mse <= self._wanted or self.seconds > self._limit:
            raise EnoughSteps


def train_original(
    network: keras.Model, X_train: np.ndarray, epochs: int = ORIGINAL_EPOCHS
) -> StepTimes:
    """Train it as it was trained, on portraits (n, 171, 186, 1); return what the steps took."""
    images = crop(np.asarray(X_train))
    meter = StepTimes()
    network.fit(
        images, images, batch_size=ORIGINAL_BATCH_SIZE, epochs=epochs, verbose=0, callbacks=[meter]
    )
    return meter


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
    rate, peak = ORIGINAL_BATCH_SIZE / meter.mean, peak_memory()
    return Quality(
        squared_error(network.predict_on_batch, X_test), seconds, meter.epochs, rate, peak
    )


def our_quality(
    arrays: Path, mse: float, limit: float, settings: Settings | None = None
) -> Quality:
    """Let `learn()` train until the test part's error is at most `mse`, or for `limit` seconds.

    It keeps the validation slice out of training, and its schedule is that of its whole length.
    """
    settings = settings or Settings(finisher=FinisherSettings(steps=0))
    network = build_autoencoder(settings.architecture)
    until = UntilAsGood(network, load_arrays(arrays)[1], mse, limit)
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(io.StringIO()),  # the bar of a training that is cut short
        contextlib.suppress(EnoughSteps),
    ):
        learn(arrays=arrays, out=Path(folder) / "model", settings=settings, callbacks=[until])
    return Quality(until.mse, until.seconds, until.epochs, float("nan"), peak_memory())


def squared_error(reconstruct: Callable[[np.ndarray], np.ndarray], X: np.ndarray) -> float:
    """Return the mean squared error of the reconstructions of portraits (n, 171, 186, 1)."""
    total = 0.0
    for images in image_blocks(X):
        difference = reconstruct(images) - images
        total += float(np.square(difference).mean(axis=(1, 2, 3), dtype=np.float64).sum())
    return total / len(X)


def report(found: TrainingMetrics) -> Iterator[str]:
    """Write what was measured in lines."""
    rates, large, original, ours = found.rates, found.large, found.original, found.ours
    share = rates.together / rates.network
    yield "images a second"
    yield f"  input pipeline alone      {rates.pipeline:8.0f}"
    yield f"  network alone             {rates.network:8.0f}"
    yield f"  both, in learn()          {rates.together:8.0f}   {share:.0%} of the network alone"
    yield f"  the original's training   {original.images_per_second:8.1f}"
    yield f"learn() on {found.portraits:,} portraits, {len(large.seconds)} of {large.epoch} steps"
    yield f"  first step                {large.seconds[0]:8.2f} s"
    yield f"  ... on the small arrays   {found.small.seconds[0]:8.2f} s"
    yield f"  a step after that         {np.median(large.seconds[1:]):8.2f} s"
    if large.memory:
        yield f"  most memory held          {large.peak / 1e6:8,.0f} MB"
        yield f"  growth over the steps     {large.growth / 1e6:8,.0f} MB"
        for at in np.linspace(0, len(large.memory) - 1, 6).round().astype(int):
            held = large.memory[at]
            yield (
                f"    after {at:4} steps: {held.resident / 1e6:6,.0f} MB, "
                f"{held.private / 1e6:6,.0f} MB of it without libraries and memory maps"
            )
    yield "to the original's error on the test part"
    yield f"  the original              {original.seconds:8.0f} s   MSE {original.mse:.5f}"
    yield f"  learn(), {ours.epochs:3} epochs      {ours.seconds:8.0f} s   MSE {ours.mse:.5f}"
    if math.isnan(found.sooner):
        yield "  learn() did not come so far in the minutes it had"
    else:
        yield f"  learn() is there {found.sooner:.1f} times sooner"


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER)
    parser.add_argument("--portraits", type=int, default=PORTRAITS, help="of the large array")
    parser.add_argument("--steps", type=int, default=STEPS, help="of speed and memory")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for learn(), at most")
    parser.add_argument("--folder", type=Path, help="for the large array, 1 GB")
    options = parser.parse_args()
    try:
        found = measure_training(**vars(options))
    except UserError as error:
        parser.exit(1, f"{error}\n")
    for line in report(found):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
