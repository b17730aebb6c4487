"""The archive of yearbook portraits: from its files to NumPy arrays.

The names below are loaded when they are first used: a window that only wants `UserError` is not
kept waiting for NumPy and Pillow.
"""

import importlib

_HOMES = {
    "UserError": "data.errors",
    "Portrait": "data.arrays",
    "load_arrays": "data.arrays",
    "load_labels": "data.arrays",
    "prepare_data": "data.prepare",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
