"""A line on the terminal that tells how far a long step is, and says nothing in a log file."""

import shutil
import sys
import time

_SECONDS_BETWEEN = 0.1


class Progress:
    """Use as a context manager and call `update` as often as convenient.

    Args:
        title: What is going on, such as "Reading portraits".
        total: How much there is to do, or None if nobody knows.
        start: How much of it was done before.
        unit: What is counted, such as "MB"; a rate in it is shown too.
        scale: How many of the numbers given to `update` make one unit.
    """

    def __init__(
        self, title: str, total: int | None, start: int = 0, unit: str = "", scale: float = 1
    ):
        self._title = title
        self._total = total
        self._start = start
        self._unit = unit
        self._scale = scale
        self._began = time.monotonic()
        self._shown = 0.0
        self._terminal = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_error) -> None:
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def update(self, done: int, note: str = "") -> None:
        """Show that `done` of the total is done; `note` is added to the line."""
        now = time.monotonic()
        if self._terminal and now - self._shown >= _SECONDS_BETWEEN:
            self._shown = now
            columns = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r{self.line(done, now - self._began, note)[:columns]}\x1b[K")
            sys.stderr.flush()

    def line(self, done: int, seconds: float, note: str = "") -> str:
        """Return the line for `done` of the total after so many seconds."""
        parts = [self._title]
        if self._total:
            parts.append(f"{min(done / self._total, 1):4.0%}")
        rate = (done - self._start) / seconds if seconds > 0 else 0
        if self._unit:
            parts.append(f"{done / self._scale:,.0f} {self._unit}")
            parts.append(f"{rate / self._scale:,.1f} {self._unit}/s")
        if note:
            parts.append(note)
        if self._total and rate > 0:
            parts.append(f"{max(self._total - done, 0) / rate:.0f} s left")
        return "  ".join(parts)
