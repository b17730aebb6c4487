"""The labels of the prepared portraits, `portraits.csv`: one line for every row of the arrays."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from data.arrays import TEST_NAME, TRAIN_NAME, open_array
from data.errors import UserError
from data.paths import NUMPY_FOLDER, user_path
from data.portraits import FOLDERS, MAX_NAME_LENGTH

LABELS_NAME = "portraits.csv"
SPLITS = ("train", "test")
MAX_LABELS_BYTES = 64 << 20

_COLUMNS = ["row", "split", "file", "folder", "year"]


@dataclass(frozen=True)
class Portrait:
    """The label of one portrait.

    Attributes:
        row: its row in `X_train` or in `X_test`.
        split: "train" or "test", which says in which of the two.
        file: the name of its file in the archive, without the folder.
        folder: "F" or "M".
        year: the year of the yearbook, or None where it is not known.
    """

    row: int
    split: str
    file: str
    folder: str
    year: int | None

    @property
    def source(self) -> str:
        """Where the portrait comes from: "archive-org", or "published" for the archive's own."""
        return "archive-org" if "_archive-org_" in self.file else "published"


def write_labels(path: Path, portraits: Iterable[Portrait]) -> None:
    """Write labels as `portraits.csv`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for one in portraits:
            writer.writerow([one.row, one.split, one.file, one.folder, one.year or ""])


def load_labels(folder: Path | str = NUMPY_FOLDER) -> list[Portrait]:
    """Return the label of every portrait: those of `X_train` in the order of its rows, then test.

    Args:
        folder: the folder that `prepare_data` wrote to.

    Raises:
        UserError: There is no `portraits.csv`, it is damaged, or the arrays beside it are others.
    """
    path = user_path(folder) / LABELS_NAME
    try:
        if path.stat().st_size > MAX_LABELS_BYTES:
            raise ValueError("too large")
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, strict=True)
            if next(rows, None) != _COLUMNS:
                raise ValueError("its columns have other names")
            portraits = [_read(row) for row in rows]
        _check_order(portraits)
        _check_rows(path.parent, portraits)
    except FileNotFoundError as error:
        raise UserError(
            f"There are no labels at {path}: call prepare_data() in main.py first."
        ) from error
    except OSError as error:
        raise UserError(
            f"The labels at {path} cannot be read ({error.strerror}): check its permissions."
        ) from error
    except (ValueError, csv.Error) as error:
        raise UserError(
            f"The labels at {path} are damaged ({error}): call prepare_data(fresh=True) in main.py "
            "to write them again."
        ) from error
    return portraits


def _read(row: list[str]) -> Portrait:
    if len(row) != len(_COLUMNS):
        raise ValueError("a line with too few or too many columns")
    number, split, file, folder, year = row
    plain = file.isprintable() and 0 < len(file) <= MAX_NAME_LENGTH and "/" not in file
    if split not in SPLITS or folder not in FOLDERS or not plain:
        raise ValueError("a line that describes no portrait")
    return Portrait(_number(number), split, file, folder, _number(year) if year else None)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError("an entry that is not a number")
    return int(text)


def _check_order(portraits: list[Portrait]) -> None:
    train = sum(one.split == "train" for one in portraits)
    expected = [("train", row) for row in range(train)]
    expected += [("test", row) for row in range(len(portraits) - train)]
    if [(one.split, one.row) for one in portraits] != expected:
        raise ValueError("lines out of order")


def _check_rows(folder: Path, portraits: list[Portrait]) -> None:
    for split, name in zip(SPLITS, (TRAIN_NAME, TEST_NAME), strict=True):
        rows = sum(one.split == split for one in portraits)
        if (folder / name).exists() and len(open_array(folder / name)) != rows:
            raise ValueError(f"they are not those of {name}")
