"""What the named directions do to faces that no fit has seen: a table of figures.

    python -m tests.bench.direction_check [--model FOLDER] [--arrays FOLDER]

Each direction is proved on the test portraits, see `tests.bench.direction_proof`. For every move,
in deviations of the label, the table gives the share of portraits that a judge of other portraits
sees move the right way, and how far, in deviations of its scores. Then, for the largest moves and
for random directions that move the judge as far: the share still recognised as themselves, and the
change of the picture inside the face.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import load_arrays, load_labels
from data.paths import NUMPY_FOLDER
from model.measuring.metrics import encode_portraits
from model.training.directions import FEWEST, holds, questions, symmetric_values
from tests.bench.direction_proof import HALVINGS, MOVES, Proof, prove

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

FEWEST_UNSEEN = 10  # labelled test portraits of each kind, for the judge to be judged by


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
