"""Every step that a user can take on the slider screen, without a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from data.errors import UserError
from ui.animation import between
from ui.history import History
from ui.sliders.axes import Axis, keep_locked, unit_direction
from ui.sliders.state import FaceState, frozen, same
from ui.starts import Start, Starts

LONGEST_NAME = 24


class FaceEditor:
    """The current face with all that belongs to it, and its history.

    During a gesture `now` runs ahead of the history; `commit` makes it a step that can be undone.

    Args:
        latent: the latent space.
        changed: called after every change of `now` or of the history.
        directions: the user's own, name to (80,) raw-code vector.
        seed: determines the seeds of random faces; None for different ones every time.

    Attributes:
        now: the state that shows.
        history: the steps, for undo.
        starts: finds faces to start from; holds the seed and temperature of random ones.
    """

    def __init__(
        self,
        latent,
        changed: Callable[[], object],
        directions: dict[str, np.ndarray] | None = None,
        seed: int | None = None,
    ):
        self.latent = latent
        self.changed = changed
        self.now = FaceState.of(latent.mean, "Mean face", directions=dict(directions or {}))
        self.history: History[FaceState] = History(self.now, same=same)
        self.starts = Starts(latent, seed)

    # Steps

    def go(self, state: FaceState, tag: object = None) -> None:
        """Move to a state, as one step; steps with the same tag are undone together."""
        self.now = state
        self.history.push(state, tag)
        self.changed()

    def preview(self, state: FaceState) -> None:
        """Move to a state that is not a step yet."""
        self.now = state
        self.changed()

    def commit(self, tag: object = None) -> None:
        """Make `now` a step if it differs from the last one; see `go` for the tag."""
        if self.history.push(self.now, tag):
            self.changed()

    def undo(self) -> None:
        """Go back one step."""
        self._travel(self.history.can_undo, self.history.undo, "There is nothing to undo.")

    def redo(self) -> None:
        """Go forward one step."""
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
        self._start(self.starts.mean())

    def training_face(self, step: int) -> None:
        """Start from the next (1) or previous (-1) training face; locked sliders stay."""
        self._start(self.starts.training(step))

    def random(self, seed: int | None = None) -> None:
        """Start from a new random face, or the one of a seed; locked sliders stay."""
        self._start(self.starts.random(seed))

    def set_temperature(self, temperature: float) -> None:
        """Start from the random face of the same seed at another temperature."""
        self.starts.temperature = temperature
        self._start(self.starts.random(self.starts.seed), tag="temperature")

    def suggest(self, n: int) -> np.ndarray:
        """Return random codes (n, 80), different ones each time; locked sliders stay."""
        codes = self.starts.sample(self.starts.new_seed(), n)
        return np.stack([self._keep_locked(code) for code in codes])

    def _start(self, start: Start, tag: object = None) -> None:
        self.go(self.now.fresh(self._keep_locked(start.code), start.caption), tag)

    def walk_to(self, code: np.ndarray) -> None:
        """Preview a face of a walk."""
        self.preview(self.now.fresh(code, "On a walk"))

    def _keep_locked(self, code: np.ndarray) -> np.ndarray:
        return keep_locked(self.latent, code, self.now.code, self.now.locks)

    # Sliders

    def move(self, axis: Axis, value: float) -> None:
        """Preview the face of the last step with one slider moved; `commit` ends the gesture.

        It starts from the step, not from `now`, so that rounding does not add up during a drag.
        """
        self.preview(self.now.at(axis.moved(self.history.now.code, value)))

    def reset(self, axis: Axis) -> None:
        """Put one slider back to its middle."""
        self.go(self.now.at(axis.moved(self.now.code, axis.middle)))

    def toggle_lock(self, index: int | None) -> None:
        """Lock or unlock a principal slider; any other slider has None for a number."""
        if index is None:
            raise UserError("Only the numbered sliders can be locked, not raw codes or directions.")
        locks = self.now.locks.copy()
        locks[index] = not locks[index]
        self.go(replace(self.now, locks=locks))

    def keep_detail(self, keep: bool) -> None:
        """Add what the reconstruction of the photo lost, or leave it out."""
        if self.now.detail is None:
            raise UserError("Detail belongs to a photo: open one with P first.")
        self.go(replace(self.now, keep_detail=keep))

    def toggle_detail(self) -> None:
        """Add it if it was left out, and the other way round."""
        self.keep_detail(not self.now.keep_detail)

    # Two faces

    def set_a(self) -> None:
        """Make this face A, where a morph begins."""
        self.go(replace(self.now, face_a=self.now.code, morph=0.0))

    def set_b(self) -> None:
        """Make this face B, where a morph ends."""
        self.go(replace(self.now, face_b=self.now.code, morph=1.0))

    def morph(self, t: float) -> None:
        """Preview the face at `t` in [0, 1] on the way from A to B; locked sliders stay."""
        state = self.now
        if not state.both_faces:
            raise UserError(
                "A morph needs two faces: press Shift A on one face and Shift B on another."
            )
        code = self._keep_locked(self.between(t))
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
