"""An engine that takes its time, to see how the window bears it."""

import time

import numpy as np


class SlowEngine:
    """Another engine, but encoding and decoding compute longer than they have to.

    Args:
        engine: the other one.
        slow: seconds of computing added to every call.
    """

    def __init__(self, engine, slow: float = 0.0):
        self._engine, self.slow = engine, slow
        self._matrix = np.ones((300, 300), np.float32)

    def __getattr__(self, name: str):
        return getattr(self._engine, name)

    def encode(self, images: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
        self._compute()
        return self._engine.encode(images, start)

    def guess(self, images: np.ndarray) -> np.ndarray:
        self._compute()
        return self._engine.guess(images)

    def encode_sketch(self, drawings: np.ndarray) -> np.ndarray:
        self._compute()
        return self._engine.encode_sketch(drawings)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        self._compute()
        return self._engine.decode(codes)

    def finish(self, codes: np.ndarray) -> np.ndarray:
        self._compute()
        return self._engine.finish(codes)

    def _compute(self) -> None:
        """Really compute: a sleep would leave the processor to the window."""
        end = time.perf_counter() + self.slow
        while time.perf_counter() < end:
            self._matrix @ self._matrix
