"""The second half of `learn`: the finisher of a trained autoencoder."""

import json
import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from model import folder as files
from model.finisher import FIXED
from model.network_file import load_finisher, load_network
from model.training import export, fitting, learn
from model.training.finishing import FinisherSettings, Finishing
from tests.model.one_graph import UntracedEngine
from tests.model.tiny_model import TINY_SETTINGS

pytestmark = pytest.mark.usefixtures("eagerly")
FEW = FinisherSettings(steps=2, steps_per_epoch=1, portraits=1, learning_rate=1e-2)
SETTINGS = replace(TINY_SETTINGS, finisher=FEW)
FIT = fitting.Training.fit


def fit(state, model, *rest):
    """Trains the finisher; of the autoencoder, makes believe."""
    if isinstance(model, Finishing):
        return FIT(state, model, *rest)
    state.best_weights, state.epochs_done = model.get_weights(), 1
    state.history = [{"epoch": 1.0, **dict.fromkeys(files.HISTORY_COLUMNS[1:], 1.0)}]
    return "all epochs done"


def test_the_finisher_is_stopped_and_goes_on_and_joins_the_model(arrays, tmp_path, monkeypatch):
    monkeypatch.setattr("model.encoding.correct", lambda autoencoder, codes, images: codes)
    monkeypatch.setattr("model.training.finishing.CRITIC_CHANNELS", (4, 4))
    monkeypatch.setattr("model.finisher.CHANNELS", (4, 4, 4))
    monkeypatch.setattr("model.training.finishing.training_policy", lambda: "float32")
    monkeypatch.setattr(fitting, "VIEW_SECONDS", -1)
    monkeypatch.setattr(fitting.Training, "fit", fit)
    monkeypatch.setattr(learn, "FaceEngine", UntracedEngine)
    monkeypatch.setattr(export, "measure_figures", lambda *_: {"test": {"mse": 0.5}})
    out, said, seen = tmp_path / "mine", [], []
    options = {"arrays": arrays, "out": out, "settings": SETTINGS, "say": said.append}

    def build(*arguments):
        os.kill(os.getpid(), signal.SIGINT)
        return built(*arguments)

    def stop(*shown):
        seen.append(shown)
        raise KeyboardInterrupt

    built = learn.compiled_finishing
    with monkeypatch.context() as patch:  # stopped while it is built
        patch.setattr(learn, "compiled_finishing", build)
        first = learn.learn(**options)
    assert "no finisher yet" in said[-1] and first["finisher"] == {"ended": "not begun"}
    assert files.check_folder(out) == first["model_id"]
    monkeypatch.setattr(learn, "compiled_model", None)  # it is trained already
    card = learn.learn(**options, init=False, on_progress=stop)
    assert any("fresh=True" in sentence for sentence in said)
    assert card["finisher"]["ended"] == "interrupted" and card["finisher"]["epochs"] == 1
    assert files.check_folder(out) and (out / files.FINISHER_FILE).is_file()
    card = learn.learn(**options, on_progress=lambda *shown: seen.append(shown))
    assert card["model_id"] == first["model_id"]
    assert card["finisher"] == {**card["finisher"], "ended": "all epochs done", "epochs": 2}
    names = {*files.MODEL_FILES, files.FINISHER_FILE, files.FINISHER_HISTORY_FILE}
    assert {path.name for path in out.iterdir()} == names
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert len(files.read_history(out)) == 1
    finished = files.read_history(out, files.FINISHER_HISTORY_FILE)
    assert len(finished) == 2 and files.is_history(finished, files.HISTORY_COLUMNS)
    assert {"critic", "val_sharpness"} <= finished[-1].keys()
    assert files.read_card(out)["figures"] == {"test": {"mse": 0.5}}
    history, pictures = seen[-1]
    assert len(history) == 2 and list(pictures) == ["Portrait", "Network", "Made sharp"]
    assert {images.shape for images in pictures.values()} == {(2, 160, 176, 1)}
    assert np.abs(pictures["Made sharp"] - pictures["Network"]).max() > 0
    finisher = load_finisher(out, load_network(out).get_layer("decoder"))
    assert np.abs(finisher.get_layer(FIXED).get_weights()[0]).max() > 0
    del card["finisher"]["version"]  # what learn() of an older version made
    older = files.read_card(out) | {"finisher": card["finisher"]}
    (out / files.CARD_FILE).write_text(json.dumps(older))
    assert load_finisher(out, load_network(out).get_layer("decoder")) is None
    monkeypatch.setattr(learn, "compiled_finishing", build)
    assert learn.learn(**options) == older and "no finisher yet" in said[-1]  # it was begun anew
