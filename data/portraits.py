"""One portrait of the archive: its name, its label and its pixels."""

import io
import re
import struct
from dataclasses import dataclass

import numpy as np
from PIL import Image

PORTRAIT_SHAPE = (171, 186)  # rows, columns
PORTRAIT_BYTES = PORTRAIT_SHAPE[0] * PORTRAIT_SHAPE[1]
FOLDERS = ("F", "M")
MAX_FILE_BYTES = 1 << 20  # a published portrait takes about 15 kB
MAX_NAME_LENGTH = 200

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


def check_name(name: str) -> None:
    """Raise `NotAPortrait` for a name that could not be written down safely as one line of text.

    Args:
        name: the path of a file within the archive, with forward slashes.
    """
    parts = name.replace("\\", "/").split("/")
    if not parts[0] or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":"):
        raise NotAPortrait("its name leads outside the archive")
    if not name.isprintable() or len(parts[-1]) > MAX_NAME_LENGTH:
        raise NotAPortrait("its name is not plain text")


def read_year(name: str) -> int | None:
    """Return the year that a file name starts with, or None for an undated portrait."""
    match = _YEAR.match(name.rpartition("/")[2])
    return int(match[1]) if match else None


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
                raise NotAPortrait("is damaged")
            if image.mode.startswith("I"):  # 16 bits, which `convert` would clip instead of scale
                return (np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8)
            gray = image if image.mode == "L" else image.convert("L")
            return np.frombuffer(gray.tobytes(), np.uint8).reshape(PORTRAIT_SHAPE)
    except NotAPortrait:
        raise
    except Exception as error:  # what Pillow raises for damaged files is not limited to OSError
        raise NotAPortrait("is damaged or cut off") from error
