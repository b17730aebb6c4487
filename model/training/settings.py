"""Everything that decides what a training gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from model.network import Architecture
from model.training.augmentation import Augmentation
from model.training.finishing import FinisherSettings


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a training gives.

    Attributes:
        steps: batches in all; the number of epochs follows from the number of portraits.
        least_epochs: epochs of a set so large that it would be seen less often in these steps.
        batch_size: portraits in a batch.
        learning_rate: highest; it rises over the first 3 % of the steps and falls as a cosine. A
            training that goes on with a model takes a third of it.
        patience: training stops after this share of the epochs without a better validation loss.
        pixels_per_error, face_emphasis, ssim_weight, radius_weight: of the objective, see
            `VariationalAutoencoder`.
        seed: of weights, order and changes.
        architecture: widths of the network.
        augmentation: how much portraits change.
        finisher: of the training that follows, of the network that makes faces sharp; with 0
            steps, there is none.
    """

    steps: int = 8000
    least_epochs: int = 5
    batch_size: int = 32
    learning_rate: float = 3e-3
    patience: float = 0.2
    pixels_per_error: float = 10.0
    face_emphasis: float = 2.0
    ssim_weight: float = 2.5
    radius_weight: float = 15.0
    seed: int = 0
    architecture: Architecture = field(default_factory=Architecture)
    augmentation: Augmentation = field(default_factory=Augmentation)
    finisher: FinisherSettings = field(default_factory=FinisherSettings)
