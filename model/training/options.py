"""Checks of settings: a wrong one is a sentence before anything is done."""

from __future__ import annotations

import math
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol

from data.checks import check_kind, check_number, check_whole

MAX = 2**31 - 1  # greatest whole number: Keras takes no seed, and TensorFlow no step, beyond it


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def check_fields(settings: _Dataclass, **ranges: tuple[int, float]) -> None:
    """Check the fields of a frozen dataclass against their defaults; store plain numbers.

    Args:
        settings: whose fields are numbers of the default's kind, or objects of the class that makes
            the default.
        ranges: least and greatest value of numbers that may not be all from 0 on.

    Raises:
        UserError: for the first field that is wrong.
    """
    for field in fields(settings):
        name, kind = field.name, field.default_factory
        value, (low, high) = getattr(settings, name), ranges.get(name, (0, math.inf))
        if isinstance(kind, type):
            check_kind(name, value, kind, f"made by {kind.__name__}()")
        elif type(field.default) is int:
            object.__setattr__(settings, name, check_whole(name, value, low, min(high, MAX)))
        else:
            object.__setattr__(settings, name, check_number(name, value, low, high))
