"""What is left when a training is killed, runs out of room or diverges: a model, and the way on."""

import errno
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from data import UserError
from model.engine import FaceEngine
from model.folder import MODEL_FILES, read_card, read_history
from model.training.callbacks import TrainingState
from model.training.learn import learn
from tests.model.tiny_model import TINY_SETTINGS

pytestmark = pytest.mark.usefixtures("one_graph")
SETTINGS = replace(TINY_SETTINGS, steps=8)  # four epochs of two steps

KILLED = """
import os, sys
import keras
import tensorflow as tf
from model.training.learn import learn
from tests.model.test_training_faults import SETTINGS

class Kill(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 1 and batch == 1:
            os._exit(9)  # as sudden as a kill: nothing is cleaned up

arrays, out = sys.argv[1:]
tf.config.run_functions_eagerly(True)  # a few steps are over before a graph is traced
learn(arrays=arrays, out=out, settings=SETTINGS, callbacks=[Kill()])
"""


def test_a_killed_process_costs_at_most_an_epoch(arrays, tmp_path):
    out, said = tmp_path / "models" / "mine", []
    command = [sys.executable, "-c", KILLED, str(arrays), str(out)]
    killed = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True)
    assert killed.returncode == 9
    assert not out.exists()
    learn(arrays=arrays, out=out, settings=SETTINGS, say=said.append)
    assert "after epoch 1 of 4" in said[0]
    assert [row["epoch"] for row in read_history(out)] == [1, 2, 3, 4]
    assert [path.name for path in out.parent.iterdir()] == ["mine"]
    assert sorted(path.name for path in out.iterdir()) == sorted(MODEL_FILES)


def test_a_state_that_is_not_yet_in_its_place_leaves_the_former_one(tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(self, target):
        raise Killed

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer=keras.optimizers.AdamW(use_ema=True))
    model.optimizer.build(model.trainable_variables)
    state = TrainingState(tmp_path / "state.npz", "mine", 3)
    state.set_model(model)
    state.best_weights = first = model.get_weights()
    state.save()
    model.set_weights([weight + 1 for weight in first])
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", kill)
        with pytest.raises(Killed):
            state.save()
    assert TrainingState(state.path, "mine", 3).restore(model)
    for weight, restored in zip(first, model.get_weights(), strict=True):
        np.testing.assert_array_equal(restored, weight)


class Spoil(keras.callbacks.Callback):
    """Makes the weights no numbers at the start of the third epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            self.model.set_weights([weight * np.nan for weight in self.model.get_weights()])


def test_divergence_stops_with_the_last_good_model(arrays, tmp_path):
    out = tmp_path / "mine"
    learn(arrays=arrays, out=out, settings=SETTINGS, callbacks=[Spoil()])
    assert read_card(out)["training"]["ended"] == "the loss diverged"
    assert len(read_history(out)) == 2
    assert FaceEngine.load(out).latent_dim == 80
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_no_room_for_the_state_is_one_sentence_and_leaves_nothing_half_written(
    arrays, tmp_path, monkeypatch
):
    def full(file, **arrays):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("model.training.callbacks.np.savez", full)
    with pytest.raises(UserError, match=r"No space left on device\)\. Make room"):
        learn(arrays=arrays, out=tmp_path / "mine", settings=SETTINGS)
    assert list(tmp_path.iterdir()) == []
