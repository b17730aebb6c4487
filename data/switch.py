"""A set of files that takes the place of an older set as one: whole, or not at all."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "unfinished-"
_PATIENCE = (0.05, 0.1, 0.2, 0.4)  # seconds


@contextlib.contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """Make `folder`, and in it a new folder to work in, which is gone at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def remove_unfinished(folder: Path) -> None:
    """Remove what earlier runs left behind when they were killed."""
    for leftover in folder.glob(_PREFIX + "*"):
        shutil.rmtree(leftover, ignore_errors=True)


def switch(work: Path, folder: Path, names: list[str]) -> None:
    """Move finished files from `work` into `folder`, over the files of the same names.

    The last name is the set's seal: it is taken away first and put in place last, so that wherever
    it exists the others belong to it, even if the process is killed in between. If a file of the
    old set is in use, as an open memory map is on Windows, the old set stays as it was.

    Raises:
        OSError: The files could not be moved.
    """
    aside: list[str] = []
    try:
        for name in reversed(names):
            if (folder / name).exists():
                _move(folder / name, work / f"old-{name}")
                aside.append(name)
    except OSError:
        for name in reversed(aside):
            _move(work / f"old-{name}", folder / name)
        raise
    for name in names:
        _move(work / name, folder / name)


def _move(path: Path, target: Path) -> None:
    """Rename a file, with patience for the virus scanners that hold new files for a moment."""
    for seconds in _PATIENCE:
        with contextlib.suppress(PermissionError):
            path.rename(target)
            return
        time.sleep(seconds)
    path.rename(target)
