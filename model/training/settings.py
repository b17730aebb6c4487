"""The settings of a training, which decide what it gives; its number format and its devices."""

import contextlib
import math
from dataclasses import dataclass, field, fields
from pathlib import Path

import tensorflow as tf

from data.checks import check_choice, check_kind, check_number, check_whole
from model.architecture import Architecture

MAX = 2**31 - 1  # greatest whole number: Keras takes no seed, and TensorFlow no step, beyond it


@dataclass(frozen=True)
class _Checked:
    def _check(self, **ranges: tuple[int, float]) -> None:
        """Check all fields against their defaults; store plain numbers.

        They are numbers of the default's kind, from 0 on or in one of the ranges, or objects of the
        class that makes the default.
        """
        for one in fields(self):
            name, kind = one.name, one.default_factory
            value, (low, high) = getattr(self, name), ranges.get(name, (0, math.inf))
            if isinstance(kind, type):
                check_kind(name, value, kind, f"made by {kind.__name__}()")
            elif type(one.default) is int:
                object.__setattr__(self, name, check_whole(name, value, low, min(high, MAX)))
            else:
                object.__setattr__(self, name, check_number(name, value, low, high))


@dataclass(frozen=True)
class Augmentation(_Checked):
    """How much a portrait may change; standard deviations unless said otherwise.

    The defaults suit a few thousand portraits, each seen a hundred times and more. Of tens of
    thousands each is seen less often, and half as much works better. Values of a wrong kind or out
    of range raise a UserError, as in all settings.
    """

    shift: float = 1.5  # pixels
    rotation: float = 2.0  # degrees
    scale: float = 0.03  # logarithm of the size, of width against height, and the shear
    perspective: float = 0.02  # change of size across the frame
    contrast: float = 0.1  # logarithm of the contrast
    brightness: float = 0.05  # in units of black to white
    noise: float = 0.01  # on the input only, in units of black to white
    recombination: float = 0.6  # share that gets a part of another portrait, see `recombine`

    def __post_init__(self):
        self._check(recombination=(0, 1))


NO_CHANGES = Augmentation(*[0.0] * len(fields(Augmentation)))  # half of the portraits are mirrored


@dataclass(frozen=True)
class FinisherSettings(_Checked):
    """Settings of the finisher's training, with the weights of its loss, see `Finishing`."""

    steps: int = 2400  # batches in all; with 0, no finisher is trained
    steps_per_epoch: int = 100  # batches between two validations; then the state is written
    portraits: int = 12  # images in a batch
    recombination: float = 0.6  # share that gets a part of another portrait, see `recombine`
    learning_rate: float = 4e-4  # highest one of the finisher; it falls as a cosine
    averaging: float = 0.998  # momentum of the moving average of the weights
    plausible: float = 0.15
    features: float = 1.3
    pixels: float = 2.0
    distant: float = 400.0
    fixed: float = 40.0
    seed: int = 0  # decides weights, order and changes

    def __post_init__(self):
        shares = {"recombination": (0, 1), "averaging": (0, 1)}
        self._check(steps_per_epoch=(1, MAX), portraits=(1, MAX), **shares)


@dataclass(frozen=True)
class Settings(_Checked):
    """Settings of a training; for the weights of its loss see `VariationalAutoencoder`.

    The architecture holds the others of these weights, since the correction of codes minimises
    nearly the same loss. A training that continues a model takes the model's, and a third of the
    learning rate.
    """

    steps: int = 8000  # batches in all; the number of epochs follows from that of the portraits
    least_epochs: int = 5  # however many portraits there are
    batch_size: int = 32  # portraits in a batch
    learning_rate: float = 3e-3  # highest one; it rises in 3 % of the steps and falls as a cosine
    patience: float = 0.2  # share of the epochs to wait for a better validation loss
    pixels_per_error: float = 10.0
    radius_weight: float = 15.0
    seed: int = 0  # decides initial weights, order and changes of the portraits
    architecture: Architecture = field(default_factory=Architecture)
    augmentation: Augmentation = field(default_factory=Augmentation)
    finisher: FinisherSettings = field(default_factory=FinisherSettings)

    def __post_init__(self):
        self._check(steps=(1, MAX), batch_size=(2, MAX), patience=(0, 1))


def training_policy() -> str:
    """Return the dtype policy of a training: bfloat16 where the machine is faster in it."""
    with contextlib.suppress(OSError):
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
        if {"amx_bf16", "avx512_bf16"} & set(flags):
            return "mixed_bfloat16"
    gpus = tf.config.list_physical_devices("GPU")
    capabilities = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    if gpus and all(c.get("compute_capability", (0, 0)) >= (8, 0) for c in capabilities):
        return "mixed_bfloat16"
    return "float32"


def training_strategy(devices: list[str] | None) -> tf.distribute.Strategy:
    """Return how devices such as "GPU:0" share every batch; None takes all GPUs of the machine.

    Names of no devices raise a `UserError`.
    """
    if devices is None:
        devices = [device.name for device in tf.config.list_logical_devices("GPU")]
    known = [device.name.removeprefix("/device:") for device in tf.config.list_logical_devices()]
    names = check_kind("devices", devices, list, "a list of names")
    chosen = {check_choice("devices", str(n).removeprefix("/device:"), known): n for n in names}
    if len(chosen) > 1:
        return tf.distribute.MirroredStrategy(list(chosen))
    return tf.distribute.get_strategy()
