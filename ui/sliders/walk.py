"""Walks from face to face: their codes, how they are played, and their GIF."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from data.errors import UserError
from model.latent import LatentSpace
from ui.pictures import encode_gif, enlarge
from ui.saves import list_saves, read_saves, saved_words, write_new
from ui.sliders.editor import FaceState, between
from ui.worker import decode_one

MOST_STOPS = 24  # saved faces on a walk, newest first
STEPS, GIF_STEPS = 120, 24  # codes from one face to the next: played, and in a GIF
SECONDS = 2.4  # from one face to the next
GIF_FPS = 15
GIF_FRAMES = {4: 60, 2: 144}  # the most that usually fit the file, by the size of a frame


@dataclass(frozen=True, eq=False)
class Walk:
    """A walk through faces and back, played in a loop."""

    codes: np.ndarray  # (n, latent_dim), `STEPS` from each face to the next
    began: float  # time of the first code, in seconds

    def at(self, now: float) -> tuple[np.ndarray, float]:
        """Return the code (latent_dim,) at a time, and its place between A (0) and B (1)."""
        step = int((now - self.began) / SECONDS * STEPS) % len(self.codes)
        way = ease(step % STEPS / STEPS)
        return self.codes[step], 1 - way if step // STEPS % 2 else way


def round_trip(points: np.ndarray, n: int) -> np.ndarray:
    """Return `n` points (n, d) on a way through all `points` and back to the first.

    The points are whitened values (m, d). The way slows down at each of them. The last point comes
    just before the first one, so that a film of it repeats smoothly.
    """
    stops = np.concatenate([points, points[:1]])
    places = np.linspace(0, len(points), n, endpoint=False)
    legs = places.astype(int)
    ways = zip(stops[legs], stops[legs + 1], places - legs, strict=True)
    return np.stack([between(start, end, ease(t)) for start, end, t in ways])


def ease(t: float) -> float:
    """Return `t` in [0, 1], eased: its speed is zero at both ends."""
    return t * t * (3 - 2 * t)


def walk_codes(latent: LatentSpace, state: FaceState, folder: Path, steps: int) -> np.ndarray:
    """Return the codes (n, latent_dim) of a walk: A to B and back, or through the saved faces.

    There are `steps` codes from each face to the next. `UserError` for fewer than two faces.
    """
    stops = [] if state.ends is None else list(state.ends)
    if not stops:
        saves = read_saves(folder, latent.model_id, latent.latent_dim)
        stops = [save.code for save in islice(saves, MOST_STOPS)][::-1]
    if len(stops) < 2:
        others = {save.model for save in list_saves(folder)} - {latent.model_id, ""}
        how = "save two faces"
        if others:
            how += " with this model: the saved ones are of another"
        raise UserError(f"A walk needs two faces: set A and B with Shift A and Shift B, or {how}.")
    return latent.from_sliders(round_trip(latent.to_sliders(np.stack(stops)), steps * len(stops)))


def write_gif(
    folder: Path, stem: str, codes: np.ndarray, times: int, sharp: bool, engine
) -> Iterator[str]:
    """Write a GIF of a walk; yield the progress as sentences, and at last where the file is.

    The codes are (n, latent_dim), `GIF_STEPS` from each face to the next. Frames are `times` as
    large as the model's faces; a long walk leaves some out, so that the file does not grow too
    large, see `GIF_FRAMES`.
    """
    every = -(-len(codes) // GIF_FRAMES[times])
    codes, frames = codes[::every], []
    for code in codes:
        frames.append(enlarge(decode_one(engine, code, sharp), times))
        yield f"Writing the GIF … {len(frames) / len(codes):.0%}"
    yield saved_words(write_new(folder, stem, ".gif", encode_gif(frames, GIF_FPS / every)))
