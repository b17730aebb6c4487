"""The portraits of the archive: their names and years, and their pixels, decoded on all cores."""

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
PORTRAIT_BYTES = PORTRAIT_SHAPE[0] * PORTRAIT_SHAPE[1]
FOLDERS = ("F", "M")
MAX_FILE_BYTES = 1 << 20  # a published portrait takes about 15 kB
MAX_NAME_LENGTH = 200

_BATCH = 32  # files a task: enough that handing tasks over costs nothing
_MAX_WORKERS = 8  # reading the archive, which is one thread's work, keeps no more than these busy
_PNG_START = b"\x89PNG\r\n\x1a\n"
_YEAR = re.compile(r"(1[89]\d\d|20\d\d)_", re.ASCII)


@dataclass(frozen=True)
class PortraitFile:
    """A file of the archive that may be a portrait: `name` is `F/....png` or `M/....png`."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Skipped:
    """Something in the archive that is not used, and why."""

    name: str
    reason: str


class NotAPortrait(Exception):  # noqa: N818 - an answer, not a fault
    """The file is not a portrait; the message says why, to follow the file's name."""


def name_fault(name: str) -> str:
    """Return why a name could not be written down safely as one line of text, or "" if it could.

    Args:
        name: the path of a file within the archive, with forward slashes.
    """
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


def decode_in_order(
    files: Iterable[PortraitFile | Skipped],
) -> Iterator[tuple[str, np.ndarray] | Skipped]:
    """Yield name and pixels of each file, or why it is passed over, in the order of the files.

    The caller's thread reads the files; a few others decode them meanwhile. Never more than a few
    batches are under way, however large the archive.
    """
    workers = min(os.cpu_count() or 1, _MAX_WORKERS)
    files = iter(files)
    under_way: deque = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="decode") as pool:
        while batch := list(islice(files, _BATCH)):
            under_way.append(pool.submit(_decode, batch))
            if len(under_way) > 2 * workers:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


def _decode(batch: list[PortraitFile | Skipped]) -> list[tuple[str, np.ndarray] | Skipped]:
    decoded = []
    for file in batch:
        try:
            skipped = isinstance(file, Skipped)
            decoded.append(file if skipped else (file.name, decode_portrait(file.data)))
        except NotAPortrait as reason:
            decoded.append(Skipped(file.name, str(reason)))
    return decoded


def decode_portrait(data: bytes) -> np.ndarray:
    """Return the pixels of a PNG file as uint8 of shape (171, 186); colour becomes gray.

    The size is read from the first bytes, so that no memory is given to an image of another size,
    whatever it unpacks to.

    Raises:
        NotAPortrait: The bytes are not a PNG file, are damaged or hold an image of another size.
    """
    if not data:
        raise NotAPortrait("is empty")
    if data[:8] != _PNG_START or data[12:16] != b"IHDR" or len(data) < 24:
        raise NotAPortrait("is not a PNG image")
    width, height = struct.unpack(">II", data[16:24])
    if (height, width) != PORTRAIT_SHAPE:
        rows, columns = PORTRAIT_SHAPE
        raise NotAPortrait(f"is {width} x {height} pixels, not {columns} x {rows}")
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if image.size != (width, height):
                raise ValueError("a second size")
            if image.mode.startswith("I"):  # 16 bits, which `convert` would clip instead of scale
                return (np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8)
            return np.asarray(image.convert("L"))
    except Exception as error:  # what Pillow raises for damaged files is not limited to OSError
        raise NotAPortrait("is damaged or cut off") from error
