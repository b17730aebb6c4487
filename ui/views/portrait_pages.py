"""The portraits of the archive, a page at a time, with their labels."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.arrays import Portrait
from data.paths import FIGURES_FOLDER
from ui.views.figures import show_in_pages
from ui.views.style import Page, draw_image

ROWS, COLUMNS = 4, 8
TITLES = {"train": "Portraits to learn from", "test": "Portraits kept for testing"}
LEAD = (
    "One row of the array each. F and M are the folders of the archive, with the year of the "
    "yearbook where it is known."
)


def show_portraits(
    portraits: np.ndarray,
    labels: Sequence[Portrait],
    split: str,
    start: int = 0,
    folder: Path = FIGURES_FOLDER,
) -> Path:
    """Show portraits, uint8 (n, 171, 186, 1), with their labels, a page at a time.

    The page with the portrait `start` is saved in `folder`; its path is returned. `split` is
    "train" or "test".
    """

    def draw(rows: range) -> Page:
        caption = f"Portraits {rows[0]} to {rows[-1]} of {len(portraits):,}."
        page = Page(12, 7.6, TITLES[split], LEAD, caption)
        axes = page.panels(ROWS, COLUMNS, above=0.12, wspace=0.08, hspace=0.24)
        for place in axes.flat:
            place.set_axis_off()
        for place, row in zip(axes.flat, rows, strict=False):
            label = labels[row]
            text = f"{label.folder}  {label.year}" if label.year else label.folder
            draw_image(place, portraits[row], text)
        return page

    name, per_page = f"portraits-{split}", ROWS * COLUMNS
    return show_in_pages(draw, len(portraits), per_page, start, name, folder)
