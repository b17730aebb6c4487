"""The frame of the fuzz tests: damage to bytes and JSON, and one run per seed."""

from __future__ import annotations

import json
import random
import shutil
import time
from pathlib import Path

from data.errors import UserError
from tests.memory import peak_memory

MAX_SECONDS = 60  # for one damaged file
MAX_GROWTH = 400 * 2**20  # bytes by which one file may raise the peak memory
ODD_VALUES = (None, True, -1, 3, 1e300, "", "A", "AAAA", [], [[]], {}, {"a": {}}, "9" * 5000)
_INTERESTING = (b"\0", b"\xff", b"\x7f", b"-", b"9" * 12, b"\xff" * 8, b"../", b"\n", b",", b'"')


class Fuzzer:
    """Damages files in a folder of its own and checks what comes of it.

    A subclass has a method for each of its `kinds`; it is given an empty folder and a source of
    randomness, writes a damaged file there and hands it to the program.
    """

    kinds: tuple[str, ...] = ()

    def __init__(self, folder: Path):
        self.folder = folder
        self.make()
        self._around = self._listing()

    def make(self) -> None:
        """Write whole files into the folder, or keep them, before any is damaged."""
        raise NotImplementedError

    def run(self, kind: str, seed: int) -> None:
        """Damage one file: it must be read, or refused in one sentence, and touch no other file."""
        place = self.folder / "out"
        place.mkdir()
        began, memory = time.monotonic(), peak_memory()
        try:
            getattr(self, kind)(place, random.Random(seed))
        except UserError as error:
            text = str(error).replace(str(place), "")
            assert text.isprintable() and 20 < len(text) < 300 and text.endswith("."), text
        finally:
            shutil.rmtree(place)
            assert self._listing() == self._around, "a file was touched"
        assert peak_memory() - memory < MAX_GROWTH, "too much memory"
        assert time.monotonic() - began < MAX_SECONDS, "too slow"

    def _listing(self) -> list[tuple[str, int, int]]:
        found = (path for path in self.folder.parent.rglob("*") if "out" not in path.parts)
        return sorted(
            (str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in found if p.is_file()
        )


def damage(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes with one to eight changes of a random kind."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        start = rng.randrange(len(changed) + 1)
        if rng.random() < 0.3:
            start = min(start, rng.randrange(200))  # headers are at the start
        length = min(rng.choice((1, 4, 64, 512, 5000)), len(changed) - start)
        kind = rng.randrange(7)
        if kind == 0 and length:
            changed[start] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del changed[start : start + length]
        elif kind == 2:
            changed[start:start] = changed[start : start + length]
        elif kind == 3:
            changed[start : start + length] = bytes(length)
        elif kind == 4:
            changed[start : start + length] = rng.randbytes(length)
        elif kind == 5:
            interesting = rng.choice(_INTERESTING)
            changed[start : start + len(interesting)] = interesting
        else:
            del changed[start:]
    return bytes(changed)


def odd_json(text: bytes, rng: random.Random, odd_values: tuple = ODD_VALUES) -> bytes:
    """Return a JSON object with one value, however deep, replaced by an odd one or left out."""
    whole = json.loads(text)
    place = whole
    while True:
        name = rng.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
        if not (isinstance(place[name], (dict, list)) and place[name] and rng.random() < 0.8):
            break
        place = place[name]
    if rng.random() < 0.2:
        del place[name]
    elif isinstance(place[name], str) and rng.random() < 0.5:
        place[name] = damage(place[name].encode(), rng).decode("latin-1")
    else:
        place[name] = rng.choice(odd_values)
    return json.dumps(whole).encode()
