"""How well drawings are answered, as the screen shows at its default: a table and a page.

    python -m tests.bench.sketches.judge [--model FOLDER] [--drawings FILE.npz] [--page FILE.png]
                                         [--realism SHARE] [--as-photo]

What an answer shows is measured by the latent space's readouts. Beginners' heads and imagined
people are drawn here; drawings made from portraits, and artists', come in a file of
`dataset`, since neither they nor their portraits are a part of this project. `--as-photo` reads
with the portrait encoder.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from model.frame import FACE_CENTRE
from model.latent import LatentSpace
from tests.bench.sketches.beginner import heads
from tests.bench.sketches.filters import blurred
from tests.bench.sketches.imagined import sketches
from tests.bench.sketches.training import READINGS
from ui.drawing.answers import REALISM, DrawingDecoder
from ui.drawing.head import WHOLE, Region, find_head, model_input

if TYPE_CHECKING:
    from model.engine import FaceEngine

HEADS = 100
NEAREST = 10
BLUR = 6.0  # radius in pixels, of both pictures whose tones are compared
PAINTED = 40  # drawings that are painted all over
DARKER = 0.15  # gray by which dark hair should be darker than light hair
BLACK, LIGHT = 0.05, 0.65  # grays of hair
MOVES = {  # (x, y) and scale of a drawing about the middle of the face
    "size 0.7": (0, 0, 0.7),
    "size 1.2": (0, 0, 1.2),
    "20 right": (20, 0, 1),
    "20 left": (-20, 0, 1),
    "20 up": (0, -20, 1),
    "20 down": (0, 20, 1),
}
SHOWN = 60  # drawings on the page
Answer = Callable[[np.ndarray], np.ndarray]  # drawings uint8 (n, 160, 176, 2) to codes (n, d)


def answers(
    engine: FaceEngine, latent: LatentSpace, realism: float = REALISM, as_photo: bool = False
) -> Answer:
    """Return how the screen answers drawings; see the command's options."""
    decoder = DrawingDecoder(latent, realism, as_photo)

    def answer(drawings: np.ndarray) -> np.ndarray:
        found = ((drawing, find_head(drawing)) for drawing in drawings)
        return np.stack([decoder.decode(engine, *each).code for each in found])

    return answer


def judge(
    engine: FaceEngine, latent: LatentSpace, answer: Answer, file: Path | None = None
) -> dict[str, float]:
    """Measure all figures."""
    figures = file_figures(latent, answer, file) if file else {}
    figures |= mouth_figures(latent, answer) | hair_figures(latent, answer)
    return figures | {"painted tones": painted_tones(engine, answer)}


def file_figures(latent: LatentSpace, answer: Answer, file: Path) -> dict[str, float]:
    """Compare answers to drawings of unseen people with the codes of their portraits."""
    figures: dict[str, float] = {}
    with np.load(file) as arrays:
        for name in ("artists", "studio", "place", "wide"):
            codes, own = answer(arrays[name]), arrays[f"{name}_codes"]
            each = agreement(latent, codes, own)
            figures |= {f"{name}, readings": each.mean(), f"{name}, smile": each[0]}
            figures[f"{name}, found"] = found(latent, codes, own)
        changed = {name: moved(arrays["place"], *move) for name, move in MOVES.items()}
        changed |= {name: arrays[name] for name in ("eyes high", "eyes low")}
        for name, drawings in changed.items():
            there = agreement(latent, answer(drawings), arrays["place_codes"]).mean()
            figures[f"{name}, of in place"] = there / figures["place, readings"]
    return figures


def agreement(latent: LatentSpace, codes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Correlate the 13 readings of codes (n, d) with those of others: (13,)."""
    readouts = [latent.readouts[name] for name in READINGS]
    return np.array([np.corrcoef(r.read(codes), r.read(others))[0, 1] for r in readouts])


def found(latent: LatentSpace, codes: np.ndarray, photographs: np.ndarray) -> float:
    """Return the share of codes (n, d) to whose ten nearest photographs their own belongs.

    Nearest by angle: answers lie nearer to the mean than photographs.
    """
    values, others = (latent.to_sliders(rows) for rows in (codes, photographs))
    values, others = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (values, others))
    likeness = values @ others.T
    nearer = likeness > np.diagonal(likeness)[:, np.newaxis]
    return float((nearer.sum(axis=1) < NEAREST).mean())


def mouth_figures(latent: LatentSpace, answer: Answer) -> dict[str, float]:
    """Turn the mouths of beginners' heads up and down."""
    drawn = [replace(head, hair=None) for head in heads(HEADS)]
    up, down = (
        answer(np.stack([replace(head, bend=sign * head.bend).pixels() for head in drawn]))
        for sign in (1, -1)
    )
    change = _in_units(latent, up, "smile") - _in_units(latent, down, "smile")
    return {"mouth up, smiles more": (change > 0).mean(), "mouth up, by": change.mean()}


def hair_figures(latent: LatentSpace, answer: Answer) -> dict[str, float]:
    """Paint the hair of beginners' heads black and light."""
    black, light = (
        answer(np.stack([replace(head, hair=tone).pixels() for head in heads(HEADS)]))
        for tone in (BLACK, LIGHT)
    )
    darker = _in_units(latent, light, "hair light") - _in_units(latent, black, "hair light")
    return {"black hair, darker": (darker > DARKER).mean(), "black hair, by": darker.mean()}


def painted_tones(engine: FaceEngine, answer: Answer) -> float:
    """Correlate tones with the answers', both blurred, over what was painted of the found head."""
    drawings = sketches(PAINTED, painted=True)
    shown = engine.decode(answer(drawings))[..., 0]
    correlations = []
    for drawing, image in zip(drawings, shown, strict=True):
        tone, coverage = np.moveaxis(model_input(drawing, find_head(drawing)), -1, 0)
        tone = blurred(tone * coverage, BLUR)
        tone /= np.maximum(blurred(coverage, BLUR), 1e-3)
        painted = coverage > 0.5
        correlations.append(np.corrcoef(tone[painted], blurred(image, BLUR)[painted])[0, 1])
    return float(np.mean(correlations))


def moved(drawings: np.ndarray, x: float, y: float, scale: float) -> np.ndarray:
    """Move and scale drawings, uint8 (n, 160, 176, 2), about the middle of the face."""
    left, top = (1 - scale) * np.array(FACE_CENTRE)
    region = Region(left + x, top + y, 1 / scale)
    return np.stack(
        [
            np.stack([np.rint(region.put_back(plane, blank)) for plane, blank in planes], axis=-1)
            for planes in ([(one[..., 0], 255), (one[..., 1], 0)] for one in drawings)
        ]
    ).astype(np.uint8)


def page(
    engine: FaceEngine, answer: Answer, drawings: np.ndarray, columns: int = 10
) -> Image.Image:
    """Lay out drawings, uint8 (n, 160, 176, 2), above their answers made sharp."""
    shown = np.rint(255 * engine.finish(answer(drawings))[..., 0]).astype(np.uint8)
    papers = np.rint(255 * np.stack([model_input(one, WHOLE)[..., 0] for one in drawings])).astype(
        np.uint8
    )
    count, height, width = shown.shape
    tiles = np.full((-(-count // columns), 2, columns, height, width), 255, np.uint8)
    for number in range(count):
        tiles[number // columns, :, number % columns] = papers[number], shown[number]
    rows = tiles.transpose(0, 1, 3, 2, 4).reshape(-1, columns * width)
    return Image.fromarray(rows)


def _in_units(latent: LatentSpace, codes: np.ndarray, name: str) -> np.ndarray:
    """Read an attribute of codes (n, d) in its own unit."""
    readout = latent.readouts[name]
    return readout.middle + readout.scale * readout.read(codes)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and perhaps draw the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a model folder; the model in use without")
    parser.add_argument("--drawings", type=Path, help="drawings kept aside, see `dataset`")
    parser.add_argument("--page", type=Path, help="where to write a picture of answers")
    parser.add_argument("--realism", type=float, default=REALISM)
    parser.add_argument("--as-photo", action="store_true", help="read with the portrait encoder")
    options = parser.parse_args(arguments)

    from model import load_engine

    engine, latent = load_engine(options.model), LatentSpace.load(options.model)
    answer = answers(engine, latent, options.realism, options.as_photo)
    for name, value in judge(engine, latent, answer, options.drawings).items():
        print(f"{name:24}{value:7.3f}")
    if options.page:
        page(engine, answer, sketches(SHOWN)).save(options.page)


if __name__ == "__main__":
    main()
