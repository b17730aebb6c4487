"""A standard output that survives a closed pipe, a full disk and names that are not UTF-8."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator


class LastingOutput(io.TextIOWrapper):
    """The same output as `stream`, except that everything after its first failure is dropped."""

    def __init__(self, stream: io.TextIOWrapper):
        super().__init__(
            stream.buffer,
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=True,  # failures show as they happen
        )

    def write(self, text: str) -> int:
        """Write text and return its length, whether it could be written or not."""
        with self._failures_ignored():
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """Write what is buffered, if that is possible."""
        with self._failures_ignored():
            super().flush()

    def close(self) -> None:
        """Flush only: the buffer belongs to `stream`."""
        self.flush()

    @contextlib.contextmanager
    def _failures_ignored(self) -> Iterator[None]:
        try:
            yield
        except OSError:  # what is buffered, and all that follows, goes to the null device
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


@contextlib.contextmanager
def lasting_stdout() -> Iterator[None]:
    """Let the block run on when nobody reads its output, as in `python main.py | head -1`."""
    former = sys.stdout
    if isinstance(former, io.TextIOWrapper):
        sys.stdout = LastingOutput(former)
    try:
        yield
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()
        sys.stdout = former
