"""What the steps of a training take: seconds and memory, noted while Keras trains."""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np

from tests.bench.memory import Memory, memory_in_use

if TYPE_CHECKING:
    from model.training.learn import Settings

SETTLED = 5  # steps after which times no longer tell of tracing and warming up


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
    from model.training.learn import learn

    meter = StepTimes(stop_after=steps)
    settings = replace(settings, steps=max(settings.steps, 2 * steps))
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(io.StringIO()),  # the bar of a training that never ends
        contextlib.suppress(EnoughSteps),
    ):
        learn(arrays=arrays, out=Path(folder) / "model", settings=settings, callbacks=[meter])
    return meter
