"""How long frames take."""

from __future__ import annotations

from collections import deque


class FrameTimes:
    """The last frames that drew something.

    Args:
        most: how many are remembered.

    Attributes:
        shown: whether the window shows them.
    """

    def __init__(self, most: int = 600):
        self.shown = False
        self._seconds: deque[float] = deque(maxlen=most)

    def __len__(self) -> int:
        return len(self._seconds)

    def add(self, seconds: float) -> None:
        """Remember the work of one frame, without the sleep after it."""
        self._seconds.append(seconds)

    def clear(self) -> None:
        """Forget all."""
        self._seconds.clear()

    def toggle(self) -> None:
        """Show them, or no more."""
        self.shown = not self.shown

    @property
    def text(self) -> str:
        """Median and 95th percentile in milliseconds; empty while they are not shown."""
        if not self.shown or not self._seconds:
            return ""
        times = sorted(self._seconds)
        middle, high = times[len(times) // 2], times[int(len(times) * 0.95)]
        return f"{1000 * middle:.1f} ms a frame, 95 % under {1000 * high:.1f} ms"
