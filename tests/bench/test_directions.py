import csv
import json

import numpy as np
import pytest

from data import load_labels, prepare_data
from model.folder import CARD_FILE, read_card
from model.latent import LatentSpace
from tests.bench import directions
from tests.data.drawn_archive import drawn_files, write_folder
from tests.model.test_directions import Pegboard
from tests.model.tiny_model import write_tiny_model

RNG = np.random.default_rng(0)
MIXING = RNG.normal(size=(171 * 186, 80)).astype(np.float32) / 100


@pytest.fixture(scope="module")
def arrays(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled")
    prepare_data(write_folder(folder / "portraits", drawn_files(150)), folder / "arrays")
    return folder / "arrays"


@pytest.fixture
def reader(monkeypatch):
    """Codes that are a plain function of the pixels, in place of a network."""

    def encode(engine, X, mirrored=False):
        X = X[:, :, ::-1] if mirrored else X
        return X.reshape(len(X), -1).astype(np.float32) / 255 @ MIXING

    class Engine(Pegboard):
        load = classmethod(lambda cls, folder: cls())

    monkeypatch.setattr(directions, "encode_portraits", encode)
    monkeypatch.setattr(directions, "FaceEngine", Engine)
    return encode


def write_table(path, arrays, codes):
    """Labels of all portraits: the smile is the first number of the code, the rest is chance."""
    columns = [name for names in directions.COLUMNS.values() for name in names]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", *columns])
        writer.writeheader()
        for portrait, code in zip(load_labels(arrays), codes, strict=True):
            row = {name: RNG.normal() for name in columns}
            row |= {"smile_curve": code[0], "background": ""}
            writer.writerow({"file": f"{portrait.folder}/{portrait.file}", **row})
    return path


def test_labels_that_codes_show_become_readouts_and_directions(tmp_path, arrays, reader, capsys):
    codes = np.concatenate([reader(None, X) for X in directions.load_arrays(arrays)])
    table = write_table(tmp_path / "labels.csv", arrays, codes)
    model = write_tiny_model(tmp_path / "model")
    LatentSpace.fit(codes, model_id=read_card(model)["model_id"]).save(model)
    directions.main(["--model", f"{model}", "--arrays", f"{arrays}", "--labels", f"{table}"])
    latent = LatentSpace.load(model)
    assert "smile" in latent.directions and "background light" not in latent.readouts
    assert not set(latent.directions) & set(directions.HELD)
    assert json.loads((model / CARD_FILE).read_text())["directions"]["smile"]["correlation"] > 0.5
    fitted = capsys.readouterr().out
    assert "| smile | " in fitted
    directions.main(["--model", f"{model}", "--arrays", f"{arrays}"])
    assert "| smile | " in capsys.readouterr().out
