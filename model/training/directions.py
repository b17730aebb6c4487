"""Named directions in the latent space, from the labels of the training portraits.

Where the sources of a data set differ, labels that go with the source would name the source and
not the face. So F and M are compared within one source, and the year with folder and source held
constant. A direction that does not predict its label on portraits left out of the fit is dropped:
`tests.bench.directions` shows what those that are kept do to faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from data import Portrait
    from model.latent import LatentSpace

FOLDS = 5
FEWEST = 100  # labelled portraits (of each kind) below which nothing is fitted
LEAST_CORRELATION = 0.2  # between label and prediction on portraits left out
LEAST_STDS = 3.1  # of that correlation above 0: by chance one in a thousand is higher


@dataclass(frozen=True, eq=False)
class Question:
    """What portraits are asked about.

    Attributes:
        rows: bool `(n,)`, the portraits that can answer.
        target: `(n,)`, what is asked; NaN where it is not known.
        strata: `(n,)` of words: portraits are compared only with those of the same word.
        kinds: `(n,)` of words: an answer has to hold within each of them.
    """

    rows: np.ndarray
    target: np.ndarray
    strata: np.ndarray
    kinds: np.ndarray

    def among(self, chosen: np.ndarray) -> Question:
        """Ask only the chosen portraits, bool `(n,)`."""
        return Question(self.rows & chosen, self.target, self.strata, self.kinds)

    def residuals(self) -> np.ndarray:
        """Return the target of the rows, less the mean of its stratum, in standard deviations."""
        target = self.centred(self.target)
        return target / target.std() if target.std() > 0 else target

    def centred(self, array: np.ndarray) -> np.ndarray:
        """Return the rows of an array `(n, ...)`, less the mean of their stratum."""
        left, strata = np.array(array[self.rows], float), self.strata[self.rows]
        for stratum in np.unique(strata):
            left[strata == stratum] -= left[strata == stratum].mean(axis=0)
        return left


def fit_directions(
    latent: LatentSpace,
    codes: np.ndarray,
    labels: list[Portrait],
    mirrored: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Fit the directions that these labels can show.

    Args:
        latent: the latent space of the codes.
        codes: `(n, 80)` of the training portraits.
        labels: of the same portraits, in the same order; empty where there are none.
        mirrored: `(n, 80)` of their mirror images. A face and its mirror image have the same
            labels, so their mean is fitted: half of the noise is gone, and no head turns.

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
    values = symmetric_values(latent, codes, mirrored)
    return {
        name: latent.from_sliders(step) - latent.from_sliders(np.zeros_like(step))
        for name, question in questions(labels).items()
        if holds(values, question) and (step := direction(values, question)).any()
    }


def symmetric_values(
    latent: LatentSpace, codes: np.ndarray, mirrored: np.ndarray | None
) -> np.ndarray:
    """Return whitened coordinates `(n, 80)`: the means of portraits and their mirror images."""
    values = latent.to_sliders(codes)
    return values if mirrored is None else (values + latent.to_sliders(mirrored)) / 2


def questions(labels: list[Portrait], fewest: int = FEWEST) -> dict[str, Question]:
    """Return which portraits can be asked about which label.

    Args:
        labels: of the portraits.
        fewest: portraits of each kind that a question needs.

    Returns:
        "F to M", among the portraits of the one source that has most of both; "year", among dated
        portraits, where enough of both F and M are dated. What too few can answer is left out.
    """
    folders = np.array([label.folder for label in labels])
    sources = np.array([label.source for label in labels])
    years = np.array([np.nan if label.year is None else label.year for label in labels])
    asked = {}
    rarer = {
        source: min(np.sum(folders[sources == source] == folder) for folder in "FM")
        for source in np.unique(sources)
    }
    best = max(rarer, key=rarer.get)
    if rarer[best] >= fewest:
        is_m = (folders == "M").astype(float)
        asked["F to M"] = Question(sources == best, is_m, sources, sources)
    dated = np.isfinite(years)
    if min(np.sum(dated & (folders == folder)) for folder in "FM") >= fewest:
        strata = np.char.add(folders, sources)
        asked["year"] = Question(dated, years, strata, folders)
    return asked


def direction(values: np.ndarray, question: Question) -> np.ndarray:
    """Return how values `(n, 80)` change, on average, for one std of the target: `(80,)`."""
    return question.centred(values).T @ question.residuals() / question.rows.sum()


def holds(values: np.ndarray, question: Question) -> bool:
    """Return whether the direction predicts the target of portraits left out, within every kind.

    Within each kind, the correlation has to be of some use, and so far from none that one in a
    thousand shuffles of the labels would give as much (a shuffled correlation of n deviates by one
    over the square root of n - 1).
    """
    chosen = np.flatnonzero(question.rows)
    folds = np.random.default_rng(0).permutation(len(chosen)) % FOLDS
    predictions = np.empty(len(chosen))
    for fold in range(FOLDS):
        fit = np.zeros(len(values), bool)
        fit[chosen[folds != fold]] = True
        left_out = chosen[folds == fold]
        predictions[folds == fold] = values[left_out] @ direction(values, question.among(fit))
    strata, target = question.strata[chosen], question.residuals()
    for stratum in np.unique(strata):
        predictions[strata == stratum] -= predictions[strata == stratum].mean()
    kinds = question.kinds[chosen]
    return all(
        _is_related(predictions[kinds == kind], target[kinds == kind]) for kind in np.unique(kinds)
    )


def _is_related(predictions: np.ndarray, target: np.ndarray) -> bool:
    if not (predictions.std() > 0 and target.std() > 0):
        return False
    correlation = np.corrcoef(predictions, target)[0, 1]
    least = max(LEAST_CORRELATION, LEAST_STDS / np.sqrt(len(target) - 1))
    return bool(correlation >= least)
