"""The encoder of drawings: trained on drawings of faces that the decoder makes up.

Pairs of a drawing and the code of its face have no end, so there is nothing to learn by heart, and
the encoder of portraits never sees a drawing. The decoder stays as it is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from model.frame import IMAGE_SHAPE
from model.latent import LatentSpace
from model.network import Architecture, build_sketch_encoder
from model.training.devices import training_policy
from model.training.drawings import draw
from model.training.optimizer import build_optimizer
from model.training.trial_sketches import trial_sketches

LEAST_SCALE = 0.02  # of the largest: what portraits hardly differ in is not blown up
RADIUS = 0.92  # of the answers, of the distance at which portraits lie
LEARNING_RATE = 1e-3
EPOCHS = 10  # after each, trial sketches say how well it follows
FOLLOWING, CODE, PICTURE = 3.0, 0.5, 10.0  # weights of the three parts of the loss
SHRUNK, BLUR = 4, 1.5  # pictures are compared this much smaller, and blurred by so many pixels


class SketchLessons(keras.Model):
    """The sketch encoder while it is trained.

    Every step makes up faces, draws them, and asks for codes. An answer is good if it looks like
    the drawing does under a blur, whatever that shows; if its face looks like the one that was
    drawn; and if its code points where that face's does. The last two count for less where a
    drawing shows few of the tones of its face.

    Args:
        encoder: from `build_sketch_encoder`.
        decoder: of codes; it is not changed.
        latent: the latent space of the portraits.
        seed: of the faces.
    """

    def __init__(self, encoder: keras.Model, decoder: keras.Model, latent: LatentSpace, seed: int):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        decoder.trainable = False
        self.gallery = tf.constant(latent.to_sliders(latent.gallery), tf.float32)
        self.to_codes = tf.constant(latent.components * latent.scales[:, np.newaxis], tf.float32)
        self.middle = tf.constant(latent.mean)
        self.chance = keras.random.SeedGenerator(seed)
        self.following_tracker = keras.metrics.Mean(name="following")

    def call(self, drawings, training=False):
        """Answer drawings `(n, 160, 176, 1)` with codes."""
        return self.encoder(drawings, training=training)

    def make_up(self, n: int):
        """Make up faces: codes between two portraits' codes, at their distance from the mean.

        Of every two the one of more contrast is taken, since people draw black on white.

        Returns:
            Whitened coordinates `(n, 80)` and pictures `(n, 160, 176, 1)`.
        """
        rows = keras.random.randint((2, 2 * n), 0, len(self.gallery), seed=self.chance)
        one, other = (ops.take(self.gallery, rows[i], axis=0) for i in range(2))
        share = keras.random.uniform((2 * n, 1), seed=self.chance)
        values = ops.sqrt(share) * one + ops.sqrt(1 - share) * other
        faces = self.decoder(self._codes(values), training=False)
        contrast = ops.std(_overview(faces), axis=1)
        better = ops.cast(contrast[:n] < contrast[n:], "int32")
        rows = ops.arange(n) + n * better
        return ops.take(values, rows, axis=0), ops.take(faces, rows, axis=0)

    def train_step(self, n):
        """Learn from `n[0]` new faces."""
        values, faces = self.make_up(n.shape[0])
        drawings, shown = draw(faces)
        with tf.GradientTape() as tape:
            codes = self.encoder(drawings, training=True)
            answers = self.decoder(codes, training=True)
            loss, following = self._loss(codes, answers, values, faces, drawings, shown)
        variables = self.encoder.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        self.following_tracker.update_state(following)
        return {"following": self.following_tracker.result()}

    def _loss(self, codes, answers, values, faces, drawings, shown):
        overview, of_face = _overview(answers), _overview(faces)
        following = correlation(overview, _overview(drawings))
        picture = ops.mean(ops.square(overview - of_face), axis=1)
        wanted = values @ self.to_codes
        wanted /= ops.norm(wanted, axis=1, keepdims=True)
        offsets = codes - self.middle
        agreement = ops.sum(offsets * wanted, axis=1) / ops.norm(offsets, axis=1)
        loss = FOLLOWING * (1 - following) + shown * (PICTURE * picture + CODE * (1 - agreement))
        return ops.mean(loss), ops.mean(following)

    def _codes(self, values):
        return values @ self.to_codes + self.middle


def train_sketch_encoder(
    autoencoder: keras.Model,
    latent: LatentSpace,
    architecture: Architecture,
    steps: int,
    batch_size: int = 32,
    seed: int = 0,
    say: Callable[[str], None] = lambda sentence: None,
) -> tuple[list[np.ndarray], list[dict[str, float]]]:
    """Train an encoder of drawings for a decoder.

    It starts as the encoder of portraits does, whose answers are brought to the sphere. The weights
    that follow the trial sketches best are kept; a Ctrl-C ends the training and keeps them too.

    Args:
        autoencoder: in float32, with the submodels "encoder" and "decoder".
        latent: its latent space.
        architecture: its widths.
        steps: batches.
        batch_size: drawings in a batch.
        seed: of faces and drawings.
        say: called with sentences about what goes on.

    Returns:
        The weights of a `build_sketch_encoder`, and one dictionary an epoch: "following" of its
        own drawings, "trial" of the trial sketches.
    """
    keras.utils.set_random_seed(seed)
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy(training_policy())
    try:
        encoder = build_sketch_encoder(architecture)
    finally:
        keras.config.set_dtype_policy(previous)
    start_from_portraits(encoder, autoencoder.get_layer("encoder"), latent)
    lessons = SketchLessons(encoder, autoencoder.get_layer("decoder"), latent, seed)
    per_epoch = max(1, math.ceil(steps / EPOCHS))
    lessons.compile(build_optimizer(EPOCHS * per_epoch, LEARNING_RATE), jit_compile=False)
    sizes = tf.data.Dataset.from_tensors(tf.zeros(batch_size)).repeat()
    watch = _Trials(trial_sketches(), say)
    try:
        lessons.fit(
            sizes,
            steps_per_epoch=per_epoch,
            epochs=EPOCHS,
            shuffle=False,  # there is nothing to shuffle
            verbose=0,
            callbacks=[keras.callbacks.SwapEMAWeights(), watch],
        )
    except KeyboardInterrupt:
        say("Stopped; the best sketch encoder so far is kept.")
    lessons.decoder.trainable = True
    return watch.best or encoder.get_weights(), watch.history


def start_from_portraits(encoder: keras.Model, portraits: keras.Model, latent: LatentSpace) -> None:
    """Give a sketch encoder the weights of the portraits' encoder, and set its last layer.

    Args:
        encoder: from `build_sketch_encoder`.
        portraits: from `build_encoder`, of the same widths.
        latent: the latent space of the portraits.
    """
    scales = np.maximum(latent.scales, LEAST_SCALE * latent.scales[0])
    whitening = latent.components.T / scales
    radius = RADIUS * float(latent.mahalanobis(latent.gallery).mean())
    for layer in encoder.layers:
        if layer.name == "mean":
            kernel, bias = portraits.get_layer("mean").get_weights()
            layer.set_weights([kernel @ whitening, (bias - latent.mean) @ whitening])
        elif layer.name == "overview_mean":
            (kernel,) = portraits.get_layer("overview_mean").get_weights()
            layer.set_weights([kernel @ whitening])
        elif layer.name == "place":
            steps = radius * latent.scales[:, np.newaxis] * latent.components
            layer.set_weights([steps, latent.mean])
        elif layer.weights:
            layer.set_weights(portraits.get_layer(layer.name).get_weights())


class _Trials(keras.callbacks.Callback):
    """Judges every epoch by trial sketches, with the averaged weights, and keeps the best."""

    def __init__(self, sketches: np.ndarray, say: Callable[[str], None]):
        super().__init__()
        self.history: list[dict[str, float]] = []
        self.best: list[np.ndarray] | None = None
        self._sketches = sketches
        self._say = say
        self._began = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        answers = self.model.decoder(self.model(self._sketches), training=False)
        trial = correlation(_overview(answers), _overview(self._sketches))
        row = {name: float(value) for name, value in (logs or {}).items()}
        row["trial"] = float(ops.mean(trial))
        if row["trial"] > max((former["trial"] for former in self.history), default=-math.inf):
            self.best = self.model.encoder.get_weights()
        self.history.append(row)
        minutes = (time.monotonic() - self._began) / 60
        self._say(
            f"Sketches, epoch {epoch + 1} of {EPOCHS}: drawings are followed at "
            f"{row['following']:.3f}, trial sketches at {row['trial']:.3f}; {minutes:.0f} min"
        )


def _blurring(length: int) -> np.ndarray:
    """Matrix that blurs a column of so many pixels, the edge weighing more."""
    offsets = np.subtract.outer(np.arange(length), np.arange(length))
    matrix = np.exp(-0.5 * (offsets / BLUR) ** 2).astype(np.float32)
    return matrix / matrix.sum(axis=1, keepdims=True)


DOWN = _blurring(IMAGE_SHAPE[0] // SHRUNK)
ACROSS = _blurring(IMAGE_SHAPE[1] // SHRUNK).T


def _overview(images):
    """Shrink and blur pictures `(n, 160, 176, 1)` to rows of numbers `(n, 1760)`."""
    small = ops.average_pool(ops.cast(images, "float32"), SHRUNK, SHRUNK)[..., 0]
    blurred = ops.matmul(DOWN, ops.matmul(small, ACROSS))
    return ops.reshape(blurred, (-1, blurred.shape[1] * blurred.shape[2]))


def correlation(rows, others):
    """Correlate rows of numbers, `(n, m)` each: `(n,)`."""
    rows = rows - ops.mean(rows, axis=1, keepdims=True)
    others = others - ops.mean(others, axis=1, keepdims=True)
    product = ops.sum(rows * others, axis=1)
    lengths = ops.sum(ops.square(rows), axis=1) * ops.sum(ops.square(others), axis=1)
    return product / ops.sqrt(lengths + 1e-6)
