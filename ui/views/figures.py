"""Where figures go: into a file, and into a window with pages if one can be opened."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backend_bases import KeyEvent
from matplotlib.backends import BackendFilter, backend_registry
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from data.errors import tell_failure
from data.paths import FIGURES_FOLDER
from data.replace import remove_unfinished, replace_file
from ui.views.style import PAPER, Page, styled

DPI = 150
DEMO_DPI = 110  # of the pictures in git
WINDOW = (13.0, 9.2)  # width and height in 100 pixels; a screen of 1080 lines holds it
TOOLKITS = ("macosx", "qtagg", "gtk4agg", "gtk3agg", "tkagg", "wxagg")  # tried in this order
ALL = 10**9  # more pages than there are
KEYS = {"right": 1, "pagedown": 1, " ": 1, "left": -1, "pageup": -1, "home": -ALL, "end": ALL}


@styled()
def save(figure: Figure, name: str, folder: Path = FIGURES_FOLDER, dpi: int | None = None) -> Path:
    """Write a figure as `<folder>/<name>.png` and return its path; `UserError` if that fails."""
    path = Path(folder) / f"{name}.png"
    with writing(path) as new:
        figure.savefig(new, format="png", dpi=dpi or DPI)
    return path


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a path to write to, as `replace_file` does; errors become a `UserError`."""
    then = "free some space or make the folder writable, then run this again"
    remove_unfinished(path.parent)
    with tell_failure(f"{path} cannot be written", then), replace_file(path) as new:
        yield new


@styled()
def show_in_pages(
    draw: Callable[[range], Page], count: int, per_page: int, start: int, name: str, folder: Path
) -> Path:
    """Save the page with the portrait `start`, see `save`, then show it and the others.

    `draw` is called with the numbers of the portraits of a page, of `count` in all, at least 1.
    """

    def page_of(number: int) -> Page:
        return draw(range(count)[number * per_page :][:per_page])

    last = (count - 1) // per_page
    first = min(max(start // per_page, 0), last)
    path = save(page_of(first).figure, name, folder)
    show(page_of, last + 1, first)
    return path


@styled()
def show(draw: Callable[[int], Page], count: int, start: int = 0) -> None:
    """Page through figures in one window until it is closed; without a display, do nothing.

    `draw` is called with a page's number, from 0 to `count` - 1; `start` is the first.
    """
    if not _can_open_windows():
        return
    number, page = start, draw(start)
    window = plt.figure(figsize=WINDOW, dpi=100, facecolor=PAPER)
    axes = window.add_axes((0, 0, 1, 1))

    def show_page() -> None:
        axes.clear()
        axes.set_axis_off()
        axes.imshow(_pixels(page, *window.bbox.size))
        keys = ": right and left turn the page, home and end jump" if count > 1 else ""
        if window.canvas.manager is not None:
            title = f"{page.title}   ({number + 1:,} of {count:,}{keys})"
            window.canvas.manager.set_window_title(title)
        window.canvas.draw_idle()

    def turn(event: KeyEvent) -> None:
        nonlocal number, page
        there = min(max(number + KEYS.get(event.key or "", 0), 0), count - 1)
        if there != number:
            number, page = there, draw(there)
            show_page()

    window.canvas.mpl_connect("key_press_event", turn)
    window.canvas.mpl_connect("resize_event", lambda event: show_page())
    show_page()
    plt.show(block=True)
    plt.close(window)


def _pixels(page: Page, width: float, height: float) -> np.ndarray:
    """Return a page as large as fits, in pixels: uint8 (h, w, 4)."""
    page.figure.set_dpi(min(width / page.width, height / page.height))
    canvas = FigureCanvasAgg(page.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def _can_open_windows() -> bool:
    """Choose the user's backend, else a toolkit that works; return whether it opens windows."""
    for backend in (os.environ.get("MPLBACKEND") or plt.get_backend(), *TOOLKITS):
        with suppress(Exception):  # backends fail to start in many ways
            plt.switch_backend(backend)
            return backend.lower() in backend_registry.list_builtin(BackendFilter.INTERACTIVE)
    return False
