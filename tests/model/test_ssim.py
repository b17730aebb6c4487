import numpy as np
import tensorflow as tf

from model.measuring.ssim import ssim


def pictures(seed):
    rng = np.random.default_rng(seed)
    coarse = tf.image.resize(rng.random((3, 10, 11, 1), np.float32), (160, 176), "bicubic")
    return tf.clip_by_value(coarse + rng.normal(0, 0.03, (3, 160, 176, 1)), 0, 1)


def test_it_is_what_tensorflow_measures():
    one, other = pictures(0), pictures(1)
    for weight in (0.0, 0.2, 1.0):
        mixed = (1 - weight) * one + weight * other
        np.testing.assert_allclose(ssim(one, mixed), tf.image.ssim(one, mixed, 1.0), atol=1e-4)


def test_so_is_its_slope():
    one, other = pictures(0), pictures(1)
    slopes = []
    for measure in (ssim, lambda a, b: tf.image.ssim(a, b, 1.0)):
        with tf.GradientTape() as tape:
            tape.watch(other)
            value = tf.reduce_sum(measure(one, other))
        slopes.append(tape.gradient(value, other).numpy())
    np.testing.assert_allclose(*slopes, atol=2e-3 * np.abs(slopes[1]).max())
