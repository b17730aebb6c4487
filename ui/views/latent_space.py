"""All pictures of the latent space, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.paths import FIGURES_FOLDER
from ui.views.distributions import (
    draw_codes,
    draw_slider_table,
    draw_sliders,
    draw_table,
    write_table,
)
from ui.views.output import save, show
from ui.views.structure import draw_components, draw_correlation, draw_spectrum

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace


def show_latent_space(
    engine: FaceEngine,
    latent: LatentSpace,
    codes: np.ndarray,
    metrics: dict[str, np.ndarray],
    source: str,
    folder: Path = FIGURES_FOLDER,
) -> list[Path]:
    """Draw, save and show what the codes of many portraits look like.

    Args:
        engine: the trained network.
        latent: the statistics of its training codes.
        codes: float32 (n, 80), raw codes.
        metrics: what `model.measuring.normality.code_metrics` says about them.
        source: whose codes these are, for the captions.
        folder: where pictures and table are saved.

    Returns:
        The paths of five pictures, of two tables as pictures, and of both as one CSV.
    """
    pages = {
        "codes-distribution": draw_codes(codes, metrics, source),
        "sliders-distribution": draw_sliders(latent.to_sliders(codes), metrics, source),
        "codes-table": draw_table(metrics, source),
        "sliders-table": draw_slider_table(metrics, source),
        "codes-correlation": draw_correlation(codes, source),
        "codes-spectrum": draw_spectrum(latent.scales, "Codes of the training portraits"),
        "codes-components": draw_components(engine, latent),
    }
    paths = [save(page.figure, name, folder) for name, page in pages.items()]
    paths.append(write_table(metrics, Path(folder) / "codes-table.csv"))
    show(*(page.figure for page in pages.values()))
    return paths
