"""Checks of the options of a mode, before anything is done.

Each function returns the value, ready to use, or raises a `UserError` that names the option, what
it may be, and what was received.
"""

import contextlib
import inspect
import math
from collections.abc import Callable, Collection, Iterable
from numbers import Integral, Real
from pathlib import Path
from typing import TypeVar

from data.errors import UserError

_LONGEST = 60  # characters of a value that are shown
Kind = TypeVar("Kind")


def check_names(function: Callable, names: Iterable[str]) -> None:
    """Check that a function has options of these names."""
    known = list(inspect.signature(function).parameters)
    for name in names:
        if name not in known:
            raise UserError(
                f"{function.__name__}() has no option {_shown(name)}: use {', '.join(known)}."
            )


def check_kind(name: str, value: object, kind: type[Kind], said: str) -> Kind:
    """Check that an option is of a class; `said` describes it, such as "True or False"."""
    if not isinstance(value, kind):
        raise _wrong(name, said, value)
    return value


def check_choice(name: str, value: object, choices: Collection[str]) -> str:
    """Check that an option is one of these words."""
    if not isinstance(value, str) or value not in choices:
        raise _wrong(name, " or ".join(f'"{choice}"' for choice in choices), value)
    return value


def check_whole(name: str, value: object, low: int = 0, high: float = math.inf) -> int:
    """Check that an option is a whole number from `low` to `high`, both included."""
    if isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= high:
        return int(value)
    raise _wrong(name, f"a whole number {_range(low, high)}", value)


def check_number(name: str, value: object, low: float = 0, high: float = math.inf) -> float:
    """Check that an option is a finite number from `low` to `high`, both included."""
    if isinstance(value, Real) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):  # a whole number of hundreds of digits
            number = float(value)
            if low <= number <= high and math.isfinite(number):
                return number
    raise _wrong(name, f"a number {_range(low, high)}", value)


def check_path(name: str, value: object) -> Path:
    """Check that an option can be the path of a file or folder; `~` becomes the home folder."""
    if not isinstance(value, (str, Path)) or not str(value).strip():
        raise _wrong(name, "the path of a file or folder", value)
    try:
        path = Path(value).expanduser()
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError, RuntimeError) as error:  # too long; a NUL; no such user
        reason = str(getattr(error, "strerror", None) or error).rstrip(".")
        raise UserError(f"{name} cannot be used ({reason}): give another path.") from error
    return path


def _range(low: float, high: float) -> str:
    return f"from {low:g} to {high:g}" if high < math.inf else f"of at least {low:g}"


def _wrong(name: str, said: str, value: object) -> UserError:
    return UserError(f"{name} must be {said}, not {_shown(value)}.")


def _shown(value: object) -> str:
    """Return a value as one short line of source."""
    text = " ".join(ascii(value).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
