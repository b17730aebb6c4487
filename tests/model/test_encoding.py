from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from model import encoding
from model.frame import LATENT_DIM
from model.network import build_autoencoder
from tests.model.tiny_model import TINY

EMPHASIS, SSIM_WEIGHT = TINY.face_emphasis, TINY.ssim_weight


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
    return np.sum(encoding.face_weights(EMPHASIS) * apart**2, axis=(1, 2, 3))


def objectives(autoencoder, codes, images, ssim_weight=SSIM_WEIGHT) -> np.ndarray:
    """The training's objective of each face."""
    similarities = tf.image.ssim(autoencoder.get_layer("decoder")(codes), images, 1.0)
    unlike = ssim_weight * (1 - np.asarray(similarities, np.float64))
    return np.log(errors(autoencoder, codes, images)) / 2 + unlike


@pytest.mark.parametrize("ssim_weight", [0, 2, 20])
def test_changes_follow_the_gradient_of_the_training_objective(autoencoder, images, ssim_weight):
    rng = np.random.default_rng(1)
    codes = tf.constant(rng.normal(size=(3, LATENT_DIM)).astype(np.float32))
    autoencoder.get_layer("correction").kernel.assign(-np.eye(LATENT_DIM))
    faces, changes, losses = encoding.propose(autoencoder, codes, images, ssim_weight)
    np.testing.assert_allclose(faces, autoencoder.get_layer("decoder")(codes), atol=1e-6)
    wanted = objectives(autoencoder, codes, images, ssim_weight)
    np.testing.assert_allclose(losses, wanted, rtol=1e-3)
    scale = encoding.GRADIENT_SCALE * (1 + encoding.GRADIENT_GROWTH * ssim_weight)
    gradients = -scale * np.asarray(changes) / errors(autoencoder, codes, images)[:, np.newaxis]
    for direction in rng.normal(size=(4, LATENT_DIM)).astype(np.float32):
        ahead, behind = (
            objectives(autoencoder, codes + side * direction, images, ssim_weight)
            for side in (0.005, -0.005)
        )
        off = gradients @ direction - (ahead - behind) / 0.01
        assert (np.abs(off) < 0.1 * np.linalg.norm(gradients, axis=1)).all()


def test_shares_make_the_mixture_with_the_least_error(images):
    near, far, none = images[:1], images[1:2], images[2:]
    shares = encoding.best_shares([near + far, near - 3 * far, near + far + none], near)
    np.testing.assert_allclose(shares, [[0.75, 0.25, 0]], atol=1e-3)
    np.testing.assert_allclose(encoding.best_shares([far, far], near), [[0, 1]], atol=1e-3)
    np.testing.assert_array_equal(encoding.best_shares([far], near), [[1]])
    assert encoding.best_shares([far, near * np.nan], near).shape == (1, 2)  # NaN is no error


def test_one_correction_goes_by_the_error_and_all_bring_faces_nearer_still(autoencoder, images):
    correction = autoencoder.get_layer("correction")
    guesses, _ = autoencoder.get_layer("encoder")(images)
    correction.kernel.assign(np.zeros((LATENT_DIM, LATENT_DIM)))
    np.testing.assert_array_equal(encoding.correct_once(autoencoder, guesses, images), guesses)
    np.testing.assert_allclose(encoding.encode(autoencoder, images), guesses, atol=1e-6)
    correction.kernel.assign(-0.1 * np.eye(LATENT_DIM))
    once = encoding.correct_once(autoencoder, guesses, images)
    _, changes, _ = encoding.propose(autoencoder, guesses, images, 0)
    np.testing.assert_allclose(once, guesses + changes, atol=1e-5)
    codes = [guesses, once, encoding.encode(autoencoder, images)]
    assert (errors(autoencoder, once, images) < errors(autoencoder, guesses, images)).all()
    assert (np.diff([objectives(autoencoder, each, images) for each in codes], axis=0) < 0).all()


def test_the_weights_of_the_error_are_those_of_the_model(images, monkeypatch):
    monkeypatch.setattr(encoding, "STEPS", 2)
    found = []
    for change in ({}, {"ssim_weight": 0.0}, {"face_emphasis": 20.0}):
        keras.utils.set_random_seed(0)
        network = build_autoencoder(replace(TINY, **change))
        network.get_layer("correction").kernel.assign(-np.eye(LATENT_DIM))
        found.append(encoding.encode(network, images).numpy())
    assert np.abs(found[0] - found[1]).max() > 1e-3 < np.abs(found[0] - found[2]).max()


def test_a_guess_stays_where_its_corrections_lead_astray(autoencoder, images, monkeypatch):
    monkeypatch.setattr(encoding, "STEPS", 2)
    autoencoder.get_layer("correction").kernel.assign(np.eye(LATENT_DIM))  # uphill
    guesses, _ = autoencoder.get_layer("encoder")(images)
    once = encoding.correct_once(autoencoder, guesses, images)
    assert (errors(autoencoder, once, images) > errors(autoencoder, guesses, images)).all()
    np.testing.assert_array_equal(encoding.correct(autoencoder, guesses, images), guesses)


def test_mixtures_are_faster_than_steps_alone(autoencoder, images, monkeypatch):
    autoencoder.get_layer("correction").kernel.assign(-0.1 * np.eye(LATENT_DIM))
    mixed = encoding.encode(autoencoder, images)
    monkeypatch.setattr(encoding, "MIXED", 1)
    alone = encoding.encode(autoencoder, images)
    assert (objectives(autoencoder, mixed, images) < objectives(autoencoder, alone, images)).all()


def test_of_what_trains_a_corrected_code_only_the_correction_learns(autoencoder, images):
    correction = autoencoder.get_layer("correction").kernel
    correction.assign(-0.01 * np.eye(LATENT_DIM))
    decoder, encoder = (autoencoder.get_layer(name) for name in ("decoder", "encoder"))
    with tf.GradientTape() as tape:
        guesses, _ = encoder(images)
        total = tf.reduce_sum(encoding.correct_once(autoencoder, guesses, images))
    others = decoder.get_layer("spread").kernel, encoder.get_layer("mean").kernel
    slope, *none = tape.gradient(total, [correction, *others])
    assert none == [None, None] and np.abs(slope).max() > 0


def test_face_weights_are_one_on_average_and_highest_on_the_face():
    weights = encoding.face_weights(2.0)
    assert weights.shape == (160, 176, 1)
    assert weights.mean() == pytest.approx(1, abs=1e-3)
    assert weights[105, 93] == pytest.approx(3 * weights[5, 5], rel=0.05)
