"""What a slider moves along: a direction in the space of codes, and a place on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REACH = 3.0  # standard deviations from the middle of a slider to its ends
OWN_UNIT = ("year",)  # attributes that are shown in their own unit, with the error of that
LEAST_GAIN = 0.1  # by which a direction moves its own readout, for this to be used


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
    zero: float = 0.0  # where the lit part of the track begins
    error: float | None = None  # of a reading in a unit of its own, such as years

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


def direction_axis(latent, name: str, vector: np.ndarray, readout=None) -> Axis:
    """Return the axis of a named direction.

    A face is read by the model's readout. Without one, as in older models, it is read by projection
    in whitened coordinates, where the codes of portraits vary alike in all directions.
    """
    step = vector.astype(np.float64)
    gain = 0.0 if readout is None else float(readout.weights @ step)
    if gain < LEAST_GAIN:
        values = latent.to_sliders(latent.mean + vector)
        length = max(float(values @ values), 1e-12)
        return _axis(latent, name, step, (values / latent.scales / length) @ latent.components)
    middle, scale, error = 0.0, 1.0, None
    if name in OWN_UNIT:
        middle, scale, error = readout.middle, readout.scale, readout.error
    reach = REACH * scale
    return Axis(
        name,
        step / (gain * scale),
        readout.weights * scale,
        origin=-(middle + scale * readout.offset),
        ends=(middle - reach, middle + reach),
        middle=middle,
        zero=middle,
        error=error,
    )


def _axis(latent, name: str, step: np.ndarray, reader: np.ndarray, lock: int | None = None) -> Axis:
    """Return an axis that reads 0 at the mean code."""
    return Axis(name, step, reader, float(reader @ latent.mean), lock=lock)
