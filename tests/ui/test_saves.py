import io
import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from data.errors import UserError
from tests.raising import raising
from tests.ui.driver import FakeEngine
from ui import saves
from ui.saves import delete_save, list_saves, model_of, open_save, read_save, save_face

MODEL = "a" * 64
CODE = np.random.default_rng(0).standard_normal(80).astype(np.float32)
IMAGE = (np.indices((160, 176)).sum(axis=0) / 334).astype(np.float32)  # soon compressed
DRAWING = np.random.default_rng(0).integers(0, 256, (160, 176, 2), dtype=np.uint8)


def a_save(folder, image=IMAGE, **options):
    return save_face(folder, image, CODE, MODEL, **options)


def listed(folder):
    return [save.path for save in list_saves(folder)]


def test_a_save_restores_the_code_bit_for_bit_and_drawing_and_details(tmp_path):
    path = a_save(tmp_path / "new" / "folder")
    saved = read_save(path)
    assert saved.code.tobytes() == CODE.tobytes() and saved.drawing is None
    assert saved.code.dtype == saved.image.dtype == np.float32
    assert np.abs(saved.image - IMAGE).max() <= 0.5 / 255 + 1e-6
    with Image.open(path) as picture:  # as other programs read it
        assert MODEL in picture.text["latent-face-explorer"]
    details = {"realism": 0.4, "refined": True, "words": ["ä"]}
    saved = read_save(a_save(tmp_path, drawing=DRAWING, details=details))
    assert np.array_equal(saved.drawing, DRAWING) and saved.details == details


def test_the_picture_shows_the_face_and_a_drawing_beside_it(tmp_path):
    image = (np.arange(176) >= 88) * np.ones((160, 1), np.float32)
    with Image.open(a_save(tmp_path, image)) as picture:
        pixels = np.asarray(picture)
    assert pixels.shape == (640, 704)
    assert pixels[:, :300].max() == 0 and pixels[:, 404:].min() == 255
    drawing = np.zeros((160, 176, 2), dtype=np.uint8)
    drawing[:80, :, 1] = 255  # painted black above, bare paper below
    with Image.open(a_save(tmp_path, np.full((160, 176), 0.5), drawing=drawing)) as picture:
        pixels = np.asarray(picture)
    left, right = pixels[:, : pixels.shape[1] // 2], pixels[:, pixels.shape[1] // 2 :]
    assert left[150, 350] == 0 and left[500, 350] == 255
    assert abs(int(right[300, 350]) - 128) <= 1


def test_saves_of_one_second_do_not_overwrite_and_list_newest_first(tmp_path, monkeypatch):
    stamps = ["2026-11-22-151204"] * 12 + ["2026-11-22-151205", "2025-01-01-000000"]
    paths = []
    for stamp in stamps:
        monkeypatch.setattr(saves.time, "strftime", lambda *_, now=stamp: now)
        paths.append(a_save(tmp_path))
    assert paths[0].name == "face-2026-11-22-151204.png"
    assert len(set(paths)) == len(stamps)
    assert listed(tmp_path) == [paths[12], *reversed(paths[:12]), paths[13]]


def test_what_is_no_save_is_not_listed_and_a_renamed_one_by_the_time_of_its_file(tmp_path):
    old = a_save(tmp_path).rename(tmp_path / "me.png")
    os.utime(old, (1, 1))
    path = a_save(tmp_path)
    Image.new("L", (4, 4)).save(tmp_path / "picture.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "notes.txt").write_text("")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
    assert listed(tmp_path) == [path, old]
    assert listed(tmp_path / "missing") == []
    with pytest.raises(UserError, match="cannot be read"):
        list_saves(tmp_path / "notes.txt")


def png(record=None):
    """A small PNG, perhaps with a record."""
    info, content = PngInfo(), io.BytesIO()
    if record is not None:
        info.add_text("latent-face-explorer", record)
    Image.new("L", (4, 4)).save(content, "png", pnginfo=info)
    return content.getvalue()


def test_each_bad_file_gets_its_sentence(tmp_path):
    chunk = struct.pack(">I4s", 0, b"teXt") + struct.pack(">I", zlib.crc32(b"teXt"))
    known = '{"format": 1, "details": {}, "model": "' + MODEL + '", "code": '
    records = ["", "[]", "{", '{"format": 2, "details": {}}', '{"a":' * 50_000, " " * 5_000_000]
    records += [known + "7}", known + '"' + "A" * 428 + '"}']
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
    for name, content, word in (
        ("missing.png", None, "cannot be read"),
        ("pipe.png", None, "cannot be read"),
        ("empty.png", b"", "is empty"),
        ("words.png", b"no picture at all", "no face code"),
        ("picture.png", png(), "no face code"),
        ("endless.png", b"\x89PNG\r\n\x1a\n" + chunk * 100_000, "no face code"),
        ("cut.png", a_save(tmp_path).read_bytes()[:1000], "damaged"),
        *(("forged.png", png(record), "damaged") for record in records),
    ):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(UserError, match=word) as caught:
            read_save(path)
        assert str(caught.value).count(". ") == 0 and name in str(caught.value)
        assert model_of(path) is None or word == "damaged" or content == b""
    short = save_face(tmp_path, IMAGE, np.ones(64), FakeEngine.model_id)
    with pytest.raises(UserError, match="damaged"):
        open_save(short, FakeEngine())  # whose codes are longer


@pytest.mark.parametrize("with_links", [True, False])
def test_a_save_with_the_longest_name_comes_back_after_deletion(tmp_path, monkeypatch, with_links):
    refuse = raising(PermissionError("no hard links on this disk"))
    if not with_links:
        monkeypatch.setattr("os.link", refuse)
    path = a_save(tmp_path).rename(tmp_path / f"{'x' * 251}.png")
    content, bring_back = path.read_bytes(), delete_save(path)
    rename = saves.Path.replace
    if not with_links:  # the first time, the rename fails too
        monkeypatch.setattr(saves.Path, "replace", refuse)
        monkeypatch.setattr("time.sleep", lambda seconds: None)
        with pytest.raises(UserError, match="cannot be brought back"):
            bring_back()
        assert not list(tmp_path.iterdir())
        monkeypatch.setattr(saves.Path, "replace", rename)
    assert bring_back() == path
    assert path.read_bytes() == content
