"""How much closer the decoder comes when the code of each portrait is searched for.

    python -m tests.bench.amortization_gap [--model FOLDER] [--arrays FOLDER] [--count N]

An encoder names the code of any portrait at once; `FaceEngine.refine`, which a user's own photo
gets, finds a better one, with time. The difference is the amortization gap (Cremer, Li and Duvenaud
2018, "Inference Suboptimality in Variational Autoencoders"): what a better encoder could gain with
this decoder. The rest of the error is the decoder's.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import UserError, load_arrays
from data.paths import NUMPY_FOLDER
from model.frame import crop
from model.loading import load_engine
from model.measuring.metrics import average_metrics, evenly_spaced, image_metrics
from model.measuring.pca import PCABaseline
from ui.panels.photo import photo_weights

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

COUNT = 128  # portraits; each takes half a second


def compare(
    engine: FaceEngine, latent: LatentSpace, images: np.ndarray, baseline: PCABaseline
) -> dict[str, dict[str, float]]:
    """Measure reconstructions from the encoder's codes, from better ones, and PCA's.

    Args:
        engine: the trained network.
        latent: the statistics of its training codes.
        images: unseen portraits, float32 `(n, 160, 176, 1)` in [0, 1].
        baseline: PCA that has not seen them either.

    Returns:
        What `average_metrics` gives, for "encoder", "search" and "PCA".
    """
    codes = engine.encode(images)
    found = search(engine, latent, codes, images)
    return {
        "encoder": average_metrics([image_metrics(images, engine.decode(codes))]),
        "search": average_metrics([image_metrics(images, engine.decode(found))]),
        "PCA": average_metrics([image_metrics(images, baseline.reconstruct(images))]),
    }


def search(
    engine: FaceEngine, latent: LatentSpace, codes: np.ndarray, images: np.ndarray
) -> np.ndarray:
    """Refine the code of each image as that of a photo is: codes, float32 `(n, 80)`."""
    found = []
    for code, image in zip(codes, images[..., 0], strict=True):
        *_, (better, _) = engine.refine(code, image, photo_weights(), latent)
        found.append(better)
    return np.stack(found)


def main() -> None:
    """Measure the model that the command line names, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="a model folder; the model in use without")
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER, help="prepared arrays")
    parser.add_argument("--count", type=int, default=COUNT, help="test portraits, evenly spread")
    options = parser.parse_args()

    from model.latent import LatentSpace

    try:
        X_train, X_test = load_arrays(options.arrays)
        engine, latent = load_engine(options.model), LatentSpace.load(options.model)
    except UserError as error:
        parser.exit(1, f"{error}\n")
    images = crop(np.asarray(evenly_spaced(X_test, max(1, options.count))))
    figures = compare(engine, latent, images, PCABaseline.cached(X_train, options.arrays))
    print(f"{len(images)} test portraits{'MSE / PCA':>12}{'face / PCA':>12}{'SSIM - PCA':>12}")
    pca = figures.pop("PCA")
    for name, row in figures.items():
        mse, face = row["mse"] / pca["mse"], row["face_mse"] / pca["face_mse"]
        print(f"codes of the {name:<8}{mse:>11.3f}{face:>12.3f}{row['ssim'] - pca['ssim']:>+12.3f}")


if __name__ == "__main__":
    main()
