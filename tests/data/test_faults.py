"""What is left behind when preparation is stopped, has no room or is asked for twice."""

import errno
import os
import re
import subprocess
import sys
import textwrap
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

import data.prepare
from data import UserError, load_arrays, load_labels, prepare_data
from data.paths import ASSETS
from tests.data.drawn_archive import drawn_files, write_archive, write_folder


@pytest.fixture(scope="module")
def files():
    return drawn_files(12)


@pytest.fixture
def archive(tmp_path, files):
    return write_archive(tmp_path / "in" / "faces.tar.gz", files)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_second_run_has_nothing_to_do(tmp_path, archive, monkeypatch):
    first = prepare_data(archive, tmp_path / "out")
    monkeypatch.setattr(data.prepare, "_prepare", None)
    second = prepare_data(archive, tmp_path / "out")
    assert not second.made
    assert str(second).startswith("Nothing to do")
    assert (second.source, second.train, second.test) == (first.source, first.train, first.test)
    kept = prepare_data(None, tmp_path / "out", original=tmp_path / "nothing")
    assert not kept.made  # no source, but arrays: nothing is downloaded


def test_first_source_found_in_the_original_folder_is_used(tmp_path, archive, files):
    assert prepare_data(None, tmp_path / "a", original=archive.parent).source == str(archive)
    folder = write_folder(tmp_path / "original" / "faces", files)
    assert prepare_data(None, tmp_path / "b", original=folder.parent).source == str(folder)


def test_arrays_are_made_again_when_they_should_be(tmp_path, archive, files):
    out = tmp_path / "out"
    prepare_data(archive, out)
    assert prepare_data(archive, out, fresh=True).made
    os.utime(archive, (1, 1))
    assert prepare_data(archive, out).made  # another state of the archive
    folder = write_folder(tmp_path / "folder", files)
    assert prepare_data(folder, out).made  # another source
    assert not prepare_data(folder, out).made
    next((folder / "F").iterdir()).unlink()
    assert prepare_data(folder, out).test == 2
    for name in ("X_train.npy", "X_test.npy", "portraits.csv", "prepared.json"):
        whole = (out / name).read_bytes()
        (out / name).write_bytes(whole[:-10])
        assert prepare_data(folder, out).made, name
        assert (out / name).read_bytes() == whole
        (out / name).unlink()
        assert prepare_data(folder, out).made, name


STOPPED = """
    import os, pathlib, shutil, sys
    import data.prepare, data.replace

    left = int(sys.argv[3])

    def stop_before(function):
        def stopping(*args, **kwargs):
            global left
            left -= 1
            if left < 0:
                os._exit(9)  # as sudden as a kill: nothing is cleaned up
            return function(*args, **kwargs)
        return stopping

    pathlib.Path.replace = stop_before(pathlib.Path.replace)
    shutil.rmtree = stop_before(shutil.rmtree)
    os.fsync = stop_before(os.fsync)
    data.prepare.write_labels = stop_before(data.prepare.write_labels)
    data.prepare.split_portraits = stop_before(data.prepare.split_portraits)
    data.prepare.prepare_data(sys.argv[1], sys.argv[2])
"""


def test_killed_anywhere_the_arrays_are_the_old_or_the_new(tmp_path, archive, files):
    out = tmp_path / "out"
    older = write_folder(tmp_path / "older", dict(list(files.items())[:6]))
    prepare_data(older, out)
    old = contents(out)
    prepare_data(archive, tmp_path / "new")
    new = contents(tmp_path / "new")
    seen = set()
    code = 9
    for step in range(0, 40, 2):  # every rename: tests/data/test_replace.py
        prepare_data(older, out, fresh=True)
        command = [sys.executable, "-c", textwrap.dedent(STOPPED), archive, out, step]
        code = subprocess.run([str(word) for word in command], cwd=ASSETS.parent).returncode
        assert code in (0, 9)
        load_arrays(out)
        there = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
        assert there in (old, new)
        seen.add("old" if there == old else "new")
        prepare_data(archive, out)
        prepare_data(archive, out, fresh=True)
        assert contents(out) == new  # and nothing else is left behind
        if code == 0:
            break
    assert code == 0
    assert seen == {"old", "new"}


def test_leftovers_of_a_killed_run_go_with_the_next(tmp_path, archive):
    leftover = tmp_path / "out" / ".new"
    leftover.mkdir(parents=True)
    (leftover / "pixels").write_bytes(bytes(1000))
    prepare_data(archive, tmp_path / "out")
    assert not leftover.exists()


def test_arrays_in_use_stay_as_they_were(tmp_path, archive, files, monkeypatch):
    """On Windows an open memory map keeps its file from being moved."""
    out = tmp_path / "out"
    prepare_data(write_folder(tmp_path / "older", dict(list(files.items())[:6])), out)
    before = contents(out)
    rename = Path.replace

    def refuse(self, target):
        if self == out / "X_test.npy":
            raise PermissionError(errno.EACCES, "used by another process")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(UserError, match="close the programs that use the arrays"):
        prepare_data(archive, out)
    assert contents(out) == before


def test_virus_scanner_that_holds_a_file_for_a_moment_is_waited_for(tmp_path, archive, monkeypatch):
    rename = Path.replace
    refusals = [1, 2]

    def refuse(self, target):
        if refusals:
            refusals.pop()
            raise PermissionError(errno.EACCES, "used by another process")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    assert prepare_data(archive, tmp_path / "out").made
    assert not refusals
    assert len(contents(tmp_path / "out")) == 4


def test_full_disk_is_noticed_before_and_while_writing(tmp_path, archive, monkeypatch):
    out = tmp_path / "out"
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda path: usage(10**9, 10**9, 10**6))
        with pytest.raises(UserError, match=r"1 MB free and 69 MB are needed .* free space"):
            prepare_data(archive, out)
    assert contents(out) == {}

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="No space left on device"):
        prepare_data(archive, out)
    assert contents(out) == {}


def test_ctrl_c_leaves_nothing_behind(tmp_path, archive, monkeypatch):
    def interrupted(names):
        raise KeyboardInterrupt

    monkeypatch.setattr(data.prepare, "split_portraits", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare_data(archive, tmp_path / "out")
    assert contents(tmp_path / "out") == {}


def test_folder_that_cannot_be_written_is_one_sentence(tmp_path, archive):
    (tmp_path / "file").write_text("in the way")
    for out in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(UserError, match=r"cannot be written to .*another folder"):
            prepare_data(archive, out)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_read_only_folder_is_one_sentence(tmp_path, archive):
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(UserError, match="Permission denied"):
        prepare_data(archive, tmp_path / "out")


def test_missing_or_empty_source_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match=r"missing.tar.gz does not exist: give prepare_data\(\)"):
        prepare_data(tmp_path / "missing.tar.gz", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"empty holds no portraits: give prepare_data\(\)"):
        prepare_data(tmp_path / "empty", tmp_path / "out")
    bare = write_folder(tmp_path / "bare", {})
    with pytest.raises(UserError, match="no portraits of 186 x 171 pixels in folders F and M"):
        prepare_data(bare, tmp_path / "out")


def test_arrays_are_read_only(tmp_path, archive):
    prepare_data(archive, tmp_path / "out")
    train, _ = load_arrays(tmp_path / "out")
    assert isinstance(train, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        train[0] = 0
    assert len(load_labels(tmp_path / "out")) == 12


def test_a_few_bytes_too_few_are_told_by_numbers_that_differ(tmp_path, archive, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(10**12, 10**12, 68 * 10**6))
    with pytest.raises(UserError) as told:
        prepare_data(archive, tmp_path / "out")
    free, needed = re.findall(r"([\d,]+) MB", str(told.value))
    assert free != needed


def test_a_second_run_into_the_same_folder_is_told_and_harms_nothing(
    tmp_path, archive, monkeypatch
):
    bad = tmp_path / "bad.tar.gz"
    bad.write_bytes(b"\x1f\x8b nothing")
    decode, told = data.prepare._decode, []

    def second_call(*arguments):
        with pytest.raises(UserError, match=r"Another prepare_data\(\) is writing") as error:
            prepare_data(bad, tmp_path / "out")
        told.append(error)
        return decode(*arguments)

    monkeypatch.setattr(data.prepare, "_decode", second_call)
    prepare_data(archive, tmp_path / "out")
    assert told and len(load_arrays(tmp_path / "out")[0]) == 9


@pytest.mark.skipif(os.name == "nt", reason="there is no such user to ask for")
def test_home_of_nobody_is_one_sentence(tmp_path, archive):
    for call in (
        lambda: prepare_data("~no-such-user/x"),
        lambda: prepare_data(archive, "~no-such-user/x"),
        lambda: load_arrays("~no-such-user/x"),
    ):
        with pytest.raises(UserError, match="home directory"):
            call()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such pipes")
def test_pipe_is_called_one_and_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="a device or a pipe and not an archive"):
        prepare_data(tmp_path / "pipe", tmp_path / "out")


def test_only_a_downloaded_archive_may_be_deleted(tmp_path, monkeypatch):
    bad = tmp_path / "mine" / "faces.tar.gz"
    bad.parent.mkdir()
    bad.write_bytes(b"\x1f\x8b nothing")
    with pytest.raises(UserError, match="complete copy") as told:
        prepare_data(bad, tmp_path / "out")
    assert "delete" not in str(told.value)
    with pytest.raises(UserError, match="or delete it"):
        prepare_data(None, tmp_path / "out", original=bad.parent)
