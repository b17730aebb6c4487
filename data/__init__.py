"""The archive of yearbook portraits: from its files to NumPy arrays.

The names below are loaded when they are first used: a window that only wants `UserError` is not
kept waiting for NumPy and Pillow.
"""

import importlib

from data.errors import UserError

_HOMES = {
    "Portrait": "data.arrays",
    "load_arrays": "data.arrays",
    "load_labels": "data.arrays",
    "prepare_data": "data.prepare",
}

__all__ = ["Portrait", "UserError", "load_arrays", "load_labels", "prepare_data"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
