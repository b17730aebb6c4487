"""Tests, a folder a room, and the workshop in `tests/bench`."""
