"""The benchmark of training runs and counts right; how fast it is depends on the machine."""

import math
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from data import UserError, load_arrays
from model.network import build_autoencoder
from model.training.learn import compiled_model
from tests.bench import training
from tests.bench.memory import Memory, memory_in_use, peak_memory
from tests.bench.original import build_original
from tests.bench.preparation import Measured
from tests.bench.training import (
    EnoughSteps,
    Quality,
    Rates,
    Steps,
    StepTimes,
    TrainingMetrics,
    image_rates,
    learning_steps,
    original_quality,
    our_quality,
    repeat_portraits,
    report,
    squared_error,
    train_original,
)
from tests.model.tiny_model import TINY_SETTINGS


def test_the_original_is_built_as_it_was():
    network = build_original()
    encoder, decoder = network.get_layer("encoder"), network.get_layer("decoder")
    assert network.input_shape == network.output_shape == (None, 160, 176, 1)
    assert encoder.output_shape == (None, 80) and decoder.input_shape == (None, 80)
    convolutions = [layer for layer in encoder.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == [32, 64, 128, 256, 2]
    assert {layer.kernel_size for layer in convolutions} == {(3, 3)}
    assert sum(isinstance(layer, keras.layers.MaxPooling2D) for layer in encoder.layers) == 4
    assert convolutions[-1].output.shape == (None, 10, 11, 2)
    assert encoder.layers[-1].activation is keras.activations.relu
    back = [layer for layer in decoder.layers if isinstance(layer, keras.layers.Conv2DTranspose)]
    assert [(layer.filters, layer.strides) for layer in back] == [
        (width, (2, 2)) for width in (256, 128, 64, 32)
    ]
    assert isinstance(network.optimizer, keras.optimizers.Adam)
    assert float(network.optimizer.learning_rate) == pytest.approx(1e-3)
    assert network.compute_dtype == "float32" and network.loss == "mean_squared_error"


def test_the_original_is_trained_in_fours_and_its_error_is_measured(arrays):
    keras.utils.set_random_seed(0)
    network = build_original(widths=(2, 2, 2, 2))
    X_train, X_test = load_arrays(arrays)
    before = squared_error(network.predict_on_batch, X_test)
    meter = train_original(network, X_train)
    assert meter.epochs == 3 and len(meter.seconds) == 3 * math.ceil(len(X_train) / 4)
    assert squared_error(network.predict_on_batch, X_test) < before
    images = X_test[:, 5:165, 5:181] / np.float32(255)
    error = np.square(network.predict(images, verbose=0) - images).mean()
    assert squared_error(network.predict_on_batch, X_test) == pytest.approx(error, rel=1e-3)


def test_learning_ends_at_the_first_epoch_that_is_as_good(one_graph, arrays, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    network, trained = build_original(widths=(2, 2, 2, 2)), []

    def train(*given):
        trained.append(given)
        meter = StepTimes()
        meter.epochs, meter.seconds = 3, [0.5]
        return meter

    monkeypatch.setattr(training, "train_original", train)
    original = original_quality(arrays, network)
    assert trained[0][0] is network and len(trained[0][1]) == len(load_arrays(arrays)[0])
    assert original.epochs == 3 and original.images_per_second == 4 / 0.5
    assert 0 < original.mse < 0.2
    errors = iter([0.3, 0.2, 0.1, 0.0])
    monkeypatch.setattr(training, "squared_error", lambda *_: next(errors))
    ours = our_quality(arrays, mse=0.15, limit=1000, settings=replace(TINY_SETTINGS, steps=8))
    assert (ours.mse, ours.epochs) == (0.1, 3)
    assert ours.seconds > 0
    assert not any(path.is_dir() for path in tmp_path.iterdir())


def test_what_is_measured_on_the_way_are_the_averaged_weights(arrays):
    model = compiled_model(TINY_SETTINGS, 10)
    for average in model.optimizer._model_variables_moving_average:
        average.assign(keras.ops.full(average.shape, 0.125))
    weights = model.get_weights()
    network = build_autoencoder(TINY_SETTINGS.architecture)
    until = training.UntilAsGood(network, load_arrays(arrays)[1], mse=0.0, limit=1000)
    until.set_model(model)
    until.on_epoch_end(4)
    assert all((weight == 0.125).all() for weight in network.get_weights())
    assert until.epochs == 5 and until.mse > 0
    for now, then in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)
    until = training.UntilAsGood(network, load_arrays(arrays)[1], mse=0.0, limit=0)
    until.set_model(model)
    with pytest.raises(EnoughSteps):  # its time is up
        until.on_epoch_end(0)


@pytest.mark.filterwarnings("ignore:Even though the:UserWarning")  # tf.data stays a graph
def test_rates_are_those_of_the_real_training(eagerly, arrays, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(training, "SETTLED", 1)
    rates = image_rates(arrays, steps=2, settings=TINY_SETTINGS)
    assert min(rates.pipeline, rates.network, rates.together) > 0
    assert not any(tmp_path.iterdir())


def test_steps_are_those_of_the_real_training(arrays, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    large = tmp_path / "large"
    large.mkdir()
    repeat_portraits(arrays, large, 50)
    X_train, X_test = load_arrays(large)
    small, test = load_arrays(arrays)
    assert len(X_train) == 50
    np.testing.assert_array_equal(X_train[44:], small[:6])
    np.testing.assert_array_equal(X_test, test)
    steps = learning_steps(large, 50, TINY_SETTINGS)
    assert steps.epoch == len(steps.seconds) == 5  # 45 portraits in batches of 8
    assert 0 < min(steps.seconds[1:]) < steps.seconds[0]  # which traced the network
    assert len(steps.memory) in (0, 6)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [large]  # nothing is kept


def test_portraits_are_repeated_in_blocks(arrays, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "BLOCK", 7)
    repeat_portraits(arrays, tmp_path, 35)
    small = load_arrays(arrays)[0]
    np.testing.assert_array_equal(load_arrays(tmp_path)[0], np.concatenate([small, small[:13]]))


def grown(by: int) -> list[Memory]:
    """Memory that grows by so many bytes a step, after a first step that takes much."""
    return [Memory(0, 0, 0)] + [Memory(10**6 + by * n, 10**6 + by * n, 10) for n in range(99)]


def test_growth_is_counted_after_the_start():
    assert Steps([1.0], grown(0), 1).growth == 0
    assert Steps([1.0], grown(5), 1).growth == pytest.approx(5 * 80, abs=10)
    assert Steps([1.0], grown(5), 1).peak == 10**6 + 5 * 98
    assert Steps([1.0], [], 1).growth is Steps([1.0], [], 1).peak is None


def figures(mse: float, memory: list[Memory]) -> TrainingMetrics:
    steps = Steps([9.0, 0.5, 0.5], memory, 843)
    return TrainingMetrics(
        Rates(600.0, 200.0, 150.0), Steps([8.0, 0.4], [], 45), steps, 30_000,
        Quality(0.009, 400.0, 3, 12.5, None), Quality(mse, 40.0, 5, math.nan, None),
    )  # fmt: skip


def test_the_report_gives_ratios_of_what_was_measured():
    found = figures(0.0085, grown(0))
    assert found.sooner == 10
    said = "\n".join(report(found))
    for expected in ("75% of the network alone", "30,000 portraits, 3 of 843", "10.0 times sooner"):
        assert expected in said
    late = figures(0.0095, [])
    assert math.isnan(late.sooner)
    said = "\n".join(report(late))
    assert "did not come so far" in said and "memory" not in said


def test_the_command_measures_each_part_in_turn(arrays, tmp_path, monkeypatch, capsys):
    expected, called = figures(0.0085, []), []
    results = {
        image_rates: expected.rates,
        learning_steps: expected.large,
        original_quality: expected.original,
        our_quality: expected.ours,
    }

    def measure(step, *arguments):
        called.append((step, *arguments))
        return Measured(1, 1, None, results[step])

    monkeypatch.setattr(training, "measure", measure)
    command = ["training", "--arrays", str(arrays), "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", [*command, "--minutes", "2", "--portraits", "70"])
    training.main()
    assert "10.0 times sooner" in capsys.readouterr().out
    assert [step for step, *_ in called] == [
        image_rates, learning_steps, learning_steps, original_quality, our_quality
    ]  # fmt: skip
    assert called[-1] == (our_quality, arrays, 0.009, 120.0)
    assert list(tmp_path.iterdir()) == []


def test_without_arrays_it_is_one_sentence(tmp_path, monkeypatch, capsys):
    def nothing(*_):
        raise UserError("There are no prepared portraits")

    monkeypatch.setattr(training, "measure", nothing)
    monkeypatch.setattr(sys, "argv", ["training", "--arrays", str(tmp_path)])
    with pytest.raises(SystemExit):
        training.main()
    assert "no prepared portraits" in capsys.readouterr().err


def test_the_mean_leaves_out_the_first_steps():
    meter = StepTimes()
    meter.seconds = [50.0, 40.0]
    assert meter.mean == 45
    meter.seconds = [50.0] * 5 + [1.0, 2.0, 6.0]
    assert meter.mean == 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells all of it")
def test_memory_counts_what_is_held():
    before = memory_in_use()
    held = np.ones(30_000_000, np.uint8)
    after = memory_in_use()
    assert after.private - before.private >= 25e6
    assert after.resident >= after.private and peak_memory() >= after.resident - 10**6
    del held
