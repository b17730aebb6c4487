"""Where figures go: a file always, and a window, with pages, where matplotlib can open one."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends import BackendFilter, backend_registry
from matplotlib.figure import Figure

from data.errors import tell_failure
from data.paths import FIGURES_FOLDER
from data.replace import replace_file
from ui.views.style import Page, styled

DPI = 150
DEMO_DPI = 110  # of the pictures in git, which keeps them for ever
KEYS_HELP = "Keys: right and left turn the page, home and end jump"
ALL = 10**9  # pages, more than there are
KEYS = {"right": 1, "pagedown": 1, " ": 1, "left": -1, "pageup": -1, "home": -ALL, "end": ALL}


def save(figure: Figure, name: str, folder: Path = FIGURES_FOLDER, dpi: int = DPI) -> Path:
    """Write a figure as `<folder>/<name>.png` and return its path; errors as `writing`."""
    path = Path(folder) / f"{name}.png"
    with writing(path) as new:
        figure.savefig(new, format="png", dpi=dpi)
    return path


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a name to write under, as `replace_file` does; a UserError says what went wrong."""
    then = "free some space or make the folder writable, then run this again"
    with tell_failure(f"{path} cannot be written", then), replace_file(path) as new:
        yield new


def show(*figures: Figure) -> None:
    """Open the figures in windows and wait until they are closed; without a display, do nothing."""
    if plt.get_backend().lower() in backend_registry.list_builtin(BackendFilter.INTERACTIVE):
        plt.show()
    for figure in figures:
        plt.close(figure)


def show_pages(
    page: Page,
    axes: np.ndarray,
    count: int,
    draw: Callable[[range], None],
    start: int,
    name: str,
    folder: Path,
) -> Path:
    """Show portraits a page at a time; keys turn the pages.

    Args:
        page: the figure.
        axes: (rows, n), cleared for every page; each of its n portraits has a column of pictures.
        count: how many portraits there are, at least 1.
        draw: called with the numbers of portraits to draw them into the axes.
        start: the portrait to begin with.
        name: under which the first page is saved, see `save`.
        folder: where it is saved.

    Returns:
        The path of the saved picture.
    """
    per_page, shown = axes.shape[1], -1

    @styled()
    def turn_to(number: int) -> None:
        nonlocal shown
        number = min(max(number, 0), (count - 1) // per_page)  # there is none beyond the ends
        if number == shown:
            return
        shown = number
        for place in axes.flat:
            place.clear()
            place.set_axis_off()
        portraits = range(number * per_page, min((number + 1) * per_page, count))
        draw(portraits)
        last = portraits[-1]
        page.foot.set_text(f"Portraits {portraits[0]} to {last} of {count:,}.   {KEYS_HELP}.")
        page.figure.canvas.draw_idle()

    connect = page.figure.canvas.mpl_connect
    connect("key_press_event", lambda event: turn_to(shown + KEYS.get(event.key, 0)))
    turn_to(start // per_page)
    path = save(page.figure, name, folder)
    show(page.figure)
    return path
