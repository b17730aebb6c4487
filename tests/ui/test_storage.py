import base64
import zlib
from functools import partial

import numpy as np
import pytest

from data.errors import UserError
from tests.raising import raising
from ui.saves import pack_numbers, parse_json, unpack_numbers, unpack_pixels, write_new

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
