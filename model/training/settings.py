"""Everything that decides what a training gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from model.network import Architecture
from model.training.augmentation import Augmentation


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a training gives.

    Attributes:
        steps: batches in all; the number of epochs follows from the number of portraits.
        least_epochs: epochs of a set so large that it would be seen less often in these steps.
        batch_size: portraits in a batch.
        learning_rate: highest; it rises over the first 3 % of the steps and falls as a cosine.
        weight_decay: of AdamW (Loshchilov and Hutter 2017).
        averaging: of the moving average of the weights, which is what is kept.
        patience: training stops after this share of the epochs without a better validation loss.
        pixels_per_error, face_emphasis, edge_weight, ssim_weight, dreams, radius_weight,
            whitened_radius, noisy_codes: of the objective, see `VariationalAutoencoder`.
        decoder_trained: False trains the encoder alone, to answer a decoder that is good already.
        seed: of weights, order and changes.
        architecture: widths of the network.
        augmentation: how much portraits change.
    """

    steps: int = 8000
    least_epochs: int = 25
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    averaging: float = 0.998
    patience: float = 0.2
    pixels_per_error: float = 10.0
    face_emphasis: float = 2.0
    edge_weight: float = 0.5
    ssim_weight: float = 2.5
    dreams: float = 0.25
    radius_weight: float = 15.0
    whitened_radius: bool = False
    noisy_codes: bool = True
    decoder_trained: bool = True
    seed: int = 0
    architecture: Architecture = field(default_factory=Architecture)
    augmentation: Augmentation = field(default_factory=Augmentation)
