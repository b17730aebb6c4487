"""The network this project began with, and the way it was trained: what benchmarks compare with.

A student project on the same archive: four stages of convolution and pooling, a bottleneck of two
channels, 80 numbers behind a ReLU, and the same in reverse; float32, batches of four, three epochs
of Adam at its default rate on the squared error, all portraits in memory as floats.
"""

from __future__ import annotations

import numpy as np
from keras import Input, Model, layers

from model.frame import IMAGE_SHAPE, LATENT_DIM
from model.network import BOTTOM_SHAPE

WIDTHS = (32, 64, 128, 256)
BOTTLENECK = 2  # channels


def build_original(widths: tuple[int, int, int, int] = WIDTHS) -> Model:
    """Build the original network.

    Args:
        widths: channels of the four stages, from full resolution down.

    Returns:
        A compiled model from images to reconstructions, both `(n, 160, 176, 1)` in [0, 1], with
        the submodels "encoder" and "decoder".
    """
    images = Input((*IMAGE_SHAPE, 1), name="images")
    x = images
    for width in widths:
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(BOTTLENECK, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    encoder = Model(images, layers.Dense(LATENT_DIM, activation="relu")(x), name="encoder")

    codes = Input((LATENT_DIM,), name="codes")
    bottom = (*BOTTOM_SHAPE, BOTTLENECK)
    x = layers.Dense(int(np.prod(bottom)), activation="relu")(codes)
    x = layers.Reshape(bottom)(x)
    for width in reversed(widths):
        x = layers.Conv2DTranspose(width, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
    decoder = Model(codes, x, name="decoder")

    network = Model(images, decoder(encoder(images)), name="original")
    # Keras would compile with XLA, which takes twice as long on a processor: not held against it.
    network.compile(optimizer="adam", loss="mean_squared_error", jit_compile=False)
    return network
