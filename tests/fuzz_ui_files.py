"""Damaged saves, sessions and photos by the thousand.

    python -m tests.fuzz_ui_files --seeds 5000

Each seed damages one file in its own way, the record inside a save and the header of a picture with
right checksums too, and hands it to the room of the screens. A save and a photo must be read or
refused in one sentence, a session must open whatever is in it; nothing else may be raised, no other
file may change, and every run must end. `tests/test_ui_files_fuzz.py` runs the first seeds.
"""

import argparse
import faulthandler
import io
import json
import random
import shutil
import struct
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from fuzz_data import damage
from PIL import Image

from data.errors import UserError
from ui.photo import align, open_photo
from ui.saves import DRAWING_SHAPE, IMAGE_SHAPE, is_save, list_saves, read_save, save_face
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
ODD_VALUES = (None, True, -1, 3, 1e300, "", "A", "AAAA", [], [[]], {}, {"a": {}}, "9" * 5000)


class FilesFuzzer:
    """Damages files in a folder of its own and looks at what comes of it."""

    def __init__(self, folder: Path):
        self.folder = folder
        rng = np.random.default_rng(0)
        code = rng.standard_normal(LENGTH).astype(np.float32)
        image = rng.random(IMAGE_SHAPE).astype(np.float32)
        drawing = rng.integers(0, 256, DRAWING_SHAPE, dtype=np.uint8)
        saves = folder / "saves"
        details = {"seed": 3}
        face = save_face(saves, image, code, MODEL, details=details)
        both = save_face(saves, image, code, MODEL, drawing=drawing, details=details)
        self.saves = [face.read_bytes(), both.read_bytes()]
        self.session = self._kept_session(code, drawing)
        self.photos = {name: _photo(name, **how) for name, how in PHOTOS.items()}
        self.around = self._listing()

    def run(self, seed: int) -> str:
        """Run one seed, and return what was damaged and how it ended."""
        rng = random.Random(seed)
        what = rng.choice(("save", "record", "session", "entry", "photo", "photo", "header"))
        place = self.folder / "out"
        place.mkdir()
        try:
            getattr(self, f"_{what}")(place, rng)
        except UserError as error:
            text = str(error)
            assert text.isprintable() and 20 < len(text) < 1000, text
            assert text.endswith(".") and ". " not in text, text
            return f"{what}: refused"
        finally:
            shutil.rmtree(place)
            assert self._listing() == self.around, "a file was touched"
        return f"{what}: read"

    def _save(self, place: Path, rng: random.Random) -> None:
        content = rng.choice(self.saves)
        if rng.random() < 0.5:  # else the long record takes nearly every blow
            content = damage(content[:120], rng) + content[120:]
        else:
            content = damage(content, rng)
        self._read_save(place, content)

    def _record(self, place: Path, rng: random.Random) -> None:
        content = rng.choice(self.saves)
        start, length, text = _record_of(content)
        text = _odd_json(text, rng) if rng.random() < 0.5 else damage(text, rng)
        chunk = b"tEXt" + b"latent-face-explorer\0" + text
        packed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        self._read_save(place, content[:start] + packed + content[start + length :])

    def _read_save(self, place: Path, content: bytes) -> None:
        path = place / "face.png"
        path.write_bytes(content)
        assert list_saves(place) == ([path] if is_save(path) else [])
        saved = read_save(path, MODEL, LENGTH)
        assert saved.code.shape == (LENGTH,) and saved.code.dtype == np.float32
        assert np.isfinite(saved.code).all()
        assert saved.image.shape == IMAGE_SHAPE and 0 <= saved.image.min() <= saved.image.max() <= 1
        assert saved.drawing is None or saved.drawing.shape == DRAWING_SHAPE
        assert isinstance(saved.details, dict)

    def _session(self, place: Path, rng: random.Random) -> None:
        self._open_session(place, damage(self.session, rng))

    def _kept_session(self, code: np.ndarray, drawing: np.ndarray) -> bytes:
        session = Session.open(self.folder / "session", MODEL, LENGTH)
        session.code, session.face_a, session.drawing = code, code, drawing
        session.locks[3] = True
        session.directions["smile"] = code
        session.settings.update(scale=1.5, seed=3, name="x")
        return session.save().read_bytes()

    def _entry(self, place: Path, rng: random.Random) -> None:
        self._open_session(place, _odd_json(self.session, rng))

    def _open_session(self, place: Path, content: bytes) -> None:
        (place / FILE_NAME).write_bytes(content)
        session = Session.open(place, MODEL, LENGTH)
        for face in (session.code, session.face_a, session.face_b, *session.directions.values()):
            assert face is None or (face.shape == (LENGTH,) and np.isfinite(face).all())
        assert session.drawing is None or session.drawing.shape == DRAWING_SHAPE
        assert session.locks.shape == (LENGTH,)
        assert 0.5 <= session.setting("scale", 1.0, 0.5, 4.0) <= 4
        session.save()
        assert Session.open(place, MODEL, LENGTH).problem is None

    def _photo(self, place: Path, rng: random.Random) -> None:
        name = rng.choice(sorted(self.photos))
        content = self.photos[name]
        if rng.random() < 0.4:
            content = damage(content[:200], rng) + content[200:]
        else:
            content = damage(content, rng)
        self._open_photo(place / f"photo.{name}", content)

    def _header(self, place: Path, rng: random.Random) -> None:
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
        frame = align(photo, (3, 3), (photo.size[0] - 3, 3))
        assert frame.shape == IMAGE_SHAPE and np.isfinite(frame).all()

    def _listing(self) -> list[tuple[str, int, int]]:
        found = (path for path in self.folder.parent.rglob("*") if "out" not in path.parts)
        return sorted(
            (str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in found if p.is_file()
        )


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


def _odd_json(text: bytes, rng: random.Random) -> bytes:
    """Return a JSON object with one value, however deep, replaced by an odd one or left out."""
    whole = json.loads(text)
    place = whole
    while True:
        name = rng.choice(sorted(place))
        if isinstance(place[name], dict) and place[name] and rng.random() < 0.7:
            place = place[name]
            continue
        break
    if rng.random() < 0.2:
        del place[name]
    elif isinstance(place[name], str) and rng.random() < 0.5:
        place[name] = damage(place[name].encode(), rng).decode("latin-1")
    else:
        place[name] = rng.choice(ODD_VALUES)
    return json.dumps(whole).encode()


def main() -> None:
    """Run the seeds that the command line asks for, and print how they ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    endings: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "room"
        folder.mkdir()
        fuzzer = FilesFuzzer(folder)
        for seed in range(options.first, options.first + options.seeds):
            faulthandler.dump_traceback_later(60, exit=True)  # a run that hangs
            try:
                endings[fuzzer.run(seed)] += 1
            except BaseException:
                print(f"seed {seed} failed", file=sys.stderr)
                raise
        faulthandler.cancel_dump_traceback_later()
    for ending, count in sorted(endings.items()):
        print(f"{count:6} {ending}")


if __name__ == "__main__":
    main()
