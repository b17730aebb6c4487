"""Checks of settings: a wrong one is a sentence before anything is done."""

from __future__ import annotations

import math
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol

from data.checks import check_number, check_whole

MAX_SEED = 2**31 - 1
MAX_STEPS = 10**9


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def check_numbers(settings: _Dataclass, **ranges: tuple[int, float]) -> None:
    """Check the numbers of a frozen dataclass, and store them as plain ones.

    Args:
        settings: whose defaults say which fields are whole numbers and which are any numbers.
        ranges: least and greatest value of fields that may not be all from 0 on.

    Raises:
        UserError: for the first field that is wrong.
    """
    for field in fields(settings):
        value, (low, high) = getattr(settings, field.name), ranges.get(field.name, (0, math.inf))
        if type(field.default) is int:
            object.__setattr__(settings, field.name, check_whole(field.name, value, low, high))
        elif type(field.default) is float:
            object.__setattr__(settings, field.name, check_number(field.name, value, low, high))
