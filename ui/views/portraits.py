"""Portraits in pages: with their labels, and beside their reconstructions from a few numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.arrays import Portrait
from data.paths import FIGURES_FOLDER
from model.frame import LATENT_DIM
from model.measuring.metrics import Comparison
from ui.views.figures import (
    BLUE,
    DIVERGING,
    INK,
    QUIET,
    SAND,
    SKY,
    Page,
    draw_image,
    label_row,
    show_in_pages,
)

GRID = (4, 8)  # rows and columns of labelled portraits
TITLES = {"train": "Portraits to learn from", "test": "Portraits kept for testing"}
LABELLED = (
    "One row of the array each. F and M are the folders of the archive, with the year of the "
    "yearbook where it is known."
)
COLUMNS = 7  # of portraits with their reconstructions
ROWS = ["Portrait", "Network", "Error\nblue: too dark\nred: too light", f"PCA, {LATENT_DIM}"]
SHARP = "Made sharp:\ndetail is\ninvented"  # name of the row that a finisher adds
WAYS = {"": ("Network", BLUE), "sharp_": ("Made sharp", SKY), "pca_": (f"PCA, {LATENT_DIM}", SAND)}
ERROR_LIMITS = (-0.4, 0.4)  # errors drawn in full color
LEAD = (
    "Portraits the network has never seen, what it makes of them, and where the two differ. "
    f"Below them the best that {LATENT_DIM} numbers can do without a network: principal component "
    "analysis (PCA)."
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
        page = Page(12, 7.6, TITLES[split], LABELLED, caption)
        axes = page.panels(*GRID, above=0.12, wspace=0.08, hspace=0.24)
        for place in axes.flat:
            place.set_axis_off()
        for place, row in zip(axes.flat, rows, strict=False):
            label = labels[row]
            text = f"{label.folder}  {label.year}" if label.year else label.folder
            draw_image(place, portraits[row], text)
        return page

    name, per_page = f"portraits-{split}", GRID[0] * GRID[1]
    return show_in_pages(draw, len(portraits), per_page, start, name, folder)


def show_reconstructions(
    comparison: Comparison, start: int = 0, folder: Path = FIGURES_FOLDER
) -> Path:
    """Show portraits, reconstructions and error maps, and how the averages compare with PCA.

    The page with the portrait `start` is saved in `folder`; its path is returned.
    """
    names = [*ROWS[:2], *[SHARP] * comparison.can_finish, *ROWS[2:]]

    def draw(numbers: range) -> Page:
        caption = f"Portraits {numbers[0]} to {numbers[-1]} of {comparison.count:,}."
        page = Page(
            12, 2.4 + 1.75 * len(names), f"Faces through {LATENT_DIM} numbers", LEAD, caption
        )
        axes = page.panels(
            len(names), COLUMNS, above=0.2, below=1.45, left=0.115, wspace=0.06, hspace=0.3
        )
        for place in axes.flat:
            place.set_axis_off()
        _draw_averages(page, comparison.averages, comparison.note)
        images, ways = comparison.reconstructions(slice(numbers.start, numbers.stop))
        linear, pca_metrics = ways.pop("pca_")
        for column, (number, image) in enumerate(zip(numbers, images, strict=True)):
            top, *places, error, below = axes[:, column]
            draw_image(top, image, f"no. {number}")
            for place, (faces, metrics) in zip(places, ways.values(), strict=True):
                draw_image(place, faces[column], _metrics(metrics, column))
            errors = ways[""][0][column] - image
            draw_image(error, errors, cmap=DIVERGING, limits=ERROR_LIMITS)
            draw_image(below, linear[column], _metrics(pca_metrics, column))
        for place, name in zip(axes[:, 0], names, strict=True):
            label_row(place, name)
        return page

    return show_in_pages(draw, comparison.count, COLUMNS, start, "reconstructions", folder)


def _metrics(metrics: dict[str, np.ndarray], index: int) -> str:
    error, ssim, sharpness = (metrics[name][index] for name in ("mse", "ssim", "sharpness"))
    return f"MSE {error:.4f}   SSIM {ssim:.2f}\nsharpness {sharpness:.0%}"


def _draw_averages(page: Page, averages: dict[str, float], note: str) -> None:
    bottom, height = 0.72 / page.height, 0.62 / page.height
    ways = {start: way for start, way in WAYS.items() if f"{start}mse" in averages}
    names, colors = zip(*ways.values(), strict=True)
    above = bottom + height + 0.36 / page.height
    page.figure.text(0.115, above, f"{note[:1].upper()}{note[1:]}", size=9, color=QUIET)
    for left, name, title in (
        (0.115, "mse", "MSE: less is better"),
        (0.44, "ssim", "SSIM: more is better"),
        (0.765, "sharpness", "Sharpness kept"),
    ):
        axes = page.figure.add_axes((left, bottom, 0.2, height))
        values = [averages[start + name] for start in ways]
        axes.barh(names, values, color=colors, height=0.78)
        for place, value in enumerate(values):
            axes.text(value + max(values) * 0.012, place, f"{value:.4f}", va="center", size=9)
        axes.invert_yaxis()
        axes.set(xticks=[], xlim=(0, max(values) * 1.18))
        axes.tick_params(length=0, labelcolor=INK)
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.set_title(title, loc="left", size=9)
