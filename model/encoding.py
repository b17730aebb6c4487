"""From images to codes: a first guess, and its corrections by how far its face is off.

An encoder alone names the code of any image at one glance, and sees not what the decoder makes of
it. Here the decoder draws the face of that first guess; the slope of its error tells how the code
should move, and a matrix of the network, trained with the rest, how far: gradient descent with a
learned preconditioner (iterative amortized inference, Marino, Yue and Mandt 2018).
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from model.frame import FACE_CENTRE, FACE_HALF_AXES, IMAGE_SHAPE

FACE_EMPHASIS = 2.0
PIXELS_PER_ERROR = 50.0  # of the gradient: with so many, the matrix is about 1
CORRECTIONS = 2  # steps of the descent; a third would gain less than half of what the second does


def face_weights(emphasis: float = FACE_EMPHASIS) -> np.ndarray:
    """Weight of every pixel in an error: higher on the face, with a soft rim, 1 on average.

    Args:
        emphasis: how much more a pixel at the centre of the face weighs than one in the
            background, 0 or more.

    Returns:
        float32 array of shape `(160, 176, 1)`.
    """
    y, x = np.mgrid[: IMAGE_SHAPE[0], : IMAGE_SHAPE[1]]
    radius = np.hypot(
        (x - FACE_CENTRE[0]) / FACE_HALF_AXES[0], (y - FACE_CENTRE[1]) / FACE_HALF_AXES[1]
    )
    weights = 1 + emphasis / (1 + np.exp(10 * (radius - 1.1)))
    return (weights / weights.mean()).astype(np.float32)[..., np.newaxis]


def error_gradient(decoder: keras.Model, codes: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Return the gradient of each face's squared error with respect to its code.

    Args:
        decoder: see `build_decoder`.
        codes: `(n, 80)`.
        images: what the faces should be, `(n, 160, 176, 1)` in [0, 1].

    Returns:
        float32 `(n, 80)`, in which no gradient flows back.
    """
    weights = face_weights() / PIXELS_PER_ERROR
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(codes)
        faces = decoder(codes, training=False)
        error = 0.5 * tf.reduce_sum(weights * tf.square(faces - images))
    return tf.stop_gradient(tape.gradient(error, codes))


def is_corrected(autoencoder: keras.Model) -> bool:
    """Whether a network corrects its first guesses."""
    return len(autoencoder.inputs) > 1


def correct(
    autoencoder: keras.Model, guesses: tf.Tensor, images: tf.Tensor, steps: int = CORRECTIONS
) -> tf.Tensor:
    """Correct first guesses by how far their faces are off.

    Args:
        autoencoder: see `build_autoencoder`; one without a correction stays with the guesses.
        guesses: codes that the encoder gives, `(n, 80)`.
        images: what it was given, `(n, 160, 176, 1)` in [0, 1].
        steps: of gradient descent.

    Returns:
        Codes `(n, 80)`, in which no gradient flows back to the guesses.
    """
    codes = tf.stop_gradient(guesses)
    if is_corrected(autoencoder):
        for _ in range(steps):
            gradients = error_gradient(autoencoder.get_layer("decoder"), codes, images)
            codes += autoencoder.get_layer("correction")(gradients)
    return codes


def encode(autoencoder: keras.Model, images: tf.Tensor) -> tf.Tensor:
    """Return the codes `(n, 80)` of images `(n, 160, 176, 1)` in [0, 1], guessed and corrected."""
    guesses, _ = autoencoder.get_layer("encoder")(images, training=False)
    return correct(autoencoder, guesses, images)
