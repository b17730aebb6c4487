"""Walks from face to face: where they go, and how they are played and filmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from data.errors import UserError
from ui.animation import ease, encode_gif, walk
from ui.pictures import enlarge
from ui.saves import read_saves
from ui.sliders.state import FaceState
from ui.storage import write_new
from ui.worker import decode_one

MOST_STOPS = 24  # saved faces on a walk, the newest ones
STEPS, GIF_STEPS = 120, 40  # codes on the way from one face to the next, played and in a GIF
SECONDS = 2.4  # that one leg takes
GIF_FPS = 25


@dataclass(frozen=True, eq=False)
class Walk:
    """A walk through faces and back, round and round, played by the clock."""

    codes: np.ndarray  # (n, 80), `STEPS` for each leg
    began: float  # in seconds

    def at(self, now: float) -> tuple[np.ndarray, float]:
        """Return the code (80,) of a time, and its place between two faces, in [0, 1]."""
        step = int((now - self.began) / SECONDS * STEPS) % len(self.codes)
        way = ease(step % STEPS / STEPS)
        return self.codes[step], 1 - way if step // STEPS % 2 else way


def walk_codes(latent, state: FaceState, folder: Path, steps: int) -> np.ndarray:
    """Return the codes (n, 80) of a walk through A and B, or else the saved faces, and back.

    There are `steps` codes for each leg.

    Raises:
        UserError: if there are fewer than two faces.
    """
    if state.both_faces:
        stops = [state.face_a, state.face_b]
    else:
        saves = read_saves(folder, latent.model_id, latent.latent_dim)
        stops = [save.code for save in islice(saves, MOST_STOPS)][::-1]
    if len(stops) < 2:
        raise UserError(
            "A walk needs two faces: set A and B with Shift A and Shift B, or save two faces."
        )
    return latent.from_sliders(walk(latent.to_sliders(np.stack(stops)), steps * len(stops)))


def write_gif(
    folder: Path, stem: str, codes: np.ndarray, times: int, sharp: bool, engine
) -> Iterator[float]:
    """Write a GIF of codes (n, 80), faces so many times as large as the model makes them.

    It yields the share that is done, and returns the path at the end.
    """
    frames = []
    for code in codes:
        frames.append(enlarge(decode_one(engine, code, sharp), times))
        yield len(frames) / len(codes)
    return write_new(folder, stem, ".gif", encode_gif(frames, GIF_FPS))
