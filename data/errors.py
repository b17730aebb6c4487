"""The one error that a user is meant to read."""


class UserError(Exception):
    """Something the user can mend.

    The message says in one sentence what is wrong and what to do. `main.py` prints it without a
    traceback and the screens show it; every other exception is a bug and speaks for itself.
    """
