"""What the named directions do to faces no fit has seen; with labels, fit them first.

    python -m tests.bench.directions [--model FOLDER] [--arrays FOLDER] [--labels FILE.csv]

A model's directions are fitted when it is exported, to what the shipped model reads in the
portraits. The shipped model itself has learned to read from measured labels, which are no part of
this repository: `--labels` names a table of them, fits readouts and directions, and writes them
into the model folder. For the columns that are known, see `COLUMNS`.

For each direction the table gives the correlation of reading and label on the test part (without
labels, on portraits left out of the fit, as the card says), and, of 40 unseen portraits moved by
+2, decoded and encoded again, how far the reading rose, the share that rose by at least 1, and the
mean absolute change of all other readings.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data import Portrait, load_arrays, load_labels
from data.paths import NUMPY_FOLDER
from model.engine import FaceEngine
from model.folder import CARD_FILE, find_model, read_card
from model.latent import LatentSpace
from model.measuring.metrics import encode_portraits, split_validation
from model.training.directions import (
    Target,
    correlation,
    fit_directions,
    label_targets,
    measure_effects,
)

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


def measured_targets(table: Path, portraits: Sequence[Portrait]) -> dict[str, np.ndarray]:
    """Read measured labels.

    Args:
        table: a CSV file with a column "file" ("F/name.png") and those in `COLUMNS`.
        portraits: whose labels are wanted.

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


def fit_to_labels(model: Path, arrays: Path, table: Path) -> LatentSpace:
    """Fit readouts and directions of a model to measured labels, and write them into its folder."""
    X_train, _ = load_arrays(arrays)
    X_fit, _ = split_validation(X_train)
    labels = load_labels(arrays)[: len(X_fit)]
    engine, latent = FaceEngine.load(model), LatentSpace.load(model)
    asked = {name: Target.of(target) for name, target in measured_targets(table, labels).items()}
    asked |= label_targets(labels)
    latent, effects = fit_directions(
        engine,
        latent,
        encode_portraits(engine, X_fit),
        asked,
        encode_portraits(engine, X_fit, mirrored=True),
        [name for name in asked if name not in HELD],
    )
    latent.save(model)
    card = read_card(model) | {"directions": effects}
    (model / CARD_FILE).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return latent


def unseen_effects(
    engine: FaceEngine, latent: LatentSpace, arrays: Path, card: dict, table: Path | None
) -> dict[str, dict[str, float]]:
    """Measure all directions on the test part; correlations are the card's where labels lack."""
    _, X_test = load_arrays(arrays)
    codes = encode_portraits(engine, X_test)
    correlations = {name: row["correlation"] for name, row in card.get("directions", {}).items()}
    labels = load_labels(arrays)[-len(X_test) :]
    if table is not None:
        asked = {n: Target.of(t) for n, t in measured_targets(table, labels).items()}
        asked |= label_targets(labels, fewest=10)
        for name, question in asked.items():
            if name in latent.readouts:
                correlations[name] = correlation(latent.readouts[name].read(codes), question)
    return measure_effects(engine, latent, latent.directions, codes, correlations)


def lines(effects: dict[str, dict[str, float]]) -> list[str]:
    """Return the lines of a Markdown table."""
    table = [
        "| moved by +2 | correlation of reading and label | reading rose by | share that rose by 1 "
        "| others moved by |",
        "| --- | --- | --- | --- | --- |",
    ]
    return table + [
        f"| {name} | {e['correlation']:.2f} | {e['own']:.2f} | {e['risen']:.0%} "
        f"| {e['others']:.2f} |"
        for name, e in effects.items()
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit if there are labels, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a model folder; the model in use without")
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER, help="of prepare_data()")
    parser.add_argument("--labels", type=Path, help="a table of measured labels, to fit to")
    options = parser.parse_args(arguments)
    model = find_model(options.model)
    if options.labels:
        fit_to_labels(model, options.arrays, options.labels)
    engine, latent = FaceEngine.load(model), LatentSpace.load(model)
    effects = unseen_effects(engine, latent, options.arrays, read_card(model), options.labels)
    print(*lines(effects), sep="\n")


if __name__ == "__main__":
    main()
