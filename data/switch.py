"""A set of files that takes the place of an older set as one: whole, or not at all."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "unfinished-"


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
                (folder / name).rename(work / f"old-{name}")
                aside.append(name)
    except OSError:
        for name in reversed(aside):
            (work / f"old-{name}").rename(folder / name)
        raise
    for name in names:
        (work / name).rename(folder / name)
