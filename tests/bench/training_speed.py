"""What training takes: images a second, seconds and memory of its steps."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from data import load_arrays
from data.arrays import TEST_NAME, TRAIN_NAME
from model.measuring.metrics import split_validation
from model.training.augmentation import training_batches
from model.training.learn import Settings, compiled_model
from tests.bench.memory import memory_in_use
from tests.bench.step_times import SETTLED, StepTimes, time_learning
from tests.bench.training_figures import Rates, Steps

BLOCK = 1000  # portraits written at a time


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
