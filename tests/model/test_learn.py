import csv
import math
import os
import shutil
import signal
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from data import UserError
from data.lock import hold_lock
from model.engine import FaceEngine
from model.folder import MODEL_FILES, read_card, read_history
from model.latent import LatentSpace
from model.training import learn as train
from model.training.callbacks import TrainingState
from model.training.learn import Settings, learn
from tests.model.tiny_model import TINY_SETTINGS, write_tiny_model

pytestmark = [
    pytest.mark.usefixtures("one_graph"),
    pytest.mark.filterwarnings("ignore:Even though the:UserWarning"),  # tf.data stays a graph
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def film(tmp_path_factory, monkeypatch):
    """No test writes its film to the figures of the project."""
    path = tmp_path_factory.mktemp("figures") / "learning.gif"
    monkeypatch.setitem(learn.__kwdefaults__, "film", path)
    return path


def settings(**changes) -> Settings:
    return Settings(**{**TINY_SETTINGS.__dict__, **changes})


@pytest.fixture(scope="module")
def trained(arrays, tmp_path_factory, _one_graph):
    """Four epochs, what was said, and what the views were given."""
    out = tmp_path_factory.mktemp("models") / "mine"
    said, epochs, pictures = [], [], []
    with pytest.MonkeyPatch.context() as patch:
        _one_graph.share(patch)
        learn(
            arrays=arrays,
            out=out,
            settings=settings(steps=8),
            say=said.append,
            on_epoch=lambda history: epochs.append(len(history)),
            on_pictures=lambda *shown: pictures.append(shown),
        )
    return out, said, epochs, pictures


def test_a_short_training_lowers_the_loss_and_leaves_a_model_and_its_card(trained):
    out, said, epochs, pictures = trained
    assert sorted(path.name for path in out.iterdir()) == sorted(MODEL_FILES)
    history = read_history(out)
    assert [row["epoch"] for row in history] == [1, 2, 3, 4]
    assert history[-1]["loss"] < history[0]["loss"]
    assert history[-1]["val_loss"] < history[0]["val_loss"]
    card = read_card(out)
    assert card["data"] == {**card["data"], "fit": 20, "validation": 2, "test": 6}
    assert card["settings"]["architecture"]["encoder_channels"] == [4, 4, 4, 4]
    assert "finisher" not in card  # its settings have no steps for one
    assert card["figures"]["test"]["mse"] > 0 and card["figures"]["test"]["pca_mse"] > 0
    assert epochs[-1] == 4
    images, reconstructions, done = pictures[-1]
    assert images.shape == reconstructions.shape == (2, 160, 176, 1) and done == 4
    assert "20 portraits" in said[0]


def test_what_was_trained_opens_as_engine_and_latent_space(trained):
    engine, latent = FaceEngine.load(trained[0]), LatentSpace.load(trained[0])
    assert engine.model_id == latent.model_id
    faces = engine.decode(latent.sample(2, np.random.default_rng(0)))
    assert faces.shape == (2, 160, 176, 1)
    assert engine.encode(faces).dtype == np.float32


def test_saved_weights_run_in_float32(trained):
    network = keras.saving.load_model(trained[0] / "autoencoder.keras")
    layers = [*network.get_layer("encoder").layers, *network.get_layer("decoder").layers]
    assert {layer.compute_dtype for layer in layers} == {"float32"}


def test_the_validation_loss_decides_which_weights_are_kept(trained):
    history, card = read_history(trained[0]), read_card(trained[0])
    losses = [row["val_loss"] for row in history]
    assert card["training"]["best_epoch"] == 1 + losses.index(min(losses))


def test_continuing_a_model_starts_where_it_was(eagerly, arrays, trained, tmp_path):
    out = tmp_path / "mine"
    out.mkdir()
    for name in MODEL_FILES:
        (out / name).write_bytes((trained[0] / name).read_bytes())
    learn(init=False, arrays=arrays, out=out, settings=settings(steps=2, learning_rate=1e-5))
    history = read_history(out)
    assert [row["epoch"] for row in history] == [1, 2, 3, 4, 5]
    assert history[4]["val_loss"] == pytest.approx(history[3]["val_loss"], abs=0.05)
    former = read_card(trained[0])
    assert read_card(out)["training"]["continued_from"] == [
        {
            "model_id": former["model_id"],
            "about": "",
            "portraits": 20,
            "epochs": 4,
            "minutes": former["training"]["minutes"],
        }
    ]


def stop_after(epochs: int, how):
    """A view that ends the training once so many epochs are done."""

    def on_epoch(history):
        if len(history) >= epochs:
            how()

    return on_epoch


def interrupt():
    raise KeyboardInterrupt


def send(number):
    os.kill(os.getpid(), number)


class InDestructor:
    """Python drops what is raised here."""

    def __del__(self):
        send(signal.SIGTERM)


STOPS = (lambda: send(signal.SIGINT), lambda: send(signal.SIGTERM), InDestructor)


@pytest.fixture(scope="module")
def stopped(arrays, tmp_path_factory, _one_graph):
    """A training of four epochs, stopped after each in another way, and what each call left."""
    place = tmp_path_factory.mktemp("stopped")
    out, film, left = place / "models" / "mine", place / "learning.gif", []
    with pytest.MonkeyPatch.context() as patch:
        _one_graph.share(patch)
        patch.setattr("model.training.callbacks.PICTURE_SECONDS", -1)
        for done, how in enumerate((*STOPS, None), start=1):
            said = []
            learn(
                arrays=arrays, out=out, settings=settings(steps=8), film=film, say=said.append,
                on_epoch=how and stop_after(done, how),
            )  # fmt: skip
            latent_dim = FaceEngine.load(out).latent_dim
            with Image.open(film) as picture:
                left.append((said, read_card(out), read_history(out), latent_dim, picture.n_frames))
    return left, [path.name for path in out.parent.iterdir()]


def test_a_stopped_training_keeps_what_it_learned_and_goes_on(stopped):
    left, files = stopped
    assert len(left) == 4
    for done, (said, card, history, latent_dim, _) in enumerate(left, start=1):
        assert card["training"]["ended"] == ("interrupted" if done < 4 else "all epochs done")
        assert [row["epoch"] for row in history] == list(range(1, done + 1))
        assert latent_dim == 80
        gone_on = any(f"after epoch {done - 1} of 4" in sentence for sentence in said)
        assert gone_on == (done > 1)
    assert files == ["mine"]


def test_a_film_shows_the_whole_training(stopped):
    frames = [frames for *_, frames in stopped[0]]
    assert frames == [3, 5, 7, 9]  # before the first step, and after each


def test_a_training_stopped_in_its_first_epoch_says_so(arrays, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(
        "model.training.callbacks.Progress.on_train_batch_end", lambda *_, **__: interrupt()
    )
    with pytest.raises(KeyboardInterrupt):
        learn(arrays=arrays, out=tmp_path / "mine", settings=settings(steps=8), say=said.append)
    assert "nothing was learned" in said[-1]
    assert not (tmp_path / "mine").exists()


def test_a_killed_training_goes_on_and_fresh_discards_it(arrays, tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    def kill():
        raise Killed

    monkeypatch.setattr("model.training.callbacks.PICTURE_SECONDS", -1)
    out, said = write_tiny_model(tmp_path / "mine"), []
    before = read_card(out)
    options = {"arrays": arrays, "out": out, "settings": settings(steps=8), "say": said.append}
    with pytest.raises(Killed):
        learn(**options, on_epoch=stop_after(3, kill))
    assert read_card(out) == before
    with pytest.raises(Killed):
        learn(**options, on_epoch=stop_after(4, kill))
    assert any("after epoch 3 of 4" in sentence for sentence in said)
    said.clear()
    learn(**options, fresh=True)
    assert not any("Continuing" in sentence for sentence in said)
    assert len(read_history(out)) == 4


def test_a_torn_or_foreign_state_is_not_continued(tmp_path):
    model = train.compiled_model(settings(), 10)
    state = TrainingState(tmp_path / "state.npz", "mine", 3)
    state.set_model(model)
    state.best_weights = model.get_weights()
    state.save()
    assert TrainingState(state.path, "mine", 3).restore(model)
    assert not TrainingState(state.path, "another's", 3).restore(model)
    whole = state.path.read_bytes()
    for damaged in (b"", whole[:-200], b"PK" + bytes(500)):
        state.path.write_bytes(damaged)
        assert not TrainingState(state.path, "mine", 3).restore(model)


def test_an_interrupted_training_does_not_replace_a_better_model(arrays, tmp_path, monkeypatch):
    monkeypatch.setattr("model.training.callbacks.PICTURE_SECONDS", -1)
    out = write_tiny_model(tmp_path / "mine")
    (out / "history.csv").write_text("epoch,val_loss\n1,-9.0\n")
    before = read_card(out)["model_id"]
    learn(arrays=arrays, out=out, settings=settings(steps=8), on_epoch=stop_after(1, interrupt))
    assert read_card(out)["model_id"] == before


def test_the_settings_reach_the_objective_and_going_on_is_slower():
    model = train.compiled_model(settings(ssim_weight=0.2, radius_weight=0.4), 10)
    assert (model.ssim_weight, model.radius_weight, model.steps) == (0.2, 0.4, 10)
    goes_on = train.compiled_model(settings(), 10, model.get_weights())
    assert model.young and not goes_on.young
    rates = [float(some.optimizer.learning_rate.numpy()) for some in (goes_on, model)]
    assert rates[0] == pytest.approx(train.CONTINUED * rates[1])


def test_divergence_is_one_sentence_and_leaves_the_former_model(arrays, tmp_path):
    class Spoil(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.model.set_weights([math.nan * weight for weight in self.model.get_weights()])

    out = write_tiny_model(tmp_path / "mine")
    before = read_card(out)
    with pytest.raises(UserError, match="diverged"):
        learn(arrays=arrays, out=out, settings=settings(steps=8), callbacks=[Spoil()])
    assert read_card(out) == before


def test_early_stopping(arrays, tmp_path):
    class Worsen(keras.callbacks.Callback):
        """After the first epoch, before every step."""

        def on_epoch_begin(self, epoch, logs=None):
            self.weights = self.weights if epoch else self.model.get_weights()
            self.epoch = epoch

        def on_train_batch_begin(self, batch, logs=None):
            if self.epoch:
                self.model.set_weights([3 * weight for weight in self.weights])

    learn(
        arrays=arrays, out=tmp_path / "mine", settings=settings(steps=8, patience=0.1),
        callbacks=[Worsen()],
    )  # fmt: skip
    card = read_card(tmp_path / "mine")
    assert card["training"]["ended"] == "no better validation loss"
    assert card["training"]["epochs"] == 3 and card["training"]["best_epoch"] == 1


def test_no_arrays_too_few_portraits_and_no_model_are_one_sentence(arrays, tmp_path):
    with pytest.raises(UserError, match="prepare_data"):
        learn(arrays=tmp_path / "nothing", out=tmp_path / "mine")
    with pytest.raises(UserError, match="too few"):
        learn(arrays=arrays, out=tmp_path / "mine", settings=settings(batch_size=1000))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no model"):
        learn(init=False, arrays=arrays, out=tmp_path / "empty", settings=settings())


def test_a_foreign_history_is_not_gone_on_with(eagerly, arrays, trained, tmp_path):
    out = tmp_path / "model"
    shutil.copytree(trained[0], out)
    (out / "history.csv").write_text("epoch,loss\n1,2\n")
    card = learn(init=False, arrays=arrays, out=out, settings=settings(steps=2))
    assert card["training"]["epochs"] == len(read_history(out))
    assert card["training"]["continued_from"][0]["model_id"] == read_card(trained[0])["model_id"]


def test_a_large_set_is_seen_often_enough():
    assert train.schedule(settings(steps=5, least_epochs=2), portraits=43) == (2, 5)
    assert train.schedule(settings(steps=5, least_epochs=1), portraits=43) == (1, 5)


def test_history_is_a_table(trained):
    with Path(trained[0], "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"epoch", "loss", "mse", "val_loss", "val_mse", "learning_rate", "seconds"} <= set(
        rows[0]
    )


def test_two_trainings_in_one_folder_do_not_meet(arrays, tmp_path):
    before = sorted(tmp_path.iterdir())
    with (
        hold_lock(tmp_path, "the first learn() runs"),
        pytest.raises(UserError, match="Another learn"),
    ):
        learn(arrays=arrays, out=tmp_path / "mine", settings=settings(), fresh=True)
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_cannot_be_made_is_one_sentence_before_the_training(arrays, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match="No model can be written"):
        learn(arrays=arrays, out=tmp_path / "file" / "mine", settings=settings())


def test_a_new_model_that_does_not_open_replaces_nothing_and_costs_no_training(
    arrays, tmp_path, monkeypatch
):
    def forget(latent, folder):
        Path(folder, "latent.npz").write_bytes(b"torn")

    out, said = write_tiny_model(tmp_path / "mine"), []
    before = read_card(out)
    options = {"arrays": arrays, "out": out, "settings": settings(steps=8), "say": said.append}
    with monkeypatch.context() as patch, pytest.raises(UserError, match="stays as it was"):
        patch.setattr(LatentSpace, "save", forget)
        learn(**options)
    assert read_card(out) == before and FaceEngine.load(out)
    learn(**options)
    assert "after epoch 4 of 4" in said[-2]
    assert LatentSpace.load(out).model_id == read_card(out)["model_id"] != before["model_id"]
