import keras
import numpy as np
import pytest

from model.training.optimizer import AVERAGING, MATRIX_STEP, build_optimizer, orthogonal


def test_a_matrix_becomes_roughly_orthogonal_whatever_its_shape():
    rng = np.random.default_rng(0)
    for shape in ((40, 24), (24, 40), (30, 30)):
        matrix = rng.normal(size=shape) * np.geomspace(1, 0.05, shape[1])
        values = np.linalg.svd(np.asarray(orthogonal(matrix.astype(np.float32))))[1]
        assert values.min() > 0.6 and values.max() < 1.3


def test_a_step_moves_matrices_alike_in_all_directions_and_vectors_as_adam_does():
    kernel, bias = keras.Variable(np.zeros((3, 3, 8, 16), np.float32)), keras.Variable(np.zeros(16))
    optimizer = build_optimizer(200, 0.1)
    optimizer.build([kernel, bias])
    optimizer.iterations.assign(3)
    rate = float(optimizer.learning_rate)
    rng = np.random.default_rng(0)
    gradient = rng.normal(size=(72, 16)) * np.geomspace(1, 0.1, 16)
    optimizer.apply(
        [gradient.reshape(kernel.shape).astype(np.float32), np.ones(16, np.float32)], [kernel, bias]
    )
    values = np.linalg.svd(np.asarray(kernel).reshape(72, 16))[1]
    assert values == pytest.approx(np.full(16, MATRIX_STEP * 72**0.5 * rate), rel=0.35)
    assert np.ptp(np.asarray(bias)) < 1e-6 and float(bias[0]) < 0


def test_the_average_follows_early_and_forgets_slowly_later():
    optimizer = build_optimizer(1000, 1.0)
    weight = keras.Variable(0.0)
    optimizer.build([weight])
    expected = 0.0
    for step in range(200):
        weight.assign(float(step))
        optimizer._update_model_variables_moving_average([weight])
        momentum = min(AVERAGING, (1 + step) / (10 + step)) if step else 0.0
        expected = momentum * expected + (1 - momentum) * step
        optimizer.iterations.assign_add(1)
    assert float(optimizer._model_variables_moving_average[0]) == pytest.approx(expected, rel=1e-4)


def test_the_learning_rate_rises_and_falls():
    optimizer = build_optimizer(1000, 0.5)
    optimizer.build([keras.Variable(0.0)])
    rates = []
    for step in (0, 30, 515, 1000):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([0.005, 0.5, 0.2525, 0.005], rel=0.01)


def test_weights_shrink_and_gradients_are_bounded():
    optimizer = build_optimizer(10, 0.1)
    weight = keras.Variable(np.full(3, 2.0, np.float32))
    optimizer.build([weight])
    optimizer.iterations.assign(1)
    optimizer.apply([np.zeros(3, np.float32)], [weight])
    assert 0 < 2 - float(weight[0]) <= 0.1 * 0.1 * 2 + 1e-6
    assert optimizer.clipnorm == 1.0
