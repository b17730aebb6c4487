"""Files that the screens keep: written whole or not at all, and never trusted when read.

Arrays are base64 text in JSON, so they come back bit for bit and can hold nothing but numbers.
"""

import base64
import itertools
import json
import math
import time
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np

from data.errors import tell_failure
from data.replace import make_folder, replace_file

STAMP = "%Y-%m-%d-%H%M%S"
CHECK = "check the folder's space and permissions"  # advice after a failed write

_LONGEST_INTEGER = 20  # digits; some Pythons take minutes for a million


def write_new(folder: Path, stem: str, suffix: str, content: bytes) -> Path:
    """Write `content` to a new file and return its path; `UserError` if that fails.

    Names sort by time, as in `face-2026-11-22-151204.png`; more in the same second get -2, -3, ...
    """
    stem = f"{stem}-{time.strftime(STAMP)}"
    with tell_failure(f"Nothing can be saved in {folder}", CHECK):
        make_folder(folder)
        for number in itertools.count(1):
            path = folder / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}"
            with suppress(FileExistsError):
                with replace_file(path, new_only=True) as new:
                    new.write_bytes(content)
                break
    return path


def parse_json(text: str | bytes) -> dict:
    """Return the object that `text` holds.

    Text that is no JSON object, holds NaN or infinity, or has numbers of absurd length raises a
    `ValueError`.
    """
    try:
        value = json.loads(text, parse_int=_integer, parse_float=_number, parse_constant=_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def pack_numbers(values: np.ndarray) -> str:
    """Return float32 `values` as text."""
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode("ascii")


def unpack_numbers(text: object, shape: tuple[int, ...]) -> np.ndarray:
    """Return the float32 array of this `shape` that `pack_numbers` wrote; else `ValueError`."""
    values = np.frombuffer(_decode(text), dtype="<f4").reshape(shape)
    if not np.isfinite(values).all():
        raise ValueError("not all numbers are finite")
    return values.astype(np.float32)


def pack_pixels(pixels: np.ndarray | None) -> str | None:
    """Return uint8 `pixels` as compressed text, None for none."""
    if pixels is None:
        return None
    packed = zlib.compress(np.ascontiguousarray(pixels, dtype=np.uint8).tobytes(), 9)
    return base64.b64encode(packed).decode("ascii")


def unpack_pixels(text: object, shape: tuple[int, ...]) -> np.ndarray:
    """Return the uint8 array of this `shape` that `pack_pixels` wrote; else `ValueError`."""
    size = math.prod(shape)
    decompressor = zlib.decompressobj()
    try:
        content = decompressor.decompress(_decode(text), size + 1)
    except zlib.error as error:
        raise ValueError("damaged pixels") from error
    if len(content) != size or not decompressor.eof:
        raise ValueError("a picture of another size")
    return np.frombuffer(content, dtype=np.uint8).reshape(shape).copy()


def _decode(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("not a text")
    return base64.b64decode(text, validate=True)


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise ValueError("a number of absurd length")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not all numbers are finite")
    return value
