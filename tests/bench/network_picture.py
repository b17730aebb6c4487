"""A drawing of the network: how pixels become 80 numbers and numbers become pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from ui.views.style import BLUE, INK, LINE, QUIET, SAND, Page, draw_image, styled

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

SEED = 11  # of the face that passes through
SIZES = ((80, 88), (40, 44), (20, 22), (10, 11))  # pixels after each halving
GAP = 26  # between maps, in the units of the drawing: pixels
BASE = 84  # the height of everything's middle


@styled()
def draw_network(
    engine: FaceEngine, latent: LatentSpace, widths: Mapping[str, Sequence[int]]
) -> Figure:
    """Draw the feature maps from a portrait to the codes and on to the face.

    Args:
        engine: the trained network.
        latent: the statistics of its training codes.
        widths: `encoder_channels` and `decoder_channels`, four each, as in the model card.
    """
    image = engine.decode(latent.sample(1, np.random.default_rng(SEED), 0.7))
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
    box = FancyBboxPatch(
        (x, BASE - height / 2),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=2",
        facecolor=colour,
        edgecolor="white",
        alpha=0.85,
    )
    axes.add_patch(box)
    text = f"{size[0]} x {size[1]}\n{channels}"
    below = BASE - height / 2 - 12
    axes.text(
        x + width / 2, below, text, ha="center", va="top", size=8, color=QUIET, linespacing=1.4
    )
    return x + width + GAP


def _draw_codes(axes: Axes, x: float, values: np.ndarray) -> float:
    """Draw the 80 numbers as a column of bars."""
    middle, height = x + 16, 150
    places = BASE + np.linspace(height / 2, -height / 2, len(values))
    axes.plot([middle, middle], [places[0] + 4, places[-1] - 4], color=LINE, linewidth=1)
    axes.barh(places, np.clip(values, -3, 3) * 5, left=middle, height=1.3, color=INK)
    axes.text(middle, BASE - 92, "80\nnumbers", ha="center", va="top", color=INK, linespacing=1.4)
    return x + 32 + GAP
