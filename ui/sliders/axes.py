"""What a slider moves along: a direction in the space of codes, and a reading of codes on it."""

from dataclasses import dataclass, replace

import numpy as np

from model.latent import LatentSpace, Readout

REACH = 3.0  # from the middle of a slider to its ends, in standard deviations
OWN_UNIT = ("year",)  # attributes shown in their own unit, with their error
LEAST_GAIN = 0.1  # least change of a usable readout along its direction
LEAST_LEFT = 0.3  # least share of a step that locks may leave; less would be scaled up too far


@dataclass(frozen=True, eq=False)
class Axis:
    """The line of one slider through the space of codes."""

    name: str  # as the screen shows it
    step: np.ndarray  # (latent_dim,), moves a code by exactly one unit of its reading
    reader: np.ndarray  # (latent_dim,), weights of the reading
    origin: float = 0.0  # subtracted from a reading
    ends: tuple[float, float] = (-REACH, REACH)
    middle: float = 0.0  # value of a reset
    lock: int | None = None  # index of the principal slider; None if it cannot be locked
    zero: float = 0.0  # value where the lit part of the track begins
    error: float | None = None  # of a reading in its own unit, such as years

    def read(self, code: np.ndarray) -> float:
        """Return the reading of a code (latent_dim,)."""
        return float(self.reader @ code) - self.origin

    def moved(self, code: np.ndarray, value: float) -> np.ndarray:
        """Return the code moved along the axis until its reading is `value`."""
        return (code + (value - self.read(code)) * self.step).astype(np.float32)


def principal_axes(latent: LatentSpace) -> list[Axis]:
    """Return an axis for each whitened principal coordinate, largest variance first."""
    components, scales = latent.components.astype(np.float64), latent.scales.astype(np.float64)
    return [
        _axis(latent, f"Slider {i + 1}", components[i] * scales[i], components[i] / scales[i], i)
        for i in range(len(scales))
    ]


def raw_axes(latent: LatentSpace) -> list[Axis]:
    """Return an axis for each number of a code, largest deviation first; tracks include zero."""
    stds = np.sqrt(np.maximum(np.diag(latent.covariance), 1e-6)).astype(np.float64)
    mean, unit = latent.mean.astype(np.float64), np.eye(len(stds))
    low = np.minimum(mean - REACH * stds, -stds / 4)
    high = np.maximum(mean + REACH * stds, stds / 4)
    return [
        Axis(f"Code {i + 1}", unit[i], unit[i], ends=(low[i], high[i]), middle=mean[i])
        for i in np.argsort(-stds, kind="stable")
    ]


def direction_axis(
    latent: LatentSpace, name: str, vector: np.ndarray, readout: Readout | None = None
) -> Axis:
    """Return the axis of a named direction (latent_dim,).

    The model's readout reads the codes. A direction without one, such as the user's own, is read by
    projection in whitened coordinates, where portraits vary equally in all directions.
    """
    step = vector.astype(np.float64)
    gain = 0.0 if readout is None else float(readout.weights @ step)
    if readout is None or gain < LEAST_GAIN:
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


def hold(latent: LatentSpace, axis: Axis, locks: np.ndarray) -> Axis:
    """Return the axis with a step that leaves the locked principal sliders, (latent_dim,), alone.

    The rest of the step is scaled up to move the reading as before, or is zero if too little is
    left.
    """
    if not locks.any() or (axis.lock is not None and not locks[axis.lock]):
        return axis
    values = latent.to_sliders((latent.mean + axis.step).astype(np.float64))
    values[locks] = 0
    step = latent.from_sliders(values).astype(np.float64) - latent.mean
    gain = float(axis.reader @ step)
    return replace(axis, step=step / gain if gain > LEAST_LEFT else np.zeros_like(step))


def _axis(
    latent: LatentSpace, name: str, step: np.ndarray, reader: np.ndarray, lock: int | None = None
) -> Axis:
    """Return an axis whose reading of the mean code is 0."""
    return Axis(name, step, reader, float(reader @ latent.mean), lock=lock)
