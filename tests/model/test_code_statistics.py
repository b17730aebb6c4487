import numpy as np
import pytest
import tensorflow as tf

from model.training.code_statistics import CodeStatistics

NONE = np.zeros((32, 8), np.float32)


def fed(codes, variance=NONE, batches=600):
    statistics = CodeStatistics(8)
    rng = np.random.default_rng(1)
    for _ in range(batches):
        statistics.update(rng.choice(codes, 32).astype(np.float32), variance)
    return statistics


def test_at_first_the_radius_is_that_of_a_normal_distribution():
    code = np.full((1, 8), 2.0, np.float32)
    radius = CodeStatistics(8).radius(code, np.full((1, 8), 0.5, np.float32))
    assert float(radius[0]) == pytest.approx(np.sqrt(8 * 4.5), rel=1e-3)


def test_then_it_is_the_mahalanobis_distance_among_the_codes_seen():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(4000, 8)) @ np.diag(np.arange(1, 9) / 4) + rng.normal(size=8)
    offsets = codes - codes.mean(axis=0)
    distances = np.sqrt(np.sum(offsets @ np.linalg.inv(np.cov(codes.T)) * offsets, axis=1))
    radius = fed(codes).radius(codes.astype(np.float32), np.zeros((4000, 8), np.float32))
    assert np.median(np.abs(radius / distances - 1)) < 0.05
    assert np.mean(np.square(radius)) == pytest.approx(8, rel=0.05)


def test_noise_on_the_codes_counts():
    codes = np.random.default_rng(0).normal(size=(4000, 8)) * 0.6
    noise = np.full((32, 8), 0.64, np.float32)
    radius = fed(codes, noise).radius(codes[:32].astype(np.float32), noise)
    expected = np.sqrt(np.square(codes[:32]).sum(axis=1) + 8 * 0.64)
    np.testing.assert_allclose(radius, expected, rtol=0.1)


def test_only_the_code_is_pulled():
    statistics = CodeStatistics(8)
    code = tf.zeros((1, 8))
    with tf.GradientTape() as tape:
        tape.watch([code, statistics.covariance.value])
        radius = statistics.radius(code, tf.zeros((1, 8)))
    of_code, of_covariance = tape.gradient(radius, [code, statistics.covariance.value])
    assert np.isfinite(of_code).all() and of_covariance is None
