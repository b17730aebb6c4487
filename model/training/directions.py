"""Named directions in the latent space: readouts of attributes, and the steps that change them.

A readout is a ridge regression of an attribute on whitened codes. A step along its weights would
also change whatever correlates with the attribute, so the steps of all attributes are solved for
together: each changes its own reading by one standard deviation, and the others as little as a
regulariser allows (without one, steps lead so far from all portraits that faces break). Lighter
hair must not burn the forehead, but no reading tells: such a step also keeps some pixels as they
are.

The targets are the labels of the archive, and readings of the shipped model, so that portraits
without labels get directions too. A label that correlates with the source of a portrait would
describe the source, so F and M are compared within one source, and the year within each folder and
source. A readout has to predict portraits that it was not fitted on, and a direction has to be
visible: in readings of the moved face, decoded and encoded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from data.arrays import Portrait, evenly_spaced
from data.errors import UserError
from data.paths import SHIPPED_MODEL
from model.engine import FaceEngine
from model.frame import face_mask
from model.latent import LatentSpace, Readout
from model.measuring.metrics import encode_portraits

FOLDS = 5  # parts of the cross-validation
FEWEST = 100  # least number of labelled portraits (of each group) for a fit
LEAST_CORRELATION = 0.2  # of target and prediction, in the cross-validation
LEAST_STDS = 3.1  # least correlation in its standard deviations; 1 in 1,000 by chance
RIDGE = 100.0  # ridge of a readout, on whitened codes
DAMPING = 0.2  # ridge of the joint solution: less spares other readings, more stays near portraits
MEASURED = 4000  # portraits that the shipped model reads
MOVED = 40  # faces that are moved to measure a direction
MOVE = 2.0  # standard deviations by which they are moved
LEAST_RISE, LEAST_SHARE = 1.0, 0.9  # rise in standard deviations that this share of faces needs
MAX_GAIN = 2.0  # largest factor on a step whose effect is too small
HELD = {"hair light": face_mask()}  # pixels that a direction leaves alone
HOLDING = 5.0  # weight of a mean squared change of these pixels in the joint solution
LOOKED_AT = 16  # faces whose pixels are held
NUDGE = 0.2  # standard deviations, to see how pixels change
TAIL, TAIL_STDS = 0.9938, 2.5  # share of normal numbers below so many standard deviations
SKEWED = 1.2  # times the standard deviation: a tail that counts as the unit instead
SIDED = ("turn", "light from the right")  # readings of left and right: their sign is mirrored


@dataclass(frozen=True, eq=False)
class Target:
    """What a readout should predict of n portraits."""

    values: np.ndarray  # `(n,)`; NaN where they are not known
    strata: np.ndarray  # `(n,)` of words: only portraits of one word are compared with each other
    groups: np.ndarray  # `(n,)` of words: the prediction has to hold within each
    error: float = 0.0  # root mean square error of the values, if they are readings themselves

    @classmethod
    def of(cls, values: np.ndarray, error: float = 0.0) -> Target:
        """Return a target of all portraits with a finite value, in one stratum and group."""
        same = np.full(len(values), "")
        return cls(values, same, same, error)

    @property
    def rows(self) -> np.ndarray:
        """Bool `(n,)`: the portraits it is known of."""
        return np.isfinite(self.values)

    def with_mirror_images(self, sign: int) -> Target:
        """Append the mirror images of all portraits, with their values times the sign."""
        values = np.concatenate([self.values, sign * self.values])
        return Target(values, np.tile(self.strata, 2), np.tile(self.groups, 2), self.error)

    def centred(self, array: np.ndarray) -> np.ndarray:
        """Return the target's rows of an array `(n, ...)` less the mean of their stratum."""
        left, strata = np.array(array[self.rows], float), self.strata[self.rows]
        for stratum in np.unique(strata):
            left[strata == stratum] -= left[strata == stratum].mean(axis=0)
        return left


def fit_directions(
    engine: FaceEngine,
    latent: LatentSpace,
    codes: np.ndarray,
    targets: dict[str, Target],
    mirrored: np.ndarray | None = None,
    offered: Iterable[str] | None = None,
) -> tuple[LatentSpace, dict[str, dict[str, float]]]:
    """Fit readouts and directions of a network to the codes of portraits, `(n, d)`.

    Args:
        engine: the network.
        latent: the latent space of its codes.
        codes: of the training portraits.
        targets: by the name of an attribute, for these portraits.
        mirrored: `(n, d)` of their mirror images, which are fitted too: that halves the noise of
            the codes, and keeps turns of the head out of attributes without a side.
        offered: names that may become directions; the others only get readouts. None takes all.

    Returns:
        The latent space with readouts and directions, and of each direction what `measure_effects`
        returns and the "correlation" of target and prediction in the cross-validation.
    """
    values, many = latent.to_sliders(codes), len(codes)
    if mirrored is not None:
        values = np.concatenate([values, latent.to_sliders(mirrored)])
        targets = {
            name: target.with_mirror_images(-1 if name in SIDED else 1)
            for name, target in targets.items()
        }
    folds = np.tile(np.random.default_rng(0).permutation(many) % FOLDS, len(values) // many)
    readouts, correlations = {}, {}
    for name, target in targets.items():
        predictions = np.empty(len(values))  # for each portrait, by a fit without its fold
        for fold in range(FOLDS):
            left_out = folds == fold
            others = replace(target, values=np.where(left_out, np.nan, target.values))
            predictions[left_out] = values[left_out] @ _weights(values, others)
        if is_predicted(predictions, target):
            readouts[name] = _readout(latent, values, target, predictions)
            correlations[name] = correlation(predictions, target)
    latent = replace(latent, readouts=readouts)
    held = {n: pixel_gram(engine, latent, codes, HELD[n]) for n in readouts.keys() & HELD.keys()}
    steps = joint_directions(latent, held)
    if offered is not None:
        steps = {name: steps[name] for name in offered if name in steps}
    effects = measure_effects(engine, latent, steps, codes)
    gains = {name: min(MOVE / max(each["own"], 1e-9), MAX_GAIN) for name, each in effects.items()}
    steps = {name: gains[name] * step for name, step in steps.items()}
    effects = measure_effects(engine, latent, steps, codes)
    visible = {
        name: {"correlation": correlations[name]} | each
        for name, each in effects.items()
        if each["risen"] >= LEAST_SHARE
    }
    return replace(latent, directions={name: steps[name] for name in visible}), visible


def label_targets(labels: list[Portrait]) -> dict[str, Target]:
    """Return what the labels of the archive, at least `FEWEST` of each group, are enough for.

    "F to M" is among the portraits of the one source that has most of both; "year" among dated
    portraits, where enough of both F and M are dated.
    """
    if not labels:
        return {}
    folders = np.array([label.folder for label in labels])
    sources = np.array([label.source for label in labels])
    years = np.array([np.nan if label.year is None else label.year for label in labels])

    def rarer(chosen: np.ndarray) -> int:
        return min(int(np.sum(chosen & (folders == folder))) for folder in "FM")

    targets = {}
    best = max(np.unique(sources), key=lambda source: rarer(sources == source))
    if rarer(sources == best) >= FEWEST:
        targets["F to M"] = Target.of(np.where(sources == best, folders == "M", np.nan))
    dated = np.isfinite(years)
    if rarer(dated) >= FEWEST:
        targets["year"] = Target(years, np.char.add(folders, sources), folders)
    return targets


def shipped_targets(X: np.ndarray) -> tuple[dict[str, Target], list[str]]:
    """Return what the shipped model reads in `MEASURED` of the portraits `(n, 171, 186, 1)`.

    They are targets for another network, which needs no labels then, by the names of the readouts;
    with them come the names that are directions. None if there is no model that can be used.
    """
    try:
        latent = LatentSpace.load(SHIPPED_MODEL)
        if not latent.readouts or len(X) < FEWEST:
            return {}, []
        engine = FaceEngine.load(SHIPPED_MODEL)
    except UserError:
        return {}, []
    rows = evenly_spaced(np.arange(len(X)), MEASURED)
    codes = encode_portraits(engine, X[rows] if len(rows) < len(X) else X)
    targets = {}
    for name, readout in latent.readouts.items():
        values = np.full(len(X), np.nan)
        values[rows] = readout.middle + readout.scale * readout.read(codes)
        targets[name] = Target.of(values, readout.error)
    return targets, list(latent.directions)


def joint_directions(latent: LatentSpace, held: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return for each readout the step `(d,)` that raises it by 1 and hardly changes the others.

    With the readouts' weights on whitened codes as the rows w of W, each step is a multiple of
    (W' W + a (I + H))^-1 w: of all steps that raise their own reading by 1, the one of least length
    plus penalties on changes of the others, and of pixels. `held` has H by the name of a readout,
    see `pixel_gram`; for the others, it is 0.
    """
    jacobian = latent.components * latent.scales[:, np.newaxis]  # of codes by coordinates
    weights = np.array([readout.weights for readout in latent.readouts.values()], float)
    weights = weights.reshape(-1, len(jacobian)) @ jacobian.T
    damping = DAMPING * np.square(weights).sum(axis=1).mean() if len(weights) else 0.0
    steps = {}
    for name, row in zip(latent.readouts, weights, strict=True):
        penalty = np.eye(len(jacobian)) + held.get(name, 0.0)
        step = np.linalg.solve(weights.T @ weights + damping * penalty, row)
        steps[name] = (step / (step @ row) @ jacobian).astype(np.float32)
    return steps


def pixel_gram(
    engine: FaceEngine, latent: LatentSpace, codes: np.ndarray, pixels: np.ndarray
) -> np.ndarray:
    """Return how much steps change some pixels, bool `(160, 176)`, of faces.

    It is a quadratic form `(d, d)` of whitened coordinates, measured on `LOOKED_AT` of the codes.
    """
    nudges = NUDGE * latent.components * latent.scales[:, np.newaxis]
    gram = np.zeros((len(nudges), len(nudges)))
    for code in evenly_spaced(codes, LOOKED_AT):
        changes = engine.decode(code + nudges) - engine.decode(code[np.newaxis])
        changes = changes[:, pixels, 0].astype(float)
        gram += changes @ changes.T
    return gram * HOLDING * len(gram) / max(float(np.trace(gram)), 1e-9)


def measure_effects(
    engine: FaceEngine, latent: LatentSpace, steps: dict[str, np.ndarray], codes: np.ndarray
) -> dict[str, dict[str, float]]:
    """Move `MOVED` of the codes along each step, decode and encode them, and read all attributes.

    Returns:
        By the names of the steps `(d,)`, "risen", the share of faces whose reading rose by at least
        1 when they were moved by +2; "own", its mean rise; "others", the mean absolute change of
        all other readings.
    """
    codes = evenly_spaced(codes, MOVED)

    def readings(moved: np.ndarray) -> np.ndarray:
        again = engine.encode(engine.decode(moved))
        return np.array([readout.read(again) for readout in latent.readouts.values()])

    effects, before = {}, readings(codes)
    for name, step in steps.items():
        change = readings(codes + np.float32(MOVE) * step) - before
        number = list(latent.readouts).index(name)
        own, others = change[number], np.delete(change, number, axis=0)
        effects[name] = {
            "risen": float((own >= LEAST_RISE).mean()),
            "own": float(own.mean()),
            "others": float(np.abs(others).mean()) if len(others) else 0.0,
        }
    return effects


def is_predicted(predictions: np.ndarray, target: Target) -> bool:
    """Return whether cross-validated predictions agree with the target within every group.

    Each correlation has to be large enough to be of use, and larger than all but one in a thousand
    of shuffled labels would give: those have a standard deviation of 1 / sqrt(n - 1).
    """
    groups = target.groups[target.rows]
    return target.rows.sum() >= FEWEST and all(
        correlation(predictions, target, groups == group)
        >= max(LEAST_CORRELATION, LEAST_STDS / np.sqrt(np.sum(groups == group) - 1))
        for group in np.unique(groups)
    )


def correlation(
    predictions: np.ndarray, target: Target, chosen: np.ndarray | slice = np.s_[:]
) -> float:
    """Return the correlation of predictions `(n,)` and target, both less their stratum's mean."""
    found, wanted = (target.centred(a)[chosen] for a in (predictions, target.values))
    if not (found.std() > 0 and wanted.std() > 0):
        return 0.0
    return float(np.corrcoef(found, wanted)[0, 1])


def _weights(values: np.ndarray, target: Target) -> np.ndarray:
    """Fit the target within strata: weights `(d,)` on whitened codes, in units of the target."""
    inputs, outputs = target.centred(values), target.centred(target.values)
    gram = inputs.T @ inputs + RIDGE * np.eye(inputs.shape[1])
    return np.linalg.solve(gram, inputs.T @ outputs)


def _readout(
    latent: LatentSpace, values: np.ndarray, target: Target, predictions: np.ndarray
) -> Readout:
    weights = _weights(values, target)
    readings = values @ weights  # 0 for the mean face
    spread = readings.std()
    tail = np.quantile(readings - readings.mean(), TAIL) / TAIL_STDS
    if tail > SKEWED * spread:  # few portraits have it: the deviation is the noise of the others
        spread = tail
    raw = ((weights / spread / latent.scales) @ latent.components).astype(np.float32)
    known, rows = target.values[target.rows], target.rows
    return Readout(
        raw,
        float(-raw.astype(float) @ latent.mean),
        float((known - readings[rows]).mean()),
        float(spread),
        float(np.hypot((known - predictions[rows]).std(), target.error)),
    )
