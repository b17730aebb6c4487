"""Where portraits come from: an archive file, or a folder that holds the folders F and M."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from data.errors import UserError
from data.portraits import (
    FOLDERS,
    MAX_FILE_BYTES,
    NotAPortrait,
    PortraitFile,
    Skipped,
    check_name,
)
from data.tar import DamagedArchive, TarEntry, read_tar

ARCHIVE_ENDINGS = (".tar.gz", ".tgz", ".tar")
_TOO_LARGE = f"is larger than {MAX_FILE_BYTES >> 20} MB"


class ArchiveSource:
    """The portraits in a `.tar.gz` file as published.

    Attributes:
        path: the file.
        size: how much there is to read, in bytes of the file.
        done: how much of that is read.
        advice: what else to do where the archive is damaged.
    """

    def __init__(self, path: Path, advice: str = ""):
        self.path = path
        self.advice = advice
        self.size = path.stat().st_size
        self.done = 0

    def fingerprint(self) -> str:
        """Return a short text that changes when the file does."""
        status = self.path.stat()
        return f"{self.path.name} {status.st_size} {status.st_mtime_ns}"

    def estimate(self) -> int:
        """Return about how many portraits there are, rather too many than too few."""
        return self.size // 12_000  # a published portrait takes about 15 kB

    def files(self) -> Iterator[PortraitFile | Skipped]:
        """Yield the files of the folders F and M in the archive's order, and what is passed over.

        Raises:
            UserError: The archive is cut off, damaged or not an archive of portraits.
        """
        try:
            with self.path.open("rb") as raw:
                for entry in read_tar(self._counted(raw), MAX_FILE_BYTES):
                    if entry.kind == "a folder":
                        continue
                    try:
                        if file := self._file(entry):
                            yield file
                    except NotAPortrait as reason:
                        yield Skipped(_printable(entry.name), str(reason))
        except DamagedArchive as reason:
            raise UserError(
                f"The archive {self.path} {reason}: put a complete copy in its place{self.advice}."
            ) from reason
        except OSError as error:
            raise UserError(
                f"The archive {self.path} cannot be read ({error.strerror or error}): check the "
                "disk and its permissions."
            ) from error

    def _counted(self, raw: BinaryIO) -> Callable[[int], bytes]:
        def read(size: int) -> bytes:
            data = raw.read(size)
            self.done += len(data)
            return data

        return read

    @staticmethod
    def _file(entry: TarEntry) -> PortraitFile | Skipped | None:
        check_name(entry.name)
        if entry.kind != "a file":
            raise NotAPortrait(f"is {entry.kind}")
        folder, _, name = entry.name.rpartition("/")
        folder = folder.rpartition("/")[2]
        if folder not in FOLDERS or name.startswith("."):
            return None
        if entry.data is None:
            return Skipped(f"{folder}/{name}", _TOO_LARGE)
        return PortraitFile(f"{folder}/{name}", entry.data)


class FolderSource:
    """The portraits in a folder that holds the folders F and M; attributes as `ArchiveSource`."""

    def __init__(self, path: Path):
        self.path = path
        self._entries = [
            (f"{folder}/{entry.name}", entry)
            for folder in FOLDERS
            for entry in os.scandir(path / folder)
            if not entry.name.startswith(".") and not entry.is_dir(follow_symlinks=False)
        ]
        self._entries.sort(key=lambda item: item[0])
        self.size = len(self._entries)
        self.done = 0

    def fingerprint(self) -> str:
        """Return a short text that changes when a file of the folder does."""
        digest = hashlib.sha256()
        for name, entry in self._entries:
            status = entry.stat(follow_symlinks=False)
            digest.update(f"{name!a} {status.st_size} {status.st_mtime_ns}\n".encode())
        return f"{self.path.name} {digest.hexdigest()}"

    def estimate(self) -> int:
        """Return how many portraits there are at most."""
        return self.size

    def files(self) -> Iterator[PortraitFile | Skipped]:
        """Yield the files of the folders F and M by name, and what is passed over."""
        for name, entry in self._entries:
            try:
                check_name(name)
                yield PortraitFile(name, self._read(entry))
            except NotAPortrait as reason:
                yield Skipped(_printable(name), str(reason))
            except OSError as error:
                yield Skipped(_printable(name), f"cannot be read ({error.strerror})")
            self.done += 1

    @staticmethod
    def _read(entry: os.DirEntry) -> bytes:
        if entry.is_symlink():
            raise NotAPortrait("is a link")
        if not entry.is_file(follow_symlinks=False):
            raise NotAPortrait("is not a file")
        with open(entry.path, "rb") as file:  # noqa: PTH123 - a DirEntry, not a Path
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise NotAPortrait(_TOO_LARGE)
        return data


def open_source(path: Path) -> ArchiveSource | FolderSource:
    """Return the source at a path: an archive, or a folder that holds one or holds F and M.

    Raises:
        UserError: Nothing is there, or nothing that could be the archive.
    """
    source = find_source(path)
    if source is None:
        what = "holds no portraits" if path.is_dir() else "does not exist"
        if path.exists() and not path.is_dir():
            what = "is a device or a pipe and not an archive"
        raise UserError(
            f"{path} {what}: give prepare_data() the archive (.tar.gz) or the folder that holds "
            "its folders F and M."
        )
    return source


def find_source(path: Path, advice: str = "") -> ArchiveSource | FolderSource | None:
    """Return the source at a path, or None if nothing is there that looks like one.

    Args:
        path: an archive or a folder.
        advice: see `ArchiveSource`.

    Raises:
        UserError: The path cannot be looked into.
    """
    try:
        if path.is_file():
            return ArchiveSource(path, advice)  # whatever its name; reading it tells
        if not path.is_dir():
            return None
        inside = sorted(path.iterdir())
        for folder in [path, *inside]:
            if all((folder / name).is_dir() for name in FOLDERS):
                return FolderSource(folder)
        for file in inside:
            if file.name.endswith(ARCHIVE_ENDINGS) and file.is_file():
                return ArchiveSource(file, advice)
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}): check the path and its permissions."
        ) from error
    return None


def _printable(name: str) -> str:
    """Return a name that can be shown and written down, whatever bytes it was made of."""
    return name[:200] if name[:200].isprintable() else ascii(name[:200])
