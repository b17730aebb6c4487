"""From the archive to arrays: `X_train.npy`, `X_test.npy` and `portraits.csv`."""

import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from data.arrays import TEST_NAME, TRAIN_NAME, load_arrays
from data.decoding import decode_in_order
from data.errors import UserError
from data.labels import LABELS_NAME, Portrait, load_labels, write_labels
from data.paths import NUMPY_FOLDER, ORIGINAL_FOLDER
from data.portraits import PORTRAIT_BYTES, PORTRAIT_SHAPE, Skipped, read_year
from data.progress import Progress
from data.sources import ArchiveSource, FolderSource, find_source, open_source
from data.split import split_portraits
from data.switch import switch, unfinished

RECORD_NAME = "prepared.json"  # what the arrays were made from

_RECORD_VERSION = 1  # raised when the same archive would give other arrays than before
_MAX_RECORD_BYTES = 64 << 20
_FILES = [TEST_NAME, LABELS_NAME, RECORD_NAME, TRAIN_NAME]  # the last one appears last
_BLOCK = 1024  # rows that are moved at a time: 33 MB
_SPARE_BYTES = 64 << 20
_SHOWN = 20


@dataclass(frozen=True)
class Preparation:
    """What `prepare_data` did; `str()` of it is a summary for the user.

    Attributes:
        source: The archive or folder that the portraits came from.
        folder: The folder of the arrays.
        train: Number of portraits in `X_train`.
        test: Number of portraits in `X_test`.
        skipped: Name and reason of everything that was passed over.
        made: False if the arrays were there already and nothing was done.
    """

    source: str
    folder: Path
    train: int
    test: int
    skipped: list[Skipped] = field(default_factory=list)
    made: bool = True

    def __str__(self) -> str:
        total = f"{self.train + self.test:,} portraits from {self.source}"
        if self.made:
            start = f"Prepared {total}"
        else:
            start = f"Nothing to do, the arrays are there already: {total}"
        lines = [f"{start}, {self.train:,} for training and {self.test:,} for testing."]
        if self.skipped:
            lines.append(f"Passed over, {len(self.skipped):,} in all:")
            lines += [f"  {one.name}: {one.reason}" for one in self.skipped[:_SHOWN]]
        if len(self.skipped) > _SHOWN:
            lines.append(f"  ... all of them are in {self.folder / RECORD_NAME}")
        return "\n".join([*lines, f"The arrays are in {self.folder}."])


def prepare_data(
    source: Path | str | None = None,
    out: Path | str = NUMPY_FOLDER,
    *,
    fresh: bool = False,
    original: Path | str = ORIGINAL_FOLDER,
) -> Preparation:
    """Turn the archive of portraits into arrays.

    Writes `X_train.npy` and `X_test.npy` (uint8, (n, 171, 186, 1)), `portraits.csv` with the label
    of every row, and `prepared.json`. The same portraits give the same arrays, from the archive or
    from a folder, on every machine. Nothing is extracted, memory does not grow with the archive,
    and the arrays appear when all of them are complete. Files that are no portraits are skipped.

    Args:
        source: The archive (`.tar.gz`), or a folder that holds it or its folders F and M. None:
            what is in `original`; if nothing is, the published archive is downloaded into it.
        out: The folder for the arrays.
        fresh: Prepare again even if the arrays are there already.
        original: The folder for the original archive.

    Returns:
        A summary to print.

    Raises:
        UserError: The source is missing or damaged, or the arrays cannot be written.
    """
    out = Path(out)
    found = _find(source, Path(original))
    if not fresh and (before := _prepared_before(out, found)):
        return before
    try:
        with unfinished(out) as work:
            record = _write(found, work)
            switch(work, out, _FILES)
    except OSError as error:
        raise UserError(
            f"The arrays cannot be written to {out} ({error.strerror or error}): give "
            "prepare_data() another folder with out=..., free space, or close programs that use "
            "the arrays."
        ) from error
    return Preparation(folder=out, **record)


def _find(source: Path | str | None, original: Path) -> ArchiveSource | FolderSource | None:
    return find_source(original) if source is None else open_source(Path(source).expanduser())


def _prepared_before(out: Path, source: ArchiveSource | FolderSource | None) -> Preparation | None:
    """Return what an earlier run did, if its arrays are whole and from the same source."""
    path = out / RECORD_NAME
    try:
        if path.stat().st_size > _MAX_RECORD_BYTES:
            return None
        record = json.loads(path.read_text(encoding="utf-8"))
        train, test = load_arrays(out)
        same = record["version"] == _RECORD_VERSION and len(load_labels(out)) == len(train) + len(
            test
        )
        if source is not None and record["fingerprint"] != source.fingerprint():
            return None
        skipped = [Skipped(str(one["name"]), str(one["reason"])) for one in record["skipped"]]
        origin = str(record["source"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError, UserError):
        return None
    return Preparation(origin, out, len(train), len(test), skipped, made=False) if same else None


def _write(source: ArchiveSource | FolderSource, work: Path) -> dict:
    _check_space(work, 2 * source.estimate())
    pixels = work / "portraits.raw"
    names, skipped = _decode(source, pixels)
    if len(names) < 2:
        raise UserError(
            f"{source.path} holds {len(names) or 'no'} portrait{'s'[: len(names) != 1]} in folders F and M: "
            "give prepare_data() the yearbook archive, or a folder with at least two portraits."
        )
    _check_space(work, len(names))
    train, test = split_portraits(names)
    _write_array(work / TRAIN_NAME, pixels, train)
    _write_array(work / TEST_NAME, pixels, test)
    pixels.unlink()
    labels = [_label(names[i], "train", row) for row, i in enumerate(train)]
    labels += [_label(names[i], "test", row) for row, i in enumerate(test)]
    write_labels(work / LABELS_NAME, labels)
    record = {
        "source": str(source.path),
        "train": len(train),
        "test": len(test),
        "skipped": skipped,
    }
    written = record | {
        "version": _RECORD_VERSION,
        "fingerprint": source.fingerprint(),
        "skipped": [asdict(one) for one in skipped],
    }
    (work / RECORD_NAME).write_text(json.dumps(written, indent=1), encoding="utf-8")
    return record


def _decode(source: ArchiveSource | FolderSource, pixels: Path) -> tuple[list[str], list[Skipped]]:
    """Write the pixels of all portraits to one file in the source's order, and return the names."""
    names: dict[str, None] = {}
    skipped = []
    with pixels.open("wb") as file, Progress("Reading portraits", source.size) as progress:
        for one in decode_in_order(source.files()):
            if isinstance(one, Skipped):
                skipped.append(one)
            elif one[0] in names:
                skipped.append(Skipped(one[0], "is in the archive twice"))
            else:
                names[one[0]] = None
                file.write(one[1].tobytes())
            progress.update(source.done, f"{len(names):,}")
    return list(names), sorted(skipped, key=lambda one: one.name)


def _write_array(path: Path, pixels: Path, rows: np.ndarray) -> None:
    """Write the given rows of a file of pixels, in this order, as a `.npy` file.

    The pixels are read through a memory map, and a new one for every block, so that the process
    never holds more than one block. They are written as a plain file: a full disk is then an error
    to report, where a memory map would end the process.
    """
    header = {"descr": "|u1", "fortran_order": False, "shape": (len(rows), *PORTRAIT_SHAPE, 1)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, len(rows), _BLOCK):
            portraits = np.memmap(pixels, np.uint8, "r").reshape(-1, PORTRAIT_BYTES)
            file.write(portraits[rows[start : start + _BLOCK]])
        file.flush()
        os.fsync(file.fileno())


def _label(name: str, split: str, row: int) -> Portrait:
    folder, _, file = name.partition("/")
    return Portrait(row, split, file, folder, read_year(file))


def _check_space(folder: Path, portraits: int) -> None:
    needed = portraits * PORTRAIT_BYTES + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise UserError(
            f"{folder.parent} has {free / 1e9:.1f} GB free and the arrays need "
            f"{needed / 1e9:.1f} GB while they are made: free space, or give prepare_data() "
            "another folder with out=...."
        )
