"""Zip files and `.npz` files that claim what is not so, for the fuzz commands."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace

import numpy as np

from tests.fuzz.fuzzing import damage

HEADERS = (
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-80,), }",
    "{'descr': '<f4', 'fortran_order': True, 'shape': (80, 1), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (80,), }",
    "{'descr': '|V8', 'fortran_order': False, 'shape': (40,), }",
    "{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000000,), }",
    "{'descr': [('a', '<f4', (1000000000,))], 'fortran_order': False, 'shape': (80,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (40,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (9" + "9" * 4000 + ",), }",
    "(" * 3000,
    "__import__('pathlib').Path('canary').touch()",
)
ODD_NAMES = ("../outside", "/tmp/outside", "C:\\outside", "", "a\0b", "x" * 5000, "é\n")
ODD_NUMBERS = (np.nan, np.inf, -1e38, 3e4, 0, -0.0)


@dataclass(frozen=True)
class Member:
    """A member of a zip file, every claim about it free to be wrong."""

    name: str
    data: bytes
    method: int = zipfile.ZIP_STORED
    size: int | None = None
    crc: int | None = None
    flags: int = 0


def unpack(archive: bytes) -> list[Member]:
    """Return the members of a whole zip file."""
    with zipfile.ZipFile(io.BytesIO(archive)) as whole:
        return [Member(name, whole.read(name)) for name in whole.namelist()]


def pack(members: list[Member], entries: int | None = None) -> bytes:
    """Write a zip file of these members, whatever they claim."""
    body, directory = b"", b""
    for member in members:
        name = member.name.encode()
        size = len(member.data) if member.size is None else member.size
        crc = zlib.crc32(member.data) if member.crc is None else member.crc
        fields = (20, member.flags, member.method, 0, 33, crc, len(member.data), size, len(name), 0)
        directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *fields, 0, 0, 0, 0, len(body))
        directory += name
        body += struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + name + member.data
    count = len(members) if entries is None else entries
    end = (b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + struct.pack("<4s4H2LH", *end)


def bomb(unpacked: int) -> bytes:
    """Return a deflated run of so many zeros."""
    packer = zlib.compressobj(1, wbits=-15)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(unpacked >> 20)) + packer.flush()


def forge(members: list[Member], rng: random.Random, bomb: bytes) -> bytes:
    """Return a zip file of which one member is not what it should be, its checksum right."""
    place, other = rng.randrange(len(members)), rng.choice(members)
    member, odd_names = members[place], (*ODD_NAMES, other.name)

    def changed(**claims: object) -> list[Member]:
        return [*members[:place], replace(member, **claims), *members[place + 1 :]]

    ways = (
        lambda: changed(data=damage(member.data, rng)),
        lambda: changed(data=member.data[: rng.randrange(len(member.data) + 1)]),
        lambda: changed(data=other.data),
        lambda: changed(data=pack(members)),
        lambda: changed(name=rng.choice(odd_names)),
        lambda: changed(size=rng.choice((0, 1, 100, 2**31, 2**32 - 1))),
        lambda: changed(data=bomb, method=8, size=rng.choice((99, 2**30)), crc=0),  # deflated
        lambda: changed(method=rng.choice((8, 9, 12, 14, 93, 99))),
        lambda: changed(flags=rng.choice((1, 8, 64, 2048, 0xFFFF))),
        lambda: [*members[:place], *members[place + 1 :]],
        lambda: [*members, replace(member, data=damage(member.data, rng))],
        lambda: [*members, Member(rng.choice((*odd_names, "assets/a", "more.npy")), b"more")],
        lambda: [*members, *(Member(f"{number}", b"") for number in range(9000))],
    )
    return pack(rng.choice(ways)(), rng.choice((None, None, None, 0, 65535)))


def forge_arrays(members: list[Member], rng: random.Random, bomb: bytes) -> bytes:
    """Return an `.npz` file of which one array is not what it should be, or the file itself."""
    how = rng.choice(("bytes", "zip", "header", "value", "value"))
    if how == "bytes":
        return damage(pack(members), rng)
    if how == "zip":
        return forge(members, rng, bomb)
    members, place = list(members), rng.randrange(len(members))
    member = members[place]
    if how == "header":
        data = _with_header(member.data, rng.choice(HEADERS))
    else:
        array = np.load(io.BytesIO(member.data))
        file = io.BytesIO()
        np.save(file, _odd_array(array, rng), allow_pickle=True)
        data = file.getvalue()
    members[place] = replace(member, data=data)
    return pack(members)


class Pickled:
    """An object whose unpickling leaves a file behind."""

    def __reduce__(self):
        return open, ("canary", "w")


def _with_header(data: bytes, header: str) -> bytes:
    (length,) = struct.unpack("<H", data[8:10])
    text = header.encode() + b"\n"
    return data[:8] + struct.pack("<H", len(text)) + text + data[10 + length :]


def _odd_array(array: np.ndarray, rng: random.Random) -> np.ndarray:
    """Return an array of other numbers, another shape or another type."""
    if array.size and array.dtype.kind == "f" and rng.random() < 0.5:
        odd = array.copy()
        odd.flat[rng.randrange(odd.size)] = rng.choice(ODD_NUMBERS)
        return odd
    kinds = {"f": (np.float64, np.float16, ">f4", "U8"), "i": (float, complex), "U": ("U999",)}
    choices = (
        *(array.astype(kind) for kind in kinds.get(array.dtype.kind, ())),
        array[np.newaxis],
        array.ravel()[:-1],
        np.zeros(0, array.dtype),
        np.zeros((), array.dtype),
        np.array([Pickled()] * 3, object),
        np.full(array.shape, 10**6, np.int64),
    )
    return rng.choice(choices)
