"""Pictures of what a model can do, none of a real portrait.

    python -m tests.bench.gallery [--model FOLDER] [--arrays FOLDER] [--out FOLDER]

Reconstructions of unseen portraits, a hundred samples, what single sliders and named directions do,
and answers to sketches, into `assets/demo`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from data.paths import DEMO_FOLDER, NUMPY_FOLDER
from ui.views.figures import DEMO_DPI, save
from ui.views.style import LINE, Page, draw_image, styled

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

SEED = 0  # of the samples
SAMPLES = 100
SAMPLED_COLUMNS = 10
RECONSTRUCTED = 48
RECONSTRUCTED_COLUMNS = 12
STOPS = (-3, -2, -1, 0, 1, 2, 3)  # standard deviations
TRAVERSED = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20)  # sliders, of falling variance
SKETCHED = 20
HALF = 2  # faces are shown at half their size


@styled()
def draw_reconstructions(engine: FaceEngine, portraits: np.ndarray) -> Figure:
    """Draw reconstructions of portraits, uint8 (n, 171, 186, 1), evenly chosen from all."""
    from model.measuring.metrics import evenly_spaced, image_blocks

    chosen = evenly_spaced(portraits, RECONSTRUCTED)
    faces = [engine.decode(engine.encode(images)) for images in image_blocks(chosen)]
    return _sheet(
        np.concatenate(faces),
        RECONSTRUCTED_COLUMNS,
        "What 80 numbers keep",
        "Reconstructions of portraits that the network has not seen. Pose, light, hair, glasses "
        "and smile come through; pores, patterns and single curls do not fit into 80 numbers.",
        f"{len(chosen)} of {len(portraits)} unseen portraits, evenly chosen.",
    )


@styled()
def draw_samples(engine: FaceEngine, latent: LatentSpace) -> Figure:
    """Draw a hundred codes from the normal distribution of the training codes, decoded."""
    codes = latent.sample(SAMPLES, np.random.default_rng(SEED))
    return _sheet(
        engine.decode(codes),
        SAMPLED_COLUMNS,
        "A hundred people who do not exist",
        "Each between the codes of two portraits, with some chance added to all 80 numbers.",
        f"Temperature 1, seed {SEED}, none left out.",
    )


@styled()
def draw_traversals(engine: FaceEngine, latent: LatentSpace) -> Figure:
    """Draw one row of faces for each named direction and for some sliders, from -3 to 3."""
    middle = latent.from_sliders(np.zeros((1, latent.mean.size), np.float32))
    rows = {
        name: middle + np.array(STOPS, np.float32)[:, np.newaxis] * step
        for name, step in latent.directions.items()
    }
    for number in TRAVERSED:
        sliders = np.zeros((len(STOPS), latent.mean.size), np.float32)
        sliders[:, number] = STOPS
        rows[f"slider {number + 1}"] = latent.from_sliders(sliders)

    half = -(-len(rows) // 2)
    page = Page(
        12,
        1.6 + 0.73 * half,
        "What one slider does",
        "The mean face, with one slider or named direction moved and all others at zero.",
        f"From {STOPS[0]} to {STOPS[-1]} standard deviations. Sliders are numbered by falling "
        "variance.",
    )
    grid = page.grid(half, 2, left=0.15, right=0.985, wspace=0.2, hspace=0.06)
    for place, (name, codes) in enumerate(rows.items()):
        axes = page.figure.add_subplot(grid[place % half, place // half])
        draw_image(axes, _tiles(engine.decode(codes), len(STOPS)))
        axes.text(-0.02, 0.5, name, transform=axes.transAxes, ha="right", va="center", size=9)
    return page.figure


def _sheet(faces: np.ndarray, columns: int, title: str, lead: str, caption: str) -> Figure:
    """Draw faces (n, 160, 176, 1) edge to edge."""
    tiles = _tiles(faces, columns)
    height = 11.1 * tiles.shape[0] / tiles.shape[1]
    page = Page(12, 1.7 + height, title, lead, caption)
    draw_image(page.figure.add_subplot(page.grid(1, 1)[0]), tiles)
    return page.figure


def _tiles(faces: np.ndarray, columns: int) -> np.ndarray:
    """Lay out faces (n, 160, 176, 1) at half their size, `columns` in a row: (height, width)."""
    n, height, width = len(faces), faces.shape[1] // HALF, faces.shape[2] // HALF
    small = faces.reshape(n, height, HALF, width, HALF).mean(axis=(2, 4))
    rows = -(-n // columns)
    paper = np.full((rows * columns, height, width), int(LINE[1:3], 16) / 255, np.float32)
    paper[:n] = small
    tiles = paper.reshape(rows, columns, height, width).swapaxes(1, 2)
    return tiles.reshape(rows * height, columns * width)


def main(arguments: Sequence[str] | None = None) -> list[Path]:
    """Draw the pictures and return their paths."""
    parser = argparse.ArgumentParser(description="Pictures of what a model can do.")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one without")
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER, help="of prepare_data()")
    parser.add_argument("--out", type=Path, default=DEMO_FOLDER, help="where the pictures go")
    options = parser.parse_args(arguments)

    from data import load_arrays
    from data.paths import SHIPPED_MODEL
    from model.latent import LatentSpace
    from model.loading import load_engine
    from tests.bench.sketches.imagined import sketches
    from tests.bench.sketches.judge import answers, page

    folder = options.model or SHIPPED_MODEL
    engine, latent = load_engine(folder), LatentSpace.load(folder)
    figures = {
        "reconstructions": draw_reconstructions(engine, load_arrays(options.arrays)[1]),
        "samples": draw_samples(engine, latent),
        "traversals": draw_traversals(engine, latent),
    }
    paths = [save(figure, name, options.out, DEMO_DPI) for name, figure in figures.items()]
    sheet = page(engine, answers(engine, latent), sketches(SKETCHED))
    paths.append(options.out / "sketches.png")
    sheet.resize((sheet.width // HALF, sheet.height // HALF)).save(paths[-1], optimize=True)
    return paths


if __name__ == "__main__":
    main()
