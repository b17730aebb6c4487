"""The benchmarks measure what they say; how long that takes depends on the machine."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from data import prepare_data
from tests.bench import benchmarks
from tests.bench.benchmarks import WARM_UP, Measured, call_times, frame_times, make_archive
from tests.bench.original import Training, train_here, train_original
from tests.model.tiny_model import TINY_SETTINGS, write_tiny_model

FRAMES = {
    "decode": np.array([2.0, 3.0, 100.0]),
    "encode a sketch and decode": np.array([3.5]),
    "encode and decode": np.array([5.0]),
    "decode, predict": np.array([60.0]),
    "encode and decode, predict": np.array([70.0]),
}
PREPARED = Measured(100, 100 * 10**6, None), Measured(450, 2 * 10**9, None)


def test_calls_are_timed_after_some_that_are_not_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("model.encoding.STEPS", 1)
    calls = []
    times = call_times(lambda: calls.append(1), calls=7)
    assert len(times) == 7 and (times >= 0).all() and len(calls) == 7 + WARM_UP
    frames = frame_times(write_tiny_model(tmp_path / "model"), calls=2)
    assert frames.keys() == FRAMES.keys() and all((times > 0).all() for times in frames.values())


def test_an_archive_repeats_portraits_under_other_names(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmarks, "DRAWN", 4)
    make_archive(tmp_path / "faces.tar.gz", 10)
    summary = prepare_data(tmp_path / "faces.tar.gz", tmp_path / "out")
    assert summary.train + summary.test == 10
    assert benchmarks.prepare_as_original(tmp_path / "faces.tar.gz", tmp_path / "usual") == 10


def test_learning_ends_at_the_first_epoch_that_is_as_good(eagerly, arrays):
    settings = replace(TINY_SETTINGS, steps=8)
    assert train_here(arrays, mse=1.0, settings=settings).mse < 1.0
    never = train_here(arrays, mse=0.0, minutes=0.0, settings=settings)
    assert np.isnan(never.seconds) and never.milliseconds > 0


def test_the_command_measures_each_step_and_renews_the_page(arrays, tmp_path, monkeypatch, capsys):
    results = {
        prepare_data: PREPARED[0],
        benchmarks.prepare_as_original: PREPARED[1],
        train_original: Measured(0, 0, Training(0.009, 400.0, 100.0)),
        train_here: Measured(0, 0, Training(0.0095, float("nan"), 6.25)),
        benchmarks.frame_times: Measured(0, 0, FRAMES),
    }
    monkeypatch.setattr(benchmarks, "measure", lambda step, *_: results[step])
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- benchmarks: x -->\nold\n<!-- /benchmarks -->\nb\n", encoding="utf-8")
    monkeypatch.setattr(benchmarks, "PAGE", page)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--portraits", "3", "--arrays", str(arrays)])
    benchmarks.main()
    shown = capsys.readouterr().out
    assert [line.split(" | ")[1:] for line in shown.splitlines()[2:]] == [
        ["100", "450", "4.5 |"],  # seconds for the archive
        ["100", "2,000", "20 |"],  # MB
        ["3.0", "60.0", "20 |"],  # the median
        ["3.5", "70.0", "20 |"],
        ["5.0", "70.0", "14 |"],
        ["6.2", "100.0", "16 |"],
        ["not reached", "400", " |"],
    ]
    text = page.read_text(encoding="utf-8")
    assert text == f"a\n<!-- benchmarks: x -->\n{shown}<!-- /benchmarks -->\nb\n"
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--arrays", str(tmp_path)])  # has none
    with pytest.raises(SystemExit):
        benchmarks.main()
    assert "prepare_data" in capsys.readouterr().err
