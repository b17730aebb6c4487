"""The critic: learns to tell finished faces from portraits, patch by patch."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers

CHANNELS = (32, 64, 128, 192)  # at 1/2, 1/4, 1/8 and 1/16 of the picture's size
LOCAL = 9  # pixels a side of the local mean that the critic does not see
GAIN = 16.0  # on what is left of a picture then
CONTRAST = 0.2  # standard deviation of the logarithm
HOLE = 32  # pixels a side of a part that is hidden


def build_critic() -> keras.Model:
    """Build the critic.

    It has no dense layer: each of its answers is about a patch (Isola et al. 2017).

    Returns:
        A model from images as `shown` gives them to two lists: answers at three sizes, high for a
        portrait, and the maps of features.
    """
    x = images = keras.Input((None, None, 1), name="images")
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


def shown(portraits: tf.Tensor, finished: tf.Tensor) -> tf.Tensor:
    """Change all that the critic sees, so that it cannot learn the few portraits by heart.

    Their local mean is taken away: the finisher cannot change that, and would be blamed for what
    the decoder did.

    Portraits and finished faces change in the same ways (Zhao et al. 2020): if not, the changes
    would have to be learned too. Some are mirrored, their contrast changes, and a part is hidden.

    Args:
        portraits: `(n, h, w, 1)`.
        finished: `(n + m, h, w, 1)`; the first n are of the portraits and change like them.

    Returns:
        `(2 n + m, h, w, 1)`, the portraits first.
    """
    n, count = tf.shape(portraits)[0], tf.shape(finished)[0]

    def chance(low: float, high: float) -> tf.Tensor:
        drawn = tf.random.uniform((count, 1, 1, 1), low, high)
        return tf.concat([drawn[:n], drawn], axis=0)

    images = tf.concat([portraits, finished], axis=0)
    images = tf.where(chance(0, 1) < 0.5, images[:, :, ::-1], images)
    images *= tf.exp(CONTRAST * chance(-1.7, 1.7))
    height, width = portraits.shape[1:3]
    y = tf.range(height, dtype=tf.float32)[:, tf.newaxis, tf.newaxis]
    x = tf.range(width, dtype=tf.float32)[:, tf.newaxis]
    hidden = tf.abs(y - chance(0, height)) < HOLE / 2
    hidden &= tf.abs(x - chance(0, width)) < HOLE / 2
    return tf.where(hidden, 0.0, GAIN * (images - local_mean(images, LOCAL)))
