"""The prepared portraits, `X_train.npy`, `X_test.npy` and `portraits.csv`; checked when opened."""

import contextlib
import csv
import hashlib
import mmap
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np

from data.checks import check_path
from data.errors import UserError, tell_failure
from data.paths import NUMPY_FOLDER
from data.portraits import FOLDERS, MAX_NAME_LENGTH, PORTRAIT_SHAPE
from data.replace import recover_set

TRAIN_NAME = "X_train.npy"
TEST_NAME = "X_test.npy"
LABELS_NAME = "portraits.csv"

_ARRAYS = {"train": TRAIN_NAME, "test": TEST_NAME}


@dataclass(frozen=True)
class Portrait:
    """The label of one portrait."""

    row: int  # in `X_train` or in `X_test`
    split: str  # which of the two: "train" or "test"
    file: str  # its name in the archive, without the folder
    folder: str  # "F" or "M"
    year: int | None  # of the yearbook, if it is known

    @property
    def source(self) -> str:
        """Where the portrait comes from: "archive-org", or "published" for the archive's own."""
        return "archive-org" if "_archive-org_" in self.file else "published"


_COLUMNS = [field.name for field in fields(Portrait)]


def load_arrays(folder: Path | str = NUMPY_FOLDER) -> tuple[np.ndarray, np.ndarray]:
    """Open the prepared portraits as read-only memory maps, which take no memory until used.

    Returns:
        `X_train` and `X_test`, uint8 of shape (n, 171, 186, 1). The rows of `X_train` are in
        shuffled order; its last tenth is the validation slice.

    Raises:
        UserError: There are no arrays, or they are damaged or of another kind.
    """
    folder = check_path("arrays", folder)
    with _told(folder, "prepared portraits"):
        recover_set(folder)
    return _open_array(folder / TRAIN_NAME), _open_array(folder / TEST_NAME)


def load_labels(folder: Path | str = NUMPY_FOLDER) -> list[Portrait]:
    """Return the labels of `X_train` row by row, then of `X_test`; errors as `load_arrays`."""
    path = check_path("arrays", folder) / LABELS_NAME
    with _told(path, "labels"):
        recover_set(path.parent)
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file, strict=True)
            if next(lines, None) != _COLUMNS:
                raise ValueError("its columns have other names")
            portraits = [_read_label(line) for line in lines]
        expected = []
        for split, name in _ARRAYS.items():
            rows = sum(one.split == split for one in portraits)
            expected += [(split, row) for row in range(rows)]
            array = path.with_name(name)
            if array.exists() and len(_open_array(array)) != rows:
                raise ValueError(f"they are not those of {name}")
        if [(one.split, one.row) for one in portraits] != expected:
            raise ValueError("lines out of order")
        return portraits


def write_labels(path: Path, portraits: Iterable[Portrait]) -> None:
    """Write labels as `portraits.csv`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(map(astuple, portraits))


def drop_pages(array: np.ndarray) -> None:
    """Release the pages of a read-only memory map that were read; other arrays are left alone.

    Without this, a pass over 30,000 portraits seems to hold all of them in memory. A page that is
    read again comes from the system's cache. Does nothing on Windows, which has no such call.
    """
    owner: object = array
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap) and not array.flags.writeable:
        with contextlib.suppress(AttributeError, OSError):
            owner.madvise(mmap.MADV_DONTNEED)


def blocks(array: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """Yield the rows of an array, `size` at a time, and release the pages that were read."""
    for start in range(0, len(array), size):
        yield np.ascontiguousarray(array[start : start + size])
        drop_pages(array)


def evenly_spaced(array: np.ndarray, at_most: int) -> np.ndarray:
    """Return at most so many rows of an array, evenly spaced."""
    if len(array) <= at_most:
        return array
    return array[np.linspace(0, len(array) - 1, at_most).round().astype(int)]


def hash_array(array: np.ndarray) -> str:
    """Return the SHA-256 of an array's shape and content, in hexadecimal."""
    digest = hashlib.sha256(str(array.shape).encode())
    for block in blocks(array, 256):
        digest.update(block.data)
    return digest.hexdigest()


def _open_array(path: Path) -> np.ndarray:
    """Open one array as a read-only memory map; pickled objects never load.

    The file's size is checked too: reading a memory map past the end of a truncated file would
    crash the process.
    """
    with _told(path, "prepared portraits"), path.open("rb"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about headers that Python 2 wrote
        try:
            array = np.lib.format.open_memmap(path, mode="r")
        except Exception as error:  # a header is Python source, which can fail in any way
            raise ValueError("it is damaged or cut off") from error
        if array.dtype != np.uint8:
            raise ValueError(f"it holds {array.dtype} instead of uint8")
        if array.shape[1:] != (*PORTRAIT_SHAPE, 1) or not len(array):
            raise ValueError(f"its shape is {array.shape}")
        if not array.flags.c_contiguous:
            raise ValueError("its axes are in another order")
        if path.stat().st_size != array.offset + array.nbytes:
            raise ValueError("it is cut off or too long")
        return array


def _read_label(line: list[str]) -> Portrait:
    if len(line) != len(_COLUMNS):
        raise ValueError("a line with too few or too many columns")
    row, split, file, folder, year = line
    numbers = re.fullmatch("[0-9]{1,9}", row) and re.fullmatch("([0-9]{4})?", year)
    named = file.isprintable() and 0 < len(file) <= MAX_NAME_LENGTH and "/" not in file
    if not (numbers and named) or split not in _ARRAYS or folder not in FOLDERS:
        raise ValueError("a line that describes no portrait")
    return Portrait(int(row), split, file, folder, int(year) if year else None)


@contextlib.contextmanager
def _told(path: Path, what: str) -> Iterator[None]:
    """Turn errors while reading portraits or labels into one sentence."""
    with tell_failure(f"{path} cannot be read", "check its permissions"):
        try:
            yield
        except FileNotFoundError as error:
            raise UserError(
                f"There are no {what} in {path.parent}: call prepare_data() in main.py first."
            ) from error
        except (ValueError, csv.Error) as error:
            raise UserError(
                f"{path} is damaged or holds no {what} ({error}): call prepare_data() in main.py "
                "to write it again."
            ) from error
