"""What the slider screen asks of the engine: functions that make jobs for the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ui.animation import write_gif
from ui.saves import SavedFace, read_save, save_face
from ui.sliders.state import FaceState
from ui.storage import claim_name

GIF_FPS = 25
GIF_FRAMES = 50  # of one leg of a walk

Job = Callable[[object], object]


def face(code: np.ndarray) -> Job:
    """Decode one code to an image (160, 176)."""
    return lambda engine: engine.decode(code[np.newaxis])[0, ..., 0]


def faces(codes: np.ndarray) -> Job:
    """Decode codes (n, 80); yields (place, image (160, 176)) one by one.

    Between two of them more urgent work has its chance, so this never holds a drag up.
    """

    def job(engine) -> Iterator[tuple[int, np.ndarray]]:
        for place, code in enumerate(codes):
            yield place, face(code)(engine)

    return job


def with_detail(image: np.ndarray, state: FaceState) -> np.ndarray:
    """Add a photo's detail to a decoded image, where the state asks for it."""
    if state.detail is None or not state.keep_detail:
        return image
    return np.clip(image + state.detail, 0, 1)


def save(folder: Path, state: FaceState) -> Job:
    """Write the face of a state as a PNG; gives its path."""

    def job(engine) -> Path:
        image = with_detail(face(state.code)(engine), state)
        kept = state.detail is not None and state.keep_detail
        details = {"caption": state.caption, "detail": kept}
        return save_face(folder, image, state.code, engine.model_id, details=details)

    return job


def restore(path: Path) -> Job:
    """Read a save; gives (SavedFace, its detail (160, 176) or None)."""

    def job(engine) -> tuple[SavedFace, np.ndarray | None]:
        saved = read_save(path, engine.model_id, engine.latent_dim)
        if not saved.details.get("detail"):
            return saved, None
        return saved, saved.image - face(saved.code)(engine)

    return job


def gif(folder: Path, stem: str, codes: np.ndarray) -> Job:
    """Write a GIF of codes (n, 80); yields the share that is done, gives its path at the end."""

    def job(engine) -> Iterator[float]:
        frames = []
        for place, image in faces(codes)(engine):
            frames.append(np.rint(255 * image).astype(np.uint8))
            yield (place + 1) / len(codes)
        path = claim_name(folder, stem, ".gif")
        write_gif(path, frames, GIF_FPS)
        return path

    return job
