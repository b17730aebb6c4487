"""Every figure this project reports: errors of pictures, and how normal the codes are.

`evaluate` measures what a model card says about a set of unseen portraits, `Comparison` and
`describe_codes` what pages show. Choices are made on the validation slice; `X_test` is for figures
that are reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import UserError, load_arrays
from data.arrays import blocks, evenly_spaced
from data.paths import NUMPY_FOLDER
from model.frame import crop, face_mask, mirror
from model.measuring.pca import PCABaseline

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

Step = Callable[[int], None]  # called with the number of portraits measured since the last call
# Reconstructions (n, 160, 176, 1) and their `image_metrics`, by the way that made them: "" is the
# network, "pca_" is PCA, "sharp_" the network with its finisher, if it has one.
Ways = dict[str, tuple[np.ndarray, dict[str, np.ndarray]]]
BLOCK = 128  # most images measured at a time
SHOWN = 500  # most portraits measured for a page
ALIVE = 0.05  # least standard deviation of a raw code that affects the face
DRAWN = 1000  # sets of random normal numbers that codes are compared with


def evaluate(
    engine: FaceEngine, latent: LatentSpace, X: np.ndarray, baseline: PCABaseline
) -> dict[str, float]:
    """Measure a model on portraits, uint8 (n, 171, 186, 1), and PCA with as many numbers beside it.

    Returns:
        Numbers: those of `image_metrics`; the same of PCA as `pca_mse` and so on, and of finished
        faces, where there is a finisher, as `sharp_mse`; `mse_ratio` and `face_mse_ratio` (below 1
        is better than PCA) and `ssim_gain` (above 0 is better); those of `code_summary`;
        `mahalanobis_ratio` and `mahalanobis2_ratio`, the mean distance of these codes from the
        mean code, and the mean squared one, relative to the training portraits' (1 without
        overfitting); `diversity`, see `sample_diversity`.
    """
    metrics, codes = _measure(engine, X, baseline)
    metrics |= code_summary(codes, latent)
    usual = latent.mahalanobis(latent.gallery)
    metrics["mahalanobis_ratio"] = _ratio(metrics["mean_mahalanobis"], usual.mean())
    metrics["mahalanobis2_ratio"] = _ratio(metrics["mean_mahalanobis2"], np.square(usual).mean())
    metrics["diversity"] = sample_diversity(engine, latent, X)
    return metrics


class Comparison:
    """Reconstructions of unseen portraits by the network and by PCA."""

    def __init__(self, engine: FaceEngine, folder: Path = NUMPY_FOLDER):
        X_train, self._X_test = load_arrays(folder)
        self._engine, self._baseline = engine, PCABaseline.cached(X_train, folder)
        self.count, self.can_finish = len(self._X_test), engine.can_finish
        portraits, which = _some_of(self._X_test, "unseen")
        self.averages = _measure(engine, portraits, self._baseline)[0]  # see `evaluate`
        self.note = f"mean of {which}"

    def reconstructions(self, rows: slice) -> tuple[np.ndarray, Ways]:
        """Return some portraits as images, float32 (n, 160, 176, 1) in [0, 1], and `Ways`."""
        images = crop(self._X_test[rows])
        return images, _reconstruct(self._engine, images, self._baseline)[1]


def comparison_lines(metrics: dict[str, float]) -> Iterator[str]:
    """Yield the lines of a table of reconstruction errors beside PCA's."""
    names = {
        "mse": "Mean squared error",
        "face_mse": "Inside the face",
        "ssim": "Structural similarity",
        "sharpness": "Sharpness kept",
    }
    for name, text in names.items():
        if name in metrics:
            line = f"{text:<24}{metrics[name]:.5f}   PCA {metrics['pca_' + name]:.5f}"
            sharp = metrics.get(f"sharp_{name}")
            yield line if sharp is None else f"{line}   made sharp {sharp:.5f}"


def describe_codes(
    engine: FaceEngine, latent: LatentSpace
) -> tuple[np.ndarray, dict[str, np.ndarray], str]:
    """Measure the distribution of codes: of prepared portraits, else of the model's gallery.

    Returns the codes (n, latent_dim), their `code_metrics`, and their portraits in words.
    """
    try:
        portraits, owner = _some_of(load_arrays()[0], "training")
    except UserError:
        codes = latent.gallery
        owner = f"the {len(codes):,} training portraits that come with the model"
    else:
        codes = encode_portraits(engine, portraits)
    return codes, code_metrics(codes, latent), f"Codes of {owner}"


def _some_of(X: np.ndarray, kind: str) -> tuple[np.ndarray, str]:
    """Return at most `SHOWN` of the portraits, and a description of them."""
    some = evenly_spaced(X, SHOWN)
    if len(some) == len(X):
        return some, f"all {len(X):,} {kind} portraits"
    return some, f"{len(some):,} of {len(X):,} {kind} portraits, evenly spread"


def image_blocks(X: np.ndarray, mirrored: bool = False) -> Iterator[np.ndarray]:
    """Yield portraits, or mirror images, as float32 (m, 160, 176, 1) in [0, 1], m <= BLOCK."""
    for portraits in blocks(X, BLOCK):
        yield crop(mirror(portraits) if mirrored else portraits)


def encode_portraits(
    engine: FaceEngine, X: np.ndarray, mirrored: bool = False, step: Step = lambda count: None
) -> np.ndarray:
    """Encode portraits (n, 171, 186, 1), or their mirror images: float32 codes (n, latent_dim)."""
    codes = []
    for images in image_blocks(X, mirrored):
        codes.append(engine.encode(images))
        step(len(images))
    return np.concatenate(codes)


def image_metrics(images: np.ndarray, reconstructions: np.ndarray) -> dict[str, np.ndarray]:
    """Compare each image with its reconstruction, both float32 (n, 160, 176, 1) in [0, 1].

    Returns:
        float32 (n,) arrays: `mse`; `face_mse`, inside the face ellipse; `ssim`, the structural
        similarity (1 is identical); `sharpness`, the reconstruction's Laplacian energy relative to
        the image's (1 is as sharp, 0 is flat).
    """
    from keras.ops import convert_to_numpy

    from model.measuring.ssim import laplacian_energy, ssim

    squared = np.square(images[..., 0] - reconstructions[..., 0])
    kept, energy = (convert_to_numpy(laplacian_energy(x)) for x in (reconstructions, images))
    return {
        "mse": squared.mean(axis=(1, 2)),
        "face_mse": squared[:, face_mask()].mean(axis=1),
        "ssim": convert_to_numpy(ssim(images, reconstructions)),
        "sharpness": kept / np.maximum(energy, 1e-12),
    }


def average_metrics(parts: list[dict[str, np.ndarray]]) -> dict[str, float]:
    """Return means of the `image_metrics` of some blocks, and the median of `sharpness`."""
    averages = {}
    for name in parts[0]:
        values = np.concatenate([part[name] for part in parts])
        average = np.median if name.endswith("sharpness") else np.mean
        averages[name] = float(average(values.astype(np.float64)))
    return averages


def sample_diversity(engine: FaceEngine, latent: LatentSpace, X: np.ndarray) -> float:
    """Return the mean distance of two samples, divided by that of two reconstructed portraits.

    It is near 1 where samples, at temperature 1, vary as people do.
    """
    real = engine.decode(engine.encode(crop(evenly_spaced(X, 200))))
    sampled = engine.decode(latent.sample(len(real), np.random.default_rng(0)))
    return _ratio(mean_pairwise_distance(sampled), mean_pairwise_distance(real))


def mean_pairwise_distance(images: np.ndarray) -> float:
    """Return the mean Euclidean distance between two different images of (n, 160, 176, 1)."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    norms = np.square(flat).sum(axis=1)
    squared = norms[:, None] + norms[None, :] - 2 * flat @ flat.T
    above = np.triu_indices(len(flat), 1)
    return float(np.sqrt(np.maximum(squared[above], 0)).mean())


def code_metrics(codes: np.ndarray, latent: LatentSpace) -> dict[str, np.ndarray]:
    """Compare raw codes of portraits, float32 (n, d), with a normal distribution.

    Returns:
        Arrays of (d,): of the raw units `raw_mean`, `raw_std`, `raw_skewness` and `alive`
        (bool); of the whitened units, in the order of the sliders, `mean`, `std`, `skewness`,
        `excess_kurtosis`, `ks` and `ks_p` (the Kolmogorov-Smirnov distance to the standard normal
        distribution around their own mean, and how often normal numbers lie that far from it).
        And of (n,): `mahalanobis2`, squared distances from the mean code, chi-squared with d
        degrees of freedom where codes are normal.
    """
    codes = np.asarray(codes, np.float64)
    whitened = np.asarray(latent.to_sliders(codes), np.float64)
    std = codes.std(axis=0)
    distance = _distance_from_normal(whitened)
    normal = np.random.default_rng(0).standard_normal((len(codes), DRAWN))
    by_chance = np.sort(_distance_from_normal(normal))
    return {
        "raw_mean": codes.mean(axis=0),
        "raw_std": std,
        "raw_skewness": _standard_moment(codes, 3),
        "alive": std >= ALIVE,
        "mean": whitened.mean(axis=0),
        "std": whitened.std(axis=0),
        "skewness": _standard_moment(whitened, 3),
        "excess_kurtosis": _standard_moment(whitened, 4) - 3,
        "ks": distance,
        "ks_p": 1 - np.searchsorted(by_chance, distance) / DRAWN,
        "mahalanobis2": np.square(whitened).sum(axis=1),
    }


def code_summary(codes: np.ndarray, latent: LatentSpace) -> dict[str, float]:
    """Return the numbers on a model card that sum up the `code_metrics` of codes.

    `ks_below_5_percent` counts the units that a Kolmogorov-Smirnov test calls not normal at the
    5 % level (4 of 80 would be by chance); `mean_mahalanobis2` is d where codes are normal, and
    `mahalanobis_ks` is the distance of the squared Mahalanobis distances from the chi-squared
    distribution.
    """
    metrics = code_metrics(codes, latent)
    squared = metrics["mahalanobis2"]
    chi2 = chi2_cdf(np.sort(squared), len(metrics["alive"]))[:, None]
    return {
        "mean_abs_skewness": float(np.abs(metrics["skewness"]).mean()),
        "worst_abs_skewness": float(np.abs(metrics["skewness"]).max()),
        "mean_abs_excess_kurtosis": float(np.abs(metrics["excess_kurtosis"]).mean()),
        "ks_below_5_percent": int((metrics["ks_p"] < 0.05).sum()),
        "alive_units": int(metrics["alive"].sum()),
        "least_raw_deviation": float(metrics["raw_std"].min()),
        "mean_mahalanobis": float(np.sqrt(squared).mean()),
        "mean_mahalanobis2": float(squared.mean()),
        "mahalanobis_ks": float(_kolmogorov_smirnov(chi2)[0]),
    }


def chi2_cdf(values: np.ndarray, degrees: int) -> np.ndarray:
    """Return the chi-squared cumulative probabilities for an even number of degrees."""
    half = np.maximum(values, 1e-12) / 2
    k = np.arange(degrees // 2)
    log_factorial = np.array([math.lgamma(i + 1) for i in k])
    return 1 - np.exp(k * np.log(half[..., None]) - half[..., None] - log_factorial).sum(axis=-1)


def _measure(
    engine: FaceEngine, X: np.ndarray, baseline: PCABaseline
) -> tuple[dict[str, float], np.ndarray]:
    """Return the metrics of all reconstructions, and the codes (n, latent_dim)."""
    codes, parts = [], []
    for images in image_blocks(X):
        code, ways = _reconstruct(engine, images, baseline)
        codes.append(code)
        parts.append(
            {
                way + name: values
                for way, (_, metrics) in ways.items()
                for name, values in metrics.items()
            }
        )
    metrics = average_metrics(parts)
    for name in ("mse", "face_mse"):
        metrics[f"{name}_ratio"] = _ratio(metrics[name], metrics[f"pca_{name}"])
    metrics["ssim_gain"] = metrics["ssim"] - metrics["pca_ssim"]
    return metrics, np.concatenate(codes)


def _reconstruct(
    engine: FaceEngine, images: np.ndarray, baseline: PCABaseline
) -> tuple[np.ndarray, Ways]:
    """Return the codes of images (n, 160, 176, 1), and the images reconstructed in all ways."""
    codes = engine.encode(images)
    ways = {"": engine.decode(codes), "pca_": baseline.reconstruct(images)}
    if engine.can_finish:
        ways["sharp_"] = engine.finish(codes)
    return codes, {way: (faces, image_metrics(images, faces)) for way, faces in ways.items()}


def _ratio(value: float, unit: float) -> float:
    """Divide, also by 0: the error or distance of portraits that are all black."""
    return float((value + 1e-12) / (unit + 1e-12))


def _standard_moment(values: np.ndarray, power: int) -> np.ndarray:
    """Return the standardised moment of each column: power 3 is skewness, 4 kurtosis."""
    centred = values - values.mean(axis=0)
    std = np.maximum(values.std(axis=0), 1e-12)
    return ((centred / std) ** power).mean(axis=0)


def _distance_from_normal(values: np.ndarray) -> np.ndarray:
    """Return how far each column (n, k), less its mean, is from the standard normal: (k,)."""
    values = np.sort(values - values.mean(axis=0), axis=0)
    return _kolmogorov_smirnov(0.5 * (1 + np.vectorize(math.erf)(values / math.sqrt(2))))


def _kolmogorov_smirnov(cdf: np.ndarray) -> np.ndarray:
    """Return how far sorted cumulative probabilities (n, k) are from uniform ones: (k,)."""
    step = np.arange(len(cdf))[:, None] / len(cdf)
    return np.maximum(cdf - step, step + 1 / len(cdf) - cdf).max(axis=0)
