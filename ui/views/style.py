"""The look of every figure: paper, ink, two accents, and the places of title and caption."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

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
