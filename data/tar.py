"""Reading a tar archive as it streams by, with every size bounded before it is believed.

The `tarfile` module only parses the 512-byte headers here. Its own reader, `tarfile.open` in mode
`r|gz`, never looks at gzip's checksum, accepts a file whose last bytes are missing, takes a damaged
header in the middle for the end of the archive, passes over damaged extension headers, reads these
and the maps of sparse files into memory whatever their size, and in many of the Pythons in use
loops forever on a crafted one (CVE-2025-8194). Guards against all that take as many lines as this.
"""

import io
import tarfile
import zlib
from collections.abc import Callable, Iterator

MAX_ENTRIES = 200_000  # the published archive has 37,924
MAX_UNPACKED_BYTES = 4 << 30  # and unpacks to about 600 MB
MAX_EXTENSION_BYTES = 64 << 10  # of a long name and what else some programs add to an entry
MAX_FIELDS = 100

TarEntry = tuple[str, bytes | None, str]

_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 18  # while so much is unpacked, Python's lock is free for the threads that decode
_WITHOUT_DATA = {  # whatever size they claim
    tarfile.LNKTYPE: "is a link",
    tarfile.SYMTYPE: "is a link",
    tarfile.CHRTYPE: "is a device",
    tarfile.BLKTYPE: "is a device",
    tarfile.FIFOTYPE: "is a pipe",
    tarfile.DIRTYPE: "is a folder",
}
_NO_ENTRIES = (tarfile.DIRTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK)


class DamagedArchive(Exception):  # noqa: N818 - reads better where it is raised
    """The bytes are not a whole, plain archive; the message completes "the archive ..."."""


def read_tar(read: Callable[[int], bytes], max_file_bytes: int) -> Iterator[TarEntry]:
    """Yield the entries of a `.tar.gz` (or `.tar`) file in their order, extracting nothing.

    Args:
        read: the `read` method of the archive, opened at its start.
        max_file_bytes: larger files are passed over without being kept.

    Yields:
        Of all but folders: the name; a file's bytes, or None where it is larger than that; and ""
        or what the entry is instead of a file, such as "is a link".

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
    """Yield the content of a file in chunks of bounded size, decompressed if it is a gzip file."""
    data = read(_CHUNK)
    if not data.startswith(b"\x1f\x8b"):
        while data:
            yield data
            data = read(_CHUNK)
        return
    while data:
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof:
            if not data:
                raise DamagedArchive("ends too early")
            yield unpacker.decompress(data, _CHUNK)
            data = unpacker.unconsumed_tail or unpacker.unused_data or read(_CHUNK)
        while data and not (data := data.lstrip(b"\0")):  # padding, or another gzip file
            data = read(_CHUNK)


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
        digits = str(extension.get("size", header.size))
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            raise DamagedArchive("is damaged")
        size = 0 if header.type in _WITHOUT_DATA else int(digits)
        padding = -size % _BLOCK
        if header.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            if size > MAX_EXTENSION_BYTES:
                raise DamagedArchive("has an impossibly long name")
            extension |= _read_extension(header.type, stream.read(size + padding)[:size])
            continue
        plain = header.isreg() and header.type != tarfile.GNUTYPE_SPARSE
        kept = plain and size <= max_file_bytes
        data = stream.read(size + padding)[:size] if kept else stream.skip(size + padding)
        if header.type not in _NO_ENTRIES:
            fault = "" if plain else _WITHOUT_DATA.get(header.type, "is of an unknown kind")
            yield extension.get("path", header.name), data, fault
        extension = {}
    raise DamagedArchive(f"has more than {MAX_ENTRIES:,} entries")


def _read_extension(kind: bytes, data: bytes) -> dict[str, str]:
    """Return the fields, `path` among them, that an extension header sets for the next entry."""
    if kind == tarfile.GNUTYPE_LONGNAME:
        return {"path": data.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    fields: dict[str, str] = {}
    while data:  # records "length keyword=value\n"; the length counts all of a record
        digits = data[:10].partition(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        keyword, equals, value = data[len(digits) + 1 : length].partition(b"=")
        if length > len(data) or not equals or value[-1:] != b"\n" or len(fields) > MAX_FIELDS:
            raise DamagedArchive("is damaged")
        fields[keyword.decode("utf-8", "replace")] = value[:-1].decode("utf-8", "surrogateescape")
        data = data[length:]
    return fields
