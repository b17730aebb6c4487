"""The one error that a user is meant to read."""

import contextlib
from collections.abc import Iterator


class UserError(Exception):
    """Something the user can mend.

    The message says in one sentence what is wrong and what to do. `main.py` prints it without a
    traceback and the screens show it; every other exception is a bug and speaks for itself.
    """


@contextlib.contextmanager
def tell_failure(what: str, then: str) -> Iterator[None]:
    """Turn an OSError into "`what` (its reason): `then`.", which is a `UserError`."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{what} ({error.strerror or error}): {then}.") from error
