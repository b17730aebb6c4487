"""Train the network that finds the head in a drawing, see `ui/drawing/head.py`.

    python -m tests.bench.sketches.head_finder --pictures FOLDER --landmarks FILE.npz --pairs FOLDER

The drawings are those of `dataset`, at sizes and places that are known; small heads may have a body
below. The files are those of `dataset`, too. The network learns the logarithm of each head's size
and how far it is off its place, and is written into `assets/models`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from data.paths import HEAD_FINDER
from model.frame import FACE_CENTRE
from tests.bench.sketches.dataset import Pictures, parser_of_pictures, scanned
from tests.bench.sketches.drawings import OVAL, ROOM, Portrait, Sketcher
from tests.bench.sketches.filters import filtered
from tests.bench.sketches.judge import moved
from tests.bench.sketches.sheet import Sheet
from ui.drawing.head import MARGIN, MIDDLE, UNITS, WHOLE, model_input, network_input

COUNT = 147_456
KINDS = {  # shares of the drawings
    "strokes": 0.08,  # one to three that make no head: the answer is a usual head
    "artists": 0.1,
    "filtered": 0.05,
    "parts": 0.12,
    "few": 0.23,
    "whole": 0.42,
}
AT_PLACE = 0.7  # least share of "parts" at the usual place
SIZES = (0.32, 1.35)  # least and greatest size of a head
BODY_BELOW, BODY_SHARE = 0.8, 0.5  # size of heads that may get a body, and share that do
CHUNK = 1024  # drawings made at a time
VALIDATION = 0.03  # share of the drawings
EPOCHS, BATCH, RATE = 14, 128, 2e-3
CONVOLUTIONS = ((16, 5), (32, 3), (48, 3))  # channels, and side of the kernel
HIDDEN = 64  # units of the layer after them


@dataclass(frozen=True, eq=False)
class Task:
    """One drawing to be made.

    Attributes:
        kind: one of `KINDS`; "parts", "few" and "whole" say how much a `Sketcher` draws.
        portrait: what it is made from.
        picture: uint8 (160, 176), an artist's drawing.
        seed: of all chance.
    """

    kind: str
    portrait: Portrait
    picture: np.ndarray
    seed: int


def tasks(pictures: Pictures, rng: np.random.Generator, count: int) -> Iterator[Task]:
    """Yield what is to be drawn, of the training parts of portraits and pairs."""
    portraits, pairs = pictures.rows("training"), pictures.rows("training", pairs=True)
    for kind in rng.choice(list(KINDS), count, p=list(KINDS.values())):
        row, pair = rng.choice(portraits), rng.choice(pairs)
        seed = int(rng.integers(2**40))
        yield Task(str(kind), pictures.portrait(row), pictures.drawings[pair], seed)


def draw(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Draw; return the network's input, float32 (40, 44, 2), and target, (3,) in `UNITS`."""
    rng, portrait = np.random.default_rng(task.seed), task.portrait
    if task.kind == "strokes":
        drawing, size, off = strokes(rng), 1.0, np.zeros(2)
    elif task.kind in ("artists", "filtered"):
        whole = scanned(task.picture, rng)
        if task.kind == "filtered":
            whole = filtered(portrait.image, portrait.figure, rng)
        size = rng.uniform(SIZES[0], 1)
        move = rng.uniform(-1, 1, 2) * ROOM * (1 - size)
        drawing = moved(whole[np.newaxis], *move, size)[0]
        off = np.subtract(FACE_CENTRE, MIDDLE) * (1 - size) + move  # it shrinks about FACE_CENTRE
    else:
        usual = task.kind == "parts" and rng.random() < AT_PLACE
        sketcher = Sketcher(portrait, rng, in_place=usual or None, sizes=SIZES)
        if task.kind == "few":
            drawing = sketcher.draw_few()
        else:
            drawing = sketcher.draw(finished=task.kind == "whole")
        size, off = sketcher.size, sketcher.shift - MIDDLE
        if task.kind != "parts" and size < BODY_BELOW and rng.random() < BODY_SHARE:
            add_body(sketcher)
            drawing = sketcher.sheet.pixels()
    target = np.array([np.log(size), *off]) / UNITS
    return network_input(model_input(drawing, WHOLE)), target.astype(np.float32)


def strokes(rng: np.random.Generator) -> np.ndarray:
    """Draw a few bent lines, small rings and dots anywhere: uint8 (160, 176, 2)."""
    sheet, share = Sheet(), np.linspace(0, 1, 30)
    for _ in range(rng.integers(1, 4)):
        bend, length = rng.normal(0, 1.5), rng.uniform(10, 120)
        small = rng.random() < 0.4
        if small:
            bend, length = 2 * np.pi, rng.uniform(10, 55)
        way = rng.uniform(0, 2 * np.pi) + bend * share
        steps = length / len(share) * np.stack([np.cos(way), np.sin(way)], axis=1)
        points = rng.uniform((10, 10), (166, 150)) + np.cumsum(steps, axis=0)
        if small and rng.random() < 0.5:
            sheet.area(points, 0.0)
        else:
            sheet.line(points, rng.lognormal(1.1, 0.45), rng.uniform(0, 0.5))
    return sheet.pixels()


def add_body(sketcher: Sketcher) -> None:
    """Draw a body below the chin: of sticks, a filled shape, or an outline."""
    rng, sheet = sketcher.rng, sketcher.sheet
    points = sketcher.placed(sketcher.points[OVAL])
    chin, wide = points[18], float(np.ptp(points[:, 0]))
    neck, shoulder, high = wide * rng.uniform((0.05, 0.5, 1), (0.35, 1.6, 3.2))
    kind = rng.integers(3)

    def line(*corners: tuple[float, float]) -> None:
        sheet.line(np.add(corners, chin), sketcher.width, sketcher.pen)

    if kind == 0:
        line((0, 0), (0, high))
        for side in (-1, 1):
            line((0, neck + 0.1 * high), (side * shoulder, neck + rng.uniform(-0.1, 0.5) * high))
            line((0, high), (side * 0.6 * shoulder, 1.6 * high))
        return
    # One side of neck, shoulder and arm, from the chin down
    half = np.array([(0.2, 0), (0.2, neck / wide), (shoulder / wide, neck / wide + 0.2)]) * wide
    half = np.concatenate([half, [(shoulder * rng.uniform(0.8, 1.2), neck + high)]])
    if kind == 1:
        outline = np.concatenate([half * (-1, 1), half[::-1]])
        sheet.area(outline + chin, rng.uniform(0, 0.9))
        return
    for side in (-1, 1):
        line(*(half * (side, 1)))
        if rng.random() < 0.5:
            line((side * shoulder, neck + 0.3 * wide), (side * 1.4 * shoulder, neck + 0.7 * high))


def train(seen: np.ndarray, targets: np.ndarray) -> keras.Model:
    """Return the network, trained.

    Args:
        seen: `(n, 40, 44, 2)` in [0, 1].
        targets: `(n, 3)`, in `UNITS`.
    """
    network = keras.Sequential([keras.Input(seen.shape[1:]), layers.ZeroPadding2D(MARGIN)])
    for channels, kernel in CONVOLUTIONS:
        network.add(layers.Conv2D(channels, kernel, strides=2, activation="relu"))
    network.add(layers.Flatten())
    network.add(layers.Dense(HIDDEN, activation="relu"))
    network.add(layers.Dense(len(UNITS)))
    aside = round(VALIDATION * len(seen))
    steps = EPOCHS * (len(seen) - aside) // BATCH
    rate = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=RATE, warmup_steps=300)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-3, use_ema=True, ema_momentum=0.998)
    network.compile(optimizer, keras.losses.Huber(0.5), metrics=["mae"])
    ema = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    kept_aside = seen[:aside], targets[:aside]
    network.fit(
        seen[aside:],
        targets[aside:],
        BATCH,
        EPOCHS,
        verbose=2,
        validation_data=kept_aside,
        callbacks=[ema],
    )
    return network


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the drawings, train, and write the weights."""
    parser = parser_of_pictures(__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    options = parser.parse_args(arguments)

    pictures = Pictures(options.pictures, options.landmarks, options.pairs)
    rng, made = np.random.default_rng(0), []
    with ProcessPoolExecutor() as workers:
        while len(made) < options.count:
            made += workers.map(draw, list(tasks(pictures, rng, CHUNK)), chunksize=16)
    seen, targets = (np.stack(part) for part in zip(*made, strict=True))
    weights = train(seen, targets).get_weights()
    np.savez_compressed(HEAD_FINDER, *(weight.astype(np.float16) for weight in weights))


if __name__ == "__main__":
    main()
