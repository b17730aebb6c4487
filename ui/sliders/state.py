"""Everything on the slider screen that undo restores, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

CHANGED = " · changed"


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
