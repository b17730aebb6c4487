"""Damaged archives, pictures in them, arrays and labels, given to the data room."""

import gzip
import random
import shutil
from pathlib import Path

from data import load_arrays, load_labels, prepare_data
from tests.data.drawn_archive import drawn_files, tar_bytes
from tests.fuzz.fuzzing import Fuzzer, damage


class DataFuzzer(Fuzzer):
    """Archives, the pictures in them, arrays, labels and the record of a preparation."""

    kinds = ("compressed", "archive", "image", "array", "labels", "record")

    def make(self) -> None:
        self.files = drawn_files(6)
        self.tar = tar_bytes(self.files)
        (self.folder / "whole.tar").write_bytes(self.tar)
        prepare_data(self.folder / "whole.tar", self.folder / "whole")

    def compressed(self, place: Path, rng: random.Random) -> None:
        self._prepare(place, damage(gzip.compress(self.tar, 1, mtime=0), rng))

    def archive(self, place: Path, rng: random.Random) -> None:
        self._prepare(place, gzip.compress(damage(self.tar, rng), 1))

    def image(self, place: Path, rng: random.Random) -> None:
        damaged = rng.sample(sorted(self.files), 3)
        files = {name: damage(self.files[name], rng) for name in damaged}
        self._prepare(place, gzip.compress(tar_bytes(self.files | files), 1))

    def array(self, place: Path, rng: random.Random) -> None:
        data = (self.folder / "whole" / "X_train.npy").read_bytes()
        size = 128 if rng.random() < 0.8 else len(data)  # else the header is hardly ever hit
        data = damage(data[:size], rng) + data[size:]
        self._read(self._arrays(place, "X_train.npy", data))

    def labels(self, place: Path, rng: random.Random) -> None:
        data = (self.folder / "whole" / "portraits.csv").read_bytes()
        self._read(self._arrays(place, "portraits.csv", damage(data, rng)))

    def record(self, place: Path, rng: random.Random) -> None:
        data = (self.folder / "whole" / "prepared.json").read_bytes()
        arrays = self._arrays(place, "prepared.json", damage(data, rng))
        prepare_data(self.folder / "whole.tar", arrays)
        self._read(arrays)

    def _prepare(self, place: Path, archive: bytes) -> None:
        (place / "faces").write_bytes(archive)
        summary = prepare_data(place / "faces", place / "arrays")
        assert str(summary).replace("\n", "").isprintable()
        counts = self._read(place / "arrays")
        assert counts == (summary.train, summary.test, summary.train + summary.test)

    def _arrays(self, place: Path, name: str, data: bytes) -> Path:
        """Return a folder of whole arrays but for one file."""
        arrays = Path(shutil.copytree(self.folder / "whole", place / "arrays"))
        (arrays / name).write_bytes(data)
        return arrays

    @staticmethod
    def _read(folder: Path) -> tuple[int, int, int]:
        train, test = load_arrays(folder)
        for array in (train, test):
            assert array.shape[1:] == (171, 186, 1)
            array.sum()  # every byte of the map is there
        return len(train), len(test), len(load_labels(folder))
