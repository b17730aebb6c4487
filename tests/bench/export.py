"""Describe a network by other portraits: for one that learned from more than those it is for.

    python -m tests.bench.export --about TEXT [--model FOLDER] [--arrays FOLDER] [--all]
                                 [--out FOLDER]

`--all` says that it was fitted on the validation slice too: then nothing is chosen or claimed by
that slice.
"""

import argparse
from pathlib import Path

from data import UserError
from data.paths import MY_MODEL, NUMPY_FOLDER
from model.engine import FaceEngine
from model.folder import find_model, lineage, publish, read_card
from model.training.export import Portraits, check_model, measure_figures, measure_latent


def export_again(
    model: Path, out: Path, arrays: str | Path, about: str = "", held_back: bool = True
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

    portraits = Portraits.load(arrays, held_back)
    latent, effects = measure_latent(engine, portraits)
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
    options = parser.parse_args()
    try:
        model = find_model(options.model)
        export_again(model, options.out, options.arrays, options.about, not options.all)
    except UserError as error:
        parser.exit(1, f"{error}\n")
    print(f"Written to {options.out}.")


if __name__ == "__main__":
    main()
