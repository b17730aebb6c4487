"""Reading a tar archive as a stream, by `tarfile`, with a limit on everything that it reads.

`tarfile` alone would take a damaged header for the end of the archive, and read names and maps of
sparse files into memory whatever their size.
"""

import gzip
import tarfile
from collections.abc import Iterator
from io import BufferedReader, RawIOBase

MAX_ENTRIES = 200_000  # the published archive has 37,924
MAX_UNPACKED_BYTES = 4 << 30  # the published archive unpacks to about 600 MB
MAX_EXTENSION_BYTES = 64 << 10  # of a header, with its long name and what some programs add

TarEntry = tuple[str, bytes | None, str]

_CHUNK = 1 << 18  # bytes
_KINDS = {
    tarfile.LNKTYPE: "is a link",
    tarfile.SYMTYPE: "is a link",
    tarfile.CHRTYPE: "is a device",
    tarfile.BLKTYPE: "is a device",
    tarfile.FIFOTYPE: "is a pipe",
}


class DamagedArchive(Exception):  # noqa: N818 - reads better where it is raised
    """The bytes are not a whole, plain archive; the message completes "the archive ..."."""


def read_tar(file: BufferedReader, max_file_bytes: int) -> Iterator[TarEntry]:
    """Yield the entries of a `.tar.gz` (or `.tar`) file in their order, extracting nothing.

    Yields:
        For all but folders: the name; a file's bytes, or None if there are more than
        `max_file_bytes`; and "" or what the entry is instead of a file, such as "is a link".

    Raises:
        DamagedArchive: The archive is cut off or damaged, or larger than any archive of portraits.
    """
    packed = file.peek(2)[:2] == b"\x1f\x8b"
    stream = _Stream(gzip.GzipFile(fileobj=file) if packed else file)
    block = tarfile.BLOCKSIZE
    try:
        archive = _Archive.open(mode="r|", fileobj=stream, bufsize=block, encoding="utf-8")
        for _ in range(MAX_ENTRIES):
            entry = archive.next()
            if entry is None:
                break
            if entry.size < 0:
                raise tarfile.ReadError("a negative size")
            stream.limit = archive.offset + MAX_EXTENSION_BYTES
            plain = entry.isreg() and not entry.issparse()
            content = archive.extractfile(entry) if plain and entry.size <= max_file_bytes else None
            fault = "" if plain else _KINDS.get(entry.type, "is of an unknown kind")
            if not entry.isdir():
                yield entry.name, content.read() if content else None, fault
            archive.members.clear()  # memory would grow with the archive
            archive.pax_headers = {}
        else:
            raise DamagedArchive(f"has more than {MAX_ENTRIES:,} entries")
        if stream.last != bytes(block):  # zeros end an archive
            raise tarfile.ReadError("a header is damaged or missing")
        stream.limit, stream.complete = MAX_UNPACKED_BYTES, True
        while stream.read(_CHUNK):  # gzip's checksum comes at the very end
            pass
    except DamagedArchive:
        raise
    except Exception as error:  # damaged headers raise errors of many kinds
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise
        cut_off = isinstance(error, EOFError)
        raise DamagedArchive("ends too early" if cut_off else "is damaged") from error


class _Stream(RawIOBase):
    """A file that is read forward, up to `MAX_UNPACKED_BYTES`, and up to a limit set meanwhile."""

    def __init__(self, file: BufferedReader | gzip.GzipFile):
        self._file, self._taken = file, 0
        self.limit = MAX_EXTENSION_BYTES  # bytes from the start that may be read so far
        self.last = b""  # what was read last
        self.complete = False  # whether the archive has ended, so that the file may end too

    def read(self, size: int = -1) -> bytes:
        self._taken += size
        if self._taken > MAX_UNPACKED_BYTES:
            raise DamagedArchive(f"unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB")
        if self._taken > self.limit:
            raise DamagedArchive("has an impossibly long name")
        self.last = self._file.read(size)
        if not (self.last or self.complete):
            raise EOFError
        return self.last


class _Archive(tarfile.TarFile):
    members: list[tarfile.TarInfo]  # all that were read
