"""How well the model answers crude sketches: a table of figures, and a page to look at.

    python -m tests.bench.sketch_quality [--model FOLDER] [--arrays FOLDER] [--page FILE.png]

Eighty faces drawn by an unsteady hand in eight styles (`tests.bench.crude`) are answered twice:
encoded and decoded, nothing else, and as the drawing screen answers them at its usual realism. The
page shows every sketch above its plain answer, with their correlation after a blur.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from data import UserError, load_arrays
from data.paths import NUMPY_FOLDER
from tests.bench.answer_figures import answer_figures, correlations, reference
from tests.bench.crude.faces import PER_STYLE, CrudeFace, crude_faces
from ui.drawing.answers import REALISM, DrawingDecoder
from ui.pictures import to_pixels

GAP = 6  # pixels around a picture on the page
LABEL = 15  # pixels of a line of words
PAPER, INK = 226, 40  # greys of the page


def plain_answers(engine, faces: Sequence[CrudeFace]) -> tuple[np.ndarray, np.ndarray]:
    """Encode and decode drawings: codes (n, 80) and answers (n, 160, 176)."""
    codes = engine.encode(np.stack([face.image for face in faces])[..., np.newaxis])
    return codes, engine.decode(codes)[..., 0]


def screen_answers(
    engine, latent, faces: Sequence[CrudeFace], realism: float = REALISM
) -> tuple[np.ndarray, np.ndarray]:
    """Answer drawings as the screen does: codes (n, 80) and answers (n, 160, 176)."""
    decoder = DrawingDecoder(latent)
    found = [decoder.best_answer(engine, face.pixels, None, realism) for face in faces]
    return np.stack([answer.code for answer in found]), np.stack([a.image for a in found])


def sketch_figures(
    engine,
    latent,
    portraits: np.ndarray | None = None,
    faces: Sequence[CrudeFace] | None = None,
) -> dict[str, dict[str, float]]:
    """Measure a model on crude faces.

    Args:
        engine: the trained network.
        latent: its latent space.
        portraits: uint8 (n, 171, 186, 1), unseen, to compare with; the training codes without.
        faces: the drawings; None takes the usual eighty, see `crude_faces`.

    Returns:
        "plain" and "screen": the figures of `tests.bench.answer_figures.answer_figures`.
    """
    faces = faces or crude_faces()
    sketches = np.stack([face.image for face in faces])
    places = {"eyes": [face.eyes for face in faces], "mouth": [face.mouth for face in faces]}
    usual = reference(engine, latent, portraits)
    answered = {
        "plain": plain_answers(engine, faces),
        "screen": screen_answers(engine, latent, faces),
    }
    return {
        name: answer_figures(sketches, answers, codes, latent, usual, places)
        for name, (codes, answers) in answered.items()
    }


def page(faces: Sequence[CrudeFace], answers: np.ndarray, title: str) -> Image.Image:
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
    parser = argparse.ArgumentParser(description="How well the model answers crude sketches.")
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
    faces = crude_faces(options.per_style)
    figures = sketch_figures(engine, latent, portraits, faces)
    print(f"{len(faces)} crude sketches, compared with {beside}")
    print(table(figures))
    if options.page:
        plain = figures["plain"]
        title = (
            f"{engine.title}: {len(faces)} sketches above their plain answers; correlation "
            f"{plain['correlation']:.3f}, distance {plain['distance']:.2f} of portraits'"
        )
        page(faces, plain_answers(engine, faces)[1], title).save(options.page)


if __name__ == "__main__":
    main()
