"""The archive of yearbook portraits: from its files to NumPy arrays."""

from data.arrays import Portrait, load_arrays, load_labels
from data.errors import UserError
from data.prepare import prepare_data

__all__ = ["Portrait", "UserError", "load_arrays", "load_labels", "prepare_data"]
