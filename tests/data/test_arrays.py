"""Opening arrays and labels that are missing, damaged or of another kind."""

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

from data import UserError, load_arrays, load_labels
from data.arrays import Portrait, drop_pages, write_labels


def save(folder, train=None, test=None):
    np.save(
        folder / "X_train.npy", np.zeros((3, 171, 186, 1), np.uint8) if train is None else train
    )
    np.save(folder / "X_test.npy", np.zeros((2, 171, 186, 1), np.uint8) if test is None else test)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")
def test_released_pages_are_no_longer_held_and_can_be_read_again(tmp_path):
    def mapped() -> int:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return 1024 * int(status.partition("RssFile:")[2].split()[0])

    save(tmp_path, np.full((2000, 171, 186, 1), 7, np.uint8))
    train, _ = load_arrays(tmp_path)
    before = mapped()
    total = int(train.sum())
    assert mapped() - before > 50e6
    drop_pages(train[:1500])  # a part of it stands for the whole
    assert mapped() - before < 5e6
    assert int(train.sum()) == total
    save(tmp_path)  # nothing is lost where arrays can be written
    changed = np.load(tmp_path / "X_train.npy", mmap_mode="c")
    changed[0] = 5
    drop_pages(changed)
    assert (changed[0] == 5).all()
    drop_pages(np.ones(3))


def test_no_arrays_says_what_to_call(tmp_path):
    with pytest.raises(UserError, match=r"no prepared portraits in .*: call prepare_data\(\)"):
        load_arrays(tmp_path)
    with pytest.raises(UserError, match=r"no labels .*: call prepare_data\(\)"):
        load_labels(tmp_path)
    with pytest.raises(UserError, match="no prepared portraits"):
        load_arrays(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((3, 171, 186), np.uint8), r"its shape is \(3, 171, 186\)"),
        (np.zeros((3, 160, 176, 1), np.uint8), "its shape is"),
        (np.zeros((0, 171, 186, 1), np.uint8), "its shape is"),
        (np.zeros((3, 171, 186, 1), np.float16), "float16 instead of uint8"),
        (np.zeros((3, 171, 186, 1), bool), "bool instead of uint8"),
        (np.asfortranarray(np.zeros((3, 171, 186, 1), np.uint8)), "axes are in another order"),
    ],
)
def test_other_arrays_are_refused(tmp_path, array, reason):
    save(tmp_path, array)
    with pytest.raises(UserError, match=rf"{reason}.*prepare_data\(\)"):
        load_arrays(tmp_path)


def test_damaged_arrays_are_refused(tmp_path):
    save(tmp_path)
    whole = (tmp_path / "X_test.npy").read_bytes()
    claims_more = whole.replace(b"(2, 171", b"(9, 171")
    claims_all = whole.replace(b"(2, 171, 186, 1)", b"(2, 171, 10**9, 1)")[: len(whole)]
    for damaged in [
        b"",
        whole[:5],
        whole[:100],
        whole[:-1],
        whole + b"x",
        claims_more,
        claims_all,
        whole.replace(b"(2, ", b"(-2,"),
        whole.replace(b"NUMPY\x01", b"NUMPY\x03"),
        whole.replace(b"{'descr'", b"(((((((("),
        pickle.dumps(np.zeros(3)),
    ]:
        (tmp_path / "X_test.npy").write_bytes(damaged)
        with pytest.raises(
            UserError, match=r"X_test.npy is damaged or holds no prepared portraits"
        ):
            load_arrays(tmp_path)


def test_a_pickle_in_an_array_is_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    save(tmp_path, np.array([Trap()] * 4, dtype=object))
    with pytest.raises(UserError):
        load_arrays(tmp_path)
    assert not (tmp_path / "sprung").exists()


def test_labels_come_back_as_written(tmp_path):
    portraits = [
        Portrait(0, "train", 'odd, "name" é.png', "F", 1985),
        Portrait(1, "train", "b.png", "M", None),
        Portrait(0, "test", "c.png", "M", 1905),
    ]
    write_labels(tmp_path / "portraits.csv", portraits)
    assert load_labels(tmp_path) == portraits
    first = (tmp_path / "portraits.csv").read_bytes().splitlines()[0]
    assert first == b"row,split,file,folder,year"


HEADER = b"row,split,file,folder,year\n"
DAMAGED = [b"", b"a,b\n", HEADER + b"0,test,a.png,F,1985\n0,train,a.png,F,1985\n"]
DAMAGED += [
    HEADER + row
    for row in (
        *(b"0,train,a.png,F\n", b"0,train,a.png,X,1985\n", b"0,dev,a.png,F,1985\n"),
        *(b"1,train,a.png,F,1985\n", b"x,train,a.png,F,1985\n", b"0,train,a.png,F,1e3\n"),
        *(b"0,train,../../a.png,F,1985\n", b'0,train,"a.png,F,1985\n'),
        *(b"0,train,\xff\xfe.png,F,1985\n", b"0,train,a\0.png,F,1985\n"),
        b"0,train," + b"a" * 200_000 + b",F,1985\n",
    )
]


@pytest.mark.parametrize("text", DAMAGED)
def test_damaged_labels_are_one_sentence(tmp_path, text):
    (tmp_path / "portraits.csv").write_bytes(text)
    with pytest.raises(UserError, match=r"damaged .*: call prepare_data\(\)") as caught:
        load_labels(tmp_path)
    assert "\n" not in str(caught.value)


def test_labels_of_other_arrays_are_refused(tmp_path):
    rows = [Portrait(row, "train", f"{row}.png", "F", None) for row in range(3)]
    write_labels(tmp_path / "portraits.csv", rows)
    save(tmp_path)
    with pytest.raises(UserError, match="not those of X_test"):
        load_labels(tmp_path)
    rows += [Portrait(row, "test", f"{row}.png", "F", None) for row in range(2)]
    write_labels(tmp_path / "portraits.csv", rows)
    assert load_labels(tmp_path) == rows
