"""The settings of a training: everything that decides what it gives."""

import math
from dataclasses import dataclass, field, fields

from data.checks import check_kind, check_number, check_whole
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
    thousands each is seen less often, and half as much works better.

    Attributes:
        shift: pixels.
        rotation: degrees.
        scale: logarithm of the size, of width against height, and the shear.
        perspective: change of size across the frame.
        contrast: logarithm of the contrast.
        brightness: in units of black to white.
        noise: on the input only, in units of black to white.
        recombination: share of the portraits that get a part of another one, see `recombine`.

    Raises:
        UserError: for values of a wrong kind or out of range.
    """

    shift: float = 1.5
    rotation: float = 2.0
    scale: float = 0.03
    perspective: float = 0.02
    contrast: float = 0.1
    brightness: float = 0.05
    noise: float = 0.01
    recombination: float = 0.6

    def __post_init__(self):
        self._check(recombination=(0, 1))


@dataclass(frozen=True)
class FinisherSettings(_Checked):
    """Settings of the finisher's training.

    Attributes:
        steps: batches in all; with 0, no finisher is trained.
        steps_per_epoch: batches between two validations, after which the state is written.
        portraits: images in a batch.
        recombination: share of the portraits that get a part of another one, see `recombine`.
        learning_rate: highest one of the finisher; it falls as a cosine.
        averaging: momentum of the moving average of the weights.
        plausible, features, pixels, distant, fixed: weights of the loss terms, see `Finishing`.
        seed: decides weights, order and changes.

    Raises:
        UserError: for values of a wrong kind or out of range.
    """

    steps: int = 2400
    steps_per_epoch: int = 100
    portraits: int = 12
    recombination: float = 0.6
    learning_rate: float = 4e-4
    averaging: float = 0.998
    plausible: float = 0.15
    features: float = 1.3
    pixels: float = 2.0
    distant: float = 400.0
    fixed: float = 40.0
    seed: int = 0

    def __post_init__(self):
        shares = {"recombination": (0, 1), "averaging": (0, 1)}
        self._check(steps_per_epoch=(1, MAX), portraits=(1, MAX), **shares)


@dataclass(frozen=True)
class Settings(_Checked):
    """Settings of a training.

    Attributes:
        steps: batches in all; the number of epochs follows from the number of portraits.
        least_epochs: least number of epochs, however many portraits there are.
        batch_size: portraits in a batch.
        learning_rate: highest one; it rises over the first 3 % of the steps and falls as a cosine.
            A training that continues a model takes a third of it.
        patience: share of the epochs without a better validation loss after which training stops.
        pixels_per_error, radius_weight: of the loss, see `VariationalAutoencoder`.
        seed: decides initial weights, order and changes of the portraits.
        architecture: what the network is built from, and the other weights of the loss: its
            correction minimises the same error. A training that continues a model takes the
            model's.
        augmentation: how much portraits change.
        finisher: settings of the finisher's training.

    Raises:
        UserError: for values of a wrong kind or out of range.
    """

    steps: int = 8000
    least_epochs: int = 5
    batch_size: int = 32
    learning_rate: float = 3e-3
    patience: float = 0.2
    pixels_per_error: float = 10.0
    radius_weight: float = 15.0
    seed: int = 0
    architecture: Architecture = field(default_factory=Architecture)
    augmentation: Augmentation = field(default_factory=Augmentation)
    finisher: FinisherSettings = field(default_factory=FinisherSettings)

    def __post_init__(self):
        self._check(steps=(1, MAX), batch_size=(2, MAX), patience=(0, 1))
