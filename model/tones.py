"""Painted tones: codes moved, by least squares, until faces show what was painted.

A network that reads drawings mixes what was painted with what is usual. But a painted area says
plainly what is meant: black hair is black. The tones of a face change about linearly with slider
values, so a face that shows the painted tones is found in one step.
"""

import numpy as np

from model.frame import CELL, CELLS, block_means
from model.latent import LatentSpace

COVERAGE_POWER = 16  # power of a cell's coverage in its weight: lines and hatching hardly count
RIDGE = 0.5  # penalty on squared changes of slider values; unit: squared tone of a cell
SHAPES_RIDGE = 0.3  # further penalty on squared changes of the readings of shapes
FARTHEST = 1.5  # longest change of slider values; beyond it, faces fade into flat paint
SHAPES = (  # readouts of shapes, not of tones
    "smile",
    "mouth open",
    "mouth width",
    "lips",
    "eyes open",
    "eyebrows up",
    "turn",
    "nod",
    "face width",
    "jaw",
    "hair",
)


def cell_tones(images: np.ndarray) -> np.ndarray:
    """Return the mean tones of cells of images `(n, 160, 176, 1)`: `(n, 440)`."""
    return block_means(images[..., 0], CELL).reshape(len(images), CELLS)


def fit_tones(latent: LatentSpace, tones: np.ndarray) -> np.ndarray:
    """Measure how the tones of faces change with slider values.

    Args:
        latent: a latent space.
        tones: `(m, 440)`, of the faces of its gallery, see `cell_tones`.

    Returns:
        float32 `(d + 1, 440)`, by least squares: by how much each slider value lightens each cell,
        and, last, the tones of the mean face.
    """
    values = latent.to_sliders(latent.gallery)
    columns = np.concatenate([values, np.ones((len(values), 1))], axis=1)
    return np.linalg.lstsq(columns, tones, rcond=None)[0].astype(np.float32)


def follow_tones(latent: LatentSpace, code: np.ndarray, drawing: np.ndarray) -> np.ndarray:
    """Move a code until its face has the tones that were painted, and keeps its shapes.

    Args:
        latent: the latent space; one without `tones`, of an older model, leaves the code as it is.
        code: `(d,)`.
        drawing: floats `(160, 176, 2)` in [0, 1], tone and coverage.

    Returns:
        float32 code `(d,)`.
    """
    if latent.tones is None:
        return np.asarray(code, np.float32)
    slopes, mean = latent.tones[:-1].astype(np.float64), latent.tones[-1]
    values = latent.to_sliders(code)
    coverage = block_means(drawing[..., 1], CELL).ravel()
    painted = block_means(drawing[..., 0] * drawing[..., 1], CELL).ravel()
    missing = painted / np.maximum(coverage, 1e-3) - mean - values @ slopes
    seen = slopes * coverage**COVERAGE_POWER
    shapes = latent.readout_rows(name for name in SHAPES if name in latent.readouts)
    ridge = RIDGE * np.eye(latent.latent_dim) + SHAPES_RIDGE * shapes.T @ shapes
    change = np.linalg.solve(seen @ slopes.T + ridge, seen @ missing)
    change *= FARTHEST / np.maximum(FARTHEST, np.linalg.norm(change))
    return latent.from_sliders(values + change)
