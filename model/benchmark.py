"""Time one frame's work on this machine: `python -m model.benchmark`.

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
    """Give the milliseconds that each of `calls` calls took, after a few that are not counted."""
    times = []
    for number in range(WARM_UP + calls):
        started = time.perf_counter()
        call()
        if number >= WARM_UP:
            times.append(1000 * (time.perf_counter() - started))
    return np.array(times)


def engine_times(engine: FaceEngine) -> dict[str, np.ndarray]:
    """Give the milliseconds of one frame's work through the engine, by what is done."""
    code = np.zeros((1, engine.latent_dim), np.float32)
    image = engine.decode(code)
    return {
        "decode": call_times(lambda: engine.decode(code)),
        "encode and decode": call_times(lambda: engine.decode(engine.encode(image))),
    }


def predict_times(folder: Path) -> dict[str, np.ndarray]:
    """Give the milliseconds of the same work on the same network by Keras' `predict`."""
    from model.engine import load_network
    from model.files import NETWORK_FILE

    network = load_network(folder / NETWORK_FILE)
    decoder = network.get_layer("decoder")
    code = np.zeros((1, *decoder.input_shape[1:]), np.float32)
    image = np.zeros((1, *network.input_shape[1:]), np.float32)
    return {
        "decode, predict": call_times(lambda: decoder.predict(code, verbose=0)),
        "encode and decode, predict": call_times(lambda: network.predict(image, verbose=0)),
    }


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="Time one frame's work through the engine.")
    parser.add_argument("--model", help="a model folder; the model in use without")
    folder = parser.parse_args().model

    from model.files import find_model
    from model.quiet import load_engine

    rows = engine_times(load_engine(folder)) | predict_times(find_model(folder))
    print(f"{'milliseconds of one call':<28}{'median':>8}{'95 %':>8}")
    for name, times in rows.items():
        print(f"{name:<28}{np.median(times):>8.2f}{np.percentile(times, 95):>8.2f}")


if __name__ == "__main__":
    main()
