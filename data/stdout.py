"""A standard output that survives a closed pipe, a full disk and names that are not UTF-8."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator


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
    """Let the block run on when nobody reads its output, as in `python main.py | head -1`."""
    stream = sys.stdout
    lasting = LastingOutput(stream) if isinstance(stream, io.TextIOWrapper) else stream
    with contextlib.redirect_stdout(lasting):
        yield
