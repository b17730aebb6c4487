"""What is left when a training is killed, runs out of room or diverges: a model, and the way on."""

import errno
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from data import UserError
from model import folder as files
from model.network import build_autoencoder
from model.network_file import save_network
from model.training.export import check_model
from model.training.film import Film
from model.training.fitting import Training
from model.training.learn import learn
from model.training.settings import NO_CHANGES
from tests.model.tiny_model import TINY, TINY_SETTINGS, saved_state, write_tiny_model
from tests.raising import raising

pytestmark = pytest.mark.usefixtures("one_graph")
# Four epochs of two steps; each device would draw changes of its own.
SETTINGS = replace(TINY_SETTINGS, steps=8, augmentation=NO_CHANGES)

KILLED = """
import os, sys
import keras
import tensorflow as tf
processor = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
from model import encoding
from model.training.learn import learn
from tests.model.test_training_faults import SETTINGS

class Kill(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        assert self.model.distribute_strategy.num_replicas_in_sync == 2
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 2 and batch == 1:
            os._exit(9)  # as sudden as a kill: nothing is cleaned up

arrays, out = sys.argv[1:]
encoding.STEPS = 1
tf.config.run_functions_eagerly(True)  # a few steps are over before a graph is traced
devices = ["CPU:0", "CPU:1"]  # TensorFlow makes them once, before anything else
learn(arrays=arrays, out=out, settings=SETTINGS, devices=devices, callbacks=[Kill()])
"""


def test_two_devices_go_on_as_one_does_and_a_killed_process_costs_at_most_an_epoch(
    unmeasured, arrays, tmp_path, monkeypatch
):
    """Epoch 1 on one device, 2 on two, killed in 3, and to the end on one."""
    monkeypatch.setattr("model.training.fitting.VIEW_SECONDS", -1)
    alone, out, said = tmp_path / "alone", tmp_path / "models" / "mine", []
    options = {"arrays": arrays, "settings": SETTINGS}
    learn(**options, out=alone)
    learn(**options, out=out, on_progress=raising(KeyboardInterrupt()))
    before = files.read_card(out)
    command = [sys.executable, "-c", KILLED, str(arrays), str(out)]
    killed = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert killed.returncode == 9, killed.stderr[-3000:]
    assert files.read_card(out) == before
    learn(**options, out=out, say=said.append)
    assert "after epoch 2 of 4" in said[0]
    history, expected = files.read_history(out), files.read_history(alone)
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    losses = [row["val_loss"] for row in history]
    assert losses == pytest.approx([row["val_loss"] for row in expected], abs=0.03)
    assert [path.name for path in out.parent.iterdir()] == ["mine"]
    assert sorted(path.name for path in out.iterdir()) == sorted(files.MODEL_FILES)


@pytest.fixture
def trained(tmp_path):
    """A network, and the state of its training, saved."""
    return saved_state(tmp_path / "state.npz")


def restored(state, model, fingerprint="mine"):
    return Training(state.path, fingerprint, 4, 3).restore(model)


def test_a_torn_or_foreign_state_is_not_continued(trained):
    model, state = trained
    before = model.get_weights()
    model.set_weights([weight + 1 for weight in before])
    assert not restored(state, model, "another's")
    whole = state.path.read_bytes()
    for damaged in (b"", whole[:-200], b"PK" + bytes(500)):
        state.path.write_bytes(damaged)
        assert not restored(state, model)
    assert not np.array_equal(model.get_weights()[0], before[0])
    state.path.write_bytes(whole)
    assert restored(state, model)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), UserError("Full.")])
def test_pictures_that_cannot_be_written_are_told_once_and_no_reason_to_stop(trained, error):
    (model, state), shown, said = trained, [], []

    def show(history, pictures):
        shown.append(pictures)
        raise error

    state.pictures, state.on_progress = lambda: {"Portrait": model.get_weights()}, show
    state.say = said.append
    state.show()
    state.show()
    assert len(shown) == len(said) == 1 and str(error) in said[0]


def test_a_film_that_cannot_be_written_leaves_the_former_one_and_ends_nothing(
    tmp_path, monkeypatch
):
    def fill_up(self, file, *_rest, **_options):
        Path(file).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    film = Film(tmp_path / "learning.gif", np.zeros((1, 160, 176, 1)))
    film._frames = [Image.new("L", (9, 9))]
    film.on_epoch_end(0)
    before = film.path.read_bytes()
    monkeypatch.setattr(Image.Image, "save", fill_up)
    film.on_epoch_end(1)
    assert film.path.read_bytes() == before and list(tmp_path.iterdir()) == [film.path]


def test_no_room_for_the_network_is_one_sentence_and_leaves_the_former_model(tmp_path):
    resource = pytest.importorskip("resource")  # files of limited size, in place of a full disk
    folder = write_tiny_model(tmp_path / "mine")
    before, listed = files.read_card(folder), sorted(folder.iterdir())

    def write(new):
        save_network(build_autoencoder(TINY), new / files.NETWORK_FILE)
        return {}

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, limits[1]))
    try:
        with pytest.raises(
            UserError, match=r"cannot be written to .* \(File too large\): make room"
        ):
            files.publish(folder, write, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files.read_card(folder) == before and sorted(folder.iterdir()) == listed


class Spoil(keras.callbacks.Callback):
    """Makes the weights no numbers at the start of an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            self.model.set_weights([weight * np.nan for weight in self.model.get_weights()])


def test_divergence_stops_with_the_last_good_model(unmeasured, arrays, tmp_path):
    out = tmp_path / "mine"
    learn(arrays=arrays, out=out, settings=SETTINGS, callbacks=[Spoil(epoch=2)])
    before = files.read_card(out)
    assert before["training"]["ended"] == "the loss diverged"
    assert len(files.read_history(out)) == 2
    with pytest.raises(UserError, match="diverged"):
        learn(arrays=arrays, out=out, settings=SETTINGS, callbacks=[Spoil(epoch=0)])
    assert files.read_card(out) == before
    check_model(out)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_no_room_for_the_state_is_one_sentence_and_leaves_nothing_half_written(
    trained, monkeypatch
):
    _, state = trained

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    before = state.path.read_bytes()
    monkeypatch.setattr("model.training.fitting.np.savez", full)
    with pytest.raises(UserError, match=r"No space left on device\): make room"):
        state.save()
    assert state.path.read_bytes() == before
    assert [path.name for path in state.path.parent.iterdir()] == [state.path.name]
