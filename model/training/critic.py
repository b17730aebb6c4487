"""The critic: learns to tell finished faces from portraits, patch by patch."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers

CHANNELS = (32, 64, 128, 192)  # at 1/2, 1/4, 1/8 and 1/16 of the picture's size
LOCAL = 9  # pixels a side of the local mean that the critic does not see
GAIN = 24.0  # on what is left of a picture then
CONTRAST = 0.2  # standard deviation of the logarithm
HOLE = 32  # pixels a side of a part that is hidden


def build_critic() -> keras.Model:
    """Build the critic.

    It has no dense layer: each of its answers is about a patch (Isola et al. 2017).

    Returns:
        A model from images as `shown` gives them to two lists: answers at three sizes, high for a
        portrait, and the maps of features.
    """
    x = images = keras.Input((None, None, 2), name="images")
    answers, features = [], []
    for number, channels in enumerate(CHANNELS, start=1):
        x = layers.Conv2D(channels, 4, 2, "same", kernel_initializer="he_normal")(x)
        x = layers.LeakyReLU(0.2)(x)
        features.append(x)
        if number > 1:
            answers.append(layers.Conv2D(1, 3, padding="same", dtype="float32")(x))
    return keras.Model(images, [answers, features], name="critic")


def local_mean(images: tf.Tensor, size: int) -> tf.Tensor:
    """Return the mean of the size x size pixels around every pixel of `(n, h, w, 1)`.

    Two convolutions: the slope of Keras' pooling takes ten times as long.
    """
    whole = tf.ones_like(images[:1])
    for shape in ((size, 1, 1, 1), (1, size, 1, 1)):
        images, whole = (tf.nn.conv2d(x, tf.ones(shape), 1, "SAME") for x in (images, whole))
    return images / whole


def shown(portraits: tf.Tensor, finished: tf.Tensor, decoded: tf.Tensor) -> tf.Tensor:
    """Lay out what the critic sees: the detail of a picture, beside the decoder's face.

    Of the pictures themselves the local mean is taken away: the finisher cannot change that, and
    would be blamed for what the decoder did. The decoder's face, the same for both, tells where
    skin is and where hair. Large values are compressed: some portraits are printed in hard dots,
    and would decide everything.

    Portraits are few, and would be learned by heart. So some are mirrored, their contrast changes,
    and a part is hidden; the finished face changes in the same ways (Zhao et al. 2020): if not, the
    changes would have to be learned too.

    Args:
        portraits: `(n, h, w, 1)`.
        finished: the same, finished.
        decoded: the same, as the decoder made them.

    Returns:
        `(2 n, h, w, 2)`, the portraits first.
    """
    n = tf.shape(portraits)[0]

    def chance(low: float, high: float) -> tf.Tensor:
        return tf.tile(tf.random.uniform((n, 1, 1, 1), low, high), (2, 1, 1, 1))

    images = tf.concat([portraits, finished], axis=0)
    pairs = tf.concat([images, tf.tile(decoded - 0.5, (2, 1, 1, 1))], axis=-1)
    pairs = tf.where(chance(0, 1) < 0.5, pairs[:, :, ::-1], pairs)
    pairs *= tf.exp(CONTRAST * chance(-1.7, 1.7))
    images, decoded = pairs[..., :1], pairs[..., 1:]
    detail = tf.asinh(GAIN * (images - local_mean(images, LOCAL)))
    height, width = portraits.shape[1:3]
    y = tf.range(height, dtype=tf.float32)[:, tf.newaxis, tf.newaxis]
    x = tf.range(width, dtype=tf.float32)[:, tf.newaxis]
    hidden = tf.abs(y - chance(0, height)) < HOLE / 2
    hidden &= tf.abs(x - chance(0, width)) < HOLE / 2
    return tf.where(hidden, 0.0, tf.concat([detail, decoded], axis=-1))
