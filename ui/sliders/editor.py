"""The slider screen without its widgets: the state, axes to move it along, and every step.

`FaceState` is what undo restores, an `Axis` what a slider moves along, and `FaceEditor` has every
step that a user can take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from data.errors import UserError
from model.latent import LatentSpace, Readout
from ui.history import History
from ui.starts import Start, Starts

CHANGED = " · changed"  # end of the caption of a face that was changed
LONGEST_NAME = 24  # characters of a direction or a slider
REACH = 3.0  # from the middle of a slider to its ends, in standard deviations
OWN_UNIT = ("year",)  # attributes shown in their own unit, with their error
LEAST_GAIN = 0.1  # least change of a usable readout along its direction
LEAST_LEFT = 0.3  # least share of a step that locks may leave; less would be scaled up too far
_TINY = 1e-3  # least radius that has a direction, least sine of an angle that spans a plane


@dataclass(frozen=True, eq=False)
class FaceState:
    """What the slider screen shows; two states are equal if all their bits are."""

    code: np.ndarray  # (latent_dim,) float32 of the face
    caption: str  # where the face comes from
    start: np.ndarray  # (latent_dim,) float32 that the face started with, to compare with
    locks: np.ndarray  # (latent_dim,) bool, the locked principal sliders
    face_a: np.ndarray | None = None  # (latent_dim,) float32, where a morph begins
    face_b: np.ndarray | None = None  # (latent_dim,) float32, where it ends
    morph: float = 0.0  # the place of the morph slider, 0 at A and 1 at B
    detail: np.ndarray | None = None  # (160, 176) float32, the photo minus its decoded face
    keep_detail: bool = True  # whether the detail is added to the face
    directions: dict[str, np.ndarray] = field(default_factory=dict)  # the user's, (latent_dim,)
    names: dict[str, str] = field(default_factory=dict)  # the user's for sliders, by original name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FaceState) and all(
            _equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)
        )

    def at(self, code: np.ndarray) -> FaceState:
        """Return the same state with the face moved to another code."""
        return replace(self, code=frozen(code))

    def fresh(self, code: np.ndarray, caption: str, detail: np.ndarray | None = None) -> FaceState:
        """Return the same state with a new face that sliders start from."""
        code = frozen(code)
        return replace(self, code=code, start=code, caption=caption, detail=detail)

    def with_detail(self, image: np.ndarray) -> np.ndarray:
        """Return a decoded image (160, 176), with the photo's detail if that is kept."""
        if self.detail is None or not self.keep_detail:
            return image
        return np.clip(image + self.detail, 0, 1)

    @property
    def shows_detail(self) -> bool:
        """Whether a photo's detail is added to the face."""
        return self.detail is not None and self.keep_detail

    @property
    def title(self) -> str:
        """Where the face comes from, and whether a slider was moved since."""
        same = np.array_equal(self.code, self.start) or self.caption.endswith(CHANGED)
        return self.caption if same else self.caption + CHANGED

    @property
    def faces(self) -> dict[str, np.ndarray]:
        """The codes of this face, and of A and B where they are set, by their names."""
        faces = {"This face": self.code, "Face A": self.face_a, "Face B": self.face_b}
        return {name: code for name, code in faces.items() if code is not None}

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The codes of faces A and B, or None unless both are set."""
        if self.face_a is None or self.face_b is None:
            return None
        return self.face_a, self.face_b


def frozen(code: np.ndarray) -> np.ndarray:
    """Return a read-only float32 copy."""
    code = np.array(code, np.float32)
    code.setflags(write=False)
    return code


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(_equal, one.values(), other.values()))
    return one is other or np.array_equal(one, other)


@dataclass(frozen=True, eq=False)
class Axis:
    """The line of one slider through the space of codes."""

    name: str  # as the screen shows it
    step: np.ndarray  # (latent_dim,), moves a code by exactly one unit of its reading
    reader: np.ndarray  # (latent_dim,), weights of the reading
    origin: float = 0.0  # subtracted from a reading
    ends: tuple[float, float] = (-REACH, REACH)
    middle: float = 0.0  # value of a reset
    lock: int | None = None  # index of the principal slider; None if it cannot be locked
    zero: float = 0.0  # value where the lit part of the track begins
    error: float | None = None  # of a reading in its own unit, such as years

    def read(self, code: np.ndarray) -> float:
        """Return the reading of a code (latent_dim,)."""
        return float(self.reader @ code) - self.origin

    def moved(self, code: np.ndarray, value: float) -> np.ndarray:
        """Return the code moved along the axis until its reading is `value`."""
        return (code + (value - self.read(code)) * self.step).astype(np.float32)


def principal_axes(latent: LatentSpace) -> list[Axis]:
    """Return an axis for each whitened principal coordinate, largest variance first."""
    components, scales = latent.components.astype(np.float64), latent.scales.astype(np.float64)
    return [
        _axis(latent, f"Slider {i + 1}", components[i] * scales[i], components[i] / scales[i], i)
        for i in range(len(scales))
    ]


def raw_axes(latent: LatentSpace) -> list[Axis]:
    """Return an axis for each number of a code, largest deviation first; tracks include zero."""
    stds = np.sqrt(np.maximum(np.diag(latent.covariance), 1e-6)).astype(np.float64)
    mean, unit = latent.mean.astype(np.float64), np.eye(len(stds))
    low = np.minimum(mean - REACH * stds, -stds / 4)
    high = np.maximum(mean + REACH * stds, stds / 4)
    return [
        Axis(f"Code {i + 1}", unit[i], unit[i], ends=(low[i], high[i]), middle=mean[i])
        for i in np.argsort(-stds, kind="stable")
    ]


def direction_axis(
    latent: LatentSpace, name: str, vector: np.ndarray, readout: Readout | None = None
) -> Axis:
    """Return the axis of a named direction (latent_dim,).

    The model's readout reads the codes. A direction without one, such as the user's own, is read by
    projection in whitened coordinates, where portraits vary equally in all directions.
    """
    step = vector.astype(np.float64)
    gain = 0.0 if readout is None else float(readout.weights @ step)
    if readout is None or gain < LEAST_GAIN:
        values = latent.to_sliders(latent.mean + vector)
        length = max(float(values @ values), 1e-12)
        return _axis(latent, name, step, (values / latent.scales / length) @ latent.components)
    middle, scale, error = 0.0, 1.0, None
    if name in OWN_UNIT:
        middle, scale, error = readout.middle, readout.scale, readout.error
    reach = REACH * scale
    return Axis(
        name,
        step / (gain * scale),
        readout.weights * scale,
        origin=-(middle + scale * readout.offset),
        ends=(middle - reach, middle + reach),
        middle=middle,
        zero=middle,
        error=error,
    )


def hold(latent: LatentSpace, axis: Axis, locks: np.ndarray) -> Axis:
    """Return the axis with a step that leaves the locked principal sliders, (latent_dim,), alone.

    The rest of the step is scaled up to move the reading as before, or is zero if too little is
    left.
    """
    if not locks.any() or (axis.lock is not None and not locks[axis.lock]):
        return axis
    values = latent.to_sliders((latent.mean + axis.step).astype(np.float64))
    values[locks] = 0
    step = latent.from_sliders(values).astype(np.float64) - latent.mean
    gain = float(axis.reader @ step)
    return replace(axis, step=step / gain if gain > LEAST_LEFT else np.zeros_like(step))


def _axis(
    latent: LatentSpace, name: str, step: np.ndarray, reader: np.ndarray, lock: int | None = None
) -> Axis:
    """Return an axis whose reading of the mean code is 0."""
    return Axis(name, step, reader, float(reader @ latent.mean), lock=lock)


def between(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """Return the point at `t` in [0, 1] between whitened values (d,), exact at both ends.

    A straight line between two faces passes near the mean, where faces are bland; so the direction
    turns on a great circle while the radius changes evenly (T. White, "Sampling Generative
    Networks", arXiv:1609.04468).
    """
    if t <= 0:
        return a.copy()
    if t >= 1:
        return b.copy()
    radii = np.linalg.norm(a), np.linalg.norm(b)
    straight = (1 - t) * a + t * b
    if min(radii) < _TINY:
        return straight.astype(a.dtype)
    from_a, from_b = a / radii[0], b / radii[1]
    angle = np.arccos(np.clip(from_a @ from_b, -1, 1))
    if np.sin(angle) < _TINY:
        return straight.astype(a.dtype)
    direction = np.sin((1 - t) * angle) * from_a + np.sin(t * angle) * from_b
    radius = (1 - t) * radii[0] + t * radii[1]
    return (direction * (radius / np.sin(angle))).astype(a.dtype)


class FaceEditor:
    """The current face and all that belongs to it, with its history.

    During a gesture `now` runs ahead of the history; `commit` makes it a step that can be undone.
    `changed` is called after every change of these. See `FaceState` for directions and names.
    """

    def __init__(
        self,
        latent: LatentSpace,
        changed: Callable[[], object],
        directions: dict[str, np.ndarray],
        names: dict[str, str],
    ):
        self.latent, self.changed = latent, changed
        mean, locks = frozen(latent.mean), np.zeros(latent.latent_dim, bool)
        # `now` is the state that shows; the history has the steps that can be undone.
        self.now = FaceState(mean, "Mean face", mean, locks, directions=directions, names=names)
        self.history: History[FaceState] = History(self.now)
        self.starts = Starts(latent)

    # Steps

    def go(self, state: FaceState, tag: object = None) -> None:
        """Move to a state as one step; successive steps with the same tag are undone together."""
        self.history.push(state, tag)
        self.preview(state)

    def preview(self, state: FaceState) -> None:
        """Move to a state without making it a step."""
        self.now = state
        self.changed()

    def commit(self, tag: object = None) -> None:
        """Make `now` a step, if it differs from the last one; see `go` for the tag."""
        if self.history.push(self.now, tag):
            self.changed()
        self.now = self.history.now  # equal, maybe another object

    def undo(self) -> None:
        """Go back one step."""
        self.history.push(self.now)  # ends a gesture in progress
        if not self.history.can_undo:
            raise UserError("There is nothing to undo.")
        self.preview(self.history.undo())

    def redo(self) -> None:
        """Go forward one step."""
        self.history.push(self.now)
        if not self.history.can_redo:
            raise UserError("There is nothing to redo.")
        self.preview(self.history.redo())

    # Faces to start from

    def start(self, code: np.ndarray, caption: str, detail: np.ndarray | None = None) -> None:
        """Start from exactly this code (latent_dim,); locks do not apply."""
        self.go(self.now.fresh(code, caption, detail))

    def start_from(self, start: Start, tag: object = None) -> None:
        """Start from a face of `starts`; locked sliders stay."""
        self.go(self.fresh(*start), tag)

    def set_temperature(self, temperature: float) -> None:
        """Start from the random face of the same seed at another temperature."""
        self.starts.temperature = temperature
        self.start_from(self.starts.random(self.starts.seed), tag="temperature")

    def suggest(self, n: int) -> np.ndarray:
        """Return new random codes (n, latent_dim); locked sliders stay."""
        codes = self.starts.sample(self.starts.new_seed(), n)
        return np.stack([self._keep_locked(code) for code in codes])

    def fresh(self, code: np.ndarray, caption: str) -> FaceState:
        """Return the state at a new face; the caption says if locked sliders change the code."""
        kept = self._keep_locked(code)
        if not np.allclose(kept, code, atol=1e-4):
            caption += " · locked sliders kept"
        return self.now.fresh(kept, caption)

    def walk_to(self, code: np.ndarray, t: float) -> None:
        """Preview a face of a walk; `t` is its place between A and B, if both are set."""
        state = self.now.fresh(code, "On a walk")
        self.preview(state if state.ends is None else replace(state, morph=t))

    def _keep_locked(self, code: np.ndarray) -> np.ndarray:
        """Return a code with the locked principal values of the current face."""
        locks = self.now.locks
        if not locks.any():
            return code
        values = self.latent.to_sliders(code)
        values[locks] = self.latent.to_sliders(self.now.code)[locks]
        return self.latent.from_sliders(values)

    # Sliders

    def begin(self, axis: Axis) -> None:
        """Begin to move along an axis; `UserError` if it is locked, or nearly all that it moves."""
        self.commit()
        if not axis.step.any() and axis.lock is None:
            raise UserError(f"{axis.name} moves mostly locked sliders: unlock some of them first.")
        if not axis.step.any():
            raise UserError(f"{axis.name} is locked: L or the right button unlocks it.")

    def move(self, axis: Axis, value: float) -> None:
        """Preview the last step with one slider moved; `commit` ends the gesture.

        It moves from the step, not from `now`, so that rounding does not add up during a drag.
        """
        self.preview(self.now.at(axis.moved(self.history.now.code, value)))

    def toggle_lock(self, index: int | None) -> None:
        """Lock or unlock a principal slider by its index; other sliders have None."""
        if index is None:
            raise UserError("Only the numbered sliders can be locked, not raw codes or directions.")
        locks = self.now.locks.copy()
        locks[index] = not locks[index]
        self.go(replace(self.now, locks=locks))

    def toggle_detail(self) -> None:
        """Add the detail of the photo to the face, or leave it out."""
        if self.now.detail is None:
            raise UserError("Detail belongs to a photo: open one with P first.")
        self.go(replace(self.now, keep_detail=not self.now.keep_detail))

    # Two faces

    def set_face(self, name: str) -> None:
        """Make this face "a", where a morph begins, or "b", where it ends."""
        ends = {"a": self.now.face_a, "b": self.now.face_b} | {name: self.now.code}
        self.go(replace(self.now, face_a=ends["a"], face_b=ends["b"], morph=float(name == "b")))

    def morph(self, t: float) -> None:
        """Preview the face at `t` in [0, 1] on the way from A to B; locked sliders stay."""
        caption = "Face A" if t <= 0 else "Face B" if t >= 1 else "Between A and B"
        self.preview(replace(self.fresh(self.between(t), caption), morph=t))

    def between(self, t: float) -> np.ndarray:
        """Return the code at `t` in [0, 1] from A to B; `UserError` if a needed one is not set."""
        a, b = self.now.face_a, self.now.face_b
        if t <= 0 and a is not None:
            return a
        if t >= 1 and b is not None:
            return b
        if a is None or b is None:
            raise UserError(
                "A morph needs two faces: press Shift A on one face and Shift B on another."
            )
        to_sliders = self.latent.to_sliders
        return self.latent.from_sliders(between(to_sliders(a), to_sliders(b), t))

    def save_direction(self, name: str) -> None:
        """Keep the change from A to B, or from the start to here, under a name."""
        name, state = self._name_of_direction(name), self.now
        start, end = state.ends or (state.start, state.code)
        length = np.linalg.norm(self.latent.to_sliders(end) - self.latent.to_sliders(start))
        if length < 1e-3:
            raise UserError(
                "A direction is the change between two faces: set A and B to different ones, "
                "or move some sliders first."
            )
        vector = (end.astype(np.float64) - start) / length  # one standard deviation long
        directions = {**state.directions, name: vector.astype(np.float32)}
        self.go(replace(state, directions=directions))

    def _name_of_direction(self, name: str) -> str:
        """Return the tidied name of a direction; `UserError` if it is empty or of the model."""
        name = _tidy(name)
        if not name:
            raise UserError("A direction needs a name: type one, then Enter.")
        if name in self.latent.directions:
            raise UserError(f"{name} is a direction of the model; choose another name.")
        return name

    def rename(self, axis: Axis, name: str) -> None:
        """Rename a slider; an empty name restores the original one."""
        state, own = self.now, axis.name
        if own not in state.directions:
            names = {**state.names, own: _tidy(name) or own}
            self.go(replace(state, names={n: new for n, new in names.items() if n != new}))
            return
        name = self._name_of_direction(name)
        if name != own and name in state.directions:
            raise UserError(f"{name} is a direction of yours; choose another name.")
        directions = {name if n == own else n: vector for n, vector in state.directions.items()}
        self.go(replace(state, directions=directions))

    def drop_direction(self, name: str) -> None:
        """Forget one of the user's own directions."""
        kept = {key: value for key, value in self.now.directions.items() if key != name}
        if len(kept) == len(self.now.directions):
            raise UserError("Directions of the model stay; only your own can be removed.")
        self.go(replace(self.now, directions=kept))


def _tidy(name: str) -> str:
    """Return a name with single spaces, cut to `LONGEST_NAME`."""
    return " ".join(name.split())[:LONGEST_NAME].rstrip()
