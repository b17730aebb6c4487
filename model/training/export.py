"""From a trained network to a model: its latent space, its directions, its figures."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from data.arrays import Portrait, blocks, evenly_spaced, hash_array, load_arrays, load_labels
from data.errors import UserError
from model.engine import FaceEngine
from model.latent import LatentSpace, Previews
from model.measuring.metrics import BLOCK, Step, code_summary, encode_portraits, evaluate
from model.measuring.pca import PCABaseline
from model.network_file import load_finisher, load_network
from model.tones import cell_tones, fit_tones
from model.training.directions import fit_directions, label_targets, shipped_targets

PREVIEWS = 12  # random faces
PREVIEW_TEMPERATURE = 0.8  # temperature of the window's random faces
DRAFT = 500  # portraits whose codes a draft of a latent space is fitted to


@dataclass(frozen=True)
class Portraits:
    """The prepared portraits, opened once: other arrays may be written while a training runs."""

    folder: Path  # of the arrays, where PCA baselines are kept too
    train: np.ndarray  # uint8 `(n, 171, 186, 1)`, a memory map
    test: np.ndarray  # the same
    labels: list[Portrait]  # of both; empty where the arrays come without

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the portraits to train on, the validation slice included."""
        return hash_array(self.train)

    @classmethod
    def load(cls, folder: str | Path) -> Portraits:
        """Open the arrays in a folder; errors as `load_arrays`."""
        labels: list[Portrait] = []
        with contextlib.suppress(UserError):
            labels = load_labels(folder)
        return cls(Path(folder), *load_arrays(folder), labels)

    def split(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the portraits to train on and the validation slice, the last tenth."""
        cut = len(self.train) - len(self.train) // 10
        return self.train[:cut], self.train[cut:]

    def describe(self, about: str) -> dict[str, object]:
        """Return the "data" of a model card; `about` says what the portraits are."""
        fit, validation = self.split()
        kinds = [f"{label.source} {label.folder}" for label in self.labels]
        return {
            "about": about,
            "portraits": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
            "fit": len(fit),
            "validation": len(validation),
            "test": len(self.test),
            "fingerprint": self.fingerprint,
        }


def draft_latent(engine: FaceEngine, portraits: Portraits) -> LatentSpace:
    """Fit a latent space to a few of the portraits, without directions."""
    X = evenly_spaced(portraits.split()[0], DRAFT)
    codes = encode_portraits(engine, X)
    return _fit_latent(engine, codes, encode_portraits(engine, X, mirrored=True))


def measure_latent(
    engine: FaceEngine, portraits: Portraits, step: Step = lambda count: None
) -> tuple[LatentSpace, dict[str, dict]]:
    """Fit a network's latent space and its directions to all portraits and their mirror images.

    Returns the latent space and how well its directions work, see `fit_directions`.
    """
    X_fit, _ = portraits.split()
    codes, mirrored = (encode_portraits(engine, X_fit, turned, step) for turned in (False, True))
    latent = _fit_latent(engine, codes, mirrored)
    targets, offered = shipped_targets(X_fit)
    labelled = label_targets(portraits.labels[: len(codes)])
    offered += [name for name in labelled if name not in offered]
    return fit_directions(engine, latent, codes, targets | labelled, mirrored, offered)


def measure_figures(
    engine: FaceEngine,
    latent: LatentSpace,
    portraits: Portraits,
    step: Step = lambda count: None,
) -> dict[str, dict[str, float]]:
    """Measure a model on each part of the portraits, and PCA fitted without that part.

    Returns:
        By part, numbers rounded to six decimals: for "training" those of `code_summary`, for
        "validation" and "test" those of `evaluate`. A part of fewer than two portraits is left out.
    """
    X_fit, X_validation = portraits.split()
    figures = {"training": code_summary(latent.gallery, latent)}
    for part, X, fitted_on in (
        ("validation", X_validation, X_fit),
        ("test", portraits.test, portraits.train),
    ):
        if len(X) > 1:
            baseline = PCABaseline.cached(fitted_on, portraits.folder)
            figures[part] = evaluate(engine, latent, X, baseline)
        step(len(X))
    return {
        part: {name: round(value, 6) for name, value in metrics.items()}
        for part, metrics in figures.items()
    }


def check_model(folder: Path) -> None:
    """Read all files of a model as whoever uses it will; `UserError` if that fails."""
    load_finisher(folder, load_network(folder).get_layer("decoder"))
    LatentSpace.load(folder)


def _fit_latent(engine: FaceEngine, codes: np.ndarray, mirrored: np.ndarray) -> LatentSpace:
    """Fit a latent space to codes and those of mirror images; the clearest faces come first."""
    both = np.concatenate([codes, mirrored])
    latent = LatentSpace.fit(both, model_id=engine.model_id, gallery=codes)
    seen = []
    for block in blocks(latent.gallery, BLOCK):
        images = engine.decode(block)
        seen.append((_clearness(images), cell_tones(images)))
    clearness, tones = (np.concatenate(arrays) for arrays in zip(*seen, strict=True))
    clearest_first = latent.gallery[np.argsort(-clearness, kind="stable")]
    latent = replace(latent, tones=fit_tones(latent, tones), gallery=clearest_first)
    return replace(latent, previews=make_previews(engine, latent))


def _clearness(images: np.ndarray) -> np.ndarray:
    """Return the mean difference of neighboring pixels of images `(n, h, w, 1)`: `(n,)`."""
    across, down = (np.abs(np.diff(images, axis=axis)).mean(axis=(1, 2, 3)) for axis in (2, 1))
    return across + down


def make_previews(engine: FaceEngine, latent: LatentSpace) -> Previews:
    """Decode the mean face and random ones, to look at until the network is loaded."""
    random = latent.sample(PREVIEWS, np.random.default_rng(0), PREVIEW_TEMPERATURE)
    codes = np.concatenate([latent.mean[np.newaxis], random])
    return Previews(codes, np.rint(255 * engine.decode(codes)[..., 0]).astype(np.uint8))
