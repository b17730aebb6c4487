"""The pictures of README.md that explain the program.

    python -m tests.bench.explain

They are drawn from the shipped model into `assets/demo`: a portrait, its 80 numbers, a face, and a
slider moved; the network; a map of the latent space; faces made sharp; and answers to sketches. No
real portrait is in any of them: the model generates the portrait that it explains itself with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from data.paths import ASSETS
from ui.starts import TEMPERATURE
from ui.views.figures import (
    BLUE,
    INK,
    LINE,
    QUIET,
    RED,
    SAND,
    Page,
    draw_image,
    label_row,
    save,
    styled,
)

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

DEMO_DPI = 110  # dots an inch of the pictures in git
SEED = 0  # of the generated portrait
MOVED = 4  # the slider that is moved
TARGET = 2.5  # standard deviations it is moved to
RANGE = 3.2
SHARPENED = 6  # random faces
SIDE = 7  # faces in a row of the map
REACH = 2.5  # standard deviations to its edges
ACROSS, UP = 1, 2  # the sliders that span it
PASSING = 11  # seed of the face that passes through the network
SIZES = ((80, 88), (40, 44), (20, 22), (10, 11))  # pixels after each halving
SKETCHED = 20  # drawings that are answered
GAP = 26  # between maps, in the units of the drawing: pixels
BASE = 84  # the height of everything's middle


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
    words = (
        f"You drag slider {MOVED + 1}\nfrom {before:+.1f} to {moved[MOVED]:+.1f}.\n"
        "The other 79 stay."
    )
    style = {"ha": "right", "va": "center", "size": 12, "color": RED, "linespacing": 1.6}
    note.text(1, 0.5, words, transform=note.transAxes, **style)
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
    style = {"arrowstyle": "-|>", "mutation_scale": 14, "linewidth": 1.6, "color": colour}
    figure.add_artist(FancyArrowPatch((start, y), (end, y), **style))
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


@styled()
def draw_atlas(engine: FaceEngine, latent: LatentSpace) -> Figure:
    """Draw training codes in the plane of two sliders, and the faces all over that plane."""
    page = Page(
        12,
        6.6,
        "A map of faces",
        "Two of the 80 sliders span a plane. Left: where training portraits lie in it, a round "
        "cloud as the training asks for. Right: the faces that the decoder finds at these places, "
        "most of which no portrait ever took.",
        "All other sliders stand at zero in the right half. Circles: one, two and three standard "
        "deviations.",
    )
    grid = page.grid(1, 2, above=0.1, below=0.3, left=0.07, right=0.98, wspace=0.1)
    cloud = page.figure.add_subplot(grid[0])
    places = latent.to_sliders(latent.gallery)[:, [ACROSS, UP]]
    cloud.plot(places[:, 0], places[:, 1], ".", color=BLUE, markersize=3, alpha=0.45)
    for radius in (1, 2, 3):
        cloud.add_patch(Circle((0, 0), radius, fill=False, color=INK, linewidth=0.8, alpha=0.6))
    ticks = (-3, -2, -1, 0, 1, 2, 3)
    cloud.set(aspect="equal", xlim=(-3.6, 3.6), ylim=(-3.6, 3.6), xticks=ticks, yticks=ticks)
    cloud.set(xlabel=f"slider {ACROSS + 1}", ylabel=f"slider {UP + 1}")

    steps = np.linspace(-REACH, REACH, SIDE)
    sliders = np.zeros((SIDE, SIDE, latent.mean.size), np.float32)
    sliders[..., ACROSS] = steps
    sliders[..., UP] = steps[::-1, None]
    faces = engine.decode(latent.from_sliders(sliders.reshape(SIDE * SIDE, -1)))
    height, width = faces.shape[1:3]
    tiles = faces.reshape(SIDE, SIDE, height, width).swapaxes(1, 2)
    atlas = page.figure.add_subplot(grid[1])
    draw_image(
        atlas, tiles.reshape(SIDE * height, SIDE * width), extent=(-REACH, REACH, -REACH, REACH)
    )
    atlas.set_aspect(height / width)
    atlas.set_axis_on()
    atlas.spines[:].set_visible(False)
    atlas.set(xticks=steps[[0, SIDE // 2, -1]], yticks=steps[[0, SIDE // 2, -1]])
    atlas.set(xlabel=f"slider {ACROSS + 1}")
    atlas.xaxis.set_major_formatter("{x:g}")
    atlas.yaxis.set_major_formatter("{x:g}")
    atlas.tick_params(length=0, colors=QUIET)
    return page.figure


@styled()
def draw_network(
    engine: FaceEngine, latent: LatentSpace, widths: Mapping[str, Sequence[int]]
) -> Figure:
    """Draw the feature maps from a portrait to the codes and on to the face.

    `widths` are `encoder_channels` and `decoder_channels`, four each, as in the model card.
    """
    image = engine.decode(latent.sample(1, np.random.default_rng(PASSING), 0.7))
    codes = engine.encode(image)
    page = Page(
        12,
        4.6,
        "The network",
        "Each box is a stack of feature maps: as high as the maps, as wide as there are many. "
        "Convolutions halve the picture four times; what is left is squeezed into 80 numbers, and "
        "the decoder goes the way back.",
        f"An encoder and a decoder of convolutions, {latent.mean.size} numbers between them. "
        "The picture is one the model made up.",
    )
    axes = page.figure.add_subplot(page.grid(1, 1, above=0.05, below=0.05)[0])
    x = _draw_picture(axes, 0, image[0], "portrait\n160 x 176")
    for size, channels in zip(SIZES, widths["encoder_channels"], strict=True):
        x = _draw_maps(axes, x, size, channels, BLUE)
    axes.text((176 + x) / 2, BASE + 68, "encoder", ha="center", size=13, color=BLUE)
    x = _draw_codes(axes, x, latent.to_sliders(codes)[0])
    after_codes = x
    for size, channels in zip(SIZES[::-1], widths["decoder_channels"], strict=True):
        x = _draw_maps(axes, x, size, channels, SAND)
    axes.text((after_codes + x - GAP) / 2, BASE + 68, "decoder", ha="center", size=13, color=SAND)
    x = _draw_picture(axes, x, engine.decode(codes)[0], "face\n160 x 176")
    axes.set(xlim=(-2, x - GAP + 2), ylim=(-46, 172), aspect="equal")
    axes.set_axis_off()
    return page.figure


def _draw_picture(axes: Axes, x: float, image: np.ndarray, text: str) -> float:
    draw_image(axes, image, extent=(x, x + 176, BASE - 80, BASE + 80))
    axes.text(x + 88, BASE - 92, text, ha="center", va="top", color=INK, linespacing=1.4)
    return x + 176 + GAP


def _draw_maps(axes: Axes, x: float, size: tuple[int, int], channels: int, colour: str) -> float:
    """Draw a stack of feature maps: as high as one of them, half a unit wide for each."""
    height, width = size[0], channels * 0.5
    bottom = BASE - height / 2
    style = {"facecolor": colour, "edgecolor": "white", "alpha": 0.85}
    rounded = "round,pad=0,rounding_size=2"
    axes.add_patch(FancyBboxPatch((x, bottom), width, height, boxstyle=rounded, **style))
    text = f"{size[0]} x {size[1]}\n{channels}"
    style = {"ha": "center", "va": "top", "size": 8, "color": QUIET, "linespacing": 1.4}
    axes.text(x + width / 2, bottom - 12, text, **style)
    return x + width + GAP


def _draw_codes(axes: Axes, x: float, values: np.ndarray) -> float:
    """Draw the 80 numbers as a column of bars."""
    middle, height = x + 16, 150
    places = BASE + np.linspace(height / 2, -height / 2, len(values))
    axes.plot([middle, middle], [places[0] + 4, places[-1] - 4], color=LINE, linewidth=1)
    axes.barh(places, np.clip(values, -3, 3) * 5, left=middle, height=1.3, color=INK)
    axes.text(middle, BASE - 92, "80\nnumbers", ha="center", va="top", color=INK, linespacing=1.4)
    return x + 32 + GAP


def main(folder: Path = ASSETS / "demo") -> list[Path]:
    """Draw the pictures of README.md from the shipped model and return their paths."""
    from data.paths import SHIPPED_MODEL
    from model import load_engine
    from model.folder import read_card
    from model.latent import LatentSpace
    from tests.bench.sketches.imagined import sketches
    from tests.bench.sketches.judge import answers, page

    engine, latent = load_engine(SHIPPED_MODEL), LatentSpace.load(SHIPPED_MODEL)
    widths = read_card(SHIPPED_MODEL)["settings"]["architecture"]
    figures = {
        "explained": draw_explanation(engine, latent),
        "network": draw_network(engine, latent, widths),
        "latent-space": draw_atlas(engine, latent),
    }
    if engine.can_finish:
        figures["sharp"] = draw_sharp(engine, latent)
    paths = [save(figure, name, folder, DEMO_DPI) for name, figure in figures.items()]
    sheet = page(engine, answers(engine, latent), sketches(SKETCHED))
    paths.append(folder / "sketches.png")
    sheet.resize((sheet.width // 2, sheet.height // 2)).save(paths[-1], optimize=True)
    return paths


if __name__ == "__main__":
    main()
