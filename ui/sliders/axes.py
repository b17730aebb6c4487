"""What a slider moves along: a direction in the space of codes, and a place on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REACH = 3.0  # standard deviations from the middle of a slider to its ends


@dataclass(frozen=True, eq=False)
class Axis:
    """One slider's line through the space of codes.

    Moving along it by t changes its own reading by t exactly, and the code by `t * step`.
    """

    name: str  # as the screen shows it
    step: np.ndarray  # (80,), what one unit adds to a code
    reader: np.ndarray  # (80,), weights that read the value from a code
    origin: float = 0.0  # what is subtracted from a reading, so that it counts from the mean code
    ends: tuple[float, float] = (-REACH, REACH)
    middle: float = 0.0  # of the track, where a reset goes
    lock: int | None = None  # index of the principal slider it is; None if it cannot be locked

    def read(self, code: np.ndarray) -> float:
        """Return the place of a code on this axis."""
        return float(self.reader @ code) - self.origin

    def moved(self, code: np.ndarray, value: float) -> np.ndarray:
        """Return the code moved along the axis until it reads `value`."""
        return (code + (value - self.read(code)) * self.step).astype(np.float32)


def principal_axes(latent) -> list[Axis]:
    """Return an axis for each whitened principal coordinate, the most important first."""
    components, scales = latent.components.astype(np.float64), latent.scales.astype(np.float64)
    return [
        _axis(latent, f"Slider {i + 1}", components[i] * scales[i], components[i] / scales[i], i)
        for i in range(len(scales))
    ]


def raw_axes(latent) -> list[Axis]:
    """Return an axis for each number of the code itself, those that vary most first."""
    stds = np.sqrt(np.maximum(np.diag(latent.covariance), 1e-6)).astype(np.float64)
    mean, unit = latent.mean.astype(np.float64), np.eye(len(stds))
    low, high = mean - REACH * stds, mean + REACH * stds
    return [
        Axis(f"Code {i + 1}", unit[i], unit[i], ends=(low[i], high[i]), middle=mean[i])
        for i in np.argsort(-stds, kind="stable")
    ]


def direction_axis(latent, name: str, vector: np.ndarray) -> Axis:
    """Return the axis of a named direction.

    A face is read by projection in whitened coordinates, where the codes of portraits vary alike in
    all directions.
    """
    values = latent.to_sliders(latent.mean + vector)
    length = max(float(values @ values), 1e-12)
    reader = (values / latent.scales / length) @ latent.components
    return _axis(latent, name, vector.astype(np.float64), reader)


def _axis(latent, name: str, step: np.ndarray, reader: np.ndarray, lock: int | None = None) -> Axis:
    """Return an axis that reads 0 at the mean code."""
    return Axis(name, step, reader, float(reader @ latent.mean), lock=lock)
