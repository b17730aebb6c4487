"""The progress bar: what it says, and to whom. For the output, see `tests/test_main.py`."""

import io
import sys

import pytest

import data.terminal
from data.terminal import ProgressBar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_line_tells_share_and_time_left():
    progress = ProgressBar("Reading", 1000, start=250)
    half = "[############............]"
    assert progress.line(500, 4.0, "500 files") == f"Reading  {half}  50%  500 files  8 s left"
    assert progress.line(250, 0.0) == "Reading  [######..................]  25%"
    assert progress.line(500, 400.0).endswith("13 min left")
    assert progress.line(1200, 5.0) == f"Reading  [{'#' * 24}] 100%  0 s left"
    assert ProgressBar("Reading", None).line(7, 1.0, "7 MB") == "Reading  7 MB"


def test_line_is_rewritten_and_taken_away(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(data.terminal, "_SECONDS_BETWEEN", 0)
    monkeypatch.setenv("COLUMNS", "60")
    with ProgressBar("Reading", 10) as progress:
        progress.update(1, "note " * 30)
        progress.update(10)
    lines = terminal.getvalue().split("\r")
    assert all(len(line) == 59 for line in lines[1:-1])
    assert lines[1].startswith("Reading  [##......................]  10%  note")
    assert lines[-2].strip() == "" and lines[-1] == ""


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_a_log_file_and_no_console_see_nothing(monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    with ProgressBar("Reading", 10) as progress:
        progress.update(5)
    assert stream is None or stream.getvalue() == ""
