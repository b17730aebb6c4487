"""Around batches and epochs: signals, the state that survives a kill, progress, pictures."""

from __future__ import annotations

import contextlib
import json
import math
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from data.errors import UserError
from data.replace import replace_file
from model.folder import HISTORY_COLUMNS, is_history
from model.safe_zip import read_arrays

INTERRUPTED = "interrupted"  # why a training ended, as the card says
DIVERGED = "the loss diverged"
ALL_DONE = "all epochs done"
PICTURE_SECONDS = 30  # between two calls of the views
QUIET_UPDATES = 40  # progress lines of a whole training where there is no terminal
MAX_COUNTERS_BYTES = 2**24  # of the state beside its weights: above all the history


class Interruption(keras.callbacks.Callback):
    """Ends a training on Ctrl-C and on SIGTERM, in whatever the signal finds it.

    Python drops what is raised inside of a destructor, and TensorFlow has many; so after each batch
    it is raised again.
    """

    def __init__(self):
        super().__init__()
        self._asked = False

    def on_train_batch_end(self, batch, logs=None):
        """Raise the interruption if it was dropped."""
        if self._asked:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def signals(self):
        """Listen to the two signals, where signals can be caught at all."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def interrupt(number, frame):
            self._asked = True
            raise KeyboardInterrupt

        numbers = (signal.SIGINT, signal.SIGTERM)
        former = [signal.signal(number, interrupt) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, former, strict=True):
                signal.signal(number, handler or signal.SIG_DFL)


class TrainingState(keras.callbacks.Callback):
    """Keeps the best weights, stops early, and writes all of it to one file after every epoch.

    The file holds weights, optimizer and counters. It is written under another name and then
    renamed, so that a kill leaves the state of this epoch or of the one before. The weights judged
    and kept are the optimizer's moving averages.

    Args:
        path: the state file.
        fingerprint: of data and settings; a state with another one is not continued.
        patience: epochs without a better validation loss after which training stops.

    Attributes:
        epochs_done: epochs trained, those of former runs included.
        best_loss: lowest validation loss.
        best_epoch: the epoch that reached it, from 1.
        best_weights: the averaged weights of that epoch, None before the first.
        history: one dictionary an epoch.
        diverged: whether a loss was not a finite number.
    """

    def __init__(self, path: Path, fingerprint: str, patience: int):
        super().__init__()
        self.path = path
        self.fingerprint = fingerprint
        self.patience = patience
        self.epochs_done = 0
        self.best_loss = math.inf
        self.best_epoch = 0
        self.best_weights: list[np.ndarray] | None = None
        self.history: list[dict[str, float]] = []
        self.diverged = False
        self._started = time.monotonic()

    def on_epoch_begin(self, epoch, logs=None):
        """Note the time."""
        self._started = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Judge the epoch and write the state."""
        logs = {name: float(value) for name, value in (logs or {}).items()}
        if not all(math.isfinite(value) for value in logs.values()):
            self.diverged = True
            self.model.stop_training = True
            return
        self.epochs_done = epoch + 1
        seconds = time.monotonic() - self._started
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        number = self.history[-1]["epoch"] + 1 if self.history else 1.0
        self.history.append(
            {"epoch": number, **logs, "learning_rate": rate, "seconds": round(seconds, 2)}
        )
        if logs["val_loss"] < self.best_loss:
            self.best_loss, self.best_epoch = logs["val_loss"], self.epochs_done
            self.best_weights = averaged_weights(self.model)
        self.model.stop_training |= self.epochs_done - self.best_epoch >= self.patience
        self.save()

    def save(self) -> None:
        """Write the state file.

        Raises:
            UserError: if there is no room or no permission.
        """
        arrays = {f"weight_{i}": value for i, value in enumerate(self.model.get_weights())}
        for i, variable in enumerate(self.model.optimizer.variables):
            arrays[f"optimizer_{i}"] = keras.ops.convert_to_numpy(variable)
        arrays |= {f"best_{i}": value for i, value in enumerate(self.best_weights or [])}
        counters = {
            "fingerprint": self.fingerprint,
            "epochs_done": self.epochs_done,
            "best_loss": self.best_loss,
            "best_epoch": self.best_epoch,
            "history": self.history,
        }
        try:
            with replace_file(self.path) as new, new.open("wb") as file:
                np.savez(file, counters=np.array(json.dumps(counters)), **arrays)
        except OSError as error:
            raise UserError(
                f"The training state cannot be written to {self.path} ({error.strerror}). "
                "Make room or make the folder writable, then call learn() again."
            ) from None

    def restore(self, model: keras.Model) -> bool:
        """Continue an interrupted training, if the state file is whole and of the same kind.

        Args:
            model: compiled, with its optimizer built.

        Returns:
            Whether there was something to continue; if not, nothing was changed.
        """
        try:
            arrays = self._read(model)
            counters = json.loads(str(arrays["counters"]))
            history, best_loss = counters["history"], counters["best_loss"]
            epochs_done, best_epoch = counters["epochs_done"], counters["best_epoch"]
            if (
                counters["fingerprint"] != self.fingerprint
                or not is_history(history, HISTORY_COLUMNS)
                or not (isinstance(best_loss, float) and best_loss > -math.inf)
                or not (type(epochs_done) is int and type(best_epoch) is int)
                or not 0 <= best_epoch <= epochs_done <= len(history)
            ):
                return False
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return False
        self.epochs_done, self.best_epoch = epochs_done, best_epoch
        self.best_loss, self.history = best_loss, history
        self.best_weights = [arrays[f"best_{i}"] for i in range(len(model.weights))]
        model.set_weights([arrays[f"weight_{i}"] for i in range(len(model.weights))])
        for i, variable in enumerate(model.optimizer.variables):
            variable.assign(arrays[f"optimizer_{i}"])
        return True

    def _read(self, model: keras.Model) -> dict[str, np.ndarray]:
        """Read the state file, whose arrays have to be those of this model."""
        variables = {f"weight_{i}": variable for i, variable in enumerate(model.weights)}
        variables |= {f"best_{i}": variable for i, variable in enumerate(model.weights)}
        variables |= {f"optimizer_{i}": v for i, v in enumerate(model.optimizer.variables)}
        size = sum(8 * math.prod(variable.shape) for variable in variables.values())
        arrays = read_arrays(self.path, size + MAX_COUNTERS_BYTES)
        for name, variable in variables.items():
            array = arrays[name]
            if (array.shape, str(array.dtype)) != (tuple(variable.shape), variable.dtype):
                raise ValueError("arrays of another model")
            if not np.isfinite(array).all():
                raise ValueError("no finite numbers")
        return arrays


class Progress(keras.callbacks.Callback):
    """One bar for the whole training: loss, validation figures, time left."""

    def __init__(self, epochs: int, steps_per_epoch: int, epochs_done: int):
        super().__init__()
        self._total = epochs * steps_per_epoch
        self._first = epochs_done * steps_per_epoch
        self._step = self._first
        self._values: dict[str, float] = {}
        names = ("loss", "mse", "divergence", "val_loss", "val_mse", "val_divergence")
        self._bar = keras.utils.Progbar(
            self._total - self._first, unit_name="step", interval=0.5, stateful_metrics=names
        )
        self._every = 1 if self._bar._dynamic_display else max(1, self._total // QUIET_UPDATES)

    def on_train_batch_end(self, batch, logs=None):
        """Move the bar."""
        self._step += 1
        self._values |= logs or {}
        if self._step % self._every == 0:
            self._update()

    def on_epoch_end(self, epoch, logs=None):
        """Take in the validation figures."""
        self._values |= logs or {}

    def on_train_end(self, logs=None):
        """End the line where training stopped early."""
        if self._step < self._total:
            self._bar.update(self._step - self._first, self._values.items(), finalize=True)

    def _update(self):
        values = [(name, float(value)) for name, value in self._values.items()]
        self._bar.update(self._step - self._first, values)


class Views(keras.callbacks.Callback):
    """Hands the history and some reconstructions to the views, now and then and at the end.

    Args:
        state: holds the history.
        images: float32 `(n, 160, 176, 1)`, validation portraits.
        on_epoch: called with the history, a list of one dictionary an epoch.
        on_pictures: called with images, reconstructions and the number of epochs done.
    """

    def __init__(
        self,
        state: TrainingState,
        images: np.ndarray,
        on_epoch: Callable | None,
        on_pictures: Callable | None,
    ):
        super().__init__()
        self._state = state
        self._images = images
        self._on_epoch = on_epoch
        self._on_pictures = on_pictures
        self._shown = -math.inf

    def on_epoch_end(self, epoch, logs=None):
        """Show, if the last time is long enough ago."""
        if time.monotonic() - self._shown > PICTURE_SECONDS:
            self._show()

    def on_train_end(self, logs=None):
        """Show the end."""
        self._show()

    def _show(self):
        if not self._state.history:
            return
        self._shown = time.monotonic()
        if self._on_epoch:
            self._on_epoch(self._state.history)
        if self._on_pictures and self._state.best_weights:
            weights = self.model.get_weights()
            self.model.set_weights(self._state.best_weights)
            reconstructions = keras.ops.convert_to_numpy(self.model(self._images)[0])
            self.model.set_weights(weights)
            self._on_pictures(self._images, reconstructions, self._state.epochs_done)


class FinisherViews(keras.callbacks.Callback):
    """Hands finished reconstructions to a view, now and then and at the end.

    Args:
        images, decoded: float32 `(n, 160, 176, 1)`, validation portraits and reconstructions.
        show: called with both, with what is finished, and with the number of epochs done.
    """

    def __init__(self, images: np.ndarray, decoded: np.ndarray, show: Callable | None):
        super().__init__()
        self._images, self._decoded, self._view = images, decoded, show
        self._epochs, self._shown = 0, -math.inf

    def on_epoch_end(self, epoch, logs=None):
        """Show, if the last time is long enough ago."""
        self._epochs = epoch + 1
        if time.monotonic() - self._shown > PICTURE_SECONDS:
            self._show()

    def on_train_end(self, logs=None):
        """Show the end."""
        self._show()

    def _show(self):
        if self._view and self._epochs:
            self._shown = time.monotonic()
            weights = self.model.get_weights()
            self.model.set_weights(averaged_weights(self.model))
            finished = keras.ops.convert_to_numpy(self.model(self._images))
            self.model.set_weights(weights)
            self._view(self._images, self._decoded, finished, self._epochs)


def averaged_weights(model: keras.Model) -> list[np.ndarray]:
    """Return the moving averages that the optimizer keeps, in the order of `get_weights`."""
    weights = model.get_weights()
    model.optimizer.finalize_variable_values(model.trainable_variables)
    averages = model.get_weights()
    model.set_weights(weights)
    return averages
