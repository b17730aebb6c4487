"""A thread that loads the model, then computes beside the window.

Work is submitted to a slot ("sliders.face", "drawing.answer"), which holds one request: a newer one
replaces an older one that has not begun. A job that has begun is finished and its value delivered,
so that even a slow model keeps answering during a long drag.
"""

from __future__ import annotations

import inspect
import itertools
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from data.errors import UserError

if TYPE_CHECKING:
    from model.engine import FaceEngine

T = TypeVar("T")
Call = Callable[[], object]


@dataclass
class _Request:
    slot: str
    job: Callable[[FaceEngine], object]
    done: Callable[[Any], object]
    order: tuple[int, int]  # the priority, then the number of requests before
    saves: bool
    steps: Generator[Any, Any, Any] | None = None  # the generator of a job that has begun


@dataclass(eq=False)
class Worker:
    """Runs jobs on the engine, one at a time, the most urgent first.

    It never calls the window: callbacks wait until the window's thread polls them.

    Example:
        >>> worker = Worker(FaceEngine.load, print, print)
        >>> worker.start()
        >>> worker.submit("face", lambda engine: engine.decode(codes), show)
        >>> worker.wait(1.0)
        >>> for call in worker.poll():
        ...     call()
    """

    load_engine: Callable[[], FaceEngine]  # called in the thread; may raise
    loaded: Call  # to be called once the engine is loaded or has failed to load
    failed: Callable[[str, Exception], object]  # to be called with a job's slot and its exception

    def __post_init__(self) -> None:
        self.state = "loading"  # then "ready" or "failed"
        self.engine: FaceEngine | None = None  # once it is loaded
        self.error: BaseException | None = None  # that loading raised
        self._changed = threading.Condition()
        self._requests: dict[str, _Request] = {}
        self._running: _Request | None = None
        self._calls: list[tuple[str, Call]] = []  # with the slots they come from
        self._numbers = itertools.count()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to load the engine."""
        self._thread.start()

    def submit(
        self,
        slot: str,
        job: Callable[[FaceEngine], T | Iterator[T | None]],
        done: Callable[[T], object],
        priority: int = 0,
        saves: bool = False,
    ) -> None:
        """Ask for `job(engine)`, and for `done` with its result; also while the engine loads.

        Args:
            slot: a request that waits in this slot is replaced, and a generator that runs in it
                ends at its next yield.
            job: called in the worker's thread. At each yield of a generator function more urgent
                jobs run first; a bare yield does only that.
            done: called in the window's thread with what the job returned, or with each value that
                it yielded; not called for a job that failed.
            priority: 0 runs before 1, 1 before 2.
            saves: whether it writes a file for the user; then nothing replaces it.
        """
        with self._changed:
            order = priority, next(self._numbers)
            slot = f"{slot} {order[1]}" if saves else slot
            self._requests[slot] = _Request(slot, job, done, order, saves)
            self._changed.notify_all()

    def cancel(self, slot: str) -> None:
        """Drop what waits or runs in a slot, and results that were not polled yet."""
        with self._changed:
            self._requests.pop(slot, None)
            if self._running is not None and self._running.slot == slot:
                self._running.slot = ""  # its result is dropped
            self._calls = [(origin, call) for origin, call in self._calls if origin != slot]

    def busy(self, slot: str) -> bool:
        """Return whether something waits or runs in a slot."""
        with self._changed:
            return any(request.slot == slot for request in self._open())

    @property
    def saving(self) -> bool:
        """Whether a job that saves waits or runs, unless the engine failed to load."""
        with self._changed:
            return self.state != "failed" and any(request.saves for request in self._open())

    def _open(self) -> list[_Request]:
        running = [] if self._running is None else [self._running]
        return [*self._requests.values(), *running]

    def poll(self) -> list[Call]:
        """Return the callbacks that are due in the window's thread, oldest first."""
        with self._changed:
            calls, self._calls = self._calls, []
            return [call for _, call in calls]

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` for something to poll; return whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._calls), seconds)

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
            self.engine = self.load_engine()
        except BaseException as error:  # the window shows it, whatever it is
            self.error = error
        engine = self.engine
        with self._changed:
            self.state = "failed" if engine is None else "ready"
            self._calls.append(("", self.loaded))
            self._changed.notify_all()
        while engine is not None:
            with self._changed:
                self._changed.wait_for(lambda: self._requests or self._closing)
                if self._closing:
                    return
                request = min(self._requests.values(), key=lambda each: each.order)
                self._running = self._requests.pop(request.slot)
            call = self._step(request, engine)
            with self._changed:
                self._running = None
                replaced = request.steps is not None and request.slot in self._requests
                if request.slot and not self._closing and not replaced:
                    if call is not None:
                        self._calls.append((request.slot, call))
                    if request.steps is not None:
                        self._requests[request.slot] = request
                elif request.steps is not None:
                    request.steps.close()
                self._changed.notify_all()

    def _step(self, request: _Request, engine: FaceEngine) -> Call | None:
        """Do a job, or a generator's next step; return what is to be called with its result."""
        try:
            if request.steps is None:
                value = request.job(engine)
                if not inspect.isgenerator(value):
                    return partial(request.done, value)
                request.steps = value
            value = next(request.steps)
            return None if value is None else partial(request.done, value)
        except StopIteration:
            request.steps = None
            return None
        except Exception as error:
            request.steps = None
            return partial(self.failed, request.slot, error)


def sentence(error: BaseException) -> str:
    """Return the sentence shown for an error; for a bug, its type and message."""
    if isinstance(error, UserError):
        return str(error)
    return f"Something went wrong: {type(error).__name__}: {error}".strip(": ")


def decode_one(engine: FaceEngine, code: np.ndarray, sharp: bool = False) -> np.ndarray:
    """Return the face (rows, columns) of one code (latent_dim,), float32 in [0, 1]."""
    draw = engine.finish if sharp else engine.decode
    return draw(np.asarray(code, np.float32)[np.newaxis])[0, ..., 0]


def decode_each(
    engine: FaceEngine, codes: np.ndarray, sharp: bool = False
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the number and the face of each code (n, latent_dim); more urgent jobs run between."""
    for number, code in enumerate(codes):
        yield number, decode_one(engine, code, sharp)
