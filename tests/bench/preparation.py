"""How fast and frugal preparation is, beside its limit and beside the usual way.

    python -m tests.bench.preparation --portraits 37921 [--source ARCHIVE] [--folder FOLDER]

An archive of that many portraits is made first, of the portraits in ARCHIVE under other names, over
and over, or of drawn ones. Each figure is then measured in a process of its own.
"""

import argparse
import io
import itertools
import multiprocessing
import os
import sys
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from data.portraits import FOLDERS, MAX_FILE_BYTES, PORTRAIT_SHAPE, Skipped, decode_portrait
from data.prepare import prepare_data
from data.sources import open_source
from data.tar import read_tar
from tests.bench.memory import peak_memory

PUBLISHED_COUNT = 37_921
_DRAWN = 500
_SAMPLE = 4_000  # portraits that are decoded to measure what decoding costs


def make_archive(path: Path, count: int, source: Path | None = None) -> None:
    """Write an archive of `count` portraits as the published one, repeating those of `source`."""
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for number, data in enumerate(itertools.islice(_images(source), count)):
            folder = FOLDERS[number % len(FOLDERS)]
            entry = tarfile.TarInfo(f"faces/{folder}/1985_Ohio_Akron_High_{number:05d}.png")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def _images(source: Path | None) -> Iterator[bytes]:
    if source is None:
        images = [_draw(seed) for seed in range(_DRAWN)]
    else:
        files = open_source(source).files()
        images = [file[1] for file in files if not isinstance(file, Skipped)]
    return itertools.cycle(images)


def _draw(seed: int) -> bytes:
    """Return a PNG that takes about as long to decode as a portrait: soft shades with grain."""
    rng = np.random.default_rng(seed)
    height, width = PORTRAIT_SHAPE
    shades = Image.fromarray(rng.integers(40, 220, (12, 12), np.uint8)).resize((width, height))
    picture = np.asarray(shades, np.float32) + rng.normal(0, 3, PORTRAIT_SHAPE)
    file = io.BytesIO()
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def decompress(archive: Path, _out: Path) -> int:
    """Decompress the archive and do nothing else; return the number of bytes."""
    size = 0
    unpack = zlib.decompressobj(wbits=31)
    with archive.open("rb") as file:
        while data := file.read(1 << 18):
            size += len(unpack.decompress(data))
    return size


def decode(archive: Path, _out: Path) -> tuple[int, float, float]:
    """Decode portraits that are in memory already; return how many, the seconds, core-seconds."""
    with archive.open("rb") as raw:
        entries = (data for _, data, _ in read_tar(raw.read, MAX_FILE_BYTES) if data)
        images = list(itertools.islice(entries, _SAMPLE))
    began, core_began = time.perf_counter(), time.process_time()
    for data in images:
        decode_portrait(data)
    return len(images), time.perf_counter() - began, time.process_time() - core_began


def prepare(archive: Path, out: Path) -> str:
    """Prepare the archive; return the summary."""
    return str(prepare_data(archive, out))


def prepare_the_usual_way(archive: Path, out: Path) -> int:
    """Extract all, open image by image into a list, and save that; return the number of images."""
    out.mkdir()
    with tarfile.open(archive) as tar:
        tar.extractall(out, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    pictures = [
        np.asarray(Image.open(path).convert("L")) for path in sorted(out.glob("faces/*/*.png"))
    ]
    np.save(out / "X.npy", np.array(pictures))
    return len(pictures)


@dataclass(frozen=True)
class Measured:
    """What a step took: seconds, seconds of all cores together, peak bytes above import."""

    seconds: float
    core_seconds: float
    peak: int | None
    result: object


def measure(step: Callable, *arguments) -> Measured:
    """Run a step in a new process and return what it took, and its result."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (step, arguments))


def _measured(step: Callable, arguments: tuple) -> Measured:
    before = peak_memory()
    began, core_began = time.perf_counter(), time.process_time()
    result = step(*arguments)
    seconds, core_seconds = time.perf_counter() - began, time.process_time() - core_began
    return Measured(
        seconds, core_seconds, None if before is None else peak_memory() - before, result
    )


@dataclass(frozen=True)
class Comparison:
    """Preparation on one archive: what cannot be undercut, this project's way, the usual way."""

    count: int
    packed: int
    unpacked: int
    limit: Measured
    prepared: Measured
    again: Measured
    usual: Measured


def compare(archive: Path, folder: Path, count: int) -> Comparison:
    """Measure everything on one archive of `count` portraits, in a folder for what is written."""
    unpacking = measure(decompress, archive, folder)
    decoded, seconds, core_seconds = measure(decode, archive, folder).result
    share = count / decoded
    limit = Measured(
        max((unpacking.seconds + seconds * share) / cores(), unpacking.seconds),
        unpacking.core_seconds + core_seconds * share,
        None,
        None,
    )
    return Comparison(
        count,
        archive.stat().st_size,
        unpacking.result,
        limit,
        measure(prepare, archive, folder / "arrays"),
        measure(prepare, archive, folder / "arrays"),
        measure(prepare_the_usual_way, archive, folder / "usual"),
    )


def compare_at_size(
    count: int, source: Path | None = None, folder: Path | None = None
) -> Comparison:
    """Measure everything on an archive of `count` portraits that is made for it and removed."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        archive = Path(place) / "faces.tar.gz"
        make_archive(archive, count, source)
        return compare(archive, Path(place), count)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def report(found: Comparison) -> Iterator[str]:
    """Write a comparison as the lines of a table."""
    count, limit = found.count, found.limit
    packed, unpacked = found.packed / 1e6, found.unpacked / 1e6
    yield f"{count:,} portraits, {packed:.0f} MB, {unpacked:.0f} MB unpacked"
    yield f"{'':24}{'seconds':>9}{'images/s':>10}{'of limit':>10}{'core-seconds':>14}{'peak':>9}"
    yield _row(f"limit on {cores()} cores", limit, count, limit)
    yield _row("prepare_data()", found.prepared, count, limit)
    yield _row("... called again", found.again, count)
    yield _row("the usual way", found.usual, count, limit)
    ratio = found.usual.seconds / found.prepared.seconds
    yield f"prepare_data() takes 1/{ratio:.1f} of the time of the usual way"


def _row(what: str, took: Measured, count: int, limit: Measured | None = None) -> str:
    share = "" if limit is None else f"{limit.seconds / took.seconds:.0%}"
    memory = "" if took.peak is None else f"{took.peak / 1e6:,.0f} MB"
    rate = count / took.seconds
    return (
        f"{what:24}{took.seconds:9.2f}{rate:10,.0f}{share:>10}{took.core_seconds:14.2f}{memory:>9}"
    )


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--portraits", type=int, default=PUBLISHED_COUNT)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--folder", type=Path, help="for the archive and the arrays, some 4 GB")
    options = parser.parse_args()
    for line in report(compare_at_size(options.portraits, options.source, options.folder)):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
