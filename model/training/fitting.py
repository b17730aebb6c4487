"""The one loop of both trainings: interruptions, a state that survives a kill, progress, views."""

from __future__ import annotations

import contextlib
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np

from data.errors import UserError, tell_failure
from data.replace import replace_file
from model.folder import HISTORY_COLUMNS, is_history
from model.safe_zip import read_arrays

ALL_DONE = "all epochs done"  # why a training ended, as the card says
NO_BETTER = "no better validation loss"
DIVERGED = "the loss diverged"
INTERRUPTED = "interrupted"
VIEW_SECONDS = 30  # least time between two updates of the pictures
LOG_SECONDS = 60  # time between two updates of the progress bar where there is no terminal
BAR_NAMES = ("loss", "mse", "divergence", "val_loss", "val_mse", "val_divergence")  # as they are
MAX_RECORD_BYTES = 2**24  # of the state beside its weights: above all the history

History = list[dict[str, float]]
Pictures = dict[str, np.ndarray]  # validation portraits, and what is made of them, by row titles


class Interruption:
    """Ctrl-C and SIGTERM end only blocks that allow it; a context manager around a training.

    Anywhere else they are only noted, and end the next such block: no file is left half written.
    They are noted in such a block as well: Python drops what is raised in a destructor.
    """

    _noted = _raises = False

    def __enter__(self) -> Interruption:
        catchable = threading.current_thread() is threading.main_thread()
        numbers = (signal.SIGINT, signal.SIGTERM) if catchable else ()
        self._former = {number: signal.signal(number, self._note) for number in numbers}
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler or signal.SIG_DFL)

    def _note(self, *_signal: object) -> None:
        self._noted = True
        self.check()

    @contextlib.contextmanager
    def ends(self) -> Iterator[None]:
        """Let an interruption end the block, which calls `check` first; the code after it runs."""
        self._raises = True
        try:
            with contextlib.suppress(KeyboardInterrupt):
                yield
        finally:
            self._noted = self._raises = False

    def check(self) -> None:
        """End the block now if there was an interruption."""
        if self._noted and self._raises:
            raise KeyboardInterrupt


@dataclass(eq=False)
class Training(keras.callbacks.Callback):
    """Keeps the best weights, stops early, and shows how the training goes.

    Its state is written to one file after every epoch: a kill leaves that of this epoch or of the
    one before. The weights that are judged and kept are the optimizer's moving averages.
    """

    path: Path  # of the state file
    fingerprint: str  # of data and settings; a state with another one is not continued
    epochs: int  # of the whole training
    patience: int  # epochs without a better validation loss after which it stops
    history: History = field(default_factory=list)  # of former trainings too, which goes on
    interruption: Interruption = field(default_factory=Interruption)
    pictures: Callable[[], Pictures] = dict  # called while the model has its best weights
    on_progress: Callable[[History, Pictures], object] | None = None  # called by `show`
    say: Callable[[str], object] = print  # told once if that cannot be shown

    def __post_init__(self) -> None:
        super().__init__()
        self.epochs_done = 0  # those of interrupted calls included
        self.best_weights: list[np.ndarray] | None = None  # averaged, of the best epoch
        self.diverged = False  # whether a loss was not a finite number
        self._shown = -math.inf

    @property
    def losses(self) -> list[float]:
        """The validation loss of every epoch that was done."""
        return [row["val_loss"] for row in self.history[len(self.history) - self.epochs_done :]]

    @property
    def best_epoch(self) -> int:
        """The epoch of the lowest validation loss, from 1; 0 before the first."""
        return 1 + int(np.argmin(self.losses)) if self.losses else 0

    @property
    def ended(self) -> str | None:
        """Why the training has ended; None if it has not."""
        if self.diverged:
            return DIVERGED
        if self.epochs_done >= self.epochs:
            return ALL_DONE
        return NO_BETTER if self.epochs_done - self.best_epoch >= self.patience else None

    def fit(
        self,
        model: keras.Model,
        batches: Iterable,
        validation: Iterable,
        steps_per_epoch: int,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> str:
        """Train a compiled model from where the state stands to the end.

        `batches` never end; `validation` decides which epoch is the best. The callbacks are called
        before this one. Returns why the training ended, as the card says it.
        """
        if self.ended:  # in an earlier call that was stopped before the model was measured
            return self.ended
        with self.interruption.ends():
            self.interruption.check()
            model.fit(
                batches,
                validation_data=validation,
                steps_per_epoch=steps_per_epoch,
                initial_epoch=self.epochs_done,
                epochs=self.epochs,
                shuffle=False,  # the batches are shuffled already
                verbose=0,
                callbacks=[
                    keras.callbacks.TerminateOnNaN(),
                    keras.callbacks.SwapEMAWeights(),  # validation sees the averaged weights
                    *callbacks,
                    self,
                ],
            )
            return self.ended or NO_BETTER
        return INTERRUPTED

    def on_train_begin(self, logs=None):
        """Begin one progress bar for all epochs: loss, validation figures, time left."""
        steps = (self.epochs - self.epochs_done) * self.params["steps"]
        seconds = 0.5 if sys.stdout is not None and sys.stdout.isatty() else LOG_SECONDS
        self._bar = keras.utils.Progbar(
            steps, unit_name="step", interval=seconds, stateful_metrics=BAR_NAMES
        )
        self._step, self._values = 0, {}

    def on_epoch_begin(self, epoch, logs=None):
        """Note the time."""
        self._started = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        """Move the bar, or end the training after this batch."""
        self.interruption.check()
        self._step += 1
        self._values |= {name: float(value) for name, value in (logs or {}).items()}
        self._bar.update(self._step, self._values.items())

    def on_epoch_end(self, epoch, logs=None):
        """Judge the epoch, write the state, and show it if the last time is long enough ago."""
        logs = {name: float(value) for name, value in (logs or {}).items()}
        self._values |= logs
        self.diverged = not all(math.isfinite(value) for value in logs.values())
        if not self.diverged:
            rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
            number = self.history[-1]["epoch"] + 1 if self.history else 1.0
            seconds = round(time.monotonic() - self._started, 2)
            row = {"epoch": number, **logs, "learning_rate": rate, "seconds": seconds}
            self.history.append(row)
            self.epochs_done += 1
            if self.best_epoch == self.epochs_done:
                self.best_weights = averaged_weights(self.model)
            self.save()
        self.model.stop_training |= self.ended is not None
        if time.monotonic() - self._shown > VIEW_SECONDS:
            self.show()

    def on_train_end(self, logs=None):
        """Show the finished training; end the line of the bar where it stopped early."""
        if self._step < self._bar.target:
            self._bar.update(self._step, self._values.items(), finalize=True)
        self.show()

    def show(self) -> None:
        """Call `on_progress` with history and pictures; if it fails, say so, and go on without."""
        if not (self.on_progress and self.best_weights):
            return
        weights = self.model.get_weights()
        self.model.set_weights(self.best_weights)
        pictures = self.pictures()
        self.model.set_weights(weights)
        try:
            self.on_progress(self.history, pictures)
        except (UserError, OSError) as error:
            self.say(f"\n{error} The training goes on without pictures.")
            self.on_progress = None
        self._shown = time.monotonic()

    def save(self) -> None:
        """Write the state file; `UserError` if there is no room or no permission."""
        variables = _variables(self.model).items()
        arrays = {name: keras.ops.convert_to_numpy(value) for name, value in variables}
        arrays |= {f"best_{i}": value for i, value in enumerate(self.best_weights or [])}
        names = ("fingerprint", "epochs_done", "history")
        arrays["record"] = np.array(json.dumps({name: getattr(self, name) for name in names}))
        failure = f"The training state cannot be written to {self.path}"
        then = "make room or make the folder writable, then call learn() again"
        with tell_failure(failure, then), replace_file(self.path) as new, new.open("wb") as file:
            np.savez(file, **arrays)

    def restore(self, model: keras.Model) -> bool:
        """Continue an interrupted training, if the state file is whole and of the same kind.

        The model is compiled, its optimizer built. Returns whether there was something to continue;
        if not, nothing was changed.
        """
        variables = _variables(model)
        best = {f"best_{i}": variable for i, variable in enumerate(model.weights)}
        expected = variables | best
        size = sum(8 * math.prod(value.shape) for value in expected.values())
        try:
            arrays = read_arrays(self.path, size + MAX_RECORD_BYTES)
            record = json.loads(str(arrays["record"]))
            history, epochs_done = record["history"], record["epochs_done"]
            fits = (
                record["fingerprint"] == self.fingerprint
                and is_history(history, HISTORY_COLUMNS)
                and type(epochs_done) is int
                and 0 < epochs_done <= len(history)
                and all(_fits(arrays[name], value) for name, value in expected.items())
            )
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return False
        if fits:
            self.epochs_done, self.history = epochs_done, history
            self.best_weights = [arrays[name] for name in best]
            for name, variable in variables.items():
                variable.assign(arrays[name])
        return fits


def _variables(model: keras.Model) -> dict[str, keras.Variable]:
    """Return the variables that a training changes, by their names in the state file."""
    weights = {f"weight_{i}": variable for i, variable in enumerate(model.weights)}
    optimizer = model.optimizer.variables
    return weights | {f"optimizer_{i}": variable for i, variable in enumerate(optimizer)}


def _fits(array: np.ndarray, variable: keras.Variable) -> bool:
    """Return whether a variable can be given an array."""
    same = (array.shape, str(array.dtype)) == (tuple(variable.shape), variable.dtype)
    return same and bool(np.isfinite(array).all())


def averaged_weights(model: keras.Model) -> list[np.ndarray]:
    """Return the moving averages that the optimizer keeps, in the order of `get_weights`."""
    weights = model.get_weights()
    model.optimizer.finalize_variable_values(model.trainable_variables)
    averages = model.get_weights()
    model.set_weights(weights)
    return averages
