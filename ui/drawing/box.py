"""Rectangles of canvas pixels: what a stroke touched and has to be drawn again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels, right and bottom excluded; empty when it holds none."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.left >= self.right or self.top >= self.bottom

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of its pixels in an array (rows, columns, ...)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def joined(self, other: "Box") -> "Box":
        """Smallest box that holds both."""
        if self.empty or other.empty:
            return other if self.empty else self
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


NOTHING = Box(0, 0, 0, 0)
