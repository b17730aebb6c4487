"""The pictures of README.md that explain the program.

    python -m tests.bench.explain

They are drawn from the shipped model into `assets/demo`: a portrait, its 80 numbers, a face, and a
slider moved, and faces made sharp (here), the network, and the latent space. No real portrait is in
any of them: the model generates the portrait that it explains itself with.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from data.paths import DEMO_FOLDER
from ui.views.figures import DEMO_DPI, save
from ui.views.style import BLUE, INK, LINE, QUIET, RED, Page, draw_image, label_row, styled

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

SEED = 0  # of the generated portrait
TEMPERATURE = 0.8
MOVED = 4  # the slider that is moved
TARGET = 2.5  # standard deviations it is moved to
RANGE = 3.2
SHARPENED = 6  # random faces


@styled()
def draw_explanation(engine: FaceEngine, latent: LatentSpace) -> Figure:
    """Draw a generated portrait through the encoder and the decoder, and one slider moved."""
    generated = latent.sample(1, np.random.default_rng(SEED), TEMPERATURE)
    portrait = engine.decode(generated)
    values = latent.to_sliders(engine.encode(portrait))[0]
    moved = values.copy()
    moved[MOVED] = TARGET if values[MOVED] < 0 else -TARGET
    faces = engine.decode(latent.from_sliders(np.stack([values, moved])))

    page = Page(
        12,
        6.6,
        "A face is 80 numbers",
        "The encoder squeezes the 28,160 pixels of a portrait into 80 numbers. The decoder makes a "
        "face of them, and of any others: move one, and you look at a person nobody has met.",
        "The portrait is made up by the model itself. Bars are in standard deviations; the first "
        "matter most.",
    )
    grid = page.grid(
        2, 3, above=0.25, below=0.05, wspace=0.42, hspace=0.36, width_ratios=(1, 1.75, 1)
    )
    start, bars, face = (page.figure.add_subplot(grid[0, column]) for column in range(3))
    note, moved_bars, moved_face = (page.figure.add_subplot(grid[1, column]) for column in range(3))
    draw_image(start, portrait[0])
    start.set_title("a portrait")
    _draw_bars(bars, values, "its 80 numbers: the sliders")
    draw_image(face, faces[0])
    face.set_title("the face they stand for")
    _draw_bars(moved_bars, moved, "the same, with one slider moved", MOVED)
    draw_image(moved_face, faces[1])
    moved_face.set_title("another face")
    note.set_axis_off()
    before = round(float(values[MOVED]), 1) + 0.0  # -0.0 is 0
    note.text(
        1,
        0.5,
        f"You drag slider {MOVED + 1}\nfrom {before:+.1f} to {moved[MOVED]:+.1f}.\n"
        "The other 79 stay.",
        ha="right",
        va="center",
        size=12,
        color=RED,
        linespacing=1.6,
        transform=note.transAxes,
    )
    _draw_arrow(page.figure, start, bars, "encoder")
    _draw_arrow(page.figure, bars, face, "decoder")
    _draw_arrow(page.figure, note, moved_bars, "", RED)
    _draw_arrow(page.figure, moved_bars, moved_face, "decoder")
    return page.figure


def _draw_bars(axes: Axes, values: np.ndarray, title: str, marked: int | None = None) -> None:
    colours = [RED if place == marked else BLUE for place in range(len(values))]
    axes.bar(np.arange(len(values)), np.clip(values, -RANGE, RANGE), color=colours, width=0.72)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set(xlim=(-1, len(values)), ylim=(-RANGE, RANGE), yticks=(-3, 0, 3), xticks=())
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_color(LINE)
    axes.set_title(title)


def _draw_arrow(figure: Figure, left: Axes, right: Axes, text: str, colour: str = QUIET) -> None:
    """Draw an arrow across the gap between two axes of one row."""
    figure.draw_without_rendering()  # images take their true place only when drawn
    one, other = left.get_position(), right.get_position()
    y = (one.y0 + one.y1) / 2
    start, end = one.x1 + 0.012, other.x0 - (0.012 if right.images else 0.03)
    figure.add_artist(
        FancyArrowPatch(
            (start, y), (end, y), arrowstyle="-|>", mutation_scale=14, linewidth=1.6, color=colour
        )
    )
    figure.text((start + end) / 2, y + 0.02, text, ha="center", size=9, color=colour)


@styled()
def draw_sharp(engine: FaceEngine, latent: LatentSpace) -> Figure:
    """Draw random faces as the decoder makes them, and made sharp below."""
    codes = latent.sample(SHARPENED, np.random.default_rng(SEED), TEMPERATURE)
    page = Page(
        12,
        5,
        "What could be there",
        "Random faces, and the same made sharp. The decoder answers with the mean of all faces "
        "that fit, and a mean has no hair. The finisher adds what a critic takes for a photograph.",
        "The detail in the lower row is invented: the 80 numbers are the same.",
    )
    axes = page.panels(2, SHARPENED, left=0.1, wspace=0.06, hspace=0.06)
    rows = {"Decoder": engine.decode(codes), "Made sharp": engine.finish(codes)}
    for places, (name, faces) in zip(axes, rows.items(), strict=True):
        for place, image in zip(places, faces, strict=True):
            draw_image(place, image)
        label_row(places[0], name)
    return page.figure


def main(folder: Path = DEMO_FOLDER) -> list[Path]:
    """Draw the pictures of README.md from the shipped model and return their paths."""
    from data.paths import SHIPPED_MODEL
    from model.folder import read_card
    from model.latent import LatentSpace
    from model.loading import load_engine
    from tests.bench.atlas import draw_atlas
    from tests.bench.network_picture import draw_network

    engine, latent = load_engine(SHIPPED_MODEL), LatentSpace.load(SHIPPED_MODEL)
    widths = read_card(SHIPPED_MODEL)["settings"]["architecture"]
    figures = {
        "explained": draw_explanation(engine, latent),
        "network": draw_network(engine, latent, widths),
        "latent-space": draw_atlas(engine, latent),
    }
    if engine.can_finish:
        figures["sharp"] = draw_sharp(engine, latent)
    return [save(figure, name, folder, DEMO_DPI) for name, figure in figures.items()]


if __name__ == "__main__":
    main()
