from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from model.encoding import PIXELS_PER_ERROR, correct, encode, error_gradient, face_weights
from model.network import build_autoencoder
from tests.model.tiny_model import TINY


@pytest.fixture(scope="module")
def autoencoder():
    return build_autoencoder(TINY)


@pytest.fixture(scope="module")
def images():
    return tf.constant(np.random.default_rng(0).random((3, 160, 176, 1), np.float32))


def errors(autoencoder, codes, images) -> np.ndarray:
    """Half the weighted squared error of each face, as the gradient is of."""
    apart = np.subtract(autoencoder.get_layer("decoder")(codes), images, dtype=np.float64)
    return np.sum(face_weights() * apart**2, axis=(1, 2, 3)) / 2 / PIXELS_PER_ERROR


def test_the_gradient_is_the_slope_of_each_faces_own_error(autoencoder, images):
    codes = tf.constant(np.random.default_rng(1).normal(size=(3, 80)).astype(np.float32))
    gradients = error_gradient(autoencoder.get_layer("decoder"), codes, images)
    slopes = []
    for nudge in 0.02 * np.eye(80, dtype=np.float32):
        ahead, behind = (errors(autoencoder, codes + side * nudge, images) for side in (1, -1))
        slopes.append((ahead - behind) / 0.04)
    for found, wanted in zip(gradients, np.transpose(slopes), strict=True):
        assert np.linalg.norm(found - wanted) < 0.1 * np.linalg.norm(wanted)


def test_each_correction_down_the_slope_brings_the_face_nearer(autoencoder, images):
    correction = autoencoder.get_layer("correction")
    guesses, _ = autoencoder.get_layer("encoder")(images)
    correction.kernel.assign(np.zeros((80, 80)))
    np.testing.assert_array_equal(encode(autoencoder, images), guesses)
    correction.kernel.assign(-0.01 * np.eye(80))
    once, twice = correct(autoencoder, guesses, images, steps=1), encode(autoencoder, images)
    found = [errors(autoencoder, codes, images) for codes in (guesses, once, twice)]
    assert (np.diff(found, axis=0) < 0).all()


def test_a_network_without_a_correction_stays_with_its_guess(images):
    network = build_autoencoder(replace(TINY, corrected=False))
    np.testing.assert_array_equal(encode(network, images), network.get_layer("encoder")(images)[0])


def test_of_what_trains_a_corrected_code_only_the_correction_learns(autoencoder, images):
    correction = autoencoder.get_layer("correction").kernel
    correction.assign(-0.01 * np.eye(80))
    decoder, encoder = (autoencoder.get_layer(name) for name in ("decoder", "encoder"))
    with tf.GradientTape() as tape:
        guesses, _ = encoder(images)
        total = tf.reduce_sum(correct(autoencoder, guesses, images))
    others = decoder.get_layer("spread").kernel, encoder.get_layer("mean").kernel
    slope, *none = tape.gradient(total, [correction, *others])
    assert none == [None, None] and np.abs(slope).max() > 0


def test_face_weights_are_one_on_average_and_highest_on_the_face():
    weights = face_weights(2.0)
    assert weights.shape == (160, 176, 1)
    assert weights.mean() == pytest.approx(1, abs=1e-3)
    assert weights[105, 93] == pytest.approx(3 * weights[5, 5], rel=0.05)
