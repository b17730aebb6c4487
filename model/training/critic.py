"""The critic: a network that learns to tell finished faces from portraits, patch by patch."""

import keras
import tensorflow as tf
from keras import layers

CHANNELS = (32, 64, 128, 192)  # widths at 1/2, 1/4, 1/8 and 1/16 of the resolution
LOCAL = 9  # pixels a side of the local mean that is subtracted
GAIN = 24.0  # factor on the detail
CONTRAST = 0.34  # largest change of the log contrast
RIM = 8  # pixels by which the critic's window is smaller than the finisher's
HOLE = 32  # pixels a side of the square that is masked out


def build_critic() -> keras.Model:
    """Build the critic, without a dense layer: it scores patches (Isola et al. 2017).

    Returns a model from `critic_input` to two lists: scores at three resolutions, high for
    portraits, and the feature maps.
    """
    x = images = keras.Input((None, None, 2), name="images")
    scores, features = [], []
    for number, channels in enumerate(CHANNELS, start=1):
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
