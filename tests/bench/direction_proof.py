"""Whether a direction does what it is named for, to faces that no fit has seen.

One half of the training portraits fits the direction, the other half a judge of the same label.
Reconstructions of unseen portraits are moved along the direction, decoded, and encoded again; then
the judge is asked which way they went. Beside it, the same is done with random directions, made
long enough to move the judge as far: what else about a face changes on the way is its identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.frame import face_mask
from model.measuring.metrics import evenly_spaced
from model.training.directions import Question, direction

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

STRENGTHS = (0.1, 1.0, 10.0)  # of the judge's ridge, to choose from
FOLDS = 5
HALVINGS = 20
MOVES = (-2, -1, 1, 2)  # deviations of the label
MOST = 80  # unseen portraits of a kind that are moved
RANDOM = 8  # random directions beside each direction
RIGHT_WAY = 0.9  # share that has to go the right way
LEAST_DEVIATIONS = 1.64  # of a judge's correlation from none: one in twenty lies farther by chance


@dataclass(frozen=True)
class Effect:
    """What one direction does to unseen portraits of one kind.

    Attributes:
        portraits: how many.
        right_way: by move (see `MOVES`), the share that the judge sees move the right way.
        movement: by move, how far the judge sees them move, in deviations of its scores.
        recognised: share that is still nearest to its own unmoved portrait after the largest moves.
        change: root mean square change of the picture inside the face, after the same moves.
        random_recognised, random_change: the same for random directions of equal effect on the
            judge; the medians.
    """

    portraits: int
    right_way: dict[int, float]
    movement: dict[int, float]
    recognised: float
    change: float
    random_recognised: float
    random_change: float

    @property
    def shown(self) -> bool:
        """Whether the direction does what it is named for, and changes less besides."""
        return (
            min(self.right_way.values()) >= RIGHT_WAY
            and self.recognised >= self.random_recognised
            and self.change < self.random_change
        )


@dataclass(frozen=True)
class Proof:
    """What speaks for a direction, or against it.

    Attributes:
        agreed: share of `HALVINGS` random halvings whose direction moves their judge the right way.
        judged: by kind, the correlation of the judges' scores with the labels of unseen portraits,
            the mean over the halvings, and the number of those portraits.
        effects: by kind, what the direction does to unseen portraits.
    """

    agreed: float
    judged: dict[str, tuple[float, int]]
    effects: dict[str, Effect]

    @property
    def shown(self) -> bool:
        """Whether all of it speaks for the direction."""
        return (
            self.agreed >= RIGHT_WAY
            and all(r * (n - 1) ** 0.5 >= LEAST_DEVIATIONS for r, n in self.judged.values())
            and all(effect.shown for effect in self.effects.values())
        )


def prove(
    engine: FaceEngine,
    latent: LatentSpace,
    values: np.ndarray,
    question: Question,
    unseen: np.ndarray,
    unseen_question: Question,
    folders: np.ndarray,
) -> Proof:
    """Fit a direction and a judge on two halves, and try both on portraits that neither has seen.

    Direction and judge are nearly linear, so what one portrait shows most others show too; whether
    another halving would have shown the same is counted as well.

    Args:
        engine: the network.
        latent: its latent space.
        values: `(n, 80)` of the training portraits, see `symmetric_values`.
        question: what they are asked.
        unseen: `(m, 80)` values of other portraits.
        unseen_question: the same question to those.
        folders: `(m,)`, "F" or "M": the kinds that faces are moved in. Only portraits of the strata
            that the question is about are moved.
    """
    rng = np.random.default_rng(0)
    agreed, judged = [], []
    for _ in range(HALVINGS):
        first = rng.permutation(len(values)) % 2 == 0
        step = direction(values, question.among(first))
        judge = fit_judge(values, question.among(~first))
        agreed.append(judge @ step > 0)
        judged.append(_judged(unseen, judge, unseen_question))
    randoms = rng.standard_normal((RANDOM, len(step)))
    randoms *= (judge @ step / (randoms @ judge))[:, np.newaxis]
    asked = np.isin(unseen_question.strata, question.strata[question.rows])
    effects = {
        str(folder): _effect(
            engine,
            latent,
            evenly_spaced(unseen[asked & (folders == folder)], MOST),
            step,
            judge,
            randoms,
        )
        for folder in np.unique(folders[asked])
    }
    kinds = {
        kind: (float(np.mean([found[kind][0] for found in judged])), number)
        for kind, (_, number) in judged[0].items()
    }
    return Proof(float(np.mean(agreed)), kinds, effects)


def fit_judge(values: np.ndarray, question: Question) -> np.ndarray:
    """Fit the regression that tells the target of portraits from their values, within strata.

    A ridge regression; its strength is the one that predicts portraits left out best. For a target
    of two values it is the linear discriminant.

    Returns:
        Weights `(80,)`.
    """
    inputs, target = question.centred(values), question.residuals()
    folds = np.random.default_rng(0).permutation(len(target)) % FOLDS

    def weights(rows: np.ndarray, strength: float) -> np.ndarray:
        gram = inputs[rows].T @ inputs[rows] + strength * rows.sum() * np.eye(inputs.shape[1])
        return np.linalg.solve(gram, inputs[rows].T @ target[rows])

    def agreement(strength: float) -> float:
        found = np.empty(len(target))
        for fold in range(FOLDS):
            found[folds == fold] = inputs[folds == fold] @ weights(folds != fold, strength)
        return np.corrcoef(found, target)[0, 1]

    return weights(folds >= 0, max(STRENGTHS, key=agreement))


def _judged(
    values: np.ndarray, judge: np.ndarray, question: Question
) -> dict[str, tuple[float, int]]:
    """Return by kind how a judge's scores correlate with the target, and of how many."""
    scores, target = question.centred(values) @ judge, question.residuals()
    kinds = question.kinds[question.rows]
    return {
        str(kind): (
            float(np.corrcoef(scores[kinds == kind], target[kinds == kind])[0, 1]),
            int(np.sum(kinds == kind)),
        )
        for kind in np.unique(kinds)
    }


def _effect(
    engine: FaceEngine,
    latent: LatentSpace,
    values: np.ndarray,
    step: np.ndarray,
    judge: np.ndarray,
    randoms: np.ndarray,
) -> Effect:
    mask = face_mask()

    def seen(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the inside of the faces, and what the network reads in them."""
        faces = engine.decode(latent.from_sliders(values))
        return faces[:, mask], latent.to_sliders(engine.encode(faces))

    faces, before = seen(values)
    lengths = np.square(before).sum(axis=1)

    def tried(change: np.ndarray) -> tuple[np.ndarray, float, float]:
        """Return how far the judge saw each move, the share recognised, the faces' change."""
        moved, after = seen(values + change)
        own = (lengths - 2 * after @ before.T).argmin(axis=1) == np.arange(len(after))
        way = (after - before) @ judge / (before @ judge).std()
        return way, own.mean(), np.sqrt(np.square(moved - faces).mean())

    moves = {size: tried(size * step) for size in MOVES}
    largest = (min(MOVES), max(MOVES))
    _, recognised, change = zip(*(moves[size] for size in largest), strict=True)
    others = [tried(size * other) for other in randoms for size in largest]
    return Effect(
        portraits=len(values),
        right_way={size: float((way * size > 0).mean()) for size, (way, *_) in moves.items()},
        movement={size: float(way.mean()) for size, (way, *_) in moves.items()},
        recognised=float(np.mean(recognised)),
        change=float(np.mean(change)),
        random_recognised=float(np.median([share for _, share, _ in others])),
        random_change=float(np.median([change for *_, change in others])),
    )
