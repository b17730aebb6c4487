"""The one error that a user is meant to read."""

import contextlib
from collections.abc import Iterator


class UserError(Exception):
    """Something the user can fix.

    The message says in one sentence what is wrong and what to do. `main.py` prints it without a
    traceback and the window shows it; every other exception is a bug.
    """


@contextlib.contextmanager
def tell_failure(what: str, then: str) -> Iterator[None]:
    """Turn an OSError into the `UserError` "`what` (its reason): `then`."."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{what} ({error.strerror or error}): {then}.") from error
