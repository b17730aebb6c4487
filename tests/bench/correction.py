"""Teach a trained network its correction alone; encoder and decoder stay as they are.

    python -m tests.bench.correction --model FOLDER --out FOLDER --portraits FOLDER
                                     [--arrays FOLDER] [--steps N]

For a model from before there were corrections, see `model.encoding`: a few minutes instead of a new
training. `--portraits` are what it learns from, `--arrays` what the model is then described by.
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import keras
import numpy as np

from data import UserError, load_arrays
from data.paths import NUMPY_FOLDER
from model.engine import FaceEngine
from model.folder import (
    FINISHER_FILE,
    FINISHER_HISTORY_FILE,
    NETWORK_FILE,
    file_hash,
    publish,
    read_card,
    read_history,
)
from model.measuring.metrics import evenly_spaced, split_validation
from model.network import Architecture, build_autoencoder
from model.network_file import load_finisher, load_network, save_network
from model.training.augmentation import Augmentation, training_batches, validation_batches
from model.training.export import check_model, export
from model.training.learn import MEASURED, compiled_model
from model.training.optimizer import build_optimizer
from model.training.settings import Settings

STEPS = 1500
SETTINGS = Settings(
    augmentation=Augmentation(
        shift=0.75, rotation=1.0, scale=0.015, perspective=0.01, recombination=0.2
    )
)


def corrected_weights(
    network: keras.Model, settings: Settings, X_fit: np.ndarray, steps: int
) -> list[np.ndarray]:
    """Train the correction of a network, and return the weights of the network with it.

    Args:
        network: with the widths of `settings.architecture`, but for the correction.
        settings: of the objective, the batches and the rate.
        X_fit: uint8 `(n, 171, 186, 1)`, the portraits to learn from.
        steps: batches in all.
    """
    keras.utils.set_random_seed(settings.seed)
    fresh = build_autoencoder(settings.architecture)
    for part in ("encoder", "decoder"):
        fresh.get_layer(part).set_weights(network.get_layer(part).get_weights())
    model = compiled_model(settings, steps, fresh.get_weights())
    for part in ("encoder", "decoder"):
        model.autoencoder.get_layer(part).trainable = False
    model.compile(build_optimizer(steps, settings.learning_rate), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    seen = evenly_spaced(X_fit, MEASURED)
    model.measure_codes(validation_batches(seen, settings.batch_size))
    batches = training_batches(X_fit, settings.batch_size, settings.augmentation, settings.seed)
    model.fit(batches, steps_per_epoch=steps, epochs=1, shuffle=False, verbose=2)
    model.optimizer.finalize_variable_values(model.trainable_variables)
    return model.autoencoder.get_weights()


def main() -> None:
    """Train the correction of the model that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="the model folder to begin with")
    parser.add_argument("--out", type=Path, required=True, help="the model folder to write")
    parser.add_argument("--portraits", type=Path, required=True, help="arrays to learn from")
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER, help="arrays to describe it")
    parser.add_argument("--steps", type=int, default=STEPS, help="batches")
    options = parser.parse_args()
    try:
        give_correction(
            options.model, options.out, options.portraits, options.arrays, options.steps
        )
    except UserError as error:
        parser.exit(1, f"{error}\n")
    print(f"Written to {options.out}.")


def give_correction(
    folder: Path,
    out: Path,
    portraits: Path,
    arrays: Path,
    steps: int,
    settings: Settings = SETTINGS,
) -> None:
    """Write a model folder with the network of another, and a correction.

    Its finisher comes along: it sees the decoder alone.

    Raises:
        UserError: without a model or arrays, or where nothing can be written.
    """
    card, network = read_card(folder), load_network(folder)
    architecture = replace(Architecture.from_card(card), corrected=True)
    X_fit, _ = split_validation(load_arrays(portraits)[0])
    settings = replace(settings, architecture=architecture)
    weights = corrected_weights(network, settings, X_fit, steps)
    card["settings"]["architecture"] = asdict(architecture)
    card["training"]["correction"] = {"portraits": len(X_fit), "steps": steps}

    def save(new: Path) -> dict:
        corrected = build_autoencoder(architecture)
        corrected.set_weights(weights)
        save_network(corrected, new / NETWORK_FILE)
        for name in (FINISHER_FILE, FINISHER_HISTORY_FILE):
            if (folder / name).is_file():
                shutil.copyfile(folder / name, new / name)
        finisher = load_finisher(folder, corrected.get_layer("decoder"))
        engine = FaceEngine(corrected, file_hash(new / NETWORK_FILE), finisher=finisher)
        return export(new, engine, arrays, card["data"]["about"])

    publish(out, save, card, read_history(folder), check_model)


if __name__ == "__main__":
    main()
