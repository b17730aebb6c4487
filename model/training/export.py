"""From a trained network to a model: its latent space, its directions, its figures.

    python -m model.training.export --about TEXT [--model FOLDER] [--arrays FOLDER] [--all]
                                    [--out FOLDER]

`learn()` ends with this. The command does it again with other portraits, for a network that learned
from more than those it is for. `--all` says that it was fitted on the validation slice too: then
nothing is chosen or claimed by that slice.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from data import Portrait, UserError, load_arrays, load_labels
from data.arrays import hash_array
from data.paths import MY_MODEL, NUMPY_FOLDER
from model.engine import FaceEngine
from model.folder import NETWORK_FILE, find_model, publish, read_card, read_history
from model.latent import LatentSpace
from model.measuring.metrics import PARTS, encode_portraits, metrics_by_part, split_validation
from model.training.directions import fit_directions


def export(
    folder: Path, engine: FaceEngine, arrays: str | Path, about: str = "", held_back: bool = True
) -> dict[str, dict]:
    """Fit a network's latent space to portraits, and measure both.

    Args:
        folder: where `latent.npz` is written.
        engine: the network.
        arrays: folder of `X_train.npy` and `X_test.npy`.
        about: a sentence for the card on what the portraits are.
        held_back: whether the network has not been fitted on the last tenth of `X_train`.

    Returns:
        Entries of the model card: "data" and "figures".
    """
    X_train, X_test = load_arrays(arrays)
    X_fit, X_validation = split_validation(X_train) if held_back else (X_train, X_train[:0])
    codes = encode_portraits(engine, X_fit)
    mirrored = encode_portraits(engine, X_fit, mirrored=True)
    latent = LatentSpace.fit(
        np.concatenate([codes, mirrored]), model_id=engine.model_id, gallery=codes
    )
    labels = _labels(arrays)
    directions = fit_directions(latent, codes, labels[: len(codes)], mirrored)
    latent = replace(latent, directions=directions)
    latent.save(folder)
    parts = [part for part in PARTS if held_back or part != "validation"]
    return {
        "data": {
            "about": about,
            "portraits": _count(labels),
            "fit": len(X_fit),
            "validation": len(X_validation),
            "test": len(X_test),
            "fingerprint": hash_array(X_train),
        },
        "figures": metrics_by_part(engine, latent, X_train, X_test, Path(arrays), parts),
    }


def export_again(
    model: Path, out: Path, arrays: str | Path, about: str = "", held_back: bool = True
) -> None:
    """Write a model folder with the same network, described by other portraits: see `export`.

    What it was trained on stays on the card, as "data" of "training".

    Raises:
        UserError: without a model or arrays, or where nothing can be written.
    """
    engine = FaceEngine.load(model)
    card = read_card(model)
    card["training"] = {"data": card.pop("data", {}), **card.get("training", {})}

    def save(folder: Path) -> dict[str, dict]:
        shutil.copyfile(model / NETWORK_FILE, folder / NETWORK_FILE)
        return export(folder, engine, arrays, about, held_back)

    publish(out, save, card, read_history(model))


def _labels(arrays: str | Path) -> list[Portrait]:
    """Labels of the portraits; none where the arrays come without."""
    with contextlib.suppress(UserError):
        return load_labels(arrays)
    return []


def _count(labels: list[Portrait]) -> dict[str, int]:
    """How many portraits of each source and kind there are, training and test together."""
    kinds = [f"{label.source} {label.folder}" for label in labels]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


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
    options = parser.parse_args()
    try:
        model = find_model(options.model)
        export_again(model, options.out, options.arrays, options.about, not options.all)
    except UserError as error:
        parser.exit(1, f"{error}\n")
    print(f"Written to {options.out}.")


if __name__ == "__main__":
    main()
