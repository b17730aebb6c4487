"""What is left behind when preparation is stopped, has no room or is asked for twice."""

import errno
import os
from collections import namedtuple
from pathlib import Path

import pytest

import data.prepare
from data import UserError, load_arrays, load_labels, prepare_data
from tests.data.drawn_archive import contents, write_folder
from tests.raising import raising


def test_second_run_has_nothing_to_do_and_takes_the_first_source(
    tmp_path, archive, files, monkeypatch
):
    first = prepare_data(archive, tmp_path / "out")
    monkeypatch.setattr(data.prepare, "_prepare", None)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    second = prepare_data(archive, "~/out")
    assert not second.made and len(load_arrays("~/out")[0]) == 9
    assert str(second).startswith("Nothing to do")
    assert (second.source, second.train, second.test) == (first.source, first.train, first.test)
    monkeypatch.setattr(data.prepare, "ORIGINAL_FOLDER", tmp_path / "nothing")
    assert not prepare_data(None, tmp_path / "out").made  # no source, but arrays: no download
    monkeypatch.undo()  # the first source found in the original folder is used
    folder = write_folder(tmp_path / "original" / "faces", files)
    for name, source in (("a", archive), ("b", folder)):
        monkeypatch.setattr(data.prepare, "ORIGINAL_FOLDER", source.parent)
        assert prepare_data(None, tmp_path / name).source == str(source)


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
    for number, name in enumerate(("X_train.npy", "X_test.npy", "portraits.csv", "prepared.json")):
        whole = (out / name).read_bytes()
        (out / name).unlink() if number % 2 else (out / name).write_bytes(whole[:-10])
        assert prepare_data(folder, out).made, name
        assert (out / name).read_bytes() == whole


def test_leftovers_of_a_killed_run_are_completed_or_go(tmp_path, archive, files):
    """Kills at every step are those of `replace_set`: tests/data/test_replace.py."""
    out = tmp_path / "out"
    prepare_data(archive, out)
    new = contents(out)
    (out / ".ready").mkdir()
    for name in ("X_train.npy", "portraits.csv"):
        (out / name).rename(out / ".ready" / name)
    assert len(load_arrays(out)[0]) == 9
    assert contents(out) == new
    (out / ".new").mkdir()
    (out / ".new" / "pixels").write_bytes(bytes(1000))
    prepare_data(archive, out, fresh=True)
    assert contents(out) == new


def test_arrays_in_use_as_on_windows_stay_as_they_were(tmp_path, archive, files, monkeypatch):
    out = tmp_path / "out"
    prepare_data(write_folder(tmp_path / "older", dict(list(files.items())[:6])), out)
    before, rename = contents(out), Path.replace

    def refuse(self, target):
        if self == out / "X_test.npy":
            raise PermissionError(errno.EACCES, "used by another process")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(UserError, match="close the programs that use the arrays"):
        prepare_data(archive, out)
    assert contents(out) == before


@pytest.mark.parametrize("free", [10**6, 68 * 10**6])
def test_too_little_room_is_told_before_anything_is_written(tmp_path, archive, monkeypatch, free):
    usage = namedtuple("usage", "total used free")(10**12, 10**12, free)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(UserError, match=rf"{free // 10**6} MB free and 69 MB .* free space"):
        prepare_data(archive, tmp_path / "out")
    assert contents(tmp_path / "out") == {}


@pytest.mark.parametrize(
    ("place", "error", "said"),
    [
        ("os.fsync", OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        ("data.prepare.split_portraits", KeyboardInterrupt("stop"), "stop"),
    ],
)
def test_full_disk_and_ctrl_c_leave_nothing_behind(
    tmp_path, archive, monkeypatch, place, error, said
):
    monkeypatch.setattr(place, raising(error))
    with pytest.raises((UserError, KeyboardInterrupt), match=said):
        prepare_data(archive, tmp_path / "out")
    assert contents(tmp_path / "out") == {}


def test_folder_that_cannot_be_written_is_one_sentence(tmp_path, archive):
    (tmp_path / "file").write_text("in the way")
    for out in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(UserError, match=r"cannot be written to .*another folder"):
            prepare_data(archive, out)
    if hasattr(os, "geteuid") and os.geteuid() != 0:  # root may write
        (tmp_path / "out").mkdir(mode=0o500)
        with pytest.raises(UserError, match="Permission denied"):
            prepare_data(archive, tmp_path / "out")


def test_missing_or_empty_source_is_one_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "bare", {})
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")  # which is never opened
    for source, said in {
        "missing.tar.gz": r"does not exist: give prepare_data\(\)",
        "empty": r"holds no portraits: give prepare_data\(\)",
        "bare": "no portraits of 186 x 171 pixels in folders F and M",
        "pipe": "a device or a pipe and not an archive|does not exist",
    }.items():
        with pytest.raises(UserError, match=f"{source} .*{said}"):
            prepare_data(tmp_path / source, tmp_path / "out")


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


@pytest.mark.parametrize("wrong", [5, b"x", "", " ", "a\0b", "x" * 300, "~no-such-user/x", []])
def test_paths_that_are_none_are_one_sentence_before_anything_is_done(tmp_path, archive, wrong):
    for call in (
        lambda: prepare_data(wrong, tmp_path / "out"),
        lambda: prepare_data(archive, wrong),
        lambda: load_arrays(wrong),
        lambda: load_labels(wrong),
    ):
        with pytest.raises(UserError, match=r"^(source|out|arrays) (must be|cannot be used)"):
            call()
    assert not (tmp_path / "out").exists()


def test_only_a_downloaded_archive_may_be_deleted(tmp_path, monkeypatch):
    bad = tmp_path / "mine" / "faces.tar.gz"
    bad.parent.mkdir()
    bad.write_bytes(b"\x1f\x8b nothing")
    with pytest.raises(UserError, match="complete copy") as told:
        prepare_data(bad, tmp_path / "out")
    assert "delete" not in str(told.value)
    monkeypatch.setattr(data.prepare, "ORIGINAL_FOLDER", bad.parent)
    with pytest.raises(UserError, match="or delete it"):
        prepare_data(None, tmp_path / "out")
