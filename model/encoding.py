"""From images to codes: a first guess, and its corrections by what its face lacks.

An encoder alone names the code of any image at one glance, and sees not what the decoder makes of
it. Here the decoder draws the face of that first guess; the slope of what it lacks tells how the
code should move, and a matrix of the network, trained with the rest, how far: gradient descent with
a learned preconditioner (iterative amortized inference, Marino, Yue and Mandt 2018). From the
second step on the descent is accelerated: it goes on from the best mixture of the last codes
(Anderson 1965).
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from model.frame import FACE_CENTRE, FACE_HALF_AXES, IMAGE_SHAPE
from model.measuring.ssim import blur, dissimilarity_weights, ssim

FACE_EMPHASIS = 2.0
SIMILARITY_WEIGHT = 2.5  # of structural similarity in what a face lacks
PIXELS_PER_ERROR = 50.0  # that slopes are divided by: so the matrix is about 1
STEEPER = 0.25  # by how much, of itself, a slope grows with each unit of that weight
CORRECTIONS = 8  # steps of the descent
MIXED = 4  # of the codes so far: those before are too far away to tell
SHRINKAGE = 0.01  # of all shares but the newest face's: faces that hardly differ tell none


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
    decoder: keras.Model,
    codes: tf.Tensor,
    images: tf.Tensor,
    similarity: float = SIMILARITY_WEIGHT,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Decode codes, and find the slope of what each face lacks.

    The slope is that of the training's objective, `log(E) / 2 + similarity * (1 - SSIM)`, times the
    squared error E: the nearer a face is, the less its code moves.

    Args:
        decoder: see `build_decoder`.
        codes: `(n, 80)`.
        images: what the faces should be, `(n, 160, 176, 1)` in [0, 1].
        similarity: weight of the structural similarity, 0 or more.

    Returns:
        Faces `(n, 160, 176, 1)`, the slopes of codes `(n, 80)`, divided by what makes the matrix
        about 1, and those of the faces; no gradient flows back in them.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(codes)
        faces = decoder(codes, training=False)
        errors = squared_errors(faces, images)
        scaled = errors / 2
        if similarity:
            scaled += similarity * tf.stop_gradient(errors) * (1 - ssim(faces, images))
    slopes, face_slopes = tape.gradient(scaled, (codes, faces))
    slopes /= PIXELS_PER_ERROR * (1 + STEEPER * similarity)
    return tuple(map(tf.stop_gradient, (faces, slopes, face_slopes)))


def squared_errors(faces: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Sum the squared errors of faces, the pixels weighted, `(n,)`."""
    return tf.reduce_sum(PIXEL_WEIGHTS * tf.square(faces - images), axis=(1, 2, 3))


def lacking(faces: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Return what faces lack, `(n,)`: the training's objective of each, see `faces_and_slopes`."""
    unlike = 1 - ssim(faces, images)
    return tf.math.log(squared_errors(faces, images)) / 2 + SIMILARITY_WEIGHT * unlike


def best_shares(faces: list[tf.Tensor], slopes: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Return the shares in which faces make the mixture that lacks least, by a Newton step.

    What similarity adds to the curvature counts half: as faces change, so do the variances that
    `dissimilarity_weights` holds still.

    Args:
        faces: `(n, 160, 176, 1)` each, the newest last.
        slopes: the newest faces' own, see `faces_and_slopes`.
        images: what they should be, `(n, 160, 176, 1)`.

    Returns:
        `(n, len(faces))`; those of each image sum to 1, and some may be negative.
    """
    *others, newest = faces
    changes = tf.stack([(face - newest)[..., 0] for face in others], axis=1)
    fine, coarse = dissimilarity_weights(newest, images)
    unlike = SIMILARITY_WEIGHT * squared_errors(newest, images)[:, np.newaxis, np.newaxis]
    weights = PIXEL_WEIGHTS[..., 0] + unlike * fine
    blurred = blur(changes)
    form = _products(changes, weights[:, np.newaxis] * changes)
    form += _products(blurred, (unlike * coarse)[:, np.newaxis] * blurred)
    form += SHRINKAGE * tf.eye(len(others))
    descent = -_products(changes, slopes[:, np.newaxis, ..., 0])
    shares = tf.linalg.lstsq(form, descent, fast=False)  # which takes what is not a number
    shares = tf.stop_gradient(shares)[..., 0]
    return tf.concat([shares, 1 - tf.reduce_sum(shares, axis=1, keepdims=True)], axis=1)


def _products(some: tf.Tensor, others: tf.Tensor) -> tf.Tensor:
    """Return the inner products of pictures `(n, i, h, w)` and `(n, j, h, w)`: `(n, i, j)`."""
    return tf.einsum("nihw,njhw->nij", some, others)


def mixture(rows: list[tf.Tensor], shares: tf.Tensor) -> tf.Tensor:
    """Mix rows `(n, 80)` in shares `(n, len(rows))`."""
    return tf.einsum("nk,knd->nd", shares, tf.stack(rows))


def is_corrected(autoencoder: keras.Model) -> bool:
    """Whether a network corrects its first guesses."""
    return len(autoencoder.inputs) > 1


def correct_once(autoencoder: keras.Model, guesses: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Correct first guesses by one step of the error alone: of this, the matrix learns in training.

    Slopes of similarity would lead all codes the same way, and the guesses after them without end.

    Args:
        autoencoder: see `build_autoencoder`; one without a correction stays with the guesses.
        guesses: codes that the encoder gives, `(n, 80)`.
        images: what it was given, `(n, 160, 176, 1)` in [0, 1].

    Returns:
        Codes `(n, 80)`, in which no gradient flows back to the guesses.
    """
    guesses = tf.stop_gradient(guesses)
    if not is_corrected(autoencoder):
        return guesses
    _, slopes, _ = faces_and_slopes(autoencoder.get_layer("decoder"), guesses, images, similarity=0)
    return guesses + autoencoder.get_layer("correction")(slopes)


def correct(autoencoder: keras.Model, guesses: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Correct first guesses by what their faces lack, in `CORRECTIONS` steps.

    What is no portrait at all can lead the descent astray: then the guess stays. Arguments and
    result are those of `correct_once`.
    """
    newest = guesses = tf.stop_gradient(guesses)
    if not is_corrected(autoencoder):
        return guesses
    decoder, correction = (autoencoder.get_layer(name) for name in ("decoder", "correction"))
    look = _built_once(lambda *both: faces_and_slopes(decoder, *both), guesses, images)
    best = _built_once(best_shares, [images] * MIXED, images, images)
    codes, faces, slopes = [], [], []
    for _ in range(CORRECTIONS):
        face, slope, face_slope = look(newest, images)
        for rows, row in ((codes, newest), (faces, face), (slopes, slope)):
            rows += [row] if rows else [row] * MIXED  # the same ones make no other mixture
        shares = best(faces[-MIXED:], face_slope, images)
        newest = mixture(codes[-MIXED:], shares) + correction(mixture(slopes[-MIXED:], shares))
    first, last = (lacking(face, images) for face in (faces[0], faces[-1]))
    return tf.where((last <= first)[:, tf.newaxis], newest, guesses)


def _built_once(function: Callable, *arguments: tf.Tensor) -> Callable:
    """Return a function with one graph for all its calls: that is built in a fraction of the time.

    Args:
        function: of tensors.
        arguments: such as it will be called with.
    """
    options = {"_noinline": True}
    function = tf.function(function, autograph=False, experimental_attributes=options)
    return function.get_concrete_function(*arguments)


def encode(autoencoder: keras.Model, images: tf.Tensor) -> tf.Tensor:
    """Return the codes `(n, 80)` of images `(n, 160, 176, 1)` in [0, 1], guessed and corrected."""
    guesses, _ = autoencoder.get_layer("encoder")(images, training=False)
    return correct(autoencoder, guesses, images)
