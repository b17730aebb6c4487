"""A network of a few weights, and model folders of it, for tests that need no faces."""

from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from model import folder as files
from model.architecture import Architecture
from model.finisher import FINISHER_VERSION, SHARPENER, build_finisher
from model.latent import LatentSpace
from model.network import build_autoencoder
from model.sketch_encoder import SKETCH_ENCODER_VERSION, build_sketch_encoder
from model.training.fitting import Training
from model.training.settings import FinisherSettings, Settings

TINY = Architecture(
    encoder_channels=(4, 4, 8, 8),
    head_channels=4,
    decoder_channels=(8, 8, 4, 4),
    detail_channels=2,
    residual_blocks=1,
)
PLAIN = Architecture(  # the least that a network can have, so that it is traced sooner
    encoder_channels=(4, 4, 4, 4),
    head_channels=4,
    decoder_channels=(4, 4, 4, 4),
    detail_channels=0,
    residual_blocks=0,
    overview_pooling=8,
)
TINY_SETTINGS = Settings(
    steps=12, least_epochs=1, batch_size=8, learning_rate=2e-3, patience=1.0, architecture=PLAIN,
    finisher=FinisherSettings(steps=0),
)  # fmt: skip


def write_tiny_model(
    folder: Path,
    seed: int = 0,
    architecture: Architecture = TINY,
    finisher: bool = False,
    sketch_encoder: bool = False,
) -> Path:
    """Write a complete model folder with random weights, of the parts that are asked for too."""
    keras.utils.set_random_seed(seed)
    autoencoder = build_autoencoder(architecture)

    def save(new: Path) -> dict:
        files.write_history(new / files.HISTORY_FILE, [{"epoch": 1.0, "val_loss": 1.0}])
        autoencoder.save(new / files.NETWORK_FILE)
        codes = np.random.default_rng(seed).normal(size=(200, architecture.latent_dim))
        model_id = files.file_hash(new / files.NETWORK_FILE)
        LatentSpace.fit(codes.astype(np.float32), model_id=model_id).save(new)
        parts = {}
        if finisher:
            decoder = autoencoder.get_layer("decoder")
            parts["finisher"] = tiny_finisher(decoder), FINISHER_VERSION
        if sketch_encoder:
            parts["sketch_encoder"] = build_sketch_encoder(architecture), SKETCH_ENCODER_VERSION
        card = {}
        for part, (network, version) in parts.items():
            path = new / files.PARTS[part]
            network.save(path)
            card[part] = {"id": files.file_hash(path), "version": version}
        return card

    files.publish(folder, save, {"settings": {"architecture": asdict(architecture)}})
    return folder


def saved_state(path: Path) -> tuple[keras.Model, Training]:
    """Save the state of a training after two epochs; return its network, of one layer, and it."""
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    network.compile(optimizer=keras.optimizers.AdamW(use_ema=True))
    network.optimizer.build(network.trainable_variables)
    state = Training(path, "mine", 4, 3)
    state.set_model(network)
    state.best_weights, state.epochs_done = network.get_weights(), 2
    state.history = [dict.fromkeys(files.HISTORY_COLUMNS, float(epoch)) for epoch in (1, 2)]
    state.save()
    return network, state


def tiny_finisher(decoder: keras.Model) -> keras.Model:
    """Build a finisher that adds something."""
    finisher = build_finisher(decoder)
    detail = finisher.get_layer(SHARPENER).get_layer("detail")
    noise = np.random.default_rng(0)
    detail.set_weights([noise.normal(0, 5, weight.shape) for weight in detail.get_weights()])
    return finisher
