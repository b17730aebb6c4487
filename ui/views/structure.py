"""How the codes hang together: correlations, the variance spectrum, and what components do."""

import numpy as np

from ui.views.style import (
    BLUE,
    DIVERGING,
    INK,
    LINE,
    QUIET,
    SAND,
    Page,
    draw_image,
    label_row,
    styled,
)

COMPONENTS = 7  # rows of faces
STEPS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)  # standard deviations
NAMED_SHARES = (0.5, 0.9)


@styled()
def draw_correlation(codes: np.ndarray, source: str) -> Page:
    """Draw the correlation matrix of raw codes (n, 80)."""
    centred = codes - codes.mean(axis=0)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=0), 1e-12)
    matrix = unit.T @ unit
    others = np.abs(matrix[~np.eye(len(matrix), dtype=bool)])
    page = Page(
        8.2,
        8.5,
        "Do the codes know of each other?",
        "Correlation of every code with every other. White means independent; strong colours off "
        "the diagonal mean that two codes tell partly the same. The sliders undo this.",
        f"{source}.   Mean absolute correlation off the diagonal: {others.mean():.3f}, "
        f"largest: {others.max():.2f}.",
    )
    axes = page.figure.add_subplot(page.grid(1, 1, above=0.1, below=0.4, left=0.09, right=0.86)[0])
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
    """Draw how much of the codes' variance each slider holds.

    Args:
        scales: (80,) standard deviations along the components, largest first.
        source: which codes these are.
    """
    share = np.square(scales) / np.square(scales).sum()
    total = np.cumsum(share)
    needed = [1 + int(np.searchsorted(total, wanted)) for wanted in NAMED_SHARES]
    page = Page(
        10,
        6.2,
        "Where the variance is",
        "Bars: the share of the codes' variance that each slider holds. "
        "Line: what the first sliders hold together.",
        f"{source}.   Half of the variance is in the first {needed[0]}, "
        f"90 % in the first {needed[1]}.",
    )
    axes = page.figure.add_subplot(page.grid(1, 1, above=0.1, below=0.35, left=0.08, right=0.92)[0])
    places = np.arange(1, len(share) + 1)
    axes.bar(places, share * 100, color=[BLUE if i <= 16 else SAND for i in places], width=0.8)
    axes.set(xlabel="slider (the first sixteen are the large ones)", ylabel="share, %")
    axes.set_xlim(0, len(share) + 1)
    axes.spines["left"].set_color(LINE)
    above = axes.twinx()
    above.plot(places, total * 100, color=INK)
    above.set(ylim=(0, 102), ylabel="together, %")
    return page


@styled()
def draw_components(engine, latent) -> Page:
    """Draw what the first sliders do to the mean face, from -3 to 3 standard deviations."""
    sliders = np.zeros((COMPONENTS * len(STEPS), latent.mean.size), np.float32)
    for row in range(COMPONENTS):
        sliders[row * len(STEPS) : (row + 1) * len(STEPS), row] = STEPS
    faces = engine.decode(latent.from_sliders(sliders))
    page = Page(
        9.4,
        9.3,
        "What the first sliders do",
        "Each row moves one slider and leaves the other 79 at the mean face, which is the middle "
        "column. Nobody named these: they are the directions in which portraits differ most.",
        f"Decoded by the {engine.title}.",
    )
    grid = page.grid(COMPONENTS, len(STEPS), above=0.25, left=0.12, wspace=0.05, hspace=0.05)
    for place, face in enumerate(faces):
        axes = page.figure.add_subplot(grid[place])
        row, column = divmod(place, len(STEPS))
        draw_image(axes, face)
        if row == 0:
            step = STEPS[column]
            axes.set_title("mean" if step == 0 else f"{step:+.0f} sd", color=QUIET)
        if column == 0:
            label_row(axes, f"slider {row + 1}")
    return page
