"""The session: what the screens keep from one start to the next.

It is one JSON file. Settings and the drawing belong to the user; codes, locks, directions and names
of sliders to a model. Of a damaged file the valid parts are used, and a copy is kept.
"""

from __future__ import annotations

import copy
import json
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import numpy as np

from data.errors import tell_failure
from data.replace import hold_lock, remove_unfinished, replace_file
from model.frame import LATENT_DIM
from ui.pictures import DRAWING_SHAPE
from ui.saves import CHECK, pack_numbers, pack_pixels, parse_json, unpack_numbers, unpack_pixels

FILE_NAME = "session.json"
SET_ASIDE_NAME = "session-damaged.json"

_MAX_FILE = 16 << 20  # bytes
_MAX_MODELS = 8
_MAX_ITEMS = 1000  # settings, directions or names
_MAX_NAME = 80  # characters
_CODES = ("code", "face_a", "face_b")

S = TypeVar("S", bool, int, float, str)


class Session:
    """What the user was doing: the current code, faces, drawing, directions and settings.

    Its attributes may be assigned; `save` writes them all. Nothing in the folder, which may be
    missing, can keep a session from opening.
    """

    def __init__(self, folder: Path, model_id: str = "", latent_dim: int = LATENT_DIM):
        self.folder = Path(folder)
        self.problem: str | None = None  # a sentence about what was not read
        self._model_id = model_id
        self._saving = threading.Lock()
        remove_unfinished(self.folder)
        path, shape = self.folder / FILE_NAME, (latent_dim,)
        content: dict = {}
        try:
            content = _read(path)
        except ValueError:
            self.problem = f"The last session in {path} is damaged; starting with a new one."
        except OSError as error:
            self.problem = f"The last session in {path} cannot be read ({error.strerror})."
        self._models = _models_of(content)  # as in the file, the latest last
        entry = self._models.get(model_id, {})
        self.settings: dict[str, object] = _dict_of(content, "settings")  # see `setting`
        self.drawing = self._valid(unpack_pixels, content.get("drawing"), DRAWING_SHAPE)
        self.code, self.face_a, self.face_b = (  # of the face on the screen, and of A and B
            self._valid(unpack_numbers, entry.get(name), shape) for name in _CODES
        )
        self.locks = np.zeros(latent_dim, dtype=bool)
        if isinstance(locks := entry.get("locks"), list):
            self.locks[[i for i in locks if type(i) is int and 0 <= i < latent_dim]] = True
        self.names: dict[str, str] = {  # the user's for sliders, by original names
            own: name
            for own, name in _dict_of(entry, "names").items()
            if _is_name(own) and _is_name(name)
        }
        self.directions: dict[str, np.ndarray] = {}  # the user's own, (latent_dim,) by name
        for name, text in _dict_of(entry, "directions").items():
            vector = self._valid(unpack_numbers, text if _is_name(name) else "", shape)
            if vector is not None:
                self.directions[name] = vector
        # What this window has read or written. Later, names missing here were deleted by this
        # window; other names in the file were added by another one.
        self._known = {kind: set(_dict_of(entry, kind)) for kind in ("directions", "names")}
        if self.problem:
            with suppress(OSError):
                shutil.copyfile(path, self.folder / SET_ASIDE_NAME)

    def setting(self, name: str, default: S, low: S | None = None, high: S | None = None) -> S:
        """Return a setting, or `default` where there is none of its type, inside the limits."""
        value = self.settings.get(name, default)
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(default) or not isinstance(value, type(default)):
            return default
        return value if low is None or high is None else min(high, max(low, value))

    def copy(self) -> Session:
        """Return a session of the same file, whose attributes can be assigned independently."""
        twin = copy.copy(self)
        twin.settings = dict(self.settings)
        return twin

    def save(self) -> None:
        """Write the session in one step, from any thread; `UserError` if that fails."""
        path = self.folder / FILE_NAME
        busy = f"Another window keeps writing {path}."
        told = tell_failure(f"{path} could not be written", CHECK)
        with self._saving, told, hold_lock(self.folder, busy, patience=2.0):
            theirs: dict[str, dict] = {}
            with suppress(ValueError):
                theirs = _models_of(_read(path))
            content = {
                "format": 1,
                "settings": {n: value for n, value in self.settings.items() if _is_plain(value)},
                "drawing": pack_pixels(self.drawing),
                "models": dict(list(self._all_models(theirs).items())[-_MAX_MODELS:]),
            }
            with replace_file(path) as new:
                new.write_bytes(_dump(content).encode())
            self._known.update(directions=set(self.directions), names=set(self.names))

    def _all_models(self, theirs: dict[str, dict]) -> dict[str, dict]:
        """Return the entries of all models, the one in use last.

        `theirs` are those in the file by now: another window may have added models to it, and
        directions and names to the model in use.
        """
        models = {**self._models, **theirs}
        old = models.pop(self._model_id, {})
        entry: dict[str, object] = {"locks": np.flatnonzero(self.locks).tolist()}
        for name in _CODES:
            if (code := getattr(self, name)) is not None:
                entry[name] = pack_numbers(code)
        directions = {name: pack_numbers(vector) for name, vector in self.directions.items()}
        for kind, ours in (("directions", directions), ("names", self.names)):
            known = self._known[kind]
            added = {name: v for name, v in _dict_of(old, kind).items() if name not in known}
            entry[kind] = added | ours
        models[self._model_id] = entry
        return models

    def _valid(
        self, unpack: Callable[[object, tuple[int, ...]], np.ndarray], text: object, shape: tuple
    ) -> np.ndarray | None:
        try:
            return None if text is None else unpack(text, shape)
        except ValueError:
            self.problem = "A part of the last session is damaged and was left out."
            return None


def _read(path: Path) -> dict:
    """Return the content of the file, {} if there is none; ValueError if it is damaged."""
    if not path.is_file():
        return {}
    if path.stat().st_size > _MAX_FILE:
        raise ValueError("too large")
    content = parse_json(path.read_bytes())
    if content.get("format") != 1:
        raise ValueError("an unknown format")
    return content


def _dict_of(content: dict, name: str) -> dict:
    """Return the first items of a nested dictionary, {} if there is none."""
    found = content.get(name)
    return dict(list(found.items())[:_MAX_ITEMS]) if isinstance(found, dict) else {}


def _models_of(content: dict) -> dict[str, dict]:
    entries = _dict_of(content, "models").items()
    return dict([entry for entry in entries if isinstance(entry[1], dict)][-_MAX_MODELS:])


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= _MAX_NAME and name.isprintable()


def _is_plain(value: object) -> bool:
    """Return whether a setting can be written as JSON; others are left out."""
    with suppress(AttributeError, TypeError, ValueError, RecursionError):
        return bool(_dump(value))
    return False


def _dump(value: object) -> str:
    return json.dumps(value, allow_nan=False, default=lambda number: number.item())  # of NumPy
