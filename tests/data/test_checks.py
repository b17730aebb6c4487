"""Wrong options are told in one sentence."""

import math
from pathlib import Path

import numpy as np
import pytest

from data import UserError
from data.checks import check_choice, check_kind, check_names, check_number, check_path, check_whole


def some_mode(start=0, *, out=None):
    pass


def test_right_options_come_back_ready_to_use(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert check_whole("steps", np.int64(3), 1, 3) == 3
    assert check_number("rate", np.float32(0.5)) == 0.5
    assert check_number("rate", 1, high=1) == 1.0
    assert check_choice("split", "test", ("train", "test")) == "test"
    assert check_kind("init", False, bool, "True or False") is False
    assert check_path("out", "~/a/b") == tmp_path / "a" / "b"
    assert check_path("out", Path("a")) == Path("a")
    check_names(some_mode, ["out", "start"])


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (lambda: check_whole("size", "8", 1), "size must be a whole number of at least 1, not '8'"),
        (lambda: check_whole("size", 0, 1), "of at least 1, not 0"),
        (lambda: check_whole("size", 9, 0, 8), "from 0 to 8, not 9"),
        (lambda: check_whole("size", 1.0), "not 1.0"),
        (lambda: check_whole("size", True), "not True"),
        (lambda: check_number("rate", math.nan), "rate must be a number of at least 0, not nan"),
        (lambda: check_number("rate", math.inf), "not inf"),
        (lambda: check_number("rate", 10**400), "not 10000"),
        (lambda: check_number("rate", 1.5, 0, 1), "from 0 to 1, not 1.5"),
        (lambda: check_choice("split", 3, ("a", "b")), 'split must be "a" or "b", not 3'),
        (lambda: check_kind("init", "no", bool, "True or False"), "init must be True or False"),
        (lambda: check_kind("x", "a\n" * 99, int, "a number"), r"x must be a number, not 'a\na"),
        (lambda: check_path("out", 5), "out must be the path of a file or folder, not 5"),
        (lambda: check_path("out", b"x"), "not b'x'"),
        (lambda: check_path("out", ""), "not ''"),
        (lambda: check_path("out", "a\0b"), "out cannot be used"),
        (lambda: check_path("out", "x" * 300), "out cannot be used"),
        (lambda: check_names(some_mode, ["steps"]), "no option 'steps': use start, out"),
    ],
)
def test_a_wrong_option_is_one_sentence_that_names_it(check, said):
    with pytest.raises(UserError) as told:
        check()
    assert said in str(told.value)
    assert str(told.value).endswith(".") and str(told.value).isprintable()
    assert len(str(told.value)) < 200
