"""List how normal each number of the codes is, over the training portraits and unseen ones.

python -m tests.bench.normality [--model FOLDER] [--arrays FOLDER]
"""

import argparse
import math
from collections.abc import Iterator

import numpy as np

from data import UserError, load_arrays
from data.paths import NUMPY_FOLDER
from model.latent import LatentSpace
from model.loading import load_engine
from model.measuring.metrics import encode_portraits
from model.measuring.normality import chi2_cdf, code_metrics, code_summary


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
    return np.interp(shares, chi2_cdf(values, degrees), values)


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


def main() -> None:
    """List the units of a model and compare its codes, as the command line asks."""
    parser = argparse.ArgumentParser(description="Tell how normal the codes of a model are.")
    parser.add_argument("--model", help="a model folder; the model in use without")
    parser.add_argument("--arrays", help="prepared arrays; those of prepare_data() without")
    options = parser.parse_args()

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
