"""The sketch encoder: what a drawing means, as the code of a face.

The encoder of `model.network` reads a few lines on white paper as the photograph of a white face
before a white wall. This one has the same layers and another input: the drawing's tone beside its
coverage, since painted white means something and bare paper does not. It is trained on drawings
made from portraits, to predict the codes of these portraits (see `tests/bench/sketches`).

What the portrait encoder guesses from the tones is an input too, since it follows shading well.
Every number of a code is a mixture of the guess and of a number of its own, in shares that are
learned. So the sketch encoder learns what the guess lacks.

Artists' shaded drawings are few, and a large network learns them by heart. So the large one only
recognises them, and a small one reads most of their code: a radial basis function network
(Broomhead and Lowe 1988). It measures how near the guess is to each of 512 guesses from shaded
drawings; each adds its part to the code, the more the nearer. These parts are fitted by least
squares.
"""

from dataclasses import replace

import keras
from keras import layers, ops

from model.architecture import Architecture
from model.frame import IMAGE_SHAPE
from model.network import encode_pictures

RESIDUAL_BLOCKS = 2  # one more than for portraits, as drawings differ more
SKETCH_ENCODER_VERSION = 3  # raised when older sketch encoders no longer fit
FIRST_SHARE = -2.0  # logit of the guess's share before training
CENTRES = 512  # guesses from shaded drawings, which others are compared with
BREADTH = 1 / 12  # mean squared difference of numbers of two guesses that are near
NEVER_SHADED = -20.0  # logit of "this drawing is shaded" before training
SHADED_SHARE = 0.7  # share of the small network in the code of a shaded drawing


def build_sketch_encoder(architecture: Architecture) -> keras.Model:
    """Build the sketch encoder of an autoencoder with these widths.

    Returns:
        A model from drawings, `(n, 160, 176, 2)` in [0, 1], tone on white paper and coverage, and
        codes that the portrait encoder guesses from the tones, `(n, latent_dim)`, to codes
        `(n, latent_dim)`.
    """
    widths = replace(architecture, residual_blocks=RESIDUAL_BLOCKS)
    drawings = keras.Input((*IMAGE_SHAPE, 2), name="drawings")
    guesses = keras.Input((architecture.latent_dim,), name="guesses")
    features, codes = encode_pictures(drawings, widths)
    share = _gate(architecture.latent_dim, FIRST_SHARE, "share")(features)
    codes = codes + share * (guesses - codes)
    codes = layers.Identity(dtype="float32", name="strokes")(codes)  # of drawings not shaded

    # Half the squared distance of a guess g from a centre c is |g|^2 / 2 - g c + |c|^2 / 2. Here it
    # is negative: the layer has the kernel c and the bias -|c|^2 / 2, then |g|^2 / 2 is subtracted.
    nearness = layers.Dense(CENTRES, dtype="float32", name="centres")(guesses)
    nearness -= ops.sum(ops.square(guesses), axis=1, keepdims=True) / 2
    nearness = ops.exp(nearness / (BREADTH * architecture.latent_dim))
    meant = layers.Dense(architecture.latent_dim, dtype="float32", name="meant")(nearness)
    shaded = _gate(1, NEVER_SHADED, "shaded")(features)
    codes = codes + SHADED_SHARE * shaded * (meant - codes)
    return keras.Model([drawings, guesses], codes, name="sketch_encoder")


def with_guesses(sketch_encoder: keras.Model, encoder: keras.Model) -> keras.Model:
    """Return a model from drawings alone: the portrait encoder makes the guesses."""
    drawings = keras.Input((*IMAGE_SHAPE, 2), name="drawings")
    guesses, _ = encoder(drawings[..., :1])
    return keras.Model(drawings, sketch_encoder([drawings, guesses]), name="sketch_reader")


def _gate(units: int, logit: float, name: str) -> layers.Dense:
    """Return a layer to shares from 0 to 1, which are those of a logit before training."""
    return layers.Dense(
        units,
        activation="sigmoid",
        kernel_initializer="zeros",
        bias_initializer=keras.initializers.Constant(logit),
        dtype="float32",
        name=name,
    )
