import sys

import numpy as np
import pytest

from model.latent import LatentSpace
from model.measuring.normality import code_metrics
from tests.bench import normality
from tests.model.tiny_model import write_tiny_model


def test_quantiles_are_those_of_the_chi_squared_distribution():
    squares = np.square(np.random.default_rng(6).normal(size=(20000, 80))).sum(axis=1)
    shares = np.array([0.05, 0.5, 0.95])
    expected = normality.chi2_quantiles(shares, 80)
    assert expected == pytest.approx([60.39, 79.33, 101.88], abs=0.02)  # as in printed tables
    np.testing.assert_allclose(np.quantile(squares, shares), expected, rtol=0.01)


def test_the_listing_has_a_line_a_unit_and_names_what_is_not_normal():
    rng = np.random.default_rng(7)
    codes = rng.normal(size=(3000, 80))
    codes[:, 5] = 10 * rng.exponential(size=3000)  # the first slider
    codes[:, 9] *= 0.01
    figures = code_metrics(codes, LatentSpace.fit(codes.astype(np.float32)))
    lines = list(normality.unit_lines(figures))[2:]
    assert [int(line.split()[0]) for line in lines] == list(range(1, 81))
    assert [line for line in lines if " dead " in line] == [lines[9]]
    assert lines[0].endswith("not normal")
    assert sum(line.endswith("not normal") for line in lines) == (figures["ks_p"] < 0.05).sum()
    summary = list(normality.summary_lines({"training": figures, "test": figures}))
    assert len({len(line) for line in summary if "%" in line}) == 1
    assert any(line.split() == ["alive_units", "79", "79"] for line in summary)


def test_the_command_lists_the_units_with_and_without_arrays(arrays, tmp_path, monkeypatch, capsys):
    folder = write_tiny_model(tmp_path / "model")
    arguments = ["normality", "--model", str(folder), "--arrays", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", arguments)
    normality.main()
    alone = capsys.readouterr().out
    assert "Training portraits only" in alone and "test" not in alone.split()
    arguments[-1] = str(arrays)
    normality.main()
    listed = capsys.readouterr().out.splitlines()
    assert any(line.split()[-2:] == ["training", "test"] for line in listed)
    monkeypatch.setattr(sys, "argv", ["normality", "--model", str(tmp_path / "none")])
    with pytest.raises(SystemExit):
        normality.main()
    assert "no model" in capsys.readouterr().err
