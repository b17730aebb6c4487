import keras
import numpy as np
import pytest

from model.training.optimizer import build_optimizer


def test_the_average_follows_early_and_forgets_slowly_later():
    optimizer = build_optimizer(1000, 1.0, 0.0, averaging=0.9)
    weight = keras.Variable(0.0)
    optimizer.build([weight])
    expected = 0.0
    for step in range(200):
        weight.assign(float(step))
        optimizer._update_model_variables_moving_average([weight])
        momentum = min(0.9, (1 + step) / (10 + step)) if step else 0.0
        expected = momentum * expected + (1 - momentum) * step
        optimizer.iterations.assign_add(1)
    assert float(optimizer._model_variables_moving_average[0]) == pytest.approx(expected, rel=1e-4)
    assert expected == pytest.approx(199 - 9, abs=0.5)  # nine steps behind, as with 0.9 all along


def test_the_learning_rate_rises_and_falls():
    optimizer = build_optimizer(1000, 0.5, 0.0, averaging=0.9)
    optimizer.build([keras.Variable(0.0)])
    rates = []
    for step in (0, 30, 515, 1000):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([0.005, 0.5, 0.2525, 0.005], rel=0.01)


def test_weights_shrink_and_gradients_are_bounded():
    optimizer = build_optimizer(10, 0.1, 0.5, averaging=0.9)
    weight = keras.Variable(np.full(3, 2.0, np.float32))
    optimizer.build([weight])
    optimizer.iterations.assign(1)
    optimizer.apply([np.zeros(3, np.float32)], [weight])
    rate = float(optimizer.learning_rate)
    assert 0 < 2 - float(weight[0]) <= 0.5 * 0.1 * 2 + 1e-6
    assert rate <= 0.1 and optimizer.clipnorm == 1.0
