"""How much closer the same decoder comes when the codes are searched for, portrait by portrait.

    python -m model.amortization_gap [--model FOLDER] [--arrays FOLDER] [--count N]

An encoder names the code of any portrait at once; gradient descent finds a better one in half a
second. The difference is the amortization gap (Cremer, Li and Duvenaud 2018, "Inference
Suboptimality in Variational Autoencoders"): what a better encoder could gain with this decoder. The
rest of the error is the decoder's.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import UserError, load_arrays
from data.paths import NUMPY_FOLDER
from model.baseline import PCABaseline
from model.evaluate import reconstruction_figures, spread
from model.frames import crop

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

COUNT = 100  # portraits; each takes half a second


def compare(
    engine: FaceEngine, latent: LatentSpace, images: np.ndarray, baseline: PCABaseline
) -> dict[str, dict[str, float]]:
    """Measure reconstructions from the encoder's codes, from better ones, and PCA's.

    Args:
        engine: the network.
        latent: its latent space; the search stays as far from its mean as portraits lie.
        images: unseen portraits, float32 `(n, 160, 176, 1)` in [0, 1].
        baseline: PCA that has not seen them either.

    Returns:
        What `reconstruction_figures` gives, for "encoder", "search" and "PCA".
    """
    codes = engine.encode(images)
    everywhere = np.ones(images.shape[1:3], np.float32)
    searched = [
        min(engine.refine(code, image[..., 0], everywhere, latent), key=lambda step: step[1])[0]
        for code, image in zip(codes, images, strict=True)
    ]
    return {
        "encoder": reconstruction_figures(images, engine.decode(codes)),
        "search": reconstruction_figures(images, engine.decode(np.stack(searched))),
        "PCA": reconstruction_figures(images, baseline.reconstruct(images)),
    }


def main() -> None:
    """Measure the model that the command line names, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="a model folder; the model in use without")
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER, help="prepared arrays")
    parser.add_argument("--count", type=int, default=COUNT, help="test portraits, evenly spread")
    options = parser.parse_args()

    from model.latent import LatentSpace
    from model.quiet import load_engine

    try:
        X_train, X_test = load_arrays(options.arrays)
        engine, latent = load_engine(options.model), LatentSpace.load(options.model)
    except UserError as error:
        parser.exit(1, f"{error}\n")
    images = crop(np.asarray(spread(X_test, max(1, options.count))))
    figures = compare(engine, latent, images, PCABaseline.cached(X_train, options.arrays))
    print(f"{len(images)} test portraits{'MSE / PCA':>12}{'face / PCA':>12}{'SSIM - PCA':>12}")
    pca = figures.pop("PCA")
    for name, row in figures.items():
        mse, face = row["mse"] / pca["mse"], row["face_mse"] / pca["face_mse"]
        print(f"codes of the {name:<8}{mse:>11.3f}{face:>12.3f}{row['ssim'] - pca['ssim']:>+12.3f}")


if __name__ == "__main__":
    main()
