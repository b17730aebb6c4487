"""Training, from the arrays to a model folder: `learn`, its two trainings, and what they share."""

import hashlib
import json
import math
import os
import platform
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from data.arrays import evenly_spaced
from data.checks import check_kind, check_path
from data.errors import UserError, tell_failure
from data.paths import MY_MODEL, NUMPY_FOLDER
from data.replace import hold_lock, remove_unfinished
from data.terminal import ProgressBar
from model import folder as files
from model.architecture import Architecture
from model.encoding import encode
from model.engine import FaceEngine
from model.finisher import FINISHER_VERSION, build_finisher, decoder_maps, set_code_statistics
from model.frame import crop
from model.latent import LatentSpace
from model.network import build_autoencoder
from model.network_file import load_network, save_network
from model.training import export
from model.training.augmentation import training_batches, validation_batches
from model.training.film import Film
from model.training.finishing import BLOCK, adjust_gain, compiled_finishing, subtract_fixed_detail
from model.training.fitting import INTERRUPTED, History, Interruption, Pictures, Training
from model.training.objective import VariationalAutoencoder
from model.training.optimizer import build_optimizer
from model.training.settings import (
    NO_CHANGES,
    FinisherSettings,
    Settings,
    training_policy,
    training_strategy,
)

PICTURED = 8  # validation portraits in the picture of progress
CONTINUED = 1 / 3  # share of the learning rate with which a training continues a model
MEASURED = 4000  # portraits whose codes are measured before a training continues
VALIDATED = 200  # validation portraits on which the finisher is measured after every epoch


@dataclass(frozen=True)
class _Run:
    """What the steps of one call share; see the arguments of `learn`."""

    out: Path
    portraits: export.Portraits
    interruption: Interruption
    on_progress: Callable[[History, Pictures], object] | None
    say: Callable[[str], None]

    @property
    def state_path(self) -> Path:
        """Where the state of an unfinished training is kept."""
        return Path(f"{self.out}.training.npz")

    @cached_property
    def pictured(self) -> np.ndarray:
        """The validation portraits in the picture of progress, as images."""
        return crop(np.asarray(self.portraits.split()[1][:PICTURED]))

    def training(self, settings: Settings | FinisherSettings, model_id: str, **more) -> Training:
        """Return a training that only one of the same data, settings and former model continues."""
        known = [self.portraits.fingerprint, asdict(settings), model_id]
        more["fingerprint"] = hashlib.sha256(json.dumps(known).encode()).hexdigest()
        more |= {name: getattr(self, name) for name in ("interruption", "on_progress", "say")}
        return Training(self.state_path, **more)


class _Former(NamedTuple):
    """The model that a training continues; nothing for a new one."""

    architecture: Architecture
    model_id: str = ""
    weights: list[np.ndarray] | None = None
    history: Sequence[dict[str, float]] = ()
    lineage: Sequence[dict] = ()


def learn(
    init: bool = True,
    *,
    fresh: bool = False,
    arrays: str | Path = NUMPY_FOLDER,
    out: str | Path = MY_MODEL,
    settings: Settings | None = None,
    devices: list[str] | None = None,
    on_progress: Callable[[History, Pictures], object] | None = None,
    callbacks: list[keras.callbacks.Callback] | None = None,
    film: str | Path | None = None,
    about: str = "",
    say: Callable[[str], None] = lambda sentence: None,
) -> dict:
    """Train the autoencoder, then its finisher, and write a model folder.

    Ctrl-C and SIGTERM end the training cleanly: the best model so far is saved, then measured,
    which another Ctrl-C ends. The same call continues the training. A kill costs at most the
    running epoch. The model is in use as soon as the autoencoder is trained; its finisher, which
    makes faces sharp, joins it later.

    Args:
        init: start from random weights; False continues the model that exists: the one in `out`,
            else the one that the program would use.
        fresh: discard an interrupted training instead of continuing it.
        arrays: folder of `X_train.npy` and `X_test.npy`.
        out: the model folder to write.
        settings: None takes the defaults.
        devices: names such as "GPU:0" of the devices that share every batch, by TensorFlow's
            MirroredStrategy; None takes all GPUs of the machine, or the processor.
        on_progress: called now and then with the history, a list of one dictionary an epoch, and
            pictures, by the name of their row: "Portrait" holds validation images, "Network" their
            reconstructions, "Made sharp", in the training of the finisher, these finished; all
            float32 `(n, 160, 176, 1)`.
        callbacks: more of Keras' own, for the training of the autoencoder.
        film: the GIF to write of how the same faces become clear; None writes none.
        about: a sentence for the card on what the portraits are.
        say: called with sentences about what goes on.

    Returns:
        The model card.

    Raises:
        UserError: without arrays or a model to continue, with too few portraits, where nothing can
            be written, or if the loss diverges in the first epoch.
    """
    for name, switch in (("init", init), ("fresh", fresh)):
        check_kind(name, switch, bool, "True or False")
    view = say if on_progress is None else on_progress
    for name, function in (("say", say), ("on_progress", view)):
        check_kind(name, callable(function) or function, bool, "a function")
    callbacks = check_kind("callbacks", [] if callbacks is None else callbacks, list, "a list")
    for callback in callbacks:
        check_kind("callbacks", callback, keras.callbacks.Callback, "a list of Keras' callbacks")
    check_kind("about", about, str, "a sentence")
    settings = Settings() if settings is None else settings
    check_kind("settings", settings, Settings, "made by Settings()")
    strategy, arrays = training_strategy(devices), check_path("arrays", arrays)
    film = None if film is None else check_path("film", film)
    out = Path(os.path.realpath(check_path("out", out)))  # where links lead
    _check_writable(out)
    busy = (
        f"Another learn() is training in {out.parent}: wait until it has ended, or stop it with "
        "Ctrl-C first."
    )
    with hold_lock(out.parent, busy), Interruption() as interruption:
        remove_unfinished(out.parent)
        run = _Run(out, export.Portraits.load(arrays), interruption, on_progress, say)
        check_path("out", run.state_path)
        X_fit, X_validation = run.portraits.split()
        if len(X_fit) < settings.batch_size or not len(X_validation):
            raise UserError(
                f"{len(run.portraits.train)} portraits are too few to train on in batches of "
                f"{settings.batch_size}. Prepare a larger archive with prepare_data()."
            )
        former = _Former(settings.architecture) if init else _former_model(out)
        settings = replace(settings, architecture=former.architecture)
        if fresh:
            run.state_path.unlink(missing_ok=True)
        finished = not fresh and _lacks_finisher(run, settings)
        if finished:
            say(f"Going on with the model in {out}; learn(fresh=True) begins a new one.")
        else:
            finished = _train_autoencoder(run, settings, former, strategy, callbacks, film, about)
        if finished and settings.finisher.steps:
            _train_finisher(run, settings.finisher)
        return files.read_card(out)


def _train_autoencoder(
    run: _Run,
    settings: Settings,
    former: _Former,
    strategy: tf.distribute.Strategy,
    callbacks: Sequence[keras.callbacks.Callback],
    film: Path | None,
    about: str,
) -> bool:
    """Train, save and measure an autoencoder; return whether all of that was done."""
    X_fit, X_validation = run.portraits.split()
    epochs, steps_per_epoch = schedule(settings, len(X_fit))
    keras.utils.set_random_seed(settings.seed)
    with strategy.scope():
        model = compiled_model(settings, epochs * steps_per_epoch, former.weights)

    def pictures() -> Pictures:
        reconstructions = keras.ops.convert_to_numpy(model(run.pictured)[0])
        return {"Portrait": run.pictured, "Network": reconstructions}

    def measure_codes(logs: object = None) -> None:
        if state.epochs_done or not model.young:
            some = evenly_spaced(X_fit, MEASURED)
            model.measure_codes(validation_batches(some, settings.batch_size))

    state = run.training(
        settings,
        former.model_id,
        epochs=epochs,
        patience=max(2, round(settings.patience * epochs)),
        history=list(former.history),
        pictures=pictures,
    )
    if state.restore(model):
        run.say(f"Continuing the interrupted training after epoch {state.epochs_done} of {epochs}.")
    else:
        run.say(
            f"Training on {len(X_fit):,} portraits, validating on {len(X_validation):,}: "
            f"{epochs} epochs. Ctrl-C stops and keeps what was learned."
        )
    seed = settings.seed + state.epochs_done
    ended = state.fit(
        model,
        training_batches(X_fit, settings.batch_size, settings.augmentation, seed),
        validation_batches(X_validation, settings.batch_size),
        steps_per_epoch,
        [
            keras.callbacks.LambdaCallback(on_train_begin=measure_codes),
            *([Film(film, run.pictured)] if film else []),
            *callbacks,
        ],
    )
    if state.best_weights is None and ended == INTERRUPTED:
        run.say("\nStopped in the first epoch; nothing was learned yet.")
        raise KeyboardInterrupt
    if state.best_weights is None:
        raise UserError(
            "Training diverged before anything was learned. Call learn() with a lower "
            "learning_rate in its settings."
        )
    kept = [row.get("val_loss", math.inf) for row in files.read_history(run.out)]
    if ended == INTERRUPTED and min(kept, default=math.inf) < min(state.losses):
        run.say(
            f"\nStopped. The better model in {run.out} stays; the same call continues this "
            "training."
        )
        return False

    autoencoder = build_autoencoder(settings.architecture)
    autoencoder.set_weights(state.best_weights)
    engine = FaceEngine(autoencoder)

    def write(new: Path) -> dict:
        engine.model_id = save_network(autoencoder, new / files.NETWORK_FILE)
        export.draft_latent(engine, run.portraits).save(new)
        files.write_history(new / files.HISTORY_FILE, state.history)
        more = {"finisher": {"ended": "not begun"}} if settings.finisher.steps else {}
        return {"data": run.portraits.describe(about), "figures": {}, "directions": {}} | more

    def measure(step: Callable[[int], None]) -> tuple[LatentSpace, dict]:
        latent, effects = export.measure_latent(engine, run.portraits, step)
        figures = export.measure_figures(engine, latent, run.portraits, step)
        return latent, {"figures": figures, "directions": effects}

    card = {
        "created": date.today().isoformat(),
        "settings": asdict(settings),
        "training": _summary(state) | {"continued_from": list(former.lineage)},
        "versions": {
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
    }
    return _keep(run, state, ended, "training", card, write, measure)


def _train_finisher(run: _Run, settings: FinisherSettings) -> None:
    """Train, save and measure the finisher of the model in the folder."""
    card, network = files.read_card(run.out), load_network(run.out)
    decoder = network.get_layer("decoder")
    X_fit, X_validation = run.portraits.split()
    keras.utils.set_random_seed(settings.seed)
    autoencoder = build_autoencoder(Architecture.from_card(card), training_policy())
    autoencoder.set_weights(network.get_weights())
    model, latent = compiled_finishing(autoencoder, settings), LatentSpace.load(run.out)
    set_code_statistics(model.finisher, latent.mean, np.diag(latent.covariance))
    epochs = max(1, settings.steps // settings.steps_per_epoch)
    decoded = np.asarray(decoder(encode(network, run.pictured)))

    def pictures() -> Pictures:
        finished = keras.ops.convert_to_numpy(model(run.pictured))
        return {"Portrait": run.pictured, "Network": decoded, "Made sharp": finished}

    state = run.training(
        settings, card["model_id"], epochs=epochs, patience=epochs, pictures=pictures
    )
    if state.restore(model):
        run.say(f"Continuing the finisher after epoch {state.epochs_done} of {epochs}.")
    else:
        run.say(f"Training its finisher, which makes faces sharp: {settings.steps:,} steps.")
    mirrored = replace(NO_CHANGES, recombination=settings.recombination)
    unseen, seed = evenly_spaced(X_validation, VALIDATED), settings.seed + state.epochs_done
    ended = state.fit(
        model,
        training_batches(X_fit, settings.portraits, mirrored, seed),
        validation_batches(unseen, BLOCK),
        settings.steps_per_epoch,
    )
    if state.best_weights is None:
        run.say(f"\nThe model in {run.out} has no finisher yet ({ended}); the same call trains it.")
        return

    trained = model.finisher
    trained.set_weights(state.best_weights[: len(trained.weights)])
    adjust_gain(model, crop(np.asarray(unseen)))
    finisher = build_finisher(decoder)
    finisher.set_weights(trained.get_weights())
    subtract_fixed_detail(finisher, decoder_maps(decoder), latent.gallery)

    def write(new: Path) -> dict:
        files.write_history(new / files.FINISHER_HISTORY_FILE, state.history)
        finisher_id = save_network(finisher, new / files.FINISHER_FILE)
        return {"finisher": {"id": finisher_id, "version": FINISHER_VERSION} | card["finisher"]}

    def measure(step: Callable[[int], None]) -> tuple[LatentSpace, dict]:
        engine = FaceEngine(network, card["model_id"], finisher=finisher)
        return latent, {"figures": export.measure_figures(engine, latent, run.portraits, step)}

    card["finisher"] = _summary(state)
    _keep(run, state, ended, "finisher", card, write, measure)


def _keep(
    run: _Run,
    state: Training,
    ended: str,
    section: str,
    card: dict,
    write: Callable[[Path], dict],
    measure: Callable[[Callable[[int], None]], tuple[LatentSpace, dict]],
) -> bool:
    """Save the best weights of a training, then measure them: an interruption ends only that.

    `write` writes the model, see `publish`; `measure` measures it, and returns its latent space and
    entries for the card. Until all is measured, the card's section, "training" or "finisher", says
    "interrupted", and the same call goes on with that. Returns whether there is nothing left to do.
    """
    run.say(f"\nEnded after epoch {state.epochs_done} ({ended}). Saving the best model.")
    card[section]["ended"] = INTERRUPTED
    base = run.out if section == "finisher" else None
    card = files.publish(run.out, write, card, base, export.check_model)
    run.say(f"The model is in {run.out}. Measuring it; Ctrl-C stops that and keeps the model.")
    X_fit, X_validation = run.portraits.split()
    encoded = 0 if section == "finisher" else 2 * len(X_fit)
    total = encoded + len(X_validation) + len(run.portraits.test)
    done, measured = 0, None
    with run.interruption.ends(), ProgressBar("Measuring", total) as bar:

        def step(portraits: int) -> None:
            nonlocal done
            run.interruption.check()
            done += portraits
            bar.update(done)

        measured = measure(step)
    if measured is None:
        run.say("\nStopped. The model is saved, but not measured; the same call goes on.")
        return False
    latent, entries = measured
    card[section]["ended"] = ended
    files.publish(run.out, latent.save, card | entries, run.out, export.check_model)
    if ended != INTERRUPTED:
        state.path.unlink(missing_ok=True)
    return ended != INTERRUPTED


def compiled_model(
    settings: Settings, steps: int, weights: list[np.ndarray] | None = None
) -> VariationalAutoencoder:
    """Build the model and compile it for so many steps; weights of None are random."""
    autoencoder = build_autoencoder(settings.architecture, training_policy())
    if weights is not None:
        autoencoder.set_weights(weights)
    model = VariationalAutoencoder(autoencoder, settings, steps, young=weights is None)
    rate = settings.learning_rate if weights is None else CONTINUED * settings.learning_rate
    model.compile(build_optimizer(steps, rate), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def schedule(settings: Settings, portraits: int) -> tuple[int, int]:
    """Return the epochs that the settings ask for with so many portraits, and the steps of one."""
    steps_per_epoch = portraits // settings.batch_size
    return max(settings.least_epochs, math.ceil(settings.steps / steps_per_epoch)), steps_per_epoch


def _check_writable(out: Path) -> None:
    """Check that a model can be written to `out`; make the folder around it."""
    failure, then = f"No model can be written to {out}", "make it a folder that can be written"
    with tell_failure(failure, then):
        out.parent.mkdir(parents=True, exist_ok=True)
        for folder in (out.parent, out):
            if folder.exists() or folder.is_symlink():
                tempfile.TemporaryFile(dir=folder).close()


def _former_model(out: Path) -> _Former:
    """Return the model to continue.

    Of a model that an interrupted call left, it is the model which that call continued: so the same
    call finds its state again.
    """
    folder = files.find_model(out if out.exists() else None)
    card, history = files.read_card(folder), files.read_history(folder)
    models = files.lineage(card)
    if card.get("training", {}).get("ended") == INTERRUPTED and len(models) > 1:
        models = models[1:]
    return _Former(
        Architecture.from_card(card),
        str(models[0]["model_id"]),
        load_network(folder).get_weights(),
        history if files.is_history(history, files.HISTORY_COLUMNS) else [],
        models,
    )


def _lacks_finisher(run: _Run, settings: Settings) -> bool:
    """Whether the folder has the whole model of these settings, but not the finisher they want."""
    try:
        card = files.read_card(files.find_model(run.out))
        finisher = card["finisher"]  # one that was not begun has no version
        return (
            (finisher["ended"] == INTERRUPTED or finisher.get("version") != FINISHER_VERSION)
            and card["training"]["ended"] != INTERRUPTED
            and card["settings"] == json.loads(json.dumps(asdict(settings)))
            and card["data"]["fingerprint"] == run.portraits.fingerprint
        )
    except (UserError, KeyError, TypeError):
        return False


def _summary(state: Training) -> dict[str, object]:
    """Return what a card says about a training, except why it ended."""
    return {
        "epochs": state.epochs_done,
        "best_epoch": state.best_epoch,
        "minutes": round(sum(row["seconds"] for row in state.history) / 60, 1),
    }
