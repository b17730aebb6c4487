"""The settings of a training: everything that decides what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from model.network import Architecture
from model.training.augmentation import Augmentation
from model.training.finishing import FinisherSettings
from model.training.options import MAX, check_fields


@dataclass(frozen=True)
class Settings:
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
        check_fields(self, steps=(1, MAX), batch_size=(2, MAX), patience=(0, 1))
