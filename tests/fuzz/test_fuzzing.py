"""Damaged files, 10 of every kind, and a visitor; FUZZ_SEEDS or 200 with `-m many_seeds`."""

import os

import pytest

from tests.fuzz.data import DataFuzzer
from tests.fuzz.model import ModelFuzzer
from tests.fuzz.soak import soak
from tests.fuzz.ui_files import FilesFuzzer

FEW, MANY = 10, int(os.environ.get("FUZZ_SEEDS", "200"))
FUZZERS = (DataFuzzer, FilesFuzzer, ModelFuzzer)
KINDS = [(fuzzer, kind) for fuzzer in FUZZERS for kind in fuzzer.kinds]
many = pytest.mark.many_seeds


@pytest.fixture(scope="module")
def fuzzers(tmp_path_factory):
    made = {}
    for fuzzer in FUZZERS:
        room = tmp_path_factory.mktemp("fuzz") / "room"  # files around it are checked too
        room.mkdir()
        made[fuzzer] = fuzzer(room)
    return made


@pytest.mark.parametrize(
    "seeds",
    [range(FEW), *(pytest.param(range(n, n + FEW), marks=many) for n in range(FEW, MANY, FEW))],
)
@pytest.mark.parametrize(("fuzzer", "kind"), KINDS)
def test_damaged_files_are_read_or_refused_in_one_sentence(fuzzers, fuzzer, kind, seeds):
    for seed in seeds:
        try:
            fuzzers[fuzzer].run(kind, seed)
        except Exception as error:
            raise AssertionError(f"{kind}, seed {seed}") from error


def test_nothing_that_a_visitor_does_ends_the_window():
    soak(seed=2, steps=150)  # changes to full screen, which once left pygame with a lost handle


@many
@pytest.mark.parametrize("seed", range(MANY // 20))
def test_nothing_that_more_visitors_do_ends_the_window(seed):
    soak(seed, steps=600)
