"""The archive of yearbook portraits: from its files to NumPy arrays."""

from data.arrays import load_arrays
from data.errors import UserError
from data.labels import Portrait, load_labels
from data.prepare import Preparation, prepare_data

__all__ = [
    "Portrait",
    "Preparation",
    "UserError",
    "load_arrays",
    "load_labels",
    "prepare_data",
]
