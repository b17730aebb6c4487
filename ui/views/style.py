"""One look for every figure: paper, ink, two accents, and where title and caption stand."""

import textwrap
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

PAPER = "#fbfaf7"
INK = "#23262d"
QUIET = "#6f737c"  # captions and everything that should not shout
LINE = "#dcd9d1"
BLUE = "#2f6fb3"  # this model
SKY = "#8fb6de"  # the same, made sharp
SAND = "#c9b38c"  # what it is compared with
RED = "#c2452d"  # what deserves a second look

DIVERGING = LinearSegmentedColormap.from_list("blue-paper-red", [BLUE, "#ffffff", RED])

STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so figures look the same everywhere
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
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
}

MARGIN = 0.45  # inches
TITLE_HEIGHT = 0.95  # with a lead of one line
LINE_HEIGHT = 0.2
CAPTION_HEIGHT = 0.55
LETTERS_AN_INCH = 12.6  # of the lead, on average


def styled():
    """Return a context manager, usable as a decorator too, in which figures take this look."""
    return plt.rc_context(STYLE)


@dataclass
class Page:
    """A figure with a title, a sentence below it and a caption; content goes between them.

    Attributes:
        figure: the figure itself.
        foot: the caption as it stands on it, which can be changed.
    """

    width: float  # inches
    height: float
    title: str
    lead: str  # what one sees, in one to three sentences; wrapped to the width
    caption: str = ""  # figures and keys
    window: bool = True  # whether `output.show` may put it into a window

    def __post_init__(self) -> None:
        make = plt.figure if self.window else Figure
        self.figure: Figure = make(figsize=(self.width, self.height))
        left = MARGIN / self.width
        top = 1 - 0.36 / self.height
        self.figure.text(left, top, self.title, size=16, weight="bold", va="center")
        below = top - 0.24 / self.height
        lead = textwrap.fill(self.lead, int((self.width - 2 * MARGIN) * LETTERS_AN_INCH))
        self._title_height = TITLE_HEIGHT + LINE_HEIGHT * lead.count("\n")
        self.figure.text(left, below, lead, size=9.5, color=QUIET, va="top", linespacing=1.4)
        self.foot = self.figure.text(left, 0.27 / self.height, self.caption, size=9, va="center")

    def grid(self, rows: int, columns: int, above: float = 0, below: float = 0, **kw) -> GridSpec:
        """Divide the content area; `above` and `below` keep inches free for labels inside it."""
        kw = {"left": MARGIN / self.width, "right": 1 - MARGIN / self.width} | kw
        top = 1 - (self._title_height + above) / self.height
        bottom = (CAPTION_HEIGHT + below) / self.height
        return self.figure.add_gridspec(rows, columns, top=top, bottom=bottom, **kw)


def draw_image(axes: Axes, image: np.ndarray, title: str = "", **options) -> None:
    """Show one image, (height, width) or (height, width, 1), without ticks or frame."""
    options = {"cmap": "gray", "vmin": 0, "vmax": 255 if image.dtype == np.uint8 else 1} | options
    axes.imshow(image.reshape(image.shape[:2]), interpolation="bilinear", **options)
    axes.set_axis_off()
    if title:
        axes.set_title(title, size=8, color=INK, pad=3)


def label_row(axes: Axes, text: str) -> None:
    """Write what a row of images shows to the left of its first one."""
    axes.text(-0.08, 0.5, text, transform=axes.transAxes, ha="right", va="center", size=9)
