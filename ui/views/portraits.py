"""The portraits of the archive, a page at a time, with their labels."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.arrays import Portrait
from data.paths import FIGURES_FOLDER
from ui.views.output import save, show
from ui.views.pager import KEYS_HELP, Pager
from ui.views.style import Page, draw_image, styled

ROWS, COLUMNS = 4, 8
TITLES = {"train": "Portraits to learn from", "test": "Portraits kept for testing"}


@styled()
def show_portraits(
    portraits: np.ndarray,
    labels: Sequence[Portrait],
    split: str,
    start: int = 0,
    folder: Path = FIGURES_FOLDER,
) -> Path:
    """Show a grid of portraits through which keys page.

    Args:
        portraits: uint8 (n, 171, 186, 1), n >= 1; only the page on view is read.
        labels: their labels, in the same order.
        split: "train" or "test".
        start: the portrait to begin with.
        folder: where the first page is saved.

    Returns:
        The path of the saved picture.
    """
    count = len(portraits)
    page = Page(
        12,
        7.6,
        TITLES[split],
        "One row of the array each. F and M are the folders of the archive, with the year of the "
        "yearbook where it is known.",
    )
    grid = page.grid(ROWS, COLUMNS, above=0.12, wspace=0.08, hspace=0.24)
    axes = [page.figure.add_subplot(cell) for cell in grid]
    per_page = len(axes)

    @styled()
    def draw(number: int) -> None:
        first = number * per_page
        shown = range(first, min(first + per_page, count))
        for place in axes:
            place.clear()
            place.set_axis_off()
        for place, row in zip(axes, shown, strict=False):
            draw_image(place, np.asarray(portraits[row]), _label(labels[row]))
        page.set_caption(f"Portraits {first} to {shown[-1]} of {count:,}.   {KEYS_HELP}.")

    Pager(page.figure, -(-count // per_page), draw, start // per_page)
    path = save(page.figure, f"portraits-{split}", folder)
    show(page.figure)
    return path


def _label(label: Portrait) -> str:
    return f"{label.folder}  {label.year}" if label.year else label.folder
