"""Damaged saves, sessions and photos, the records and headers in them with right checksums."""

import io
import random
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from tests.fuzz.fuzzing import Fuzzer, damage, odd_json
from ui.photo.opening import open_photo
from ui.photo.placement import Placement, crop
from ui.saves import DRAWING_SHAPE, IMAGE_SHAPE, list_saves, model_of, read_save, save_face
from ui.session import FILE_NAME, Session

MODEL = "a" * 64
LENGTH = 80
PHOTOS = {
    "png": {"mode": "RGBA"},
    "palette.png": {"mode": "P", "transparency": 3},
    "jpg": {"mode": "RGB", "exif": True},
    "cmyk.jpg": {"mode": "CMYK"},
    "progressive.jpg": {"mode": "L", "progressive": True},
    "gif": {"mode": "P", "save_all": True},
    "webp": {"mode": "RGB"},
    "tif": {"mode": "RGB", "compression": "tiff_lzw"},
    "bmp": {"mode": "L"},
    "ppm": {"mode": "RGB"},
}


class FilesFuzzer(Fuzzer):
    """Saves, the records in them, sessions, and photos of all kinds."""

    kinds = ("save", "record", "session", "entry", "photo", "header")

    def make(self) -> None:
        rng = np.random.default_rng(0)
        code = rng.standard_normal(LENGTH).astype(np.float32)
        image = rng.random(IMAGE_SHAPE).astype(np.float32)
        drawing = rng.integers(0, 256, DRAWING_SHAPE, dtype=np.uint8)
        saves = self.folder / "saves"
        details = {"seed": 3}
        face = save_face(saves, image, code, MODEL, details=details)
        both = save_face(saves, image, code, MODEL, drawing=drawing, details=details)
        self.saves = [face.read_bytes(), both.read_bytes()]
        self.kept = self._kept_session(code, drawing)
        self.photos = {name: _photo(name, **how) for name, how in PHOTOS.items()}

    def save(self, place: Path, rng: random.Random) -> None:
        content = rng.choice(self.saves)
        if rng.random() < 0.5:  # else the long record takes nearly every blow
            content = damage(content[:120], rng) + content[120:]
        else:
            content = damage(content, rng)
        self._read_save(place, content)

    def record(self, place: Path, rng: random.Random) -> None:
        content = rng.choice(self.saves)
        start, length, text = _record_of(content)
        text = odd_json(text, rng) if rng.random() < 0.5 else damage(text, rng)
        chunk = b"tEXt" + b"latent-face-explorer\0" + text
        packed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        self._read_save(place, content[:start] + packed + content[start + length :])

    def _read_save(self, place: Path, content: bytes) -> None:
        path = place / "face.png"
        path.write_bytes(content)
        listed = [save.path for save in list_saves(place)]
        assert listed == ([] if model_of(path) is None else [path])
        saved = read_save(path)
        assert saved.code.ndim == 1 and saved.code.dtype == np.float32
        assert np.isfinite(saved.code).all()
        assert saved.image.shape == IMAGE_SHAPE and 0 <= saved.image.min() <= saved.image.max() <= 1
        assert saved.drawing is None or saved.drawing.shape == DRAWING_SHAPE
        assert isinstance(saved.details, dict)

    def session(self, place: Path, rng: random.Random) -> None:
        self._open_session(place, damage(self.kept, rng))

    def _kept_session(self, code: np.ndarray, drawing: np.ndarray) -> bytes:
        session = _opened(self.folder / "session")
        session.code, session.face_a, session.drawing = code, code, drawing
        session.locks[3] = True
        session.directions["smile"] = code
        session.settings.update(scale=1.5, seed=3, name="x")
        session.save()
        return (self.folder / "session" / FILE_NAME).read_bytes()

    def entry(self, place: Path, rng: random.Random) -> None:
        self._open_session(place, odd_json(self.kept, rng))

    def _open_session(self, place: Path, content: bytes) -> None:
        (place / FILE_NAME).write_bytes(content)
        session = _opened(place)
        for face in (session.code, session.face_a, session.face_b, *session.directions.values()):
            assert face is None or (face.shape == (LENGTH,) and np.isfinite(face).all())
        assert session.drawing is None or session.drawing.shape == DRAWING_SHAPE
        assert session.locks.shape == (LENGTH,)
        assert 0.5 <= session.setting("scale", 1.0, 0.5, 4.0) <= 4
        session.save()
        assert _opened(place).problem is None

    def photo(self, place: Path, rng: random.Random) -> None:
        name = rng.choice(sorted(self.photos))
        content = self.photos[name]
        if rng.random() < 0.4:
            content = damage(content[:200], rng) + content[200:]
        else:
            content = damage(content, rng)
        self._open_photo(place / f"photo.{name}", content)

    def header(self, place: Path, rng: random.Random) -> None:
        """A PNG that claims another size, depth or kind of colour."""
        content = bytearray(self.photos["png"])
        sides = [rng.choice((0, 1, 50, 2**12, 2**15, 2**31 - 1, 2**32 - 1)) for _ in range(2)]
        kind = [rng.choice((1, 2, 4, 8, 16, 77)), rng.choice((0, 2, 3, 4, 6, 9)), 0, 0, 0]
        content[16:29] = struct.pack(">II5B", *sides, *kind)
        content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
        self._open_photo(place / "photo.png", bytes(content))

    def _open_photo(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        photo = open_photo(path)
        assert photo.gray.dtype == np.float32 and max(photo.size) <= 2048
        assert 0 <= photo.gray.min() <= photo.gray.max() <= 1
        frame = crop(photo, Placement.from_eyes([(3, 3), (photo.size[0] - 3, 3)]))
        assert frame.shape == IMAGE_SHAPE and np.isfinite(frame).all()


def _opened(folder: Path) -> Session:
    return Session(folder, MODEL, LENGTH)


def _photo(name: str, mode: str, exif: bool = False, **options) -> bytes:
    """Return a small picture's file."""
    rows, columns = np.mgrid[:60, :80]
    picture = np.stack([rows * 4, columns * 3, rows + columns], axis=-1).astype(np.uint8)
    image = Image.fromarray(picture).convert(mode)
    if exif:
        note = Image.Exif()
        note[0x0112] = 6
        note[0x010E] = "a note on the photo" * 3
        options["exif"] = note
    if options.get("save_all"):
        options["append_images"] = [image.rotate(90), image.rotate(180)]
    content = io.BytesIO()
    kind = name.rsplit(".")[-1]
    image.save(content, {"jpg": "jpeg", "tif": "tiff"}.get(kind, kind), **options)
    return content.getvalue()


def _record_of(content: bytes) -> tuple[int, int, bytes]:
    """Return where a save's record chunk starts, its whole length, and its text."""
    mark = b"latent-face-explorer\0"
    start = content.index(mark) - 8
    (length,) = struct.unpack(">I", content[start : start + 4])
    text = content[start + 8 + len(mark) : start + 8 + length]
    return start, length + 12, text
