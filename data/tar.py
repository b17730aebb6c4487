"""Reading a tar archive as it streams by, with every size bounded before it is believed.

The `tarfile` module only parses the 512-byte headers here. Its own reader takes a damaged header in
the middle for the end of the archive, reads extension headers of any size into memory, and in many
of the Pythons in use loops forever on a crafted one (CVE-2025-8194).
"""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_ENTRIES = 200_000  # the published archive has 37,924
MAX_UNPACKED_BYTES = 4 << 30  # and unpacks to about 600 MB
MAX_EXTENSION_BYTES = 64 << 10  # of a long name and what else some programs add to an entry
MAX_FIELDS = 100

_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 18
_EXTENSIONS = (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE)
_KINDS = {
    tarfile.LNKTYPE: "a link",
    tarfile.SYMTYPE: "a link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a pipe",
    tarfile.DIRTYPE: "a folder",
}


class DamagedArchive(Exception):  # noqa: N818 - reads better where it is raised
    """The bytes are not a whole, plain archive; the message completes "the archive ..."."""


@dataclass(frozen=True)
class TarEntry:
    """One entry of the archive.

    `kind` is "a file", "a folder", "a link", "a device", "a pipe" or "of an unknown kind". `data`
    holds a file's bytes, or is None where the file is larger than was asked for.
    """

    name: str
    kind: str
    size: int
    data: bytes | None = None


def read_tar(raw: BinaryIO, max_file_bytes: int) -> Iterator[TarEntry]:
    """Yield the entries of a `.tar.gz` (or `.tar`) file in their order, extracting nothing.

    Args:
        raw: The archive, opened for reading at its start; its position tells how far reading is.
        max_file_bytes: Larger files are passed over without being kept.

    Raises:
        DamagedArchive: The archive is cut off or damaged, or larger than any archive of portraits.
    """
    is_gzip = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    stream = _Stream(gzip.GzipFile(fileobj=raw, mode="rb") if is_gzip else raw)
    try:
        yield from _entries(stream, max_file_bytes)
        stream.drain()  # gzip compares its checksum at the very end
    except EOFError as error:
        raise DamagedArchive("ends too early") from error
    except (gzip.BadGzipFile, zlib.error, tarfile.HeaderError) as error:
        raise DamagedArchive("is damaged") from error


class _Stream:
    """A file read strictly forward, up to `MAX_UNPACKED_BYTES`."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._position = 0

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes."""
        data = self._take(size)
        while len(data) < size:
            more = self._take(size - len(data))
            if not more:
                raise DamagedArchive("ends too early")
            data += more
        return data

    def skip(self, size: int) -> None:
        while size > 0:
            size -= len(self.read(min(size, _CHUNK)))

    def drain(self) -> None:
        while self._take(_CHUNK):
            pass

    def _take(self, size: int) -> bytes:
        data = self._file.read(size)
        self._position += len(data)
        if self._position > MAX_UNPACKED_BYTES:
            raise DamagedArchive(f"unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB")
        return data


def _entries(stream: _Stream, max_file_bytes: int) -> Iterator[TarEntry]:
    extension: dict[str, str] = {}
    for _ in range(MAX_ENTRIES):
        block = stream.read(_BLOCK)
        if not any(block):  # a block of zeros ends an archive
            return
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        size = _size(header, extension)
        padding = -size % _BLOCK
        if header.type in _EXTENSIONS:
            if size > MAX_EXTENSION_BYTES:
                raise DamagedArchive("has a name of unbelievable length")
            data = stream.read(size)
            stream.skip(padding)
            extension |= _read_extension(header.type, data)
            continue
        name = extension.get("path", header.name)
        extension = {}
        if header.isreg() and header.type != tarfile.GNUTYPE_SPARSE:
            data = stream.read(size) if size <= max_file_bytes else stream.skip(size)
            stream.skip(padding)
            yield TarEntry(name, "a file", size, data)
        elif header.type in _KINDS:  # these have no data, whatever size they claim
            yield TarEntry(name, _KINDS[header.type], 0)
        else:
            stream.skip(size + padding)
            if header.type not in (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK):
                yield TarEntry(name, "of an unknown kind", size)
    raise DamagedArchive(f"has more than {MAX_ENTRIES:,} entries")


def _size(header: tarfile.TarInfo, extension: dict[str, str]) -> int:
    text = extension.get("size")
    if text is not None and not (text.isascii() and text.isdigit() and len(text) < 20):
        raise DamagedArchive("is damaged")
    size = header.size if text is None else int(text)
    if size < 0:
        raise DamagedArchive("is damaged")
    return size


def _read_extension(kind: bytes, data: bytes) -> dict[str, str]:
    """Return the fields, `path` among them, that an extension header sets for the next entry."""
    if kind == tarfile.GNUTYPE_LONGNAME:
        return {"path": data.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    fields: dict[str, str] = {}
    start = 0
    while start < len(data):  # records "length keyword=value\n"; the length counts all of a record
        digits = data[start : start + 10].partition(b" ")[0]
        end = start + int(digits) if digits.isdigit() else start
        keyword, equals, value = data[start + len(digits) + 1 : end].partition(b"=")
        if end > len(data) or not equals or not value.endswith(b"\n") or len(fields) > MAX_FIELDS:
            raise DamagedArchive("is damaged")
        fields[keyword.decode("utf-8", "replace")] = value[:-1].decode("utf-8", "surrogateescape")
        start = end
    return fields
