"""Where portraits come from: an archive file, or a folder that holds the folders F and M."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from data.errors import UserError, tell_failure
from data.portraits import FOLDERS, MAX_FILE_BYTES, Skipped, name_fault
from data.tar import DamagedArchive, read_tar

ARCHIVE_ENDINGS = (".tar.gz", ".tgz", ".tar")


class ArchiveSource:
    """The portraits in a `.tar.gz` file as published; `advice` is for one that is damaged."""

    def __init__(self, path: Path, advice: str = ""):
        self.path = path
        status = path.stat()
        # A short text that changes when the file does.
        self.fingerprint = f"{path.name} {status.st_size} {status.st_mtime_ns}"
        self.estimate = status.st_size // 12_000  # portraits; a published one takes about 15 kB
        self.size = status.st_size  # bytes
        self.done = 0  # bytes read so far
        self._advice = advice

    def files(self) -> Iterator[tuple[str, bytes] | Skipped]:
        """Yield the files in F and M, each as its name and content, and what is skipped.

        An archive that is cut off, damaged or not one of portraits raises a `UserError`.
        """
        cannot = f"The archive {self.path} cannot be read"
        try:
            with (
                tell_failure(cannot, "check the disk and its permissions"),
                self.path.open("rb") as f,
            ):
                for entry in read_tar(f, MAX_FILE_BYTES):
                    self.done = f.tell()
                    yield from _portraits(*entry)
        except DamagedArchive as reason:
            raise UserError(
                f"The archive {self.path} {reason}: put a complete copy in its place{self._advice}."
            ) from reason


class FolderSource:
    """The portraits in a folder that holds F and M; `size` and `done` are in files."""

    def __init__(self, path: Path):
        self.path = path
        self._files = sorted(
            (f"{folder}/{entry.name}", entry)
            for folder in FOLDERS
            for entry in (path / folder).iterdir()
            if not entry.name.startswith(".") and (entry.is_symlink() or not entry.is_dir())
        )
        digest = hashlib.sha256()
        for name, entry in self._files:
            status = entry.lstat()
            digest.update(f"{name!a} {status.st_size} {status.st_mtime_ns}\n".encode())
        self.fingerprint = f"{path.name} {digest.hexdigest()}"
        self.estimate = self.size = len(self._files)
        self.done = 0

    def files(self) -> Iterator[tuple[str, bytes] | Skipped]:
        """Yield the files in F and M by name, each with its content, and what is skipped."""
        for name, entry in self._files:
            yield from _portraits(name, *_read(entry))
            self.done += 1


def find_source(path: Path, advice: str = "") -> ArchiveSource | FolderSource | None:
    """Return the source at a path: an archive, or a folder that holds one or holds F and M.

    None if there is nothing like that; `UserError` if the path cannot be looked into. For `advice`
    see `ArchiveSource`.
    """
    with tell_failure(f"{path} cannot be read", "check the path and its permissions"):
        if path.is_file():
            return ArchiveSource(path, advice)  # of any name; reading it shows whether it is one
        inside = sorted(path.iterdir()) if path.is_dir() else []
        for folder in [path, *inside]:
            if all((folder / name).is_dir() for name in FOLDERS):
                return FolderSource(folder)
        for file in inside:
            if file.name.endswith(ARCHIVE_ENDINGS) and file.is_file():
                return ArchiveSource(file, advice)
    return None


def open_source(path: Path) -> ArchiveSource | FolderSource:
    """Return the source at a path as `find_source` does; `UserError` if there is none."""
    source = find_source(path)
    if source is None:
        what = "is a device or a pipe and not an archive" if path.exists() else "does not exist"
        what = "holds no portraits" if path.is_dir() else what
        raise UserError(
            f"{path} {what}: give prepare_data() the archive (.tar.gz) or the folder that holds "
            "its folders F and M."
        )
    return source


def _read(file: Path) -> tuple[bytes | None, str]:
    """Return a file's bytes, None if they are too many; and why there are none, or ""."""
    if file.is_symlink():
        return None, "is a link"
    if not file.is_file():
        return None, "is not a file"
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return None, f"cannot be read ({error.strerror})"
    return data if len(data) <= MAX_FILE_BYTES else None, ""


def _portraits(name: str, data: bytes | None, fault: str) -> Iterator[tuple[str, bytes] | Skipped]:
    """Yield a file of F or M, or what is skipped and why; nothing for files elsewhere."""
    folder, file = ["", *name.split("/")][-2:]
    fault = name_fault(name) or fault
    if not fault:
        if folder not in FOLDERS or file.startswith("."):
            return
        name = f"{folder}/{file}"
        if data is not None:
            yield name, data
            return
        fault = f"is larger than {MAX_FILE_BYTES >> 20} MB"
    shown = name[:200] if name[:200].isprintable() else ascii(name[:200])
    yield Skipped(shown, fault)
