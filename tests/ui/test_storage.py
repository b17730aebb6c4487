import base64
import os
import subprocess
import sys
import textwrap
import zlib

import numpy as np
import pytest

from data.errors import UserError
from data.paths import ASSETS
from data.replace import remove_unfinished
from ui.storage import (
    pack_numbers,
    pack_pixels,
    parse_json,
    unpack_numbers,
    unpack_pixels,
    write_new,
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


def test_a_new_file_never_takes_the_place_of_another(tmp_path, monkeypatch):
    for with_links in (True, False):
        if not with_links:

            def refuse(*paths):
                raise PermissionError("no hard links on this disk")

            monkeypatch.setattr("os.link", refuse)
        paths = [write_new(tmp_path / str(with_links), "face", ".png", b"%d" % i) for i in range(3)]
        assert [path.read_bytes() for path in paths] == [b"0", b"1", b"2"]
        assert sorted(paths[0].parent.iterdir()) == sorted(paths)


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace"])
def test_a_refused_write_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch, call):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.link", full)  # as on a disk without hard links
    monkeypatch.setattr(call, full)
    with pytest.raises(UserError, match="No space left"):
        write_new(tmp_path, "face", ".png", b"content")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UserError, match="can be saved"):
        (tmp_path / "file").touch()
        write_new(tmp_path / "file", "face", ".png", b"content")


KILLED = """
    import os, sys
    from pathlib import Path
    from ui.storage import write_new

    left = int(sys.argv[2])

    def stop_before(function):
        def stopping(*arguments, **options):
            global left
            left -= 1
            if left < 0:
                os._exit(9)
            return function(*arguments, **options)
        return stopping

    os.fsync, os.link = stop_before(os.fsync), stop_before(os.link)
    Path.unlink = stop_before(Path.unlink)
    write_new(Path(sys.argv[1]), "face", ".png", b"whole")
"""


@pytest.mark.parametrize("step", range(5))
def test_killed_anywhere_a_new_file_is_whole_or_not_there(tmp_path, step):
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), str(step)]
    code = subprocess.run(command, cwd=ASSETS.parent).returncode
    assert code == (9 if step < 4 else 0)
    assert all(path.read_bytes() == b"whole" for path in tmp_path.glob("face-*.png"))
    for path in tmp_path.iterdir():
        os.utime(path, (1, 1))
    remove_unfinished(tmp_path)
    assert not list(tmp_path.glob(".*"))
