from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from model.encoding import (
    CORRECTIONS,
    PIXELS_PER_ERROR,
    SIMILARITY_WEIGHT,
    correct,
    encode,
    face_weights,
    faces_and_slopes,
    nearest_shares,
)
from model.network import build_autoencoder
from tests.model.tiny_model import TINY


@pytest.fixture(scope="module")
def autoencoder():
    keras.utils.set_random_seed(0)
    return build_autoencoder(TINY)


@pytest.fixture(scope="module")
def images():
    return tf.constant(np.random.default_rng(0).random((3, 160, 176, 1), np.float32))


def errors(autoencoder, codes, images) -> np.ndarray:
    """The weighted squared error of each face."""
    apart = np.subtract(autoencoder.get_layer("decoder")(codes), images, dtype=np.float64)
    return np.sum(face_weights() * apart**2, axis=(1, 2, 3)) / PIXELS_PER_ERROR


def lacks(autoencoder, codes, images) -> np.ndarray:
    """The training's objective of each face."""
    similarities = tf.image.ssim(autoencoder.get_layer("decoder")(codes), images, 1.0)
    unlike = SIMILARITY_WEIGHT * (1 - np.asarray(similarities, np.float64))
    return np.log(errors(autoencoder, codes, images)) / 2 + unlike


def test_slopes_are_of_what_each_face_lacks_times_its_error(autoencoder, images):
    codes = tf.constant(np.random.default_rng(1).normal(size=(3, 80)).astype(np.float32))
    faces, slopes = faces_and_slopes(autoencoder.get_layer("decoder"), codes, images)
    np.testing.assert_allclose(faces, autoencoder.get_layer("decoder")(codes), atol=1e-6)
    wanted = []
    for nudge in 0.02 * np.eye(80, dtype=np.float32):
        ahead, behind = (lacks(autoencoder, codes + side * nudge, images) for side in (1, -1))
        wanted.append((ahead - behind) / 0.04 * errors(autoencoder, codes, images))
    for found, slope in zip(slopes, np.transpose(wanted), strict=True):
        assert np.linalg.norm(found - slope) < 0.1 * np.linalg.norm(slope)


def test_shares_make_the_mixture_nearest_to_the_image(images):
    near, far, none = images[:1], images[1:2], images[2:]
    faces = [near + far, near - 3 * far, near + far + none]
    np.testing.assert_allclose(nearest_shares(faces, near), [[0.75, 0.25, 0]], atol=1e-3)
    np.testing.assert_allclose(nearest_shares([far, far], near), [[0, 1]], atol=1e-3)
    np.testing.assert_allclose(nearest_shares([near], near), [[1]])


def test_one_correction_brings_the_face_nearer_and_all_nearer_still(autoencoder, images):
    correction = autoencoder.get_layer("correction")
    guesses, _ = autoencoder.get_layer("encoder")(images)
    correction.kernel.assign(np.zeros((80, 80)))
    np.testing.assert_array_equal(correct(autoencoder, guesses, images, steps=1), guesses)
    np.testing.assert_allclose(encode(autoencoder, images), guesses, atol=1e-6)
    correction.kernel.assign(-0.1 * np.eye(80))
    once = correct(autoencoder, guesses, images, steps=1)
    _, slopes = faces_and_slopes(autoencoder.get_layer("decoder"), guesses, images)
    np.testing.assert_allclose(once, guesses - 0.1 * slopes, atol=1e-5)
    codes = [guesses, once, encode(autoencoder, images)]
    assert (np.diff([errors(autoencoder, each, images) for each in codes], axis=0) < 0).all()
    assert (np.diff([lacks(autoencoder, each, images) for each in codes], axis=0) < 0).all()


def test_a_guess_stays_where_its_corrections_lead_astray(autoencoder, images):
    autoencoder.get_layer("correction").kernel.assign(np.eye(80))  # uphill
    guesses, _ = autoencoder.get_layer("encoder")(images)
    once = correct(autoencoder, guesses, images, steps=1)
    assert (errors(autoencoder, once, images) > errors(autoencoder, guesses, images)).all()
    np.testing.assert_array_equal(correct(autoencoder, guesses, images, steps=2), guesses)


def test_mixtures_are_faster_than_steps_alone(autoencoder, images):
    autoencoder.get_layer("correction").kernel.assign(-0.1 * np.eye(80))
    alone, _ = autoencoder.get_layer("encoder")(images)
    mixed = encode(autoencoder, images)
    for _ in range(CORRECTIONS):
        alone = correct(autoencoder, alone, images, steps=1)
    assert (lacks(autoencoder, mixed, images) < lacks(autoencoder, alone, images)).all()


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
