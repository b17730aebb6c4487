"""How well the model answers sketches: a table of figures, and a page to look at.

    python -m tests.bench.sketch_quality [--model FOLDER] [--arrays FOLDER] [--page FILE.png]

Eighty faces drawn by an unsteady hand in eight styles (`tests.bench.hand_drawn`) are answered
twice: encoded and decoded, nothing else, and as the drawing screen answers them at its usual
realism. The page shows every sketch above its plain answer, with their correlation after a blur.
A second table is of forty faces in styles that no model was chosen by. No training sees sketches.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from data import UserError, load_arrays
from data.paths import NUMPY_FOLDER
from model.frame import FACE_AXIS, crop
from model.measuring.metrics import mean_pairwise_distance
from tests.bench.hand_drawn.faces import PER_STYLE, HandDrawnFace, hand_drawn_faces
from tests.bench.hand_drawn.shapes import shape_faces
from ui.drawing.answers import REALISM, DrawingDecoder
from ui.drawing.head import WHOLE, find_head, model_input
from ui.pictures import to_pixels

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

Point = tuple[float, float]

BLUR = 6.0  # pixels of the Gaussian blur under which sketch and answer are compared
REFERENCES = 200  # portraits that the answers' variety is compared with
REGIONS = {  # (rows, columns) of the model's frame
    "hair": (slice(5, 45), slice(55, 132)),
    "left": (slice(10, 110), slice(0, 22)),
    "right": (slice(10, 110), slice(160, 176)),
    "clothes": (slice(148, 160), slice(30, 157)),
    "mouth": (slice(120, 138), slice(76, 111)),
}
PARTS = {  # (rows, columns) that hold a part of a portrait's face
    "eyes": (slice(74, 98), slice(52, 136)),
    "mouth": (slice(119, 141), slice(70, 118)),
}
PLACES = {"eyes": (FACE_AXIS, 86.0), "mouth": (FACE_AXIS, 130.0)}  # (x, y) of their middles
REACH = 12  # pixels from its usual place within which a part of an answer is looked for
GAP = 6  # pixels around a picture on the page
LABEL = 15  # pixels of a line of words
PAPER, INK = 226, 40  # greys of the page


def reference(
    engine: FaceEngine, latent: LatentSpace, portraits: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return codes `(m, 80)` of portraits and their faces `(m, 160, 176)`, for `answer_metrics`.

    Args:
        engine: the trained network.
        latent: the statistics of its training codes.
        portraits: uint8 `(m, 171, 186, 1)`; None takes the training codes of the latent space.
    """
    rows = latent.gallery if portraits is None else portraits
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), REFERENCES)).astype(int)]
    codes = rows if portraits is None else engine.encode(crop(np.asarray(rows)))
    return codes, engine.decode(codes)[..., 0]


def answer_metrics(
    sketches: np.ndarray,
    answers: np.ndarray,
    codes: np.ndarray,
    latent: LatentSpace,
    portraits: tuple[np.ndarray, np.ndarray],
    places: Mapping[str, Sequence[Point | None]] | None = None,
) -> dict[str, float]:
    """Measure answers to sketches, however they were found.

    Args:
        sketches: float32 `(n, 160, 176)` in [0, 1].
        answers: float32 `(n, 160, 176)` in [0, 1], the face that answers each.
        codes: `(n, 80)` of the answers.
        latent: the statistics of the training codes.
        portraits: codes and faces of portraits, see `reference`.
        places: of "eyes" and "mouth" the (x, y) where their middle was drawn in each sketch, None
            where they were not.

    Returns:
        Plain numbers:

        `correlation`, between sketch and answer, both blurred; its mean, and `correlation_low`, the
        tenth percentile.
        `distance`: how far from the mean code answers lie, portraits being 1 (Mahalanobis).
        `variety`: how different answers are from each other, portraits being 1.
        `sketch_likeness`, `answer_likeness`: mean correlation between two blurred sketches, and
        between two blurred answers.
        `matched`: share of the answers that correlate with their own sketch more than with any
        other sketch.
        `follow_hair` and so on: correlation over the sketches between the mean tone of a region
        (see `REGIONS`) in the sketch and in the answer; `follow` is their mean.
        `eyes_off`, `mouth_off`: mean distance in pixels between where they were drawn and where the
        answer has them; `eyes_follow`, `mouth_follow`: correlation of the two displacements from
        the usual place. Only where `places` are given.
    """
    drawn, answered = _standardised(blurred(sketches)), _standardised(blurred(answers))
    agreement = answered @ drawn.T
    own = np.diag(agreement)
    portrait_codes, faces = portraits
    figures = {
        "correlation": own.mean(),
        "correlation_low": np.percentile(own, 10),
        "distance": latent.mahalanobis(codes).mean() / latent.mahalanobis(portrait_codes).mean(),
        "variety": mean_pairwise_distance(answers) / mean_pairwise_distance(faces),
        "sketch_likeness": _mean_off_diagonal(drawn @ drawn.T),
        "answer_likeness": _mean_off_diagonal(answered @ answered.T),
        "matched": (agreement.argmax(axis=1) == np.arange(len(own))).mean(),
    }
    follow = {
        f"follow_{name}": _correlation(
            sketches[:, rows, columns].mean(axis=(1, 2)),
            answers[:, rows, columns].mean(axis=(1, 2)),
        )
        for name, (rows, columns) in REGIONS.items()
    }
    figures |= follow | {"follow": np.mean(list(follow.values()))}
    for name, drawn_at in (places or {}).items():
        figures |= _placement(name, answers, drawn_at, faces.mean(axis=0))
    return {name: float(value) for name, value in figures.items()}


def correlations(sketches: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Correlate each sketch `(n, 160, 176)` with its answer, both blurred: `(n,)`."""
    return np.einsum("ij,ij->i", _standardised(blurred(sketches)), _standardised(blurred(answers)))


def blurred(images: np.ndarray, radius: float = BLUR) -> np.ndarray:
    """Blur images `(n, rows, columns)` in [0, 1] as a Gaussian does; the same shape and range."""
    levels = np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8)
    blur = ImageFilter.GaussianBlur(radius)
    return np.stack([np.asarray(Image.fromarray(one).filter(blur)) for one in levels]) / 255


def _standardised(images: np.ndarray) -> np.ndarray:
    """Return images as rows of mean 0 and length 1, whose products are correlations."""
    rows = images.reshape(len(images), -1).astype(np.float64)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def _mean_off_diagonal(matrix: np.ndarray) -> float:
    return float(matrix[~np.eye(len(matrix), dtype=bool)].mean())


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Correlate two arrays; 0 where one of them does not vary."""
    if min(a.std(), b.std()) < 1e-6:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _placement(
    name: str, answers: np.ndarray, places: Sequence[Point | None], face: np.ndarray
) -> dict[str, float]:
    """Compare where a part was drawn with where answers have it; see `answer_metrics`."""
    shown = [row for row, place in enumerate(places) if place is not None]
    if len(shown) < 2:
        return {}
    drawn = np.array([places[row] for row in shown]) - PLACES[name]
    found = part_offsets(name, answers[shown], face)
    centred = [offsets - offsets.mean(axis=0) for offsets in (drawn, found)]
    return {
        f"{name}_off": np.linalg.norm(drawn - found, axis=1).mean(),
        f"{name}_follow": _correlation(*(offsets.ravel() for offsets in centred)),
    }


def part_offsets(name: str, images: np.ndarray, face: np.ndarray) -> np.ndarray:
    """Find how far a part of each face lies from where it usually is.

    Args:
        name: of `PARTS`.
        images: `(n, 160, 176)` in [0, 1], at most `REACH` pixels off.
        face: `(160, 176)`, a mean face, whose part serves as the template.

    Returns:
        `(n, 2)` offsets (x, y) in whole pixels, where the normalised cross-correlation is highest.
    """
    rows, columns = PARTS[name]
    shape = rows.stop - rows.start, columns.stop - columns.start
    template = _standardised(face[np.newaxis, rows, columns][:, ::2, ::2])[0]
    window = images[
        :, rows.start - REACH : rows.stop + REACH, columns.start - REACH : columns.stop + REACH
    ]
    offsets = []
    for image in window:
        patches = np.lib.stride_tricks.sliding_window_view(image, shape)[..., ::2, ::2]
        likeness = _standardised(patches.reshape(-1, *patches.shape[2:])) @ template
        y, x = divmod(int(likeness.argmax()), patches.shape[1])
        offsets.append((x - REACH, y - REACH))
    return np.array(offsets, float)


def plain_answers(engine, faces: Sequence[HandDrawnFace]) -> tuple[np.ndarray, np.ndarray]:
    """Encode and decode drawings: codes (n, 80) and answers (n, 160, 176)."""
    codes = engine.encode_sketch(np.stack([model_input(face.pixels, WHOLE) for face in faces]))
    return codes, engine.decode(codes)[..., 0]


def screen_answers(
    engine, latent, faces: Sequence[HandDrawnFace], realism: float = REALISM
) -> tuple[np.ndarray, np.ndarray]:
    """Answer drawings as the screen does: codes (n, 80) and answers (n, 160, 176)."""
    decoder = DrawingDecoder(latent, realism)
    found = [decoder.decode(engine, face.pixels, find_head(face.pixels)) for face in faces]
    return np.stack([answer.code for answer in found]), np.stack([a.image for a in found])


def sketch_metrics(
    engine,
    latent,
    portraits: np.ndarray | None = None,
    faces: Sequence[HandDrawnFace] | None = None,
) -> dict[str, dict[str, float]]:
    """Measure a model on hand-drawn faces.

    Args:
        engine: the trained network.
        latent: its latent space.
        portraits: uint8 (n, 171, 186, 1), unseen, to compare with; the training codes without.
        faces: the drawings; None takes the usual eighty, see `hand_drawn_faces`.

    Returns:
        "plain" and "screen": the figures of `answer_metrics`.
    """
    faces = faces or hand_drawn_faces()
    sketches = np.stack([face.image for face in faces])
    places = {"eyes": [face.eyes for face in faces], "mouth": [face.mouth for face in faces]}
    usual = reference(engine, latent, portraits)
    answered = {
        "plain": plain_answers(engine, faces),
        "screen": screen_answers(engine, latent, faces),
    }
    return {
        name: answer_metrics(sketches, answers, codes, latent, usual, places)
        for name, (codes, answers) in answered.items()
    }


def page(faces: Sequence[HandDrawnFace], answers: np.ndarray, title: str) -> Image.Image:
    """Lay out sketches above their answers, one style a row."""
    agreement = correlations(np.stack([face.image for face in faces]), answers)
    rows, columns = answers.shape[1:]
    styles = list(dict.fromkeys(face.style for face in faces))
    wide = max(sum(face.style == style for face in faces) for style in styles)
    high = 2 * rows + 2 * LABEL + 2 * GAP
    sheet = Image.new("L", (wide * (columns + GAP) + GAP, len(styles) * high + 2 * LABEL), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(LABEL - 2)
    pen.text((GAP, LABEL // 2), title, fill=INK, font=font)
    for line, style in enumerate(styles):
        top = line * high + 2 * LABEL
        pen.text((GAP, top), style, fill=INK, font=font)
        members = [number for number, face in enumerate(faces) if face.style == style]
        for place, number in enumerate(members):
            left = GAP + place * (columns + GAP)
            upper = top + LABEL + GAP // 2
            for y, image in ((upper, faces[number].image), (upper + rows, answers[number])):
                sheet.paste(Image.fromarray(to_pixels(image)), (left, y))
            words = f"{agreement[number]:.2f}"
            below = (left + columns // 2, upper + 2 * rows + 1)
            pen.text(below, words, fill=INK, font=font, anchor="mt")
    return sheet


def table(figures: dict[str, dict[str, float]]) -> str:
    """Set figures side by side as text."""
    names = list(figures)
    lines = [f"{'':<18}" + "".join(f"{name:>9}" for name in names)]
    for key in figures[names[0]]:
        lines.append(f"{key:<18}" + "".join(f"{figures[name][key]:>9.3f}" for name in names))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and perhaps draw the page."""
    parser = argparse.ArgumentParser(description="How well the model answers sketches.")
    parser.add_argument("--model", type=Path, help="a model folder; the model in use without")
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER, help="of prepare_data()")
    parser.add_argument("--per-style", type=int, default=PER_STYLE, help="how many of each style")
    parser.add_argument("--page", type=Path, help="where to write a picture of all answers")
    options = parser.parse_args(arguments)

    from model.latent import LatentSpace
    from model.loading import load_engine

    engine, latent = load_engine(options.model), LatentSpace.load(options.model)
    try:
        portraits, beside = load_arrays(options.arrays)[1], "unseen portraits"
    except UserError:
        portraits, beside = None, "training codes: there are no prepared arrays"
    faces = hand_drawn_faces(options.per_style)
    figures = sketch_metrics(engine, latent, portraits, faces)
    unused = shape_faces(4 * options.per_style)
    print(f"{len(faces)} sketches, compared with {beside}")
    print(table(figures))
    print(f"\n{len(unused)} sketches in styles that nothing was chosen by")
    print(table(sketch_metrics(engine, latent, portraits, unused)))
    if options.page:
        plain = figures["plain"]
        title = (
            f"{engine.title}: {len(faces)} sketches above their plain answers; correlation "
            f"{plain['correlation']:.3f}, distance {plain['distance']:.2f} of portraits'"
        )
        page(faces, plain_answers(engine, faces)[1], title).save(options.page)


if __name__ == "__main__":
    main()
