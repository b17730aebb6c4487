"""The portraits of the archive: names, years, training and test parts, decoding on all cores."""

import io
import os
import re
import struct
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
from PIL import Image

PORTRAIT_SHAPE = (171, 186)  # rows, columns
FOLDERS = ("F", "M")
MAX_FILE_BYTES = 1 << 20  # a published portrait takes about 15 kB
MAX_NAME_LENGTH = 200

_BATCH = 32  # files per task of a thread
_MAX_WORKERS = 8  # decoding threads that one reading thread can keep busy
_PNG_START = b"\x89PNG\r\n\x1a\n"
_TRAIN_OF_PUBLISHED = (30_000, 37_921)  # portraits for training, and all
_SEED = 1905  # the year of the oldest portrait
_YEAR = re.compile(r"(1[89]\d\d|20\d\d)_", re.ASCII)


@dataclass(frozen=True)
class Skipped:
    """A file of the archive that is not used, and why."""

    name: str
    reason: str


def name_fault(name: str) -> str:
    """Return what is wrong with the name of a file in the archive, or ""."""
    parts = name.replace("\\", "/").split("/")
    if not parts[0] or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":"):
        return "its name leads outside the archive"
    if not name.isprintable() or len(parts[-1]) > MAX_NAME_LENGTH:
        return "its name is not plain text"
    return ""


def read_year(name: str) -> int | None:
    """Return the year that a file name starts with, or None for an undated portrait."""
    match = _YEAR.match(name)
    return int(match[1]) if match else None


def split_portraits(names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Divide portraits into training and test, in shuffled order, the same on every machine.

    The parts depend only on the names, at least two, and not on their order, so the archive and a
    folder give the same arrays.

    Returns:
        Two int arrays of indices into `names`: the rows of `X_train` and those of `X_test`.
    """
    by_name = np.array(sorted(range(len(names)), key=names.__getitem__))
    # NumPy promises that the numbers of a RandomState never change; those of a Generator may.
    shuffled = by_name[np.random.RandomState(_SEED).permutation(len(names))]
    part, whole = _TRAIN_OF_PUBLISHED
    train = min(max(round(len(names) * part / whole), 1), len(names) - 1)
    return shuffled[:train], shuffled[train:]


def decode_in_order(
    files: Iterable[tuple[str, bytes] | Skipped],
) -> Iterator[tuple[str, np.ndarray] | Skipped]:
    """Decode files of the archive in other threads while the caller's thread reads more of them.

    It takes the name and content of each file, or `Skipped`, and yields in the same order the name
    and pixels, uint8 (171, 186), or `Skipped`. Only a few batches are in memory at a time.
    """
    workers = min(os.cpu_count() or 1, _MAX_WORKERS)
    files = iter(files)
    under_way: deque = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="decode") as pool:
        while batch := list(islice(files, _BATCH)):
            under_way.append(pool.submit(list, map(_decode, batch)))
            if len(under_way) > 2 * workers:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


def _decode(file: tuple[str, bytes] | Skipped) -> tuple[str, np.ndarray] | Skipped:
    """Return the name and the gray pixels of a PNG file, or why it is skipped."""
    if isinstance(file, Skipped):
        return file
    name, data = file
    if not data:
        return Skipped(name, "is empty")
    if data[:8] != _PNG_START or data[12:16] != b"IHDR" or len(data) < 24:
        return Skipped(name, "is not a PNG image")
    # The size is read first, so that an image of another size takes no memory.
    width, height = struct.unpack(">II", data[16:24])
    rows, columns = PORTRAIT_SHAPE
    if (height, width) != PORTRAIT_SHAPE:
        return Skipped(name, f"is {width} x {height} pixels, not {columns} x {rows}")
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if image.size != (width, height):
                raise ValueError("two headers")
            if image.mode.startswith("I"):  # 16 bits, which `convert` would clip
                return name, (np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8)
            return name, np.asarray(image.convert("L"))
    except Exception:  # Pillow raises more than OSError
        return Skipped(name, "is damaged or cut off")
