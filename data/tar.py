"""Reading a tar archive as a stream, with every size limited before it is used.

Only the parsing of a 512-byte header is left to `tarfile`. Its own reader, `tarfile.open` in mode
`r|gz`, would need more guards than this file has lines: it takes a damaged header for the end of
the archive, ignores damaged extension headers, calls itself once per extension header, reads maps
of sparse files into memory whatever their size, and in many Pythons in use loops forever on a
negative size (CVE-2025-8194).
"""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from io import BufferedReader

MAX_ENTRIES = 200_000  # the published archive has 37,924
MAX_UNPACKED_BYTES = 4 << 30  # the published archive unpacks to about 600 MB
MAX_EXTENSION_BYTES = 64 << 10  # size of a long name, and of what some programs add to an entry
MAX_FIELDS = 100  # number of fields in an extension header

TarEntry = tuple[str, bytes | None, str]

_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 18  # bytes
_TOO_LARGE = "unpacks to more than {} GB"
_WITHOUT_DATA = {  # types of entries without data, whatever size they claim
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


def read_tar(file: BufferedReader, max_file_bytes: int) -> Iterator[TarEntry]:
    """Yield the entries of a `.tar.gz` (or `.tar`) file in their order, extracting nothing.

    Args:
        file: the archive, opened at its start.
        max_file_bytes: larger files are skipped.

    Yields:
        For all but folders: the name; a file's bytes, or None if it is larger than that; and ""
        or what the entry is instead of a file, such as "is a link".

    Raises:
        DamagedArchive: The archive is cut off or damaged, or larger than any archive of portraits.
    """
    packed = file.peek(2)[:2] == b"\x1f\x8b"
    stream = gzip.GzipFile(fileobj=file) if packed else file
    try:
        yield from _entries(_Reader(stream), max_file_bytes)
        for _ in range(MAX_UNPACKED_BYTES // _CHUNK):  # gzip's checksum comes at the very end
            if not stream.read(_CHUNK):
                return
    except EOFError as error:
        raise DamagedArchive("ends too early") from error
    except (gzip.BadGzipFile, zlib.error, tarfile.HeaderError) as error:
        raise DamagedArchive("is damaged") from error
    raise DamagedArchive(_TOO_LARGE.format(MAX_UNPACKED_BYTES >> 30))


class _Reader:
    """A file that is read strictly forward, in whole blocks, up to `MAX_UNPACKED_BYTES`."""

    def __init__(self, file: BufferedReader | gzip.GzipFile):
        self._file = file
        self._left = MAX_UNPACKED_BYTES

    def take(self, size: int, most: int) -> bytes:
        """Pass over `size` bytes and what fills their last block; return them up to `most`."""
        missing = size + -size % _BLOCK
        self._left -= missing
        if self._left < 0:
            raise DamagedArchive(_TOO_LARGE.format(MAX_UNPACKED_BYTES >> 30))
        kept = bytearray()
        while missing:
            data = self._file.read(min(missing, _CHUNK))
            if not data:
                raise EOFError
            missing -= len(data)
            kept += data[: max(most - len(kept), 0)]
        return bytes(kept[:size])


def _entries(reader: _Reader, max_file_bytes: int) -> Iterator[TarEntry]:
    extension: dict[str, str] = {}
    for _ in range(MAX_ENTRIES):
        block = reader.take(_BLOCK, _BLOCK)
        if not any(block):  # a block of zeros ends an archive
            return
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        digits = extension.get("size", str(header.size))
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            raise DamagedArchive("is damaged")
        size = 0 if header.type in _WITHOUT_DATA else int(digits)
        if header.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            if size > MAX_EXTENSION_BYTES:
                raise DamagedArchive("has an impossibly long name")
            extension |= _read_extension(header.type, reader.take(size, size))
            continue
        plain = header.isreg() and header.type != tarfile.GNUTYPE_SPARSE
        kept = plain and size <= max_file_bytes
        data = reader.take(size, size if kept else 0)
        if header.type not in _NO_ENTRIES:
            fault = "" if plain else _WITHOUT_DATA.get(header.type, "is of an unknown kind")
            yield extension.get("path", header.name), data if kept else None, fault
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
