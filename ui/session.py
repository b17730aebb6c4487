"""The session: what the screens keep from one start to the next.

It is one JSON file. Settings and the drawing belong to the user; the code, the faces A and B, the
locks and the saved directions belong to a model and are kept for each model apart, so that a look
at one's own training does not cost what was made with the shipped model. A damaged file never stops
a start: what is valid in it is used, and the file is set aside when the new session is saved.
"""

import json
import math
from pathlib import Path

import numpy as np

from data.errors import UserError
from data.lock import hold_lock
from data.paths import SAVES_FOLDER
from model.frame import LATENT_DIM
from ui.pictures import DRAWING_SHAPE
from ui.storage import (
    pack_numbers,
    pack_pixels,
    parse_json,
    remove_leftovers,
    unpack_numbers,
    unpack_pixels,
    write_atomic,
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


class Session:
    """What the user was doing: the current code, faces, drawing, directions and settings.

    The fields are plain and may be assigned; `save` writes them all.

    Attributes:
        folder: where the file lies.
        code: float32 (latent_dim,), the face on screen, or None.
        face_a: float32 (latent_dim,) or None.
        face_b: float32 (latent_dim,) or None.
        locks: bool (latent_dim,), the locked sliders.
        directions: the user's own, name to float32 (latent_dim,).
        drawing: uint8 (160, 176, 2), gray level and coverage, or None.
        settings: name to a plain value; read them with `setting`.
        restored: whether there is an earlier face or drawing to offer.
        problem: a sentence about why the file, or a part of it, was ignored, or None.

    Example:
        session = Session.open(folder)                # before the model is loaded
        scale = session.setting("scale", 1.0, 0.5, 4.0)
        session.use_model(engine.model_id, engine.latent_dim)
        session.code = code
        session.save()
    """

    def __init__(self, folder: Path = SAVES_FOLDER) -> None:
        self.folder = Path(folder)
        self.settings: dict[str, object] = {}
        self.drawing: np.ndarray | None = None
        self.problem: str | None = None
        self._models: dict[str, dict] = {}  # as in the file, the latest last
        self._model_id: str | None = None
        self._used_models: set[str] = set()
        self._drawing_restored = False
        self._clear_model(LATENT_DIM)

    @classmethod
    def open(
        cls, folder: Path = SAVES_FOLDER, model_id: str | None = None, latent_dim: int = LATENT_DIM
    ) -> "Session":
        """Return the session kept in `folder`, or a new one; never raises.

        Args:
            folder: may be missing.
            model_id: the model in use, or None if `use_model` will tell.
            latent_dim: the length of its codes.
        """
        session = cls(folder)
        remove_leftovers(session.folder)
        session._read()
        if model_id is not None:
            session.use_model(model_id, latent_dim)
        return session

    @property
    def restored(self) -> bool:
        """Whether there is an earlier face or drawing to offer."""
        return self._code_restored or self._drawing_restored

    def use_model(self, model_id: str, latent_dim: int = LATENT_DIM) -> None:
        """Bring back what was kept for this model; the fields of a model before it are kept too."""
        self._keep_model()
        self._clear_model(latent_dim)
        self._model_id = model_id
        self._used_models.add(model_id)
        entry = self._models.get(model_id, {})
        shape = (latent_dim,)
        for name in _FACES:
            if entry.get(name) is not None:
                setattr(self, name, self._valid(unpack_numbers, entry[name], shape))
        self._code_restored = self.code is not None
        locks = entry.get("locks")
        if isinstance(locks, list):
            valid = [i for i in locks if type(i) is int and 0 <= i < latent_dim]
            self.locks[valid] = True
        directions = entry.get("directions")
        if isinstance(directions, dict):
            for name, text in list(directions.items())[:_MAX_DIRECTIONS]:
                vector = self._valid(unpack_numbers, text, shape)
                if not 0 < len(name) <= _MAX_NAME or not _is_text(name):
                    self.problem = _DAMAGED_PART
                elif vector is not None:
                    self.directions[name] = vector
            self._known_directions = set(directions)

    def setting(
        self, name: str, default: object, low: float | None = None, high: float | None = None
    ) -> object:
        """Return a setting, always of the type of `default` and inside the limits.

        Args:
            name: the setting's name.
            default: what holds if there is none, or one of another type.
            low: the least number that makes sense.
            high: the greatest.
        """
        value = self.settings.get(name, default)
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(default):
            return default
        if isinstance(value, float) and not math.isfinite(value):
            return default
        if low is not None:
            value = max(type(default)(low), value)
        if high is not None:
            value = min(type(default)(high), value)
        return value

    def save(self) -> Path:
        """Write the session in one step and return its file.

        Raises:
            UserError: The file cannot be written.
        """
        path = self.folder / FILE_NAME
        with hold_lock(self.folder, f"Another window does not stop writing {path}.", patience=2.0):
            self._keep_model()
            if self.problem and path.is_file():
                self._set_aside(path)
            else:
                self._take_in(_read_file(path) or {})
            content = {
                "format": 1,
                "settings": {n: value for n, value in self.settings.items() if _is_plain(value)},
                "drawing": None if self.drawing is None else pack_pixels(self.drawing),
                "models": dict(list(self._models.items())[-_MAX_MODELS:]),
            }
            write_atomic(path, json.dumps(content, **_JSON).encode("ascii"))
        self.problem = None
        self._known_directions = set(self.directions)
        return path

    def _set_aside(self, path: Path) -> None:
        try:
            path.replace(self.folder / SET_ASIDE_NAME)
        except OSError as error:
            raise UserError(
                f"The damaged {path} cannot be set aside ({error.strerror or error}); remove it."
            ) from error

    def _take_in(self, content: dict) -> None:
        """Keep what another window wrote since: other models, and directions made there."""
        for model_id, entry in _models_of(content).items():
            if model_id not in self._used_models:
                self._models[model_id] = entry
            elif model_id == self._model_id and isinstance(entry.get("directions"), dict):
                theirs = entry["directions"]
                ours = self._models[model_id]["directions"]
                new = {n: text for n, text in theirs.items() if n not in self._known_directions}
                self._models[model_id]["directions"] = {**new, **ours}

    def _read(self) -> None:
        path = self.folder / FILE_NAME
        content = _read_file(path)
        if content is None:
            self.problem = f"The last session in {path} is damaged; starting with a new one."
            return
        if isinstance(content.get("settings"), dict):
            self.settings = dict(list(content["settings"].items())[:_MAX_SETTINGS])
        self._models = _models_of(content)
        if content.get("drawing") is not None:
            self.drawing = self._valid(unpack_pixels, content["drawing"], DRAWING_SHAPE)
        self._drawing_restored = self.drawing is not None

    def _valid(self, unpack, text: object, shape: tuple[int, ...]) -> np.ndarray | None:
        try:
            return unpack(text, shape)
        except ValueError:
            self.problem = _DAMAGED_PART
            return None

    def _clear_model(self, latent_dim: int) -> None:
        self.code: np.ndarray | None = None
        self.face_a: np.ndarray | None = None
        self.face_b: np.ndarray | None = None
        self.locks = np.zeros(latent_dim, dtype=bool)
        self.directions: dict[str, np.ndarray] = {}
        self._known_directions: set[str] = set()  # in the file, as this window knows it
        self._code_restored = False

    def _keep_model(self) -> None:
        """Move the model's fields into the entries that `save` writes, as the latest."""
        if self._model_id is None:
            return
        entry: dict[str, object] = {
            name: pack_numbers(getattr(self, name))
            for name in _FACES
            if getattr(self, name) is not None
        }
        entry["locks"] = [int(i) for i in np.flatnonzero(self.locks)]
        entry["directions"] = {n: pack_numbers(vector) for n, vector in self.directions.items()}
        self._models.pop(self._model_id, None)
        self._models[self._model_id] = entry


def _read_file(path: Path) -> dict | None:
    """Return what the file holds, nothing if there is none, and None if it is damaged."""
    try:
        if not path.is_file():
            return {}
        if path.stat().st_size > _MAX_FILE:
            raise ValueError("too large")
        content = parse_json(path.read_bytes())
        if content.get("format") != 1:
            raise ValueError("an unknown format")
        return content
    except (OSError, ValueError):
        return None


def _models_of(content: dict) -> dict[str, dict]:
    """Return the entries of the latest models by their ids."""
    models = content.get("models")
    if not isinstance(models, dict):
        return {}
    return dict([item for item in models.items() if isinstance(item[1], dict)][-_MAX_MODELS:])


def _is_text(name: str) -> bool:
    """Whether a name can be written and drawn: half of a surrogate pair cannot."""
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def _is_plain(value: object) -> bool:
    """Whether JSON can carry a setting; one that it cannot must not cost the session."""
    try:
        json.dumps(value, **_JSON)
    except (AttributeError, TypeError, ValueError, RecursionError):
        return False
    return True
