"""How much closer the decoder comes when the code of each portrait is searched for.

    python -m tests.bench.amortization_gap [--model FOLDER] [--arrays FOLDER] [--count N]

An encoder names the code of any portrait at once; gradient descent finds a better one, with time.
The difference is the amortization gap (Cremer, Li and Duvenaud 2018, "Inference Suboptimality in
Variational Autoencoders"): what a better encoder could gain with this decoder. The rest of the
error is the decoder's.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import UserError, load_arrays
from data.paths import NUMPY_FOLDER
from model.frame import crop
from model.loading import import_tensorflow
from model.measuring.metrics import BLOCK, evenly_spaced, reconstruction_metrics
from model.measuring.pca import PCABaseline

if TYPE_CHECKING:
    import keras

COUNT = 128  # portraits; each takes a tenth of a second
STEPS = 40
RATE = 0.08  # of the first step, in units of the codes; it falls to nothing


def compare(
    autoencoder: keras.Model, images: np.ndarray, baseline: PCABaseline
) -> dict[str, dict[str, float]]:
    """Measure reconstructions from the encoder's codes, from better ones, and PCA's.

    Args:
        autoencoder: the network.
        images: unseen portraits, float32 `(n, 160, 176, 1)` in [0, 1].
        baseline: PCA that has not seen them either.

    Returns:
        What `reconstruction_metrics` gives, for "encoder", "search" and "PCA".
    """
    from model.engine import FaceEngine

    engine = FaceEngine(autoencoder)
    codes = engine.encode(images)
    searched = search(autoencoder.get_layer("decoder"), codes, images)
    return {
        "encoder": reconstruction_metrics(images, engine.decode(codes)),
        "search": reconstruction_metrics(images, engine.decode(searched)),
        "PCA": reconstruction_metrics(images, baseline.reconstruct(images)),
    }


def search(decoder: keras.Model, codes: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Lower the squared error of each image by gradient descent on its code.

    Args:
        decoder: from codes to images.
        codes: where to start, `(n, 80)`.
        images: `(n, 160, 176, 1)` in [0, 1].

    Returns:
        Codes, float32 `(n, 80)`.
    """
    import keras
    import tensorflow as tf

    @tf.function
    def slope(codes, images):
        with tf.GradientTape() as tape:
            tape.watch(codes)
            squared = tf.reduce_sum(tf.square(decoder(codes, training=False) - images))
        return tape.gradient(squared, codes)

    found = []
    for start in range(0, len(codes), BLOCK):
        block = keras.Variable(codes[start : start + BLOCK])
        rate = keras.optimizers.schedules.PolynomialDecay(RATE, STEPS, 0.0)
        optimizer = keras.optimizers.Adam(rate, beta_2=0.95)
        for _ in range(STEPS):
            optimizer.apply([slope(block.value, images[start : start + BLOCK])], [block])
        found.append(block.numpy())
    return np.concatenate(found)


def main() -> None:
    """Measure the model that the command line names, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="a model folder; the model in use without")
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER, help="prepared arrays")
    parser.add_argument("--count", type=int, default=COUNT, help="test portraits, evenly spread")
    options = parser.parse_args()

    import_tensorflow()
    from model.engine import load_network
    from model.folder import find_model

    try:
        X_train, X_test = load_arrays(options.arrays)
        autoencoder = load_network(find_model(options.model))
    except UserError as error:
        parser.exit(1, f"{error}\n")
    images = crop(np.asarray(evenly_spaced(X_test, max(1, options.count))))
    figures = compare(autoencoder, images, PCABaseline.cached(X_train, options.arrays))
    print(f"{len(images)} test portraits{'MSE / PCA':>12}{'face / PCA':>12}{'SSIM - PCA':>12}")
    pca = figures.pop("PCA")
    for name, row in figures.items():
        mse, face = row["mse"] / pca["mse"], row["face_mse"] / pca["face_mse"]
        print(f"codes of the {name:<8}{mse:>11.3f}{face:>12.3f}{row['ssim'] - pca['ssim']:>+12.3f}")


if __name__ == "__main__":
    main()
