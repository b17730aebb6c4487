"""Measures training on this machine.

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
import importlib
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from data import UserError
from data.paths import NUMPY_FOLDER
from model.loading import import_tensorflow
from tests.bench.preparation import measure
from tests.bench.training_figures import TrainingFigures

PORTRAITS = 30_000
STEPS = 400
FEW_STEPS = 20  # enough to see how long the first one takes
MINUTES = 30.0


def measure_training(
    arrays: Path,
    portraits: int = PORTRAITS,
    steps: int = STEPS,
    minutes: float = MINUTES,
    folder: Path | None = None,
) -> TrainingFigures:
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
    rates = _alone("training_speed", "image_rates", arrays, steps)
    small = _alone("training_speed", "learning_steps", arrays, min(FEW_STEPS, steps))
    with tempfile.TemporaryDirectory(dir=folder) as place:
        _alone("training_speed", "repeat_portraits", arrays, Path(place), portraits)
        large = _alone("training_speed", "learning_steps", Path(place), steps)
    original = _alone("time_to_quality", "original_quality", arrays)
    ours = _alone("time_to_quality", "our_quality", arrays, original.mse, 60 * minutes)
    return TrainingFigures(rates, small, large, portraits, original, ours)


def _alone(module: str, function: str, *arguments):
    """Run a function of the model's modules in a process of its own; return what it returns."""
    return measure(_call, f"tests.bench.{module}", function, arguments).result


def _call(module: str, function: str, arguments: tuple):
    import_tensorflow()  # before the module does, and quietly
    return getattr(importlib.import_module(module), function)(*arguments)


def report(found: TrainingFigures) -> Iterator[str]:
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
