"""Archives that are damaged, or made to do harm."""

import gzip
import tarfile

import pytest

import data.tar
from data import UserError, load_labels, prepare_data
from tests.data.drawn_archive import ROOT, draw_portrait, png, tar_bytes, write_archive


@pytest.fixture
def place(tmp_path):
    """A folder with nothing but room for an archive; afterwards only that and `out` are in it."""
    (tmp_path / "in").mkdir()
    yield tmp_path
    assert {path.name for path in tmp_path.iterdir()} <= {"in", "out"}


def entry(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def test_links_devices_and_pipes_are_passed_over(place, files):
    extra = [
        entry(f"{ROOT}/F/hard.png", tarfile.LNKTYPE, f"{ROOT}/{next(iter(files))}"),
        entry(f"{ROOT}/F/soft.png", tarfile.SYMTYPE, "/etc/passwd"),
        entry(f"{ROOT}/M/zero.png", tarfile.CHRTYPE),
        entry(f"{ROOT}/M/disk.png", tarfile.BLKTYPE),
        entry(f"{ROOT}/M/pipe.png", tarfile.FIFOTYPE),
        entry(f"{ROOT}/M/odd.png", b"Z"),
    ]
    summary = prepare_data(write_archive(place / "in" / "a.tar.gz", files, extra), place / "out")
    reasons = {one.name.rpartition("/")[2]: one.reason for one in summary.skipped}
    assert reasons == {
        "hard.png": "is a link",
        "soft.png": "is a link",
        "zero.png": "is a device",
        "disk.png": "is a device",
        "pipe.png": "is a pipe",
        "odd.png": "is of an unknown kind",
    }
    assert summary.train + summary.test == 12


OUTSIDE, ODD = "its name leads outside the archive", "its name is not plain text"
OUTSIDES = ("/tmp/F/a.png", "../F/a.png", "x/../../F/a.png", "F/../../a.png", "C:/Windows/F/a.png")
OUTSIDES += ("C:\\F\\a.png", "..\\F/a.png", "\\\\server/F/a.png")
ODDS = ("F/a\nb.png", "F/a\x1b[2J.png", "F/" + "a" * 300, "F/\udcff.png")
NAMES = [(name, OUTSIDE) for name in OUTSIDES] + [(name, ODD) for name in ODDS]


@pytest.mark.parametrize(("name", "reason"), NAMES)
def test_names_that_lead_outside_or_are_no_plain_text_are_passed_over(place, files, name, reason):
    archive = write_archive(place / "in" / "a.tar.gz", files)
    odd = tarfile.TarInfo(name)
    odd.size = len(data := png(draw_portrait(0)))
    first = odd.tobuf(errors="surrogateescape") + data + bytes(-len(data) % 512)
    archive.write_bytes(gzip.compress(first + gzip.decompress(archive.read_bytes())))
    summary = prepare_data(archive, place / "out")
    assert [one.reason for one in summary.skipped] == [reason]
    assert summary.train + summary.test == len(load_labels(place / "out")) == 12
    assert str(summary).isascii() and "\x1b" not in str(summary)


def test_name_that_comes_twice_counts_once(place, files):
    body = tar_bytes(files)
    end = -(-len(body.rstrip(b"\0")) // 512) * 512
    (place / "in" / "a.tar").write_bytes(body[:end] + body)
    summary = prepare_data(place / "in" / "a.tar", place / "out")
    assert summary.train + summary.test == 12
    assert {one.reason for one in summary.skipped} == {"is there twice"}


def refused(place, body: bytes, match: str, name: str = "a.tar.gz"):
    (place / "in" / name).write_bytes(body)
    with pytest.raises(UserError, match=match) as caught:
        prepare_data(place / "in" / name, place / "out")
    assert "\n" not in str(caught.value)
    assert not list((place / "out").iterdir())


def test_archive_that_is_cut_off_is_refused(place, files):
    tar = tar_bytes(files)
    whole = gzip.compress(tar)
    for size in (0, 1, 2, 9, 100, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        refused(place, whole[:size], r"(ends too early|damaged): put a complete copy")
    for size in (511, 513, 1600, len(tar) // 2):
        refused(place, tar[:size], "ends too early", "a.tar")
        refused(place, gzip.compress(tar[:size]), "ends too early")
    endless = tarfile.TarInfo("F/a.png")
    endless.size = 1 << 40
    refused(place, gzip.compress(endless.tobuf(tarfile.GNU_FORMAT) + tar), "ends too early")


def test_archive_with_wrong_bytes_or_without_portraits_is_refused(place, files):
    tar = tar_bytes(files)
    whole = bytearray(gzip.compress(tar))
    for position in range(20, len(whole), len(whole) // 7):
        damaged = whole.copy()
        damaged[position] ^= 0x10
        refused(place, bytes(damaged), "(is damaged|ends too early)")
    header = bytearray(tar)
    header[4 * 512 - 512 + 10] ^= 1  # within a later header: its checksum is wrong
    refused(place, gzip.compress(bytes(header)), "is damaged")
    refused(place, b"<html>not an archive, but long enough to be one</html>" * 20, "is damaged")
    refused(place, whole + b"trailing", "is damaged")
    refused(place, gzip.compress(tar_bytes({})), "holds no portraits of 186 x 171 pixels")
    refused(place, gzip.compress(tar_bytes({"a.png": png(draw_portrait(0))})), "no portraits")


def test_bomb_of_bytes_is_refused(place, files, monkeypatch):
    monkeypatch.setattr(data.tar, "MAX_UNPACKED_BYTES", 1 << 20)
    large = tarfile.TarInfo(f"{ROOT}/F/bomb.png")
    large.size = 64 << 20
    body = large.tobuf() + bytes(large.size)
    refused(place, gzip.compress(body), "unpacks to more than")
    refused(place, gzip.compress(tar_bytes(files) + bytes(64 << 20)), "unpacks to more than")


def test_a_million_entries_are_refused(place, files, monkeypatch):
    monkeypatch.setattr(data.tar, "MAX_ENTRIES", 1000)
    many = b"".join(tarfile.TarInfo(f"x/{i}").tobuf() for i in range(1200))
    refused(place, gzip.compress(many), "has more than 1,000 entries")


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_bomb_in_a_name_is_refused(place, kind):
    info = entry("long", kind)
    info.size = 3 << 30
    body = info.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20)
    refused(place, gzip.compress(body), "an impossibly long name")


@pytest.mark.parametrize(
    "records",
    [b"0 path=a\n", b"-5 path=a\n", b"99 path=a\n", b"9 path a\n", b"x\n", b"11 size=-1\n"],
)
def test_damaged_extension_does_no_harm(place, files, records):
    """Some Pythons refuse such an archive, others pass over the extension."""
    info = entry("x", tarfile.XHDTYPE)
    info.size = len(records)
    body = info.tobuf() + records + bytes(-len(records) % 512) + tar_bytes(files)
    (place / "in" / "a.tar").write_bytes(body)
    try:
        summary = prepare_data(place / "in" / "a.tar", place / "out")
        assert summary.train + summary.test == 12 and not summary.skipped
    except UserError as error:
        assert "is damaged" in str(error)


def test_negative_size_is_refused(place, files):
    """Python's own reader loops for ever on some of these (CVE-2025-8194)."""
    info = tarfile.TarInfo("F/a.png")
    info.size = -512
    body = info.tobuf(tarfile.GNU_FORMAT) + tar_bytes(files)
    refused(place, gzip.compress(body), "is damaged")


def test_image_bomb_costs_no_memory(place, files):
    head = png(draw_portrait(0))
    bomb = head[:16] + (60_000).to_bytes(4, "big") * 2 + head[24:]
    odd = files | {"F/bomb.png": bomb}
    summary = prepare_data(write_archive(place / "in" / "a.tar.gz", odd), place / "out")
    assert [one.reason for one in summary.skipped] == ["is 60000 x 60000 pixels, not 186 x 171"]
