from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from model import encoding
from model.encoding import (
    PIXELS_PER_ERROR,
    SIMILARITY_WEIGHT,
    STEEPER,
    best_shares,
    correct,
    correct_once,
    encode,
    face_weights,
    faces_and_slopes,
    lacking,
    squared_errors,
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
    return np.sum(face_weights() * apart**2, axis=(1, 2, 3))


def objectives(autoencoder, codes, images, similarity=SIMILARITY_WEIGHT) -> np.ndarray:
    """The training's objective of each face."""
    similarities = tf.image.ssim(autoencoder.get_layer("decoder")(codes), images, 1.0)
    unlike = similarity * (1 - np.asarray(similarities, np.float64))
    return np.log(errors(autoencoder, codes, images)) / 2 + unlike


@pytest.mark.parametrize("similarity", [0, 2, 20])
def test_slopes_are_of_what_each_face_lacks_times_its_error(autoencoder, images, similarity):
    codes = tf.constant(np.random.default_rng(1).normal(size=(3, 80)).astype(np.float32))
    decoder = autoencoder.get_layer("decoder")
    faces, slopes, face_slopes = faces_and_slopes(decoder, codes, images, similarity)
    np.testing.assert_allclose(faces, decoder(codes), atol=1e-6)
    nudges = 0.02 * np.eye(80, dtype=np.float32)
    ahead, behind = (
        np.array(
            [objectives(autoencoder, codes + side * nudge, images, similarity) for nudge in nudges]
        )
        for side in (1, -1)
    )
    wanted = (ahead - behind).T / 0.04 * errors(autoencoder, codes, images)[:, np.newaxis]
    scale = PIXELS_PER_ERROR * (1 + STEEPER * similarity)
    with tf.autodiff.ForwardAccumulator(codes, tf.ones_like(codes)) as accumulator:
        tangents = accumulator.jvp(decoder(codes))
    for found, slope, face, tangent in zip(slopes, wanted, face_slopes, tangents, strict=True):
        assert np.linalg.norm(scale * found - slope) < 0.1 * np.linalg.norm(slope)
        along = np.sum(face * tangent)
        assert along == pytest.approx(scale * np.sum(found), rel=0.01)


def test_shares_make_the_mixture_nearest_where_only_errors_count(images, monkeypatch):
    monkeypatch.setattr(encoding, "SIMILARITY_WEIGHT", 0.0)
    near, far, none = images[:1], images[1:2], images[2:]

    def shares(*faces: tf.Tensor) -> np.ndarray:
        return best_shares(faces, face_weights() * (faces[-1] - near), near).numpy()

    mixed = shares(near + far, near - 3 * far, near + far + none)
    np.testing.assert_allclose(mixed, [[0.75, 0.25, 0]], atol=1e-3)
    np.testing.assert_allclose(shares(far, far), [[0, 1]], atol=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_shares_make_the_mixture_that_lacks_least(seed):
    rng = np.random.default_rng(seed)

    def spots(across: int) -> tf.Tensor:
        return tf.image.resize(
            rng.random((1, across, across, 1), np.float32), (160, 176), "bicubic"
        )

    image = spots(12)
    faces = [image + 0.2 * spots(5) + 0.1 * spots(20) for _ in range(2)]
    with tf.GradientTape() as tape:
        tape.watch(faces[-1])
        start = lacking(faces[-1], image)
    slopes = squared_errors(faces[-1], image) * tape.gradient(start, faces[-1])
    (share, _), *_ = best_shares(faces, slopes, image).numpy()
    gained, *others = (
        float((start - lacking(x * faces[0] + (1 - x) * faces[1], image))[0])
        for x in (share, *np.linspace(-1, 2, 301))
    )
    assert gained > 0.9 * max(others) > 0


def test_one_correction_goes_by_the_error_and_all_bring_faces_nearer_still(autoencoder, images):
    correction = autoencoder.get_layer("correction")
    guesses, _ = autoencoder.get_layer("encoder")(images)
    correction.kernel.assign(np.zeros((80, 80)))
    np.testing.assert_array_equal(correct_once(autoencoder, guesses, images), guesses)
    np.testing.assert_allclose(encode(autoencoder, images), guesses, atol=1e-6)
    correction.kernel.assign(-0.1 * np.eye(80))
    once = correct_once(autoencoder, guesses, images)
    _, slopes, _ = faces_and_slopes(autoencoder.get_layer("decoder"), guesses, images, similarity=0)
    np.testing.assert_allclose(once, guesses - 0.1 * slopes, atol=1e-5)
    codes = [guesses, once, encode(autoencoder, images)]
    assert (errors(autoencoder, once, images) < errors(autoencoder, guesses, images)).all()
    assert (np.diff([objectives(autoencoder, each, images) for each in codes], axis=0) < 0).all()


def test_a_guess_stays_where_its_corrections_lead_astray(autoencoder, images, monkeypatch):
    monkeypatch.setattr(encoding, "CORRECTIONS", 2)
    autoencoder.get_layer("correction").kernel.assign(np.eye(80))  # uphill
    guesses, _ = autoencoder.get_layer("encoder")(images)
    once = correct_once(autoencoder, guesses, images)
    assert (errors(autoencoder, once, images) > errors(autoencoder, guesses, images)).all()
    np.testing.assert_array_equal(correct(autoencoder, guesses, images), guesses)


def test_mixtures_are_faster_than_steps_alone(autoencoder, images, monkeypatch):
    autoencoder.get_layer("correction").kernel.assign(-0.1 * np.eye(80))
    mixed = encode(autoencoder, images)
    monkeypatch.setattr(encoding, "SHRINKAGE", 1e9)
    alone = encode(autoencoder, images)
    assert (objectives(autoencoder, mixed, images) < objectives(autoencoder, alone, images)).all()


def test_a_network_without_a_correction_stays_with_its_guess(images):
    network = build_autoencoder(replace(TINY, corrected=False))
    guesses, _ = network.get_layer("encoder")(images)
    np.testing.assert_array_equal(encode(network, images), guesses)
    np.testing.assert_array_equal(correct_once(network, guesses, images), guesses)


@pytest.mark.parametrize("way", [correct, correct_once])
def test_of_what_trains_a_corrected_code_only_the_correction_learns(autoencoder, images, way):
    correction = autoencoder.get_layer("correction").kernel
    correction.assign(-0.01 * np.eye(80))
    decoder, encoder = (autoencoder.get_layer(name) for name in ("decoder", "encoder"))
    with tf.GradientTape() as tape:
        guesses, _ = encoder(images)
        total = tf.reduce_sum(way(autoencoder, guesses, images))
    others = decoder.get_layer("spread").kernel, encoder.get_layer("mean").kernel
    slope, *none = tape.gradient(total, [correction, *others])
    assert none == [None, None] and np.abs(slope).max() > 0


def test_face_weights_are_one_on_average_and_highest_on_the_face():
    weights = face_weights(2.0)
    assert weights.shape == (160, 176, 1)
    assert weights.mean() == pytest.approx(1, abs=1e-3)
    assert weights[105, 93] == pytest.approx(3 * weights[5, 5], rel=0.05)
