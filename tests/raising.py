"""A function that fails, in place of one that usually does not."""

from collections.abc import Callable


def raising(error: BaseException) -> Callable:
    """Return a function that raises an error, whatever it is given."""

    def stand_in(*arguments, **options):
        raise error

    return stand_in
