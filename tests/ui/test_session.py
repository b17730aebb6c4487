"""The session, and what it and saves are written and read with."""

import base64
import json
import math
import os
import zlib
from functools import partial

import numpy as np
import pytest

from data.errors import UserError
from tests.raising import raising
from ui.saves import pack_numbers, parse_json, unpack_numbers, unpack_pixels, write_new
from ui.session import FILE_NAME, SET_ASIDE_NAME, Session

MODEL = "a" * 64
SETTINGS = {"scale": 1.5, "hint_seen": True, "name": "x"}


def a_code(seed=0):
    return np.random.default_rng(seed).standard_normal(80).astype(np.float32)


def opened(folder, model=MODEL, latent_dim=80):
    return Session(folder, model, latent_dim)


def a_session(folder):
    session = opened(folder)
    session.code, session.face_a, session.face_b = a_code(0), a_code(1), a_code(2)
    session.locks[[3, 79]] = True
    session.directions["smile ☺"] = a_code(3)
    session.drawing = np.random.default_rng(4).integers(0, 256, (160, 176, 2), dtype=np.uint8)
    session.settings.update(SETTINGS, seed=np.int64(12), bad=math.nan, worse=object())
    session.save()
    return session


def test_a_new_session_is_empty_and_everything_comes_back_exactly(tmp_path):
    session = opened(tmp_path / "missing")
    assert session.code is session.drawing is session.problem is None
    assert not session.locks.any()
    before = a_session(tmp_path)
    after = opened(tmp_path)
    for name in ("code", "face_a", "face_b"):
        assert getattr(after, name).tobytes() == getattr(before, name).tobytes()
    assert np.array_equal(after.drawing, before.drawing)
    assert np.array_equal(after.locks, before.locks)
    assert list(after.directions) == ["smile ☺"]
    assert after.directions["smile ☺"].tobytes() == a_code(3).tobytes()
    assert after.settings == SETTINGS | {"seed": 12}  # without what JSON does not know
    assert after.problem is None


def test_each_of_the_latest_models_keeps_its_own_faces(tmp_path):
    a_session(tmp_path)
    other = opened(tmp_path, "b" * 64, 40)
    assert other.code is None and other.directions == {} and other.locks.shape == (40,)
    assert other.drawing is not None
    other.code = np.ones(40, dtype=np.float32)
    other.save()
    assert np.array_equal(opened(tmp_path).code, a_code(0))
    assert np.array_equal(opened(tmp_path, "b" * 64, 40).code, np.ones(40))
    for number in range(20):
        opened(tmp_path, str(number)).save()
    kept = json.loads((tmp_path / FILE_NAME).read_text())["models"]
    assert list(kept) == [str(number) for number in range(12, 20)]


def test_a_setting_has_the_type_of_its_default_and_obeys_the_limits(tmp_path):
    session = Session(tmp_path)
    assert session.setting("x", 1.0) == 1.0
    kinds = [(2, 1.0, 2.0), (2.5, 1, 1), (True, 1, 1), (1, True, True), ("2", 1.0, 1.0)]
    for value, default, expected in [*kinds, (None, "a", "a"), (99, 1.0, 4.0), (-99.0, 1.0, 0.5)]:
        session.settings["x"] = value
        limits = (0.5, 4.0) if type(default) is float else ()
        result = session.setting("x", default, *limits)
        assert result == expected and type(result) is type(expected), value


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"format": 9}', b'{"a":' * 99_999, b"x" * (17 << 20)],
    ids=["empty", "cut", "list", "bytes", "format", "deep", "large"],
)
def test_a_damaged_file_is_ignored_with_a_reason_and_set_aside(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    session = opened(tmp_path)
    assert session.code is None
    assert "damaged" in session.problem
    session.code = a_code()
    session.save()
    assert (tmp_path / SET_ASIDE_NAME).read_bytes() == content
    assert np.array_equal(opened(tmp_path).code, a_code())


def test_what_is_valid_in_a_damaged_file_is_used(tmp_path):
    a_session(tmp_path)
    content = json.loads((tmp_path / FILE_NAME).read_text())
    entry = content["models"][MODEL]
    entry["code"] = "damaged"
    entry["face_a"] = 7
    entry["locks"] = [-1, 80, 3, "x", True, 10**9]
    names = ("", "long" * 50, "lone \ud800")  # the last of which nobody can write
    entry["directions"].update({"broken": "A", **dict.fromkeys(names, entry["face_b"])})
    entry["names"] = {"1": "jaw", "2": "a\nb", "3": 7, "4": "x" * 99}
    content["drawing"] = [1, 2]
    (tmp_path / FILE_NAME).write_text(json.dumps(content))
    session = opened(tmp_path)
    assert session.code is session.face_a is session.drawing is None
    assert np.array_equal(session.face_b, a_code(2))
    assert list(np.flatnonzero(session.locks)) == [3]
    assert list(session.directions) == ["smile ☺"] and session.names == {"1": "jaw"}
    assert session.setting("scale", 1.0) == 1.5
    assert "damaged" in session.problem
    session.save()
    assert (tmp_path / SET_ASIDE_NAME).is_file()
    assert opened(tmp_path).problem is None


@pytest.mark.parametrize("name", ["settings", "models", "drawing"])
@pytest.mark.parametrize("value", [None, 3, "x", [], [[]], {}, {"a": 3}, {MODEL: []}, {MODEL: 1}])
def test_parts_of_another_kind_are_ignored(tmp_path, name, value):
    a_session(tmp_path)
    content = json.loads((tmp_path / FILE_NAME).read_text())
    content[name] = value
    (tmp_path / FILE_NAME).write_text(json.dumps(content))
    session = opened(tmp_path)
    session.save()
    opened(tmp_path)


def test_a_folder_in_the_place_of_the_file_does_not_stop_the_start(tmp_path):
    (tmp_path / FILE_NAME).mkdir()
    session = opened(tmp_path)
    with pytest.raises(UserError, match="could not be written"):
        session.save()


def test_the_last_of_two_windows_keeps_what_the_other_made(tmp_path):
    a_session(tmp_path)
    first, second = (opened(tmp_path) for _ in range(2))
    first.directions["first"], second.directions["second"] = a_code(5), a_code(6)
    first.names, second.names = {"Slider 7": "jaw ☺"}, {"Slider 9": "hat"}
    del second.directions["smile ☺"]
    other = opened(tmp_path, "b" * 64)
    other.code = a_code(7)
    for session in (first, other, second, second):
        session.save()
    found, other = opened(tmp_path), opened(tmp_path, "b" * 64)
    assert set(found.directions) == {"first", "second"}
    assert found.names == {"Slider 7": "jaw ☺", "Slider 9": "hat"}
    assert other.code.tobytes() == a_code(7).tobytes() and other.names == {}
    first.names = {}
    first.save()
    assert opened(tmp_path).names == {"Slider 9": "hat"}


def test_a_start_clears_what_a_kill_left(tmp_path):
    left = tmp_path / ".session.json.77.new"
    left.touch()
    os.utime(left, (1, 1))
    Session(tmp_path)
    assert not left.exists()


# Numbers, pixels and files


ODD_NUMBERS = [pack_numbers(np.array([0, bad, 1])) for bad in (np.nan, np.inf, -np.inf)]
ODD_NUMBERS += [None, 3, "", "AAAA", "A" * 15 + "=", "é" * 16, "!" * 16]
ODD_JSON = ["", "[]", "3", '{"a": NaN}', '{"a": 1e999}', '{"a": ' + "9" * 100 + "}", b"\xff{}"]
ODD_JSON += ['{"a":' * 100_000]


def test_damaged_numbers_pixels_and_json_are_refused():
    odd = [(partial(unpack_numbers, shape=(3,)), text) for text in ODD_NUMBERS]
    odd += [(parse_json, text) for text in ODD_JSON]
    for content in (b"", b"damaged", zlib.compress(b"ab")[:-3]):
        text = base64.b64encode(content).decode()
        odd.append((partial(unpack_pixels, shape=(1, 2)), text))
    for unpack, text in odd:
        with pytest.raises(ValueError):
            pytest.fail(f"{unpack} gave {unpack(text)} for {text!r:.60}")


def test_a_compressed_bomb_is_not_unpacked():
    bomb = base64.b64encode(zlib.compress(bytes(20_000_000), 9)).decode()
    with pytest.raises(ValueError, match="size"):
        unpack_pixels(bomb, (160, 176))


def test_a_folder_behind_a_link_is_made_where_the_link_leads(tmp_path):
    try:
        (tmp_path / "saves").symlink_to(tmp_path / "disk" / "saves")
    except OSError:
        pytest.skip("this user may not make links")
    assert write_new(tmp_path / "saves", "face", ".png", b"new").read_bytes() == b"new"
    assert (tmp_path / "saves").is_symlink() and len(list((tmp_path / "disk/saves").iterdir())) == 1


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace"])
def test_a_refused_write_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch, call):
    full = raising(OSError(28, "No space left on device"))
    monkeypatch.setattr("os.link", full)  # as on a disk without hard links
    monkeypatch.setattr(call, full)
    with pytest.raises(UserError, match="No space left"):
        write_new(tmp_path, "face", ".png", b"content")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UserError, match="can be saved"):
        (tmp_path / "file").touch()
        write_new(tmp_path / "file", "face", ".png", b"content")
