"""Damaged archives, arrays and labels by the thousand.

    python -m tests.fuzz_data --seeds 5000

Each seed damages one file in its own way and hands it to the data room, which must answer with a
result or with one sentence; nothing else may be raised, no file may appear elsewhere, and every run
must end. `tests/test_data_fuzz.py` runs the first seeds of the same.
"""

import argparse
import faulthandler
import gzip
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from drawn_archive import drawn_files, tar_bytes

from data import UserError, load_arrays, load_labels, prepare_data

_INTERESTING = (b"\0", b"\xff", b"\x7f", b"-", b"9" * 12, b"\xff" * 8, b"../", b"\n", b",", b'"')


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


class DataFuzzer:
    """Damages files in a folder of its own and looks at what comes of it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.files = drawn_files(6)
        self.tar = tar_bytes(self.files)
        (folder / "whole.tar").write_bytes(self.tar)
        prepare_data(folder / "whole.tar", folder / "whole")
        self.around = self._listing()

    def run(self, seed: int) -> str:
        """Run one seed, and return what was damaged and how it ended."""
        rng = random.Random(seed)
        what = rng.choice(("gzip", "tar", "image", "array", "labels", "record"))
        try:
            self._archive(what, rng) if what in ("gzip", "tar", "image") else self._arrays(
                what, rng
            )
        except UserError as error:
            text = str(error)
            assert text.isprintable() and 20 < len(text) < 1000, text
            return f"{what}: refused"
        finally:
            shutil.rmtree(self.folder / "out", ignore_errors=True)
            (self.folder / "faces").unlink(missing_ok=True)
            assert self._listing() == self.around, "a file was touched"
        return f"{what}: read"

    def _archive(self, what: str, rng: random.Random) -> None:
        if what == "gzip":
            body = damage(gzip.compress(self.tar, 1, mtime=0), rng)
        elif what == "tar":
            body = gzip.compress(damage(self.tar, rng), 1)
        else:
            damaged = rng.sample(sorted(self.files), 3)
            files = {name: damage(self.files[name], rng) for name in damaged}
            body = gzip.compress(tar_bytes(self.files | files), 1)
        (self.folder / "faces").write_bytes(body)
        summary = prepare_data(self.folder / "faces", self.folder / "out")
        assert str(summary).replace("\n", "").isprintable()
        self._read(self.folder / "out", summary.train, summary.test)

    def _arrays(self, what: str, rng: random.Random) -> None:
        out = shutil.copytree(self.folder / "whole", self.folder / "out")
        name = {"array": "X_train.npy", "labels": "portraits.csv", "record": "prepared.json"}[what]
        data = (out / name).read_bytes()
        if what == "array" and rng.random() < 0.8:
            data = damage(data[:128], rng) + data[128:]  # else the header is hardly ever hit
        else:
            data = damage(data, rng)
        (out / name).write_bytes(data)
        if what == "record":
            prepare_data(self.folder / "whole.tar", out)
        self._read(out, None, None)

    @staticmethod
    def _read(folder: Path, train: int | None, test: int | None) -> None:
        arrays = load_arrays(folder)
        labels = load_labels(folder)
        assert [array.shape[1:] for array in arrays] == [(171, 186, 1)] * 2
        for array in arrays:
            array.sum()  # every byte of the map is there
        if train is not None:
            assert (len(arrays[0]), len(arrays[1])) == (train, test)
            assert len(labels) == train + test

    def _listing(self) -> list[tuple[str, int, int]]:
        found = (path for path in self.folder.parent.rglob("*") if "out" not in path.parts)
        return sorted(
            (str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in found if p.is_file()
        )


def main() -> None:
    """Run the seeds that the command line asks for, and print how they ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    endings: Counter[str] = Counter()
    slowest = (0.0, 0)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "room"
        folder.mkdir()
        fuzzer = DataFuzzer(folder)
        for seed in range(options.first, options.first + options.seeds):
            began = time.monotonic()
            faulthandler.dump_traceback_later(60, exit=True)  # a run that hangs
            try:
                endings[fuzzer.run(seed)] += 1
            except BaseException:
                print(f"seed {seed} failed", file=sys.stderr)
                raise
            slowest = max(slowest, (time.monotonic() - began, seed))
    for ending, count in sorted(endings.items()):
        print(f"{ending:20} {count:6,}")
    print(f"slowest: {slowest[0]:.2f} s (seed {slowest[1]})")


if __name__ == "__main__":
    main()
