"""The first seeds of `python -m tests.fuzz_ui_files`."""

import pytest
from fuzz_ui_files import FilesFuzzer

SEEDS = 200
GROUP = 20


@pytest.fixture(scope="module")
def fuzzer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz") / "room"
    folder.mkdir()
    return FilesFuzzer(folder)


@pytest.mark.parametrize("first", range(0, SEEDS, GROUP))
def test_damaged_files_are_read_or_refused_in_one_sentence(fuzzer, first):
    for seed in range(first, first + GROUP):
        fuzzer.run(seed)
