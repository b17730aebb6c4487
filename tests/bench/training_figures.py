"""The figures of the training benchmark, which any process can hold without TensorFlow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tests.bench.memory import Memory


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
class TrainingFigures:
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
