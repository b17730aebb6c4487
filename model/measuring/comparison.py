"""What is left of unseen portraits after 80 numbers, of the network and of PCA."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.arrays import load_arrays
from data.paths import NUMPY_FOLDER
from model.frame import crop
from model.measuring.metrics import compare_with_pca, image_metrics
from model.measuring.pca import PCABaseline

if TYPE_CHECKING:
    from model.engine import FaceEngine


class Comparison:
    """Unseen portraits through the network and through PCA.

    Args:
        engine: the trained network.
        folder: the prepared arrays; `PCABaseline.cached` keeps the baseline there.

    Attributes:
        count: how many unseen portraits there are.
        averages: `compare_with_pca` over them.
        note: what the averages are taken over.
    """

    def __init__(self, engine: FaceEngine, folder: Path = NUMPY_FOLDER):
        X_train, self._X_test = load_arrays(folder)
        self._engine = engine
        self._baseline = PCABaseline.cached(X_train, folder)
        self.count = len(self._X_test)
        self.averages, self.note = compare_with_pca(engine, self._X_test, self._baseline)

    def portraits(self, rows: slice) -> np.ndarray:
        """Return some of the portraits: float32 (n, 160, 176, 1) in [0, 1]."""
        return crop(self._X_test[rows])

    def network(self, images: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return the network's reconstructions, and their `image_metrics`."""
        reconstructions = self._engine.decode(self._engine.encode(images))
        return reconstructions, image_metrics(images, reconstructions)

    def pca(self, images: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return PCA's reconstructions, and their `image_metrics`."""
        reconstructions = self._baseline.reconstruct(images)
        return reconstructions, image_metrics(images, reconstructions)
