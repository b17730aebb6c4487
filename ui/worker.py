"""A thread that loads the model, then computes beside the window.

Work is asked for by slot ("face", "ends", "suggestions"). A slot holds one request: a newer one
takes the place of an older one that has not begun. What was begun is finished and handed over, so
that even a slow model keeps answering during a long drag, always with the latest face it made.
"""

from __future__ import annotations

import inspect
import itertools
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.errors import UserError


@dataclass(frozen=True)
class Result:
    """What came of a job."""

    slot: str  # that it was submitted to
    value: Any  # what the job returned or yielded; None if it failed
    error: BaseException | None  # that it failed with
    final: bool  # whether the job is over, unlike after the values that a generator yields


@dataclass
class _Request:
    slot: str
    job: Callable[[Any], Any]
    order: tuple[int, int]  # the priority, and how many were before
    steps: Generator | None = None


class Worker:
    """Runs jobs on the engine, one at a time, the most urgent first.

    Args:
        load_engine: called in the thread; gives the engine or raises.

    Example:
        >>> worker = Worker(FaceEngine.load)
        >>> worker.start()
        >>> worker.submit("face", lambda engine: engine.decode(codes))
        >>> worker.wait(1.0)
        >>> worker.poll()[0].value
    """

    def __init__(self, load_engine: Callable[[], Any]):
        self.state = "loading"  # "loading", "ready" or "failed"
        self.engine: Any = None
        self.error: BaseException | None = None
        self._load_engine = load_engine
        self._changed = threading.Condition()
        self._requests: dict[str, _Request] = {}
        self._running: _Request | None = None
        self._results: list[Result] = []
        self._numbers = itertools.count()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to load the engine."""
        self._thread.start()

    def submit(self, slot: str, job: Callable[[Any], Any], priority: int = 0) -> None:
        """Ask for `job(engine)`, of which results will come.

        Args:
            slot: a request that waits in this slot is replaced, and a generator that runs in it
                ends at its next yield.
            job: a function, or a generator function: each value it yields becomes a result with
                `final=False`, and each yield is a point where more urgent slots run first. Jobs
                may be submitted while the engine is still loading.
            priority: 0 runs before 1, 1 before 2.
        """
        with self._changed:
            self._requests[slot] = _Request(slot, job, (priority, next(self._numbers)))
            self._changed.notify_all()

    def cancel(self, slot: str) -> None:
        """Drop what waits and runs in a slot, and its results that were not polled yet."""
        with self._changed:
            self._requests.pop(slot, None)
            if self._running is not None and self._running.slot == slot:
                self._running.slot = ""  # nobody listens any more
            self._results = [result for result in self._results if result.slot != slot]

    def busy(self, slot: str) -> bool:
        """Return whether something waits or runs in a slot."""
        with self._changed:
            running = self._running is not None and self._running.slot == slot
            return running or slot in self._requests

    def poll(self) -> list[Result]:
        """Take the results that have arrived since the last call, oldest first."""
        with self._changed:
            results, self._results = self._results, []
            return results

    def wait(self, seconds: float) -> bool:
        """Block until there is a result to poll, at most `seconds`; return whether there is one."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._results), seconds)

    def close(self, seconds: float = 5.0) -> None:
        """Drop all work and end the thread after what runs now; loading is not waited for."""
        with self._changed:
            self._closing = True
            self._requests.clear()
            self._changed.notify_all()
        if self._thread.is_alive() and self.state != "loading":
            self._thread.join(seconds)

    def _work(self) -> None:
        try:
            engine = self._load_engine()
        except BaseException as error:  # whatever it was, the window must hear of it
            self.error, self.state = error, "failed"
            return
        self.engine, self.state = engine, "ready"
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._requests or self._closing)
                if self._closing:
                    return
                request = min(self._requests.values(), key=lambda each: each.order)
                self._running = self._requests.pop(request.slot)
            self._run(request)

    def _run(self, request: _Request) -> None:
        value, error, final = None, None, True
        try:
            if request.steps is None:
                value = request.job(self.engine)
                if inspect.isgenerator(value):
                    request.steps = value
            if request.steps is not None:
                value = next(request.steps)
                final = False
        except StopIteration as end:
            value = end.value
        except Exception as problem:
            value, error = None, problem
        with self._changed:
            replaced = request.slot in self._requests and not final
            if not request.slot or self._closing or replaced:
                if request.steps is not None:
                    request.steps.close()
            else:
                self._results.append(Result(request.slot, value, error, final))
                if not final:
                    self._requests[request.slot] = request
            self._running = None
            self._changed.notify_all()


def sentence(error: BaseException) -> str:
    """Return what a user reads of an error: a `UserError` itself, or the kind of any other."""
    if isinstance(error, UserError):
        return str(error)
    return f"Something went wrong: {type(error).__name__}: {error}".strip(": ")


def decode_one(engine, code: np.ndarray, sharp: bool = False) -> np.ndarray:
    """Return the face (rows, columns) of one code (latent_dim,), float32 in [0, 1]."""
    draw = engine.finish if sharp else engine.decode
    return draw(np.asarray(code, np.float32)[np.newaxis])[0, ..., 0]
