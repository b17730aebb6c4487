"""What figures look like, and where they go: into a file, and a window with pages if one opens."""

import os
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import KeyEvent
from matplotlib.backends import BackendFilter, backend_registry
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from data.errors import tell_failure
from data.paths import FIGURES_FOLDER
from data.replace import remove_unfinished, replace_file

PAPER = "#fbfaf7"
INK = "#23262d"
QUIET = "#6f737c"  # captions and labels
LINE = "#dcd9d1"
BLUE = "#2f6fb3"  # this model
SKY = "#8fb6de"  # this model, made sharp
SAND = "#c9b38c"  # what it is compared with
RED = "#c2452d"  # outliers

DIVERGING = LinearSegmentedColormap.from_list("blue-paper-red", [BLUE, "#ffffff", RED])

STYLE = matplotlib.RcParams(
    {
        "font.family": "DejaVu Sans",  # comes with matplotlib
        "font.size": 9,
        "figure.facecolor": PAPER,
        "axes.facecolor": PAPER,
        "axes.edgecolor": LINE,
        "axes.labelcolor": QUIET,
        "axes.titlesize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "grid.color": LINE,
        "text.color": INK,
        "toolbar": "None",  # windows show pages as pictures, which cannot be zoomed or panned
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "lines.solid_capstyle": "round",
    }
)

MARGIN = 0.45  # inches
TITLE_HEIGHT = 0.95  # inches, with a lead of one line
LINE_HEIGHT = 0.2  # inches
CAPTION_HEIGHT = 0.55  # inches
LETTERS_AN_INCH = 12.6  # average, in the lead and the caption
DPI = 150  # dots an inch
WINDOW = (13.0, 9.2)  # width and height in 100 pixels; a screen of 1080 lines holds it
TOOLKITS = ("macosx", "qtagg", "gtk4agg", "gtk3agg", "tkagg", "wxagg")  # tried in this order
ALL = 10**9  # more pages than there are
KEYS = {"right": 1, "pagedown": 1, " ": 1, "left": -1, "pageup": -1, "home": -ALL, "end": ALL}


@contextmanager
def styled() -> Iterator[None]:
    """Give figures this look, whatever a matplotlibrc says; also works as a decorator.

    Texts and ticks read the settings when they are drawn, so figures must be saved inside it too.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


@dataclass
class Page:
    """A figure with a title, a lead and a caption, made, filled and saved inside `styled()`."""

    width: float  # inches
    height: float
    title: str
    lead: str  # what the figure shows, in one to three sentences; wrapped to the width
    caption: str = ""  # numbers and keys

    def __post_init__(self) -> None:
        self.figure = Figure(figsize=(self.width, self.height))
        left = MARGIN / self.width
        top = 1 - 0.36 / self.height
        self.figure.text(left, top, self.title, size=16, weight="bold", va="center")
        below = top - 0.24 / self.height
        letters = int((self.width - 2 * MARGIN) * LETTERS_AN_INCH)
        lead = textwrap.fill(self.lead, letters)
        self._title_height = TITLE_HEIGHT + LINE_HEIGHT * lead.count("\n")
        self.figure.text(left, below, lead, size=9.5, color=QUIET, va="top", linespacing=1.4)
        caption = "\n".join(textwrap.fill(line, letters) for line in self.caption.splitlines())
        self.figure.text(left, 0.27 / self.height, caption, size=9, va="center")

    def grid(
        self, rows: int, columns: int, above: float = 0, below: float = 0, **options: float
    ) -> GridSpec:
        """Divide the content area, less inches kept free `above` and `below` for labels.

        The options are those of `GridSpec`: left and right instead of the margins, wspace, hspace.
        """
        options = {"left": MARGIN / self.width, "right": 1 - MARGIN / self.width} | options
        top = 1 - (self._title_height + above) / self.height
        bottom = (CAPTION_HEIGHT + below) / self.height
        return self.figure.add_gridspec(rows, columns, top=top, bottom=bottom, **options)

    def panels(self, rows: int, columns: int, **options: float) -> np.ndarray:
        """Return axes (rows, columns) that fill the content area, see `grid`."""
        return self.grid(rows, columns, **options).subplots(squeeze=False)


def draw_image(
    axes: Axes,
    image: np.ndarray,
    title: str = "",
    cmap: str | Colormap = "gray",
    limits: tuple[float, float] | None = None,
    extent: tuple[float, float, float, float] | None = None,
) -> None:
    """Show one image without ticks or frame.

    Args:
        axes: where.
        image: (height, width) or (height, width, 1), floats in [0, 1] or uint8.
        title: written above it.
        cmap: colors of the values.
        limits: values of the first and the last color; None is black and white.
        extent: left, right, bottom and top in the axes' units; None is pixels.
    """
    low, high = limits or (0, 255 if image.dtype == np.uint8 else 1)
    pixels = image.reshape(image.shape[:2])
    axes.imshow(pixels, cmap, vmin=low, vmax=high, interpolation="bilinear", extent=extent)
    axes.set_axis_off()
    if title:
        axes.set_title(title, size=8, color=INK, pad=3)


def label_row(axes: Axes, text: str) -> None:
    """Write what a row of images shows to the left of its first one."""
    axes.text(-0.08, 0.5, text, transform=axes.transAxes, ha="right", va="center", size=9)


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
