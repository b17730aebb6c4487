import numpy as np
import pytest

from model.latent import LatentSpace
from tests.bench import finisher
from tests.bench.benchmarks import call_times
from tests.model.tiny_model import write_tiny_model

NOISE = np.random.default_rng(0).normal(0, 0.15, (160, 176 + 8, 1)).astype(np.float32)


class PlaceEngine:
    """A code's first number says how far a picture was moved; its picture has no detail."""

    def encode(self, images):
        codes = np.zeros((len(images), 80), np.float32)
        codes[:, 0] = np.round(255 * images[:, 0, 0, 0])
        return codes

    def decode(self, codes):
        return np.full((len(codes), 160, 176, 1), 0.5, np.float32)


def sticking(codes):
    return 0.5 + np.stack([NOISE[:, :176]] * len(codes))


def moving_along(codes):
    return 0.5 + np.stack([NOISE[:, int(x) : int(x) + 176] for x in codes[:, 0]])


def boiling(codes):
    rng = np.random.default_rng(np.abs(codes).view(np.uint32).ravel())
    return 0.5 + rng.normal(0, 0.05, (len(codes), 160, 176, 1)).astype(np.float32)


@pytest.fixture(scope="module")
def latent():
    return LatentSpace.fit(np.random.default_rng(0).normal(size=(200, 80)).astype(np.float32))


def test_detail_that_sticks_is_told_from_detail_that_moves_along():
    columns = np.tile(np.arange(186, dtype=np.uint8)[None, None, :, None], (2, 171, 1, 1))
    columns -= finisher.CROP_LEFT  # a picture's first pixel says how far it was moved
    along, stays = finisher.moving(moving_along, PlaceEngine(), columns)
    assert along == pytest.approx(1, abs=1e-5) and abs(stays) < 0.1
    along, stays = finisher.moving(sticking, PlaceEngine(), columns)
    assert abs(along) < 0.1 and stays == pytest.approx(1, abs=1e-5)


def test_detail_that_stays_in_its_place_from_face_to_face_is_told_from_detail_of_the_face():
    own = np.random.default_rng(0).normal(size=(50, 40, 44))
    same = np.broadcast_to(own[0], own.shape)
    slope = np.linspace(0, 9, 44)  # is not fine
    assert finisher.fixed_detail(own + slope) == pytest.approx(1 / 50, rel=0.2)
    assert finisher.fixed_detail(same + slope) == pytest.approx(1)
    assert finisher.fixed_detail((same + own[::-1])[:49]) == pytest.approx(0.5, rel=0.1)


def test_detail_that_boils_is_told_from_detail_that_lasts(latent):
    assert finisher.walking(sticking, PlaceEngine(), latent) == pytest.approx(1, abs=1e-5)
    assert abs(finisher.walking(boiling, PlaceEngine(), latent)) < 0.1


def test_a_judge_sees_plain_differences_and_nothing_where_there_is_none(monkeypatch):
    monkeypatch.setattr(finisher, "JUDGE_STEPS", 30)
    monkeypatch.setattr(finisher, "JUDGE_BATCH", 16)
    flat = np.full((12, 171, 186, 1), 128, np.uint8)
    decode = PlaceEngine().decode
    assert finisher.judge(PlaceEngine(), sticking, flat, flat) > 0.9
    same = finisher.judge(PlaceEngine(), lambda codes: decode(codes) + 0.4 / 255, flat, flat)
    assert same == 0.5


def test_the_command_measures_both_kinds_of_faces_and_draws_them(
    arrays, tmp_path, monkeypatch, capsys
):
    for name, count in {"WALKS": 2, "SAMPLES": 10, "FIXED": 4}.items():
        monkeypatch.setattr(finisher, name, count)
    monkeypatch.setattr(finisher, "judge", lambda engine, way, X_train, X_test: 0.5)
    monkeypatch.setattr("model.encoding.STEPS", 1)  # each takes long to trace
    monkeypatch.setattr("model.measuring.pca.PASSES", 1)
    monkeypatch.setattr(call_times, "__defaults__", (3,))
    model = write_tiny_model(tmp_path / "model")
    picture = tmp_path / "out" / "page.png"
    finisher.main(["--model", str(model), "--arrays", str(arrays), "--out", str(picture)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12 and picture.is_file()
    # A model without a finisher decodes.
    for line in lines[1:5]:
        assert line.split()[-1] == line.split()[-2]
    assert "0.0000" in lines[4]
