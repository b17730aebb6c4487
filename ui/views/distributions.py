"""How the codes are distributed: histograms beside the normal curve, and tables."""

import csv
from pathlib import Path

import numpy as np

from ui.views.output import writing
from ui.views.style import BLUE, INK, LINE, QUIET, RED, Page, styled

ROWS, COLUMNS = 8, 10
RANGE = 4  # standard deviations on either side
BINS = 32
TABLE_BLOCKS = 4
LEVEL = 0.05  # below this p a test calls a slider not normal

Metrics = dict[str, np.ndarray]


@styled()
def draw_codes(codes: np.ndarray, metrics: Metrics, source: str) -> Page:
    """Draw the distribution of every raw code (n, 80), in its own standard deviations."""
    alive = metrics["alive"]
    std = np.maximum(metrics["raw_std"], 1e-12)
    skew = np.abs(metrics["raw_skewness"])
    return _draw_panels(
        (codes - metrics["raw_mean"]) / std,
        dull=~alive,
        title="Are the codes normal?",
        lead="Each panel is one of the 80 numbers the encoder gives, over many portraits; the line "
        "is the normal curve. A code in red hardly moves: it is dead, it says nothing about faces.",
        caption=f"{source}.   Alive: {alive.sum()} of {len(alive)}.   "
        f"Skewness: {skew.mean():.2f} on average, {skew.max():.2f} at most.",
    )


def _not_normal(p: np.ndarray) -> str:
    """Return how many of the tests fail, and how many would by chance."""
    return (
        f"Red: p below {100 * LEVEL:.0f} %, {(p < LEVEL).sum()} of {len(p)}; "
        f"chance alone would give about {LEVEL * len(p):.0f}"
    )


@styled()
def draw_sliders(sliders: np.ndarray, metrics: Metrics, source: str) -> Page:
    """Draw the distribution of every whitened coordinate (n, 80), the value of a slider."""
    p, kurtosis = metrics["ks_p"], np.abs(metrics["excess_kurtosis"])
    skew = np.abs(metrics["skewness"])
    return _draw_panels(
        sliders,
        dull=p < LEVEL,
        title="Are the sliders normal?",
        lead="The same portraits in the coordinates of the sliders: uncorrelated, one unit a "
        "standard deviation, the most telling first. In red what a Kolmogorov-Smirnov test calls "
        f"not normal at {100 * LEVEL:.0f} %.",
        caption=f"{source}.   {_not_normal(p)}.\n"
        f"Skewness: {skew.mean():.2f} on average, {skew.max():.2f} at most.   "
        f"Excess kurtosis: {kurtosis.mean():.2f} on average.",
    )


@styled()
def draw_table(metrics: Metrics, source: str) -> Page:
    """Draw mean, standard deviation and skewness of every raw code, and whether it is alive."""
    alive = metrics["alive"]
    page = Page(
        12,
        7.2,
        "The 80 codes in numbers",
        "Mean, standard deviation and skewness of each code over many portraits. "
        "Dead means a standard deviation below 0.05.",
        caption=f"{source}.   The whole table, sliders included, is in codes-table.csv.",
    )
    _draw_blocks(
        page,
        ("code", "mean", "std. dev.", "skewness", "state"),
        (0.1, 0.32, 0.57, 0.84, 1.0),
        [
            (f"{mean:+.2f}", f"{std:.2f}", f"{skewness:+.2f}", "alive" if lives else "dead")
            for mean, std, skewness, lives in zip(
                metrics["raw_mean"], metrics["raw_std"], metrics["raw_skewness"], alive,
                strict=True,
            )
        ],
        dull=~alive,
    )  # fmt: skip
    return page


@styled()
def draw_slider_table(metrics: Metrics, source: str) -> Page:
    """Draw skewness, excess kurtosis and Kolmogorov-Smirnov test of every whitened coordinate."""
    names = ("skewness", "excess_kurtosis", "ks", "ks_p")
    page = Page(
        12,
        7.2,
        "The 80 sliders in numbers",
        "Skewness and excess kurtosis of normal numbers are 0. KS is the distance from them that "
        "the Kolmogorov-Smirnov test finds, p how often chance alone would take them that far.",
        caption=f"{source}.   {_not_normal(metrics['ks_p'])}.\n"
        "The whole table is in codes-table.csv.",
    )
    _draw_blocks(
        page,
        ("slider", "skewness", "kurtosis", "KS", "p"),
        (0.12, 0.38, 0.6, 0.78, 1.0),
        [
            (f"{skewness:+.2f}", f"{kurtosis:+.2f}", f"{distance:.3f}", _spoken(p))
            for skewness, kurtosis, distance, p in zip(*(metrics[n] for n in names), strict=True)
        ],
        dull=metrics["ks_p"] < LEVEL,
    )
    return page


def _spoken(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "<0.001"


def write_table(metrics: Metrics, path: Path) -> Path:
    """Write all metrics of every unit as CSV, raw codes and sliders side by side."""
    columns = [name for name, values in metrics.items() if name != "mahalanobis2"]
    rows = zip(*(metrics[name] for name in columns), strict=True)
    with writing(path) as new, new.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["unit", *columns])
        for unit, row in enumerate(rows, start=1):
            writer.writerow([unit, *(_plain(value) for value in row)])
    return path


def _plain(value: np.generic) -> str:
    return ("dead", "alive")[int(value)] if value.dtype == bool else f"{value:.5g}"


def _draw_panels(values: np.ndarray, dull: np.ndarray, title: str, lead: str, caption: str) -> Page:
    page = Page(12, 8.4, title, lead, caption)
    grid = page.grid(ROWS, COLUMNS, above=0.12, below=0.15, wspace=0.12, hspace=0.22)
    edges = np.linspace(-RANGE, RANGE, BINS + 1)
    x = np.linspace(-RANGE, RANGE, 161)
    normal = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    for unit in range(min(values.shape[1], ROWS * COLUMNS)):
        axes = page.figure.add_subplot(grid[unit])
        density = np.histogram(values[:, unit], edges, density=True)[0]
        colour = RED if dull[unit] else BLUE
        axes.stairs(np.nan_to_num(density), edges, fill=True, color=colour, alpha=0.55)
        axes.plot(x, normal, color=INK, linewidth=0.9)
        axes.set_xlim(-RANGE, RANGE)
        axes.set_ylim(0, 0.62)
        axes.set_yticks([])
        axes.set_xticks([-3, 0, 3])
        axes.tick_params(labelbottom=unit >= (ROWS - 1) * COLUMNS, length=2, color=LINE)
        axes.spines["left"].set_visible(False)
        axes.text(0.03, 0.97, unit + 1, transform=axes.transAxes, va="top", size=7.5, color=QUIET)
    return page


def _draw_blocks(
    page: Page,
    titles: tuple[str, ...],
    places: tuple[float, ...],
    rows: list[tuple[str, ...]],
    dull: np.ndarray,
) -> None:
    """Draw a table side by side in blocks, each row numbered; in red the rows that are dull."""
    per_block = -(-len(rows) // TABLE_BLOCKS)
    grid = page.grid(1, TABLE_BLOCKS, wspace=0.12)
    for block in range(TABLE_BLOCKS):
        axes = page.figure.add_subplot(grid[block])
        axes.set_axis_off()
        axes.set_xlim(0, 1.02)
        axes.set_ylim(per_block + 0.4, -0.8)
        for x, title in zip(places, titles, strict=True):
            axes.text(x, -0.3, title, ha="right", va="center", size=8, color=QUIET)
        first = block * per_block
        for place, cells in enumerate(rows[first : first + per_block]):
            unit, y = first + place, place + 0.6
            if place % 2 == 0:
                axes.axhspan(y - 0.5, y + 0.5, color=LINE, alpha=0.35, linewidth=0)
            colour = RED if dull[unit] else INK
            for x, text in zip(places, (str(unit + 1), *cells), strict=True):
                axes.text(x, y, text, ha="right", va="center", size=8.5, color=colour)
