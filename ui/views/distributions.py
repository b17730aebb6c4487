"""How the codes are distributed: histograms beside the normal curve, and a table."""

import csv
from pathlib import Path

import numpy as np

from ui.views.figures import writing
from ui.views.style import BLUE, INK, LINE, QUIET, RED, Page, styled

COLUMNS = 10  # panels in a row
RANGE = 4  # standard deviations on either side
BINS = 32
LEVEL = 0.05  # significance level; a slider with a smaller p is called not normal

Metrics = dict[str, np.ndarray]


@styled()
def draw_codes(codes: np.ndarray, metrics: Metrics, source: str) -> Page:
    """Draw the distribution of every raw code (n, d), in its own standard deviations."""
    mean, std, skewness = (metrics[f"raw_{name}"] for name in ("mean", "std", "skewness"))
    alive = metrics["alive"]
    return _draw_panels(
        (codes - mean) / np.maximum(std, 1e-12),
        ~alive,
        [f"{m:+.2f}\n{s:.2f}\n{k:+.2f}" for m, s, k in zip(mean, std, skewness, strict=True)],
        "Are the codes normal?",
        f"Each panel is one of the {len(alive)} numbers the encoder gives, over many portraits; "
        "the line is the normal curve. Beside it: mean, standard deviation and skewness. A code in "
        "red hardly moves: it is dead, it says nothing about faces.",
        f"{source}.   Alive: {alive.sum()} of {len(alive)}.   {_skewness(skewness)}.   "
        "All numbers are in codes-table.csv.",
    )


@styled()
def draw_sliders(sliders: np.ndarray, metrics: Metrics, source: str) -> Page:
    """Draw the distribution of every whitened coordinate (n, d), the value of a slider."""
    skewness, kurtosis, p = (metrics[name] for name in ("skewness", "excess_kurtosis", "ks_p"))
    return _draw_panels(
        sliders,
        p < LEVEL,
        [
            f"{s:+.2f}\n{k:+.2f}\n{f'{each:.3f}' if each >= 0.001 else '<0.001'}"
            for s, k, each in zip(skewness, kurtosis, p, strict=True)
        ],
        "Are the sliders normal?",
        "The same portraits in the coordinates of the sliders: uncorrelated, one unit a "
        "standard deviation, the most telling first. The line is the normal curve around the mean "
        "of these portraits. Beside it: skewness, excess kurtosis (both 0 where normal), and p, "
        "how often normal numbers are that far from it by a Kolmogorov-Smirnov test.",
        f"{source}.   Red: p below {100 * LEVEL:.0f} %, {(p < LEVEL).sum()} of {len(p)}; chance "
        f"alone would give about {LEVEL * len(p):.0f}.\n{_skewness(skewness)}.   "
        f"Excess kurtosis: {np.abs(kurtosis).mean():.2f} on average.",
    )


def _skewness(values: np.ndarray) -> str:
    size = np.abs(values)
    return f"Skewness: {size.mean():.2f} on average, {size.max():.2f} at most"


def _draw_panels(
    values: np.ndarray, marked: np.ndarray, notes: list[str], title: str, lead: str, caption: str
) -> Page:
    """Draw a histogram of each column of values (n, d), red if marked, and the normal curve."""
    page = Page(12, 8.6, title, lead, caption)
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
        color = RED if marked[unit] else BLUE
        axes.stairs(density, edges, fill=True, color=color, alpha=0.55)
        axes.plot(x, normal[:, unit], color=INK, linewidth=0.9)
        axes.set(xlim=(-RANGE, RANGE), ylim=(0, 0.62), xticks=[-3, 0, 3], yticks=[])
        axes.tick_params(labelbottom=unit >= (rows - 1) * COLUMNS, length=2, color=LINE)
        axes.spines["left"].set_visible(False)
        at_top = {"transform": axes.transAxes, "va": "top"}
        axes.text(0.03, 0.97, unit + 1, size=7.5, color=INK, **at_top)
        axes.text(0.99, 0.97, notes[unit], ha="right", size=5.5, color=QUIET, **at_top)
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
