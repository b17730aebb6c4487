"""Unseen portraits beside what is left of them after 80 numbers."""

from pathlib import Path

import numpy as np

from data.paths import FIGURES_FOLDER
from model.measuring.metrics import Comparison
from ui.views.output import show_pages
from ui.views.style import BLUE, DIVERGING, INK, SAND, Page, draw_image, label_row, styled

COLUMNS = 7
ROWS = ("Portrait", "Network", "Error\nblue: too dark\nred: too light", "PCA, 80")
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
    grid = page.grid(len(ROWS), COLUMNS, above=0.2, below=1.25, left=0.115, wspace=0.06, hspace=0.2)
    axes = grid.subplots()
    _draw_averages(page, comparison.averages, comparison.note)

    def draw(shown: range) -> None:
        batch = comparison.portraits(slice(shown.start, shown.stop))
        ours, our_metrics = comparison.network(batch)
        linear, pca_metrics = comparison.pca(batch)
        for column, (number, image) in enumerate(zip(shown, batch, strict=True)):
            top, answer, error, below = axes[:, column]
            draw_image(top, image, f"no. {number}")
            draw_image(answer, ours[column], _metrics(our_metrics, column))
            draw_image(error, ours[column] - image, **ERRORS)
            draw_image(below, linear[column], _metrics(pca_metrics, column))
        for place, name in zip(axes[:, 0], ROWS, strict=True):
            label_row(place, name)

    return show_pages(page, axes, comparison.count, draw, start, "reconstructions", folder)


def _metrics(metrics: dict[str, np.ndarray], index: int) -> str:
    return f"MSE {metrics['mse'][index]:.4f}   SSIM {metrics['ssim'][index]:.2f}"


def _draw_averages(page: Page, averages: dict[str, float], note: str) -> None:
    """Draw the averages of both ways as two pairs of bars along the foot of the page."""
    bottom, height = 0.72 / page.height, 0.62 / page.height
    for left, name, better in ((0.115, "mse", "smaller"), (0.56, "ssim", "larger")):
        axes = page.figure.add_axes((left, bottom, 0.36, height))
        values = averages[name], averages[f"pca_{name}"]
        axes.barh(["Network", "PCA, 80"], values, color=[BLUE, SAND], height=0.78)
        for place, value in enumerate(values):
            axes.text(value + max(values) * 0.012, place, f"{value:.4f}", va="center", size=9)
        axes.invert_yaxis()
        axes.set(xticks=[], xlim=(0, max(values) * 1.18))
        axes.tick_params(length=0, labelcolor=INK)
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.set_title(f"{name.upper()}, {note}: {better} is better", loc="left", size=9)
