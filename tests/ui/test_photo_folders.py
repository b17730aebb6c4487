"""Folders of pictures: where they may be, what is in them, and the list of them in the window."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pygame
import pytest
from PIL import Image

from data.errors import UserError
from model.frame import face_mask
from tests.raising import raising
from ui.drawing.drawing import painted
from ui.panels import photo as photo_panel
from ui.photo import opening
from ui.photo.opening import Photo, first_look, look_into, usual_places
from ui.photo.placement import MEAN
from ui.widgets import strip


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder with a Desktop, Downloads and Pictures, and nothing in them."""
    home = tmp_path / "home"
    for name in ("Pictures", "Desktop", "Downloads"):
        (home / name).mkdir(parents=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(os, "listdrives", list, raising=False)
    return home


def draw(folder, *names, size=(48, 40)):
    """Write pictures, each newer than the one before; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in names]
    for number, path in enumerate(paths):
        levels = np.full(size[::-1], 40 + 20 * (number % 8), np.uint8)
        levels[::4] = 250
        Image.fromarray(levels).save(path)
        os.utime(path, (number, number))
    return paths


def names(listing):
    return [entry.name for entry in listing.entries]


# Places


def test_the_usual_folders_that_exist_are_the_places(home, monkeypatch):
    (home / "Desktop").rmdir()
    monkeypatch.setattr(os, "listdrives", lambda: [str(home.anchor)], raising=False)
    found = {place.name: place.path for place in usual_places()}
    assert found == {
        "Pictures": home / "Pictures",
        "Downloads": home / "Downloads",
        "Home": home,
        home.anchor: Path(home.anchor),
    }


def test_linux_names_its_folders_in_any_language_and_in_any_bytes(home):
    (home / ".config").mkdir()
    words = b'# a note\nXDG_PICTURES_DIR="$HOME/Im\xc3\xa1genes"\nXDG_DESKTOP_DIR="$HOME/"\n'
    words += b'XDG_DOWNLOAD_DIR="$HOME/B\\"ajadas"\nXDG_VIDEOS_DIR="$HOME/Pictures"\n\xff\n'
    (home / ".config" / "user-dirs.dirs").write_bytes(words)
    (home / "Imágenes").mkdir()
    found = {place.name: place.path for place in usual_places()}
    assert found == {"Pictures": home / "Imágenes", "Home": home}  # no Desktop, no such Downloads


# What is in a folder


def test_folders_come_first_then_pictures_newest_first_and_nothing_else(home):
    draw(home, "b.png", "a.PNG", "c.jpeg")
    (home / "beach").mkdir()
    (home / "Album.png").mkdir()
    (home / "notes.txt").touch()
    (home / ".hidden").mkdir()
    draw(home, ".hidden.png")
    if os.name == "posix":
        (home / "dead.png").symlink_to(home / "nowhere")
    listing = look_into(home)
    assert names(listing) == [
        *("Album.png", "beach", "Desktop", "Downloads", "Pictures"),
        *("c.jpeg", "a.PNG", "b.png"),
    ]
    assert listing.pictures == 3 and not listing.cut


@pytest.mark.parametrize("mark", [{"st_file_attributes": 2}, {"st_flags": 0x8000}])
def test_what_windows_or_macos_hide_is_left_out(mark):
    info = SimpleNamespace(st_mtime=0.0, **mark)
    file = SimpleNamespace(name="AppData", path="/AppData", is_dir=lambda: True, stat=lambda: info)
    assert not list(opening._entries(file))


def test_a_folder_is_read_up_to_a_bound_and_one_that_cannot_be_opened_is_a_sentence(
    home, monkeypatch
):
    monkeypatch.setattr(opening, "MAX_LISTED", 30)
    for number in range(31):
        (home / "Pictures" / f"{number}.png").touch()
    listing = look_into(home / "Pictures")
    assert listing.pictures == 30 and listing.cut
    (home / "file").touch()
    for folder in (home / "gone", home / "file"):
        with pytest.raises(UserError, match="cannot be opened") as caught:
            look_into(folder)
        assert str(caught.value).count(". ") == 0


def test_the_first_look_is_at_the_last_folder_else_at_pictures_else_at_the_places(home):
    assert first_look("").folder is None
    draw(home / "Desktop", "me.png")
    for damaged in ("", "Desktop", "/gone", str(home / "gone"), "\0", "x" * 9000, "/\ud800"):
        assert first_look(damaged).folder == home / "Desktop"
    assert first_look(str(home / "Downloads")).folder == home / "Downloads"


# In the window


@pytest.fixture
def driver(opened, home):
    return opened(size=(1280, 720))


@pytest.fixture(autouse=True)
def _no_search(monkeypatch):
    monkeypatch.setattr(photo_panel, "guess_eyes", lambda *_: (each for each in ()))


def open_panel(driver):
    driver.keys("p")
    return driver.screen.panels.photo


def tiles(panel):
    return panel.gallery.strip.thumbnails


def tile(panel, name):
    return next(child for child in tiles(panel) if child.text == name)


def test_the_first_sight_shows_thumbnails_and_a_mark_for_broken_pictures(driver, home):
    (home / "Pictures" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    os.utime(home / "Pictures" / "broken.jpg", (0, 0))
    draw(home / "Pictures", "a.png", "b.png")
    panel = open_panel(driver)
    broken = tiles(panel)[-1]
    assert broken.text == "broken.jpg"
    assert broken.pixels is None and broken.sign == strip.UNREADABLE
    driver.choose(broken)
    assert "broken.jpg" in driver.said() and panel.visible and panel.photo is None
    (home / "Pictures" / "broken.jpg").unlink()
    driver.key("escape")
    open_panel(driver)
    assert [child.text for child in tiles(panel)] == ["b.png", "a.png"]
    assert all(child.pixels is not None for child in tiles(panel))
    shown = driver.pixels(tiles(panel)[0].rect)
    assert (shown == 250).all(axis=-1).any()  # the picture's light lines
    assert "2 pictures in" in panel.note.text and str(Path("~") / "Pictures") in panel.note.text


def test_without_pictures_the_places_are_shown_as_above_the_topmost_folder(driver, home):
    panel = open_panel(driver)
    assert [child.text for child in tiles(panel)][-1] == "Home"
    assert "Pick a folder" in panel.note.text
    assert not panel.above.enabled
    driver.choose(tile(panel, "Downloads"))
    assert panel.listing.folder == home / "Downloads"
    assert "No picture" in panel.note.text
    panel.go(Path(home.anchor))
    driver.settle()
    for _ in range(2):
        driver.keys("backspace")
        assert panel.listing.folder is None


def test_mouse_and_keys_go_down_and_up_and_leave_the_face_behind_alone(driver, home):
    draw(home / "Pictures", "a.png")
    draw(home / "Pictures" / "2019", "b.png", "c.png")
    before = driver.screen.code()
    panel = open_panel(driver)
    driver.choose(tile(panel, "2019"))
    assert [child.text for child in tiles(panel)] == ["c.png", "b.png"]
    driver.choose(panel.above)
    assert panel.listing.folder == home / "Pictures"
    assert tile(panel, "2019").focused  # where one came from
    driver.keys("right", "left", "left", "return")
    assert panel.listing.folder == home / "Pictures" / "2019"
    for parent in (home / "Pictures", home):
        driver.keys("backspace")
        assert panel.listing.folder == parent
    driver.choose(next(button for button in panel.places if button.text == "Pictures"))
    driver.keys("up", "right", "down", "return")
    assert panel.photo.name == "a.png"
    driver.keys("backspace")
    assert panel.photo is None and tile(panel, "a.png").focused
    assert np.array_equal(before, driver.screen.code())


def test_the_last_folder_is_there_in_the_next_session(opened, tmp_path, home):
    odd = os.fsdecode(b"odd \xe9") if sys.platform == "linux" else "odd"
    draw(home / odd, "a.png")
    draw(home / "Pictures", "b.png")
    driver = opened()
    open_panel(driver).go(home / odd)
    driver.settle()
    driver.picture(tmp_path / "window.png")
    driver = opened(start="drawing")
    panel = open_panel(driver)
    assert panel.listing.folder == home / odd
    assert [child.text for child in tiles(panel)] == ["a.png"]


@pytest.mark.parametrize("start", ["sliders", "drawing"])
def test_a_picture_is_pasted_wherever_one_is_and_taken(opened, home, monkeypatch, start):
    driver = opened(start=start)
    face = driver.engine.decode(driver.latent.gallery[:1])[0, ..., 0]
    monkeypatch.setattr(photo_panel, "paste_photo", lambda: Photo(face, "from the clipboard"))
    panel = driver.screen.panels.photo
    driver.key("ctrl+v")
    driver.until(lambda: panel.face is not None)
    assert panel.visible and panel.markers.pixels.shape == face.shape
    driver.keys("return")
    assert driver.screen.panels.open is None
    if start == "sliders":
        assert np.array_equal(driver.screen.code(), panel.face.code)
        assert driver.screen.area.caption.text == "Photo from the clipboard"
    else:
        assert np.array_equal(driver.screen.drawing.pixels, painted(panel.face.image))
    nothing = raising(UserError("There is no picture in the clipboard."))
    monkeypatch.setattr(photo_panel, "paste_photo", nothing)
    open_panel(driver)
    driver.click(panel.paster)
    driver.until(lambda: "no picture in the clipboard" in driver.said())
    assert panel.visible and panel.photo is None


def test_what_a_browser_drops_is_opened_or_told_why_not(driver, tmp_path):
    (path,) = draw(tmp_path, "my photo.png")
    panel = driver.screen.panels.photo
    address = "This is the address of a picture"
    for text, said in (("", "Nothing"), ("https://a.org/b.png", address), ("a word", "Nothing")):
        if text:
            driver.post(pygame.DROPTEXT, text=text)
        driver.post(pygame.DROPCOMPLETE)
        driver.step()
        assert driver.said().startswith(said) and not panel.visible
    for text in ("a word and http://[", "http://[", "file:///a%00b.png"):
        driver.post(pygame.DROPTEXT, text=text)
        driver.post(pygame.DROPCOMPLETE)
    driver.until(lambda: "cannot be read" in driver.said() + panel.note.text)
    driver.post(pygame.DROPTEXT, text=path.as_uri())
    driver.post(pygame.DROPCOMPLETE)
    driver.until(lambda: panel.photo is not None)
    assert panel.photo.name == "my photo.png"
    driver.key("escape")
    driver.window.messages.dismiss(driver.window.messages.message)
    driver.drop(path)
    driver.post(pygame.DROPCOMPLETE)
    driver.until(lambda: panel.visible)
    assert driver.said() == ""


def test_a_photo_in_bad_light_is_evened_out_and_back_by_a_button(driver):
    face = driver.engine.decode(driver.latent.gallery[:1])[0, ..., 0]
    panel = driver.screen.panels.photo
    panel._show(Photo(face * 0.1, problem="a.png is damaged."))
    driver.until(lambda: panel.face is not None)
    driver.settle()
    assert "Even light" in panel.note.text and "a.png is damaged." in panel.note.text
    dark = panel.face
    driver.choose(panel.even)
    assert "Even light" not in panel.note.text
    inside = face_mask()
    assert np.corrcoef(panel.face.image[inside], dark.image[inside])[0, 1] > 0.99
    assert panel.face.image[inside].mean() == pytest.approx(MEAN, abs=0.05)
    driver.choose(panel.even)
    assert np.array_equal(panel.face.image, dark.image)


def test_folders_that_cannot_be_opened_and_tiles_that_go_change_nothing(driver, home):
    draw(home / "Pictures", "a.png", "b.png")
    (home / "Pictures" / "gone").mkdir()
    panel = open_panel(driver)
    (home / "Pictures" / "gone").rmdir()
    driver.choose(tile(panel, "gone"))
    assert driver.said().startswith("gone cannot be opened (")
    assert panel.listing.folder == home / "Pictures"
    driver.press(tile(panel, "a.png").rect.center)
    panel.go(home / "Downloads")  # while it is held
    driver.settle()
    driver.release()
    driver.settle()
    assert panel.listing.folder == home / "Downloads" and panel.photo is None
    driver.key("escape")
    assert not panel.visible


def test_thousands_of_files_do_not_stop_the_window(driver, home, monkeypatch):
    content = draw(home / "Pictures", "0.png")[0].read_bytes()
    for number in range(1, 600):
        (home / "Pictures" / f"{number}.png").write_bytes(content)
    panel = open_panel(driver)
    assert panel.listing.pictures == 600
    assert len(tiles(panel)) < 200  # those in sight
    assert len(panel.gallery._pictures) <= len(tiles(panel))  # and no more are read
    last, view = panel.listing.entries[-1], panel.gallery.rect
    driver.wheel(-9999, view.center)
    driver.settle()
    assert panel.gallery._shown[-1] == last
    shown = tiles(panel)[len(panel.gallery._shown) - 1]
    assert shown.text == last.name and shown.pixels is not None
    assert view.bottom - panel.gallery._row <= shown.rect.bottom <= view.bottom
    driver.choose(shown)
    assert panel.photo.name == last.name
    monkeypatch.setattr(strip, "KEPT", 10)  # fewer than there are in sight
    driver.keys("backspace")
    for _ in range(3):
        driver.keys("pageup")
        assert len(panel.gallery._pictures) <= 200
        assert all(child.pixels is not None for child in tiles(panel))
