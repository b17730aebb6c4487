"""Pictures of the latent space: distributions, correlations, spectrum, components, directions."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.paths import FIGURES_FOLDER
from ui.views.figures import (
    BLUE,
    DIVERGING,
    INK,
    LINE,
    QUIET,
    RED,
    SAND,
    Page,
    draw_image,
    label_row,
    save,
    show,
    styled,
    writing,
)

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

COMPONENTS = 7  # rows of faces
STEPS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)  # standard deviations
COLUMNS = 10  # histograms in a row
RANGE = 4  # of a histogram, standard deviations on either side
BINS = 32
LEVEL = 0.05  # significance level; a slider with a smaller p is called not normal

Metrics = dict[str, np.ndarray]


def show_latent_space(
    engine: FaceEngine,
    latent: LatentSpace,
    codes: np.ndarray,
    metrics: Metrics,
    source: str,
    effects: dict[str, dict[str, float]],
    folder: Path = FIGURES_FOLDER,
) -> list[Path]:
    """Draw, save and show what the raw codes (n, d) of many portraits look like.

    Args:
        engine: the trained network.
        latent: the statistics of its training codes.
        codes: float32 (n, d).
        metrics: what `model.measuring.metrics.code_metrics` says about them.
        source: whose codes these are, for the captions.
        effects: of the named directions, as the model card has them.
        folder: where pictures and table are saved; their paths are returned.
    """
    sliders = latent.to_sliders(codes)
    pages: dict[str, Page] = {
        "codes-distribution": draw_codes(codes, metrics, source),
        "sliders-distribution": draw_sliders(sliders, metrics, source),
        "codes-correlation": draw_correlation(codes, source),
        "codes-spectrum": draw_spectrum(latent.scales, "Codes of the training portraits"),
        "codes-components": draw_components(engine, latent),
    }
    if latent.directions:
        pages["codes-directions"] = draw_directions(engine, latent, effects)
    paths = [save(page.figure, name, folder) for name, page in pages.items()]
    paths.append(write_table(metrics, Path(folder) / "codes-table.csv"))
    show(list(pages.values()).__getitem__, len(pages))
    return paths


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


@styled()
def draw_correlation(codes: np.ndarray, source: str) -> Page:
    """Draw the correlation matrix of raw codes (n, d)."""
    centred = codes - codes.mean(axis=0)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=0), 1e-12)
    matrix = unit.T @ unit
    others = np.abs(matrix[~np.eye(len(matrix), dtype=bool)])
    page = Page(
        8.2,
        8.5,
        "Do the codes know of each other?",
        "Correlation of every code with every other. White means independent; strong colors off "
        "the diagonal mean that two codes tell partly the same. The sliders undo this.",
        f"{source}.\nMean absolute correlation off the diagonal: {others.mean():.3f}, "
        f"largest: {others.max():.2f}.",
    )
    axes = page.panels(1, 1, above=0.1, below=0.4, left=0.09, right=0.86)[0, 0]
    picture = axes.imshow(matrix, cmap=DIVERGING, vmin=-1, vmax=1, interpolation="nearest")
    axes.set(xlabel="code", ylabel="code")
    axes.set_xticks(ticks := np.arange(9, len(matrix), 10), ticks + 1)
    axes.set_yticks(ticks, ticks + 1)
    axes.spines[:].set_visible(False)
    bar = page.figure.colorbar(picture, cax=axes.inset_axes((1.04, 0, 0.035, 1)), ticks=(-1, 0, 1))
    bar.outline.set_visible(False)
    return page


@styled()
def draw_spectrum(scales: np.ndarray, source: str) -> Page:
    """Draw the share of the codes' variance in each slider, of standard deviations scales (d,)."""
    share = np.square(scales) / np.square(scales).sum()
    total = np.cumsum(share)
    half, most = 1 + np.searchsorted(total, (0.5, 0.9))
    page = Page(
        10,
        6.2,
        "Where the variance is",
        "Bars: the share of the codes' variance that each slider holds. "
        "Line: what the first sliders hold together.",
        f"{source}.   Half of the variance is in the first {half}, 90 % in the first {most}.",
    )
    axes = page.panels(1, 1, above=0.1, below=0.35, left=0.08, right=0.92)[0, 0]
    places = np.arange(1, len(share) + 1)
    axes.bar(places, share * 100, color=[BLUE if i <= 16 else SAND for i in places], width=0.8)
    axes.set(xlabel="slider (the first sixteen are the large ones)", ylabel="share, %")
    axes.set_xlim(0, len(share) + 1)
    above = axes.twinx()
    above.plot(places, total * 100, color=INK)
    above.set(ylim=(0, 102), ylabel="together, %")
    return page


@styled()
def draw_components(engine: FaceEngine, latent: LatentSpace) -> Page:
    """Draw what the first sliders do to the mean face, from -3 to 3 standard deviations."""
    sliders = np.zeros((COMPONENTS, len(STEPS), latent.mean.size))
    for row in range(COMPONENTS):
        sliders[row, :, row] = STEPS
    faces = engine.decode(latent.from_sliders(np.concatenate(sliders)))
    page = Page(
        9.4,
        9.3,
        "What the first sliders do",
        "Each row moves one slider and leaves the others at the mean face, which is the middle "
        "column. Nobody named these: they are the directions in which portraits differ most.",
        f"Decoded by the {engine.title}.",
    )
    axes = page.panels(COMPONENTS, len(STEPS), above=0.25, left=0.12, wspace=0.05, hspace=0.05)
    _draw_steps(axes, faces, [f"slider {row + 1}" for row in range(COMPONENTS)])
    return page


@styled()
def draw_directions(
    engine: FaceEngine, latent: LatentSpace, effects: dict[str, dict[str, float]]
) -> Page:
    """Draw what the named directions do to the mean face, and how well each works."""
    names = list(latent.directions)
    steps = np.array([latent.directions[name] for name in names])
    places = latent.mean + np.array(STEPS)[:, np.newaxis] * steps[:, np.newaxis]
    faces = engine.decode(places.reshape(-1, latent.latent_dim).astype(np.float32))
    page = Page(
        9.4,
        1.9 + 0.62 * len(names),
        "What the named directions do",
        "Each row moves the mean face, the middle column, along one attribute. Beside it: the "
        "correlation of what is read in portraits left out of the fit with what was measured; how "
        "far the reading rises and how far the others move when faces are moved by 2.",
        f"Decoded by the {engine.title}. Readings of decoded faces, in standard deviations.",
    )
    axes = page.panels(
        len(names), len(STEPS), above=0.25, left=0.17, right=0.68, wspace=0.05, hspace=0.05
    )
    _draw_steps(axes, faces, names)
    columns = {"correlation": "correlation", "own": "rises by", "others": "others by"}
    for x, (key, heading) in zip((1.6, 2.8, 4), columns.items(), strict=True):
        top = axes[0, -1]
        top.text(x, 1.12, heading, transform=top.transAxes, ha="center", color=QUIET)
        for name, last in zip(names, axes[:, -1], strict=True):
            worth = effects.get(name, {}).get(key)
            text = "" if worth is None else f"{worth:.2f}"
            last.text(x, 0.5, text, transform=last.transAxes, ha="center", va="center")
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


def _draw_steps(axes: np.ndarray, faces: np.ndarray, names: list[str]) -> None:
    """Draw faces row by row, each row beside its name, under the step of each column."""
    for place, name in zip(axes[:, 0], names, strict=True):
        label_row(place, name)
    for place, face in zip(axes.flat, faces, strict=True):
        draw_image(place, face)
    for place, step in zip(axes[0], STEPS, strict=True):
        place.set_title("mean" if step == 0 else f"{step:+.0f} sd", color=QUIET)


def _plain(value: np.generic) -> str:
    return ("dead", "alive")[int(value)] if value.dtype == bool else f"{value:.5g}"
