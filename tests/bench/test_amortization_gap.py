import sys

import pytest

from data import load_arrays
from model.engine import FaceEngine
from model.frame import crop
from model.latent import LatentSpace
from model.measuring.pca import PCABaseline
from tests.bench import amortization_gap
from tests.model.tiny_model import write_tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_tiny_model(tmp_path_factory.mktemp("gap") / "model")


def test_searched_codes_come_closer_than_the_encoders(model, arrays):
    X_train, X_test = load_arrays(arrays)
    images, baseline = crop(X_test[:2]), PCABaseline.fit(X_train)
    figures = amortization_gap.compare(
        FaceEngine.load(model), LatentSpace.load(model), images, baseline
    )
    assert figures["search"]["mse"] < figures["encoder"]["mse"]
    linear = ((baseline.reconstruct(images) - images) ** 2).mean()
    assert figures["PCA"]["mse"] == pytest.approx(linear, rel=1e-4)


def test_the_command_prints_a_table_or_one_sentence(model, arrays, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(amortization_gap, "search", lambda engine, latent, codes, images: 0 * codes)
    arguments = ["gap", "--model", str(model), "--arrays", str(arrays), "--count", "1"]
    monkeypatch.setattr(sys, "argv", arguments)
    amortization_gap.main()
    head, encoder, search = capsys.readouterr().out.splitlines()
    assert head.startswith("1 test portraits")
    assert encoder.startswith("codes of the encoder") and search.startswith("codes of the search")
    assert float(search.split()[-3]) != float(encoder.split()[-3]) > 0
    arguments[4] = str(tmp_path)
    with pytest.raises(SystemExit):
        amortization_gap.main()
    assert len(capsys.readouterr().err.splitlines()) == 1
