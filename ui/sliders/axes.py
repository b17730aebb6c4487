"""What a slider moves along: a direction in the space of codes, and a place on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REACH = 3.0  # standard deviations from the middle of a slider to its ends


@dataclass(frozen=True, eq=False)
class Axis:
    """One slider's line through the space of codes.

    Moving along it by t changes its own reading by t exactly, and the code by `t * step`.

    Attributes:
        name: as the screen shows it.
        step: (80,) what one unit adds to a code.
        reader: (80,) weights that read the value from a code.
        origin: what is subtracted from a reading, so that it counts from the mean code.
        low, high: the ends.
        middle: where the lit part of the track starts, and where a reset goes.
        lock: index of the principal slider it is, or None if it cannot be locked.
    """

    name: str
    step: np.ndarray
    reader: np.ndarray
    origin: float = 0.0
    low: float = -REACH
    high: float = REACH
    middle: float = 0.0
    lock: int | None = None

    def read(self, code: np.ndarray) -> float:
        """Return the place of a code on this axis."""
        return float(self.reader @ code.astype(np.float64)) - self.origin

    def moved(self, code: np.ndarray, value: float) -> np.ndarray:
        """Return the code moved along the axis until it reads `value`."""
        shift = value - self.read(code)
        return (code + shift * self.step).astype(np.float32)


def principal_axes(latent) -> list[Axis]:
    """Return an axis for each whitened principal coordinate, the most important first."""
    components = latent.components.astype(np.float64)
    scales = latent.scales.astype(np.float64)
    readers = components / scales[:, np.newaxis]
    return [
        Axis(
            f"Slider {i + 1}",
            components[i] * scales[i],
            readers[i],
            float(readers[i] @ latent.mean.astype(np.float64)),
            lock=i,
        )
        for i in range(latent.latent_dim)
    ]


def raw_axes(latent) -> list[Axis]:
    """Return an axis for each number of the code itself, those that vary most first."""
    stds = np.sqrt(np.maximum(np.diag(latent.covariance), 1e-6)).astype(np.float64)
    unit = np.eye(latent.latent_dim)
    return [
        Axis(
            f"Code {i + 1}",
            unit[i],
            unit[i],
            low=float(latent.mean[i] - REACH * stds[i]),
            high=float(latent.mean[i] + REACH * stds[i]),
            middle=float(latent.mean[i]),
        )
        for i in np.argsort(-stds, kind="stable")
    ]


def direction_axis(latent, name: str, vector: np.ndarray) -> Axis:
    """Return the axis of a named direction.

    A face is read by projection in whitened coordinates, where the codes of portraits vary alike in
    all directions.
    """
    values = latent.to_sliders(latent.mean + vector)
    length = max(float(values @ values), 1e-12)
    components = latent.components.astype(np.float64)
    reader = (values / latent.scales.astype(np.float64) / length) @ components
    origin = float(reader @ latent.mean.astype(np.float64))
    return Axis(name, vector.astype(np.float64), reader, origin)


def keep_locked(latent, target: np.ndarray, current: np.ndarray, locks: np.ndarray) -> np.ndarray:
    """Return `target` with the locked principal values of `current`, (80,) float32."""
    if not locks.any():
        return target
    values = latent.to_sliders(target)
    values[locks] = latent.to_sliders(current)[locks]
    return latent.from_sliders(values)


def unit_direction(latent, start: np.ndarray, end: np.ndarray) -> np.ndarray | None:
    """Return the change between two codes, one standard deviation long, or None if they agree."""
    length = np.linalg.norm(latent.to_sliders(end) - latent.to_sliders(start))
    if length < 1e-3:
        return None
    return ((end.astype(np.float64) - start) / length).astype(np.float32)
