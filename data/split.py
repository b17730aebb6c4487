"""Which portraits are for training and which for testing, the same on every machine."""

import numpy as np

TRAIN_OF_PUBLISHED = (30_000, 37_921)
SEED = 1905  # the year of the oldest portrait


def split_portraits(names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Divide portraits into training and test, in shuffled order.

    The result depends on the names alone, not on their order, so that the archive and a folder give
    the same arrays.

    Args:
        names: at least two different names.

    Returns:
        Two int arrays of indices into `names`: the rows of `X_train` and those of `X_test`.
    """
    by_name = np.array(sorted(range(len(names)), key=names.__getitem__))
    # RandomState, because its numbers are promised never to change; those of a Generator may.
    shuffled = by_name[np.random.RandomState(SEED).permutation(len(names))]
    part, whole = TRAIN_OF_PUBLISHED
    train = min(max(round(len(names) * part / whole), 1), len(names) - 1)
    return shuffled[:train], shuffled[train:]
