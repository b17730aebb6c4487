"""Everything on the slider screen that can be undone, in one value that never changes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

CHANGED = " · changed"


@dataclass(frozen=True, eq=False)
class FaceState:
    """What the slider screen shows, and what belongs to it; equal if it is, bit for bit."""

    code: np.ndarray  # (80,) float32, the truth: the face is what the decoder makes of it
    caption: str  # where the face comes from
    start: np.ndarray  # (80,) float32, the code that this face started with, to compare with
    locks: np.ndarray  # (80,) bool, principal sliders that random faces and morphs leave alone
    face_a: np.ndarray | None = None  # (80,) float32, an end of the morph
    face_b: np.ndarray | None = None  # the other end
    morph: float = 0.0  # the place of the morph slider, 0 at A and 1 at B
    detail: np.ndarray | None = None  # (160, 176) float32, what the copy of a photo lost
    keep_detail: bool = True  # whether it is added back onto the face
    directions: dict[str, np.ndarray] = field(default_factory=dict)  # the user's own: raw (80,)
    names: dict[str, str] = field(default_factory=dict)  # that the user gave to other sliders

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FaceState) and all(
            _equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)
        )

    def at(self, code: np.ndarray) -> FaceState:
        """Return the same state with the face moved to another code."""
        return replace(self, code=frozen(code))

    def fresh(self, code: np.ndarray, caption: str, detail: np.ndarray | None = None) -> FaceState:
        """Return the same state at a new face to start from."""
        code = frozen(code)
        return replace(self, code=code, start=code, caption=caption, detail=detail)

    def with_detail(self, image: np.ndarray) -> np.ndarray:
        """Return a decoded image (160, 176) with the photo's detail added, if it is to be kept."""
        return np.clip(image + self.detail, 0, 1) if self.shows_detail else image

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
        """The codes (80,) of this face and of those that are set, by what they are called."""
        faces = {"This face": self.code, "Face A": self.face_a, "Face B": self.face_b}
        return {name: code for name, code in faces.items() if code is not None}

    @property
    def both_faces(self) -> bool:
        """Whether A and B are set."""
        return self.face_a is not None and self.face_b is not None


def frozen(code: np.ndarray) -> np.ndarray:
    """Return a float32 copy that nobody can write to."""
    code = np.array(code, np.float32)
    code.setflags(write=False)
    return code


def _equal(one, other) -> bool:
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(_equal, one.values(), other.values()))
    return one is other or np.array_equal(one, other)
