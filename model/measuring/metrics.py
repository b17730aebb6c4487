"""Every figure this project reports, measured in one place.

`metrics_by_part` gives what a model card holds, `evaluate` that of one set of unseen portraits; the
functions below give the parts: how close pictures come back, how normal the codes are, how varied
samples are. Choices are made on the validation slice (the last tenth of `X_train`); `X_test` is for
figures that are reported.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import UserError, load_arrays
from data.arrays import drop_pages
from model.frame import crop, face_mask, mirror
from model.measuring.normality import code_metrics, code_summary
from model.measuring.pca import PCABaseline

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

BLOCK = 128  # images measured at a time
PARTS = ("training", "validation", "test")


def split_validation(X_train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split off the last tenth of the training portraits: (those trained on, validation slice)."""
    cut = len(X_train) - len(X_train) // 10
    return X_train[:cut], X_train[cut:]


def metrics_by_part(
    engine: FaceEngine,
    latent: LatentSpace,
    X_train: np.ndarray,
    X_test: np.ndarray,
    folder: Path,
    parts: Collection[str] = PARTS,
) -> dict[str, dict[str, float]]:
    """Measure a model on each part of the data, beside a PCA that has not seen that part.

    Args:
        engine: the trained network.
        latent: the statistics of its training codes.
        X_train: uint8 (n, 171, 186, 1); its last tenth is the validation slice.
        X_test: uint8 (m, 171, 186, 1).
        folder: where the baselines are kept, see `PCABaseline.cached`.
        parts: which of `PARTS` to measure.

    Returns:
        By part, numbers of six decimals: of "training" how normal its codes are (`code_summary`),
        of "validation" and "test" what `evaluate` gives. A part of fewer than two portraits is
        left out.
    """
    X_fit, X_validation = split_validation(X_train)
    found = {}
    if "training" in parts:
        found["training"] = code_summary(code_metrics(latent.gallery, latent))
    if "validation" in parts and len(X_validation) > 1:
        baseline = PCABaseline.cached(X_fit, folder)
        found["validation"] = evaluate(engine, latent, X_validation, baseline)
    if "test" in parts and len(X_test) > 1:
        baseline = PCABaseline.cached(X_train, folder)
        found["test"] = evaluate(engine, latent, X_test, baseline)
    return {
        part: {name: round(value, 6) for name, value in metrics.items()}
        for part, metrics in found.items()
    }


def evaluate(
    engine: FaceEngine,
    latent: LatentSpace,
    X: np.ndarray,
    baseline: PCABaseline | None = None,
) -> dict[str, float]:
    """Measure a model on portraits, and PCA beside it where a baseline is given.

    Args:
        engine: the trained network.
        latent: the statistics of its training codes.
        X: uint8 (n, 171, 186, 1), an array or a memory map; read in blocks.
        baseline: PCA with as many numbers, fitted on the training portraits.

    Returns:
        Plain numbers, ready for JSON: `mse`, `face_mse`, `ssim`, `sharpness` (see
        `image_metrics`), those of `code_summary`, `mahalanobis_ratio` and `mahalanobis2_ratio`
        (how far out these codes lie on average, and the same of squares, in terms of the training
        portraits': 1 where the network knows no portrait by heart), `diversity` (see
        `sample_diversity`), and with a baseline `pca_mse` and so on, `mse_ratio`, `face_mse_ratio`
        (below 1 is better than PCA) and `ssim_gain` (above 0 is better).
    """
    metrics, codes = _measure(engine, X, baseline)
    metrics |= code_summary(code_metrics(codes, latent))
    of_training = latent.mahalanobis(latent.gallery)
    metrics["mahalanobis_ratio"] = metrics["mean_mahalanobis"] / float(of_training.mean())
    metrics["mahalanobis2_ratio"] = metrics["mean_mahalanobis2"] / float(
        np.square(of_training).mean()
    )
    metrics["diversity"] = sample_diversity(engine, latent, X)
    return metrics


def compare_with_pca(
    engine: FaceEngine, X: np.ndarray, baseline: PCABaseline, at_most: int = 500
) -> tuple[dict[str, float], str]:
    """Measure reconstructions only: the part of `evaluate` that shows what a network is worth.

    Returns:
        The metrics, and the portraits that they are the averages of, in words.
    """
    portraits = evenly_spaced(X, at_most)
    return _measure(engine, portraits, baseline)[0], f"mean of {len(portraits):,} unseen portraits"


def comparison_lines(metrics: dict[str, float]) -> Iterator[str]:
    """Write what was measured beside PCA as a table; no lines where nothing was."""
    names = {
        "mse": "Mean squared error",
        "face_mse": "Inside the face",
        "ssim": "Structural similarity",
        "sharpness": "Sharpness kept",
    }
    for name, text in names.items():
        if name in metrics:
            yield f"{text:<24}{metrics[name]:.5f}   PCA {metrics['pca_' + name]:.5f}"


def describe_codes(
    engine: FaceEngine, latent: LatentSpace, at_most: int = 500
) -> tuple[np.ndarray, dict[str, np.ndarray], str]:
    """Measure how codes are distributed: of prepared portraits, else those of the model.

    Returns:
        The codes (n, 80), their `code_metrics`, and whose they are, in words.
    """
    try:
        X_train, _ = load_arrays()
    except UserError:
        codes, owner = latent.gallery, "training portraits that come with the model"
    else:
        codes = encode_portraits(engine, evenly_spaced(X_train, at_most))
        owner = "training portraits"
    return codes, code_metrics(codes, latent), f"Codes of {len(codes):,} {owner}"


def evenly_spaced(X: np.ndarray, at_most: int) -> np.ndarray:
    """Return at most so many of the portraits (n, 171, 186, 1), evenly spread over all."""
    if len(X) <= at_most:
        return X
    return X[np.linspace(0, len(X) - 1, at_most).round().astype(int)]


def image_blocks(X: np.ndarray, mirrored: bool = False) -> Iterator[np.ndarray]:
    """Yield portraits, or their mirror images, as images of the model's frame.

    Args:
        X: uint8 (n, 171, 186, 1), an array or a memory map.
        mirrored: whether to mirror them about the face axis.

    Yields:
        float32 (m, 160, 176, 1) in [0, 1], m <= BLOCK.
    """
    for start in range(0, len(X), BLOCK):
        portraits = np.asarray(X[start : start + BLOCK])
        images = crop(mirror(portraits) if mirrored else portraits)
        drop_pages(X)
        yield images


def encode_portraits(engine: FaceEngine, X: np.ndarray, mirrored: bool = False) -> np.ndarray:
    """Encode portraits (n, 171, 186, 1), or their mirror images: float32 codes (n, 80)."""
    return np.concatenate([engine.encode(images) for images in image_blocks(X, mirrored)])


def image_metrics(images: np.ndarray, reconstructions: np.ndarray) -> dict[str, np.ndarray]:
    """Compare each image with its reconstruction.

    Args:
        images: float32 (n, 160, 176, 1) in [0, 1].
        reconstructions: the same shape and range.

    Returns:
        float32 (n,) arrays: `mse`; `face_mse`, inside the face ellipse only; `ssim`, the structural
        similarity of Wang et al. 2004 (1 is identical); `sharpness`, the share of the image's
        Laplacian energy that is left (1 is as sharp, 0 is flat).
    """
    if images.shape != reconstructions.shape:
        raise ValueError(
            "Images and reconstructions must have one shape. "
            f"Received: {images.shape} and {reconstructions.shape}"
        )
    from keras.ops import convert_to_numpy

    from model.measuring.ssim import ssim

    squared = np.square(images[..., 0] - reconstructions[..., 0])
    energy = _laplacian_energy(images)
    return {
        "mse": squared.mean(axis=(1, 2)),
        "face_mse": squared[:, face_mask()].mean(axis=1),
        "ssim": convert_to_numpy(ssim(images, reconstructions)),
        "sharpness": _laplacian_energy(reconstructions) / np.maximum(energy, 1e-12),
    }


def reconstruction_metrics(images: np.ndarray, reconstructions: np.ndarray) -> dict[str, float]:
    """Average `image_metrics` over the images: means, and the median of `sharpness`."""
    return average_metrics([image_metrics(images, reconstructions)])


def average_metrics(parts: list[dict[str, np.ndarray]]) -> dict[str, float]:
    """Average the `image_metrics` of one or more blocks: means, and the median of `sharpness`."""
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    means = {name: float(values.mean(dtype=np.float64)) for name, values in whole.items()}
    return means | {"sharpness": float(np.median(whole["sharpness"]))}


def sample_diversity(
    engine: FaceEngine, latent: LatentSpace, X: np.ndarray, count: int = 200, seed: int = 0
) -> float:
    """Compare how different samples are with how different reconstructed portraits are.

    Returns:
        The mean distance between two samples at temperature 1, divided by that between the
        reconstructions of two portraits: near 1 where samples vary as people do.
    """
    count = min(count, len(X))
    if count < 2:
        return math.nan
    rows = np.linspace(0, len(X) - 1, count).astype(int)
    real = engine.decode(engine.encode(crop(np.stack([X[row] for row in rows]))))
    sampled = engine.decode(latent.sample(count, np.random.default_rng(seed)))
    return mean_pairwise_distance(sampled) / mean_pairwise_distance(real)


def mean_pairwise_distance(images: np.ndarray) -> float:
    """Return the mean Euclidean distance between two different images of (n, 160, 176, 1)."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    norms = np.square(flat).sum(axis=1)
    squared = norms[:, None] + norms[None, :] - 2 * flat @ flat.T
    above = np.triu_indices(len(flat), 1)
    return float(np.sqrt(np.maximum(squared[above], 0)).mean())


def _measure(
    engine: FaceEngine, X: np.ndarray, baseline: PCABaseline | None
) -> tuple[dict[str, float], np.ndarray]:
    """Return the metrics of all reconstructions and the codes (n, 80), a block at a time."""
    codes, mine, linear = [], [], []
    for images in image_blocks(X):
        codes.append(engine.encode(images))
        mine.append(image_metrics(images, engine.decode(codes[-1])))
        if baseline is not None:
            linear.append(image_metrics(images, baseline.reconstruct(images)))
    metrics = average_metrics(mine)
    if baseline is not None:
        pca = average_metrics(linear)
        metrics |= {f"pca_{name}": value for name, value in pca.items()}
        metrics["mse_ratio"] = metrics["mse"] / pca["mse"]
        metrics["face_mse_ratio"] = metrics["face_mse"] / pca["face_mse"]
        metrics["ssim_gain"] = metrics["ssim"] - pca["ssim"]
    return metrics, np.concatenate(codes)


def _laplacian_energy(images: np.ndarray) -> np.ndarray:
    """Sum the squared five-point Laplacian of each image, (n, 160, 176, 1) to (n,)."""
    x = images[..., 0]
    laplacian = x[:, 2:, 1:-1] + x[:, :-2, 1:-1] + x[:, 1:-1, 2:] + x[:, 1:-1, :-2]
    laplacian = laplacian - 4 * x[:, 1:-1, 1:-1]
    return np.square(laplacian).sum(axis=(1, 2))
