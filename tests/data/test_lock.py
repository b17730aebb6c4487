"""Two programs that would write the same files."""

import subprocess
import sys

import pytest

from data import UserError
from data.paths import ASSETS
from data.replace import hold_lock

HOLDER = """
import sys
from pathlib import Path
from data.replace import hold_lock

with hold_lock(Path(sys.argv[1]), "busy"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = subprocess.Popen(
        command, cwd=ASSETS.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("end", ["leave", "kill"])
def test_a_second_process_is_told_until_the_first_has_ended(tmp_path, holder, end):
    with pytest.raises(UserError, match="in use"), hold_lock(tmp_path, "in use"):
        pass
    if end == "kill":
        holder.kill()
    holder.communicate("")
    with hold_lock(tmp_path, "in use"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_disk_without_locks_stops_nobody(tmp_path):
    with hold_lock(tmp_path / "no such folder", "busy"):
        pass
