"""A user's own photo: the folders it may be in; any common file in, one bounded gray picture out.

A photo can also be pasted. The program that owns the clipboard may never answer, so pasting runs
beside the window: see `ui.clipboard.run_beside`.
"""

import io
import os
import re
import shutil
import stat
import struct
import sys
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO
from urllib.parse import unquote_to_bytes, urlsplit

import numpy as np
from PIL import ExifTags, Image, ImageFile, ImageGrab, ImageOps, PngImagePlugin

from data.errors import UserError, tell_failure
from data.paths import home_folder
from ui.clipboard import run_program

MAX_PIXELS = 64_000_000
MAX_SIDE = 2048  # pixels, of the picture that is worked with
MIN_SIDE = 16  # pixels
MAX_FILE = 300 << 20  # bytes
MAX_LISTED = 10_000  # files of a folder

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "AVIF")
_HEIC_NAMES = (".heic", ".heif", ".hif")
_HEIC_BRANDS = (b"hei", b"hev", b"mif", b"msf")  # how they begin
_MISSING = 0.5  # largest share of rows without a picture in a damaged file
_PAPER = 255  # gray behind transparent parts
_LARGE = f"than the {MAX_PIXELS / 1e6:.0f} that can be opened; make it smaller first."
_WRONG = {  # sentences by kind of error; the first that fits is shown
    Image.DecompressionBombError: f"has more megapixels {_LARGE}",
    Image.UnidentifiedImageError: "is not an image that can be read here; save it as JPEG or PNG.",
    FileNotFoundError: "is not there any more; pick another file.",
    Exception: "is damaged or cannot be read; pick another file.",
}
_HEIC = "is in Apple's format HEIC, which cannot be read here; export it as JPEG."
_INCOMPLETE = "is damaged: a part of it may be missing or wrong."
_DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_PNG = b"\x89PNG\r\n\x1a\n"
_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT")  # chunks of a PNG that make the picture

# The clipboard.
_SUBJECT = "The picture in the clipboard"
_PASTED = "from the clipboard"
_PICTURES = ("png", "jpeg", "webp", "avif", "tiff", "bmp", "gif")  # best first
_FILES = ("x-special/gnome-copied-files", "text/uri-list")
_NOTHING = "There is no picture in the clipboard: copy one, then paste it here."
_INSTEAD = "a file can also be dropped on this window"
_REMOTE = (
    "This is the address of a picture, not the picture: copy the picture itself, or save it and "
    "open the file."
)

# Image generators write more text than the 1 MB that Pillow allows by default. This bounds the
# memory that a hostile file can take.
PngImagePlugin.MAX_TEXT_CHUNK = 64 << 20


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo; points in it are (x, y), with whole numbers at the centres of pixels."""

    gray: np.ndarray  # float32 (h, w) in [0, 1], upright, at most 2048 on a side
    name: str = "photo"  # of the file, or where it is from
    problem: str = ""  # what was wrong with the file, a sentence

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.gray.shape[1], self.gray.shape[0]

    @cached_property
    def levels(self) -> list[np.ndarray]:
        """See `pyramid`."""
        return pyramid(self.gray)


def pyramid(images: np.ndarray) -> list[np.ndarray]:
    """Return images (..., h, w), and copies each half as large as the ones before, to a pixel."""
    levels = [images]
    while max(levels[-1].shape[-2:]) > 1:
        *others, height, width = levels[-1].shape  # an odd last row or column is repeated
        padding = [(0, 0) for _ in others] + [(0, height % 2), (0, width % 2)]
        level = np.pad(levels[-1], padding, mode="edge")
        rows = level[..., ::2, :] + level[..., 1::2, :]
        levels.append((rows[..., ::2] + rows[..., 1::2]) / 4)
    return levels


def open_photo(path: Path, side: int = MAX_SIDE) -> Photo:
    """Read an image file of any size, kind and color, turned upright by its EXIF orientation.

    Animations give their first frame; transparent parts become white. A file that is damaged in
    places gives what can be read of it. The longer side has at most `side` pixels; a small picture
    is read sooner. `UserError` for what is missing, empty, no image or above 64 megapixels.
    """
    with _one_sentence(path.name):
        if path.exists() and not path.is_file():
            raise UserError(f"{path.name} is not a file; pick an image file.")
        size = path.stat().st_size
        if size == 0:
            raise UserError(f"{path.name} is empty; pick another file.")
        if size > MAX_FILE:
            raise UserError(f"{path.name} is larger than 300 MB; make it smaller first.")
        # An open file, not a name: Pillow maps some TIFFs into memory and mixes up their sides.
        with path.open("rb") as file:
            return read_photo(file, path.name, path.name, side)


def read_photo(file: IO[bytes], subject: str, name: str, side: int = MAX_SIDE) -> Photo:
    """Read an open image file, see `open_photo`; `subject` begins the sentences about it."""
    with _one_sentence(subject):
        try:
            return Photo(_read(file, subject, side), name)
        except (UserError, Image.DecompressionBombError):
            raise
        except Exception:
            file.seek(0)
            content = file.read()
            if content[4:8] == b"ftyp" and content[8:11] in _HEIC_BRANDS:
                raise UserError(f"{subject} {_HEIC}") from None
            if content.startswith(_PNG):
                content = _mended_png(content)
            elif content[8:12] == b"WEBP":
                content = _mended_webp(content)
            ImageFile.LOAD_TRUNCATED_IMAGES = True  # Pillow fills what is missing with gray
            try:
                gray = _read(io.BytesIO(content), subject, side)
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False
            if max(np.mean(np.ptp(gray, axis=axis) == 0) for axis in (0, 1)) > _MISSING:
                raise
            return Photo(gray, name, f"{subject} {_INCOMPLETE}")


def is_picture(name: str) -> bool:
    """Return whether a file's name ends as those of pictures do, HEIC included."""
    ending = Path(name).suffix.lower()
    return Image.registered_extensions().get(ending) in _FORMATS or ending in _HEIC_NAMES


@contextmanager
def _one_sentence(name: str) -> Iterator[None]:
    """Turn any error of an image into a sentence about `name`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about sizes and metadata, both handled here
            yield
    except UserError:
        raise
    except Exception as error:  # damaged files make decoders raise anything
        said = next(words for kind, words in _WRONG.items() if isinstance(error, kind))
        raise UserError(f"{name} {said}") from error


def _mended_png(content: bytes) -> bytes:
    """Return a PNG reduced to its picture, with right checksums and an end."""
    chunks, place = [], len(_PNG)
    while place + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        if kind in _NEEDED:
            chunks.append(content[place + 4 : place + 8 + length])
        place += 12 + length
    parts = [(struct.pack(">I", len(c) - 4), c, zlib.crc32(c)) for c in (*chunks, b"IEND")]
    return _PNG + b"".join(size + c + struct.pack(">I", checksum) for size, c, checksum in parts)


def _mended_webp(content: bytes) -> bytes:
    """Return a WebP reduced to its picture; zeros fill what is missing, up to half of it."""
    place = content.find(b"VP8 ")
    (length,) = struct.unpack("<I", content[place + 4 : place + 8])
    if length > 2 * len(content):
        return content
    picture = content[place : place + 8 + length].ljust(8 + length + length % 2, b"\0")
    return b"RIFF" + struct.pack("<I", 4 + len(picture)) + b"WEBP" + picture


def _read(file: IO[bytes], name: str, side: int) -> np.ndarray:
    """Return an image file as float32 (h, w) in [0, 1], upright, at most `side` on each side."""
    Image.init()
    formats = [kind for kind in _FORMATS if kind in Image.OPEN]
    with Image.open(file, formats=formats) as image:
        return _gray_of(image, name, side)


def _gray_of(image: Image.Image, name: str, side: int = MAX_SIDE) -> np.ndarray:
    """Return an opened image, not decoded yet, as `_read` does."""
    if image.width * image.height > MAX_PIXELS:
        megapixels = image.width * image.height / 1e6
        raise UserError(f"{name} has {megapixels:.0f} megapixels, more {_LARGE}")
    if min(image.size) < MIN_SIDE:
        raise UserError(
            f"{name} has only {image.width} x {image.height} pixels; pick a photo of at "
            f"least {MIN_SIDE} x {MIN_SIDE}."
        )
    if image.format in ("JPEG", "MPO"):
        image.draft("L", (side, side))  # decodes at a lower resolution if that is enough
    image.load()  # it turns a TIFF upright and removes its orientation
    orientation = 1  # upright
    with suppress(Exception):  # damage raises errors of many kinds
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    if image.mode in _DEEP_MODES:
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    transparent, gray = image.has_transparency_data, image.mode in ("1", "L")
    mode = "RGBA" if transparent else "L" if gray else "RGB"
    image = image if image.mode == mode else image.convert(mode)
    factor = -(-max(image.size) // side)
    if factor > 1:
        width, height = (min(factor, max(1, length // 2)) for length in image.size)
        image = image.reduce((width, height))
    if transparent:
        image = Image.alpha_composite(Image.new("RGBA", image.size, (_PAPER,) * 4), image)
    image = image.convert("L")
    image.info = {}  # other metadata, perhaps damaged
    image.getexif()[ExifTags.Base.Orientation] = orientation
    return np.asarray(ImageOps.exif_transpose(image), dtype=np.float32) / 255


def _eight_bits(values: np.ndarray) -> np.ndarray:
    """Return deep gray values as uint8; unusual ranges are stretched from least to greatest."""
    values = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 65535:
        top = next(top for top in (1.0, 255.0, 65535.0) if high <= top)
        low, high = 0.0, top
    return np.rint((values - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)


def paste_photo() -> Photo:
    """Return the picture or the first of the files in the clipboard; else `UserError`."""
    if sys.platform not in ("win32", "darwin"):
        return _paste_with_program()
    try:
        found = ImageGrab.grabclipboard()  # opened, not decoded
    except (OSError, Image.UnidentifiedImageError):
        found = None
    if isinstance(found, Image.Image):
        with _one_sentence(_SUBJECT):
            return Photo(_gray_of(found, _SUBJECT), _PASTED)
    if not found:
        raise UserError(_NOTHING)
    return open_photo(Path(found[0]))


def linked_file(text: str) -> Path | None:
    """Return the first file that a list of links names, or None; `UserError` for a web page."""
    links = []
    for line in text.splitlines():
        with suppress(ValueError):  # such as "http://[", which is no address
            links.append(urlsplit(line.strip()))
    for link in links:
        if link.scheme == "file":
            return Path(os.fsdecode(unquote_to_bytes(link.path)))
    if any(link.scheme in ("http", "https", "data") for link in links):
        raise UserError(_REMOTE)
    return None


def _paste_with_program() -> Photo:
    if os.environ.get("WAYLAND_DISPLAY") and shutil.which("wl-paste"):
        list_kinds, get = ["wl-paste", "--list-types"], ["wl-paste", "--type"]
    else:
        get = ["xclip", "-selection", "clipboard", "-out", "-target"]
        list_kinds = [*get, "TARGETS"]
    kinds = run_program(list_kinds, _INSTEAD).decode("ascii", "replace").split()
    for kind in (*(f"image/{name}" for name in _PICTURES), *_FILES):
        content = run_program([*get, kind], _INSTEAD) if kind in kinds else b""
        if content and kind not in _FILES:
            return read_photo(io.BytesIO(content), _SUBJECT, _PASTED)
        if path := linked_file(content.decode("utf-8", "replace")):
            return open_photo(path)
    raise UserError(_NOTHING)


@dataclass(frozen=True)
class Entry:
    """A folder to go to, or a picture."""

    path: Path
    name: str
    changed: float | None = None  # of a picture, `os.stat_result.st_mtime`; None for a folder


@dataclass(frozen=True)
class Listing:
    """What a user can choose from."""

    folder: Path | None = None  # what was looked into; None for the usual folders themselves
    entries: list[Entry] = field(default_factory=list)  # folders by name, then the newest pictures
    places: list[Entry] = field(default_factory=list)  # the usual folders
    cut: bool = False  # whether there are more files than were looked at

    @property
    def pictures(self) -> int:
        """How many of the entries are pictures."""
        return sum(entry.changed is not None for entry in self.entries)


def usual_places() -> list[Entry]:
    """Return those of the usual folders for pictures that exist."""
    home = home_folder()
    names = {"Pictures": "Pictures", "Desktop": "Desktop", "Download": "Downloads"}
    found = {name: home / name for name in names.values()}
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    with suppress(OSError):  # only Linux has this file; folders are named in the user's language
        words = os.fsdecode((settings / "user-dirs.dirs").read_bytes())
        for kind, folder in re.findall(r'^XDG_(\w+)_DIR="(.*)"', words, re.MULTILINE):
            if (name := names.get(kind.capitalize())) is not None:
                folder = re.sub(r"\\(.)", r"\1", folder.replace("$HOME", str(home), 1))
                found[name] = Path(folder)
    # The file names the home folder in place of one that does not exist.
    found = {name: folder for name, folder in found.items() if folder != home}
    found["Home"] = home
    found.update((drive, Path(drive)) for drive in getattr(os, "listdrives", list)())  # Windows
    there = os.path.isdir  # Path.is_dir raises where the user may not look
    return [Entry(folder, name) for name, folder in found.items() if there(folder)]


def look_into(folder: Path | None) -> Listing:
    """List a folder, or for None the usual ones; `UserError` if it cannot be opened."""
    places = usual_places()
    if folder is None:
        return Listing(None, places, places)
    found: list[Entry] = []
    failed = tell_failure(f"{folder.name or folder} cannot be opened", "pick another folder")
    with failed, os.scandir(folder) as files:
        for file in islice(files, MAX_LISTED):
            found.extend(_entries(file))
        cut = next(files, None) is not None
    found.sort(key=lambda each: (each.changed is not None, -(each.changed or 0), each.name.lower()))
    return Listing(folder, found, places, cut)


def first_look(last: str) -> Listing:
    """List the folder `last`, else the first usual folder with pictures, else the usual folders."""
    if Path(last).is_absolute():
        with suppress(UserError, ValueError):
            return look_into(Path(last))
    for place in usual_places():
        with suppress(UserError):
            listing = look_into(place.path)
            if listing.pictures:
                return listing
    return look_into(None)


def _entries(file: os.DirEntry) -> Iterator[Entry]:
    """Yield a file as an entry, unless it is hidden, no picture or folder, or gone."""
    if file.name.startswith("."):
        return
    with suppress(OSError):
        is_folder = file.is_dir()
        if is_folder or (is_picture(file.name) and file.is_file()):
            info = file.stat()
            marks = getattr(info, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_HIDDEN  # Windows
            marks |= getattr(info, "st_flags", 0) & stat.UF_HIDDEN  # macOS
            if not marks:
                yield Entry(Path(file.path), file.name, None if is_folder else info.st_mtime)
