"""A lock on a folder, released when the process that holds it ends, even by a kill."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from data.errors import UserError

if sys.platform != "win32":
    import fcntl

_BUSY = -1


@contextlib.contextmanager
def hold_lock(folder: Path, busy: str, patience: float = 0.0) -> Iterator[None]:
    """Lock a folder while the block runs; run without a lock on disks that have none.

    Nothing stays in the folder, not even after a kill. If another process, or another call in this
    one, holds the lock for more than `patience` seconds, `busy` is raised as a `UserError`.
    """
    end = time.monotonic() + patience
    while (descriptor := _take(folder)) == _BUSY:
        if time.monotonic() >= end:
            raise UserError(busy)
        time.sleep(0.02)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _take(folder: Path) -> int | None:
    """Return a descriptor that keeps the lock while it is open, _BUSY, or None without locks."""
    descriptor = None
    try:
        if sys.platform == "win32":  # a file that vanishes with the process that opened it
            return os.open(folder / ".locked", os.O_CREAT | os.O_EXCL | os.O_TEMPORARY)
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return descriptor
    except OSError as error:
        if descriptor is not None:
            os.close(descriptor)
        return _BUSY if isinstance(error, (BlockingIOError, FileExistsError)) else None
