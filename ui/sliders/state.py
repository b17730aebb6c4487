"""Everything on the slider screen that can be undone, in one value that never changes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

CHANGED = " · changed"


@dataclass(frozen=True, eq=False)
class FaceState:
    """What the slider screen shows, and what belongs to it.

    Attributes:
        code: (80,) float32, the truth: the face is what the decoder makes of it.
        caption: where the face comes from.
        start: (80,) float32, the code that this face started with, to compare with.
        locks: (80,) bool, principal sliders that random faces and morphs leave alone.
        face_a, face_b: (80,) float32 or None, the ends of the morph.
        morph: the place of the morph slider, 0 at A and 1 at B.
        detail: (160, 176) float32 or None, what the reconstruction of a photo lost.
        keep_detail: whether it is added back onto the face.
        directions: the user's own, name to (80,) raw-code vector.
    """

    code: np.ndarray
    caption: str
    start: np.ndarray
    locks: np.ndarray
    face_a: np.ndarray | None = None
    face_b: np.ndarray | None = None
    morph: float = 0.0
    detail: np.ndarray | None = None
    keep_detail: bool = True
    directions: dict[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, code: np.ndarray, caption: str, **others) -> FaceState:
        """Return a state that begins at a face, without locks."""
        code = frozen(code)
        return cls(code, caption, code, np.zeros(len(code), bool), **others)

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
    def changed(self) -> bool:
        """Whether a slider was moved since the face was started from."""
        return not np.array_equal(self.code, self.start)

    @property
    def title(self) -> str:
        """Where the face comes from, and whether it was changed since."""
        fresh = not self.changed or self.caption.endswith(CHANGED)
        return self.caption if fresh else self.caption + CHANGED

    @property
    def both_faces(self) -> bool:
        """Whether A and B are set."""
        return self.face_a is not None and self.face_b is not None


def frozen(code: np.ndarray) -> np.ndarray:
    """Return a float32 copy that nobody can write to."""
    code = np.array(code, np.float32)
    code.setflags(write=False)
    return code


def same(one: FaceState, other: FaceState) -> bool:
    """Return whether two states are equal, bit for bit."""
    return all(_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(FaceState))


def _equal(one, other) -> bool:
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(_equal, one.values(), other.values()))
    return one is other or np.array_equal(one, other)
