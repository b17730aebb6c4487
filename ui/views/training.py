"""How a training goes: the curve of its losses, and reconstructions as they get better."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.paths import FIGURES_FOLDER
from model.measuring.metrics import image_metrics
from ui.views.figures import save
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
    )
    axes = page.panels(1, 1, above=0.05, below=0.35, left=0.09)[0, 0]
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
        _after(epoch),
        "Portraits the network does not train on, and what it makes of them so far.",
        f"Mean squared error of these: {np.square(images - reconstructions).mean():.5f}",
    )
    _draw_rows(page, {"Portrait": images, "Network": reconstructions})
    return save(page.figure, "training-progress", folder)


@styled()
def draw_finisher_progress(
    images: np.ndarray,
    reconstructions: np.ndarray,
    finished: np.ndarray,
    epoch: int,
    folder: Path = FIGURES_FOLDER,
) -> Path:
    """Draw a few portraits held back, what the network makes of them, and that made sharp so far.

    Args:
        images: float32 (n, 160, 176, 1) in [0, 1], n of 1 to 8 or so.
        reconstructions: the same shape and range.
        finished: the same.
        epoch: how many epochs the finisher has been trained.
        folder: where `finisher-progress.png` is written, over the one before.

    Returns:
        The path of the picture.
    """
    told = (
        f"{name} {np.square(images - faces).mean():.5f} and "
        f"{np.median(image_metrics(images, faces)['sharpness']):.0%}"
        for name, faces in (("network", reconstructions), ("made sharp", finished))
    )
    page = Page(
        12,
        5.2,
        f"{_after(epoch)} of the finisher",
        "Portraits that nothing here is trained on, what the network makes of them, and the same "
        "with detail that the finisher invents.",
        f"Mean squared error and sharpness kept of these: {', '.join(told)}",
    )
    rows = {"Portrait": images, "Network": reconstructions, "Made sharp": finished}
    _draw_rows(page, rows)
    return save(page.figure, "finisher-progress", folder)


def _after(epoch: int) -> str:
    return f"After {epoch} epochs" if epoch != 1 else "After 1 epoch"


def _draw_rows(page: Page, rows: dict[str, np.ndarray]) -> None:
    """Draw rows of images, each with its name."""
    columns = len(rows["Portrait"])
    columns = max(map(len, rows.values()))
    axes = page.panels(len(rows), columns, left=0.1, wspace=0.06, hspace=0.06)
    for places, (name, images) in zip(axes, rows.items(), strict=True):
        for place, image in zip(places, images, strict=True):
            draw_image(place, image)
        label_row(places[0], name)
