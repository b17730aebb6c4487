import io
import zipfile

import numpy as np
import pytest

from model.safe_zip import finite, read_arrays
from tests.model.zip_forgery import HEADERS, Member, Pickled, bomb, pack


def npy(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.npz"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_reads_what_numpy_writes(path, save):
    arrays = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "text": np.array(["one", "zwei"], "U64"),
        "single": np.array(3.5),
        "none": np.zeros((0, 4)),
    }
    save(path, **arrays)
    read = read_arrays(path, 2**20)
    assert read.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].dtype == array.dtype


def refused(path, members, **options):
    path.write_bytes(members if isinstance(members, bytes) else pack(members, **options))
    with pytest.raises(ValueError, match=r"."):
        read_arrays(path, 2**20)


def test_members_that_unpack_to_more_than_they_claim_are_refused_without_unpacking(
    path, monkeypatch
):
    packed = bomb(2**26)
    lengths = []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(
        zipfile.ZipExtFile, "read", lambda file, n=-1: lengths.append(n) or read(file, n)
    )
    refused(path, [Member("a.npy", packed, zipfile.ZIP_DEFLATED, 99, 0)])
    assert lengths == [100]
    refused(path, [Member("a.npy", packed, zipfile.ZIP_DEFLATED, 2**26)])
    assert lengths == [100]  # too large: not even opened


def test_files_that_are_cut_or_too_large_are_refused(path, monkeypatch):
    whole = pack([Member("a.npy", npy(np.zeros(3)))])
    for damaged in (b"", whole[:-1], whole[1:], b"x" * len(whole)):
        refused(path, damaged)
    monkeypatch.setattr(zipfile.ZipFile, "__init__", None)  # whatever opens one fails
    refused(path, whole + bytes(2**20))


@pytest.mark.parametrize(
    "members",
    [
        [Member("a.txt", b"no array")],
        [Member("a.npy", npy(np.zeros(3)), crc=1)],
        [Member("a.npy", npy(np.zeros(3)), zipfile.ZIP_LZMA)],
        [Member("a.npy", npy(np.zeros(3)), flags=1)],
        [Member("a.npy", npy(np.array([Pickled()], object)))],
        [Member("a.npy", npy(np.zeros(3))[:-1])],
    ],
)
def test_members_that_are_no_plain_arrays_are_refused(path, members, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    refused(path, members)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("header", HEADERS)
def test_headers_that_claim_what_is_not_there_are_refused(path, header, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = header.encode() + b"\n"
    data = b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text + bytes(316)
    refused(path, [Member("a.npy", data)])
    assert list(tmp_path.iterdir()) == [path]


def test_only_finite_floats_of_the_expected_shape_are_let_through():
    array = finite(np.array([[1.5, -2.0]]), (1, 2), 2.0)
    assert array.dtype == np.float32 and array.tolist() == [[1.5, -2.0]]
    for odd in (
        [[1.5, 2.1]],
        [[np.nan, 0.0]],
        [[-np.inf, 0.0]],
        [1.0, 2.0],
        [[1, 2]],
        [["a", "b"]],
    ):
        with pytest.raises(ValueError, match="Received"):
            finite(np.array(odd), (1, 2), 2.0)
