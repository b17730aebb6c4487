"""What tests of the window share: windows that are closed in the end."""

import pytest

from tests.ui.driver import Driver
from ui.app import SCREENS


@pytest.fixture
def opened(tmp_path):
    """Opens a window upon the session in `tmp_path`; closes the one before, and the last."""
    drivers = []

    def close():
        while drivers:
            drivers.pop().close()

    def open_window(screens=SCREENS, *, folder=tmp_path, hints=True, **options):
        close()
        drivers.append(Driver(screens, folder, **{"size": (900, 600), **options}))
        if not hints:
            drivers[-1].dismiss_hints()
        return drivers[-1]

    yield open_window
    close()
