"""The benchmark of preparation runs and counts right; how fast it is depends on the machine."""

import math
import sys

from data import prepare_data
from tests.bench.preparation import main, make_archive, measure
from tests.data.drawn_archive import drawn_files, write_archive


def test_archive_repeats_portraits_under_other_names(tmp_path):
    source = write_archive(tmp_path / "in.tar.gz", drawn_files(4))
    make_archive(tmp_path / "faces.tar.gz", 10, source)
    summary = prepare_data(tmp_path / "faces.tar.gz", tmp_path / "out")
    assert summary.train + summary.test == 10
    assert summary.skipped == []


def test_table_names_the_limit_and_both_ways(tmp_path, monkeypatch, capsys):
    arguments = ["benchmark", "--portraits", "20", "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", arguments)
    main()
    table = capsys.readouterr().out
    assert table.startswith("20 portraits, ")
    for row in ("limit on", "prepare_data()", "... called again", "the usual way"):
        assert f"\n{row}" in table
    assert "100%" in table
    assert list(tmp_path.iterdir()) == []


def test_what_is_measured_alone_really_runs():
    assert measure(math.sqrt, 9.0).result == 3
