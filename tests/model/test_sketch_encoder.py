import keras
import numpy as np
import pytest
import tensorflow as tf

from model.latent import LatentSpace
from model.network import build_autoencoder, build_sketch_encoder
from model.training import sketch_encoder
from model.training.sketch_encoder import (
    RADIUS,
    SketchLessons,
    correlation,
    start_from_portraits,
    train_sketch_encoder,
)
from tests.model.tiny_model import TINY


@pytest.fixture(scope="module")
def autoencoder():
    keras.utils.set_random_seed(0)
    return build_autoencoder(TINY)


@pytest.fixture(scope="module")
def latent():
    codes = np.random.default_rng(0).normal(0.5, 2.0, size=(300, 80))
    return LatentSpace.fit(codes.astype(np.float32))


def usual(latent: LatentSpace) -> float:
    return float(latent.mahalanobis(latent.gallery).mean())


def images(n: int) -> np.ndarray:
    return np.random.default_rng(1).random((n, 160, 176, 1), np.float32)


def test_it_starts_as_the_encoder_of_portraits_brought_to_the_sphere(autoencoder, latent):
    encoder = build_sketch_encoder(TINY)
    start_from_portraits(encoder, autoencoder.get_layer("encoder"), latent)
    values = latent.to_sliders(np.asarray(encoder(images(4))))
    of_portraits = latent.to_sliders(np.asarray(autoencoder.get_layer("encoder")(images(4))[0]))
    of_portraits /= np.linalg.norm(of_portraits, axis=1, keepdims=True)
    np.testing.assert_allclose(values, RADIUS * usual(latent) * of_portraits, atol=1e-3)


def test_made_up_faces_lie_where_portraits_do(autoencoder, latent):
    lessons = SketchLessons(build_sketch_encoder(TINY), autoencoder.get_layer("decoder"), latent, 0)
    values, faces = lessons.make_up(64)
    assert faces.shape == (64, 160, 176, 1)
    far = np.linalg.norm(values, axis=1)
    assert far.mean() == pytest.approx(latent.mahalanobis(latent.gallery).mean(), rel=0.1)
    codes = latent.from_sliders(np.asarray(values))
    decoded = autoencoder.get_layer("decoder")(codes[:4])
    np.testing.assert_allclose(faces[:4], decoded, atol=1e-4)


def test_a_step_changes_neither_the_decoder_nor_the_distance(autoencoder, latent, monkeypatch):
    monkeypatch.setattr(sketch_encoder, "EPOCHS", 2)
    monkeypatch.setattr(sketch_encoder, "training_policy", lambda: "float32")
    before = autoencoder.get_layer("decoder").get_weights()
    weights, history = train_sketch_encoder(autoencoder, latent, TINY, steps=4, batch_size=4)
    for one, other in zip(before, autoencoder.get_layer("decoder").get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert [set(row) for row in history] == [{"following", "trial"}] * 2
    encoder = build_sketch_encoder(TINY)
    start_from_portraits(encoder, autoencoder.get_layer("encoder"), latent)
    started = encoder.get_weights()
    encoder.set_weights(weights)
    assert any(not np.array_equal(a, b) for a, b in zip(started, weights, strict=True))
    far = latent.mahalanobis(np.asarray(encoder(images(5))))
    np.testing.assert_allclose(far, RADIUS * usual(latent), rtol=1e-3)


def test_a_ctrl_c_keeps_what_was_learned(autoencoder, latent, monkeypatch):
    monkeypatch.setattr(sketch_encoder, "EPOCHS", 5)
    said = []

    def say(sentence: str) -> None:
        said.append(sentence)
        if len(said) == 2:
            raise KeyboardInterrupt

    _, history = train_sketch_encoder(autoencoder, latent, TINY, steps=5, batch_size=2, say=say)
    assert len(history) == 2 and "Stopped" in said[-1]


def test_correlation_sees_neither_brightness_nor_contrast():
    rows = np.random.default_rng(0).random((3, 50)).astype(np.float32)
    assert np.asarray(correlation(rows, 0.3 * rows + 0.2)) == pytest.approx([1, 1, 1], abs=1e-3)
    assert np.asarray(correlation(rows, -rows)) == pytest.approx([-1, -1, -1], abs=1e-3)
    expected = [np.corrcoef(a, b)[0, 1] for a, b in zip(rows, rows[::-1], strict=True)]
    found = correlation(tf.constant(rows), tf.constant(rows[::-1].copy()))
    assert np.asarray(found) == pytest.approx(expected, abs=1e-3)
