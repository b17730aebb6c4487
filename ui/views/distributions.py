"""How the codes are distributed: histograms beside the normal curve, and tables."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ui.views.figures import writing
from ui.views.style import BLUE, INK, LINE, QUIET, RED, Page, styled

COLUMNS = 10  # panels in a row
RANGE = 4  # standard deviations on either side
BINS = 32
TABLE_BLOCKS = 4
LEVEL = 0.05  # significance level; a slider with a smaller p is called not normal

Metrics = dict[str, np.ndarray]
Columns = dict[str, tuple[float, Sequence]]  # heading: (right edge, 0 to 1; cells)


@styled()
def draw_codes(codes: np.ndarray, metrics: Metrics, source: str) -> Page:
    """Draw the distribution of every raw code (n, d), in its own standard deviations."""
    alive = metrics["alive"]
    return _draw_panels(
        (codes - metrics["raw_mean"]) / np.maximum(metrics["raw_std"], 1e-12),
        ~alive,
        "Are the codes normal?",
        f"Each panel is one of the {len(alive)} numbers the encoder gives, over many portraits; "
        "the line is the normal curve. A code in red hardly moves: it is dead, it says nothing "
        "about faces.",
        f"{source}.   Alive: {alive.sum()} of {len(alive)}.   "
        f"{_skewness(metrics['raw_skewness'])}.",
    )


@styled()
def draw_sliders(sliders: np.ndarray, metrics: Metrics, source: str) -> Page:
    """Draw the distribution of every whitened coordinate (n, d), the value of a slider."""
    p, kurtosis = metrics["ks_p"], np.abs(metrics["excess_kurtosis"])
    return _draw_panels(
        sliders,
        p < LEVEL,
        "Are the sliders normal?",
        "The same portraits in the coordinates of the sliders: uncorrelated, one unit a "
        "standard deviation, the most telling first. The line is the normal curve around the mean "
        "of these portraits; in red what a Kolmogorov-Smirnov test calls not normal around it at "
        f"{100 * LEVEL:.0f} %.",
        f"{source}.   {_not_normal(p)}.\n{_skewness(metrics['skewness'])}.   "
        f"Excess kurtosis: {kurtosis.mean():.2f} on average.",
    )


def _skewness(values: np.ndarray) -> str:
    size = np.abs(values)
    return f"Skewness: {size.mean():.2f} on average, {size.max():.2f} at most"


def _not_normal(p: np.ndarray) -> str:
    """Return how many of the tests fail, and how many would by chance."""
    return (
        f"Red: p below {100 * LEVEL:.0f} %, {(p < LEVEL).sum()} of {len(p)}; "
        f"chance alone would give about {LEVEL * len(p):.0f}"
    )


def _draw_panels(
    values: np.ndarray, marked: np.ndarray, title: str, lead: str, caption: str
) -> Page:
    """Draw a histogram of each column of values (n, d), and the normal curve around its mean.

    Columns marked in (d,) are red.
    """
    page = Page(12, 8.4, title, lead, caption)
    rows = -(-values.shape[1] // COLUMNS)
    panels = page.panels(rows, COLUMNS, above=0.12, below=0.15, wspace=0.12, hspace=0.22)
    edges = np.linspace(-RANGE, RANGE, BINS + 1)
    x = np.linspace(-RANGE, RANGE, 161)
    normal = np.exp(-((x[:, np.newaxis] - values.mean(axis=0)) ** 2) / 2) / np.sqrt(2 * np.pi)
    for unit, axes in enumerate(panels.flat):
        if unit >= values.shape[1]:
            axes.set_axis_off()
            continue
        density = np.histogram(values[:, unit], edges)[0] / (len(values) * (edges[1] - edges[0]))
        colour = RED if marked[unit] else BLUE
        axes.stairs(density, edges, fill=True, color=colour, alpha=0.55)
        axes.plot(x, normal[:, unit], color=INK, linewidth=0.9)
        axes.set(xlim=(-RANGE, RANGE), ylim=(0, 0.62), xticks=[-3, 0, 3], yticks=[])
        axes.tick_params(labelbottom=unit >= (rows - 1) * COLUMNS, length=2, color=LINE)
        axes.spines["left"].set_visible(False)
        axes.text(0.03, 0.97, unit + 1, transform=axes.transAxes, va="top", size=7.5, color=QUIET)
    return page


@styled()
def draw_table(metrics: Metrics, source: str) -> Page:
    """Draw mean, standard deviation and skewness of every raw code, and whether it is alive."""
    alive = metrics["alive"]
    return _draw_table(
        f"The {len(alive)} codes in numbers",
        "Mean, standard deviation and skewness of each code over many portraits. "
        "Dead means a standard deviation below 0.05.",
        f"{source}.   The whole table, sliders included, is in codes-table.csv.",
        {
            "code": (0.1, range(1, len(alive) + 1)),
            "mean": (0.32, [f"{mean:+.2f}" for mean in metrics["raw_mean"]]),
            "std. dev.": (0.57, [f"{std:.2f}" for std in metrics["raw_std"]]),
            "skewness": (0.84, [f"{skewness:+.2f}" for skewness in metrics["raw_skewness"]]),
            "state": (1.0, ["alive" if lives else "dead" for lives in alive]),
        },
        ~alive,
    )


@styled()
def draw_slider_table(metrics: Metrics, source: str) -> Page:
    """Draw skewness, excess kurtosis and Kolmogorov-Smirnov test of every whitened coordinate."""
    p = metrics["ks_p"]
    return _draw_table(
        f"The {len(p)} sliders in numbers",
        "Skewness and excess kurtosis of normal numbers are 0. KS is the distance from them that "
        "the Kolmogorov-Smirnov test finds, p how often chance alone would take them that far.",
        f"{source}.   {_not_normal(p)}.\nThe whole table is in codes-table.csv.",
        {
            "slider": (0.12, range(1, len(p) + 1)),
            "skewness": (0.38, [f"{skewness:+.2f}" for skewness in metrics["skewness"]]),
            "kurtosis": (0.6, [f"{kurtosis:+.2f}" for kurtosis in metrics["excess_kurtosis"]]),
            "KS": (0.78, [f"{distance:.3f}" for distance in metrics["ks"]]),
            "p": (1.0, [f"{each:.3f}" if each >= 0.001 else "<0.001" for each in p]),
        },
        p < LEVEL,
    )


def _draw_table(title: str, lead: str, caption: str, columns: Columns, marked: np.ndarray) -> Page:
    """Draw a table in blocks beside each other; rows that are marked (d,) are red."""
    page = Page(12, 7.2, title, lead, caption)
    per_block = -(-len(marked) // TABLE_BLOCKS)
    for block, axes in enumerate(page.panels(1, TABLE_BLOCKS, wspace=0.12)[0]):
        axes.set_axis_off()
        axes.set(xlim=(0, 1.02), ylim=(per_block + 0.4, -0.8))
        rows = range(len(marked))[block * per_block : (block + 1) * per_block]
        for place in range(0, len(rows), 2):
            axes.axhspan(place + 0.1, place + 1.1, color=LINE, alpha=0.35, linewidth=0)
        for heading, (x, cells) in columns.items():
            axes.text(x, -0.3, heading, ha="right", va="center", size=8, color=QUIET)
            for place, row in enumerate(rows):
                colour = RED if marked[row] else INK
                axes.text(
                    x, place + 0.6, cells[row], ha="right", va="center", size=8.5, color=colour
                )
    return page


def write_table(metrics: Metrics, path: Path) -> Path:
    """Write all metrics of every unit as CSV, raw codes and sliders side by side."""
    columns = {name: values for name, values in metrics.items() if name != "mahalanobis2"}
    with writing(path) as new, new.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["unit", *columns])
        for unit, row in enumerate(zip(*columns.values(), strict=True), start=1):
            writer.writerow([unit, *(_plain(value) for value in row)])
    return path


def _plain(value: np.generic) -> str:
    return ("dead", "alive")[int(value)] if value.dtype == bool else f"{value:.5g}"
