"""What the arrays were made from: the summary for the user, kept beside the arrays."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from data.arrays import load_arrays, load_labels
from data.errors import UserError
from data.portraits import Skipped

RECORD_NAME = "prepared.json"

_VERSION = 1  # raised when the same archive gives other arrays than before
_SHOWN = 20


@dataclass(frozen=True)
class Preparation:
    """What `prepare_data` did; `str()` of it is a summary for the user.

    Attributes:
        source: the archive or folder that the portraits came from.
        folder: the folder of the arrays.
        train: number of portraits in `X_train`.
        test: number of portraits in `X_test`.
        skipped: name and reason of everything that was passed over.
        made: false if the arrays were there already and nothing was done.
    """

    source: str
    folder: Path
    train: int
    test: int
    skipped: list[Skipped] = field(default_factory=list)
    made: bool = True

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


def write_record(path: Path, preparation: Preparation, fingerprint: str) -> None:
    """Write down what was done, and to which state of the source."""
    record = {"version": _VERSION, "fingerprint": fingerprint} | asdict(preparation)
    del record["folder"], record["made"]
    path.write_text(json.dumps(record, indent=1), encoding="utf-8")


def find_prepared(folder: Path, fingerprint: str | None) -> Preparation | None:
    """Return what an earlier run did, if its arrays are whole, sound and from the same source.

    Args:
        folder: the folder of the arrays.
        fingerprint: the source's `fingerprint`; None accepts any source.
    """
    try:
        record = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
        train, test = (len(array) for array in load_arrays(folder))
        load_labels(folder)  # which raises unless they belong to the arrays
        if (record["version"], record["train"], record["test"]) != (_VERSION, train, test):
            return None
        if fingerprint not in (None, record["fingerprint"]):
            return None
        skipped = [Skipped(str(one["name"]), str(one["reason"])) for one in record["skipped"]]
        return Preparation(str(record["source"]), folder, train, test, skipped, made=False)
    except (OSError, ValueError, LookupError, TypeError, RecursionError, UserError):
        return None
