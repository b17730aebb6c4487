"""Named directions in the latent space: what reads an attribute from a code, and what moves it.

An attribute is read by a ridge regression on whitened codes. To move a face along those weights
would move whatever goes with the attribute as well, so the directions of all attributes are solved
together: each moves its own reading by one standard deviation, and the others as little as a
regulariser allows (the plain pseudo-inverse moves them not at all, but goes far out to where no
portraits are, and there faces break).

What is asked comes from the labels of the archive, and from the shipped model's own readings, so
that portraits without labels get directions too. Where the sources of a data set differ, labels
that go with the source would name the source and not the face. So F and M are compared within one
source, and the year with folder and source held constant. What does not predict portraits left out
of the fit, or does not show once a face was decoded and encoded again, is no direction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from data.arrays import Portrait
from data.errors import UserError
from data.paths import SHIPPED_MODEL
from model.engine import FaceEngine
from model.latent import LatentSpace, Readout
from model.measuring.metrics import encode_portraits, evenly_spaced

FOLDS = 5
FEWEST = 100  # labelled portraits (of each kind) below which nothing is fitted
LEAST_CORRELATION = 0.2  # between label and prediction on portraits left out
LEAST_STDS = 3.1  # of that correlation above 0: by chance one in a thousand is higher
RIDGE = 100.0  # of a readout, on whitened codes
APART = 0.2  # of the joint solution: less keeps other readings still, more stays near portraits
MEASURED = 4000  # portraits that the shipped model reads
MOVED = 40  # faces on which a direction has to show
MOVE, LEAST_RISE, LEAST_SHARE = 2.0, 1.0, 0.9  # moved so far, so many have to rise by so much
MOST_GAIN = 2.0  # by which a step is lengthened, if less is seen than was asked for
MIRRORED = ("turn", "light from the right")  # more is the picture's right; a mirror turns the sign


@dataclass(frozen=True)
class Effect:
    """What a direction is worth.

    Attributes:
        correlation: of reading and target, on portraits left out of the fit.
        risen: share of faces whose reading rose by at least 1 when they were moved by +2, decoded
            and encoded again.
        own: how much it rose on average.
        others: mean absolute change of all other readings.
    """

    correlation: float
    risen: float
    own: float
    others: float


@dataclass(frozen=True, eq=False)
class Question:
    """What portraits are asked about.

    Attributes:
        rows: bool `(n,)`, the portraits that can answer.
        target: `(n,)`, what is asked; NaN where it is not known.
        strata: `(n,)` of words: portraits are compared only with those of the same word.
        kinds: `(n,)` of words: an answer has to hold within each of them.
        error: root mean square error of the target itself, if it was read and not known.
    """

    rows: np.ndarray
    target: np.ndarray
    strata: np.ndarray
    kinds: np.ndarray
    error: float = 0.0

    @classmethod
    def about(cls, target: np.ndarray, error: float = 0.0) -> Question:
        """Ask all portraits that have the target, of one stratum and kind."""
        same = np.full(len(target), "")
        return cls(np.isfinite(target), target, same, same, error)

    def among(self, chosen: np.ndarray) -> Question:
        """Ask only the chosen portraits, bool `(n,)`."""
        return replace(self, rows=self.rows & chosen)

    def with_mirror_images(self, sign: int) -> Question:
        """Ask the mirror images too, after all portraits; their target may have another sign."""
        rows, strata, kinds = (np.tile(a, 2) for a in (self.rows, self.strata, self.kinds))
        target = np.concatenate([self.target, sign * self.target])
        return replace(self, rows=rows, target=target, strata=strata, kinds=kinds)

    def centred(self, array: np.ndarray) -> np.ndarray:
        """Return the rows of an array `(n, ...)`, less the mean of their stratum."""
        left, strata = np.array(array[self.rows], float), self.strata[self.rows]
        for stratum in np.unique(strata):
            left[strata == stratum] -= left[strata == stratum].mean(axis=0)
        return left


def fit_directions(
    engine: FaceEngine,
    latent: LatentSpace,
    codes: np.ndarray,
    questions: dict[str, Question],
    mirrored: np.ndarray | None = None,
    offered: Iterable[str] | None = None,
) -> tuple[LatentSpace, dict[str, dict[str, float]]]:
    """Fit readouts and directions.

    Args:
        engine: the network of the codes.
        latent: their latent space.
        codes: `(n, 80)` of the training portraits.
        questions: by the name of an attribute, what these portraits are asked, see `Question`.
        mirrored: `(n, 80)` of their mirror images. They are fitted too: the noise of the
            codes counts half, and what has no side does not turn the head.
        offered: names that may become directions; the others are only held. None takes all.

    Returns:
        The latent space with readouts and directions, and of each direction what `Effect` holds, as
        a dictionary.

    Raises:
        ValueError: if codes and targets differ in number.
    """
    values, many = latent.to_sliders(codes), len(codes)
    if any(len(question.target) != many for question in questions.values()):
        raise ValueError(f"Expected a target for each of {many} codes. Received: others")
    if mirrored is not None:
        values = np.concatenate([values, latent.to_sliders(mirrored)])
        questions = {
            name: question.with_mirror_images(-1 if name in MIRRORED else 1)
            for name, question in questions.items()
        }
    folds = np.tile(np.random.default_rng(0).permutation(many) % FOLDS, len(values) // many)
    readouts, correlations = {}, {}
    for name, question in questions.items():
        predictions = _left_out(values, question, folds)
        if holds(predictions, question):
            readouts[name] = _readout(latent, values, question, predictions)
            correlations[name] = correlation(predictions, question)
    latent = replace(latent, readouts=readouts)
    steps = joint_directions(latent)
    if offered is not None:
        steps = {name: steps[name] for name in offered if name in steps}
    effects = measure_effects(engine, latent, steps, codes, correlations)
    steps = {
        name: step * min(MOVE / effects[name].own, MOST_GAIN) if effects[name].own > 0 else step
        for name, step in steps.items()
    }
    effects = measure_effects(engine, latent, steps, codes, correlations)
    shown = {name: effect for name, effect in effects.items() if effect.risen >= LEAST_SHARE}
    directions = {name: steps[name] for name in shown}
    return replace(latent, directions=directions), {
        name: asdict(effect) for name, effect in shown.items()
    }


def label_questions(labels: list[Portrait], fewest: int = FEWEST) -> dict[str, Question]:
    """Return which portraits can be asked about which label of the archive.

    Args:
        labels: of the portraits.
        fewest: portraits of each kind that a question needs.

    Returns:
        "F to M", among the portraits of the one source that has most of both; "year", among dated
        portraits, where enough of both F and M are dated. What too few can answer is left out.
    """
    if not labels:
        return {}
    folders = np.array([label.folder for label in labels])
    sources = np.array([label.source for label in labels])
    years = np.array([np.nan if label.year is None else label.year for label in labels])
    asked = {}
    rarer = {
        source: min(np.sum(folders[sources == source] == folder) for folder in "FM")
        for source in np.unique(sources)
    }
    best = max(rarer, key=lambda source: rarer[source])
    if rarer[best] >= fewest:
        is_m = (folders == "M").astype(float)
        asked["F to M"] = Question(sources == best, is_m, sources, sources)
    dated = np.isfinite(years)
    if min(np.sum(dated & (folders == folder)) for folder in "FM") >= fewest:
        strata = np.char.add(folders, sources)
        asked["year"] = Question(dated, years, strata, folders)
    return asked


def shipped_questions(
    X: np.ndarray, folder: Path = SHIPPED_MODEL
) -> tuple[dict[str, Question], list[str]]:
    """Return what the shipped model reads in portraits `(n, 171, 186, 1)`, as questions.

    So that directions need no labels: what another network's codes say about the same portraits is
    asked of this one's. At most `MEASURED` portraits are read.

    Returns:
        Questions by the names of its readouts, and the names that are directions; none if there is
        no such model.
    """
    try:
        latent = LatentSpace.load(folder)
        if not latent.readouts or len(X) < FEWEST:
            return {}, []
        engine = FaceEngine.load(folder)
    except UserError:
        return {}, []
    rows = evenly_spaced(np.arange(len(X)), MEASURED)
    codes = encode_portraits(engine, X[rows] if len(rows) < len(X) else X)
    asked = {}
    for name, readout in latent.readouts.items():
        target = np.full(len(X), np.nan)
        target[rows] = readout.middle + readout.scale * readout.read(codes)
        asked[name] = Question.about(target, readout.error)
    return asked, list(latent.directions)


def joint_directions(latent: LatentSpace) -> dict[str, np.ndarray]:
    """Return for each readout the step `(d,)` that moves it by 1, and the others hardly.

    With the readouts' weights on whitened codes as the rows of W, the steps are the rows of
    (W W' + a I)^-1 W, scaled: of all steps that move their own reading by 1, those of least length
    plus a penalty on the movement of the others.
    """
    if not latent.readouts:
        return {}
    jacobian = latent.components * latent.scales[:, np.newaxis]  # of codes by coordinates
    weights = np.array([readout.weights for readout in latent.readouts.values()], float)
    weights = weights @ jacobian.T
    gram = weights @ weights.T
    mixed = gram + APART * np.diag(gram).mean() * np.eye(len(gram))
    steps = np.linalg.solve(mixed, weights)
    steps /= np.sum(steps * weights, axis=1, keepdims=True)
    return dict(zip(latent.readouts, (steps @ jacobian).astype(np.float32), strict=True))


def measure_effects(
    engine: FaceEngine,
    latent: LatentSpace,
    steps: dict[str, np.ndarray],
    codes: np.ndarray,
    correlations: dict[str, float],
) -> dict[str, Effect]:
    """Move faces along each step, decode them, encode them again, and read all attributes.

    Args:
        engine: the network.
        latent: its latent space, with readouts.
        steps: by name, `(d,)`.
        codes: `(n, d)` of portraits, of which `MOVED` are moved.
        correlations: by name, to put beside it.
    """
    codes = evenly_spaced(codes, MOVED)

    def seen(moved: np.ndarray) -> np.ndarray:
        again = engine.encode(engine.decode(moved))
        return np.array([readout.read(again) for readout in latent.readouts.values()])

    effects, before = {}, seen(codes)
    for name, step in steps.items():
        change = seen(codes + np.float32(MOVE) * step) - before
        number = list(latent.readouts).index(name)
        own, others = change[number], np.delete(change, number, axis=0)
        effects[name] = Effect(
            correlation=correlations[name],
            risen=float((own >= LEAST_RISE).mean()),
            own=float(own.mean()),
            others=float(np.abs(others).mean()) if len(others) else 0.0,
        )
    return effects


def holds(predictions: np.ndarray, question: Question) -> bool:
    """Return whether predictions of portraits left out agree with the target, within every kind.

    Within each kind, the correlation has to be of some use, and so far from none that one in a
    thousand shuffles of the labels would give as much (a shuffled correlation of n deviates by one
    over the square root of n - 1).
    """
    kinds = question.kinds[question.rows]
    return question.rows.sum() >= FEWEST and all(
        correlation(predictions, question, kinds == kind)
        >= max(LEAST_CORRELATION, LEAST_STDS / np.sqrt(np.sum(kinds == kind) - 1))
        for kind in np.unique(kinds)
    )


def correlation(
    predictions: np.ndarray, question: Question, chosen: np.ndarray | slice = np.s_[:]
) -> float:
    """Return the correlation of predictions `(n,)` and target, both less their stratum's mean."""
    found, target = (question.centred(a)[chosen] for a in (predictions, question.target))
    if not (found.std() > 0 and target.std() > 0):
        return 0.0
    return float(np.corrcoef(found, target)[0, 1])


def _weights(values: np.ndarray, question: Question) -> np.ndarray:
    """Fit the target within strata: weights `(d,)` on whitened codes, in units of the target."""
    inputs, target = question.centred(values), question.centred(question.target)
    gram = inputs.T @ inputs + RIDGE * np.eye(inputs.shape[1])
    return np.linalg.solve(gram, inputs.T @ target)


def _left_out(values: np.ndarray, question: Question, folds: np.ndarray) -> np.ndarray:
    """Return what is predicted of each portrait by a fit without its fold: `(n,)`."""
    predictions = np.empty(len(values))
    for fold in range(FOLDS):
        left_out = folds == fold
        predictions[left_out] = values[left_out] @ _weights(values, question.among(~left_out))
    return predictions


def _readout(
    latent: LatentSpace, values: np.ndarray, question: Question, predictions: np.ndarray
) -> Readout:
    weights = _weights(values, question)
    readings = values @ weights
    middle, spread = readings.mean(), readings.std()
    raw = (weights / spread / latent.scales) @ latent.components
    target, rows = question.target[question.rows], question.rows
    return Readout(
        raw.astype(np.float32),
        float(-middle / spread - raw @ latent.mean),
        float((target - readings[rows]).mean() + middle),
        float(spread),
        float(np.hypot((target - predictions[rows]).std(), question.error)),
    )
