"""Named directions in the latent space, from the labels of the training portraits.

Where the sources of a data set differ, labels that go with the source would name the source and
not the face. So F and M are compared within one source, and the year with folder and source held
constant. A direction that does not predict its label on portraits left out of the fit is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from data import Portrait
    from model.latent import LatentSpace

FOLDS = 5
FEWEST = 100  # labelled portraits (of each kind) below which nothing is fitted
LEAST_CORRELATION = 0.3  # between label and prediction on portraits left out
RIDGE = 0.1  # of the regression in whitened coordinates, as a share of the number of portraits


def fit_directions(
    latent: LatentSpace, codes: np.ndarray, labels: list[Portrait]
) -> dict[str, np.ndarray]:
    """Fit the directions that these labels can show.

    Args:
        latent: the latent space of the codes.
        codes: `(n, 80)` of the training portraits.
        labels: of the same portraits, in the same order; empty where there are none.

    Returns:
        `{name: (80,)}` of "F to M" and "year", as far as they hold: what a code changes by, on
        average, for one standard deviation of the label.

    Raises:
        ValueError: if codes and labels differ in number.
    """
    if not labels:
        return {}
    if len(codes) != len(labels):
        raise ValueError(f"Expected a label for every code. Received: {len(codes)}, {len(labels)}")
    values = latent.to_sliders(codes)
    is_m = np.array([label.folder == "M" for label in labels], float)
    sources = np.array([label.source for label in labels])
    years = np.array([np.nan if label.year is None else label.year for label in labels])

    directions = {}
    rows = _mixed_source(sources, is_m)
    if rows is not None:
        step = _direction(values[rows], is_m[rows], np.ones((rows.sum(), 1)))
        if step is not None:
            directions["F to M"] = step
    rows = np.isfinite(years)
    if rows.sum() >= 2 * FEWEST:
        kinds = [sources[rows] == source for source in np.unique(sources[rows])[1:]]
        covariates = np.column_stack([np.ones(rows.sum()), is_m[rows], *kinds])
        step = _direction(values[rows], years[rows], covariates)
        if step is not None:
            directions["year"] = step
    return {
        name: latent.from_sliders(step) - latent.from_sliders(np.zeros_like(step))
        for name, step in directions.items()
    }


def _mixed_source(sources: np.ndarray, is_m: np.ndarray) -> np.ndarray | None:
    """Rows of the source with the most portraits of its rarer kind, None if they are too few."""
    rarer = {}
    for source in np.unique(sources):
        kinds = is_m[sources == source]
        rarer[source] = min(kinds.sum(), (1 - kinds).sum())
    best = max(rarer, key=rarer.get)
    return sources == best if rarer[best] >= FEWEST else None


def _direction(values: np.ndarray, target: np.ndarray, covariates: np.ndarray) -> np.ndarray | None:
    """Change of the values for one deviation of the target, None if it does not predict."""
    values = _residuals(values, covariates)
    target = _residuals(target, covariates)
    if not target.std() > 0:
        return None
    target = target / target.std()
    folds = np.random.default_rng(0).permutation(len(target)) % FOLDS
    predictions = np.empty(len(target))
    for fold in range(FOLDS):
        fit = folds != fold
        gram = values[fit].T @ values[fit] + RIDGE * fit.sum() * np.eye(values.shape[1])
        predictions[~fit] = values[~fit] @ np.linalg.solve(gram, values[fit].T @ target[fit])
    if np.corrcoef(predictions, target)[0, 1] < LEAST_CORRELATION:
        return None
    return values.T @ target / len(target)


def _residuals(array: np.ndarray, covariates: np.ndarray) -> np.ndarray:
    """Return what a linear regression on the covariates leaves of the columns of an array."""
    return array - covariates @ np.linalg.lstsq(covariates, array, rcond=None)[0]
