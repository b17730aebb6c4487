"""What tests of the archive share: drawn portraits."""

import pytest

from tests.data.drawn_archive import drawn_files, write_archive


@pytest.fixture(scope="session")
def files():
    """PNG files of twelve portraits, by name."""
    return drawn_files(12)


@pytest.fixture
def archive(tmp_path, files):
    return write_archive(tmp_path / "in" / "faces.tar.gz", files)
