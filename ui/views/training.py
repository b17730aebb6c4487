"""How a training goes: the curve of its errors, and reconstructions as they improve."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.paths import FIGURES_FOLDER
from model.measuring.metrics import image_metrics
from ui.views.figures import BLUE, QUIET, SAND, Page, draw_image, label_row, save, styled


def draw_training(
    history: Sequence[dict[str, float]],
    pictures: dict[str, np.ndarray],
    folder: Path = FIGURES_FOLDER,
) -> list[Path]:
    """Draw the progress of a training, replacing earlier pictures.

    Args:
        history: one dictionary an epoch with `epoch`, `mse`, `val_mse`, `val_loss`; at least one.
        pictures: "Portrait" and "Network", portraits held back and their reconstructions, and in
            the training of a finisher "Made sharp"; float32 (n, 160, 176, 1) in [0, 1].
        folder: where to write `training-curve.png` and `training-progress.png`, or of a finisher
            `finisher-progress.png`; the paths are returned.
    """
    if "Made sharp" in pictures:
        return [_draw_faces(len(history), pictures, "finisher-progress", folder)]
    epochs = round(history[-1]["epoch"])
    return [
        _draw_curve(history, folder),
        _draw_faces(epochs, pictures, "training-progress", folder),
    ]


@styled()
def _draw_curve(history: Sequence[dict[str, float]], folder: Path) -> Path:
    epochs = [row["epoch"] for row in history]
    held_back = [row["val_mse"] for row in history]
    best = int(np.argmin([row["val_loss"] for row in history]))
    page = Page(
        10,
        6,
        "How the training went",
        "Mean squared error of reconstructions; lower is better. Portraits trained on are moved, "
        "turned and lit anew, their codes carry noise at first, and the error is the mean over an "
        "epoch. Portraits held back stay as they are and are measured at its end: so their error "
        "can be the lower one.",
        f"Kept so far: the weights of epoch {epochs[best]:.0f}, whose loss on portraits held back "
        f"is the lowest; their error is {held_back[best]:.5f}.",
    )
    axes = page.panels(1, 1, above=0.05, below=0.35, left=0.09)[0, 0]
    axes.plot(epochs, [row["mse"] for row in history], color=SAND, label="trained on")
    axes.plot(epochs, held_back, color=BLUE, label="held back")
    axes.plot(epochs[best], held_back[best], "o", color=BLUE, markersize=7)
    axes.set(xlabel="epoch", ylabel="mean squared error", yscale="log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.grid(axis="y", which="both", linewidth=0.6)
    axes.legend(labelcolor=QUIET)
    return save(page.figure, "training-curve", folder)


@styled()
def _draw_faces(epochs: int, pictures: dict[str, np.ndarray], name: str, folder: Path) -> Path:
    """Draw a row of images for each name, and the error of all rows but the first below."""
    images = pictures["Portrait"]
    told = (
        f"{row.lower()} {np.square(images - faces).mean():.5f} and "
        f"{np.median(image_metrics(images, faces)['sharpness']):.0%}"
        for row, faces in pictures.items()
        if row != "Portrait"
    )
    page = Page(
        12,
        2.2 + len(pictures),
        f"After {epochs} epoch{'s' * (epochs != 1)}",
        "Portraits that are not trained on, and what is made of them so far.",
        f"Mean squared error and sharpness kept of these: {', '.join(told)}",
    )
    rows = page.panels(len(pictures), len(images), left=0.1, wspace=0.06, hspace=0.06)
    for axes, (label, faces) in zip(rows, pictures.items(), strict=True):
        for place, face in zip(axes, faces, strict=True):
            draw_image(place, face)
        label_row(axes[0], label)
    return save(page.figure, name, folder)
