from dataclasses import replace

import numpy as np

from data import load_arrays
from model.engine import FaceEngine
from model.folder import read_card
from model.frame import crop
from tests.bench.correction import give_correction
from tests.model.tiny_model import TINY, TINY_SETTINGS, write_tiny_model


def test_only_the_correction_is_new(arrays, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("model.finisher.CHANNELS", (4, 4, 4))
    plain = replace(TINY, corrected=False)
    folder = write_tiny_model(tmp_path / "plain", architecture=plain, finisher=True)
    card = read_card(folder)
    card |= {"data": {"about": "drawn"}, "training": {}}
    monkeypatch.setattr("tests.bench.correction.read_card", lambda _: card)
    out = tmp_path / "corrected"
    give_correction(folder, out, arrays, arrays, 4, replace(TINY_SETTINGS, learning_rate=0.05))
    before, after = FaceEngine.load(folder), FaceEngine.load(out)
    images = crop(load_arrays(arrays)[1])
    guesses = after.encode_sketch(images)
    np.testing.assert_allclose(guesses, before.encode(images), atol=2e-2)  # weights are rounded
    assert np.abs(after.encode(images) - guesses).max() > 1e-3
    np.testing.assert_allclose(after.finish(guesses), before.finish(guesses), atol=2e-2)
    assert read_card(out)["training"]["correction"] == {"portraits": 20, "steps": 4}
    assert read_card(out)["figures"]["test"]["sharp_mse"] > 0
