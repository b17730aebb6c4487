"""A map of the latent space: where the portraits lie in it, and which faces lie there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from ui.views.style import BLUE, INK, QUIET, Page, draw_image, styled

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

SIDE = 7  # faces in a row of the map
RANGE = 2.5  # standard deviations to its edges
ACROSS, UP = 1, 2  # the sliders that span it


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

    steps = np.linspace(-RANGE, RANGE, SIDE)
    sliders = np.zeros((SIDE, SIDE, latent.mean.size), np.float32)
    sliders[..., ACROSS] = steps
    sliders[..., UP] = steps[::-1, None]
    faces = engine.decode(latent.from_sliders(sliders.reshape(SIDE * SIDE, -1)))
    height, width = faces.shape[1:3]
    tiles = faces.reshape(SIDE, SIDE, height, width).swapaxes(1, 2)
    atlas = page.figure.add_subplot(grid[1])
    draw_image(
        atlas,
        tiles.reshape(SIDE * height, SIDE * width),
        extent=(-RANGE, RANGE, -RANGE, RANGE),
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
