"""The second half of `learn`: the finisher of a trained autoencoder."""

from dataclasses import replace

import numpy as np
import pytest

from model.engine import FaceEngine
from model.folder import (
    FINISHER_FILE,
    FINISHER_HISTORY_FILE,
    HISTORY_COLUMNS,
    MODEL_FILES,
    check_folder,
    is_history,
    read_card,
    read_history,
)
from model.training.finishing import FinisherSettings
from model.training.learn import learn
from tests.model.tiny_model import TINY_SETTINGS

pytestmark = [
    pytest.mark.usefixtures("eagerly"),
    pytest.mark.filterwarnings("ignore:Even though the:UserWarning"),  # tf.data stays a graph
]
FEW = FinisherSettings(steps=2, steps_per_epoch=1, portraits=1, learning_rate=1e-2)
SETTINGS = replace(TINY_SETTINGS, finisher=FEW)


def trained_at_once(model, state, *rest) -> str:
    """Stands in for the training of the autoencoder."""
    state.best_weights, state.epochs_done, state.best_epoch = model.get_weights(), 1, 1
    numbers = dict.fromkeys(("mse", "val_mse", "val_loss", "seconds"), 1.0)
    state.history = [{"epoch": 1.0, **numbers}]
    return "all epochs done"


def test_the_finisher_is_stopped_and_goes_on_and_joins_the_model(arrays, tmp_path, monkeypatch):
    monkeypatch.setattr("model.training.critic.CHANNELS", (4, 4))
    monkeypatch.setattr("model.finisher.CHANNELS", (4, 4, 4))
    monkeypatch.setattr("model.training.finishing.training_policy", lambda: "float32")
    monkeypatch.setattr("model.training.callbacks.PICTURE_SECONDS", -1)
    monkeypatch.setattr("model.training.learn.check_model", check_folder)
    monkeypatch.setattr("model.training.learn._fit", trained_at_once)
    for module in ("export", "learn"):
        monkeypatch.setattr(
            f"model.training.{module}.metrics_by_part",
            lambda engine, *_: {"test": {"sharp": engine.can_finish}},
        )
    out, said, shown = tmp_path / "mine", [], []
    options = {"arrays": arrays, "out": out, "settings": SETTINGS, "say": said.append}

    def stop(*pictures):
        shown.append(pictures)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:  # stopped before anything is learned
        patch.setattr("model.training.learn.train_finisher", lambda *_, **__: (None, [], ""))
        first = learn(**options)
    assert first["finisher"] == {"ended": "not begun"} and not first["figures"]["test"]["sharp"]
    assert check_folder(out) == first["model_id"]
    monkeypatch.setattr("model.training.learn.compiled_model", None)  # it is trained already
    card = learn(**options, init=False, on_finished=stop)
    assert "fresh=True" in said[-3]
    assert card["finisher"]["ended"] == "interrupted" and card["finisher"]["epochs"] == 1
    assert check_folder(out) and (out / FINISHER_FILE).is_file()
    card = learn(**options, on_finished=lambda *pictures: shown.append(pictures))
    assert card["model_id"] == first["model_id"]
    assert card["finisher"] == {**card["finisher"], "ended": "all epochs done", "epochs": 2}
    files = {FINISHER_FILE, FINISHER_HISTORY_FILE, *MODEL_FILES}
    assert {path.name for path in out.iterdir()} == files
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert len(read_history(out)) == 1
    finished = read_history(out, FINISHER_HISTORY_FILE)
    assert len(finished) == 2 and is_history(finished, HISTORY_COLUMNS)
    assert read_card(out)["figures"]["test"]["sharp"]
    images, decoded, faces, epochs = shown[-1]
    assert images.shape == decoded.shape == faces.shape == (2, 160, 176, 1) and epochs == 2
    assert np.abs(faces - decoded).max() > 0
    assert FaceEngine.load(out).can_finish
