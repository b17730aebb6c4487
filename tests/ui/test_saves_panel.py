"""The gallery of saved faces on both screens: rename, delete, bring back, open the folder."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from data.errors import UserError
from tests.raising import raising
from tests.ui.driver import FakeEngine
from ui import saves
from ui.panels import saved_faces
from ui.saves import delete_save, list_saves, open_folder, read_save, rename_save, save_face, where

CODE = np.random.default_rng(5).standard_normal(80).astype(np.float32)


def a_save(folder):
    return save_face(folder, np.full((160, 176), 0.5), CODE, FakeEngine.model_id)


@pytest.fixture
def driver(request, opened):
    return opened(start=getattr(request, "param", "sliders"), size=(1280, 720))


both_screens = pytest.mark.parametrize("driver", ["sliders", "drawing"], indirect=True)


def open_panel(driver, saved):
    paths = [a_save(driver.session.folder) for _ in range(saved)]
    driver.keys("ctrl+o")
    return driver.screen.panels.saves, paths


def choose(driver, panel, number, item):
    """Click an item of the menu of a save."""
    driver.click(panel.gallery.strip.thumbnails[number], button=3)
    driver.choose(driver.window.menu.children[item])


def test_a_save_is_renamed_and_keeps_its_code_unless_the_name_is_taken(driver):
    panel, paths = open_panel(driver, 2)
    choose(driver, panel, 0, 1)
    panel.name.set(panel.saves[1].path.stem)
    driver.key("return")
    assert "already" in driver.said()
    assert {save.path for save in list_saves(driver.session.folder)} == set(paths)
    driver.key("escape")
    assert not panel.name.visible and driver.screen.panels.open is panel
    choose(driver, panel, 0, 1)
    assert panel.name.focused and panel.name.text == panel.saves[0].path.stem
    for _ in panel.name.text:
        driver.key("backspace")
    driver.type_text("anna")
    driver.keys("return")
    assert "anna.png" in {save.path.name for save in panel.saves}
    renamed = driver.session.folder / "anna.png"
    assert np.array_equal(read_save(renamed).code, CODE)
    assert len(list_saves(driver.session.folder)) == 2
    assert not panel.name.visible


@pytest.mark.parametrize("way", ["button", "key"])
def test_deleted_save_comes_back_bit_for_bit(driver, way):
    panel, paths = open_panel(driver, 2)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}
    order = [save.path for save in panel.saves]
    choose(driver, panel, 0, 2)
    choose(driver, panel, 0, 2)
    assert not list_saves(driver.session.folder) and not panel.saves
    for left in (1, 0):
        assert panel.undo.visible
        driver.choose(panel.undo) if way == "button" else driver.keys("ctrl+z")
        assert len(list_saves(driver.session.folder)) == 2 - left
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in paths} == before
    assert [save.path for save in panel.saves] == order
    assert not panel.undo.visible


@both_screens
def test_dots_beside_the_caption_open_the_menu_and_the_picture_goes_there(driver):
    panel, _ = open_panel(driver, 1)
    thumbnail = panel.gallery.strip.thumbnails[0]
    driver.click((thumbnail.rect.right - 6, thumbnail.rect.bottom - 6))
    items = [item.text for item in driver.window.menu.children]
    assert items == ["Go to it", "Rename …", "Delete"]
    driver.key("escape")
    driver.choose(thumbnail)
    code = driver.screen.code()
    assert np.array_equal(code, CODE)
    driver.key("escape")  # both screens say where a save is in the same words
    driver.keys("ctrl+s")
    path = list_saves(driver.session.folder)[0].path
    folder = where(driver.session.folder)
    assert driver.said() == f"Saved {path.name} in {folder}. Ctrl O shows your saves."
    driver.key("ctrl+o")
    assert driver.screen.panels.saves.place_label.text == f"In {folder}"


@both_screens
def test_saves_of_another_model_are_listed_last_and_opened_by_their_picture(driver):
    engine, folder = driver.engine, driver.session.folder
    face = engine.decode(CODE[None])[0, ..., 0]
    theirs = save_face(folder, face, np.ones(64), "b" * 64)
    panel, (ours,) = open_panel(driver, 1)
    assert [save.path for save in panel.saves] == [ours, theirs]
    assert "1 of another model at the end" in panel.note.text
    driver.choose(panel.gallery.strip.thumbnails[1])
    assert "of another model" in driver.said()
    coded = engine.encode(np.rint(face * 255)[None, ..., None] / 255)[0]
    assert np.allclose(driver.screen.code(), coded, atol=1e-4)


def test_damaged_saves_are_counted_and_marked_and_an_unreadable_folder_is_said(driver, monkeypatch):
    folder = driver.session.folder
    content = bytearray(a_save(folder).read_bytes())
    content[content.index(b'"code"') + 30] ^= 1
    (folder / "record.png").write_bytes(content)
    content[content.index(b"format")] ^= 1
    (folder / "head.png").write_bytes(content)
    (folder / "face-2026-11-22-151204.png").touch()  # as a power cut leaves a file, or no right
    panel, _ = open_panel(driver, 0)
    assert len(panel.saves) == 4
    assert "3 damaged" in panel.note.text
    assert [child.sign for child in panel.gallery.strip.thumbnails].count("?") == 3
    driver.key("escape")

    monkeypatch.setattr(saves.os, "scandir", raising(PermissionError(13, "Permission denied")))
    driver.keys("ctrl+o")
    assert "cannot be read (Permission denied)" in panel.note.text


def test_thousands_of_saves_do_not_stop_the_window(driver, monkeypatch):
    folder, read = driver.session.folder, []
    content = a_save(folder).read_bytes()
    for number in range(1000):
        (folder / f"{number:04}.png").write_bytes(content)
    look, face = saves.model_of, saves.read_save
    monkeypatch.setattr(saves, "model_of", lambda path: read.append(path) or look(path))
    monkeypatch.setattr(saved_faces, "read_save", lambda path: read.append(path) or face(path))
    panel, _ = open_panel(driver, 0)
    in_sight = len(panel.gallery.strip.thumbnails)
    assert in_sight < 200
    assert len(read) == 1001 + in_sight
    read.clear()
    (folder / "0500.png").write_bytes(content)
    choose(driver, panel, 0, 2)
    assert len(panel.saves) == 1000
    assert folder / "0500.png" in read and len(read) <= 3  # it, and what came into sight
    driver.key("escape")
    read.clear()
    driver.resize((1280, 1000))
    driver.settle()
    assert not read  # for a panel that is closed


def test_place_is_told_from_the_project_or_home_on(tmp_path, monkeypatch):
    from data.paths import SAVES_FOLDER

    assert where(SAVES_FOLDER) == str(Path("assets") / "saves")
    monkeypatch.setattr(saves.Path, "home", lambda: tmp_path)
    assert where(tmp_path / "faces") == str(Path("~") / "faces")
    assert where(tmp_path.parent) == str(tmp_path.parent)


def test_impossible_names_and_saves_that_are_gone_are_one_sentence(tmp_path):
    path = a_save(tmp_path)
    for name in ("", "  ", "a/b", "a\\b", ".hidden", "a:b", "a\nb", "x" * 300):
        with pytest.raises(UserError):
            rename_save(path, name)
        assert list(tmp_path.iterdir()) == [path], name
    for action in (delete_save, lambda path: rename_save(path, "b")):
        with pytest.raises(UserError, match=r"cannot be (deleted|renamed)"):
            action(tmp_path / "a.png")


def test_folder_opens_in_the_file_manager_without_waiting(tmp_path, monkeypatch):
    called, gate = threading.Event(), threading.Event()
    commands = []

    def slow(command, **options):
        commands.append(command)
        called.set()
        gate.wait(20)

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(saves.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", slow)
    open_folder(tmp_path / "new")
    assert called.wait(20)
    assert commands == [["xdg-open", str(tmp_path / "new")]]
    assert (tmp_path / "new").is_dir()
    gate.set()
    monkeypatch.setattr(saves.shutil, "which", lambda name: None)
    with pytest.raises(UserError, match="file manager"):
        open_folder(tmp_path)
