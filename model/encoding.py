"""From images to codes: a first guess, and its corrections by what its face lacks.

An encoder alone names the code of any image at one glance, and sees not what the decoder makes of
it. Here the decoder draws the face of that first guess; the slope of what it lacks tells how the
code should move, and a matrix of the network, trained with the rest, how far: gradient descent with
a learned preconditioner (iterative amortized inference, Marino, Yue and Mandt 2018). From the
second step on the descent is accelerated: it goes on from the best mixture of the codes so far
(Anderson 1965).
"""

from __future__ import annotations

from functools import partial

import keras
import numpy as np
import tensorflow as tf

from model.frame import FACE_CENTRE, FACE_HALF_AXES, IMAGE_SHAPE
from model.measuring.ssim import ssim

FACE_EMPHASIS = 2.0
SIMILARITY_WEIGHT = 2.0  # of structural similarity in what a face lacks
PIXELS_PER_ERROR = 65.0  # of the slope: with so many, the matrix is about 1
SHRINKAGE = 0.01  # of all shares but the newest face's: faces that hardly differ tell none
CORRECTIONS = 6  # steps of the descent; a seventh gains a thousandth of the error


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


PIXEL_WEIGHTS = face_weights()


def faces_and_slopes(
    decoder: keras.Model, codes: tf.Tensor, images: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Decode codes, and find the slope of what each face lacks with respect to its code.

    The slope is that of the training's objective, `log(E) / 2 + SIMILARITY_WEIGHT * (1 - SSIM)`,
    times the squared error E: the nearer a face is, the less its code moves.

    Args:
        decoder: see `build_decoder`.
        codes: `(n, 80)`.
        images: what the faces should be, `(n, 160, 176, 1)` in [0, 1].

    Returns:
        Faces `(n, 160, 176, 1)` and slopes `(n, 80)`, float32; no gradient flows back in them.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(codes)
        faces = decoder(codes, training=False)
        squares = PIXEL_WEIGHTS / PIXELS_PER_ERROR * tf.square(faces - images)
        errors = tf.reduce_sum(squares, axis=(1, 2, 3))
        unlike = SIMILARITY_WEIGHT * (1 - ssim(faces, images))
        lacking = errors / 2 + tf.stop_gradient(errors) * unlike
    return tf.stop_gradient(faces), tf.stop_gradient(tape.gradient(lacking, codes))


def nearest_shares(faces: list[tf.Tensor], images: tf.Tensor) -> tf.Tensor:
    """Return the shares in which faces make the mixture that is nearest to their images.

    Args:
        faces: `(n, 160, 176, 1)` each, the newest last.
        images: `(n, 160, 176, 1)`.

    Returns:
        `(n, len(faces))`; those of each image sum to 1, and some may be negative.
    """
    newest = faces[-1]
    if len(faces) == 1:
        return tf.ones((tf.shape(newest)[0], 1))

    def flat(differences: tf.Tensor) -> tf.Tensor:
        return tf.reshape(np.sqrt(PIXEL_WEIGHTS) * differences, (-1, np.prod(IMAGE_SHAPE)))

    others = tf.stack([flat(face - newest) for face in faces[:-1]], axis=2)
    missing = flat(images - newest)[..., tf.newaxis]
    shares = tf.linalg.lstsq(others, missing, l2_regularizer=SHRINKAGE)[..., 0]
    return tf.concat([shares, 1 - tf.reduce_sum(shares, axis=1, keepdims=True)], axis=1)


def mixture(rows: list[tf.Tensor], shares: tf.Tensor) -> tf.Tensor:
    """Mix rows `(n, 80)` in shares `(n, len(rows))`."""
    return tf.einsum("nk,knd->nd", shares, tf.stack(rows))


def is_corrected(autoencoder: keras.Model) -> bool:
    """Whether a network corrects its first guesses."""
    return len(autoencoder.inputs) > 1


def correct(
    autoencoder: keras.Model, guesses: tf.Tensor, images: tf.Tensor, steps: int = CORRECTIONS
) -> tf.Tensor:
    """Correct first guesses by what their faces lack.

    What is no portrait at all can lead the descent astray: then the guess stays.

    Args:
        autoencoder: see `build_autoencoder`; one without a correction stays with the guesses.
        guesses: codes that the encoder gives, `(n, 80)`.
        images: what it was given, `(n, 160, 176, 1)` in [0, 1].
        steps: of gradient descent, 1 or more.

    Returns:
        Codes `(n, 80)`, in which no gradient flows back to the guesses.
    """
    newest = tf.stop_gradient(guesses)
    if is_corrected(autoencoder):
        decoder, correction = (autoencoder.get_layer(name) for name in ("decoder", "correction"))
        look = partial(faces_and_slopes, decoder)
        if steps > 1:  # built once for all steps, in a third of the time
            look = tf.function(look, autograph=False, experimental_attributes={"_noinline": True})
            look = look.get_concrete_function(newest, images)
        codes, faces, slopes = [], [], []
        for _ in range(steps):
            face, slope = look(newest, images)
            codes.append(newest)
            faces.append(face)
            slopes.append(slope)
            shares = nearest_shares(faces, images)
            newest = mixture(codes, shares) + correction(mixture(slopes, shares))
        first, last = (
            tf.reduce_sum(PIXEL_WEIGHTS * tf.square(images - face), axis=(1, 2, 3))
            for face in (faces[0], faces[-1])
        )
        newest = tf.where((last > first)[:, tf.newaxis], codes[0], newest)
    return newest


def encode(autoencoder: keras.Model, images: tf.Tensor) -> tf.Tensor:
    """Return the codes `(n, 80)` of images `(n, 160, 176, 1)` in [0, 1], guessed and corrected."""
    guesses, _ = autoencoder.get_layer("encoder")(images, training=False)
    return correct(autoencoder, guesses, images)
