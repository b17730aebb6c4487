"""Whether the named directions do what they are named for, to faces no fit has seen.

    python -m tests.bench.directions [--model FOLDER] [--arrays FOLDER]

One half of the training portraits fits the direction, the other half a judge of the same label.
Reconstructions of unseen portraits are moved along the direction, decoded, and encoded again; then
the judge is asked which way they went. Beside it, the same is done with random directions, made
long enough to move the judge as far: what else about a face changes on the way is its identity.

For every move, in standard deviations of the label, the table gives the share of portraits that
the judge sees move the right way, and how far, in standard deviations of its scores. Then, for the
largest moves and for the random directions: the share still recognised as themselves, and the
change of the picture inside the face.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import load_arrays, load_labels
from data.paths import NUMPY_FOLDER
from model.frame import face_mask
from model.measuring.metrics import encode_portraits, evenly_spaced
from model.training.directions import (
    FEWEST,
    Question,
    direction,
    holds,
    questions,
    symmetric_values,
)

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

FEWEST_UNSEEN = 10  # labelled test portraits of each kind, for the judge to be judged by
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


def report(
    engine: FaceEngine, latent: LatentSpace, arrays: Path, fewest: int = FEWEST
) -> Iterator[str]:
    """Check every direction that prepared arrays can ask about, and yield the lines of a table.

    Args:
        engine: the network.
        latent: its latent space.
        arrays: folder of `X_train.npy`, `X_test.npy` and `portraits.csv`.
        fewest: training portraits of each kind that a question needs.
    """
    X_train, X_test = load_arrays(arrays)
    labels = load_labels(arrays)
    codes = encode_portraits(engine, X_train)
    mirrored = encode_portraits(engine, X_train, mirrored=True)
    values = symmetric_values(latent, codes, mirrored)
    unseen = latent.to_sliders(encode_portraits(engine, X_test))
    others = labels[len(X_train) :]
    folders = np.array([label.folder for label in others])
    asked = questions(others, FEWEST_UNSEEN)
    for name, question in questions(labels[: len(X_train)], fewest).items():
        yield f"{name}: {question.rows.sum()} training portraits"
        if name not in asked:
            yield "  too few test portraits are labelled\n"
            continue
        proof = prove(engine, latent, values, question, unseen, asked[name], folders)
        yield from _lines(proof)
        left_out = "predicted" if holds(values, question) else "not predicted"
        shown = "shown" if proof.shown else "not shown"
        yield f"  labels of portraits left out of the fit: {left_out}; on unseen faces: {shown}\n"


def _lines(proof: Proof) -> Iterator[str]:
    yield f"  direction and judge of two halves agree in {proof.agreed:.0%} of {HALVINGS} halvings"
    judged = ", ".join(f"{kind} {r:.2f} (of {n})" for kind, (r, n) in proof.judged.items())
    yield f"  judge against the labels of unseen portraits, correlation: {judged}"
    moves = "".join(f"{size:>+14}" for size in MOVES)
    yield f"  {'moved':<8}{moves}{'recognised':>14}{'(random)':>9}{'change':>8}{'(random)':>9}"
    for kind, effect in proof.effects.items():
        ways = (f"{effect.right_way[size]:>7.0%}{effect.movement[size]:>+7.2f}" for size in MOVES)
        moved = f"{effect.portraits} {kind}"
        yield (
            f"  {moved:<8}{''.join(ways)}{effect.recognised:>14.0%}"
            f"{effect.random_recognised:>9.0%}{effect.change:>8.3f}{effect.random_change:>9.3f}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What named directions do to unseen faces.")
    parser.add_argument("--model", type=Path, help="a model folder; the model in use without")
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER, help="of prepare_data()")
    options = parser.parse_args(arguments)

    from model.latent import LatentSpace
    from model.loading import load_engine

    engine, latent = load_engine(options.model), LatentSpace.load(options.model)
    for line in report(engine, latent, options.arrays):
        print(line)


if __name__ == "__main__":
    main()
