"""Training: from the arrays to a model folder.

Reads from top to bottom: `learn`, and the steps it takes; its settings are in
`model.training.settings`.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NoReturn

import keras
import numpy as np
import tensorflow as tf

from data import load_arrays
from data.arrays import hash_array
from data.errors import UserError
from data.paths import FIGURES_FOLDER, MY_MODEL, NUMPY_FOLDER
from model.engine import FaceEngine
from model.folder import (
    HISTORY_COLUMNS,
    NETWORK_FILE,
    file_hash,
    find_model,
    is_history,
    publish,
    read_card,
    read_history,
)
from model.frame import crop
from model.latent import LatentSpace
from model.measuring.metrics import encode_portraits, evenly_spaced, split_validation
from model.network import Architecture, build_autoencoder
from model.network_file import load_network, save_network
from model.training.augmentation import training_batches, validation_batches
from model.training.callbacks import Interruption, Progress, TrainingState, Views
from model.training.devices import training_policy, training_strategy
from model.training.export import export
from model.training.film import Film
from model.training.objective import VariationalAutoencoder
from model.training.optimizer import build_optimizer
from model.training.settings import Settings
from model.training.sketch_encoder import train_sketch_encoder

PICTURED = 8  # validation portraits in the picture of progress
MEASURED = 4000  # portraits whose codes are measured before a training goes on


@dataclass(frozen=True)
class Schedule:
    """How long a training is.

    Attributes:
        epochs: passes over the portraits.
        steps_per_epoch: batches in each.
    """

    epochs: int
    steps_per_epoch: int

    @classmethod
    def of(cls, settings: Settings, portraits: int) -> Schedule:
        """Return the schedule that the settings ask for with so many portraits."""
        steps_per_epoch = portraits // settings.batch_size
        epochs = math.ceil(settings.steps / steps_per_epoch)
        return cls(max(settings.least_epochs, epochs), steps_per_epoch)

    @property
    def steps(self) -> int:
        """Batches in all."""
        return self.epochs * self.steps_per_epoch


@dataclass(frozen=True)
class FormerModel:
    """The model that a training goes on with; without one, all starts from scratch.

    Attributes:
        weights: of the network, None for random ones.
        history: one dictionary an epoch.
        card: what its card says about how it came to be.
    """

    weights: list[np.ndarray] | None = None
    history: list[dict[str, float]] = field(default_factory=list)
    card: dict | None = None


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
    film: str | Path = FIGURES_FOLDER / "learning.gif",
    about: str = "",
    say: Callable[[str], None] = lambda sentence: None,
) -> dict:
    """Train the autoencoder and write a model folder.

    Encoder and decoder learn from portraits; then, with the decoder left alone, a second encoder
    learns from drawings. An interrupted training is continued by the same call. Ctrl-C and SIGTERM
    end it cleanly and keep what was learned; a kill costs at most the running epoch.

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
        film: the GIF to write of how the same faces become clear.
        about: a sentence for the card on what the portraits are.
        say: called with sentences about what goes on.

    Returns:
        The model card.

    Raises:
        UserError: without arrays, with too few portraits, without a model to continue, where
            nothing can be written, or where the loss diverged before anything was learned.
    """
    out, settings = Path(out), settings or Settings()
    X_train, _ = load_arrays(arrays)
    X_fit, X_validation = split_validation(X_train)
    if len(X_fit) < settings.batch_size or not len(X_validation):
        raise UserError(
            f"{len(X_train)} portraits are too few to train on in batches of "
            f"{settings.batch_size}. Prepare a larger archive with prepare_data()."
        )
    former = FormerModel()
    if not init:
        settings, former = _former_model(out, settings)
    schedule = Schedule.of(settings, len(X_fit))
    keras.utils.set_random_seed(settings.seed)
    with training_strategy(devices).scope():
        model = compiled_model(settings, schedule.steps, former.weights)

    state = TrainingState(
        out.with_name(f"{out.name}.training.npz"),
        _fingerprint(X_train, settings, former.weights),
        max(2, round(settings.patience * schedule.epochs)),
    )
    if fresh:
        state.path.unlink(missing_ok=True)
    restored = state.restore(model)
    if restored or not init:
        model.measure_codes(validation_batches(evenly_spaced(X_fit, MEASURED), settings.batch_size))
    if restored:
        say(
            f"Continuing the interrupted training after epoch {state.epochs_done} of "
            f"{schedule.epochs}."
        )
    else:
        state.history = former.history
        say(
            f"Training on {len(X_fit):,} portraits, validating on {len(X_validation):,}: "
            f"{schedule.epochs} epochs. Ctrl-C stops and keeps what was learned."
        )

    pictured = crop(np.asarray(X_validation[:PICTURED]))
    frames = out.with_name(f"{out.name}.film.npz")
    steps_done = state.epochs_done * schedule.steps_per_epoch
    camera = Film(Path(film), frames, pictured, schedule.steps, steps_done)
    views = [Views(state, pictured, on_epoch, on_pictures), camera, *callbacks]
    interrupted = _fit(model, state, schedule, X_fit, X_validation, settings, views)
    camera.write()
    if state.best_weights is None:
        _give_up(state, interrupted, say)
    if interrupted and _is_better(read_history(out), state.best_loss):
        say(f"\nStopped. The better model in {out} stays; the same call continues this training.")
        return read_card(out)
    reason = _reason(state, schedule, interrupted)
    say(f"\nEnded after epoch {state.epochs_done} ({reason}). Measuring and saving the best model.")
    sketches = 0 if interrupted else settings.sketch_steps
    publish(
        out,
        lambda folder: _export(folder, state.best_weights, settings, arrays, about, sketches, say),
        _card(settings, state, reason, former.card),
        state.history,
    )
    if not interrupted:
        state.path.unlink(missing_ok=True)
        frames.unlink(missing_ok=True)
    return read_card(out)


def compiled_model(
    settings: Settings, steps: int, weights: list[np.ndarray] | None = None
) -> VariationalAutoencoder:
    """Build the model and compile it for so many steps; weights of None are random."""
    autoencoder = build_autoencoder(settings.architecture, training_policy())
    if weights is not None:
        autoencoder.set_weights(weights)
    model = VariationalAutoencoder(
        autoencoder,
        steps,
        young=weights is None,
        pixels_per_error=settings.pixels_per_error,
        face_emphasis=settings.face_emphasis,
        ssim_weight=settings.ssim_weight,
        radius_weight=settings.radius_weight,
        seed=settings.seed,
        replicas=tf.distribute.get_strategy().num_replicas_in_sync,
    )
    model.compile(build_optimizer(steps, settings.learning_rate), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def _former_model(out: Path, settings: Settings) -> tuple[Settings, FormerModel]:
    """Return the settings with the architecture of the former model, and that model."""
    folder = find_model(out if out.exists() else None)
    card = read_card(folder)
    network = load_network(folder)
    parts = [network.get_layer(name).get_weights() for name in ("encoder", "decoder")]
    weights = [value for part in parts for value in part]
    history = read_history(folder)
    return replace(settings, architecture=Architecture.from_card(card)), FormerModel(
        weights,
        history if is_history(history, HISTORY_COLUMNS) else [],
        {name: card[name] for name in ("data", "settings", "training") if name in card},
    )


def _fit(
    model: VariationalAutoencoder,
    state: TrainingState,
    schedule: Schedule,
    X_fit: np.ndarray,
    X_validation: np.ndarray,
    settings: Settings,
    callbacks: Sequence[keras.callbacks.Callback],
) -> bool:
    """Train from where the state is to the end; return whether it was interrupted."""
    if state.epochs_done >= schedule.epochs:
        return False
    interruption = Interruption()
    batches = training_batches(
        X_fit, settings.batch_size, settings.augmentation, settings.seed + state.epochs_done
    )
    try:
        with interruption.signals():
            model.fit(
                batches,
                validation_data=validation_batches(X_validation, settings.batch_size),
                steps_per_epoch=schedule.steps_per_epoch,
                initial_epoch=state.epochs_done,
                epochs=schedule.epochs,
                shuffle=False,  # the batches are shuffled already
                verbose=0,
                callbacks=[
                    interruption,
                    keras.callbacks.TerminateOnNaN(),
                    keras.callbacks.SwapEMAWeights(),  # validation sees the averaged weights
                    state,
                    Progress(schedule.epochs, schedule.steps_per_epoch, state.epochs_done),
                    *callbacks,
                ],
            )
    except KeyboardInterrupt:
        return True
    return False


def _give_up(state: TrainingState, interrupted: bool, say: Callable[[str], None]) -> NoReturn:
    """End a training that learned nothing."""
    if interrupted:
        say("\nStopped in the first epoch; nothing was learned yet.")
        raise KeyboardInterrupt
    state.path.unlink(missing_ok=True)
    raise UserError(
        "Training diverged before anything was learned. Call learn() with a lower "
        "learning_rate in its settings."
    )


def _reason(state: TrainingState, schedule: Schedule, interrupted: bool) -> str:
    """Say why the training ended."""
    if interrupted:
        return "interrupted"
    if state.diverged:
        return "the loss diverged"
    if state.epochs_done < schedule.epochs:
        return "no better validation loss"
    return "all epochs done"


def _card(
    settings: Settings, state: TrainingState, reason: str, continued_from: dict | None
) -> dict[str, object]:
    """Return what the training itself puts on the model card; `_export` adds the rest."""
    return {
        "created": date.today().isoformat(),
        "settings": asdict(settings),
        "training": {
            "epochs": state.epochs_done,
            "best_epoch": state.best_epoch,
            "minutes": round(sum(row["seconds"] for row in state.history) / 60, 1),
            "ended": reason,
            "continued_from": continued_from,
        },
        "versions": {
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
    }


def _export(
    folder: Path,
    weights: list[np.ndarray],
    settings: Settings,
    arrays: str | Path,
    about: str,
    sketch_steps: int,
    say: Callable[[str], None],
) -> dict:
    """Train an encoder of drawings, write the network in float32, and what describes it."""
    autoencoder = build_autoencoder(settings.architecture)
    autoencoder.set_weights(weights)
    found = {}
    if sketch_steps:
        autoencoder, found["sketches"] = _with_sketches(
            autoencoder, settings, arrays, sketch_steps, say
        )
    save_network(autoencoder, folder / NETWORK_FILE)
    engine = FaceEngine(autoencoder, file_hash(folder / NETWORK_FILE))
    return found | export(folder, engine, arrays, about)


def _with_sketches(
    autoencoder: keras.Model,
    settings: Settings,
    arrays: str | Path,
    steps: int,
    say: Callable[[str], None],
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Train an encoder of drawings; return the network with it, and how it went, by epoch."""
    X_fit, _ = split_validation(load_arrays(arrays)[0])
    engine, portraits = FaceEngine(autoencoder), evenly_spaced(X_fit, MEASURED)
    codes = encode_portraits(engine, portraits)
    mirrored = encode_portraits(engine, portraits, mirrored=True)
    weights, history = train_sketch_encoder(
        autoencoder,
        LatentSpace.fit(np.concatenate([codes, mirrored]), gallery=codes),
        settings.architecture,
        steps,
        settings.batch_size,
        settings.seed,
        say,
    )
    whole = build_autoencoder(settings.architecture, sketches=True)
    for name in ("encoder", "decoder"):
        whole.get_layer(name).set_weights(autoencoder.get_layer(name).get_weights())
    whole.get_layer("sketch_encoder").set_weights(weights)
    return whole, history


def _is_better(history: list[dict[str, float]], loss: float) -> bool:
    return any(row.get("val_loss", math.inf) < loss for row in history)


def _fingerprint(X: np.ndarray, settings: Settings, weights: list[np.ndarray] | None) -> str:
    """Name what a training depends on, so that only the same training is continued."""
    digest = hashlib.sha256(json.dumps([hash_array(X), asdict(settings)]).encode())
    for value in weights or []:
        digest.update(np.ascontiguousarray(value))
    return digest.hexdigest()
