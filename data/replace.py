"""Writing beside and replacing: a file, a folder or a set of files that is whole, or not there.

What is new is written under another name and takes its place by renaming. A process that is killed
at any moment leaves the old or the new, never a part of it.
"""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

UNFINISHED_FILES = ".*.new"  # a pattern: what a kill leaves of a file

_UNFINISHED = "unfinished-"
_PATIENCE = (0.05, 0.1, 0.2, 0.4)  # seconds


@contextlib.contextmanager
def replace_file(path: Path, *, new_only: bool = False) -> Iterator[Path]:
    """Yield a name to write a file under; at the end it takes the place of `path`.

    The folder is made if it does not exist. After an error the old file is there as it was; with
    `new_only` it is an error (FileExistsError) if there is one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")  # two windows may write the same file
    try:
        yield new
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        if new_only:  # a renaming would replace a file on most systems
            with contextlib.suppress(OSError):  # there is one; or no links, as on memory cards
                os.link(new, path)
                return
            path.touch(exist_ok=False)
        _move(new, path)
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)


@contextlib.contextmanager
def replace_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to write into; at the end it takes the place of `folder`.

    A kill between the two renames leaves the old folder under another name: see `recover_folder`.
    """
    new, old = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.mkdir(parents=True)
        yield new
        recover_folder(folder)
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            _move(folder, old)
        _move(new, folder)
        shutil.rmtree(old, ignore_errors=True)
    except Exception:
        recover_folder(folder)
        shutil.rmtree(new, ignore_errors=True)
        raise


def recover_folder(folder: Path) -> None:
    """Bring back the old folder where a kill fell between the two renames of `replace_folder`."""
    old = folder.with_name(f"{folder.name}.old")
    if old.is_dir() and not folder.exists():
        with contextlib.suppress(OSError):
            old.replace(folder)


@contextlib.contextmanager
def replace_set(folder: Path, names: list[str]) -> Iterator[Path]:
    """Yield a folder to write files into; at the end those named are moved into `folder`.

    Other files of `folder` stay. The last name is the set's seal: it is taken away first and put in
    place last, so that wherever it exists the others belong to it, even if the process is killed in
    between. If a file of the old set is in use, as an open memory map is on Windows, the old set
    stays as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
    try:
        yield work
        with contextlib.ExitStack() as back:
            for name in reversed(names):
                old, aside = folder / name, work / f"old-{name}"
                if old.exists():
                    _move(old, aside)
                    back.callback(_move, aside, old)
            back.pop_all()
        for name in names:
            _move(work / name, folder / name)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed `replace_set` left behind."""
    for leftover in folder.glob(_UNFINISHED + "*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _move(path: Path, target: Path) -> None:
    """Rename a file or folder, with patience for virus scanners that hold new ones for a moment."""
    for seconds in _PATIENCE:
        with contextlib.suppress(PermissionError):
            path.replace(target)
            return
        time.sleep(seconds)
    path.replace(target)
