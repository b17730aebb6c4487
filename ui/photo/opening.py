"""Reading a user's own photo: any common file in, one bounded gray picture out."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps

from data.errors import UserError
from data.paths import ASSETS

PHOTOS_FOLDER = ASSETS / "photos"  # where the screens look for photos
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif")
MAX_PIXELS = 64_000_000
MAX_SIDE = 2048  # of the picture that is worked with

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")
_MAX_FILE = 300 << 20  # bytes
_PAPER = 255  # what lies behind transparent parts
_DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo as the screens and the search see it.

    Points in it are (x, y), with whole numbers at the centres of pixels.

    Attributes:
        gray: float32 (h, w) in [0, 1], upright, at most 2048 on a side.
        path: the file, or None.
    """

    gray: np.ndarray
    path: Path | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.gray.shape[1], self.gray.shape[0]

    @cached_property
    def levels(self) -> list[np.ndarray]:
        """The photo, and smaller copies, each half as large as the one before, down to a pixel."""
        levels = [self.gray]
        while max(levels[-1].shape) > 1:
            levels.append(_halve(levels[-1]))
        return levels


def open_photo(path: Path) -> Photo:
    """Read an image file of any size, kind and colour, turned upright by its EXIF note.

    Animations give their first frame; transparent parts become white.

    Raises:
        UserError: one sentence: missing, empty, no image, damaged, or above 64 megapixels.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise UserError(f"{path.name} is not a file; pick an image file.")
        size = path.stat().st_size
        if size == 0:
            raise UserError(f"{path.name} is empty; pick another file.")
        if size > _MAX_FILE:
            raise UserError(f"{path.name} is larger than 300 MB; make it smaller first.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about sizes and metadata, both dealt with here
            return Photo(_read(path), path)
    except UserError:
        raise
    except Image.DecompressionBombError as error:
        raise UserError(
            f"{path.name} has more megapixels than the {MAX_PIXELS / 1e6:.0f} that can be opened; "
            "make it smaller first."
        ) from error
    except Image.UnidentifiedImageError as error:
        raise UserError(
            f"{path.name} is not an image that can be read here; save it as JPEG or PNG."
        ) from error
    except FileNotFoundError as error:
        raise UserError(f"{path.name} is not there any more; pick another file.") from error
    except Exception as error:  # decoders answer damaged files with errors of every kind
        raise UserError(f"{path.name} is damaged or cannot be read; pick another file.") from error


def list_photos(folder: Path = PHOTOS_FOLDER) -> list[Path]:
    """Return the image files in a folder, newest first; files are told by their names alone."""
    found = []
    try:
        for path in Path(folder).iterdir():
            if path.suffix.lower() in SUFFIXES and path.is_file() and path.name[0] != ".":
                found.append((path.stat().st_mtime, path.name, path))
    except OSError:
        pass  # a folder that is missing, or a file that vanished
    return [path for _, _, path in sorted(found, reverse=True)]


def _read(path: Path) -> np.ndarray:
    Image.init()
    formats = [name for name in _FORMATS if name in Image.OPEN]
    with Image.open(path, formats=formats) as image:
        if image.width * image.height > MAX_PIXELS:
            raise UserError(
                f"{path.name} has {image.width * image.height / 1e6:.0f} megapixels, more "
                f"than the {MAX_PIXELS / 1e6:.0f} that can be opened; make it smaller first."
            )
        return _gray(image)


def _gray(image: Image.Image) -> np.ndarray:
    """Return an opened image as float32 (h, w) in [0, 1], small enough and upright."""
    if image.format in ("JPEG", "MPO"):
        image.draft("L", (MAX_SIDE, MAX_SIDE))  # decodes less, where that is enough
    orientation = _orientation(image)
    if image.mode in _DEEP_MODES:
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    transparent = image.has_transparency_data
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode in ("P", "PA") or (transparent and image.mode not in ("LA", "RGBA")):
        image = image.convert("RGBA" if transparent else "RGB")
    factor = -(-max(image.size) // MAX_SIDE)
    if factor > 1:
        image = image.reduce((min(factor, image.width), min(factor, image.height)))
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


def _halve(level: np.ndarray) -> np.ndarray:
    """Return the means of 2 x 2 pixels; an odd last row or column is repeated."""
    height, width = level.shape
    level = np.pad(level, ((0, height % 2), (0, width % 2)), mode="edge")
    return (level[::2, ::2] + level[1::2, ::2] + level[::2, 1::2] + level[1::2, 1::2]) / 4
