from dataclasses import replace

import numpy as np
import pytest

from data import Portrait, prepare_data
from model.latent import LatentSpace
from model.training.directions import questions, symmetric_values
from tests.bench.directions import MOVES, Effect, Proof, fit_judge, prove, report
from tests.data.drawn_archive import drawn_files, write_folder

TRAINING, UNSEEN = 900, 200
ROWS, COLUMNS = np.mgrid[80:130:5, 75:115:5].reshape(2, 80)  # a pixel of the face for each number


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    """A few halvings and random directions are enough where effects are plain."""
    monkeypatch.setattr("tests.bench.directions.HALVINGS", 5)
    monkeypatch.setattr("tests.bench.directions.RANDOM", 4)


class Pegboard:
    """An engine that draws each number of a code as one pixel, and reads it again."""

    def decode(self, codes):
        images = np.full((len(codes), 160, 176, 1), 0.5, np.float32)
        images[:, ROWS, COLUMNS, 0] += 0.02 * codes
        return images

    def encode(self, images):
        return 50 * (images[:, ROWS, COLUMNS, 0] - 0.5)


def labelled(n, seed, year_shows=True):
    """Codes of F and M portraits of one source: unit 0 tells M from F, unit 1 the year."""
    rng = np.random.default_rng(seed)
    codes = rng.normal(size=(n, 80)).astype(np.float32)
    portraits = []
    for i in range(n):
        year = int(rng.integers(1950, 2000))
        codes[i, 0] += 2 * (i % 2)
        if year_shows:
            codes[i, 1] += (year - 1975) / 15
        portraits.append(Portrait(i, "train", f"{year}_Ohio_Akron_{i}.png", "FM"[i % 2], year))
    return codes, portraits


def proof_of(name, engine=None, year_shows=True):
    codes, portraits = labelled(TRAINING, 0, year_shows)
    others, labels = labelled(UNSEEN, 1, year_shows)
    latent = LatentSpace.fit(codes)
    return prove(
        engine or Pegboard(),
        latent,
        symmetric_values(latent, codes, None),
        questions(portraits)[name],
        latent.to_sliders(others),
        questions(labels, 10)[name],
        np.array([label.folder for label in labels]),
    )


@pytest.mark.parametrize("name", ["F to M", "year"])
def test_a_direction_that_is_there_is_shown_within_f_and_within_m(name):
    proof = proof_of(name)
    assert proof.shown
    assert proof.agreed == 1
    assert min(r for r, _ in proof.judged.values()) > 0.5
    assert list(proof.effects) == ["F", "M"]
    for effect in proof.effects.values():
        assert effect.portraits == 80
        assert min(effect.right_way.values()) > 0.95
        assert all(np.sign(effect.movement[size]) == np.sign(size) for size in MOVES)
        assert effect.movement[2] == pytest.approx(2 * effect.movement[1], rel=0.05)
        assert effect.change < 0.5 * effect.random_change
        assert effect.recognised == 1 and effect.random_recognised < 0.95


def test_a_label_that_says_nothing_is_not_shown():
    proof = proof_of("year", year_shows=False)
    assert not proof.shown
    assert max(r for r, _ in proof.judged.values()) < 0.3


def test_a_network_that_does_not_draw_the_direction_is_found_out():
    class Blind(Pegboard):
        def decode(self, codes):
            codes = codes.copy()
            codes[:, 0] = 0.3
            return super().decode(codes)

    proof = proof_of("F to M", Blind())
    assert proof.agreed == 1  # the codes alone would pass
    assert not proof.shown


def test_the_judge_is_fitted_within_strata():
    codes, portraits = labelled(TRAINING, 0)
    question = questions(portraits)["year"]
    shifted = codes.copy()
    shifted[question.strata == question.strata[0], 2] += 9  # goes with F, not with the year
    judge = fit_judge(shifted, question)
    assert np.abs(judge).argmax() == 1 and judge[1] > 0
    assert abs(judge[2]) < 0.2 * judge[1]


def test_every_part_of_a_proof_counts():
    moves = dict.fromkeys(MOVES, 1.0)
    effect = Effect(50, moves, moves, 0.9, 0.02, 0.8, 0.05)
    proof = Proof(1.0, {"F": (0.5, 40)}, {"F": effect})
    assert proof.shown
    for worse in (
        replace(effect, right_way={**moves, -2: 0.8}),
        replace(effect, recognised=0.7),
        replace(effect, change=0.06),
    ):
        assert not replace(proof, effects={"F": effect, "M": worse}).shown
    assert not replace(proof, agreed=0.6).shown
    assert not replace(proof, judged={"F": (0.5, 40), "M": (0.1, 40)}).shown


def test_the_report_names_every_question_that_the_labels_can_be_asked(tmp_path):
    source = write_folder(tmp_path / "portraits", drawn_files(150))
    prepare_data(source, tmp_path / "arrays")
    latent = LatentSpace.fit(labelled(100, 0)[0])
    lines = report(Pegboard(), latent, tmp_path / "arrays", fewest=10)
    text = "\n".join(lines)
    assert "F to M:" in text and "year:" in text
    assert "recognised" in text and "halvings" in text
    assert "labels of portraits left out of the fit: not predicted" in text
    few = report(Pegboard(), latent, tmp_path / "arrays")
    assert list(few) == []
