"""Reading a tar archive as it streams by, with every size bounded before it is believed.

The `tarfile` module only parses the 512-byte headers here. Its own reader, `tarfile.open` in mode
`r|gz`, never looks at gzip's checksum, accepts a file whose last bytes are missing, takes a damaged
header in the middle for the end of the archive, reads extension headers of any size into memory,
and in many of the Pythons in use loops forever on a crafted one (CVE-2025-8194).
"""

import io
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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


def read_tar(read: Callable[[int], bytes], max_file_bytes: int) -> Iterator[TarEntry]:
    """Yield the entries of a `.tar.gz` (or `.tar`) file in their order, extracting nothing.

    Args:
        read: the `read` method of the archive, opened at its start.
        max_file_bytes: larger files are passed over without being kept.

    Raises:
        DamagedArchive: The archive is cut off or damaged, or larger than any archive of portraits.
    """
    chunks = _bounded(_unpack(read))
    try:
        yield from _entries(_Stream(chunks), max_file_bytes)
        for _ in chunks:  # gzip's checksum comes at the very end
            pass
    except (zlib.error, tarfile.HeaderError) as error:
        raise DamagedArchive("is damaged") from error


def _unpack(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield the content of a file in chunks of bounded size, decompressed if it is a gzip file.

    Chunks this large keep Python's lock free for the threads that decode; `gzip` takes it back
    every 8 kB.
    """
    data = read(_CHUNK)
    if not data.startswith(b"\x1f\x8b"):
        while data:
            yield data
            data = read(_CHUNK)
        return
    unpacker = None
    while data:
        unpacker = unpacker or zlib.decompressobj(wbits=31)
        if chunk := unpacker.decompress(data, _CHUNK):
            yield chunk
        data = unpacker.unconsumed_tail
        if unpacker.eof:  # another gzip file or a padding with zeros may follow
            data = unpacker.unused_data.lstrip(b"\0")
            unpacker = None
        data = data or read(_CHUNK)
        if unpacker is None:
            data = data.lstrip(b"\0")
    if unpacker is not None:
        raise DamagedArchive("ends too early")


def _bounded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > MAX_UNPACKED_BYTES:
            raise DamagedArchive(f"unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB")
        yield chunk


class _Stream:
    """Chunks read strictly forward."""

    def __init__(self, chunks: Iterator[bytes]):
        self._chunks = chunks
        self._chunk = io.BytesIO()

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes."""
        data = self._chunk.read(size)
        while len(data) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise DamagedArchive("ends too early")
            self._chunk = io.BytesIO(chunk)
            data += self._chunk.read(size - len(data))
        return data

    def skip(self, size: int) -> None:
        """Pass over `size` bytes."""
        while size:
            size -= len(self.read(min(size, _CHUNK)))


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
                raise DamagedArchive("has an impossibly long name")
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
