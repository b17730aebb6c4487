"""The one way to write files so that neither a kill nor a power cut leaves half of one.

`replace_file` writes a file, `replace_set` files that belong together, such as a model's, and
`hold_lock` keeps other processes from writing them meanwhile.

What is new is written under a hidden name beside the old, flushed to the disk, and takes its place
by renaming; the old is removed after that is flushed too. Links are followed: a link to a folder or
a file stays, and what it points at is replaced. Folders are never renamed, so a folder may also be
a mount point. All errors are OSErrors, after which the old files are as they were.
"""

import contextlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from data.errors import UserError

if sys.platform != "win32":
    import fcntl

_UNFINISHED_SECONDS = 60  # age of a file that nobody can be writing any more
_WORK, _READY, _OLD = ".new", ".ready", ".old"  # folders of a set: unfinished, complete, former
_RETRY_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)  # pauses while another program holds a file
_BUSY = -1


@contextlib.contextmanager
def replace_file(path: Path, *, new_only: bool = False) -> Iterator[Path]:
    """Yield a path to write a file to; at the end that file takes the place of `path`.

    Its folder is made if there is none. `new_only` raises FileExistsError where there is a file.
    """
    path = _resolved(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{secrets.token_hex(6)}.new")
    try:
        yield new
        flush(new)
        if new_only:
            _create(path, new)
        else:
            _move(new, path)
        flush(path.parent)
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove the files that killed calls of `replace_file` left in a folder."""
    for path in folder.glob(".*.new"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _UNFINISHED_SECONDS:
                path.unlink()


@contextlib.contextmanager
def replace_set(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """Yield a folder to write a set of files into; at the end they take the place of the old set.

    Only one process at a time may do this: see `hold_lock`. Whoever reads the files calls
    `recover_set` first.

    Args:
        folder: where the set belongs; it is made if it does not exist.
        names: all files that can belong to the set. Those not written are removed from `folder`.
            Files of other names are neither changed there nor moved there.
    """
    folder = _resolved(folder)
    folder.mkdir(parents=True, exist_ok=True)
    recover_set(folder)
    remove_unfinished(folder)
    work, ready, old = folder / _WORK, folder / _READY, folder / _OLD
    _remove(work)
    _clear(folder)
    work.mkdir()
    try:
        yield work
        for path in work.iterdir():
            if path.name in names:
                flush(path)
            else:
                _remove(path)
        flush(work)
        old.mkdir()
        with hold_lock(old, f"{folder} is in use."):
            _move(work, ready)  # from here on, `recover_set` can complete the switch
            flush(folder)
            _switch(folder, names)
    finally:
        _remove(work)
        _clear(folder)


def recover_set(folder: Path) -> None:
    """Complete a `replace_set` that was killed while its files took their places.

    Does nothing while the process that replaces them is alive. Raises an OSError if it fails.
    """
    ready = folder / _READY
    if ready.is_dir():
        with contextlib.suppress(UserError), hold_lock(folder / _OLD, "in use"):
            for path in list(ready.iterdir()):
                _move(path, folder / path.name)
            flush(folder)
        _clear(folder)


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


def flush(path: Path) -> None:
    """Flush a file, or the list of names in a folder, to the disk."""
    if path.is_dir():
        with contextlib.suppress(OSError):  # Windows and some network disks have no such call
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    else:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make a folder, or the one that a link points at, unless it is there."""
    _resolved(folder).mkdir(parents=True, exist_ok=True)


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


def _switch(folder: Path, names: Sequence[str]) -> None:
    """Exchange the old set for the new; after an error the old one is back."""
    ready, old = folder / _READY, folder / _OLD
    moved = []
    try:
        for source, target in ((folder, old), (ready, folder)):
            for name in names:
                if (source / name).exists():
                    _move(source / name, target / name)
                    moved.append((source / name, target / name))
    except BaseException:
        for before, after in reversed(moved):
            _move(after, before)
        _remove(ready)
        raise
    flush(folder)


def _clear(folder: Path) -> None:
    """Remove the folders of a set, unless some of its files have not taken their places."""
    ready = folder / _READY
    if not (ready.is_dir() and any(ready.iterdir())):
        _remove(ready)
        _remove(folder / _OLD)


def _create(path: Path, new: Path) -> None:
    """Move a file to a path that must be free; a plain rename would replace what is there."""
    with contextlib.suppress(OSError):  # taken; or a disk without hard links, as memory cards are
        os.link(new, path)
        return
    path.touch(exist_ok=False)
    try:
        _move(new, path)
    except OSError:
        path.unlink()
        raise


def _resolved(path: Path) -> Path:
    """Return a path without links; `Path.resolve` would raise for links in a circle."""
    return Path(os.path.realpath(path))


def _move(path: Path, target: Path) -> None:
    """Rename a file or folder; where a virus scanner holds it for a moment, try again."""
    for seconds in _RETRY_SECONDS:
        with contextlib.suppress(PermissionError):
            path.replace(target)
            return
        time.sleep(seconds)
    path.replace(target)


def _remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it, if there is one and it can be."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
