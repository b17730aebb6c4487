"""Files that take the place of older ones whole, or not at all, and locks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import data.replace
from data import UserError
from data.paths import ASSETS
from data.replace import hold_lock, recover_set, remove_unfinished, replace_file, replace_set
from tests.raising import raising

NAMES = ("a", "b", "c")


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def write_set(folder, text, names=NAMES):
    with replace_set(folder, NAMES) as new:
        for name in names:
            (new / name).write_text(text)


@pytest.fixture
def flushed(monkeypatch):
    """What was flushed or renamed, in order: names of files and folders."""
    steps, fsync, rename = [], os.fsync, Path.replace

    def note_flush(descriptor):
        steps.append(("flush", Path(f"/proc/self/fd/{descriptor}").readlink().name))
        fsync(descriptor)

    def note_rename(self, target):
        steps.append(("rename", self.name))
        return rename(self, target)

    def note_link(source, target):
        steps.append(("rename", source.name))
        create(source, target)

    create = os.link
    monkeypatch.setattr(os, "link", note_link)
    monkeypatch.setattr(os, "fsync", note_flush)
    monkeypatch.setattr(Path, "replace", note_rename)
    return steps


@pytest.mark.parametrize("new_only", [False, True])
def test_a_file_is_replaced_and_nothing_stays_beside_it(tmp_path, new_only):
    path = tmp_path / "new" / ("x" * 250 + ".txt")  # the longest name
    for text in ("one", "two"):
        with replace_file(path, new_only=new_only) as new:
            new.write_text(text)
            assert new.parent == path.parent and new.name.startswith(".")
        assert contents(path.parent) == {path.name: text}
        if new_only:
            with pytest.raises(FileExistsError), replace_file(path, new_only=True) as new:
                new.write_text("other")
            path.unlink()


@pytest.mark.parametrize("error", [OSError, ValueError, KeyboardInterrupt])
def test_after_an_error_the_old_files_are_as_they_were(tmp_path, error):
    (tmp_path / "a").write_text("one")
    with pytest.raises(error), replace_file(tmp_path / "a") as new:
        new.write_text("tw")
        raise error
    with pytest.raises(error), replace_set(tmp_path, NAMES) as new:
        (new / "a").write_text("tw")
        raise error
    assert contents(tmp_path) == {"a": "one"}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_set_replaces_all_of_the_old_one_and_no_other_file(tmp_path):
    write_set(tmp_path, "old")
    (tmp_path / "mine.txt").write_text("mine")
    with replace_set(tmp_path, NAMES) as new:
        (new / "a").write_text("new")
        (new / "scratch").write_text("for work only")
    assert contents(tmp_path) == {"a": "new", "mine.txt": "mine"}
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which file is flushed")
def test_all_is_flushed_before_it_is_renamed_and_before_the_old_goes(tmp_path, flushed):
    for new_only in (True, False):
        flushed.clear()
        with replace_file(tmp_path / "file", new_only=new_only) as new:
            new.write_text("new")
        assert flushed == [("flush", new.name), ("rename", new.name), ("flush", tmp_path.name)]
    write_set(tmp_path, "old")
    flushed.clear()
    write_set(tmp_path, "new")
    ready = flushed.index(("rename", ".new"))
    assert set(flushed[:ready]) == {("flush", name) for name in (*NAMES, ".new")}
    assert flushed[ready + 1] == ("flush", tmp_path.name)
    assert flushed[-1] == ("flush", tmp_path.name)


KILLED = """
import os, pathlib, shutil, sys
from data.replace import replace_set

left = int(sys.argv[2])

def killed_before(function):
    def step(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os._exit(9)  # as sudden as a kill: nothing is cleaned up
        return function(*arguments, **options)
    return step

pathlib.Path.replace = killed_before(pathlib.Path.replace)
shutil.rmtree = killed_before(shutil.rmtree)
with replace_set(pathlib.Path(sys.argv[1]), ("a", "b", "c")) as new:
    for name in ("a", "b"):
        (new / name).write_text("new")
"""


def test_killed_anywhere_the_set_is_the_old_or_the_new(tmp_path):
    seen = []
    for step in range(20):
        write_set(tmp_path, "old")
        command = [sys.executable, "-c", KILLED, str(tmp_path), str(step)]
        code = subprocess.run(command, cwd=ASSETS.parent).returncode
        recover_set(tmp_path)
        found = contents(tmp_path)
        assert found.keys() >= {"a", "b"}
        assert {found["a"], found["b"]} in ({"old"}, {"new"})
        seen.append(found["a"])
        if code == 0:
            break
    assert seen == sorted(seen, reverse=True) and set(seen) == {"old", "new"}
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("refused", [".new", "a", "c", ".ready/a", ".ready/c"])
def test_after_a_failed_rename_the_old_set_is_back(tmp_path, monkeypatch, refused):
    write_set(tmp_path, "old")
    rename = Path.replace

    def refuse(self, target):
        if self == tmp_path / refused:
            raise PermissionError(13, "used by another process")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(PermissionError):
        write_set(tmp_path, "new")
    assert contents(tmp_path) == dict.fromkeys(NAMES, "old")
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_that_is_held_for_a_second_is_waited_for(tmp_path, monkeypatch):
    rename, waited = Path.replace, []

    def refuse(self, target):
        if sum(waited) < 1:
            raise PermissionError(13, "used by another process")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr("time.sleep", waited.append)
    with replace_file(tmp_path / "a") as new:
        new.write_text("new")
    assert contents(tmp_path) == {"a": "new"}


def link(path, target):
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("this user may not make links")


@pytest.mark.parametrize("there", [True, False])
def test_links_stay_and_what_they_point_at_is_replaced(tmp_path, there):
    disk = tmp_path / "disk"
    disk.mkdir()
    if there:
        write_set(disk / "folder", "old")
        (disk / "file").write_text("old")
    link(tmp_path / "file", disk / "file")
    link(tmp_path / "folder", disk / "folder")
    with replace_file(tmp_path / "file") as new:
        new.write_text("new")
    write_set(tmp_path / "folder", "new")
    assert (tmp_path / "file").is_symlink() and (tmp_path / "folder").is_symlink()
    assert (disk / "file").read_text() == "new"
    assert contents(disk / "folder") == dict.fromkeys(NAMES, "new")
    assert len(list(disk.iterdir())) == 2


def test_a_folder_that_cannot_be_renamed_as_a_mount_point_is_written_into(tmp_path, monkeypatch):
    folder, rename = tmp_path / "mount", Path.replace
    write_set(folder, "old")

    def refuse(self, target):
        if folder in (self, target):
            raise OSError(16, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    write_set(folder, "new")
    assert contents(folder) == dict.fromkeys(NAMES, "new")


def test_no_other_process_completes_a_set_while_one_is_at_work(tmp_path, monkeypatch):
    write_set(tmp_path, "old")
    switch = data.replace._switch

    def look_while_it_works(folder, names):
        recover_set(folder)
        assert contents(folder) == dict.fromkeys(NAMES, "old")
        switch(folder, names)

    monkeypatch.setattr(data.replace, "_switch", look_while_it_works)
    write_set(tmp_path, "new")
    assert contents(tmp_path) == dict.fromkeys(NAMES, "new")


def test_where_there_are_no_hard_links_a_failed_rename_leaves_no_empty_file(tmp_path, monkeypatch):
    refuse = raising(OSError(95, "Operation not supported"))
    monkeypatch.setattr(os, "link", refuse)
    with replace_file(tmp_path / "a", new_only=True) as new:
        new.write_text("one")
    with pytest.raises(FileExistsError), replace_file(tmp_path / "a", new_only=True) as new:
        new.write_text("other")
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError), replace_file(tmp_path / "b", new_only=True) as new:
        new.write_text("two")
    assert contents(tmp_path) == {"a": "one"}


def test_leftovers_are_removed_once_nobody_can_be_writing_them(tmp_path):
    for name in (".old.new", ".fresh.new", "mine.new"):
        (tmp_path / name).write_text("")
        if name != ".fresh.new":
            os.utime(tmp_path / name, (1, 1))
    remove_unfinished(tmp_path)
    assert contents(tmp_path).keys() == {".fresh.new", "mine.new"}
    write_set(tmp_path, "leftovers of a set go with the next one")
    (tmp_path / ".new").mkdir()
    (tmp_path / ".ready").write_text("a file in the way")
    write_set(tmp_path, "new")
    assert not list(tmp_path.glob(".[nor]*"))


# Two programs that would write the same files


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
