"""Reading a user's own photo: any common file in, one bounded gray picture out."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageGrab, ImageOps

from data.errors import UserError

MAX_PIXELS = 64_000_000
MAX_SIDE = 2048  # of the picture that is worked with
MIN_SIDE = 16

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")
_MAX_FILE = 300 << 20  # bytes
_PAPER = 255  # what lies behind transparent parts
_LARGE = f"than the {MAX_PIXELS / 1e6:.0f} that can be opened; make it smaller first."
_WRONG = {  # what is said of the first kind that fits
    Image.DecompressionBombError: f"has more megapixels {_LARGE}",
    Image.UnidentifiedImageError: "is not an image that can be read here; save it as JPEG or PNG.",
    FileNotFoundError: "is not there any more; pick another file.",
    Exception: "is damaged or cannot be read; pick another file.",
}
_DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo as the screens and the search see it.

    Points in it are (x, y), with whole numbers at the centres of pixels.

    Attributes:
        gray: float32 (h, w) in [0, 1], upright, at most 2048 on a side.
        name: of the file, or where it is from.
    """

    gray: np.ndarray
    name: str = "photo"

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
        level = levels[-1]
        for axis in (-2, -1):  # an odd last row or column is repeated
            padding = [(0, 0)] * level.ndim
            padding[axis] = (0, level.shape[axis] % 2)
            level = np.pad(level, padding, mode="edge")
        rows = level[..., ::2, :] + level[..., 1::2, :]
        levels.append((rows[..., ::2] + rows[..., 1::2]) / 4)
    return levels


def open_photo(path: Path, side: int = MAX_SIDE) -> Photo:
    """Read an image file of any size, kind and colour, turned upright by its EXIF note.

    Animations give their first frame; transparent parts become white.

    Args:
        path: the file.
        side: pixels of the longer side at most; a small picture is read sooner.

    Raises:
        UserError: one sentence: missing, empty, no image, damaged, or above 64 megapixels.
    """
    path = Path(path)
    with _one_sentence(path.name):
        if path.exists() and not path.is_file():
            raise UserError(f"{path.name} is not a file; pick an image file.")
        size = path.stat().st_size
        if size == 0:
            raise UserError(f"{path.name} is empty; pick another file.")
        if size > _MAX_FILE:
            raise UserError(f"{path.name} is larger than 300 MB; make it smaller first.")
        Image.init()
        formats = [name for name in _FORMATS if name in Image.OPEN]
        # A file and not its name: Pillow maps some TIFFs into memory, and mixes up their sides.
        with path.open("rb") as file, Image.open(file, formats=formats) as image:
            return Photo(_read(image, path.name, side), path.name)


def paste_photo() -> Photo:
    """Return the picture in the clipboard, or the first of the files that were copied.

    Raises:
        UserError: one sentence: none there, damaged, or what has to be installed to paste at all.
    """
    with _one_sentence("The picture in the clipboard"):
        try:
            found = ImageGrab.grabclipboard()
        except NotImplementedError:
            raise UserError(
                "Pasting takes a small program that is missing here: install wl-clipboard or, "
                "where X11 runs, xclip; a file can also be dropped on this window."
            ) from None
        except Image.UnidentifiedImageError:  # words, for one
            found = None
        if isinstance(found, Image.Image):
            return Photo(_read(found, "The picture in the clipboard"), "from the clipboard")
    if not found:
        raise UserError("There is no picture in the clipboard: copy one, then paste it here.")
    return open_photo(Path(found[0]))


def is_picture(name: str) -> bool:
    """Return whether a file's name ends as those of pictures that can be opened do."""
    return Image.registered_extensions().get(Path(name).suffix.lower()) in _FORMATS


@contextmanager
def _one_sentence(name: str) -> Iterator[None]:
    """Turn whatever goes wrong with an image into a sentence about `name`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about sizes and metadata, both dealt with here
            yield
    except UserError:
        raise
    except Exception as error:  # decoders answer damaged files with errors of every kind
        said = next(words for kind, words in _WRONG.items() if isinstance(error, kind))
        raise UserError(f"{name} {said}") from error


def _read(image: Image.Image, name: str, side: int = MAX_SIDE) -> np.ndarray:
    """Return an opened image as float32 (h, w) in [0, 1], upright, at most `side` on each side."""
    if image.width * image.height > MAX_PIXELS:
        megapixels = image.width * image.height / 1e6
        raise UserError(f"{name} has {megapixels:.0f} megapixels, more {_LARGE}")
    if min(image.size) < MIN_SIDE:
        raise UserError(
            f"{name} has only {image.width} x {image.height} pixels; pick a photo of at "
            f"least {MIN_SIDE} x {MIN_SIDE}."
        )
    if image.format in ("JPEG", "MPO"):
        image.draft("L", (side, side))  # decodes less, where that is enough
    image.load()  # which turns a TIFF upright, and takes its note away
    orientation = _orientation(image)
    if image.mode in _DEEP_MODES:
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    transparent = image.has_transparency_data
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode in ("P", "PA") or (transparent and image.mode not in ("LA", "RGBA")):
        image = image.convert("RGBA" if transparent else "RGB")
    factor = -(-max(image.size) // side)
    if factor > 1:
        image = image.reduce(tuple(min(factor, max(1, length // 2)) for length in image.size))
    if transparent:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, (_PAPER,) * 4), image)
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGB")
    image = image.convert("L")
    image.info = {}  # no other note, perhaps a damaged one
    image.getexif()[ExifTags.Base.Orientation] = orientation
    return np.asarray(ImageOps.exif_transpose(image), dtype=np.float32) / 255


def _orientation(image: Image.Image) -> int:
    """Return the EXIF note on how the camera was held; a damaged one does not cost the photo."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # as many kinds of errors as there are kinds of damage
        return 1


def _eight_bits(values: np.ndarray) -> np.ndarray:
    """Return deep gray values as uint8: full ranges by their type, odd ones by their extremes."""
    values = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 65535:
        top = next(top for top in (1.0, 255.0, 65535.0) if high <= top)
        low, high = 0.0, top
    return np.rint((values - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)
