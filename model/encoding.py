"""From images to codes: the encoder's guess, and its correction by gradient descent.

The encoder guesses the code in one pass, without seeing the decoded face. `correct` decodes that
guess, compares the face with the image, and moves the code down the gradient of the difference, a
few times. A matrix of the network, trained with the rest, turns a gradient into a step: a learned
preconditioner (iterative amortized inference, Marino, Yue and Mandt 2018). Each step starts from
the mixture of the latest codes whose mixed faces come nearest to the image (Anderson 1965).
"""

import keras
import numpy as np
import tensorflow as tf

from model.frame import IMAGE_SHAPE, face_radius
from model.measuring.ssim import ssim

STEPS = 6  # steps of the descent
MIXED = 4  # latest codes in a mixture
RIDGE = 0.01  # of the least squares, for nearly identical faces
GRADIENT_SCALE = 50.0  # divisor of the gradients, chosen so that the matrix's entries are near 1
GRADIENT_GROWTH = 0.25  # growth of that divisor per unit of `ssim_weight`, which adds to gradients


def face_weights(emphasis: float) -> np.ndarray:
    """Return the weight of every pixel in an error, float32 `(160, 176, 1)`, 1 on average.

    `emphasis`, 0 or more, is how much more a pixel at the center of the face weighs than one in the
    background.
    """
    weights = 1 + emphasis / (1 + np.exp(10 * (face_radius() - 1.1)))
    return (weights / weights.mean()).astype(np.float32)[..., np.newaxis]


def encode(autoencoder: keras.Model, images: tf.Tensor) -> tf.Tensor:
    """Return the codes `(n, latent_dim)` of images `(n, 160, 176, 1)` in [0, 1], corrected."""
    guesses, _ = autoencoder.get_layer("encoder")(images, training=False)
    return correct(autoencoder, guesses, images)


def correct(autoencoder: keras.Model, guesses: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Move codes towards those whose faces are nearest to images, in `STEPS` steps.

    The descent can diverge if an image is not a portrait. Then the face before the last step is
    farther from its image than the first, and the guess is returned.

    Args:
        autoencoder: see `build_autoencoder`.
        guesses: codes to start from, `(n, latent_dim)`.
        images: the pictures that the faces should match, `(n, 160, 176, 1)` in [0, 1].

    Returns:
        Codes `(n, latent_dim)`, through which no gradient flows.
    """
    codes = guesses
    ssim_weight = autoencoder.architecture.ssim_weight
    step = tf.function(
        lambda codes: propose(autoencoder, codes, images, ssim_weight),
        autograph=False,
        experimental_attributes={"_noinline": True},  # six copies take seconds more to optimise
    ).get_concrete_function(codes)
    history: list[tuple[tf.Tensor, tf.Tensor]] = []
    losses = []
    for _ in range(STEPS):
        faces, changes, loss = step(codes)
        losses.append(loss)
        history = [*history, (faces, codes + changes)][-MIXED:]
        shares = best_shares([faces for faces, _ in history], images)
        # Faces change about linearly with codes, so the shares of faces are those of codes, too.
        codes = tf.einsum("nk,knd->nd", shares, tf.stack([proposed for _, proposed in history]))
    return tf.stop_gradient(tf.where((losses[-1] <= losses[0])[:, tf.newaxis], codes, guesses))


def correct_once(autoencoder: keras.Model, guesses: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """Correct guesses in one step by the squared error alone: the step that is trained.

    Steps by the similarity too would move all codes the same way, and training would push the
    guesses after them without end. Arguments and result are those of `correct`, except that
    gradients flow back from the result to the layer "correction".
    """
    guesses = tf.stop_gradient(guesses)
    _, changes, _ = propose(autoencoder, guesses, images, ssim_weight=0.0)
    return guesses + changes


def propose(
    autoencoder: keras.Model, codes: tf.Tensor, images: tf.Tensor, ssim_weight: float
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Decode codes `(n, latent_dim)`, and propose changes that bring the faces nearer to images.

    The images are `(n, 160, 176, 1)` in [0, 1], the weight of the similarity is 0 or more. The loss
    of a face is `log(E) / 2 + ssim_weight * (1 - SSIM)`, as in training, but E is the squared error
    of pixels alone, without that of edges. Its gradient is taken times E: the nearer a face is, the
    less its code moves.

    Returns:
        Faces `(n, 160, 176, 1)`, changes of the codes `(n, latent_dim)`, losses `(n,)`. Gradients
        flow back from the changes to the layer "correction" only.
    """
    weights = face_weights(autoencoder.architecture.face_emphasis)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(codes)
        faces = autoencoder.get_layer("decoder")(codes, training=False)
        errors = tf.reduce_sum(weights * tf.square(faces - images), axis=(1, 2, 3))
        dissimilarities = 1 - ssim(faces, images) if ssim_weight else tf.zeros_like(errors)
        scaled = errors / 2 + ssim_weight * tf.stop_gradient(errors) * dissimilarities
    gradients = tape.gradient(scaled, codes) / GRADIENT_SCALE
    gradients /= 1 + GRADIENT_GROWTH * ssim_weight
    changes = autoencoder.get_layer("correction")(tf.stop_gradient(gradients))
    losses = tf.math.log(errors) / 2 + ssim_weight * dissimilarities
    return tf.stop_gradient(faces), changes, tf.stop_gradient(losses)


def best_shares(faces: list[tf.Tensor], images: tf.Tensor) -> tf.Tensor:
    """Return the shares in which mixed faces come nearest to images, both `(n, 160, 176, 1)`.

    The shares, `(n, len(faces))`, sum to 1 for each image, and some may be negative.
    """
    *others, newest = (tf.reshape(face - images, (-1, np.prod(IMAGE_SHAPE))) for face in faces)
    if not others:
        return tf.ones_like(newest[:, :1])
    differences = tf.stack([other - newest for other in others], axis=2)
    gram = tf.matmul(differences, differences, transpose_a=True) + RIDGE * tf.eye(len(others))
    slopes = tf.matmul(differences, newest[..., tf.newaxis], transpose_a=True)
    shares = tf.linalg.lstsq(gram, -slopes, fast=False)[..., 0]  # `fast` raises for NaN
    return tf.concat([shares, 1 - tf.reduce_sum(shares, axis=1, keepdims=True)], axis=1)
