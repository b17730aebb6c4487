"""Training: from the arrays to a model folder.

Reads from top to bottom: `learn`, and the steps it takes; its settings are in
`model.training.settings`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import NoReturn

import keras
import numpy as np
import tensorflow as tf

from data import load_arrays
from data.arrays import hash_array
from data.errors import UserError
from data.lock import hold_lock
from data.paths import MY_MODEL, NUMPY_FOLDER
from model.encoding import encode
from model.engine import FaceEngine
from model.finisher import build_finisher
from model.folder import (
    FINISHER_FILE,
    FINISHER_HISTORY_FILE,
    HISTORY_COLUMNS,
    LATENT_FILE,
    NETWORK_FILE,
    file_hash,
    find_model,
    is_history,
    lineage,
    publish,
    read_card,
    read_history,
    write_history,
)
from model.frame import crop
from model.latent import LatentSpace
from model.measuring.metrics import evenly_spaced, metrics_by_part, split_validation
from model.network import Architecture, build_autoencoder
from model.network_file import load_network, save_network
from model.training.augmentation import training_batches, validation_batches
from model.training.callbacks import (
    ALL_DONE,
    DIVERGED,
    INTERRUPTED,
    FinisherViews,
    Interruption,
    Progress,
    TrainingState,
    Views,
)
from model.training.devices import training_policy, training_strategy
from model.training.export import check_model, export
from model.training.film import Film
from model.training.finishing import FinisherSettings, train_finisher
from model.training.objective import VariationalAutoencoder
from model.training.optimizer import build_optimizer
from model.training.settings import Settings

PICTURED = 8  # validation portraits in the picture of progress
CONTINUED = 1 / 3  # of the learning rate, where a training goes on with a model
MEASURED = 4000  # portraits whose codes are measured before a training goes on
NOT_BEGUN = "not begun"


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
    on_finished: Callable | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    film: str | Path | None = None,
    about: str = "",
    say: Callable[[str], None] = lambda sentence: None,
) -> dict:
    """Train the autoencoder, then its finisher, and write a model folder.

    An interrupted training is continued by the same call. Ctrl-C and SIGTERM end it cleanly and
    keep what was learned; a kill costs at most the running epoch. The model is in use as soon as
    the autoencoder is trained; its finisher, which makes faces sharp, joins it later.

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
        on_finished: the same of the finisher: called with validation images, reconstructions,
            these finished, and the number of its epochs.
        callbacks: more of Keras' own, called last in the training of the autoencoder.
        film: the GIF to write of how the same faces become clear; None writes none.
        about: a sentence for the card on what the portraits are.
        say: called with sentences about what goes on.

    Returns:
        The model card.

    Raises:
        UserError: without arrays, with too few portraits, without a model to continue, where
            nothing can be written, or where the loss diverged before anything was learned.
    """
    out, settings = Path(out), settings or Settings()
    with _only_training(out.parent):
        X_train, _ = load_arrays(arrays)
        X_fit, X_validation = _split(X_train, settings.batch_size)
        weights, history, ancestors = None, [], []
        if not init:
            settings, weights, history, ancestors = _former_model(out, settings)
        finish = partial(learn_finisher, out, arrays, on_finished=on_finished, say=say)
        if not fresh and _lacks_finisher(out, settings, X_train):
            say(f"Going on with the model in {out}; learn(fresh=True) begins a new one.")
            return finish(settings.finisher)
        epochs, steps_per_epoch = schedule(settings, len(X_fit))
        keras.utils.set_random_seed(settings.seed)
        with training_strategy(devices).scope():
            model = compiled_model(settings, epochs * steps_per_epoch, weights)

        state = TrainingState(
            out.with_name(f"{out.name}.training.npz"),
            _fingerprint(X_train, settings, weights),
            max(2, round(settings.patience * epochs)),
        )
        if fresh:
            state.path.unlink(missing_ok=True)
        if state.restore(model):
            say(f"Continuing the interrupted training after epoch {state.epochs_done} of {epochs}.")
        else:
            state.history = history
            say(
                f"Training on {len(X_fit):,} portraits, validating on {len(X_validation):,}: "
                f"{epochs} epochs. Ctrl-C stops and keeps what was learned."
            )

        pictured = crop(np.asarray(X_validation[:PICTURED]))
        done = state.epochs_done * steps_per_epoch
        cameras = [Film(Path(film), pictured, epochs * steps_per_epoch, done)] if film else []
        views = [*cameras, Views(state, pictured, on_epoch, on_pictures), *callbacks]
        ended = _fit(model, state, X_fit, X_validation, settings, views)
        if state.best_weights is None:
            _give_up(state, ended, say)
        card = _card(settings, state, ended, ancestors)
        write = partial(_export, state.best_weights, settings, arrays, about)
        _save(out, state, ended, card, write, say)
        if ended != INTERRUPTED and settings.finisher.steps:
            return finish(settings.finisher)
        return read_card(out)


def learn_finisher(
    folder: Path,
    arrays: str | Path,
    settings: FinisherSettings,
    on_finished: Callable | None = None,
    say: Callable[[str], None] = lambda sentence: None,
) -> dict:
    """Train the finisher of the model in a folder, and write it there with the rest.

    Interrupted, it keeps what was learned, and the same call continues.

    Args:
        folder: a model folder; what it has of a finisher is replaced.
        arrays: folder of `X_train.npy` and `X_test.npy`.
        settings: of the finisher.
        on_finished: see `learn`.
        say: called with sentences about what goes on.

    Returns:
        The model card.
    """
    card, network = read_card(folder), load_network(folder)
    X_train, _ = load_arrays(arrays)
    X_fit, X_validation = split_validation(X_train)
    autoencoder = build_autoencoder(Architecture.from_card(card), training_policy())
    autoencoder.set_weights(network.get_weights())
    say(f"Training its finisher, which makes faces sharp: {settings.steps:,} steps.")
    state = folder.with_name(f"{folder.name}.finisher.npz")
    fingerprint = _fingerprint(X_train, settings, network.get_weights())
    pictured = crop(np.asarray(X_validation[:PICTURED]))
    decoded = np.asarray(network.get_layer("decoder")(encode(network, pictured)))
    views = [FinisherViews(pictured, decoded, on_finished)]
    weights, history, ended = train_finisher(
        autoencoder, X_fit, X_validation, settings, state, fingerprint, views, say=say
    )
    if weights is None:
        say(f"\nStopped. The model in {folder} has no finisher yet; the same call trains it.")
        return card

    say(f"\nEnded after epoch {len(history)} ({ended}). Measuring and saving the best finisher.")
    add_finisher(folder, arrays, weights, history, ended)
    if ended != INTERRUPTED:
        state.unlink(missing_ok=True)
    return read_card(folder)


def add_finisher(
    folder: Path,
    arrays: str | Path,
    weights: list[np.ndarray],
    history: list[dict[str, float]],
    ended: str,
) -> None:
    """Write a finisher into a model folder, and measure what it makes of unseen portraits.

    Args:
        folder: a model folder.
        arrays: folder of `X_train.npy` and `X_test.npy`.
        weights: those of the finisher, see `build_finisher`.
        history: of its training, a dictionary an epoch.
        ended: why that ended.

    Raises:
        UserError: as `publish`.
    """
    card, network, latent = read_card(folder), load_network(folder), LatentSpace.load(folder)
    finisher = build_finisher(network.get_layer("decoder"))
    finisher.set_weights(weights)

    def save(new: Path) -> dict:
        for name in (NETWORK_FILE, LATENT_FILE):
            shutil.copy(folder / name, new)
        save_network(finisher, new / FINISHER_FILE)
        write_history(new / FINISHER_HISTORY_FILE, history)
        engine = FaceEngine(network, card["model_id"], finisher=finisher)
        parts = card["figures"]  # those that this model has not been fitted on
        return {
            "finisher": {
                "id": file_hash(new / FINISHER_FILE),
                "epochs": len(history),
                "best_epoch": 1 + int(np.argmin([row["val_loss"] for row in history])),
                "minutes": round(sum(row["seconds"] for row in history) / 60, 1),
                "ended": ended,
            },
            "figures": metrics_by_part(engine, latent, *load_arrays(arrays), Path(arrays), parts),
        }

    publish(folder, save, card, read_history(folder), check_model)


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
    rate = settings.learning_rate if weights is None else CONTINUED * settings.learning_rate
    model.compile(build_optimizer(steps, rate), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def schedule(settings: Settings, portraits: int) -> tuple[int, int]:
    """Return the epochs that the settings ask for with so many portraits, and the steps of one."""
    steps_per_epoch = portraits // settings.batch_size
    return max(settings.least_epochs, math.ceil(settings.steps / steps_per_epoch)), steps_per_epoch


@contextlib.contextmanager
def _only_training(folder: Path) -> Iterator[None]:
    """Keep others from training in this folder; it is made if it does not exist."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"No model can be written to {folder} ({error.strerror}). Make it a folder that can be "
            "written, or choose another one."
        ) from None
    with hold_lock(
        folder,
        f"Another learn() is training in {folder}: wait until it has ended, or stop it with Ctrl-C "
        "first.",
    ):
        yield


def _split(X_train: np.ndarray, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the portraits to train on and those to validate on, if they are enough."""
    X_fit, X_validation = split_validation(X_train)
    if len(X_fit) < batch_size or not len(X_validation):
        raise UserError(
            f"{len(X_train)} portraits are too few to train on in batches of {batch_size}. "
            "Prepare a larger archive with prepare_data()."
        )
    return X_fit, X_validation


def _former_model(
    out: Path, settings: Settings
) -> tuple[Settings, list[np.ndarray], list[dict[str, float]], list[dict]]:
    """Return the settings with the former model's architecture, its weights, history, lineage."""
    folder = find_model(out if out.exists() else None)
    card = read_card(folder)
    weights = load_network(folder).get_weights()
    history = read_history(folder)
    return (
        replace(settings, architecture=Architecture.from_card(card)),
        weights,
        history if is_history(history, HISTORY_COLUMNS) else [],
        lineage(card),
    )


def _fit(
    model: VariationalAutoencoder,
    state: TrainingState,
    X_fit: np.ndarray,
    X_validation: np.ndarray,
    settings: Settings,
    callbacks: Sequence[keras.callbacks.Callback],
) -> str:
    """Train from where the state is to the end, and say why that came."""
    epochs, steps_per_epoch = schedule(settings, len(X_fit))
    if state.epochs_done >= epochs:  # only to be saved
        return ALL_DONE
    if state.epochs_done or not model.young:
        portraits = evenly_spaced(X_fit, MEASURED)
        model.measure_codes(validation_batches(portraits, settings.batch_size))
    interruption = Interruption()
    batches = training_batches(
        X_fit, settings.batch_size, settings.augmentation, settings.seed + state.epochs_done
    )
    try:
        with interruption.signals():
            model.fit(
                batches,
                validation_data=validation_batches(X_validation, settings.batch_size),
                steps_per_epoch=steps_per_epoch,
                initial_epoch=state.epochs_done,
                epochs=epochs,
                shuffle=False,  # the batches are shuffled already
                verbose=0,
                callbacks=[
                    interruption,
                    keras.callbacks.TerminateOnNaN(),
                    keras.callbacks.SwapEMAWeights(),  # validation sees the averaged weights
                    state,
                    Progress(epochs, steps_per_epoch, state.epochs_done),
                    *callbacks,
                ],
            )
    except KeyboardInterrupt:
        return INTERRUPTED
    if state.diverged:
        return DIVERGED
    return ALL_DONE if state.epochs_done >= epochs else "no better validation loss"


def _give_up(state: TrainingState, ended: str, say: Callable[[str], None]) -> NoReturn:
    """End a training that learned nothing."""
    if ended == INTERRUPTED:
        say("\nStopped in the first epoch; nothing was learned yet.")
        raise KeyboardInterrupt
    state.path.unlink(missing_ok=True)
    raise UserError(
        "Training diverged before anything was learned. Call learn() with a lower "
        "learning_rate in its settings."
    )


def _save(
    out: Path,
    state: TrainingState,
    ended: str,
    card: dict,
    write: Callable[[Path], dict],
    say: Callable[[str], None],
) -> None:
    """Make the best weights the model in `out`; an interrupted training may leave a better one."""
    if ended == INTERRUPTED and _is_better(read_history(out), state.best_loss):
        say(f"\nStopped. The better model in {out} stays; the same call continues this training.")
        return
    say(f"\nEnded after epoch {state.epochs_done} ({ended}). Measuring and saving the best model.")
    publish(out, write, card, state.history, check_model)
    if ended != INTERRUPTED:
        state.path.unlink(missing_ok=True)


def _card(
    settings: Settings, state: TrainingState, ended: str, ancestors: list[dict]
) -> dict[str, object]:
    """Return what the training itself puts on the model card; `_export` adds the rest."""
    more = {"finisher": {"ended": NOT_BEGUN}} if settings.finisher.steps else {}
    return more | {
        "created": date.today().isoformat(),
        "settings": asdict(settings),
        "training": {
            "epochs": state.epochs_done,
            "best_epoch": state.best_epoch,
            "minutes": round(sum(row["seconds"] for row in state.history) / 60, 1),
            "ended": ended,
            "continued_from": ancestors,
        },
        "versions": {
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
    }


def _export(
    weights: list[np.ndarray], settings: Settings, arrays: str | Path, about: str, folder: Path
) -> dict:
    """Write the network in float32, and what describes it."""
    autoencoder = build_autoencoder(settings.architecture)
    autoencoder.set_weights(weights)
    save_network(autoencoder, folder / NETWORK_FILE)
    engine = FaceEngine(autoencoder, file_hash(folder / NETWORK_FILE))
    return export(folder, engine, arrays, about)


def _lacks_finisher(folder: Path, settings: Settings, X_train: np.ndarray) -> bool:
    """Whether a folder has the whole model of these settings, but for the finisher they ask for."""
    try:
        card = read_card(find_model(folder))
        return (
            card["finisher"]["ended"] in (NOT_BEGUN, INTERRUPTED)
            and card["training"]["ended"] != INTERRUPTED
            and card["settings"] == json.loads(json.dumps(asdict(settings)))
            and card["data"]["fingerprint"] == hash_array(X_train)
        )
    except (UserError, KeyError, TypeError):
        return False


def _is_better(history: list[dict[str, float]], loss: float) -> bool:
    return any(row.get("val_loss", math.inf) < loss for row in history)


def _fingerprint(
    X: np.ndarray, settings: Settings | FinisherSettings, weights: list[np.ndarray] | None
) -> str:
    """Name what a training depends on, so that only the same training is continued."""
    digest = hashlib.sha256(json.dumps([hash_array(X), asdict(settings)]).encode())
    for value in weights or []:
        digest.update(np.ascontiguousarray(value))
    return digest.hexdigest()
