"""What tests of the window share: windows that are closed in the end."""

import pytest

from tests.ui.driver import Driver
from ui.app import SCREENS


@pytest.fixture
def opened(tmp_path, request):
    """Opens a window upon the session in `tmp_path`; closes the one before, and the last.

    Options are those of `Driver`, and `hints`: whether hints show. A test file may set its own in
    WINDOW.
    """
    usual = {"screens": SCREENS, "folder": tmp_path, "size": (900, 600), "hints": True}
    usual |= getattr(request.module, "WINDOW", {})
    drivers = []

    def close():
        while drivers:
            drivers.pop().close()

    def open_window(**options):
        close()
        options = usual | options
        hints = options.pop("hints")
        drivers.append(Driver(**options))
        if not hints:
            drivers[-1].dismiss_hints()
        return drivers[-1]

    yield open_window
    close()


@pytest.fixture
def driver(opened):
    return opened()
