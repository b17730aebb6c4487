"""The first seeds of the fuzz commands: 20 of every kind of file, and 200 where there is time."""

import pytest

from tests.fuzz.data import DataFuzzer
from tests.fuzz.model import ModelFuzzer
from tests.fuzz.ui_files import FilesFuzzer

FEW, MANY = 20, 200


class QuickModelFuzzer(ModelFuzzer):
    tried = 0.05  # the command runs every network that loads


FUZZERS = (DataFuzzer, FilesFuzzer, QuickModelFuzzer)


@pytest.fixture(scope="module")
def fuzzers(tmp_path_factory):
    made = {}
    for fuzzer in FUZZERS:
        room = tmp_path_factory.mktemp("fuzz") / "room"  # all around it is looked at too
        room.mkdir()
        made[fuzzer] = fuzzer(room)
    return made


every_kind = pytest.mark.parametrize(
    ("fuzzer", "kind"), [(fuzzer, kind) for fuzzer in FUZZERS for kind in fuzzer.kinds]
)


@every_kind
def test_damaged_files_are_read_or_refused_in_one_sentence(fuzzers, fuzzer, kind):
    for seed in range(FEW):
        fuzzers[fuzzer].run(seed, kind)


@pytest.mark.many_seeds
@every_kind
def test_so_are_those_of_many_more_seeds(fuzzers, fuzzer, kind):
    for seed in range(FEW, MANY):
        fuzzers[fuzzer].run(seed, kind)
