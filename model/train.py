"""Training: from the arrays to a model folder.

Reads from top to bottom: the settings, `learn`, and the steps it takes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import platform
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from data import Portrait, load_arrays, load_labels
from data.errors import UserError
from data.paths import MY_MODEL, NUMPY_FOLDER
from model.augment import Augmentation, training_batches, validation_batches
from model.callbacks import Progress, TrainingState, Views
from model.directions import fit_directions
from model.engine import FaceEngine, load_network
from model.evaluate import figures_by_part, split_validation
from model.files import (
    NETWORK_FILE,
    REPAIR,
    file_hash,
    find_model,
    publish,
    read_card,
    read_history,
)
from model.frames import crop, mirror
from model.latent import LatentSpace
from model.network import Architecture, build_autoencoder
from model.vae import VariationalAutoencoder

PICTURED = 8  # validation portraits in the picture of progress


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
        pixels_per_error, face_emphasis, edge_weight, dreams, radius_weight: of the objective, see
            `VariationalAutoencoder`.
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
    dreams: float = 1.0
    radius_weight: float = 5.0
    seed: int = 0
    architecture: Architecture = field(default_factory=Architecture)
    augmentation: Augmentation = field(default_factory=Augmentation)


def learn(
    init: bool = True,
    *,
    fresh: bool = False,
    arrays: str | Path = NUMPY_FOLDER,
    out: str | Path = MY_MODEL,
    settings: Settings | None = None,
    devices: list[str] | None = None,
    on_epoch: Callable | None = None,
    on_pictures: Callable | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    about: str = "",
    say: Callable[[str], None] = lambda sentence: None,
) -> dict:
    """Train the autoencoder and write a model folder.

    An interrupted training is continued by the same call. Ctrl-C and SIGTERM end it cleanly and
    keep what was learned; a kill costs at most the running epoch.

    Args:
        init: start from random weights; False continues the model that exists: the one in `out`,
            else the one that the program would use.
        fresh: discard an interrupted training instead of continuing it.
        arrays: folder of `X_train.npy` and `X_test.npy`.
        out: the model folder to write.
        settings: None takes the defaults.
        devices: names such as "GPU:0" of the devices that share every batch, by TensorFlow's
            MirroredStrategy; None takes all GPUs of the machine, or the processor.
        on_epoch: called now and then with the history, a list of one dictionary an epoch.
        on_pictures: called with validation images, reconstructions, both `(n, 160, 176, 1)`, and
            the number of epochs.
        callbacks: more of Keras' own, called last.
        about: a sentence for the card on what the portraits are.
        say: called with sentences about what goes on.

    Returns:
        The model card.

    Raises:
        UserError: without arrays, with too few portraits, without a model to continue, where
            nothing can be written, or where the loss diverged before anything was learned.
    """
    out = Path(out)
    settings = settings or Settings()
    X_train, X_test = load_arrays(arrays)
    X_fit, X_validation = split_validation(X_train)
    if len(X_fit) < settings.batch_size or not len(X_validation):
        raise UserError(
            f"{len(X_train)} portraits are too few to train on in batches of "
            f"{settings.batch_size}. Prepare a larger archive with prepare_data()."
        )
    former_weights, former_history, former_card = None, [], None
    if not init:
        settings, former_weights, former_history, former_card = _former_model(out, settings)

    steps_per_epoch = len(X_fit) // settings.batch_size
    epochs = max(settings.least_epochs, math.ceil(settings.steps / steps_per_epoch))
    keras.utils.set_random_seed(settings.seed)
    strategy = _strategy(devices)
    with strategy.scope():
        model = compiled_model(settings, epochs * steps_per_epoch, former_weights)
    state = TrainingState(
        out.with_name(f"{out.name}.training.npz"),
        _fingerprint(X_train, settings, former_weights),
        max(2, round(settings.patience * epochs)),
    )
    if fresh:
        state.path.unlink(missing_ok=True)
    if state.restore(model):
        say(f"Continuing the interrupted training after epoch {state.epochs_done} of {epochs}.")
    else:
        state.history = former_history
        say(
            f"Training on {len(X_fit):,} portraits, validating on {len(X_validation):,}: "
            f"{epochs} epochs. Ctrl-C stops and keeps what was learned."
        )
    pictured = crop(np.asarray(X_validation[:PICTURED]))
    all_callbacks = [
        keras.callbacks.TerminateOnNaN(),
        keras.callbacks.SwapEMAWeights(),  # validation sees the averaged weights
        state,
        Progress(epochs, steps_per_epoch, state.epochs_done),
        Views(state, pictured, on_epoch, on_pictures),
        *callbacks,
    ]
    interrupted = False
    with _terminate_as_interrupt():
        try:
            if state.epochs_done < epochs:
                model.fit(
                    training_batches(
                        X_fit,
                        settings.batch_size,
                        settings.augmentation,
                        settings.seed + state.epochs_done,
                    ),
                    validation_data=validation_batches(X_validation, settings.batch_size),
                    steps_per_epoch=steps_per_epoch,
                    initial_epoch=state.epochs_done,
                    epochs=epochs,
                    shuffle=False,  # the batches are shuffled already
                    verbose=0,
                    callbacks=all_callbacks,
                )
        except KeyboardInterrupt:
            interrupted = True
    if state.best_weights is None:
        if interrupted:
            say("\nStopped in the first epoch; nothing was learned yet.")
            raise KeyboardInterrupt
        state.path.unlink(missing_ok=True)
        raise UserError(
            "Training diverged before anything was learned. Call learn() with a lower "
            "learning_rate in its settings."
        )
    if interrupted and _is_better(read_history(out), state.best_loss):
        say(f"\nStopped. The better model in {out} stays; the same call continues this training.")
        return read_card(out)
    if interrupted:
        reason = "interrupted"
    elif state.diverged:
        reason = "the loss diverged"
    elif state.epochs_done < epochs:
        reason = "no better validation loss"
    else:
        reason = "all epochs done"
    say(f"\nEnded after epoch {state.epochs_done} ({reason}). Measuring and saving the best model.")
    card = {
        "created": date.today().isoformat(),
        "data": {
            "about": about,
            "portraits": _count_portraits(arrays),
            "fit": len(X_fit),
            "validation": len(X_validation),
            "test": len(X_test),
            "fingerprint": _data_hash(X_train),
        },
        "settings": asdict(settings),
        "training": {
            "epochs": state.epochs_done,
            "best_epoch": state.best_epoch,
            "minutes": round(sum(row["seconds"] for row in state.history) / 60, 1),
            "ended": reason,
            "continued_from": former_card,
        },
        "versions": {
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
    }
    publish(
        out,
        lambda folder: _export(folder, state.best_weights, settings, arrays),
        card,
        state.history,
    )
    if not interrupted:
        state.path.unlink(missing_ok=True)
    return read_card(out)


def training_policy() -> str:
    """Choose the number format of the training: bfloat16 where the processor multiplies in it.

    On a processor with such units, training takes half the time or less. The model is saved in
    float32 either way.
    """
    with contextlib.suppress(OSError):
        if "amx_bf16" in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"):
            return "mixed_bfloat16"
    gpus = tf.config.list_physical_devices("GPU")
    capabilities = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    if gpus and all(c.get("compute_capability", (0, 0)) >= (8, 0) for c in capabilities):
        return "mixed_bfloat16"
    return "float32"


def _strategy(devices: list[str] | None) -> tf.distribute.Strategy:
    if devices is None:
        devices = [device.name for device in tf.config.list_logical_devices("GPU")]
    if len(devices) > 1:
        return tf.distribute.MirroredStrategy(devices)
    return tf.distribute.get_strategy()


def compiled_model(
    settings: Settings, steps: int, weights: list[np.ndarray] | None = None
) -> VariationalAutoencoder:
    """Build the model and compile it for so many steps; weights of None are random."""
    autoencoder = build_autoencoder(settings.architecture, training_policy())
    if weights is not None:
        autoencoder.set_weights(weights)
    model = VariationalAutoencoder(
        autoencoder,
        settings.pixels_per_error,
        settings.face_emphasis,
        settings.edge_weight,
        settings.dreams,
        settings.radius_weight,
        settings.seed,
        tf.distribute.get_strategy().num_replicas_in_sync,
    )
    warmup = max(1, steps * 3 // 100)
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=settings.learning_rate / 100,
        decay_steps=max(1, steps - warmup),
        alpha=0.01,  # of the highest rate, at the end
        warmup_target=settings.learning_rate,
        warmup_steps=warmup,
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(
            rate,
            weight_decay=settings.weight_decay,
            clipnorm=1.0,
            use_ema=True,
            ema_momentum=settings.averaging,
        ),
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    return model


def _former_model(out: Path, settings: Settings):
    """Return settings with the former model's architecture, its weights, history and card."""
    folder = find_model(out if out.exists() else None)
    card = read_card(folder)
    try:
        widths = card["settings"]["architecture"]
        complete = set(widths) == {entry.name for entry in fields(Architecture)}
    except (KeyError, TypeError):
        complete = False
    if not complete:
        raise UserError(f"The card in {folder} names no architecture of this version. {REPAIR}")
    architecture = Architecture(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in widths.items()
        }
    )
    weights = load_network(folder / NETWORK_FILE).get_weights()
    kept = {name: card[name] for name in ("data", "settings", "training") if name in card}
    return replace(settings, architecture=architecture), weights, read_history(folder), kept


def _export(
    folder: Path,
    weights: list[np.ndarray],
    settings: Settings,
    arrays: str | Path,
) -> dict:
    """Write network and latent space, and measure them."""
    autoencoder = build_autoencoder(settings.architecture)
    autoencoder.set_weights(weights)
    autoencoder.save(folder / NETWORK_FILE)
    model_id = file_hash(folder / NETWORK_FILE)
    engine = FaceEngine(autoencoder, model_id)

    X_train, X_test = load_arrays(arrays)
    X_fit, _ = split_validation(X_train)
    codes = _encode_portraits(engine, X_fit, lambda portraits: portraits)
    mirrored = _encode_portraits(engine, X_fit, mirror)
    latent = LatentSpace.fit(np.concatenate([codes, mirrored]), model_id=model_id, gallery=codes)
    directions = fit_directions(latent, codes, _labels(arrays)[: len(codes)])
    latent = LatentSpace(latent.mean, latent.covariance, latent.gallery, directions, model_id)
    latent.save(folder)

    return {"figures": figures_by_part(engine, latent, X_train, X_test, Path(arrays))}


def _labels(arrays: str | Path) -> list[Portrait]:
    """Labels of the training portraits; none where the arrays come without."""
    with contextlib.suppress(UserError):
        return load_labels(arrays)
    return []


def _count_portraits(arrays: str | Path) -> dict[str, int]:
    """How many portraits of each source and kind there are, training and test together."""
    kinds = [f"{label.source} {label.folder}" for label in _labels(arrays)]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def _encode_portraits(engine: FaceEngine, X: np.ndarray, change: Callable) -> np.ndarray:
    blocks = [np.asarray(X[start : start + 256]) for start in range(0, len(X), 256)]
    return np.concatenate([engine.encode(crop(change(block))) for block in blocks])


def _is_better(history: list[dict[str, float]], loss: float) -> bool:
    return any(row.get("val_loss", math.inf) < loss for row in history)


def _data_hash(X: np.ndarray) -> str:
    digest = hashlib.sha256(str(X.shape).encode())
    for row in np.linspace(0, len(X) - 1, min(len(X), 64)).astype(int):
        digest.update(np.ascontiguousarray(X[row]))
    return digest.hexdigest()


def _fingerprint(X: np.ndarray, settings: Settings, weights: list[np.ndarray] | None) -> str:
    """Name what a training depends on, so that only the same training is continued."""
    digest = hashlib.sha256(json.dumps([_data_hash(X), asdict(settings)]).encode())
    for value in weights or []:
        digest.update(np.ascontiguousarray(value))
    return digest.hexdigest()


@contextlib.contextmanager
def _terminate_as_interrupt():
    """Let SIGTERM end a training as Ctrl-C does, where signals can be caught at all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number, frame):
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
