"""Turning the pages of a figure with the keyboard."""

from collections.abc import Callable

from matplotlib.backend_bases import KeyEvent
from matplotlib.figure import Figure

KEYS_HELP = "Keys: right and left turn the page, home and end jump"
_STEPS = {"right": 1, "pagedown": 1, " ": 1, "left": -1, "pageup": -1}


class Pager:
    """Draws one page of a figure at a time.

    Args:
        figure: the figure whose keys are listened to.
        pages: how many pages there are, at least 1.
        draw: called with a page's number to fill the figure with it.
        start: the page to begin with.
    """

    def __init__(
        self, figure: Figure, pages: int, draw: Callable[[int], None], start: int = 0
    ) -> None:
        self.pages = pages
        self.page = -1
        self._figure = figure
        self._draw = draw
        figure.canvas.mpl_connect("key_press_event", self._on_key)
        figure.pager = self  # matplotlib keeps no strong reference to a listener
        self.turn_to(start)

    def turn_to(self, page: int) -> None:
        """Show a page; numbers beyond the ends stop at the first and the last."""
        page = min(max(page, 0), self.pages - 1)
        if page != self.page:
            self.page = page
            self._draw(page)
            self._figure.canvas.draw_idle()

    def _on_key(self, event: KeyEvent) -> None:
        if event.key in _STEPS:
            self.turn_to(self.page + _STEPS[event.key])
        elif event.key in ("home", "end"):
            self.turn_to(0 if event.key == "home" else self.pages - 1)
