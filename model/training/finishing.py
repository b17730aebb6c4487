"""Training of the finisher: asked for a plausible face, where squared error asks for the mean.

Reads from top to bottom: the two networks and their two losses in one step, what they are shown,
and `train_finisher`. See `model.finisher` and `model.training.critic` for the networks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from data.arrays import drop_pages
from model.encoding import encode
from model.finisher import SHARPENER, build_finisher, decoder_maps
from model.frame import CROP_LEFT, CROP_TOP, IMAGE_SHAPE, crop, mirror
from model.measuring.metrics import evenly_spaced, image_metrics
from model.training.augmentation import recombine
from model.training.callbacks import (
    ALL_DONE,
    DIVERGED,
    INTERRUPTED,
    Interruption,
    Progress,
    TrainingState,
)
from model.training.critic import build_critic, local_mean, shown
from model.training.devices import training_policy

VALIDATED = 200  # validation portraits after every epoch
VALIDATED_AT_ONCE = 8
WINDOW = 12  # cells a side of the coarsest map, 96 pixels, that are trained on at a time
SHIFT = 1  # pixels by which portraits are moved at most
BLUR = 7  # pixels a side of the mean in which finished and decoded face shall agree
CRITIC_RATE = 2.0  # of the finisher's learning rate
SHARPNESS = 0.85  # share of a portrait's Laplacian energy that half of the portraits shall keep
MOST_GAIN = 1.25  # on the detail, to come to that


@dataclass(frozen=True)
class FinisherSettings:
    """Everything that decides what the training of a finisher gives.

    Attributes:
        steps: batches in all.
        steps_per_epoch: after each epoch the state is written and the validation slice measured.
        portraits: in a batch.
        recombination: share of the portraits that get a part of another one, see `recombine`.
        learning_rate: highest, of the finisher; it falls as a cosine.
        averaging: momentum of the moving average of the weights.
        plausible, features, pixels, distant: of the finisher's loss, see `Finishing`.
        seed: of weights, order and chance.
    """

    steps: int = 1600
    steps_per_epoch: int = 100
    portraits: int = 12
    recombination: float = 0.9
    learning_rate: float = 4e-4
    averaging: float = 0.998
    plausible: float = 0.25
    features: float = 1.0
    pixels: float = 2.0
    distant: float = 400.0
    seed: int = 0


class TwoRates(keras.optimizers.Adam):
    """Adam, with which the critic learns `CRITIC_RATE` times as fast as the finisher.

    A critic that lags behind sees no difference, and what it asks for is chance (Heusel et al.
    2017 train the two at rates of their own).

    Args:
        first: number of variables that belong to the finisher; the others are the critic's.
        options: see Keras.
    """

    def __init__(self, first: int, **options):
        super().__init__(**options)
        self._first = first

    def update_step(self, gradient, variable, learning_rate):
        """Move one variable."""
        if self._get_variable_index(variable) >= self._first:
            learning_rate = CRITIC_RATE * learning_rate
        super().update_step(gradient, variable, learning_rate)


class Finishing(keras.Model):
    """The finisher and its critic while they are trained; encoder and decoder stay as they are.

    The critic learns to answer above 1 for portraits and below -1 for finished faces (the hinge of
    a generative adversarial network). The finisher learns, in the same step, four things:

    plausible: the critic's answers for what it finished to be high. This alone would give *a* face
        with hair and skin.
    features: the critic's features of a finished reconstruction to be those of the portrait itself
        (Larsen et al. 2016): the right kind of hair and skin in the right place, though not the
        right pixels.
    pixels: the absolute error to the portrait, a little.
    distant: blurred by 7 x 7 pixels, the finished face to be the decoder's.

    Args:
        autoencoder: trained, see `build_autoencoder`.
        finisher: from `build_finisher`.
        settings: see there.
    """

    def __init__(self, autoencoder: keras.Model, finisher: keras.Model, settings: FinisherSettings):
        super().__init__(dtype="float32")  # of what it is given; its networks have their own
        self.finisher, self.critic, self.settings = finisher, build_critic(), settings
        maps = decoder_maps(autoencoder.get_layer("decoder"))
        # Functions hide the layers: these weights are neither trained nor kept with the others.
        self._encode = lambda images: encode(autoencoder, images)
        self._maps = lambda codes: maps(codes, training=False)
        names = ("loss", "critic", "mse", "sharpness")
        self._trackers = {name: keras.metrics.Mean(name=name) for name in names}

    def call(self, images):
        """Finish the reconstructions of images `(n, 160, 176, 1)`."""
        return self.finisher(self._maps(self._encode(images)))

    def train_step(self, portraits):
        """Take a step with both networks: each down the slope of its own loss."""
        portraits = recombine(portraits, self.settings.recombination)
        codes, *maps = self._maps(self._encode(portraits))
        window = random_window(maps[0].shape[1:3])
        portraits, *maps = (window(x) for x in (portraits, *maps))
        decoded = pictures(maps[-1])
        n = portraits.shape[0]
        with tf.GradientTape(persistent=True) as tape:
            finished = pictures(self.finisher.get_layer(SHARPENER)([codes, *maps], training=True))
            answers, features = self.critic(shown(portraits, finished, decoded), training=True)
            critic_loss = tf.add_n([_hinge(a[:n]) + _hinge(-a[n:]) for a in answers])
            finisher_loss = (
                self.settings.plausible * -tf.add_n([_mean(a[n:]) for a in answers])
                + self.settings.features * tf.add_n([_apart(f[:n], f[n:]) for f in features])
                + self.settings.pixels * _mean(tf.abs(finished - portraits))
                + self.settings.distant * _mean(tf.square(local_mean(finished - decoded, BLUR)))
            )
        slopes = tape.gradient(finisher_loss, self.finisher.trainable_variables)
        slopes += tape.gradient(critic_loss, self.critic.trainable_variables)
        self.optimizer.apply(slopes, self.trainable_variables)
        return self._track(portraits, finished, loss=finisher_loss, critic=critic_loss)

    def test_step(self, portraits):
        """Measure reconstructions; the loss is the error added and the sharpness lacking."""
        maps = self._maps(self._encode(portraits))
        decoded, finished = pictures(maps[-1]), self.finisher(maps, training=False)
        added = _squared(finished - portraits) / _squared(decoded - portraits)
        lacking = tf.abs(tf.math.log(_sharpness(portraits, finished)))
        return self._track(portraits, finished, loss=added + lacking)

    def _track(self, portraits, finished, **losses):
        losses |= {"mse": _squared(finished - portraits)}
        losses |= {"sharpness": _sharpness(portraits, finished)}
        for name, value in losses.items():
            self._trackers[name].update_state(value)
        return {name: self._trackers[name].result() for name in losses}


def random_window(grid: tuple[int, int]) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return a function that cuts the same part out of pictures and maps of any size.

    Parts of many faces teach more in the same time than few whole ones.

    Args:
        grid: rows and columns of the coarsest map, in which the window is laid.
    """
    corner = [tf.random.uniform((), 0, side - WINDOW + 1, tf.int32) for side in grid]

    def window(x):
        cell = x.shape[1] // grid[0]
        top, left = (cell * place for place in corner)
        size = cell * WINDOW
        x = x[:, top : top + size, left : left + size]
        return tf.ensure_shape(x, (None, size, size, x.shape[-1]))

    return window


def pictures(logits):
    """Lay out the decoder's last map, or a finished one, `(n, h, w, 4)`, as pictures."""
    return tf.sigmoid(tf.nn.depth_to_space(tf.cast(logits, tf.float32), 2))


def _mean(x):
    return tf.reduce_mean(tf.cast(x, tf.float32))


def _squared(x):
    return tf.reduce_mean(tf.square(x))


def _hinge(answers):
    return _mean(tf.nn.relu(1.0 - answers))


def _apart(wanted, found):
    """Mean distance of features from those of the portraits, in mean features of the portraits."""
    wanted, found = tf.stop_gradient(tf.cast(wanted, tf.float32)), tf.cast(found, tf.float32)
    return _mean(tf.abs(wanted - found)) / _mean(tf.abs(wanted))


def _sharpness(portraits, finished):
    """Share of a portrait's Laplacian energy, see `image_metrics`: the geometric mean of a batch.

    Few portraits, of hard contrast, have most of the energy: a plain mean would ask all others to
    be too sharp.
    """
    kernel = tf.reshape(tf.constant([0.0, 1, 0, 1, -4, 1, 0, 1, 0]), (3, 3, 1, 1))
    kept, whole = (
        tf.reduce_sum(tf.square(tf.nn.conv2d(x, kernel, 1, "VALID")), axis=(1, 2, 3)) + 1e-6
        for x in (finished, portraits)
    )
    return tf.exp(_mean(tf.math.log(kept / whole)))


def finishing_batches(portraits: np.ndarray, count: int, seed: int) -> Iterator[np.ndarray]:
    """Yield batches without end.

    Portraits are only mirrored about the face axis, and moved by whole pixels: to turn them would
    blur them, and the critic would ask for blurred faces.

    Args:
        portraits: uint8 `(n, 171, 186, 1)`, usually a memory map.
        count: how many in a batch.
        seed: of all chance.

    Yields:
        Images, float32 `(count, 160, 176, 1)` in [0, 1].
    """
    rng = np.random.default_rng(seed)
    height, width = IMAGE_SHAPE
    while True:
        images = np.empty((count, height, width, 1), np.float32)
        for image in images:
            portrait = portraits[rng.integers(len(portraits))][np.newaxis]
            portrait = mirror(portrait) if rng.random() < 0.5 else portrait
            y, x = np.array((CROP_TOP, CROP_LEFT)) + rng.integers(-SHIFT, SHIFT + 1, 2)
            image[:] = portrait[0, y : y + height, x : x + width] / np.float32(255)
        drop_pages(portraits)
        yield images


def train_finisher(
    autoencoder: keras.Model,
    X_fit: np.ndarray,
    X_validation: np.ndarray,
    settings: FinisherSettings,
    state_path: Path,
    fingerprint: str,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    weights: list[np.ndarray] | None = None,
    say: Callable[[str], None] = lambda sentence: None,
) -> tuple[list[np.ndarray] | None, list[dict[str, float]], str]:
    """Train a finisher for an autoencoder, or continue to.

    Ctrl-C and SIGTERM end it cleanly; the same call goes on from the last whole epoch.

    Args:
        autoencoder: trained, in `training_policy()`; it stays as it is.
        X_fit: uint8 `(n, 171, 186, 1)`, the portraits to train on.
        X_validation: those to choose the best epoch by.
        settings: everything else that decides what comes out.
        state_path: the file to keep the state in; whoever used the weights removes it.
        fingerprint: names autoencoder and portraits; a state with another one is not continued.
        callbacks: more of Keras' own, called last.
        weights: of a finisher to begin with; None begins with one that adds nothing.
        say: called with sentences about what goes on.

    Returns:
        The best averaged weights of `build_finisher`, None before the first whole epoch; the
        history, a dictionary an epoch; why it ended.
    """
    keras.utils.set_random_seed(settings.seed)
    finishing = compiled_finishing(autoencoder, settings, weights)
    epochs = max(1, settings.steps // settings.steps_per_epoch)
    state = TrainingState(state_path, fingerprint, patience=epochs)
    if state.restore(finishing):
        say(f"Continuing the finisher after epoch {state.epochs_done} of {epochs}.")
    batches = finishing_batches(X_fit, settings.portraits, settings.seed + state.epochs_done)
    unseen = crop(np.asarray(evenly_spaced(X_validation, VALIDATED)))
    interruption, ended = Interruption(), ALL_DONE
    try:
        with interruption.signals():
            if state.epochs_done < epochs:
                finishing.fit(
                    _prefetched(batches, settings),
                    validation_data=tf.data.Dataset.from_tensor_slices(unseen).batch(
                        VALIDATED_AT_ONCE
                    ),
                    steps_per_epoch=settings.steps_per_epoch,
                    initial_epoch=state.epochs_done,
                    epochs=epochs,
                    shuffle=False,  # they are drawn by chance already
                    verbose=0,
                    callbacks=[
                        interruption,
                        keras.callbacks.TerminateOnNaN(),
                        keras.callbacks.SwapEMAWeights(),
                        state,
                        Progress(epochs, settings.steps_per_epoch, state.epochs_done),
                        *callbacks,
                    ],
                )
    except KeyboardInterrupt:
        ended = INTERRUPTED
    best = state.best_weights
    if best:
        finishing.finisher.set_weights(best[: len(finishing.finisher.weights)])
        adjust_gain(finishing, unseen)
        best = finishing.finisher.get_weights()
    return best, state.history, DIVERGED if state.diverged else ended


def adjust_gain(finishing: Finishing, images: np.ndarray) -> None:
    """Make detail a little stronger or weaker, so that the median sharpness is `SHARPNESS`.

    The absolute errors are least at the median of what detail may be, so what cannot be foreseen
    comes out weak.

    Args:
        finishing: trained; its finisher changes.
        images: float32 `(n, 160, 176, 1)` in [0, 1] that were not trained on.
    """
    detail = finishing.finisher.get_layer(SHARPENER).get_layer("detail")
    weights, gain = detail.get_weights(), 1.0
    for _ in range(3):  # the decoder's own edges count too, so it is not one step
        blocks = [
            images[i : i + VALIDATED_AT_ONCE] for i in range(0, len(images), VALIDATED_AT_ONCE)
        ]
        finished = np.concatenate([keras.ops.convert_to_numpy(finishing(x)) for x in blocks])
        kept = max(1e-6, float(np.median(image_metrics(images, finished)["sharpness"])))
        gain = np.clip(gain * np.sqrt(SHARPNESS / kept), 1 / MOST_GAIN, MOST_GAIN)
        detail.set_weights([gain * array for array in weights])


def compiled_finishing(
    autoencoder: keras.Model,
    settings: FinisherSettings,
    weights: list[np.ndarray] | None = None,
) -> Finishing:
    """Build finisher, critic and their optimizer; weights of None are those of a new finisher."""
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy(training_policy())
    try:
        finisher = build_finisher(autoencoder.get_layer("decoder"))
        finishing = Finishing(autoencoder, finisher, settings)
    finally:
        keras.config.set_dtype_policy(previous)
    if weights is not None:
        finisher.set_weights(weights)
    rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, settings.steps, 0.02)
    finishing.compile(
        TwoRates(
            len(finisher.trainable_variables),
            learning_rate=rate,
            beta_1=0.5,
            beta_2=0.99,
            use_ema=True,
            ema_momentum=settings.averaging,
        ),
        jit_compile=False,
    )
    finishing.built = True
    finishing.optimizer.build(finishing.trainable_variables)
    return finishing


def _prefetched(batches, settings: FinisherSettings) -> tf.data.Dataset:
    signature = tf.TensorSpec((settings.portraits, *IMAGE_SHAPE, 1))
    return tf.data.Dataset.from_generator(lambda: batches, output_signature=signature).prefetch(4)
