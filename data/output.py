"""Standard output that nothing can stop: not a reader who left, a full disk or a strange name."""

import contextlib
import os
from collections.abc import Callable
from typing import TextIO


class LastingOutput:
    """A stream that writes to nowhere from the first failure on, so that the work goes on.

    Without it `python main.py | head -1` ends hours of training at the next line it prints.

    Args:
        stream: a text stream; whatever is asked of it but `write` and `flush` is passed on.
    """

    def __init__(self, stream: TextIO):
        self._stream = stream
        with contextlib.suppress(AttributeError):  # not every stream can do this
            # Names of files may be no UTF-8; a failure can be told from one at the very end.
            stream.reconfigure(errors="backslashreplace", line_buffering=True)

    def __getattr__(self, name: str):
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write text, or let it go, and return its length."""
        self._try(self._stream.write, text)
        return len(text)

    def flush(self) -> None:
        """Write what is held back, or let it go."""
        self._try(self._stream.flush)

    def _try(self, call: Callable[..., object], *arguments: str) -> None:
        try:
            call(*arguments)
        except OSError:  # send what is held back, and all that follows, to nowhere
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
