"""Training of the finisher: an adversarial loss asks for a plausible face, not for the mean face.

One step trains the finisher, see `model.finisher`, and the critic, a network that learns to tell
finished faces from portraits, patch by patch. Each has its own loss.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from data.arrays import blocks
from model.encoding import encode
from model.finisher import FIXED, NOISE, SHARPENER, build_finisher, decoder_maps
from model.frame import IMAGE_SHAPE
from model.measuring.metrics import image_metrics
from model.measuring.ssim import laplacian_energy
from model.training.settings import FinisherSettings, training_policy

BLOCK = 8  # faces finished at a time
CELL = 8  # pixels a side of one number of the coarsest map
WINDOW = 12  # cells a side of the coarsest map that are trained on at a time: 96 pixels
BLUR = 7  # pixels a side of the local mean that finished and decoded face share
SHARPNESS = 0.8  # median share of a portrait's Laplacian energy that finished faces keep
NEW = 0.05  # share of a new batch in the running means of finished faces' detail
NEW_PORTRAITS = 0.005  # the same of portraits' detail, which does not change in a training
LEAST_ENERGY = 1e-4  # of the portraits' detail, before it has been measured
MAX_GAIN = 1.6  # largest factor on the detail, to reach `SHARPNESS`

CRITIC_CHANNELS = (32, 64, 128, 192)  # widths at 1/2, 1/4, 1/8 and 1/16 of the resolution
CRITIC_RATE = 2.0  # the critic's learning rate, in the finisher's
LOCAL = 9  # pixels a side of the local mean that is subtracted from what the critic sees
GAIN = 24.0  # factor on the detail that it sees
CONTRAST = 0.34  # largest change of the log contrast
RIM = 8  # pixels by which its window is smaller than the finisher's
HOLE = 32  # pixels a side of the square that is hidden from it


def build_critic() -> keras.Model:
    """Build the critic, without a dense layer: it scores patches (Isola et al. 2017).

    Returns a model from `critic_input` to two lists: scores at three resolutions, high for
    portraits, and the feature maps.
    """
    x = images = keras.Input((None, None, 2), name="images")
    scores, features = [], []
    for number, channels in enumerate(CRITIC_CHANNELS, start=1):
        x = layers.Conv2D(channels, 4, 2, "same", kernel_initializer="he_normal")(x)
        x = layers.LeakyReLU(0.2)(x)
        features.append(x)
        if number > 1:
            scores.append(layers.Conv2D(1, 3, padding="same", dtype="float32")(x))
    return keras.Model(images, [scores, features], name="critic")


def local_mean(images: tf.Tensor, size: int) -> tf.Tensor:
    """Return the mean of the size x size pixels around every pixel of `(n, h, w, 1)`.

    By two convolutions: the gradient of Keras' pooling takes ten times as long.
    """
    whole = tf.ones_like(images[:1])
    for shape in ((size, 1, 1, 1), (1, size, 1, 1)):
        images, whole = (tf.nn.conv2d(x, tf.ones(shape), 1, "SAME") for x in (images, whole))
    return images / whole


def fine_detail(images: tf.Tensor) -> tf.Tensor:
    """Subtract the local mean of images `(n, h, w, 1)`."""
    return images - local_mean(images, LOCAL)


def critic_input(portraits: tf.Tensor, finished: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """Return what the critic judges by: the detail of an image beside the decoder's face.

    The local mean is subtracted: the finisher cannot change it, and would be blamed for the
    decoder's errors. The decoder's face, the same for both, shows where skin is and where hair.
    Large values are compressed, or the few portraits printed in a halftone would dominate.

    So that the critic does not learn the portraits by heart, some pairs are mirrored, the contrast
    changes and a square is masked out, for portraits and finished faces alike (Zhao et al. 2020):
    changed portraits alone would teach the finisher these changes. A rim is cut off, so that the
    critic's strides begin at any pixel: else detail could hide between them.

    All images are `(n, h, w, 1)` in [0, 1]. Returns `(2 n, h - RIM, w - RIM, 2)`, portraits first.
    """
    n, height, width, _ = portraits.shape
    height, width = height - RIM, width - RIM

    def uniform(low: float, high: float) -> tf.Tensor:
        return tf.tile(tf.random.uniform((n, 1, 1, 1), low, high), (2, 1, 1, 1))

    images = tf.concat([portraits, finished], axis=0)
    pairs = tf.concat([images, tf.tile(decoded - 0.5, (2, 1, 1, 1))], axis=-1)
    pairs = tf.image.random_crop(pairs, (2 * n, height, width, 2))
    pairs = tf.where(uniform(0, 1) < 0.5, pairs[:, :, ::-1], pairs)
    pairs *= tf.exp(uniform(-CONTRAST, CONTRAST))
    images, decoded = pairs[..., :1], pairs[..., 1:]
    detail = tf.asinh(GAIN * fine_detail(images))
    y = tf.range(height, dtype=tf.float32)[:, tf.newaxis, tf.newaxis]
    x = tf.range(width, dtype=tf.float32)[:, tf.newaxis]
    hidden = tf.abs(y - uniform(0, height)) < HOLE / 2
    hidden &= tf.abs(x - uniform(0, width)) < HOLE / 2
    return tf.where(hidden, 0.0, tf.concat([detail, decoded], axis=-1))


class TwoRates(keras.optimizers.Adam):
    """Adam with a learning rate `CRITIC_RATE` times as high for the critic (Heusel et al. 2017).

    A critic that lags behind cannot tell the two apart, and its gradients are noise. The first
    `first` variables are the finisher's, the others the critic's.
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
    """The finisher and its critic in training; encoder and decoder do not change.

    The critic learns scores above 1 for portraits and below -1 for finished faces (the hinge loss
    of a generative adversarial network). In the same step, the finisher minimises the sum of five
    terms:

    plausible: minus the critic's score of the finished faces. This alone would give *a* face with
        hair and skin.
    features: the distance between the critic's features of the finished reconstruction and those
        of the portrait itself (Larsen et al. 2016), which asks for the right kind of hair and skin
        in the right place, though not for the right pixels.
    pixels: the absolute error.
    distant: the squared difference of finished and decoded face, both blurred by 7 x 7 pixels.
    fixed: see `FixedDetail`, which asks for detail of the face, not of the place.

    `FinisherSettings` has the weights of these terms.
    """

    def __init__(self, autoencoder: keras.Model, finisher: keras.Model, settings: FinisherSettings):
        super().__init__(dtype="float32")  # of the inputs; the networks have policies of their own
        self.finisher, self.critic, self.settings = finisher, build_critic(), settings
        maps = decoder_maps(autoencoder.get_layer("decoder"))
        # Keras does not look into functions: these weights are neither trained nor saved.
        self._encode = lambda images: encode(autoencoder, images)
        self._maps = lambda codes: maps(codes, training=False)
        self.fixed_detail = FixedDetail()
        names = ("loss", "critic", "mse", "sharpness")
        self._trackers = {name: keras.metrics.Mean(name=name) for name in names}

    def call(self, images):
        """Finish the reconstructions of images `(n, 160, 176, 1)`."""
        return self.finisher(self._maps(self._encode(images)))

    def train_step(self, data):
        """Take a step with a training batch, each network by the gradient of its own loss."""
        _, portraits = data
        codes, *maps = self._maps(self._encode(portraits))
        noise = self.finisher.get_layer(NOISE)(codes, training=False)
        cell = [  # in the same time, windows of many faces train better than fewer whole ones
            tf.random.uniform((), 0, side - WINDOW + 1, tf.int32) for side in maps[0].shape[1:3]
        ]
        portraits, *noise = (window(x, *cell) for x in (portraits, *noise))
        maps = [window(x, *cell) for x in maps]
        decoded = pictures(maps[-1])
        n = portraits.shape[0]
        with tf.GradientTape(persistent=True) as tape:
            sharpener = self.finisher.get_layer(SHARPENER)
            finished = pictures(sharpener([codes, *maps, *noise], training=True))
            scores, features = self.critic(
                critic_input(portraits, finished, decoded), training=True
            )
            critic_loss = tf.add_n([_hinge(s[:n]) + _hinge(-s[n:]) for s in scores])
            finisher_loss = (
                self.settings.plausible * -tf.add_n([_mean(s[n:]) for s in scores])
                + self.settings.features
                * tf.add_n([_feature_distance(f[:n], f[n:]) for f in features])
                + self.settings.pixels * _mean(tf.abs(finished - portraits))
                + self.settings.distant * _mean(tf.square(local_mean(finished - decoded, BLUR)))
                + self.settings.fixed
                * self.fixed_detail(portraits - decoded, finished - decoded, *cell)
            )
        gradients = tape.gradient(finisher_loss, self.finisher.trainable_variables)
        gradients += tape.gradient(critic_loss, self.critic.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return self._track(portraits, finished, loss=finisher_loss, critic=critic_loss)

    def test_step(self, data):
        """Measure a validation batch; the loss is the relative error plus that in sharpness."""
        portraits, _ = data
        maps = self._maps(self._encode(portraits))
        decoded, finished = pictures(maps[-1]), self.finisher(maps, training=False)
        relative_error = _squared(finished - portraits) / _squared(decoded - portraits)
        sharpness_error = tf.abs(tf.math.log(_sharpness(portraits, finished)))
        return self._track(portraits, finished, loss=relative_error + sharpness_error)

    def _track(self, portraits, finished, **losses):
        losses |= {"mse": _squared(finished - portraits)}
        losses |= {"sharpness": _sharpness(portraits, finished)}
        for name, value in losses.items():
            self._trackers[name].update_state(value)
        return {name: self._trackers[name].result() for name in losses}


def window(x: tf.Tensor, row: tf.Tensor, column: tf.Tensor) -> tf.Tensor:
    """Cut the window with this corner out of images or maps of any resolution, `(n, h, w, c)`."""
    cell = CELL * x.shape[1] // IMAGE_SHAPE[0]
    top, left, size = cell * row, cell * column, cell * WINDOW
    x = x[:, top : top + size, left : left + size]
    return tf.ensure_shape(x, (None, size, size, x.shape[-1]))


class FixedDetail:
    """How much of the detail stays in its place, from face to face.

    For every pixel of the frame it keeps running means of the detail of portraits and of that of
    finished faces; training pulls the second to the first. Aligned portraits have little in common:
    a rim of the eyes, the line between lips. A training that goes on fills the means again.
    """

    def __init__(self):
        self._portraits, self._finished, self._energy = (
            keras.Variable(np.full((*IMAGE_SHAPE, 1), value, np.float32), trainable=False)
            for value in (0.0, 0.0, LEAST_ENERGY)
        )

    def __call__(
        self, portraits: tf.Tensor, finished: tf.Tensor, row: tf.Tensor, column: tf.Tensor
    ) -> tf.Tensor:
        """Add a batch, and return a number whose gradient is that of the fixed detail's energy.

        The energy is divided by that of the portraits' detail, of each place and of all places. The
        detail of portraits and finished faces is what they have beside decoded ones,
        `(n, h, w, 1)`; row and column are the corner of the `window`.
        """
        portraits, finished = fine_detail(portraits), fine_detail(finished)
        height, width = portraits.shape[1:3]
        top, left = CELL * row, CELL * column
        rim = [[top, IMAGE_SHAPE[0] - height - top], [left, IMAGE_SHAPE[1] - width - left], [0, 0]]
        seen = tf.pad(tf.ones((height, width, 1)), rim)
        new = tf.pad(tf.reduce_mean(finished, axis=0), rim)
        means = (
            (self._portraits, NEW_PORTRAITS, tf.pad(tf.reduce_mean(portraits, axis=0), rim)),
            (self._finished, NEW, tf.stop_gradient(new)),
            (self._energy, NEW, tf.pad(tf.reduce_mean(tf.square(portraits), axis=0), rim)),
        )
        for mean, share, value in means:
            mean.assign_add(share * seen * (value - mean))
        energy = local_mean(self._energy.value[tf.newaxis], BLUR)[0]
        energy = tf.sqrt(energy * tf.reduce_mean(energy))
        too_much = tf.stop_gradient((self._finished - self._portraits) / energy)
        return 2 * tf.reduce_sum(too_much * new) / (height * width)


def pictures(logits):
    """Turn the decoder's last map, or a finished one, `(n, h, w, 4)`, into images."""
    return tf.sigmoid(tf.nn.depth_to_space(tf.cast(logits, tf.float32), 2))


def _mean(x):
    return tf.reduce_mean(tf.cast(x, tf.float32))


def _squared(x):
    return tf.reduce_mean(tf.square(x))


def _hinge(scores):
    return _mean(tf.nn.relu(1.0 - scores))


def _feature_distance(wanted, found):
    """Return the mean distance of features, relative to the mean of the portraits' features."""
    wanted, found = tf.stop_gradient(tf.cast(wanted, tf.float32)), tf.cast(found, tf.float32)
    return _mean(tf.abs(wanted - found)) / _mean(tf.abs(wanted))


def _sharpness(portraits, finished):
    """Return the share of Laplacian energy kept, see `image_metrics`; geometric mean of a batch.

    A few portraits of hard contrast have most of the energy: an arithmetic mean would make all
    others too sharp.
    """
    kept, total = (laplacian_energy(x) + 1e-6 for x in (finished, portraits))
    return tf.exp(_mean(tf.math.log(kept / total)))


def adjust_gain(finishing: Finishing, images: np.ndarray) -> None:
    """Scale the finisher's detail so that the median sharpness is `SHARPNESS`.

    An absolute error is least at the median of all plausible details, so detail that cannot be
    predicted comes out too weak; and with less noise than in training it is weaker still. The
    images, float32 `(n, 160, 176, 1)` in [0, 1], were not trained on.
    """
    detail = finishing.finisher.get_layer(SHARPENER).get_layer("detail")
    weights, gain = detail.get_weights(), 1.0
    for _ in range(6):  # not one step: the decoder's own edges count as well
        made = [keras.ops.convert_to_numpy(finishing(x)) for x in blocks(images, BLOCK)]
        finished = np.concatenate(made)
        kept = max(1e-6, float(np.median(image_metrics(images, finished)["sharpness"])))
        gain = np.clip(gain * np.sqrt(SHARPNESS / kept), 1 / MAX_GAIN, MAX_GAIN)
        detail.set_weights([gain * array for array in weights])


def subtract_fixed_detail(finisher: keras.Model, maps: keras.Model, codes: np.ndarray) -> None:
    """Let a trained finisher subtract the mean detail of many faces, pixel by pixel.

    `FixedDetail` lowers it in training; what is left goes here. The codes are `(n, latent_dim)`, of
    many portraits: the mean of few keeps detail of each. For `maps` see `decoder_maps`.
    """
    layer = finisher.get_layer(FIXED)
    sharp, fixed = keras.Model(finisher.inputs, layer.output), 0.0
    for block in blocks(codes, BLOCK):
        seen = maps(block)
        detail = keras.ops.convert_to_numpy(sharp(seen) - seen[-1])  # logits, less the decoder's
        fixed += detail.sum(axis=0) / len(codes)
    layer.set_weights([layer.get_weights()[0] + fixed])


def compiled_finishing(autoencoder: keras.Model, settings: FinisherSettings) -> Finishing:
    """Build a new finisher and its critic, compiled, for a trained autoencoder."""
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy(training_policy())
    try:
        finisher = build_finisher(autoencoder.get_layer("decoder"))
        finishing = Finishing(autoencoder, finisher, settings)
    finally:
        keras.config.set_dtype_policy(previous)
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
