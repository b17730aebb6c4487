"""Describe a network by the portraits that it is for, where it has learned from others too.

    python -m tests.bench.export --about TEXT [--model FOLDER] [--arrays FOLDER] [--all]
                                 [--labels FILE.csv] [--out FOLDER]

`--all` says that it was fitted on the validation slice too: then nothing is chosen or claimed by
that slice. Directions are fitted to what the shipped model reads in the portraits. The shipped
model itself has learned to read from measured labels, which are no part of this repository:
`--labels` names a table of them, with a column "file" ("F/name.png") and those in `COLUMNS`.
"""

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data import Portrait, UserError
from data.paths import MY_MODEL, NUMPY_FOLDER
from model.engine import FaceEngine
from model.folder import find_model, lineage, publish, read_card
from model.latent import LatentSpace
from model.measuring.metrics import encode_portraits
from model.training.directions import Target, fit_directions, label_targets
from model.training.export import Portraits, check_model, measure_figures, measure_latent

COLUMNS = {  # of the tables of labels, by the attribute's name; several are averaged
    "smile": ["smile_curve"],
    "mouth open": ["mouth_open"],
    "lips": ["lips"],
    "eyes open": ["eye_open"],
    "eyebrows up": ["brow"],
    "turn": ["yaw"],
    "nod": ["pitch"],
    "face width": ["face_width"],
    "jaw": ["jaw"],
    "hair": ["hair_amount"],
    "long hair": ["hair_side"],
    "hair light": ["hair_dark"],
    "glasses": ["glasses_edge", "under_eye"],
    "light from the right": ["light"],
    "background light": ["background"],
    "mouth width": ["mouth_width"],
    "nose width": ["nose_width"],
    "chin": ["chin"],
    "skin": ["skin"],
}
# No sliders of their own, but the others leave them alone.
HELD = ("mouth width", "nose width", "jaw", "chin", "skin")
EXTREMES = (1, 99)  # percentiles at which labels are clipped


class AllFitted(Portraits):
    """Portraits that the network was fitted on, the last tenth of the training part included."""

    def split(self) -> tuple[np.ndarray, np.ndarray]:
        """Return all of the training part, and an empty validation slice."""
        return self.train, self.train[:0]


def measured_labels(table: Path, portraits: Sequence[Portrait]) -> dict[str, np.ndarray]:
    """Read a table of measured labels.

    Returns:
        By attribute, `(n,)` in standard deviations where several columns are averaged, else in the
        column's unit; NaN where nothing was measured.
    """
    with table.open(newline="", encoding="utf-8") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    found = [rows.get(f"{portrait.folder}/{portrait.file}", {}) for portrait in portraits]

    def column(name: str) -> np.ndarray:
        values = np.array([float(row.get(name) or "nan") for row in found])
        return np.clip(values, *np.nanpercentile(values, EXTREMES))

    def averaged(columns: list[str]) -> np.ndarray:
        values = [column(name) for name in columns]
        if len(values) == 1:
            return values[0]
        return np.mean([(v - np.nanmean(v)) / np.nanstd(v) for v in values], axis=0)

    return {name: averaged(columns) for name, columns in COLUMNS.items()}


def fit_to_labels(
    engine: FaceEngine, latent: LatentSpace, portraits: Portraits, table: Path
) -> tuple[LatentSpace, dict[str, dict]]:
    """Fit readouts and directions to measured labels, see `fit_directions`."""
    X_fit, _ = portraits.split()
    labels = portraits.labels[: len(X_fit)]
    asked = {name: Target.of(values) for name, values in measured_labels(table, labels).items()}
    asked |= label_targets(labels)
    codes, mirrored = (encode_portraits(engine, X_fit, turned) for turned in (False, True))
    offered = [name for name in asked if name not in HELD]
    return fit_directions(engine, latent, codes, asked, mirrored, offered)


def export_again(
    model: Path,
    out: Path,
    arrays: str | Path,
    about: str = "",
    held_back: bool = True,
    table: Path | None = None,
) -> None:
    """Write a model folder with the same network, described by other portraits.

    What it was trained on stays on the card, as "data" of "training".

    Raises:
        UserError: without a model or arrays, or where nothing can be written.
    """
    engine = FaceEngine.load(model)
    card = read_card(model)
    training = card["training"] = {"data": card.pop("data", {}), **card.get("training", {})}
    if "continued_from" in training:
        training["continued_from"] = lineage(card)[1:]

    portraits = (Portraits if held_back else AllFitted).load(arrays)
    latent, effects = measure_latent(engine, portraits)
    if table is not None:
        latent, effects = fit_to_labels(engine, latent, portraits, table)
    card |= {
        "data": portraits.describe(about),
        "figures": measure_figures(engine, latent, portraits),
        "directions": effects,
    }

    def write(new: Path) -> dict:
        latent.save(new)
        return {}

    publish(out, write, card, model, check_model)


def main() -> None:
    """Export the model that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--about", default="", help="a sentence on what the portraits are")
    parser.add_argument("--model", help="a model folder; the model in use without")
    parser.add_argument("--arrays", default=NUMPY_FOLDER, help="prepared arrays")
    parser.add_argument("--out", type=Path, default=MY_MODEL, help="model folder to write")
    parser.add_argument(
        "--all", action="store_true", help="the network was fitted on the validation slice too"
    )
    parser.add_argument("--labels", type=Path, help="a table of measured labels, to fit to")
    options = parser.parse_args()
    try:
        model = find_model(options.model)
        export_again(
            model, options.out, options.arrays, options.about, not options.all, options.labels
        )
    except UserError as error:
        parser.exit(1, f"{error}\n")
    print(f"Written to {options.out}.")


if __name__ == "__main__":
    main()
