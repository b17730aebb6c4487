"""The state behind the slider screen, and every step that a user can take in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from data.errors import UserError
from ui.animation import between
from ui.history import History
from ui.sliders.axes import Axis, held, unit_direction
from ui.sliders.state import FaceState, frozen, same

LARGEST_SEED = 999_999
LONGEST_NAME = 24


class FaceDesk:
    """The current face with all that belongs to it, and its past.

    Knows nothing of the window. `now` may run ahead of the history during a gesture; `commit`
    makes what it stands at a step that can be undone.

    Args:
        latent: the latent space.
        changed: called after every change of `now`.
        seed: that the first random face follows.
    """

    def __init__(self, latent, changed: Callable[[], object], seed: int | None = None):
        self.latent = latent
        self.changed = changed
        self.history: History[FaceState] = History(
            FaceState.of(latent.mean, "Mean face"), same=same
        )
        self.now = self.history.now
        self.portrait = -1  # place in the gallery of training faces
        self._rng = np.random.default_rng(seed)
        self.seed = self._new_seed()
        self.temperature = 0.8

    def begin(self, state: FaceState) -> None:
        """Stand at a state without a past."""
        self.history: History[FaceState] = History(state, same=same)
        self.now = state

    # Steps

    def go(self, state: FaceState, tag: object = None) -> None:
        """Move to a state, as one step."""
        self.now = state
        self.history.push(state, tag)
        self.changed()

    def preview(self, state: FaceState) -> None:
        """Move to a state that is not a step yet."""
        self.now = state
        self.changed()

    def commit(self, tag: object = None) -> None:
        """Make where it stands a step, if it differs from the last one."""
        self.history.push(self.now, tag)

    def undo(self) -> None:
        """Go back one step."""
        self._travel(self.history.can_undo, self.history.undo, "There is nothing to undo.")

    def redo(self) -> None:
        """Go forth one step."""
        self._travel(self.history.can_redo, self.history.redo, "There is nothing to redo.")

    def _travel(self, possible: bool, move: Callable[[], FaceState], otherwise: str) -> None:
        if not same(self.now, self.history.now):  # a gesture under way ends here
            self.commit()
            possible = True
        if not possible:
            raise UserError(otherwise)
        self.now = move()
        self.changed()

    # Faces to start from

    def start(self, code: np.ndarray, caption: str, detail: np.ndarray | None = None) -> None:
        """Start from a face, exactly; locks do not apply."""
        self.go(self.now.fresh(code, caption, detail))

    def mean(self) -> None:
        """Start from the mean face; locked sliders stay."""
        self.start(self._held(self.latent.mean), "Mean face")

    def training_face(self, step: int) -> None:
        """Start from the next (1) or previous (-1) training face; locked sliders stay."""
        gallery = self.latent.gallery
        if self.portrait < 0 and step < 0:
            self.portrait = 0
        self.portrait = (self.portrait + step) % len(gallery)
        code = self._held(gallery[self.portrait])
        self.start(code, f"Training face {self.portrait + 1:,} of {len(gallery):,}")

    def random(self, seed: int | None = None) -> None:
        """Start from a random face; the seed names it. Locked sliders stay."""
        self.seed = self._new_seed() if seed is None else seed
        code = self.sample(self.seed, 1)[0]
        self.start(code, f"Random face · seed {self.seed}")

    def warm(self, temperature: float) -> None:
        """Draw the random face of the same seed at another temperature."""
        self.temperature = temperature
        code = self.sample(self.seed, 1)[0]
        caption = f"Random face · seed {self.seed}"
        self.go(self.now.fresh(code, caption), tag="temperature")

    def sample(self, seed: int, n: int) -> np.ndarray:
        """Draw codes (n, 80) by a seed at the current temperature; locked sliders stay."""
        rng = np.random.default_rng(seed)
        codes = self.latent.sample(n, rng, self.temperature)
        return np.stack([self._held(code) for code in codes])

    def _new_seed(self) -> int:
        return int(self._rng.integers(1, LARGEST_SEED + 1))

    def _held(self, code: np.ndarray) -> np.ndarray:
        return held(self.latent, code, self.now.code, self.now.locks)

    # Sliders

    def move(self, base: FaceState, axis: Axis, value: float) -> None:
        """Preview the face of a gesture's beginning with one slider elsewhere."""
        self.preview(self.now.at(axis.moved(base.code, value)))

    def reset(self, axis: Axis) -> None:
        """Put one slider back to its middle."""
        self.go(self.now.at(axis.moved(self.now.code, axis.middle)))

    def toggle_lock(self, index: int) -> None:
        """Lock a principal slider, or unlock it."""
        locks = self.now.locks.copy()
        locks[index] = not locks[index]
        self.go(replace(self.now, locks=locks))

    def keep_detail(self, keep: bool) -> None:
        """Add what the reconstruction of the photo lost, or leave it off."""
        if self.now.detail is None:
            raise UserError("Detail belongs to a photo: open one with P first.")
        self.go(replace(self.now, keep_detail=keep))

    def toggle_detail(self) -> None:
        """Add it, where it was left off, and the other way round."""
        self.keep_detail(not self.now.keep_detail)

    # Two faces

    def set_face(self, name: str) -> None:
        """Make this face A or B ("a" or "b")."""
        at = {"face_a": 0.0, "face_b": 1.0}[f"face_{name}"]
        self.go(replace(self.now, **{f"face_{name}": self.now.code}, morph=at))

    def morph(self, t: float) -> None:
        """Preview the face at `t` in [0, 1] on the way from A to B; locked sliders stay."""
        state = self.now
        if not state.both_faces:
            raise UserError("A morph needs two faces: press A on one face and B on another.")
        code = self._held(self.between(t))
        self.preview(
            replace(state, code=frozen(code), morph=t, caption="Between A and B", detail=None)
        )

    def morph_to(self, t: float) -> None:
        """Go to a place on the way from A to B, as one step."""
        self.morph(t)
        self.commit()

    def between(self, t: float) -> np.ndarray:
        """Return the code at `t` in [0, 1] on the way from A to B, exact at both ends."""
        a, b = self.now.face_a, self.now.face_b
        if t <= 0 or t >= 1:
            return a if t <= 0 else b
        to_sliders = self.latent.to_sliders
        return self.latent.from_sliders(between(to_sliders(a), to_sliders(b), t))

    def save_direction(self, name: str) -> None:
        """Keep the change from A to B, or from the start to here, under a name."""
        name = " ".join(name.split())[:LONGEST_NAME]
        if not name:
            raise UserError("A direction needs a name: type one, then Enter.")
        if name in self.latent.directions:
            raise UserError(f"{name} is a direction of the model; choose another name.")
        state = self.now
        ends = (state.face_a, state.face_b) if state.both_faces else (state.start, state.code)
        vector = unit_direction(self.latent, *ends)
        if vector is None:
            raise UserError(
                "A direction is the change between two faces: set A and B to different ones, "
                "or move some sliders first."
            )
        self.go(replace(state, directions={**state.directions, name: vector}))

    def drop_direction(self, name: str) -> None:
        """Forget one of the user's own directions."""
        kept = {key: value for key, value in self.now.directions.items() if key != name}
        if len(kept) == len(self.now.directions):
            raise UserError("Directions of the model stay; only your own can be removed.")
        self.go(replace(self.now, directions=kept))
