"""The portraits of the archive, a page at a time, with their labels."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.arrays import Portrait
from data.paths import FIGURES_FOLDER
from ui.views.output import show_pages
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
    page = Page(
        12,
        7.6,
        TITLES[split],
        "One row of the array each. F and M are the folders of the archive, with the year of the "
        "yearbook where it is known.",
    )
    axes = page.grid(ROWS, COLUMNS, above=0.12, wspace=0.08, hspace=0.24).subplots().reshape(1, -1)

    def draw(shown: range) -> None:
        for place, row in zip(axes.flat, shown, strict=False):
            label = labels[row]
            text = f"{label.folder}  {label.year}" if label.year else label.folder
            draw_image(place, portraits[row], text)

    return show_pages(page, axes, len(portraits), draw, start, f"portraits-{split}", folder)
