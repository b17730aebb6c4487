import base64
import zlib

import numpy as np
import pytest

from data.errors import UserError
from ui.storage import (
    pack_numbers,
    pack_pixels,
    parse_json,
    unpack_numbers,
    unpack_pixels,
    write_atomic,
)


def test_numbers_come_back_bit_for_bit():
    values = np.array([0.0, -0.0, 1e-45, 3.4e38, -1 / 3], dtype=np.float32)
    back = unpack_numbers(pack_numbers(values), (5,))
    assert back.dtype == np.float32
    assert back.tobytes() == values.tobytes()
    assert back.flags.writeable


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused(bad):
    text = pack_numbers(np.array([0, bad, 1]))
    with pytest.raises(ValueError, match="finite"):
        unpack_numbers(text, (3,))


@pytest.mark.parametrize("text", [None, 3, "", "AAAA", "A" * 15 + "=", "é" * 16, "!" * 16])
def test_damaged_numbers_are_refused(text):
    with pytest.raises(ValueError):
        unpack_numbers(text, (3,))


def test_pixels_come_back():
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 2), dtype=np.uint8)
    back = unpack_pixels(pack_pixels(pixels), (7, 5, 2))
    assert np.array_equal(back, pixels)
    assert back.flags.writeable


def test_a_compressed_bomb_is_not_unpacked():
    bomb = base64.b64encode(zlib.compress(bytes(200_000_000), 9)).decode()
    with pytest.raises(ValueError, match="size"):
        unpack_pixels(bomb, (160, 176))


@pytest.mark.parametrize("content", [b"", b"damaged", zlib.compress(b"ab")[:-3]])
def test_damaged_pixels_are_refused(content):
    with pytest.raises(ValueError):
        unpack_pixels(base64.b64encode(content).decode(), (1, 2))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", '{"a": NaN}', '{"a": 1e999}', '{"a": ' + "9" * 100 + "}", b"\xff{}"],
)
def test_what_is_no_plain_json_object_is_refused(text):
    with pytest.raises(ValueError):
        parse_json(text)


def test_deep_json_is_refused():
    with pytest.raises(ValueError):
        parse_json('{"a":' * 100_000)


def test_writing_replaces_in_one_step_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "new" / "a.json"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["a.json"]


def test_a_refused_write_keeps_the_old_file_and_says_so(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_atomic(path, b"one")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match="No space left"):
        write_atomic(path, b"two")
    assert path.read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="could not be written"):
        write_atomic(tmp_path / "file" / "a.json", b"")
