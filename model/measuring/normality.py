"""How close the distribution of codes is to normal: moments, tests and distances."""

import math

import numpy as np

from model.latent import LatentSpace

ALIVE = 0.05  # least standard deviation of a raw code that affects the face
DRAWN = 1000  # sets of random normal numbers to compare with


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


def code_summary(metrics: dict[str, np.ndarray]) -> dict[str, float]:
    """Summarise `code_metrics` in the numbers on a model card.

    `ks_below_5_percent` counts the units that a Kolmogorov-Smirnov test calls not normal at the
    5 % level (4 of 80 would be by chance); `mean_mahalanobis2` is d where codes are normal, and
    `mahalanobis_ks` is the distance of the squared Mahalanobis distances from the chi-squared
    distribution.
    """
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


def chi2_cdf(values: np.ndarray, degrees: int) -> np.ndarray:
    """Return the chi-squared cumulative probabilities for an even number of degrees."""
    half = np.maximum(values, 1e-12) / 2
    k = np.arange(degrees // 2)
    log_factorial = np.array([math.lgamma(i + 1) for i in k])
    return 1 - np.exp(k * np.log(half[..., None]) - half[..., None] - log_factorial).sum(axis=-1)
