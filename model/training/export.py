"""From a trained network to a model: its latent space, its directions, its figures."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from data import Portrait, UserError, load_arrays, load_labels
from data.arrays import hash_array
from model.engine import FaceEngine
from model.latent import LatentSpace, Previews
from model.measuring.metrics import PARTS, encode_portraits, metrics_by_part, split_validation
from model.training.directions import fit_directions, label_questions, shipped_questions

PREVIEWS = 12  # random faces
PREVIEW_TEMPERATURE = 0.8  # as far from the mean face as the window's random faces are


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
        Entries of the model card: "data", "figures" and "directions".
    """
    X_train, X_test = load_arrays(arrays)
    X_fit, X_validation = split_validation(X_train) if held_back else (X_train, X_train[:0])
    codes = encode_portraits(engine, X_fit)
    mirrored = encode_portraits(engine, X_fit, mirrored=True)
    latent = LatentSpace.fit(
        np.concatenate([codes, mirrored]), model_id=engine.model_id, gallery=codes
    )
    labels = _labels(arrays)
    asked, offered = shipped_questions(X_fit)
    labelled = label_questions(labels[: len(codes)])
    offered += [name for name in labelled if name not in offered]
    asked |= labelled
    latent, effects = fit_directions(engine, latent, codes, asked, mirrored, offered)
    latent = replace(latent, previews=make_previews(engine, latent))
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
        "directions": effects,
    }


def make_previews(engine: FaceEngine, latent: LatentSpace) -> Previews:
    """Decode the mean face and a dozen random ones, to look at until the network is loaded."""
    random = latent.sample(PREVIEWS, np.random.default_rng(0), PREVIEW_TEMPERATURE)
    codes = np.concatenate([latent.mean[np.newaxis], random])
    return Previews(codes, np.rint(255 * engine.decode(codes)[..., 0]).astype(np.uint8))


def check_model(folder: Path) -> None:
    """Open a model as whoever uses it will.

    Raises:
        UserError: if that fails.
    """
    FaceEngine.load(folder)
    LatentSpace.load(folder)


def _labels(arrays: str | Path) -> list[Portrait]:
    """Labels of the portraits; none where the arrays come without."""
    with contextlib.suppress(UserError):
        return load_labels(arrays)
    return []


def _count(labels: list[Portrait]) -> dict[str, int]:
    """How many portraits of each source and kind there are, training and test together."""
    kinds = [f"{label.source} {label.folder}" for label in labels]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
