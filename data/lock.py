"""One at a time: a lock on a folder that ends with the process that holds it, however that ends."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from data.errors import UserError

try:
    import fcntl
except ImportError:  # Windows, where an open file can be made to vanish with its process
    fcntl = None

BUSY = -1


@contextlib.contextmanager
def hold_lock(folder: Path, busy: str, patience: float = 0.0) -> Iterator[None]:
    """Lock a folder while the block runs; where the disk has no locks, run without one.

    Args:
        folder: what is written to. Nothing stays in it, not even after a kill.
        busy: the sentence for whoever comes second.
        patience: seconds to wait for the lock before that.

    Raises:
        UserError: Another process, or another call in this one, holds the lock.
    """
    end = time.monotonic() + patience
    while (handle := _take(folder)) == BUSY:
        if time.monotonic() >= end:
            raise UserError(busy)
        time.sleep(0.02)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _take(folder: Path) -> int | None:
    """Return what is open as long as the lock is held, BUSY, or None where there are no locks."""
    handle = None
    try:
        if not fcntl:
            return os.open(folder / ".locked", os.O_CREAT | os.O_EXCL | os.O_TEMPORARY)
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return handle
    except OSError as error:
        if handle is not None:
            os.close(handle)
        return BUSY if isinstance(error, (BlockingIOError, FileExistsError)) else None
