"""The prepared arrays, `X_train.npy` and `X_test.npy`: opened for reading, and only if sound."""

import contextlib
import hashlib
import mmap
import warnings
from pathlib import Path

import numpy as np

from data.errors import UserError
from data.paths import NUMPY_FOLDER, user_path
from data.portraits import PORTRAIT_SHAPE

TRAIN_NAME = "X_train.npy"
TEST_NAME = "X_test.npy"


def load_arrays(folder: Path | str = NUMPY_FOLDER) -> tuple[np.ndarray, np.ndarray]:
    """Open the prepared portraits as read-only memory maps, which take no memory until used.

    Args:
        folder: the folder that `prepare_data` wrote to.

    Returns:
        `X_train` and `X_test`, uint8 of shape (n, 171, 186, 1). The rows of `X_train` are in
        shuffled order; its last tenth is the validation slice.

    Raises:
        UserError: There are no arrays, or they are damaged or of another kind.
    """
    folder = user_path(folder)
    return open_array(folder / TRAIN_NAME), open_array(folder / TEST_NAME)


def open_array(path: Path) -> np.ndarray:
    """Open one array of portraits as a read-only memory map; errors as `load_arrays`.

    The header is held against the size of the file before anything is mapped: a file that was cut
    off would end the process at the first look beyond its end, and pickled objects never load.
    """
    try:
        offset, count = _read_header(path)
        return np.memmap(path, np.uint8, "r", offset, (count, *PORTRAIT_SHAPE, 1))
    except FileNotFoundError as error:
        raise UserError(
            f"There are no prepared portraits in {path.parent}: call prepare_data() in main.py "
            "first."
        ) from error
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}): check its permissions."
        ) from error
    except ValueError as error:
        raise UserError(
            f"{path} is not an array of portraits ({error}): call prepare_data(fresh=True) in "
            "main.py to write it again."
        ) from error


def drop_pages(array: np.ndarray) -> None:
    """Let go of the pages of a read-only memory map that were read; other arrays stay as they are.

    The system counts pages that were looked at as memory of the process until it needs the room.
    Without this a pass over 30,000 portraits seems to hold all of them; a page that is looked at
    again comes from the system's cache. Does nothing where the system has no such call (Windows).
    """
    mapping = array
    while isinstance(mapping, np.ndarray):
        mapping = mapping.base
    if isinstance(mapping, mmap.mmap) and not array.flags.writeable:
        with contextlib.suppress(AttributeError, OSError):
            mapping.madvise(mmap.MADV_DONTNEED)


def hash_array(array: np.ndarray) -> str:
    """Return a hash of an array's shape and content, read in blocks, in hexadecimal."""
    digest = hashlib.sha256(str(array.shape).encode())
    for start in range(0, len(array), 256):
        digest.update(np.ascontiguousarray(array[start : start + 256]))
        drop_pages(array)
    return digest.hexdigest()


def _read_header(path: Path) -> tuple[int, int]:
    """Return where the data of a `.npy` file starts and how many portraits it holds."""
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers that Python 2 wrote
        try:
            version = np.lib.format.read_magic(file)
            if version != (1, 0):
                raise ValueError("version")
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        except OSError:
            raise
        except Exception as error:  # a header is Python source, and can be wrong in as many ways
            raise ValueError("its header is damaged") from error
        offset = file.tell()
        size = file.seek(0, 2)
    if dtype != np.uint8:
        raise ValueError(f"it holds {dtype} instead of uint8")
    if len(shape) != 4 or shape[1:] != (*PORTRAIT_SHAPE, 1) or shape[0] < 1:
        raise ValueError(f"its shape is {shape}")
    if fortran:
        raise ValueError("its axes are in another order")
    if size != offset + np.prod(shape, dtype=object):
        raise ValueError("it is cut off or too long")
    return offset, shape[0]
