import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from model.network import build_autoencoder
from model.training.objective import VariationalAutoencoder, face_weights
from tests.model.tiny_model import TINY


def test_face_weights_are_one_on_average_and_highest_on_the_face():
    weights = face_weights(2.0)
    assert weights.shape == (160, 176, 1)
    assert weights.mean() == pytest.approx(1, abs=1e-3)
    assert weights[105, 93] == pytest.approx(3 * weights[5, 5], rel=0.05)


def test_the_objective_is_half_the_log_error_plus_the_divergence():
    autoencoder = build_autoencoder(TINY)
    model = VariationalAutoencoder(autoencoder, 1.0, 0.0, 0.0, 0.0, radius_weight=0.0)
    images = np.full((2, 160, 176, 1), 0.5, np.float32)
    faces = images + 0.1
    mean, log_variance = np.ones((2, 80), np.float32), np.zeros((2, 80), np.float32)
    loss = float(model.compute_loss(y=images, y_pred=(faces, mean, log_variance, None)))
    assert loss == pytest.approx(0.5 * math.log(0.01) + 40 / (160 * 176), rel=1e-4)


def test_codes_off_the_sphere_of_a_normal_distribution_cost():
    model = VariationalAutoencoder(build_autoencoder(TINY), ssim_weight=0.0, radius_weight=3.0)
    images = np.full((2, 160, 176, 1), 0.5, np.float32)
    log_variance = np.full((2, 80), -2.0, np.float32)

    def loss(radius):
        share = math.sqrt((radius**2 - 80 * math.exp(-2)) / 80)
        mean = np.full((2, 80), share, np.float32)
        y_pred = (images + 0.1, mean, log_variance, None)
        total = float(model.compute_loss(y=images, y_pred=y_pred))
        return total - model.divergence_weight * 0.5 * radius**2  # less what the divergence is

    on = math.sqrt(79.5)
    extra = [(loss(on + off) - loss(on)) / model.divergence_weight for off in (-2, 0, 1)]
    assert extra == pytest.approx([12, 0, 3], rel=0.02, abs=0.02)


def test_dreams_teach_the_encoder_alone():
    keras.utils.set_random_seed(0)
    model = VariationalAutoencoder(build_autoencoder(TINY))
    mean = keras.ops.convert_to_tensor(np.random.default_rng(0).normal(size=(8, 80)), "float32")
    with tf.GradientTape() as tape:
        surprise = model._dream(mean)
        loss = tf.reduce_mean(surprise)
    assert surprise.shape == (2,)
    of_encoder, of_decoder = tape.gradient(
        loss, [model.encoder.trainable_variables, model.decoder.trainable_variables]
    )
    assert all(gradient is not None for gradient in of_encoder)
    assert all(gradient is None for gradient in of_decoder)


def test_without_noise_the_decoder_gets_the_means_and_only_they_are_held():
    images = np.random.default_rng(0).random((4, 160, 176, 1), np.float32)
    noisy = VariationalAutoencoder(build_autoencoder(TINY))
    plain = VariationalAutoencoder(build_autoencoder(TINY), noisy_codes=False)
    for model, differs in ((noisy, True), (plain, False)):
        drawn, mean, log_variance, _ = model(images, training=True)
        assert np.array_equal(drawn, model.decoder(mean)) != differs
        losses = {
            float(model.compute_loss(y=images, y_pred=(drawn, mean, log_variance + more, None)))
            for more in (0.0, 2.0)
        }
        assert len(losses) == 1 + differs
    plain = VariationalAutoencoder(build_autoencoder(TINY), ssim_weight=0.0, noisy_codes=False)
    zeros = np.zeros((4, 80), np.float32)
    radius = plain.radius_weight * 79.5  # how far zeros are from the sphere; their divergence is 0
    loss = float(plain.compute_loss(y=images, y_pred=(images + 0.1, zeros, zeros, None)))
    assert loss == pytest.approx(0.5 * math.log(0.01) + plain.divergence_weight * radius, rel=1e-3)


def test_what_structure_lacks_costs():
    images = np.random.default_rng(0).random((2, 160, 176, 1), np.float32)
    faces = np.clip(images + 0.1 * np.random.default_rng(1).random(images.shape), 0, 1)
    codes = np.zeros((2, 80), np.float32)
    without, weighted = (
        float(
            VariationalAutoencoder(build_autoencoder(TINY), ssim_weight=weight).compute_loss(
                y=images, y_pred=(faces.astype(np.float32), codes, codes, None)
            )
        )
        for weight in (0.0, 3.0)
    )
    lacking = 1 - float(tf.reduce_mean(tf.image.ssim(images, faces.astype(np.float32), 1.0)))
    assert weighted - without == pytest.approx(3 * lacking, rel=1e-2)


def test_the_sphere_follows_the_codes_that_were_seen_in_training_if_asked():
    images = np.random.default_rng(0).random((8, 160, 176, 1), np.float32)
    for asked in (False, True):
        model = VariationalAutoencoder(
            build_autoencoder(TINY), whitened_radius=asked, noisy_codes=False
        )
        codes, nothing = model.encoder(images)[0], np.zeros((8, 80), np.float32)
        start = model._off_sphere(codes, nothing)
        model(images, training=False)
        np.testing.assert_array_equal(model._off_sphere(codes, nothing), start)
        model(images, training=True)
        change = np.abs(model._off_sphere(codes, nothing) - start).max()
        assert (change > 1e-3) == asked
