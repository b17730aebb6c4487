"""The terminal: a progress bar, and an output that survives a closed pipe and a full disk."""

import contextlib
import io
import os
import shutil
import sys
import time
from collections.abc import Iterator

_SECONDS_BETWEEN = 0.1
_BAR = 24  # characters


class ProgressBar(contextlib.AbstractContextManager):
    """One line that is rewritten as the work goes on; a log file gets none of it.

    Args:
        title: the work, such as "Reading portraits".
        total: how much there is to do; None if that is unknown.
        start: how much of it was done before.
    """

    def __init__(self, title: str, total: int | None, start: int = 0):
        self._title = title
        self._total = total
        self._start = start
        self._began = time.monotonic()
        self._shown = 0.0

    def __exit__(self, *_error: object) -> None:
        self._write("", end="\r")

    def update(self, done: int, note: str = "") -> None:
        """Show that `done` of the total is done, with a note such as "300 portraits"."""
        now = time.monotonic()
        if now - self._shown >= _SECONDS_BETWEEN:
            self._shown = now
            self._write(self.line(done, now - self._began, note))

    def line(self, done: int, seconds: float, note: str = "") -> str:
        """Return the line for `done` of the total, this many seconds after the start."""
        parts = [self._title]
        if self._total:
            share = min(done / self._total, 1)
            parts.append(f"[{'#' * round(share * _BAR):.<{_BAR}}] {share:4.0%}")
        if note:
            parts.append(note)
        if self._total and done > self._start and seconds > 0:
            left = max(self._total - done, 0) * seconds / (done - self._start)
            parts.append(f"{left / 60:.0f} min left" if left > 100 else f"{left:.0f} s left")
        return "  ".join(parts)

    @staticmethod
    def _write(text: str, end: str = "") -> None:
        if sys.stderr is not None and sys.stderr.isatty():
            width = max(shutil.get_terminal_size().columns - 1, 1)
            print("\r" + text[:width].ljust(width), end=end, file=sys.stderr, flush=True)


class LastingOutput(io.TextIOWrapper):
    """The same output as `stream`, except that everything after its first failure is dropped."""

    def __init__(self, stream: io.TextIOWrapper):
        super().__init__(stream.buffer, stream.encoding, "backslashreplace")

    def write(self, text: str) -> int:
        """Write text at once and return its length, whether it could be written or not."""
        try:
            super().write(text)
            super().flush()
        except OSError:  # what is buffered, and all that follows, goes to the null device
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
        return len(text)

    def close(self) -> None:
        """Flush only: the buffer belongs to `stream`."""
        self.flush()


@contextlib.contextmanager
def lasting_stdout() -> Iterator[None]:
    """Let the block run on when nobody reads its output, as in `python main.py | head -1`.

    Names that the terminal cannot show, such as those that are no UTF-8, are escaped.
    """
    stream = sys.stdout
    lasting = LastingOutput(stream) if isinstance(stream, io.TextIOWrapper) else stream
    with contextlib.redirect_stdout(lasting):
        yield
