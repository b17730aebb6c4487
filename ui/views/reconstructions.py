"""Unseen portraits beside what is left of them after 80 numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from data.paths import FIGURES_FOLDER
from ui.views.output import save, show
from ui.views.pager import KEYS_HELP, Pager
from ui.views.style import BLUE, DIVERGING, INK, SAND, Page, draw_image, label_row, styled

if TYPE_CHECKING:
    from model.measuring.comparison import Comparison

COLUMNS = 7
ERRORS = {"cmap": DIVERGING, "vmin": -0.4, "vmax": 0.4}  # larger ones take the full colour too


@styled()
def show_reconstructions(
    comparison: Comparison, start: int = 0, folder: Path = FIGURES_FOLDER
) -> Path:
    """Show portraits, reconstructions and error maps, and how the averages compare with PCA.

    Args:
        comparison: the portraits, and what the network and PCA make of them.
        start: the portrait to begin with.
        folder: where the first page is saved.

    Returns:
        The path of the saved picture.
    """
    page = Page(
        12,
        8.6,
        "Faces through 80 numbers",
        "Portraits the network has never seen, what it makes of them, and where the two differ. "
        "Below them the best that 80 numbers can do without a network: principal component "
        "analysis (PCA).",
    )
    grid = page.grid(4, COLUMNS, above=0.2, below=1.25, left=0.115, wspace=0.06, hspace=0.2)
    axes = np.array(
        [[page.figure.add_subplot(grid[r, c]) for c in range(COLUMNS)] for r in range(4)]
    )
    _draw_averages(page, comparison.averages, comparison.note)
    count = comparison.count

    @styled()
    def draw(number: int) -> None:
        first = number * COLUMNS
        batch = comparison.portraits(slice(first, min(first + COLUMNS, count)))
        ours, our_metrics = comparison.network(batch)
        linear, pca_metrics = comparison.pca(batch)
        for place in axes.flat:
            place.clear()
            place.set_axis_off()
        for column, image in enumerate(batch):
            top, answer, error, below = axes[:, column]
            draw_image(top, image, f"no. {first + column}")
            draw_image(answer, ours[column], _metrics(our_metrics, column))
            draw_image(error, ours[column] - image, **ERRORS)
            draw_image(below, linear[column], _metrics(pca_metrics, column))
        names = ("Portrait", "Network", "Error\nblue: too dark\nred: too light", "PCA, 80")
        for place, name in zip(axes[:, 0], names, strict=True):
            label_row(place, name)
        page.set_caption(
            f"Portraits {first} to {first + len(batch) - 1} of {count:,}.   {KEYS_HELP}."
        )

    Pager(page.figure, -(-count // COLUMNS), draw, start // COLUMNS)
    path = save(page.figure, "reconstructions", folder)
    show(page.figure)
    return path


def _metrics(metrics: dict[str, np.ndarray], index: int) -> str:
    return f"MSE {metrics['mse'][index]:.4f}   SSIM {metrics['ssim'][index]:.2f}"


def _draw_averages(page: Page, averages: dict[str, float], note: str) -> None:
    """Draw the averages of both ways as two pairs of bars along the foot of the page."""
    bottom, height = 0.72 / page.height, 0.62 / page.height
    for left, name, better in (
        (0.115, "mse", "smaller is better"),
        (0.56, "ssim", "larger is better"),
    ):
        axes = page.figure.add_axes((left, bottom, 0.36, height))
        values = averages[name], averages[f"pca_{name}"]
        _draw_pair(axes, values, f"{name.upper()}, {note}: {better}")


def _draw_pair(axes: Axes, values: tuple[float, float], title: str) -> None:
    axes.barh([1, 0], values, color=[BLUE, SAND], height=0.78)
    axes.set_yticks([1, 0], ["Network", "PCA, 80"], color=INK)
    axes.set_xticks([])
    axes.set_xlim(0, max(values) * 1.18)
    axes.tick_params(length=0)
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.set_title(title, loc="left", size=9)
    for place, value in zip((1, 0), values, strict=True):
        axes.text(value + max(values) * 0.012, place, f"{value:.4f}", va="center", size=9)
