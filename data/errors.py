"""The one error that a user is meant to read."""


class UserError(Exception):
    """Something the user can mend.

    The message is one clear sentence that says what is wrong, followed by the next step. `main.py`
    prints it without a traceback and the screens show it on the window; every other exception is a
    bug and is left to speak for itself.
    """
