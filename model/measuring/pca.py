"""Principal component analysis of the portraits, the baseline of every figure.

PCA is the best *linear* encoder and decoder through as many numbers, so what a network gains over
it is due to its non-linearity. The fit is a randomised subspace iteration (Halko, Martinsson and
Tropp 2011): a few passes over the portraits, read in blocks.
"""

import contextlib
import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.arrays import blocks, hash_array
from data.replace import replace_file
from model.frame import IMAGE_SHAPE, LATENT_DIM, crop, mirror
from model.safe_zip import finite, read_arrays

OVERSAMPLING = 80  # extra directions of the iteration, which make the last components exact
PASSES = 4  # over the portraits; the error on unseen ones is within 0.1 % of exact PCA
DRAFT = 2048  # evenly spaced portraits in all but the last two passes
BLOCK = 256  # portraits converted to floats at a time; about 60 MB with mirror images
SEED = 80
DAMAGED = (OSError, ValueError, KeyError, TypeError)  # what `load` may raise
MAX_FILE_BYTES = 2**24
CACHE_PATTERN = "pca-baseline-*.npz"


@dataclass(frozen=True)
class PCABaseline:
    """A mean face and the directions of largest variance."""

    mean: np.ndarray  # float32 (160 * 176,), the mean image
    components: np.ndarray  # float32 (k, 160 * 176), orthonormal rows, largest variance first

    @classmethod
    def fit(cls, X_train: np.ndarray, components: int = LATENT_DIM) -> "PCABaseline":
        """Fit on portraits, uint8 (n, 171, 186, 1), and their mirror images.

        There are at most as many components as images. Equal portraits give equal baselines.
        """
        count = 2 * len(X_train)
        keep = min(components, count)
        total = sum(block.sum(axis=0, dtype=np.float64) for block in _blocks(X_train))
        mean = (total / count).astype(np.float32)

        width = min(keep + OVERSAMPLING, count)
        start = np.random.default_rng(SEED).standard_normal((mean.size, width), np.float32)
        basis = np.linalg.qr(start)[0]
        draft = X_train[:: -(-len(X_train) // DRAFT)]
        for portraits in [draft] * (PASSES - 2) + [X_train]:
            basis = np.linalg.qr(_covariance_times(portraits, mean, basis))[0]
        # Rayleigh-Ritz: the covariance seen inside the subspace, whose eigenvectors are the answer.
        inside = basis.T @ _covariance_times(X_train, mean, basis)
        turn = np.linalg.eigh((inside + inside.T) / 2)[1][:, ::-1]  # smallest variance first
        return cls(mean, np.ascontiguousarray((basis @ turn[:, :keep]).T, np.float32))

    @classmethod
    def cached(cls, X_train: np.ndarray, folder: Path) -> "PCABaseline":
        """Return the baseline of these portraits, from a file in `folder` if there is one.

        The file's name holds a hash of the portraits. The two newest files are kept: of all
        training portraits, and of those without the validation slice. If none can be written,
        the baseline is fitted each time.
        """
        fitted_on = f"{LATENT_DIM} {OVERSAMPLING} {PASSES} {DRAFT} {IMAGE_SHAPE} "
        name = hashlib.sha256((fitted_on + hash_array(X_train)).encode()).hexdigest()[:16]
        path = Path(folder) / CACHE_PATTERN.replace("*", name)
        with contextlib.suppress(*DAMAGED):  # without a file, or with a damaged one, fit again
            return cls.load(path)
        baseline = cls.fit(X_train)
        with contextlib.suppress(OSError):
            others = set(path.parent.glob(CACHE_PATTERN)) - {path}
            for stale in sorted(others, key=lambda kept: kept.stat().st_mtime_ns)[:-1]:
                stale.unlink(missing_ok=True)
            baseline.save(path)
        return baseline

    def save(self, path: Path) -> None:
        """Write both arrays to one `.npz` file, which appears whole or not at all."""
        with replace_file(path) as new, new.open("wb") as file:
            np.savez(file, mean=self.mean, components=self.components)

    @classmethod
    def load(cls, path: Path) -> "PCABaseline":
        """Read what `save` wrote; one of `DAMAGED` is raised if the file is not whole."""
        arrays, pixels = read_arrays(path, MAX_FILE_BYTES), math.prod(IMAGE_SHAPE)
        shapes = {"mean": (pixels,), "components": (len(arrays["components"]), pixels)}
        return cls(**{name: finite(arrays[name], shape, 1e3) for name, shape in shapes.items()})

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Map images (n, 160, 176, 1) in [0, 1] to their coordinates, float32 (n, k)."""
        flat = np.asarray(images, np.float32).reshape(len(images), -1)
        return (flat - self.mean) @ self.components.T

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Map coordinates (n, k) to images, float32 (n, 160, 176, 1) in [0, 1]."""
        flat = np.asarray(codes, np.float32) @ self.components + self.mean
        return np.clip(flat, 0, 1).reshape(-1, *IMAGE_SHAPE, 1)

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """Project images (n, 160, 176, 1) in [0, 1] onto the components and back, clipped."""
        return self.decode(self.encode(images))


def _blocks(X_train: np.ndarray) -> Iterator[np.ndarray]:
    """Yield float32 (m, pixels) blocks that hold some portraits and their mirror images."""
    for portraits in blocks(X_train, BLOCK):
        for images in (crop(portraits), crop(mirror(portraits))):
            yield images.reshape(len(images), -1)


def _covariance_times(X_train: np.ndarray, mean: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Multiply the images' covariance matrix with `basis` (pixels, k), a block at a time."""
    product = np.zeros_like(basis)
    for block in _blocks(X_train):
        centred = block - mean
        product += centred.T @ (centred @ basis)
    return product / np.float32(2 * len(X_train))
