"""What the slider screen asks of the engine: functions that make jobs for the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ui.animation import encode_gif
from ui.saves import SavedFace, read_save, save_face
from ui.sliders.state import FaceState
from ui.starts import decode_one
from ui.storage import write_new

GIF_FPS = 25

Job = Callable[[object], object]


def faces(codes: np.ndarray) -> Job:
    """Decode codes (n, 80) and yield (place, image (160, 176)) one by one.

    Between two of them more urgent work has its chance, so this never delays a drag.
    """

    def job(engine) -> Iterator[tuple[int, np.ndarray]]:
        for place, code in enumerate(codes):
            yield place, decode_one(engine, code)

    return job


def save(folder: Path, state: FaceState) -> Job:
    """Write the face of a state as a PNG and return its path."""

    def job(engine) -> Path:
        image = state.with_detail(decode_one(engine, state.code))
        details = {"caption": state.caption, "detail": state.shows_detail}
        return save_face(folder, image, state.code, engine.model_id, details=details)

    return job


def restore(path: Path) -> Job:
    """Read a save and return (SavedFace, its detail (160, 176) or None)."""

    def job(engine) -> tuple[SavedFace, np.ndarray | None]:
        saved = read_save(path, engine.model_id, engine.latent_dim)
        if not saved.details.get("detail"):
            return saved, None
        return saved, saved.image - decode_one(engine, saved.code)

    return job


def gif(folder: Path, stem: str, codes: np.ndarray) -> Job:
    """Write a GIF of codes (n, 80): yield the share that is done, return its path at the end."""

    def job(engine) -> Iterator[float]:
        frames = []
        for place, image in faces(codes)(engine):
            frames.append(np.rint(255 * image).astype(np.uint8))
            yield (place + 1) / len(codes)
        return write_new(folder, stem, ".gif", encode_gif(frames, GIF_FPS))

    return job
