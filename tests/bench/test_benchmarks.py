"""The table of all benchmarks says what was measured; what that is depends on the machine."""

import math
import sys

import numpy as np
import pytest

from data import UserError
from tests.bench import benchmarks
from tests.bench.benchmarks import remarks, table
from tests.bench.memory import Memory
from tests.bench.preparation import Comparison, Measured
from tests.bench.training import Quality, Rates, Steps, TrainingMetrics

FRAMES = {
    "decode": np.array([2.0, 3.0, 100.0]),
    "encode a sketch and decode": np.array([3.5]),
    "encode and decode": np.array([5.0]),
    "decode, predict": np.array([60.0]),
    "encode and decode, predict": np.array([70.0]),
}


def prepared(peak: int | None = 100 * 10**6) -> Comparison:
    return Comparison(
        37_921, 10**9, 2 * 10**9, Measured(80, 150, None, None), Measured(100, 150, peak, None),
        Measured(0.2, 0.2, peak, None), Measured(450, 400, peak and 20 * peak, None),
    )  # fmt: skip


def training(mse: float = 0.0085) -> TrainingMetrics:
    steps = Steps([8.5, 0.2], [Memory(10**9, 10**9, 10**8)] * 30, 843)
    return TrainingMetrics(
        Rates(600.0, 200.0, 160.0), Steps([8.0], [], 45), steps, 30_000,
        Quality(0.009, 400.0, 3, 10.0, None), Quality(mse, 40.0, 5, math.nan, None),
    )  # fmt: skip


def test_each_step_is_beside_the_original_and_larger_is_better():
    rows = table(prepared(), FRAMES, training())
    assert [(row.ours, row.original, row.times) for row in rows] == [
        ("100", "450", "4.5"),  # seconds for the archive
        ("100", "2,000", "20"),  # MB
        ("3.0", "60.0", "20"),  # the median
        ("3.5", "70.0", "20"),
        ("5.0", "70.0", "14"),
        ("6.2", "100.0", "16"),  # 160 and 10 images a second
        ("40", "400", "10.0"),
    ]
    assert "37,921" in rows[0].step and "0.0090" in rows[-1].step


def test_what_was_not_reached_or_cannot_be_told_is_not_claimed():
    rows = table(prepared(None), FRAMES, training(mse=0.0095))
    assert not any("memory" in row.step for row in rows)
    assert (rows[-1].ours, rows[-1].times) == ("not reached", "")
    assert len(rows) == 6


def test_remarks_say_what_has_no_counterpart():
    said = " ".join(remarks(prepared(), training()))
    for expected in ("80% of the speed", "80% of that", "0.2 s", "30,000 portraits", "1,000 MB",
                     "0 MB over 2 of the 843", "8.5 s", "8.0 s with the sample"):  # fmt: skip
        assert expected in said


def test_the_command_prints_the_table_and_puts_it_into_the_page(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(benchmarks, "measure", lambda step: Measured(1, 1, None, FRAMES))
    monkeypatch.setattr("tests.bench.training.measure_training", lambda *_: training())
    monkeypatch.setattr(benchmarks, "compare_at_size", lambda *_: prepared())
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- benchmarks: x -->\nold\n<!-- /benchmarks -->\nb\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--page", str(page)])
    benchmarks.main()
    shown = capsys.readouterr().out
    assert shown.splitlines()[2].endswith("| 100 | 450 | 4.5 |")
    assert "TensorFlow 2." in shown and "\n- The input pipeline" in shown
    text = page.read_text(encoding="utf-8")
    assert text == f"a\n<!-- benchmarks: x -->\n{shown}<!-- /benchmarks -->\nb\n"


def test_without_arrays_it_is_one_sentence(monkeypatch, capsys):
    def nothing(*_):
        raise UserError("There are no prepared portraits")

    monkeypatch.setattr(benchmarks, "measure", lambda step: Measured(1, 1, None, FRAMES))
    monkeypatch.setattr("tests.bench.training.measure_training", nothing)
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    with pytest.raises(SystemExit):
        benchmarks.main()
    assert "no prepared portraits" in capsys.readouterr().err
