"""How normal the codes are: moments, tests and distances.

    python -m model.measuring.normality [--model FOLDER] [--arrays FOLDER]

lists every unit over the training portraits, and compares them with unseen ones.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model.latent import LatentSpace

ALIVE = 0.05  # a unit whose raw codes deviate less than this says nothing about the face


def code_metrics(codes: np.ndarray, latent: LatentSpace) -> dict[str, np.ndarray]:
    """Measure how far codes are from the normal distribution they are held to.

    Args:
        codes: float32 (n, 80), raw codes of portraits.
        latent: the statistics of the training codes.

    Returns:
        Arrays of (80,): of the raw units `raw_mean`, `raw_std`, `raw_skewness` and `alive`
        (bool); of the whitened units, in the order of the sliders, `mean`, `std`, `skewness`,
        `excess_kurtosis`, `ks` and `ks_p` (the Kolmogorov-Smirnov distance to the standard normal
        distribution, and how often normal numbers would lie that far from it). And of (n,):
        `mahalanobis2`, squared distances from the mean code, chi-squared with 80 degrees of freedom
        where codes are normal.
    """
    codes = np.asarray(codes, np.float64)
    whitened = np.asarray(latent.to_sliders(codes), np.float64)
    deviation = codes.std(axis=0)
    distance, p = _kolmogorov_smirnov(_normal_cdf(np.sort(whitened, axis=0)))
    return {
        "raw_mean": codes.mean(axis=0),
        "raw_std": deviation,
        "raw_skewness": _standard_moment(codes, 3),
        "alive": deviation >= ALIVE,
        "mean": whitened.mean(axis=0),
        "std": whitened.std(axis=0),
        "skewness": _standard_moment(whitened, 3),
        "excess_kurtosis": _standard_moment(whitened, 4) - 3,
        "ks": distance,
        "ks_p": p,
        "mahalanobis2": np.square(whitened).sum(axis=1),
    }


def code_summary(metrics: dict[str, np.ndarray]) -> dict[str, float]:
    """Reduce `code_metrics` to the handful of numbers a card or a caption has room for.

    `ks_below_5_percent` counts the units that a Kolmogorov-Smirnov test calls not normal at the
    5 % level (4 of 80 would be by chance); `mean_mahalanobis2` is 80 where codes are normal, and
    `mahalanobis_ks` is the distance of the squared Mahalanobis distances from the chi-squared
    distribution.
    """
    squared = metrics["mahalanobis2"]
    chi2 = _chi2_cdf(np.sort(squared), len(metrics["alive"]))[:, None]
    return {
        "mean_abs_skewness": float(np.abs(metrics["skewness"]).mean()),
        "worst_abs_skewness": float(np.abs(metrics["skewness"]).max()),
        "mean_abs_excess_kurtosis": float(np.abs(metrics["excess_kurtosis"]).mean()),
        "ks_below_5_percent": int((metrics["ks_p"] < 0.05).sum()),
        "alive_units": int(metrics["alive"].sum()),
        "least_raw_deviation": float(metrics["raw_std"].min()),
        "mean_mahalanobis": float(np.sqrt(squared).mean()),
        "mean_mahalanobis2": float(squared.mean()),
        "mahalanobis_ks": float(_kolmogorov_smirnov(chi2)[0][0]),
    }


def chi2_quantiles(shares: np.ndarray, degrees: int) -> np.ndarray:
    """Return the values below which these shares of a chi-squared distribution lie.

    Args:
        shares: (k,), in (0, 1).
        degrees: of freedom, an even number.

    Returns:
        float64 (k,), within a thousandth of the distribution's deviation.
    """
    deviation = math.sqrt(2 * degrees)
    values = np.arange(0, degrees + 12 * deviation, deviation / 1000)
    return np.interp(shares, _chi2_cdf(values, degrees), values)


def unit_lines(metrics: dict[str, np.ndarray]) -> Iterator[str]:
    """Write `code_metrics` as a table with a line for each unit.

    The left half are the numbers of the code as the encoder gives them, the right half the
    whitened ones of the sliders: unit 1 of one is not unit 1 of the other.
    """
    yield "        raw codes                      sliders"
    yield "unit   deviation  skewness   state   skewness  kurtosis - 3     KS        p"
    for unit, alive in enumerate(metrics["alive"]):
        deviation, raw_skewness, skewness, kurtosis, ks, p = (
            metrics[name][unit]
            for name in (
                "raw_std", "raw_skewness", "skewness", "excess_kurtosis", "ks", "ks_p",
            )
        )  # fmt: skip
        yield (
            f"{unit + 1:>4}{deviation:>12.3f}{raw_skewness:>+10.2f}"
            f"{'alive' if alive else 'dead':>8}{skewness:>+11.2f}{kurtosis:>+14.2f}"
            f"{ks:>7.3f}{p:>9.4f}{'' if p >= 0.05 else '  not normal'}"
        )


def summary_lines(parts: dict[str, dict[str, np.ndarray]]) -> Iterator[str]:
    """Write what `code_summary` says of some sets of codes side by side, then their distances.

    Args:
        parts: `code_metrics` by the name of the set.
    """
    yield f"{'':<28}" + "".join(f"{name:>14}" for name in parts)
    summaries = [code_summary(metrics) for metrics in parts.values()]
    for name in summaries[0]:
        yield f"{name:<28}" + "".join(f"{summary[name]:>14.4g}" for summary in summaries)
    yield ""
    units = len(next(iter(parts.values()))["alive"])
    yield f"squared Mahalanobis distances, and chi-squared with {units} degrees of freedom"
    yield f"{'share of portraits below':<28}" + "".join(f"{n:>14}" for n in [*parts, "chi-squared"])
    shares = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    found = [np.quantile(metrics["mahalanobis2"], shares) for metrics in parts.values()]
    for share, *values in zip(shares, *found, chi2_quantiles(shares, units), strict=True):
        yield f"{share:<28.0%}" + "".join(f"{value:>14.1f}" for value in values)


def _standard_moment(values: np.ndarray, power: int) -> np.ndarray:
    """Return the standardised moment of each column: power 3 is skewness, 4 kurtosis."""
    centred = values - values.mean(axis=0)
    deviation = np.maximum(values.std(axis=0), 1e-12)
    return ((centred / deviation) ** power).mean(axis=0)


def _kolmogorov_smirnov(cdf: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Test columns of sorted cumulative probabilities (n, k) against the uniform distribution.

    Returns:
        The distances (k,) and their p-values (k,), by Stephens' approximation (1970).
    """
    count = len(cdf)
    step = np.arange(count)[:, None] / count
    distance = np.maximum(cdf - step, step + 1 / count - cdf).max(axis=0)
    scaled = distance * (math.sqrt(count) + 0.12 + 0.11 / math.sqrt(count))
    k = np.arange(1, 101)[:, None]
    p = 2 * ((-1.0) ** (k - 1) * np.exp(-2 * k**2 * scaled**2)).sum(axis=0)
    return distance, np.where(
        scaled < 0.2, 1.0, np.clip(p, 0, 1)
    )  # the series fails near 0, p is 1


def _normal_cdf(values: np.ndarray) -> np.ndarray:
    erf = np.frompyfunc(math.erf, 1, 1)
    return 0.5 * (1 + erf(values / math.sqrt(2)).astype(np.float64))


def _chi2_cdf(values: np.ndarray, degrees: int) -> np.ndarray:
    """Return the chi-squared cumulative probabilities for an even number of degrees."""
    half = np.maximum(values, 1e-12) / 2
    k = np.arange(degrees // 2)
    log_factorial = np.array([math.lgamma(i + 1) for i in k])
    return 1 - np.exp(k * np.log(half[..., None]) - half[..., None] - log_factorial).sum(axis=-1)


def main() -> None:
    """List the units of a model and compare its codes, as the command line asks."""
    parser = argparse.ArgumentParser(description="Tell how normal the codes of a model are.")
    parser.add_argument("--model", help="a model folder; the model in use without")
    parser.add_argument("--arrays", help="prepared arrays; those of prepare_data() without")
    options = parser.parse_args()

    from data import UserError, load_arrays
    from data.paths import NUMPY_FOLDER
    from model.latent import LatentSpace
    from model.loading import load_engine
    from model.measuring.metrics import encode_portraits

    try:
        engine, latent = load_engine(options.model), LatentSpace.load(options.model)
        parts = {"training": code_metrics(latent.gallery, latent)}
        try:
            _, X_test = load_arrays(options.arrays or NUMPY_FOLDER)
        except UserError as error:
            print(f"Training portraits only: {error}\n")
        else:
            parts["test"] = code_metrics(encode_portraits(engine, X_test), latent)
    except UserError as error:
        parser.exit(1, f"{error}\n")
    print(*unit_lines(parts["training"]), "", *summary_lines(parts), sep="\n")


if __name__ == "__main__":
    main()
