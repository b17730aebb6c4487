"""The benchmarks of tests/bench/README.md in one run.

    python -m tests.bench.benchmarks [--arrays FOLDER] [--archive FILE] ...

Gives one table: what each step takes here, and what it takes in the way of the project that this
one began with, measured on the same machine. The table is printed and replaces the one in
this folder's README.md. On two cores it runs for about ten minutes; nothing else should.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import math
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import UserError
from data.paths import NUMPY_FOLDER
from model.loading import import_tensorflow
from tests.bench.engine_times import frame_times
from tests.bench.preparation import PUBLISHED_COUNT, Comparison, compare_at_size, cores, measure
from tests.bench.readme import with_block

if TYPE_CHECKING:
    from tests.bench.training import TrainingMetrics

PAGE = Path(__file__).with_name("README.md")


@dataclass(frozen=True)
class Row:
    """One step: what it takes here and the original's way, and how many times better that is."""

    step: str
    ours: str
    original: str
    times: str


def table(
    prepared: Comparison, frames: dict[str, np.ndarray], training: TrainingMetrics
) -> list[Row]:
    """Compare every step that was measured with the original's way of doing it."""
    medians = {name: float(np.median(times)) for name, times in frames.items()}
    original = training.original
    rows = [
        _row(
            f"{prepared.count:,} portraits from archive to arrays, seconds",
            prepared.prepared.seconds, prepared.usual.seconds, "{:,.0f}",
        ),
        _row("a face from 80 numbers, milliseconds",
             medians["decode"], medians["decode, predict"], "{:.1f}"),
        _row("a sketch to 80 numbers and back, milliseconds",
             medians["encode a sketch and decode"], medians["encode and decode, predict"],
             "{:.1f}"),
        _row("a picture to 80 numbers and back, milliseconds",
             medians["encode and decode"], medians["encode and decode, predict"], "{:.1f}"),
        _row("time to learn from an image, milliseconds",
             1000 / training.rates.together, 1000 / original.images_per_second, "{:.1f}"),
        _row(f"training to an error of {original.mse:.4f} on unseen portraits, seconds",
             original.seconds / training.sooner, original.seconds, "{:,.0f}"),
    ]  # fmt: skip
    if prepared.prepared.peak is not None:
        rows.insert(
            1,
            _row("memory to prepare them in, MB",
                 prepared.prepared.peak / 1e6, prepared.usual.peak / 1e6, "{:,.0f}"),
        )  # fmt: skip
    return rows


def _row(step: str, ours: float, original: float, form: str) -> Row:
    if math.isnan(ours):
        return Row(step, "not reached", form.format(original), "")
    times = original / ours
    return Row(
        step, form.format(ours), form.format(original), f"{times:.{0 if times > 10 else 1}f}"
    )


def remarks(prepared: Comparison, training: TrainingMetrics) -> list[str]:
    """Say what has no counterpart in the original."""
    rates, large = training.rates, training.large
    said = [
        f"Preparation runs at {prepared.limit.seconds / prepared.prepared.seconds:.0%} of the "
        "speed that decompression and decoding alone would allow; called again, it sees in "
        f"{prepared.again.seconds:.1f} s that there is nothing to do.",
        f"The input pipeline prepares {rates.pipeline:,.0f} images a second and the network takes "
        f"{rates.network:,.0f}; together they reach {rates.together / rates.network:.0%} of that.",
        f"The first step of training takes {large.seconds[0]:.1f} s with {training.portraits:,} "
        f"portraits and {training.small.seconds[0]:.1f} s with the sample.",
    ]
    if large.memory:
        said.append(
            f"With {training.portraits:,} portraits training holds {large.peak / 1e6:,.0f} MB at "
            f"most, TensorFlow included, and gained {large.growth / 1e6:,.0f} MB over "
            f"{len(large.seconds)} of the {large.epoch} steps of an epoch."
        )
    return said


def markdown(rows: list[Row], said: list[str]) -> str:
    """Write the table, then the remarks."""
    lines = [
        f"| on {machine()} | here | the original's way | times better |",
        "| --- | --- | --- | --- |",
        *(f"| {row.step} | {row.ours} | {row.original} | {row.times} |" for row in rows),
        "",
        *(f"- {remark}" for remark in said),
    ]
    return "\n".join(lines)


def machine() -> str:
    """Say what this runs on."""
    version = importlib.metadata.version("tensorflow")
    return (
        f"{cores()} processor cores, {platform.system()}, "
        f"Python {platform.python_version()}, TensorFlow {version}"
    )


def main() -> None:
    """Measure everything, print the table, and put it into the page."""
    import_tensorflow()  # here, since what is measured alone imports this module again
    from tests.bench import training

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER)
    parser.add_argument("--archive", type=Path, help="portraits to repeat; drawn ones without")
    parser.add_argument("--archive-portraits", type=int, default=PUBLISHED_COUNT)
    parser.add_argument("--array-portraits", type=int, default=training.PORTRAITS)
    parser.add_argument("--steps", type=int, default=training.STEPS)
    parser.add_argument("--minutes", type=float, default=training.MINUTES, help="for learn()")
    parser.add_argument("--folder", type=Path, help="for what is written meanwhile, some 4 GB")
    parser.add_argument("--page", type=Path, default=PAGE, help="whose table is replaced")
    options = parser.parse_args()
    try:
        frames = measure(frame_times).result
        trained = training.measure_training(
            options.arrays, options.array_portraits, options.steps, options.minutes, options.folder
        )
        prepared = compare_at_size(options.archive_portraits, options.archive, options.folder)
    except UserError as error:
        parser.exit(1, f"{error}\n")
    shown = markdown(table(prepared, frames, trained), remarks(prepared, trained))
    sys.stdout.write(shown + "\n")
    page = with_block(options.page.read_text(encoding="utf-8"), "benchmarks", shown)
    options.page.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
