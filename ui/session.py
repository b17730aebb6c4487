"""The session: what the screens keep from one start to the next.

It is one JSON file. Settings and the drawing belong to the user; the code, the faces A and B, the
locks, the saved directions and the names of sliders belong to a model and are kept for each model
apart, so that a look at one's own training does not cost what was made with the shipped model. A
damaged file never stops a start: what is valid in it is used, and the file is set aside when the
new session is saved.
"""

import json
import math
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import numpy as np

from data.errors import tell_failure
from data.lock import hold_lock
from data.replace import remove_unfinished, replace_file
from model.frame import LATENT_DIM
from ui.pictures import DRAWING_SHAPE
from ui.storage import (
    CHECK,
    pack_numbers,
    pack_pixels,
    parse_json,
    unpack_numbers,
    unpack_pixels,
)

FILE_NAME = "session.json"
SET_ASIDE_NAME = "session-damaged.json"

_MAX_FILE = 16 << 20  # bytes
_MAX_MODELS = 8
_MAX_DIRECTIONS = 1000
_MAX_SETTINGS = 256
_MAX_NAME = 80  # characters
_DAMAGED_PART = "A part of the last session is damaged and was left out."
_FACES = ("code", "face_a", "face_b")
_JSON = {"allow_nan": False, "default": lambda value: value.item()}  # NumPy's scalars as numbers

S = TypeVar("S", bool, int, float, str)


class Session:
    """What the user was doing: the current code, faces, drawing, directions and settings.

    The fields are plain and may be assigned; `save` writes them all. Nothing that lies in the
    folder can keep a session from opening.

    Args:
        folder: where the file lies; may be missing.
    """

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.settings: dict[str, object] = {}  # plain values by name, see `setting`
        self.code: np.ndarray | None = None  # float32 (latent_dim,), the face on screen
        self.face_a: np.ndarray | None = None  # the same
        self.face_b: np.ndarray | None = None
        self.directions: dict[str, np.ndarray] = {}  # the user's own: float32 (latent_dim,)
        self.names: dict[str, str] = {}  # the user's for sliders, by their own
        self.problem: str | None = None  # why the file, or a part of it, was ignored
        self._model_id: str | None = None
        self._known_directions: set[str] = set()  # in the file, as this window knows it
        self._known_names: set[str] = set()  # the same
        remove_unfinished(self.folder)
        path = self.folder / FILE_NAME
        content = _read_file(path)
        if content is None:
            content = {}
            self.problem = f"The last session in {path} is damaged; starting with a new one."
        if isinstance(content.get("settings"), dict):
            self.settings = dict(list(content["settings"].items())[:_MAX_SETTINGS])
        self._models = _models_of(content)  # as in the file, the latest last
        self.drawing = self._valid(unpack_pixels, content.get("drawing"), DRAWING_SHAPE)
        self.restored = self.drawing is not None  # whether there is something to go on with

    def use_model(self, model_id: str, latent_dim: int = LATENT_DIM) -> None:
        """Bring back what was kept for the model in use; called once, when that is known."""
        self._model_id, shape = model_id, (latent_dim,)
        entry = self._models.get(model_id, {})
        for name in _FACES:
            setattr(self, name, self._valid(unpack_numbers, entry.get(name), shape))
        self.restored = self.restored or self.code is not None
        self.locks = np.zeros(latent_dim, dtype=bool)  # the locked sliders
        if isinstance(locks := entry.get("locks"), list):
            self.locks[[i for i in locks if type(i) is int and 0 <= i < latent_dim]] = True
        self.names = _names_of(entry)
        self._known_names = set(self.names)
        directions = _directions_of(entry)
        self._known_directions = set(directions)
        for name, text in list(directions.items())[:_MAX_DIRECTIONS]:
            vector = self._valid(unpack_numbers, text, shape)
            if not _is_name(name):
                self.problem = _DAMAGED_PART
            elif vector is not None:
                self.directions[name] = vector

    def setting(self, name: str, default: S, low: S | None = None, high: S | None = None) -> S:
        """Return a setting, or `default` where there is none of its type, inside the limits."""
        value = self.settings.get(name, default)
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(default) or not isinstance(value, type(default)):
            return default
        if isinstance(value, float) and not math.isfinite(value):
            return default
        return value if low is None or high is None else min(high, max(low, value))

    def save(self) -> Path:
        """Write the session in one step and return its file.

        Raises:
            UserError: The file cannot be written.
        """
        path = self.folder / FILE_NAME
        with hold_lock(self.folder, f"Another window does not stop writing {path}.", patience=2.0):
            theirs: dict[str, dict] = {}
            if self.problem and path.is_file():
                with tell_failure(f"The damaged {path} cannot be set aside", "remove it"):
                    path.replace(self.folder / SET_ASIDE_NAME)
            else:
                theirs = _models_of(_read_file(path) or {})
            content = {
                "format": 1,
                "settings": {n: value for n, value in self.settings.items() if _is_plain(value)},
                "drawing": None if self.drawing is None else pack_pixels(self.drawing),
                "models": dict(list(self._all_models(theirs).items())[-_MAX_MODELS:]),
            }
            with tell_failure(f"{path} could not be written", CHECK), replace_file(path) as new:
                new.write_text(json.dumps(content, **_JSON), encoding="ascii")
        self.problem = None
        self._known_directions, self._known_names = set(self.directions), set(self.names)
        return path

    def _all_models(self, theirs: dict[str, dict]) -> dict[str, dict]:
        """Return the entries of all models, the one in use last.

        Args:
            theirs: what the file holds by now; another window may have added models to it, and
                directions to the model in use.
        """
        models = {**self._models, **theirs}
        if self._model_id is None:
            return models
        models.pop(self._model_id, None)
        faces = {name: getattr(self, name) for name in _FACES}
        directions = _directions_of(theirs.get(self._model_id, {}))
        new = {n: text for n, text in directions.items() if n not in self._known_directions}
        names = _names_of(theirs.get(self._model_id, {})).items()
        added = {own: name for own, name in names if own not in self._known_names}
        ours = {n: pack_numbers(vector) for n, vector in self.directions.items()}
        models[self._model_id] = {
            **{name: pack_numbers(face) for name, face in faces.items() if face is not None},
            "locks": np.flatnonzero(self.locks).tolist(),
            "directions": {**new, **ours},
            "names": {**added, **self.names},
        }
        return models

    def _valid(self, unpack, text: object, shape: tuple[int, ...]) -> np.ndarray | None:
        try:
            return None if text is None else unpack(text, shape)
        except ValueError:
            self.problem = _DAMAGED_PART
            return None


def _read_file(path: Path) -> dict | None:
    """Return what the file holds, nothing if there is none, and None if it is damaged."""
    with suppress(OSError, ValueError):
        if not path.is_file():
            return {}
        content = parse_json(path.read_bytes()) if path.stat().st_size <= _MAX_FILE else {}
        if content.get("format") == 1:
            return content
    return None


def _models_of(content: dict) -> dict[str, dict]:
    """Return the entries of the latest models by their ids."""
    models = content.get("models")
    pairs = models.items() if isinstance(models, dict) else ()
    return dict([pair for pair in pairs if isinstance(pair[1], dict)][-_MAX_MODELS:])


def _directions_of(entry: dict) -> dict[str, object]:
    """Return the directions in a model's entry, not unpacked."""
    directions = entry.get("directions")
    return directions if isinstance(directions, dict) else {}


def _names_of(entry: dict) -> dict[str, str]:
    """Return the names of sliders in a model's entry that are valid."""
    names = entry.get("names")
    pairs = list(names.items())[:_MAX_DIRECTIONS] if isinstance(names, dict) else ()
    return {own: name for own, name in pairs if _is_name(own) and _is_name(name)}


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= _MAX_NAME and name.isprintable()


def _is_plain(value: object) -> bool:
    """Whether JSON can carry a setting; one that it cannot must not cost the session."""
    with suppress(AttributeError, TypeError, ValueError, RecursionError):
        return bool(json.dumps(value, **_JSON))
    return False
