"""The archive of yearbook portraits: from its files to NumPy arrays."""

from data.errors import UserError

__all__ = ["UserError"]
