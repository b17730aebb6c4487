"""From the archive to arrays: `X_train.npy`, `X_test.npy` and `portraits.csv`."""

import contextlib
import json
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from data import arrays
from data.checks import check_path
from data.download import PUBLISHED, download
from data.errors import UserError, tell_failure
from data.paths import NUMPY_FOLDER, ORIGINAL_FOLDER
from data.portraits import PORTRAIT_SHAPE, Skipped, decode_in_order, read_year, split_portraits
from data.replace import hold_lock, replace_set
from data.sources import ArchiveSource, FolderSource, find_source, open_source
from data.terminal import ProgressBar

RECORD_NAME = "prepared.json"  # what the arrays were made from, and what was skipped

_VERSION = 1  # raised when the same archive gives other arrays than before
_SHOWN = 20  # number of skipped files in the summary
_PORTRAIT_BYTES = PORTRAIT_SHAPE[0] * PORTRAIT_SHAPE[1]
_BUFFER_BYTES = 1 << 20
_SPARE_BYTES = 64 << 20  # free space to leave
_OTHER_FOLDER = (
    "give prepare_data() another folder with out=..., free space, or close the programs that use "
    "the arrays"
)
_WAIT = "wait for it, or stop it, and call prepare_data() again."


@dataclass(frozen=True)
class Preparation:
    """What `prepare_data` did; `str()` of it is a summary for the user."""

    source: str  # the archive or folder that the portraits came from
    folder: Path  # of the arrays
    train: int  # portraits in `X_train`
    test: int  # portraits in `X_test`
    skipped: list[Skipped] = field(default_factory=list)  # files that are in neither
    made: bool = True  # false if the arrays were there already and nothing was done

    def __str__(self) -> str:
        start = "Prepared" if self.made else "Nothing to do, the arrays are there already:"
        lines = [
            f"{start} {self.train + self.test:,} portraits, {self.train:,} for training and "
            f"{self.test:,} for testing.",
            f"  from  {self.source}",
            f"  in    {self.folder}",
        ]
        if self.skipped:
            lines.append(f"Passed over, {len(self.skipped):,} in all:")
            lines += [f"  {one.name}: {one.reason}" for one in self.skipped[:_SHOWN]]
        if len(self.skipped) > _SHOWN:
            lines.append(f"  ... and more, all of them listed in {self.folder / RECORD_NAME}")
        return "\n".join(lines)


def prepare_data(
    source: Path | str | None = None, out: Path | str = NUMPY_FOLDER, *, fresh: bool = False
) -> Preparation:
    """Turn the archive of portraits into arrays.

    Writes `X_train.npy` and `X_test.npy` (uint8, (n, 171, 186, 1)), `portraits.csv` with the label
    of every row, and `prepared.json`. The same portraits give the same arrays, from the archive or
    from a folder, on every machine. Nothing is extracted, memory does not grow with the archive,
    and the arrays appear only once all of them are complete. Files that are not portraits are
    skipped. If the arrays of this source are there already, nothing is done.

    Args:
        source: the archive (`.tar.gz`), or a folder that holds it or its folders F and M. None:
            what is in assets/data/original; if nothing is, the published archive is downloaded.
        out: the folder for the arrays.
        fresh: prepare again even if the arrays are there already.

    Returns:
        A summary to print.

    Raises:
        UserError: The source is missing or damaged, or the arrays cannot be written.

    Example:
        >>> print(prepare_data("~/Downloads/faces.tar.gz", "my-arrays"))
    """
    out = check_path("out", out)
    if source is None:
        advice = ", or delete it and prepare_data() downloads the published one"
        found = find_source(ORIGINAL_FOLDER, advice)
    else:
        found = open_source(check_path("source", source))
    with contextlib.suppress(OSError):  # reported when the arrays are written
        out.mkdir(parents=True, exist_ok=True)
    with hold_lock(out, f"Another prepare_data() is writing to {out}: {_WAIT}"):
        if not fresh and (before := _find_prepared(out, found.fingerprint if found else None)):
            return before
        if found is not None:
            return _prepare(found, out, str(found.path))
        archive = download(PUBLISHED, ORIGINAL_FOLDER)
        return _prepare(ArchiveSource(archive), out, f"{archive}, downloaded from {PUBLISHED.url}")


def _find_prepared(folder: Path, fingerprint: str | None) -> Preparation | None:
    """Return what an earlier run did, if its arrays are sound and from the same source.

    A fingerprint of None accepts any source.
    """
    try:
        record = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
        train, test = (len(array) for array in arrays.load_arrays(folder))
        arrays.load_labels(folder)  # which raises unless they belong to the arrays
        if (record["version"], record["train"], record["test"]) != (_VERSION, train, test):
            return None
        if fingerprint not in (None, record["fingerprint"]):
            return None
        skipped = [Skipped(str(one["name"]), str(one["reason"])) for one in record["skipped"]]
        return Preparation(str(record["source"]), folder, train, test, skipped, made=False)
    except (OSError, ValueError, LookupError, TypeError, RecursionError, UserError):
        return None


def _prepare(source: ArchiveSource | FolderSource, out: Path, origin: str) -> Preparation:
    what = f"The arrays cannot be written to {out}"
    names = (arrays.TRAIN_NAME, arrays.TEST_NAME, arrays.LABELS_NAME, RECORD_NAME)
    with tell_failure(what, _OTHER_FOLDER), replace_set(out, names) as work:
        _check_space(out, 2 * source.estimate)
        portraits, skipped = _decode(source, work / "pixels")
        if len(portraits) < 2:
            held = "only one portrait" if portraits else "no portraits"
            raise UserError(
                f"{source.path} holds {held} of 186 x 171 pixels in folders F and M: give "
                "prepare_data() the yearbook archive, or a folder like it."
            )
        _check_space(out, len(portraits))
        train, test = split_portraits(portraits)
        _write_array(work / arrays.TRAIN_NAME, work / "pixels", train)
        _write_array(work / arrays.TEST_NAME, work / "pixels", test)
        arrays.write_labels(work / arrays.LABELS_NAME, _labels(portraits, train=train, test=test))
        summary = Preparation(origin, out, len(train), len(test), skipped)
        record = {"version": _VERSION, "fingerprint": source.fingerprint} | asdict(summary)
        del record["folder"], record["made"]
        (work / RECORD_NAME).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return summary


def _decode(source: ArchiveSource | FolderSource, pixels: Path) -> tuple[list[str], list[Skipped]]:
    """Write the pixels of all portraits to one file in the source's order; return their names.

    Their rows in the arrays are known only at the end of the archive, once all names are.
    """
    names: dict[str, None] = {}
    skipped = []
    with (
        pixels.open("wb", buffering=_BUFFER_BYTES) as file,
        ProgressBar("Reading portraits", source.size) as progress,
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", module="PIL")  # of harmless oddities in files
        for one in decode_in_order(source.files()):
            if isinstance(one, Skipped):
                skipped.append(one)
            elif one[0] in names:
                skipped.append(Skipped(one[0], "is there twice"))
            else:
                names[one[0]] = None
                file.write(one[1].data)
            progress.update(source.done, f"{len(names):,} portraits")
    return list(names), sorted(skipped, key=lambda one: one.name)


def _write_array(path: Path, pixels: Path, rows: np.ndarray) -> None:
    """Write the given rows of a file of pixels, in this order, as a `.npy` file.

    Both are plain files, read and written row by row: memory maps would count as memory of the
    process while they are open, and a full disk would end it instead of raising an error.
    """
    header = {"descr": "|u1", "fortran_order": False, "shape": (len(rows), *PORTRAIT_SHAPE, 1)}
    with (
        pixels.open("rb", buffering=0) as source,
        path.open("wb", buffering=_BUFFER_BYTES) as file,
        ProgressBar(f"Writing {path.name}", len(rows)) as progress,
    ):
        np.lib.format.write_array_header_1_0(file, header)
        for done, row in enumerate(rows.tolist()):
            source.seek(row * _PORTRAIT_BYTES)
            file.write(source.read(_PORTRAIT_BYTES))
            progress.update(done)


def _labels(names: list[str], **splits: np.ndarray) -> Iterator[arrays.Portrait]:
    for split, rows in splits.items():
        for row, index in enumerate(rows):
            folder, _, file = names[index].partition("/")
            yield arrays.Portrait(row, split, file, folder, read_year(file))


def _check_space(out: Path, portraits: int) -> None:
    needed = portraits * _PORTRAIT_BYTES + _SPARE_BYTES
    free = shutil.disk_usage(out).free
    if free < needed:
        raise UserError(
            f"{out} has {free // 10**6:,} MB free and {needed // 10**6 + 1:,} MB are needed while "
            "the arrays are made: free space, or give prepare_data() another folder with out=...."
        )
