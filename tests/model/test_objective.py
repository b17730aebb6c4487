import math
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from model.encoding import propose
from model.network import build_autoencoder
from model.training.objective import CodeStatistics, VariationalAutoencoder
from model.training.optimizer import build_optimizer
from model.training.settings import Settings
from tests.model.tiny_model import TINY

STEPS = 1000


def objective(
    done=0.0, ssim_weight=2.5, face_emphasis=2.0, young=True, **settings
) -> VariationalAutoencoder:
    """A model whose training is so far done."""
    widths = replace(TINY, ssim_weight=ssim_weight, face_emphasis=face_emphasis)
    model = VariationalAutoencoder(build_autoencoder(widths), Settings(**settings), STEPS, young)
    model.compile(build_optimizer(STEPS, 1e-3))
    model.optimizer.build(model.trainable_variables)
    model.optimizer.iterations.assign(round(done * STEPS))
    return model


def test_the_objective_is_half_the_log_error_plus_the_divergence():
    model = objective(pixels_per_error=1.0, face_emphasis=0.0, ssim_weight=0.0, radius_weight=0.0)
    images = np.full((2, 160, 176, 1), 0.5, np.float32)
    mean, log_variance = np.ones((2, 80), np.float32), np.zeros((2, 80), np.float32)
    loss = float(model.compute_loss(y=images, y_pred=(images + 0.1, mean, log_variance)))
    assert loss == pytest.approx(0.5 * math.log(0.01) + 40 / (160 * 176), rel=1e-4)


def test_codes_off_the_sphere_of_a_normal_distribution_cost():
    model = objective(ssim_weight=0.0, radius_weight=3.0)
    images = np.full((2, 160, 176, 1), 0.5, np.float32)
    log_variance = np.full((2, 80), -2.0, np.float32)

    def loss(radius):
        share = math.sqrt((radius**2 - 80 * math.exp(-2)) / 80)
        mean = np.full((2, 80), share, np.float32)
        total = float(model.compute_loss(y=images, y_pred=(images + 0.1, mean, log_variance)))
        return total - model.divergence_weight * 0.5 * radius**2  # less what the divergence is

    on = math.sqrt(79.5)
    extra = [(loss(on + off) - loss(on)) / model.divergence_weight for off in (-2, 0, 1)]
    assert extra == pytest.approx([12, 0, 3], rel=0.02, abs=0.02)


def test_noise_fades_and_whitening_comes_in_as_the_training_goes_on():
    model = objective()
    seen = []
    for done in (0.0, 0.1, 0.2, 0.35, 1.0):
        model.optimizer.iterations.assign(round(done * STEPS))
        seen.append((float(model.noisiness()), float(model.whitened())))
    assert [noise for noise, _ in seen] == pytest.approx([1, 0.5, 0, 0, 0])
    assert [white for _, white in seen] == pytest.approx([0, 0, 0, 0.5, 1])
    grown = objective(young=False)
    assert (float(grown.noisiness()), float(grown.whitened())) == (0, 1)


def test_with_noise_the_decoder_gets_other_codes_and_later_the_means():
    images = np.random.default_rng(0).random((4, 160, 176, 1), np.float32)
    for done, noisy in ((0.0, True), (0.6, False)):
        model = objective(done)
        drawn, mean, log_variance = model(images, training=True)
        assert np.array_equal(drawn, model.decoder(mean)) != noisy
        losses = {
            float(model.compute_loss(y=images, y_pred=(drawn, mean, log_variance + more)))
            for more in (0.0, 2.0)
        }
        assert len(losses) == 1 + noisy


def test_epochs_are_compared_as_if_at_the_end_and_wherever_codes_lie():
    images = np.random.default_rng(0).random((4, 160, 176, 1), np.float32)
    model = objective()
    y_pred = model(images, training=False)
    losses = []
    for done in (0.0, 0.3, 1.0):
        model.optimizer.iterations.assign(round(done * STEPS))
        losses.append(float(model.compute_loss(y=images, y_pred=y_pred, training=False)))
    faces, mean, log_variance = y_pred
    model.statistics.mean.assign_add(np.full(80, 2.0))  # which whitening takes away
    moved = model.compute_loss(y=images, y_pred=(faces, mean + 2, log_variance), training=False)
    assert [*losses, float(moved)] == pytest.approx([losses[0]] * 4, rel=1e-4)


def test_the_loss_of_similarity_is_weighted():
    images = np.random.default_rng(0).random((2, 160, 176, 1), np.float32)
    noise = 0.1 * np.random.default_rng(1).random(images.shape)
    faces = np.clip(images + noise, 0, 1).astype(np.float32)
    codes = np.zeros((2, 80), np.float32)
    without, weighted = (
        float(objective(ssim_weight=weight).compute_loss(y=images, y_pred=(faces, codes, codes)))
        for weight in (0.0, 3.0)
    )
    dissimilarity = 1 - float(tf.reduce_mean(tf.image.ssim(images, faces, 1.0)))
    assert weighted - without == pytest.approx(3 * dissimilarity, rel=1e-2)


def test_later_half_of_a_batch_trains_the_correction_and_the_rest_the_encoder():
    images = np.random.default_rng(0).random((4, 160, 176, 1), np.float32)
    for done, later in ((0.4, False), (0.6, True)):
        model = objective(done)
        correction = model.autoencoder.get_layer("correction").kernel
        correction.assign(-10 * np.eye(80))
        encoder = model.autoencoder.get_layer("encoder")
        guesses = encoder(images)[0].numpy()
        _, changes, _ = propose(model.autoencoder, tf.constant(guesses), images, ssim_weight=0)
        corrected = guesses + changes.numpy()
        assert not np.allclose(corrected, guesses, atol=1e-3)
        with tf.GradientTape(persistent=True) as tape:
            _, codes, _ = model(images, training=True)
            totals = tf.reduce_sum(codes[:2]), tf.reduce_sum(codes[2:])
        np.testing.assert_allclose(codes[:2], guesses[:2], atol=1e-5)
        np.testing.assert_allclose(codes[2:], (corrected if later else guesses)[2:], atol=1e-5)
        learns = [
            np.any(tape.gradient(total, kernel.value, unconnected_gradients="zero"))
            for kernel in (encoder.get_layer("mean").kernel, correction)
            for total in totals
        ]
        assert learns == [True, not later, False, later]
        _, codes, _ = model(images, training=False)
        np.testing.assert_allclose(codes, corrected, atol=1e-5)


def test_the_statistics_follow_the_codes_that_are_seen_in_training():
    images = np.random.default_rng(0).random((8, 160, 176, 1), np.float32)
    model = objective(done=0.6)
    model(images, training=False)
    assert float(model.statistics.batches) == 0
    model(images, training=True)
    assert float(model.statistics.batches) == 1
    measured = objective(young=False)
    measured.measure_codes([(images, images)] * 3)
    assert float(measured.statistics.batches) == 3


# Statistics of the codes


def test_the_radius_is_the_mahalanobis_distance_among_the_codes_seen_and_their_noise():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(4000, 8)) @ np.diag(np.arange(1, 9) / 4) + rng.normal(size=8)
    codes, noise = codes.astype(np.float32), np.full((4000, 8), 0.64, np.float32)
    statistics = CodeStatistics(8)
    for _ in range(600):
        statistics.update(rng.choice(codes, 32), noise[:32])
    precision = np.linalg.inv(np.cov(codes.T) + 0.64 * np.eye(8))
    offsets = codes - codes.mean(axis=0)
    squared = np.sum(offsets @ precision * offsets, axis=1) + 0.64 * np.trace(precision)
    radius = statistics.radius(codes, noise)
    assert np.median(np.abs(radius / np.sqrt(squared) - 1)) < 0.05
    assert np.mean(np.square(radius)) == pytest.approx(8, rel=0.05)


def test_only_the_code_is_pulled():
    statistics = CodeStatistics(8)
    code = tf.zeros((1, 8))
    with tf.GradientTape() as tape:
        tape.watch([code, statistics.covariance.value])
        radius = statistics.radius(code, tf.zeros((1, 8)))
    of_code, of_covariance = tape.gradient(radius, [code, statistics.covariance.value])
    assert np.isfinite(of_code).all() and of_covariance is None
