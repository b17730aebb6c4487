"""How long one frame's work takes the engine, and Keras' `predict` on the same network."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

CALLS = 300
WARM_UP = 10


def call_times(call: Callable[[], object], calls: int = CALLS) -> np.ndarray:
    """Return the milliseconds that each of `calls` calls took, after a few that are not counted."""
    times = []
    for number in range(WARM_UP + calls):
        started = time.perf_counter()
        call()
        if number >= WARM_UP:
            times.append(1000 * (time.perf_counter() - started))
    return np.array(times)


def frame_times(folder: str | Path | None = None, calls: int = CALLS) -> dict[str, np.ndarray]:
    """Return the milliseconds of one frame's work, so many calls each, by what is done and how.

    `folder` is a model's; None takes the model in use.
    """
    from model.folder import find_model
    from model.loading import load_engine

    engine = load_engine(folder)
    from model.engine import load_network

    network = load_network(find_model(folder))
    decoder = network.get_layer("decoder")
    code = np.zeros((1, engine.latent_dim), np.float32)
    image = engine.decode(code)
    drawing = np.repeat(image, 2, axis=-1)
    inputs = [image, np.zeros_like(code)][: len(network.inputs)]  # no correction, then
    ways: dict[str, Callable[[], object]] = {
        "decode": lambda: engine.decode(code),
        "encode a sketch and decode": lambda: engine.decode(engine.encode_sketch(drawing)),
        "encode and decode": lambda: engine.decode(engine.encode(image)),
        "decode, predict": lambda: decoder.predict(code, verbose=0),
        "encode and decode, predict": lambda: network.predict(inputs, verbose=0),
    }
    return {name: call_times(way, calls) for name, way in ways.items()}
