"""Zip files and `.npz` files of unknown origin: bounded in size, never unpickled."""

import io
import zipfile
from pathlib import Path

import numpy as np


def read_zip(path: Path, max_bytes: int) -> dict[str, bytes]:
    """Read all members of a zip file into memory: their bytes, by their names.

    Raises an OSError if it cannot be read, a ValueError if it is damaged, or if it or its members
    together are larger than `max_bytes`.
    """
    if path.stat().st_size > max_bytes:
        raise ValueError("too large")
    data = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {}
            if sum(member.file_size for member in archive.infolist()) > max_bytes:
                raise ValueError("too large")
            for member in archive.infolist():
                with archive.open(member) as file:  # without a limit, all that unpacks is kept
                    members[member.filename] = file.read(member.file_size + 1)
                if len(members[member.filename]) != member.file_size:
                    raise ValueError("cut off")
            return members
    except Exception as error:  # `zipfile` raises a dozen kinds
        raise ValueError("not a whole zip file") from error


def read_arrays(path: Path, max_bytes: int) -> dict[str, np.ndarray]:
    """Read an `.npz` file of plain arrays, never pickles, by their names; errors as `read_zip`."""
    arrays = {}
    for name, data in read_zip(path, max_bytes).items():
        try:
            array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
        except Exception as error:  # a header is Python source, which can fail in any way
            raise ValueError("not an array") from error
        if array.size > max_bytes:  # of a type without a size
            raise ValueError("too large")
        arrays[name.removesuffix(".npy")] = array
    return arrays


def finite(array: np.ndarray, shape: tuple[int, ...], limit: float) -> np.ndarray:
    """Return an array as float32; `ValueError` for another shape, NaN, or numbers past +-limit."""
    if array.dtype.kind != "f" or array.shape != shape:
        raise ValueError(f"Expected floats of shape {shape}. Received: {array.dtype} {array.shape}")
    numbers = array.astype(np.float32, copy=False)
    if not np.abs(numbers).max(initial=0) <= limit:
        raise ValueError(f"Expected finite numbers up to {limit}. Received: others")
    return numbers
