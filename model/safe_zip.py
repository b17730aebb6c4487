"""Zip files and `.npz` files from anywhere, read without believing the sizes that they claim.

`zipfile` and `numpy.load` allocate what a header asks for before they look whether it is there, and
`zipfile` reads a directory of any length. Here every length is held against the file first, and
whatever is wrong with a file is one kind of error.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
import zipfile
from pathlib import Path

import numpy as np

MAX_DIRECTORY_BYTES = 2**18  # of the list of members: about two thousand of them
_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")


def read_zip(path: Path, max_bytes: int) -> dict[str, bytes]:
    """Read all members of a zip file into memory.

    Args:
        path: the file. It carries no comment and is no multi-part or 64-bit archive, which neither
            Keras nor NumPy writes.
        max_bytes: of all members together.

    Returns:
        The bytes of the members by their names.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is damaged, larger, or names a member twice.
    """
    try:
        with path.open("rb") as file:
            _check_directory(file)
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                if len({member.filename for member in members}) < len(members):
                    raise ValueError("a member is there twice")
                if sum(member.file_size for member in members) > max_bytes:
                    raise ValueError("too large")
                return {member.filename: _read_member(archive, member) for member in members}
    except OSError:
        raise
    except Exception as error:  # `zipfile` raises a dozen kinds
        raise ValueError("not a whole zip file") from error


def read_arrays(path: Path, max_bytes: int) -> dict[str, np.ndarray]:
    """Read an `.npz` file of numbers and text, never of pickled objects.

    Args:
        path: the file.
        max_bytes: of all arrays together, their headers included.

    Returns:
        Read-only arrays by their names.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is damaged, larger, or not such a file.
    """
    members = read_zip(path, max_bytes)
    if not all(name.endswith(".npy") for name in members):
        raise ValueError("a member is not an array")
    return {name.removesuffix(".npy"): _parse_array(data) for name, data in members.items()}


def finite(array: np.ndarray, shape: tuple[int, ...], limit: float) -> np.ndarray:
    """Return an array as float32 if it has this shape and no number beyond +-limit, or NaN.

    Raises:
        ValueError: if not.
    """
    if array.dtype.kind != "f" or array.shape != shape:
        raise ValueError(f"Expected floats of shape {shape}. Received: {array.dtype} {array.shape}")
    if not np.abs(array).max(initial=0) <= limit:
        raise ValueError(f"Expected finite numbers up to {limit}. Received: others")
    return array.astype(np.float32, copy=False)


def _check_directory(file: io.BufferedReader) -> None:
    """Refuse a list of members that takes long to read, from the record at the very end."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_OF_DIRECTORY.size))
    signature, *_, length, start, comment = _END_OF_DIRECTORY.unpack(file.read())
    if signature != b"PK\5\6" or comment or length > MAX_DIRECTORY_BYTES:
        raise ValueError("not a plain zip file")
    if start + length + _END_OF_DIRECTORY.size != size:
        raise ValueError("cut off or too long")


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("an unusual compression")
    with archive.open(member) as file:
        data = file.read(member.file_size + 1)  # without a length, all that unpacks is held
    if len(data) != member.file_size:
        raise ValueError("cut off")
    return data


def _parse_array(data: bytes) -> np.ndarray:
    file = io.BytesIO(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers that Python 2 wrote
        try:
            if np.lib.format.read_magic(file) != (1, 0):
                raise ValueError("version")
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        except Exception as error:  # a header is Python source, and can be wrong in as many ways
            raise ValueError("its header is damaged") from error
    if dtype.kind not in "biufU" or not dtype.itemsize or min(shape, default=0) < 0:
        raise ValueError(f"Expected an array of numbers or text. Received: {dtype} {shape}")
    if len(data) - file.tell() != math.prod(shape) * dtype.itemsize:
        raise ValueError("cut off or too long")
    array = np.frombuffer(data, dtype, offset=file.tell())
    return array.reshape(shape, order="F" if fortran else "C")
