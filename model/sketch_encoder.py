"""The sketch encoder: what a drawing means, as the code of a face.

The encoder of `model.network` reads a few lines on white paper as the photograph of a white face
before a white wall. This one has the same layers and another input: the drawing's tone beside its
coverage, since painted white means something and bare paper does not. It is trained on drawings
made from portraits, to predict the codes of these portraits (see `tests/bench/sketches`).
"""

from dataclasses import replace

import keras

from model.architecture import Architecture
from model.frame import IMAGE_SHAPE
from model.network import encode_pictures

RESIDUAL_BLOCKS = 2  # one more than for portraits, as drawn heads have any size and place


def build_sketch_encoder(architecture: Architecture) -> keras.Model:
    """Build the sketch encoder of an autoencoder with these widths.

    Returns:
        A model from drawings, `(n, 160, 176, 2)` in [0, 1], tone on white paper and coverage, to
        codes `(n, latent_dim)`.
    """
    widths = replace(architecture, residual_blocks=RESIDUAL_BLOCKS)
    drawings = keras.Input((*IMAGE_SHAPE, 2), name="drawings")
    _, codes = encode_pictures(drawings, widths)
    return keras.Model(drawings, codes, name="sketch_encoder")
