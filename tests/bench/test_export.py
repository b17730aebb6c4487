import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from data import load_arrays
from model.engine import FaceEngine
from model.folder import CARD_FILE, NETWORK_FILE, read_card, read_history
from model.latent import LatentSpace
from model.measuring.metrics import encode_portraits
from model.training.directions import Target
from tests.bench import export
from tests.model.tiny_model import write_tiny_model


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.setattr("model.finisher.CHANNELS", (4, 4, 4))
    monkeypatch.setattr("model.encoding.STEPS", 1)  # each takes long to trace
    folder = write_tiny_model(tmp_path / "model", finisher=True)
    card = read_card(folder)
    card |= {"data": {"about": "other faces"}, "training": {"epochs": 3}}
    (folder / CARD_FILE).write_text(json.dumps(card))
    return folder


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["export", *map(str, arguments)])
    export.main()


def test_the_same_network_described_by_all_portraits(arrays, model, tmp_path, monkeypatch):
    out, asked = tmp_path / "out", []

    def fit(engine, latent, codes, targets, mirrored, offered):
        asked.append((list(targets), offered, len(codes), len(mirrored)))
        step = {"smile": np.ones(80, np.float32)}
        return replace(latent, directions=step), {"smile": {"own": 2.0}}

    def readings(X):
        return {"smile": Target.of(np.zeros(len(X)))}, ["smile"]

    monkeypatch.setattr("model.training.export.shipped_targets", readings)
    monkeypatch.setattr("model.training.export.fit_directions", fit)
    run(monkeypatch, "--model", model, "--arrays", arrays, "--out", out, "--about", "mine", "--all")
    X_train, X_test = load_arrays(arrays)
    card = read_card(out)
    assert (out / NETWORK_FILE).read_bytes() == (model / NETWORK_FILE).read_bytes()
    counts = {"fit": len(X_train), "validation": 0, "test": len(X_test), "about": "mine"}
    assert card["data"] == {**card["data"], **counts}
    assert card["training"] == {"epochs": 3, "data": {"about": "other faces"}}
    assert set(card["figures"]) == {"training", "test"}
    assert read_history(out) == read_history(model)
    engine, latent = FaceEngine.load(out), LatentSpace.load(out)
    assert engine.can_finish and card["figures"]["test"]["sharp_mse"] > 0
    assert asked == [(["smile"], ["smile"], len(X_train), len(X_train))]
    assert list(latent.directions) == ["smile"] and card["directions"] == {"smile": {"own": 2.0}}
    assert len(latent.gallery) == len(X_train)
    last = encode_portraits(engine, X_train[-1:])
    assert np.isclose(latent.gallery, last, atol=1e-4).all(axis=1).any()

    again = tmp_path / "again"
    run(monkeypatch, "--model", out, "--arrays", arrays, "--out", again)
    card = read_card(again)
    held_back = len(X_train) // 10
    assert held_back
    counts = {"fit": len(X_train) - held_back, "validation": held_back}
    assert card["data"] == {**card["data"], **counts}
    assert card["training"]["data"] == {"about": "other faces"}  # what it learned from, still
    assert "validation" in card["figures"]


def test_without_arrays_or_model_it_is_one_sentence(model, tmp_path, monkeypatch, capsys):
    for arguments in (["--model", model, "--arrays", tmp_path], ["--model", tmp_path / "none"]):
        with pytest.raises(SystemExit):
            run(monkeypatch, *arguments, "--out", tmp_path / "out")
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out").exists()
