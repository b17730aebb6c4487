"""Standard output that nothing can stop: not a reader who left, not a full disk."""

import os
from typing import TextIO


class LastingOutput:
    """A stream that writes to nowhere from the first failure on, so that the work goes on.

    Without it `python main.py | head -1` ends hours of training at the next line it prints.

    Args:
        stream: a text stream; whatever is asked of it but `write` and `flush` is passed on.
    """

    def __init__(self, stream: TextIO):
        self._stream = stream

    def __getattr__(self, name: str):
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write text, or let it go, and return its length."""
        try:
            self._stream.write(text)
            if "\n" in text:
                self._stream.flush()  # while a failure can still be told from one at the very end
        except OSError:
            self._let_go()
        return len(text)

    def flush(self) -> None:
        """Write what is held back, or let it go."""
        try:
            self._stream.flush()
        except OSError:
            self._let_go()

    def _let_go(self) -> None:
        """Send what is held back, and all that follows, to nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
