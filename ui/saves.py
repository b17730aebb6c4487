"""Files that the screens keep, written whole or not at all, and never trusted when read.

A saved face is one PNG, a picture to look at that also carries the code bit for bit. A text chunk
in front of its pixels holds the record: the model, the code, the face's own pixels and, from the
drawing screen, the drawing. Only the record is read; the picture is never decoded. Arrays are
base64 text in JSON, so they come back bit for bit and can hold nothing but numbers.
"""

import base64
import io
import itertools
import json
import math
import os
import re
import shutil
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from data.errors import UserError, tell_failure
from data.paths import ASSETS, home_folder
from data.replace import make_folder, replace_file
from model.frame import IMAGE_SHAPE
from ui.pictures import DRAWING_SHAPE, drawing_on_paper, enlarge, side_by_side, to_pixels
from ui.worker import decode_one

ENLARGEMENT = 4  # times the model's frame
STAMP = "%Y-%m-%d-%H%M%S"  # time in names of files
CHECK = "check the folder's space and permissions"  # advice after a failed write

_KEYWORD = "latent-face-explorer"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MARK = f"tEXt{_KEYWORD}\0".encode()  # kind of the record's chunk, and its name
_START = b'{"format": 1, "model": "'  # of every record
_HEAD = 512  # bytes of a file that hold the mark and the model
_LARGEST = 1 << 20  # bytes of a file that hold the record; with a drawing it takes about 60,000
_FORBIDDEN = set('<>:"/\\|?*')  # in names of files, on one system or another
_NAME = re.compile(r"face-(\d{4}-\d\d-\d\d-\d{6})(?:-(\d{1,6}))?")
_LONGEST_INTEGER = 20  # digits in a record; some Pythons take minutes for a million


@dataclass(frozen=True, eq=False)
class SavedFace:
    """What a save holds."""

    name: str  # of the file
    model: str  # id of the model whose code it is
    code: np.ndarray  # float32 (latent_dim,), bit for bit as it was saved
    image: np.ndarray  # float32 (160, 176) in [0, 1], the face as it looked
    drawing: np.ndarray | None  # uint8 (160, 176, 2), gray level and coverage
    details: dict  # further JSON values from the screen
    detail: np.ndarray | None = None  # float32 (160, 176), of a photo, where it was kept


@dataclass(frozen=True, eq=False)
class SaveFile:
    """A save in a folder, of which only the head was read."""

    path: Path
    changed: float  # seconds, `os.stat_result.st_mtime`
    model: str  # id of the model whose code it is; "" if it is damaged
    age: tuple[str, int, str]  # sort key: the time in the name, else that of the file


def save_face(
    folder: Path,
    image: np.ndarray,
    code: np.ndarray,
    model_id: str,
    *,
    drawing: np.ndarray | None = None,
    details: dict | None = None,
) -> Path:
    """Write one PNG that shows the face and carries its code, and return its path.

    Args:
        folder: made if it is missing; `UserError` if it cannot be written.
        image: the face, (160, 176), floats in [0, 1] or uint8.
        code: (latent_dim,) float32, finite.
        model_id: the model whose code it is.
        drawing: uint8 (160, 176, 2), gray level and coverage; shown on the left of the face.
        details: further JSON values to keep.
    """
    pixels = to_pixels(image)
    record = {
        "format": 1,
        "model": model_id,
        "code": pack_numbers(code),
        "image": pack_pixels(pixels),
        "details": details or {},
    }
    picture = enlarge(pixels, ENLARGEMENT)
    if drawing is not None:
        record["drawing"] = pack_pixels(drawing)
        picture = side_by_side(enlarge(drawing_on_paper(drawing), ENLARGEMENT), picture)
    text = PngInfo()
    text.add_text(_KEYWORD, json.dumps(record, allow_nan=False))
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "png", pnginfo=text)
    return write_new(folder, "face", ".png", content.getvalue())


def read_save(path: Path) -> SavedFace:
    """Return the face that `save_face` wrote, of whatever model; `UserError` if there is none."""
    with tell_failure(f"{path.name} cannot be read", "pick another file"):
        content = _read(path, _LARGEST)
    before, mark, after = content.partition(_MARK)
    if not content:
        raise UserError(f"{path.name} is empty; pick another file.")
    if not mark or not content.startswith(_SIGNATURE):
        raise UserError(f"{path.name} carries no face code; open it as a photo instead.")
    try:
        record = parse_json(_checked(before, after))
        model, details = record.get("model"), record.get("details")
        if record.get("format") != 1 or not isinstance(model, str) or not isinstance(details, dict):
            raise ValueError("an unknown format")
        drawing = record.get("drawing")
        return SavedFace(
            name=path.stem,
            model=model,
            code=unpack_numbers(record.get("code"), (-1,)),
            image=unpack_pixels(record.get("image"), IMAGE_SHAPE) / np.float32(255),
            drawing=None if drawing is None else unpack_pixels(drawing, DRAWING_SHAPE),
            details=details,
        )
    except ValueError as error:
        raise _damaged(path) from error


def open_save(path: Path, engine) -> SavedFace:
    """Return a saved face with a code of the model in use, and the detail of its photo.

    The picture of another model's save is encoded anew, since its code means another face here.
    Errors are those of `read_save`.
    """
    save = read_save(path)
    if save.model != engine.model_id:
        save = replace(save, code=engine.encode(save.image[np.newaxis, ..., np.newaxis])[0])
    elif len(save.code) != engine.latent_dim:
        raise _damaged(path)
    if save.details.get("detail"):
        save = replace(save, detail=save.image - decode_one(engine, save.code))
    return save


def model_of(path: Path) -> str | None:
    """Return the id of a save's model, "" if it is damaged, None if it is no save; never raises."""
    with suppress(OSError, ValueError):  # as of a name with a NUL
        content = _read(path, _HEAD)
        _, mark, record = content.partition(_MARK)
        if mark and content.startswith(_SIGNATURE):
            model, quote, _ = record.removeprefix(_START).partition(b'"')
            whole = quote and record.startswith(_START)
            return model.decode("ascii", "replace") if whole else ""
    return None


def list_saves(folder: Path, known: Iterable[SaveFile] = ()) -> list[SaveFile]:
    """Return the saves in a folder, newest first; `UserError` if it cannot be read.

    Known saves, which were listed before, are not read again if they have not changed.
    """
    before = {(str(save.path), save.changed): save for save in known}
    found = []
    with (
        tell_failure(f"{where(folder)} cannot be read", CHECK),
        suppress(FileNotFoundError),
        os.scandir(folder) as files,
    ):
        for file in files:
            with suppress(OSError):  # it vanished
                if file.name.lower().endswith(".png") and file.is_file():
                    changed = file.stat().st_mtime
                    save = before.get((file.path, changed)) or _look_at(Path(file.path), changed)
                    if save is not None:
                        found.append(save)
    return sorted(found, key=attrgetter("age"), reverse=True)


def read_saves(folder: Path, model_id: str, latent_dim: int) -> Iterator[SavedFace]:
    """Yield the faces saved with a model, newest first, skipping damaged ones."""
    for file in list_saves(folder):
        if file.model == model_id:
            with suppress(UserError):
                save = read_save(file.path)
                if save.model == model_id and len(save.code) == latent_dim:
                    yield save


def where(folder: Path) -> str:
    """Return a folder for display, relative to the project or the home folder."""
    for base, sign in ((ASSETS.parent, ""), (home_folder(), "~")):
        with suppress(ValueError):
            return str(Path(sign) / folder.relative_to(base))
    return str(folder)


def saved_words(path: Path) -> str:
    """Return the sentence about a file that was just saved, the same on every screen."""
    return f"Saved {path.name} in {where(path.parent)}."


def rename_save(path: Path, name: str) -> Path:
    """Rename a save and return its new path; `UserError` if the name is taken or impossible."""
    name = name.strip().removesuffix(".png")
    if not name or name[0] == "." or _FORBIDDEN & set(name) or not name.isprintable():
        raise UserError('A name needs letters or digits, and none of / \\ : * ? " < > |.')
    new = path.with_name(f"{name}.png")
    with tell_failure(f"{path.name} cannot be renamed", CHECK):
        if new != path and new.exists():
            raise UserError(f"There is a {new.name} already; choose another name.")
        return path.rename(new)


def delete_save(path: Path) -> Callable[[], Path]:
    """Delete a save; return a function that brings it back. Both may raise a `UserError`."""
    with tell_failure(f"{path.name} cannot be deleted", CHECK):
        content, status = path.read_bytes(), path.stat()
        path.unlink()

    def bring_back() -> Path:
        with tell_failure(f"{path.name} cannot be brought back", CHECK):
            with replace_file(path, new_only=True) as new:
                new.write_bytes(content)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        return path

    return bring_back


def open_folder(folder: Path) -> None:
    """Show a folder in the system's file manager; `UserError` if there is none."""
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    with tell_failure(f"{folder} cannot be opened", CHECK):
        make_folder(folder)
        if sys.platform == "win32":
            os.startfile(folder)
            return
    if shutil.which(opener) is None:
        raise UserError(f"No file manager was found; the folder is {folder}.")
    options = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    open_it = partial(subprocess.run, [opener, str(folder)], start_new_session=True, **options)
    threading.Thread(target=open_it, daemon=True).start()


def write_new(folder: Path, stem: str, suffix: str, content: bytes) -> Path:
    """Write `content` to a new file and return its path; `UserError` if that fails.

    Names sort by time, as in `face-2026-11-22-151204.png`; more in the same second get -2, -3, ...
    """
    stem = f"{stem}-{time.strftime(STAMP)}"
    with tell_failure(f"Nothing can be saved in {folder}", CHECK):
        make_folder(folder)
        for number in itertools.count(1):
            path = folder / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}"
            with suppress(FileExistsError):
                with replace_file(path, new_only=True) as new:
                    new.write_bytes(content)
                break
    return path


def parse_json(text: str | bytes) -> dict:
    """Return the object that `text` holds.

    Text that is no JSON object, holds NaN or infinity, or has numbers of absurd length raises a
    `ValueError`.
    """
    try:
        value = json.loads(text, parse_int=_integer, parse_float=_number, parse_constant=_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def pack_numbers(values: np.ndarray) -> str:
    """Return float32 `values` as text."""
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode("ascii")


def unpack_numbers(text: object, shape: tuple[int, ...]) -> np.ndarray:
    """Return the float32 array of this `shape` that `pack_numbers` wrote; else `ValueError`."""
    values = np.frombuffer(_decode(text), dtype="<f4").reshape(shape)
    if not np.isfinite(values).all():
        raise ValueError("not all numbers are finite")
    return values.astype(np.float32)


def pack_pixels(pixels: np.ndarray | None) -> str | None:
    """Return uint8 `pixels` as compressed text, None for none."""
    if pixels is None:
        return None
    packed = zlib.compress(np.ascontiguousarray(pixels, dtype=np.uint8).tobytes(), 9)
    return base64.b64encode(packed).decode("ascii")


def unpack_pixels(text: object, shape: tuple[int, ...]) -> np.ndarray:
    """Return the uint8 array of this `shape` that `pack_pixels` wrote; else `ValueError`."""
    size = math.prod(shape)
    decompressor = zlib.decompressobj()
    try:
        content = decompressor.decompress(_decode(text), size + 1)
    except zlib.error as error:
        raise ValueError("damaged pixels") from error
    if len(content) != size or not decompressor.eof:
        raise ValueError("a picture of another size")
    return np.frombuffer(content, dtype=np.uint8).reshape(shape).copy()


def _look_at(path: Path, changed: float) -> SaveFile | None:
    """Return a file as a save, damaged if only its name is one's; None if it is not one."""
    model, match = model_of(path), _NAME.fullmatch(path.stem)
    if model is None and match is None:
        return None
    stamp, number = "", 0
    if match:
        stamp, number = match[1], int(match[2] or 1)
    else:
        with suppress(OSError, ValueError, OverflowError):
            stamp = time.strftime(STAMP, time.localtime(changed))
    return SaveFile(path, changed, model or "", (stamp, number, path.name))


def _read(path: Path, size: int) -> bytes:
    """Return the first `size` bytes of a file; OSError also if it is a pipe or a folder."""
    if path.exists() and not path.is_file():  # a pipe would block for ever
        raise OSError(f"{path.name} is not a file")
    with path.open("rb") as file:
        return file.read(size)


def _damaged(path: Path) -> UserError:
    return UserError(f"{path.name} is damaged; pick another save.")


def _checked(before: bytes, after: bytes) -> bytes:
    """Return the record's text; ValueError if its length or checksum is wrong."""
    (length,) = struct.unpack(">I", before[-4:])
    end = length + 4 - len(_MARK)
    text, checksum = after[:end], after[end : end + 4]
    if checksum != struct.pack(">I", zlib.crc32(_MARK + text)):
        raise ValueError("a damaged record")
    return text


def _decode(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("not a text")
    return base64.b64decode(text, validate=True)


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise ValueError("a number of absurd length")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not all numbers are finite")
    return value
