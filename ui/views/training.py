"""How a training goes: the curve of its losses, and reconstructions as they get better."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.paths import FIGURES_FOLDER
from ui.views.output import save
from ui.views.style import BLUE, QUIET, SAND, Page, draw_image, label_row, styled


@styled()
def draw_training_curve(history: Sequence[dict[str, float]], folder: Path = FIGURES_FOLDER) -> Path:
    """Draw the reconstruction error of every epoch, trained and validation.

    Args:
        history: one dictionary an epoch with `epoch`, `mse`, `val_mse`, `val_loss`; at least one.
        folder: where `training-curve.png` is written.

    Returns:
        The path of the picture.
    """
    epochs = [row["epoch"] for row in history]
    held_out = [row["val_mse"] for row in history]
    best = int(np.argmin([row["val_loss"] for row in history]))
    page = Page(
        10,
        6,
        "How the training went",
        "Mean squared error of reconstructions, of portraits trained on and of portraits held "
        "back. Lower is better.",
        f"Kept so far: the weights of epoch {epochs[best]:.0f}, whose loss on portraits held back "
        f"is the lowest; their error is {held_out[best]:.5f}.",
        window=False,
    )
    axes = page.grid(1, 1, above=0.05, below=0.35, left=0.09).subplots()
    axes.plot(epochs, [row["mse"] for row in history], color=SAND, label="trained on")
    axes.plot(epochs, held_out, color=BLUE, label="held back")
    axes.plot(epochs[best], held_out[best], "o", color=BLUE, markersize=7)
    axes.set(xlabel="epoch", ylabel="mean squared error", yscale="log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.grid(axis="y", which="both", linewidth=0.6)
    axes.legend(labelcolor=QUIET)
    return save(page.figure, "training-curve", folder)


@styled()
def draw_training_progress(
    images: np.ndarray, reconstructions: np.ndarray, epoch: int, folder: Path = FIGURES_FOLDER
) -> Path:
    """Draw a few portraits held back above what the network makes of them so far.

    Args:
        images: float32 (n, 160, 176, 1) in [0, 1], n of 1 to 8 or so.
        reconstructions: the same shape and range.
        epoch: how many epochs have been trained.
        folder: where `training-progress.png` is written, over the one before.

    Returns:
        The path of the picture.
    """
    page = Page(
        12,
        4.2,
        f"After {epoch} epochs" if epoch != 1 else "After 1 epoch",
        "Portraits the network does not train on, and what it makes of them so far.",
        f"Mean squared error of these: {np.square(images - reconstructions).mean():.5f}",
        window=False,
    )
    grid = page.grid(2, len(images), left=0.1, wspace=0.06, hspace=0.06)
    axes = grid.subplots(squeeze=False)
    for place, image in zip(axes.flat, [*images, *reconstructions], strict=True):
        draw_image(place, image)
    label_row(axes[0, 0], "Portrait")
    label_row(axes[1, 0], "Network")
    return save(page.figure, "training-progress", folder)
