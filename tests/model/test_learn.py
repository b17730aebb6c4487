"""`learn()` on a few drawn portraits and the smallest network: what it leaves, and how it stops."""

import csv
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from data import UserError
from data.arrays import hash_array
from data.replace import hold_lock, replace_set
from model.engine import FaceEngine
from model.folder import MODEL_FILES, read_card, read_history
from model.latent import LatentSpace
from model.training import export
from model.training import learn as train
from model.training.export import check_model
from model.training.learn import learn
from model.training.settings import NO_CHANGES, Settings
from tests.model.tiny_model import TINY_SETTINGS, write_tiny_model
from tests.raising import raising

pytestmark = [
    pytest.mark.usefixtures("one_graph"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def settings(**changes) -> Settings:
    return Settings(**{**TINY_SETTINGS.__dict__, **changes})


STILL = settings(steps=8, augmentation=NO_CHANGES)  # two devices draw changes of their own


@pytest.fixture(scope="module")
def trained(arrays, tmp_path_factory, _one_graph):
    """Four epochs, what was said, and what the views were given."""
    out = tmp_path_factory.mktemp("models") / "mine"
    said, seen = [], []
    with pytest.MonkeyPatch.context() as patch:
        _one_graph.share(patch)
        options = {"arrays": arrays, "out": out, "settings": STILL, "say": said.append}
        learn(**options, on_progress=lambda *shown: seen.append(shown))
    return out, said, seen


def test_a_short_training_lowers_the_loss_and_leaves_a_model_in_float32_and_its_card(trained):
    out, said, seen = trained
    assert sorted(path.name for path in out.iterdir()) == sorted(MODEL_FILES)
    history = read_history(out)
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    assert history[-1]["loss"] < history[0]["loss"]
    assert history[-1]["val_loss"] < history[0]["val_loss"]
    with Path(out, "history.csv").open(newline="") as file:
        columns = set(next(csv.reader(file)))
    assert {"epoch", "loss", "mse", "val_loss", "val_mse", "learning_rate", "seconds"} <= columns
    card = read_card(out)
    assert card["data"] == {**card["data"], "fit": 20, "validation": 2, "test": 6}
    assert card["settings"]["architecture"]["encoder_channels"] == [4, 4, 4, 4]
    assert "finisher" not in card  # its settings have no steps for one
    assert card["figures"]["test"]["mse"] > 0 and card["figures"]["test"]["pca_mse"] > 0
    losses = [row["val_loss"] for row in history]
    assert card["training"]["best_epoch"] == 1 + losses.index(min(losses))
    history, pictures = seen[-1]
    assert len(history) == 4 and list(pictures) == ["Portrait", "Network"]
    assert all(images.shape == (2, 160, 176, 1) for images in pictures.values())
    assert "20 portraits" in said[0]

    engine, latent = FaceEngine.load(trained[0]), LatentSpace.load(trained[0])
    assert engine.model_id == latent.model_id
    assert len(latent.gallery) == 20 and len(latent.previews.codes) == 13
    faces = engine.decode(latent.sample(2, np.random.default_rng(0)))
    assert faces.shape == (2, 160, 176, 1)
    assert engine.encode(faces).dtype == np.float32
    network = keras.saving.load_model(trained[0] / "autoencoder.keras")
    layers = [*network.get_layer("encoder").layers, *network.get_layer("decoder").layers]
    assert {layer.compute_dtype for layer in layers} == {"float32"}


def test_a_model_is_continued_where_it_was_and_so_is_that_call(
    eagerly, unmeasured, arrays, trained, tmp_path, monkeypatch
):
    monkeypatch.setattr("model.training.fitting.VIEW_SECONDS", -1)
    out, said = Path(shutil.copytree(trained[0], tmp_path / "mine")), []
    slow = settings(steps=4, learning_rate=1e-5)
    options = {"arrays": arrays, "out": out, "settings": slow, "say": said.append}
    first = learn(init=False, **options, on_progress=raising(KeyboardInterrupt()))
    assert first["training"]["ended"] == "interrupted"
    history = read_history(out)
    assert [row["epoch"] for row in history] == [1, 2, 3, 4, 5]
    assert history[4]["val_loss"] == pytest.approx(history[3]["val_loss"], abs=0.05)
    card = learn(init=False, **options)
    assert any("Continuing" in sentence and "epoch 1 of 2" in sentence for sentence in said)
    former = read_card(trained[0])
    model = {"model_id": former["model_id"], "about": "", "portraits": 20, "epochs": 4}
    model["minutes"] = former["training"]["minutes"]
    assert card["training"]["continued_from"] == first["training"]["continued_from"] == [model]
    assert [row["epoch"] for row in read_history(out)] == [1, 2, 3, 4, 5, 6]
    (out / "history.csv").write_text("epoch,loss\n1,2\n")  # of another program: it is left behind
    assert train._former_model(out).history == []


def stop_after(epochs: int, how):
    """A view that ends the training once so many epochs are done."""

    def on_progress(history, pictures):
        if len(history) >= epochs:
            how()

    return on_progress


def send(number):
    os.kill(os.getpid(), number)


class InDestructor:
    """Python drops what is raised here."""

    def __del__(self):
        send(signal.SIGTERM)


def test_a_stopped_training_keeps_what_it_learned_and_goes_on(
    unmeasured, arrays, tmp_path, monkeypatch
):
    """Four epochs, stopped after the first and the second in different ways."""
    monkeypatch.setattr("model.training.fitting.VIEW_SECONDS", -1)
    out, film = tmp_path / "models" / "mine", tmp_path / "learning.gif"
    for done, how in ((1, lambda: send(signal.SIGINT)), (2, InDestructor), (4, None)):
        said = []
        learn(
            arrays=arrays, out=out, settings=settings(steps=8), film=film, say=said.append,
            on_progress=how and stop_after(done, how),
        )  # fmt: skip
        check_model(out)
        card = read_card(out)
        assert card["figures"]["test"]["mse"] > 0
        assert card["training"]["ended"] == ("interrupted" if how else "all epochs done")
        assert [row["epoch"] for row in read_history(out)] == list(range(1, done + 1))
        assert any(f"after epoch {done // 2} of 4" in words for words in said) == (done > 1)
        with Image.open(film) as picture:
            assert picture.n_frames == 1 + 2 * done  # before the first step, and after each
    assert [path.name for path in out.parent.iterdir()] == ["mine"]


def test_ctrl_c_waits_until_the_model_is_saved_and_ends_only_its_measuring(
    unmeasured, arrays, tmp_path, monkeypatch
):
    out, said, draft = tmp_path / "mine", [], export.draft_latent
    options = {"arrays": arrays, "out": out, "settings": settings(steps=8), "say": said.append}

    def interrupted_draft(*arguments):
        send(signal.SIGINT)
        return draft(*arguments)

    def measure(*_):
        check_model(out)
        assert LatentSpace.load(out).gallery.shape == (20, 80)
        send(signal.SIGINT)

    for name, stand_in in (("draft_latent", interrupted_draft), ("measure_latent", measure)):
        with monkeypatch.context() as patch:
            patch.setattr(export, name, stand_in)
            card = learn(**options)
        assert card["figures"] == card["directions"] == {}
        assert "not measured" in said[-1]
        check_model(out)
        monkeypatch.setattr(keras.Model, "fit", None)  # it is trained already
    measured = learn(**options)
    assert measured["figures"]["test"]["mse"] > 0
    assert measured["training"]["ended"] == "all epochs done"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_training_stopped_in_its_first_epoch_says_so(arrays, tmp_path, monkeypatch):
    said = []
    stop = raising(KeyboardInterrupt())
    monkeypatch.setattr("model.training.fitting.Training.on_train_batch_end", stop)
    with pytest.raises(KeyboardInterrupt):
        learn(arrays=arrays, out=tmp_path / "mine", settings=settings(steps=8), say=said.append)
    assert "nothing was learned" in said[-1]
    assert not (tmp_path / "mine").exists()


def test_an_interrupted_training_does_not_replace_a_better_model(arrays, tmp_path, monkeypatch):
    monkeypatch.setattr("model.training.fitting.VIEW_SECONDS", -1)
    out = write_tiny_model(tmp_path / "mine")
    (out / "history.csv").write_text("epoch,val_loss\n1,-9.0\n")
    before = read_card(out)["model_id"]
    stop = raising(KeyboardInterrupt())
    learn(arrays=arrays, out=out, settings=settings(steps=8), on_progress=stop)
    assert read_card(out)["model_id"] == before


def test_the_settings_reach_the_objective_and_going_on_is_slower():
    widths = replace(TINY_SETTINGS.architecture, ssim_weight=0.2, face_emphasis=0.0)
    model = train.compiled_model(settings(architecture=widths, radius_weight=0.4), 10)
    assert np.ptp(model.pixel_weights) == 0
    assert (model.ssim_weight, model.radius_weight, model.steps) == (0.2, 0.4, 10)
    goes_on = train.compiled_model(settings(), 10, model.get_weights())
    assert model.young and not goes_on.young
    rates = [float(some.optimizer.learning_rate.numpy()) for some in (goes_on, model)]
    assert rates[0] == pytest.approx(train.CONTINUED * rates[1])
    for least, epochs in ((2, 2), (1, 1)):  # a large set is seen often enough
        long = settings(steps=5, least_epochs=least)
        assert train.schedule(long, portraits=43) == (epochs, 5)


def test_early_stopping_writes_where_a_link_leads_and_clears_what_others_left(
    unmeasured, arrays, tmp_path
):
    class Worsen(keras.callbacks.Callback):
        """After the first epoch, before every step."""

        def on_epoch_begin(self, epoch, logs=None):
            self.weights = self.weights if epoch else self.model.get_weights()
            self.epoch = epoch

        def on_train_batch_begin(self, batch, logs=None):
            if self.epoch:
                self.model.set_weights([3 * weight for weight in self.weights])

    disk, link = tmp_path / "disk", tmp_path / "mine"
    disk.mkdir()
    try:
        link.symlink_to(disk / "mine")
    except OSError:
        pytest.skip("this user may not make links")
    hidden = disk / ".0123456789ab.new"  # a state that was half written
    for left in (hidden, disk / "mine.training.npz"):
        left.write_bytes(b"of another training")
    os.utime(hidden, (1, 1))
    learn(
        arrays=arrays, out=link, settings=settings(steps=8, patience=0.1), callbacks=[Worsen()]
    )  # fmt: skip
    card = read_card(link)
    assert card["training"]["ended"] == "no better validation loss"
    assert card["training"]["epochs"] == 3 and card["training"]["best_epoch"] == 1
    assert link.is_symlink() and [path.name for path in disk.iterdir()] == ["mine"]


def test_portraits_that_are_all_black_or_all_white_give_a_model(tmp_path):
    portraits = np.zeros((28, 171, 186, 1), np.uint8)
    portraits[20::2] = 255  # to validate and to test on; those to train on are all the same
    np.save(tmp_path / "X_train.npy", portraits[:22])
    np.save(tmp_path / "X_test.npy", portraits[22:])
    out = tmp_path / "models" / "mine"
    card = learn(arrays=tmp_path, out=out, settings=settings(steps=8))
    assert np.isfinite(list(card["figures"]["test"].values())).all()
    check_model(out)


def test_arrays_that_are_renewed_in_the_meantime_are_not_described(
    unmeasured, arrays, tmp_path, monkeypatch
):
    monkeypatch.setattr("model.training.fitting.VIEW_SECONDS", -1)
    mine = Path(shutil.copytree(arrays, tmp_path / "arrays"))
    before = hash_array(np.load(mine / "X_train.npy"))

    def renew(history, pictures):
        with replace_set(mine, ["X_train.npy", "X_test.npy", "portraits.csv"]) as new:
            np.save(new / "X_train.npy", np.zeros((40, 171, 186, 1), np.uint8))
            np.save(new / "X_test.npy", np.zeros((40, 171, 186, 1), np.uint8))

    options = {"arrays": mine, "settings": settings(steps=8), "on_progress": renew}
    card = learn(**options, out=tmp_path / "models" / "mine")
    assert card["data"] == {**card["data"], "fit": 20, "test": 6, "fingerprint": before}
    assert sum(card["data"]["portraits"].values()) == 28
    assert len(LatentSpace.load(tmp_path / "models" / "mine").gallery) == 20


def test_no_arrays_too_few_portraits_and_no_model_are_one_sentence(arrays, tmp_path):
    with pytest.raises(UserError, match="prepare_data"):
        learn(arrays=tmp_path / "nothing", out=tmp_path / "mine")
    with pytest.raises(UserError, match="too few"):
        learn(arrays=arrays, out=tmp_path / "mine", settings=settings(batch_size=1000))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no model"):
        learn(init=False, arrays=arrays, out=tmp_path / "empty", settings=settings())


def test_two_trainings_in_one_folder_do_not_meet(arrays, tmp_path):
    before = sorted(tmp_path.iterdir())
    with (
        hold_lock(tmp_path, "the first learn() runs"),
        pytest.raises(UserError, match="Another learn"),
    ):
        learn(arrays=arrays, out=tmp_path / "mine", settings=settings(), fresh=True)
    assert sorted(tmp_path.iterdir()) == before


def test_a_new_model_that_does_not_open_replaces_nothing_and_costs_no_training(
    unmeasured, arrays, tmp_path, monkeypatch
):
    def forget(latent, folder):
        Path(folder, "latent.npz").write_bytes(b"torn")

    out, said = write_tiny_model(tmp_path / "mine"), []
    before = read_card(out)
    options = {"arrays": arrays, "out": out, "settings": settings(steps=8), "say": said.append}
    with monkeypatch.context() as patch, pytest.raises(UserError, match="stays as it was"):
        patch.setattr(LatentSpace, "save", forget)
        learn(**options)
    assert read_card(out) == before
    check_model(out)
    monkeypatch.setattr(keras.Model, "fit", None)  # it is trained already
    learn(**options)
    assert LatentSpace.load(out).model_id == read_card(out)["model_id"] != before["model_id"]


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
    learn(arrays=arrays, out=out, settings=STILL, callbacks=[Spoil(epoch=2)])
    before = read_card(out)
    assert before["training"]["ended"] == "the loss diverged"
    assert len(read_history(out)) == 2
    with pytest.raises(UserError, match="diverged"):
        learn(arrays=arrays, out=out, settings=STILL, callbacks=[Spoil(epoch=0)])
    assert read_card(out) == before
    check_model(out)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


KILLED = """
import os, sys
import keras
import tensorflow as tf
processor = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
from model import encoding
from model.training.learn import learn
from tests.model.test_learn import STILL

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
learn(arrays=arrays, out=out, settings=STILL, devices=devices, callbacks=[Kill()])
"""


def test_two_devices_go_on_as_one_does_and_a_killed_process_costs_at_most_an_epoch(
    unmeasured, arrays, trained, tmp_path, monkeypatch
):
    """Epoch 1 on one device, 2 on two, killed in 3, and to the end on one."""
    monkeypatch.setattr("model.training.fitting.VIEW_SECONDS", -1)
    out, said = tmp_path / "models" / "mine", []
    options = {"arrays": arrays, "out": out, "settings": STILL}
    learn(**options, on_progress=raising(KeyboardInterrupt()))
    before = read_card(out)
    command = [sys.executable, "-c", KILLED, str(arrays), str(out)]
    killed = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert killed.returncode == 9, killed.stderr[-3000:]
    assert read_card(out) == before
    learn(**options, say=said.append)
    assert "after epoch 2 of 4" in said[0]
    history, expected = read_history(out), read_history(trained[0])
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    losses = [row["val_loss"] for row in history]
    assert losses == pytest.approx([row["val_loss"] for row in expected], abs=0.03)
    assert [path.name for path in out.parent.iterdir()] == ["mine"]
    assert sorted(path.name for path in out.iterdir()) == sorted(MODEL_FILES)
