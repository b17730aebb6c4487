"""The benchmarks of README.md in this folder, in one run.

    python -m tests.bench.benchmarks [--arrays FOLDER] [--portraits N]

Each step is measured here and in the way of the project that this one began with, on the same
machine and in a process of its own. The table is printed and replaces the one in README.md. It
takes about ten minutes on two cores, during which nothing else should run.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import io
import itertools
import math
import multiprocessing
import os
import platform
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from data import UserError, load_arrays
from data.paths import NUMPY_FOLDER
from data.prepare import prepare_data
from tests.bench.readme import with_block
from tests.data.drawn_archive import draw_portrait, png
from tests.memory import peak_memory

if TYPE_CHECKING:
    from tests.bench.original import Training

PAGE = Path(__file__).with_name("README.md")
PUBLISHED = 37_921  # portraits in the published archive
DRAWN = 500  # different pictures in an archive of drawn ones
CALLS, WARM_UP = 300, 10  # calls that are timed, and those before, which are not


@dataclass(frozen=True)
class Measured:
    """Seconds that a step took, bytes of memory it added at its peak, and its result."""

    seconds: float
    peak: int
    result: object


def measure(step: Callable, *arguments) -> Measured:
    """Run a step in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (step, arguments))


def _measured(step: Callable, arguments: tuple) -> Measured:
    before, began = peak_memory(), time.perf_counter()
    result = step(*arguments)
    return Measured(time.perf_counter() - began, peak_memory() - before, result)


# --- From the archive to arrays -----------------------------------------------------------------


def make_archive(path: Path, count: int) -> None:
    """Write an archive of `count` drawn portraits, `DRAWN` of them different."""
    drawn = itertools.cycle([png(draw_portrait(seed)) for seed in range(DRAWN)])
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for number, data in enumerate(itertools.islice(drawn, count)):
            folder = "FM"[number % 2]
            entry = tarfile.TarInfo(f"faces/{folder}/1985_Ohio_Akron_High_{number:05d}.png")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def prepare_as_original(archive: Path, out: Path) -> int:
    """Extract all, open image by image into a list, and save that; return the number of images."""
    out.mkdir()
    with tarfile.open(archive) as tar:
        tar.extractall(out, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    pictures = [
        np.asarray(Image.open(path).convert("L")) for path in sorted(out.glob("faces/*/*.png"))
    ]
    np.save(out / "X.npy", np.array(pictures))
    return len(pictures)


# --- Frames -------------------------------------------------------------------------------------


def call_times(call: Callable[[], object], calls: int = CALLS) -> np.ndarray:
    """Return the milliseconds that each of `calls` calls took, after a few that are not counted."""
    times = []
    for number in range(WARM_UP + calls):
        started = time.perf_counter()
        call()
        if number >= WARM_UP:
            times.append(1000 * (time.perf_counter() - started))
    return np.array(times)


def frame_times(folder: str | Path | None = None, calls: int = CALLS) -> dict[str, np.ndarray]:
    """Return the milliseconds of one frame's work, so many calls each, by what is done and how.

    `folder` is a model's; None takes the model in use.
    """
    from model import load_engine
    from model.folder import find_model

    engine = load_engine(folder)
    from model.engine import load_network

    network = load_network(find_model(folder))
    decoder = network.get_layer("decoder")
    code = np.zeros((1, engine.latent_dim), np.float32)
    image = engine.decode(code)
    drawing = np.repeat(image, 2, axis=-1)
    inputs = [image, np.zeros_like(code)][: len(network.inputs)]  # no correction, then
    ways: dict[str, Callable[[], object]] = {
        "decode": lambda: engine.decode(code),
        "encode a sketch and decode": lambda: engine.decode(engine.encode_sketch(drawing)),
        "encode and decode": lambda: engine.decode(engine.encode(image)),
        "decode, predict": lambda: decoder.predict(code, verbose=0),
        "encode and decode, predict": lambda: network.predict(inputs, verbose=0),
    }
    return {name: call_times(way, calls) for name, way in ways.items()}


# --- The table ----------------------------------------------------------------------------------


def table(
    count: int,
    prepared: tuple[Measured, Measured],
    frames: dict[str, np.ndarray],
    trained: tuple[Training, Training],
) -> str:
    """Write what was measured, here and the original's way, as a Markdown table.

    `count` is the portraits in the archive; for `frames`, see `frame_times`.
    """
    medians = {name: float(np.median(times)) for name, times in frames.items()}
    face, sketch, picture = (
        medians[name] for name in ("decode", "encode a sketch and decode", "encode and decode")
    )
    back = medians["encode and decode, predict"]
    seconds, megabytes = ([getattr(m, name) for m in prepared] for name in ("seconds", "peak"))
    ours, theirs = trained
    rows = [
        (f"{count:,} portraits from archive to arrays, seconds", *seconds, "{:,.0f}"),
        ("memory to prepare them in, MB", *(n / 1e6 for n in megabytes), "{:,.0f}"),
        ("a face from a code, milliseconds", face, medians["decode, predict"], "{:.1f}"),
        ("a sketch to its code and back, milliseconds", sketch, back, "{:.1f}"),
        ("a picture to its code and back, milliseconds", picture, back, "{:.1f}"),
        (
            "time to learn from an image, milliseconds",
            *(ours.milliseconds, theirs.milliseconds, "{:.1f}"),
        ),
        (
            f"training to an error of {theirs.mse:.4f} on unseen portraits, seconds",
            *(ours.seconds, theirs.seconds, "{:,.0f}"),
        ),
    ]
    lines = [
        f"| on {machine()} | here | the original's way | times better |",
        "| --- | --- | --- | --- |",
    ]
    for step, ours, original, form in rows:
        times = original / ours if ours else math.nan
        better = "" if math.isnan(times) else f"{times:.{0 if times > 10 else 1}f}"
        here = "not reached" if math.isnan(ours) else form.format(ours)
        lines.append(f"| {step} | {here} | {form.format(original)} | {better} |")
    return "\n".join(lines)


def machine() -> str:
    """Say what this runs on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    version = importlib.metadata.version("tensorflow")
    return (
        f"{cores} processor cores, {platform.system()}, Python {platform.python_version()}, "
        f"TensorFlow {version}"
    )


def main() -> None:
    """Measure everything, print the table, and put it into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER)
    parser.add_argument("--portraits", type=int, default=PUBLISHED, help="in the archive")
    options = parser.parse_args()
    from tests.bench.original import train_here, train_original  # Keras, only where it is used

    try:
        load_arrays(options.arrays)
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder, "faces.tar.gz")
            make_archive(archive, options.portraits)
            ways = ((prepare_data, "arrays"), (prepare_as_original, "original"))
            prepared = tuple(measure(way, archive, Path(folder, name)) for way, name in ways)
        original = measure(train_original, options.arrays).result
        ours = measure(train_here, options.arrays, original.mse).result
        frames = measure(frame_times).result
    except UserError as error:
        parser.exit(1, f"{error}\n")
    shown = table(options.portraits, prepared, frames, (ours, original))
    sys.stdout.write(shown + "\n")
    page = with_block(PAGE.read_text(encoding="utf-8"), "benchmarks", shown)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
