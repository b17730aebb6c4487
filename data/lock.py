"""One at a time: a lock on a folder that ends with the process that holds it, however that ends."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from data.errors import UserError

try:
    import fcntl
except ImportError:  # Windows, where an open file can be made to vanish with its process
    fcntl = None


@contextlib.contextmanager
def hold_lock(folder: Path, busy: str) -> Iterator[None]:
    """Lock a folder while the block runs; where the disk has no locks, run without one.

    Args:
        folder: what is written to. Nothing stays in it, not even after a kill.
        busy: the sentence for whoever comes second.

    Raises:
        UserError: Another process, or another call in this one, holds the lock.
    """
    handle = _take(folder, busy)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _take(folder: Path, busy: str) -> int | None:
    """Return what is open as long as the lock is held; None where there are no locks."""
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
        if isinstance(error, (BlockingIOError, FileExistsError)):
            raise UserError(busy) from None
        return None
