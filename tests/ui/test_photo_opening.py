import io
import os
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, ImageGrab, features
from PIL.PngImagePlugin import PngInfo

from data.errors import UserError
from ui.photo.opening import MAX_SIDE, is_picture, open_photo, paste_photo


def ramp(height=60, width=80):
    """A grey picture whose four corners differ."""
    rows, columns = np.mgrid[:height, :width]
    return (rows * 120 / height + columns * 120 / width).astype(np.uint8)


def opened(tmp_path, image, name="photo.png", **options):
    image.save(tmp_path / name, **options)
    return open_photo(tmp_path / name).gray


KINDS = [("png", mode) for mode in ("L", "RGB", "RGBA", "LA", "P", "I;16", "1")]
KINDS += [("jpg", mode) for mode in ("L", "RGB", "CMYK")]
KINDS += [(kind, "L") for kind in ("webp", "bmp", "tif", "gif", "avif")] + [("tif", "F")]


@pytest.mark.parametrize(("kind", "mode"), KINDS)
def test_every_kind_of_file_gives_the_same_grey(tmp_path, kind, mode):
    if kind == "avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    levels = ramp() if mode != "1" else np.where(ramp() > 100, 255, 0).astype(np.uint8)
    values = {"I;16": levels.astype(np.uint16) * 257, "F": (levels / 255).astype(np.float32)}
    image = Image.fromarray(values.get(mode, levels)).convert(mode)
    options = {"save_all": True, "append_images": [Image.new("L", (80, 60))]}  # later frames
    options = options if kind in ("gif", "webp", "tif") else {"quality": 95}
    gray = opened(tmp_path, image, f"photo.{kind}", **options)
    assert gray.dtype == np.float32
    assert np.abs(gray - levels / 255).max() < 0.04


def test_colour_is_weighed_as_the_eye_does(tmp_path):
    picture = np.zeros((16, 18, 3), dtype=np.uint8)
    picture[:, :6, 0] = picture[:, 6:12, 1] = picture[:, 12:, 2] = 255
    gray = opened(tmp_path, Image.fromarray(picture))
    assert np.allclose(gray[0, ::6], [0.299, 0.587, 0.114], atol=0.005)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_are_white(tmp_path, mode):
    image = Image.new("LA", (40, 20), (0, 255))
    image.paste((0, 0), (0, 0, 20, 20))
    options = {}
    if mode == "P":
        image = Image.new("P", (40, 20), 1)
        image.putpalette([9, 9, 9, 0, 0, 0])
        image.paste(0, (0, 0, 20, 20))
        options = {"transparency": 0}
    gray = opened(tmp_path, image if mode == "P" else image.convert(mode), **options)
    assert gray[:, :18].min() > 0.99
    assert gray[:, 22:].max() < 0.01


UPRIGHT = {
    1: lambda stored: stored,
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored.T, 2),
    8: np.rot90,
}


def test_photos_are_turned_upright_once_and_damaged_notes_cost_nothing(tmp_path):
    image, exif = Image.fromarray(ramp()), Image.Exif()
    for suffix in ("jpg", "png", "webp", "tiff"):
        for orientation, turn in {**UPRIGHT, 77: lambda stored: stored}.items():
            exif[0x0112] = orientation
            gray = opened(tmp_path, image, f"a.{suffix}", exif=exif, quality=95)
            assert gray.shape == turn(ramp()).shape, (suffix, orientation)
            assert np.abs(gray - turn(ramp()) / 255).max() < 0.03, (suffix, orientation)
            small = open_photo(tmp_path / f"a.{suffix}", side=40).gray  # for a list of photos
            assert small.shape == turn(ramp(30, 40)).shape
            assert np.abs(small - turn(ramp(30, 40)) / 255).max() < 0.04, (suffix, orientation)
    assert opened(tmp_path, image, "b.jpg", exif=b"Exif\0\0MM\0*\xff\xff").shape == (60, 80)
    assert min(opened(tmp_path, Image.new("L", (9000, 17), 100)).shape) > 1  # never a line


@pytest.mark.parametrize(("name", "size"), [("a.jpg", (4200, 2100)), ("a.png", (4097, 30))])
def test_large_photos_are_averaged_down(tmp_path, name, size):
    checks = (np.indices(size[::-1]).sum(axis=0) % 2 * 254).astype(np.uint8)
    gray = opened(tmp_path, Image.fromarray(checks), name, quality=95)
    assert MAX_SIDE / 2 <= max(gray.shape) <= MAX_SIDE
    assert np.abs(gray[4:-4, 4:-4] - 0.5).max() < 0.06  # aliasing would leave stripes


FEW_PIXELS = ((1, 1), (9000, 1), (3, 9000), (15, 40))


def file_of(image, kind="png"):
    content = io.BytesIO()
    image.save(content, kind)
    return content.getvalue()


def one_sentence(path, word):
    with pytest.raises(UserError, match=word) as caught:
        open_photo(path)
    assert str(caught.value).startswith(path.name)
    assert str(caught.value).count(". ") == 0


def huge_png(width, height):
    """A small PNG whose header claims this size, with the right checksum."""
    content = bytearray(file_of(Image.new("L", (20, 20))))
    content[16:24] = struct.pack(">II", width, height)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


def test_each_bad_file_gets_its_sentence(tmp_path):
    (tmp_path / "folder").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.jpg")
    for name, content, word in (
        ("missing.jpg", None, "not there"),
        ("empty.jpg", b"", "is empty"),
        ("words.jpg", b"no picture at all", "not an image"),
        ("folder", None, "not a file"),
        ("pipe.jpg", None, "not a file" if hasattr(os, "mkfifo") else "not there"),
        ("cut.jpg", file_of(Image.fromarray(ramp()), "jpeg")[:300], "damaged"),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic" + bytes(500), "HEIC.* JPEG"),
        ("DSC01.HIF", b"\0\0\0\x18ftyphevx" + bytes(500), "HEIC.* JPEG"),
        *((f"{x}.png", file_of(Image.new("L", (x, y))), "has only") for x, y in FEW_PIXELS),
        *((f"{x}.png", huge_png(x, x), "megapixels") for x in (10_000, 30_000, 2**31 - 1)),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        one_sentence(tmp_path / name, word)
    for name in ("IMG_1.HEIC", "DSC01.HIF"):  # listed among the pictures, where they can be met
        assert is_picture(name)


def test_what_every_viewer_opens_is_opened_and_its_damage_is_said(tmp_path):
    levels = ramp(300, 400)
    levels[50:150, 60:200] = np.random.default_rng(0).integers(0, 255, (100, 140))
    image, path = Image.fromarray(levels), tmp_path / "a"
    image.save(tmp_path / "a.png")
    image.save(tmp_path / "a.jpg", quality=90)
    png, jpeg = (tmp_path / "a.png").read_bytes(), (tmp_path / "a.jpg").read_bytes()
    data = png.index(b"IDAT")
    end = data + 4 + struct.unpack(">I", png[data - 4 : data])[0]
    image.save(tmp_path / "a.webp", quality=90, exif=b"Exif\0\0" + bytes(50))
    webp = (tmp_path / "a.webp").read_bytes()
    damaged = {"end of the JPEG": jpeg[:-2], "end of the PNG": png[: end - 40]}
    damaged["end of the WebP"] = webp[:-300]
    for name, place in {"header": 29, "data": end, "data's own": end - 1}.items():
        damaged[f"checksum of the {name}"] = png[:place] + b"?" + png[place + 1 :]
    for name, content in damaged.items():
        path.write_bytes(content)
        photo = open_photo(path)
        assert np.abs(photo.gray - levels / 255)[:200].mean() < 0.02, name
        assert photo.problem.startswith("a is damaged") or name == "checksum of the data", name
    path.write_bytes(jpeg[:600])  # hardly anything of the picture is left
    one_sentence(path, "damaged")


def test_long_texts_and_large_profiles_do_not_cost_the_picture(tmp_path):
    text = PngInfo()
    text.add_text("prompt", "x" * 3_000_000, zip=True)
    text.add_itxt("workflow", "y" * 3_000_000, zip=True)
    Image.fromarray(ramp()).save(tmp_path / "a.png", pnginfo=text, icc_profile=bytes(3_000_000))
    photo = open_photo(tmp_path / "a.png")
    assert np.abs(photo.gray - ramp() / 255).max() < 0.01
    assert not photo.problem


# Pasting, where programs do it


@pytest.fixture
def clipboard(tmp_path, monkeypatch):
    """Put contents by kind into a clipboard that a program called xclip reads."""
    if os.name != "posix":
        pytest.skip("only Unix has such programs")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    (tmp_path / "bin").mkdir()
    (tmp_path / "kinds").mkdir()

    def fill(contents, program='cat "{0}/$(echo "$5" | tr / _)"'):
        script = tmp_path / "bin" / "xclip"
        script.write_text("#!/bin/sh\n" + program.format(tmp_path / "kinds"))
        script.chmod(0o755)
        for kind, content in {"TARGETS": "\n".join(contents).encode(), **contents}.items():
            (tmp_path / "kinds" / kind.replace("/", "_")).write_bytes(content)

    return fill


def test_a_picture_in_the_clipboard_is_a_photo(clipboard):
    clipboard({"text/html": b"<img>", "image/png": file_of(Image.fromarray(ramp()))})
    photo = paste_photo()
    assert np.abs(photo.gray - ramp() / 255).max() < 0.01
    assert photo.name == "from the clipboard"


@pytest.mark.parametrize("kind", ["text/uri-list", "x-special/gnome-copied-files"])
def test_of_files_copied_in_a_file_manager_the_first_is_opened(clipboard, tmp_path, kind):
    Image.fromarray(ramp()).save(tmp_path / "my photo é.png")
    links = f"{(tmp_path / 'my photo é.png').as_uri()}\r\nfile:///nowhere/b.png\r\n"
    clipboard({kind: (f"copy\n{links}" if "gnome" in kind else f"# a note\n{links}").encode()})
    photo = paste_photo()
    assert photo.gray.shape == (60, 80) and photo.name == "my photo é.png"


@pytest.mark.parametrize(
    ("contents", "word"),
    [
        ({}, "no picture in the clipboard"),
        ({"text/plain": b"words"}, "no picture in the clipboard"),
        ({"text/uri-list": b"file:///nowhere/a.png"}, "a.png is not there"),
        ({"text/uri-list": b"https://example.org/a.png"}, "address of a picture"),
        ({"text/uri-list": b"http://["}, "no picture in the clipboard"),
        ({"text/uri-list": b"file:///a%00b.png"}, "cannot be read"),
        ({"image/png": b"words"}, "not an image"),
        ({"image/png": file_of(Image.new("L", (3, 900)))}, "has only 3 x 900"),
        ({"image/png": file_of(Image.new("L", (99, 99)), "pcx")}, "not an image"),
        ({"image/png": huge_png(13_000, 13_000)}, "megapixels"),
    ],
)
def test_what_cannot_be_pasted_is_one_sentence(clipboard, contents, word):
    clipboard(contents)
    with pytest.raises(UserError, match=word) as caught:
        paste_photo()
    assert str(caught.value).count(". ") == 0


def test_a_clipboard_that_does_not_answer_is_not_waited_for(clipboard, monkeypatch):
    clipboard({}, "exec sleep 600")
    monkeypatch.setattr("ui.clipboard.PATIENCE", 0.1)
    with pytest.raises(UserError, match="does not answer"):
        paste_photo()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError, match="install wl-clipboard or"):
        paste_photo()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_the_system_gives_picture_or_files(monkeypatch, tmp_path, platform):
    monkeypatch.setattr(sys, "platform", platform)
    Image.fromarray(ramp()).save(tmp_path / "a.png")
    for found in (Image.fromarray(ramp()).convert("RGBA"), [str(tmp_path / "a.png"), "b.png"]):
        monkeypatch.setattr(ImageGrab, "grabclipboard", lambda found=found: found)
        assert np.abs(paste_photo().gray - ramp() / 255).max() < 0.01
    for found in (None, []):
        monkeypatch.setattr(ImageGrab, "grabclipboard", lambda found=found: found)
        with pytest.raises(UserError, match="no picture"):
            paste_photo()
    monkeypatch.setattr(ImageGrab, "grabclipboard", lambda: Image.new("1", (9000, 9000)))
    with pytest.raises(UserError, match="megapixels"):
        paste_photo()
    (tmp_path / "cut.png").write_bytes((tmp_path / "a.png").read_bytes()[:-100])
    monkeypatch.setattr(ImageGrab, "grabclipboard", lambda: Image.open(tmp_path / "cut.png"))
    with pytest.raises(UserError, match="picture in the clipboard"):
        paste_photo()
