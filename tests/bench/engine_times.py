"""How long one frame's work takes the engine.

    python -m tests.bench.engine_times [--model FOLDER]

Decoding one code, and encoding and decoding one image, through the engine and through Keras'
`predict` on the same network.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model.engine import FaceEngine

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


def engine_times(engine: FaceEngine) -> dict[str, np.ndarray]:
    """Return the milliseconds of one frame's work through the engine, by what is done."""
    code = np.zeros((1, engine.latent_dim), np.float32)
    image = engine.decode(code)
    drawing = np.repeat(image, 2, axis=-1)
    return {
        "decode": call_times(lambda: engine.decode(code)),
        "encode a sketch and decode": call_times(
            lambda: engine.decode(engine.encode_sketch(drawing))
        ),
        "encode and decode": call_times(lambda: engine.decode(engine.encode(image))),
    }


def frame_times(folder: str | Path | None = None) -> dict[str, np.ndarray]:
    """Return the milliseconds of one frame's work, by what is done and how.

    Args:
        folder: a model folder; None takes the model in use.

    Returns:
        What `engine_times` gives, and the same through Keras' `predict` on the same network.

    Raises:
        UserError: if there is no such model.
    """
    from model.folder import find_model
    from model.loading import load_engine

    engine = load_engine(folder)
    from model.engine import load_network

    network = load_network(find_model(folder))
    decoder = network.get_layer("decoder")
    code = np.zeros((1, engine.latent_dim), np.float32)
    image = engine.decode(code)
    inputs = [image, np.zeros_like(code)][: len(network.inputs)]  # no correction, then
    return engine_times(engine) | {
        "decode, predict": call_times(lambda: decoder.predict(code, verbose=0)),
        "encode and decode, predict": call_times(lambda: network.predict(inputs, verbose=0)),
    }


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="Time one frame's work through the engine.")
    parser.add_argument("--model", help="a model folder; the model in use without")
    print(f"{'milliseconds of one call':<28}{'median':>8}{'95 %':>8}")
    for name, times in frame_times(parser.parse_args().model).items():
        print(f"{name:<28}{np.median(times):>8.2f}{np.percentile(times, 95):>8.2f}")


if __name__ == "__main__":
    main()
