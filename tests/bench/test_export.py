import csv
import itertools
import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from data import load_arrays, load_labels
from model.engine import FaceEngine
from model.folder import CARD_FILE, FINISHER_FILE, NETWORK_FILE, read_card, read_history
from model.latent import LatentSpace
from model.measuring.metrics import encode_portraits
from model.network_file import load_network
from model.training.directions import Target
from tests.bench import export
from tests.model.one_graph import UntracedEngine
from tests.model.tiny_model import write_tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("model.finisher.CHANNELS", (4, 4, 4))
        folder = write_tiny_model(tmp_path_factory.mktemp("model") / "model", finisher=True)
        card = read_card(folder)
        card |= {"data": {"about": "other faces"}, "training": {"epochs": 3}}
        (folder / CARD_FILE).write_text(json.dumps(card))
        engine = UntracedEngine(load_network(folder), card["model_id"])
        patch.setattr(FaceEngine, "load", lambda folder: engine)
        yield folder


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["export", *map(str, arguments)])
    export.main()


@pytest.fixture
def fitted(monkeypatch):
    """What directions are fitted to: codes, targets, codes of mirror images, names of sliders."""
    asked = []

    def fit(engine, latent, *rest):
        asked.append(rest)
        step = {"smile": np.ones(80, np.float32)}
        return replace(latent, directions=step), {"smile": {"own": 2.0}}

    readings = {"smile": Target.of(np.zeros(22))}, ["smile"]
    monkeypatch.setattr("model.training.export.shipped_targets", lambda X: readings)
    monkeypatch.setattr("model.training.export.fit_directions", fit)
    monkeypatch.setattr(export, "fit_directions", fit)
    return asked


def test_the_same_network_described_by_all_portraits(arrays, model, tmp_path, monkeypatch, fitted):
    out = tmp_path / "out"
    run(monkeypatch, "--model", model, "--arrays", arrays, "--out", out, "--about", "mine", "--all")
    X_train, X_test = load_arrays(arrays)
    card = read_card(out)
    assert (out / NETWORK_FILE).read_bytes() == (model / NETWORK_FILE).read_bytes()
    counts = {"fit": len(X_train), "validation": 0, "test": len(X_test), "about": "mine"}
    assert card["data"] == {**card["data"], **counts}
    assert card["training"] == {"epochs": 3, "data": {"about": "other faces"}}
    assert set(card["figures"]) == {"training", "test"}
    assert read_history(out) == read_history(model)
    assert (out / FINISHER_FILE).read_bytes() == (model / FINISHER_FILE).read_bytes()
    latent = LatentSpace.load(out)
    ((codes, targets, mirrored, offered),) = fitted
    assert len(codes) == len(mirrored) == len(latent.gallery) == len(X_train)
    assert list(targets) == offered == list(latent.directions) == ["smile"]
    assert card["directions"] == {"smile": {"own": 2.0}}
    last = encode_portraits(FaceEngine.load(out), X_train[-1:])
    assert np.isclose(latent.gallery, last, atol=1e-4).all(axis=1).any()


def test_a_part_is_held_back_and_measured_labels_are_fitted_to(
    arrays, model, tmp_path, monkeypatch, fitted
):
    out, table = tmp_path / "out", tmp_path / "labels.csv"
    columns = [name for names in export.COLUMNS.values() for name in names]
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", *columns])
        writer.writeheader()
        for number, portrait in enumerate(load_labels(arrays)):
            row = dict.fromkeys(columns, number) | {
                "under_eye": -number,
                "chin": "" if number else 5,
            }
            writer.writerow({"file": f"{portrait.folder}/{portrait.file}", **row})
    options = {"--model": model, "--arrays": arrays, "--out": out, "--labels": table}
    run(monkeypatch, *itertools.chain(*options.items()))
    card = read_card(out)
    assert card["data"] == {**card["data"], "fit": 20, "validation": 2}
    assert card["training"]["data"] == {"about": "other faces"}  # what it learned from, still
    assert "validation" in card["figures"] and card["directions"] == {"smile": {"own": 2.0}}
    targets, mirrored, offered = fitted[-1][1:]
    np.testing.assert_allclose(targets["smile"].values[1:-1], np.arange(1, 19))
    np.testing.assert_allclose(targets["glasses"].values, 0, atol=1e-6)
    assert targets["chin"].rows.sum() == 1 and len(mirrored) == 20
    assert set(offered) == set(targets) - set(export.HELD)


def test_without_arrays_or_model_it_is_one_sentence(model, tmp_path, monkeypatch, capsys):
    for arguments in (["--model", model, "--arrays", tmp_path], ["--model", tmp_path / "none"]):
        with pytest.raises(SystemExit):
            run(monkeypatch, *arguments, "--out", tmp_path / "out")
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out").exists()
