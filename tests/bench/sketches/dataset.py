"""Drawings, and the codes that should answer them, for `training` and `judge`.

    python -m tests.bench.sketches.dataset --pictures FOLDER --landmarks FILE.npz
                                           --pairs FOLDER --out FOLDER [--model FOLDER]

`--pictures` holds the portraits that the landmarks name, `--pairs` artists' drawings and the
photographs they were made from: `drawing/NAME.jpg` and `photo/NAME.jpg`. All are gray, 186 x 171,
aligned as the archive's. The landmarks are arrays `names`, `points` int16 (n, 144, 2) in eighths of
a pixel of the model's frame, and `person`, packed bits of a 40 x 44 mask.

Written are `drawings.npy`, their `kinds.npy`, `codes.npy` and `guesses.npy`, what the portrait
encoder guesses; artists' drawings as they are, `shaded.npz`; and drawings kept aside,
`validation.npz` to choose by and `test.npz` to report.
"""

from __future__ import annotations

import argparse
import re
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from model.frame import CROP_LEFT, CROP_TOP, FACE_AXIS, IMAGE_SHAPE
from model.tones import follow_tones
from tests.bench.sketches.drawings import Portrait, Sketcher, edited, moved
from tests.bench.sketches.filters import filtered, ink_coverage, on_paper
from ui.drawing.head import WHOLE, find_head, model_input

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

COUNTS = {  # drawings of each kind
    "made": 66_700,
    "filtered": 21_000,
    "artists": 11_400,
    "portrait": 2_900,  # photographs as they are
    "edited": 7_600,  # start faces, painted over
    "hair": 6_700,  # drawings with hair in any tone
    "painted": 28_400,  # drawings in their place, painted all over in any tones
    "dark": 15_400,  # drawings on dark paper
    "beard": 9_800,  # drawings of portraits that were given a beard
    "glasses": 6_300,  # drawings of portraits that were given glasses
    "beginner": 8_200,  # drawings of a few strokes, without glasses
}
AS_THEY_ARE = ("portrait", "edited")  # kinds whose heads are in their place
KEPT_ASIDE = {"test": 0.025, "validation": 0.05}  # cumulative shares of the portraits
PAIRS_KEPT_ASIDE = {"test": 0.11, "validation": 0.18}
GLASSES = 2.6  # value of the readout of that name, of a face that wears some
LONGEST = 4.0  # standard deviations by which what was painted may change a reading
VARIANTS = (  # drawings kept aside: name, whether in place, pixels by which eyes are too high
    ("place", True, 0),
    ("wide", False, 0),
    ("eyes high", True, 10),
    ("eyes low", True, -10),
)
CHUNK = 128
NOBODY = Portrait(np.ones(IMAGE_SHAPE), np.zeros((144, 2)), np.zeros((40, 44), bool))


@dataclass(frozen=True, eq=False)
class Job:
    """One drawing to be made.

    Attributes:
        kind: of `COUNTS`.
        portrait: what it is made from; `NOBODY` for an artist's drawing.
        picture: uint8 (160, 176): the portrait, an artist's drawing, or a start face.
        seed: of all chance.
    """

    kind: str
    portrait: Portrait
    picture: np.ndarray
    seed: int


def part_of(name: str, shares: dict[str, float]) -> str:
    """Return "training", "validation" or "test"; pictures of one person share a part."""
    person = name if "Unknown" in name else re.sub(r"_\d+\.\w+$", "", name)
    share = zlib.crc32(person.encode()) % 1000 / 1000
    return next((part for part, end in shares.items() if share < end), "training")


def make(job: Job) -> tuple[np.ndarray, dict[str, float]]:
    """Make a drawing, uint8 (160, 176, 2), and return what was said of it beside the portrait."""
    rng, picture = np.random.default_rng(job.seed), job.picture.astype(np.float32) / 255
    if job.kind == "artists":
        return moved(scanned(job.picture, rng), rng, rng.random() < 0.25), {}
    if job.kind == "portrait":
        return np.stack([job.picture, np.full(IMAGE_SHAPE, 255, np.uint8)], axis=-1), {}
    if job.kind == "filtered":
        drawing = filtered(picture, job.portrait.figure, rng)
        return (moved(drawing, rng, rng.random() < 0.3) if rng.random() < 0.6 else drawing), {}
    if job.kind == "edited":
        return edited(job.portrait, picture, rng)
    if job.kind == "hair":
        tone = float(rng.uniform(0, 0.9))
        sketcher = Sketcher(job.portrait.with_tones(hair_tone=tone, bald=False), rng, full=False)
        return sketcher.draw(finished=True), {"hair light": tone}
    if job.kind == "painted":
        tones = {"hair_tone": rng.uniform(0, 0.75), "background_tone": rng.uniform(0.05, 1)}
        painted = job.portrait.with_tones(skin_tone=rng.uniform(0.15, 0.95), **tones)
        return Sketcher(painted, rng, full=True, in_place=True).draw(finished=True), {}
    if job.kind == "dark":
        paper = float(rng.uniform(0, 0.35))
        return Sketcher(job.portrait, rng, paper=paper).draw(finished=True), {
            "background light": paper
        }
    if job.kind == "beard":
        return Sketcher(job.portrait, rng).draw(finished=True), {}
    if job.kind == "glasses":
        with_glasses = job.portrait.with_tones(glasses=True)
        return Sketcher(with_glasses, rng).draw(finished=True), {"glasses": GLASSES}
    if job.kind == "beginner":
        return Sketcher(job.portrait, rng, full=False).draw_few(), {"glasses": 0.0}
    return Sketcher(job.portrait, rng).draw(), {}


def make_located(job: Job) -> tuple[np.ndarray, dict[str, float]]:
    """Make a drawing as `make` does, and bring its head to its place, as the screen does."""
    drawing, said = make(job)
    if job.kind not in AS_THEY_ARE:
        drawing = np.rint(255 * model_input(drawing, find_head(drawing))).astype(np.uint8)
    return drawing, said


def scanned(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a scanned drawing with coverage, its ink a little fainter or darker.

    Args:
        picture: uint8 (160, 176).
        rng: source of randomness.

    Returns:
        uint8 (160, 176, 2), gray and coverage.
    """
    picture = picture.astype(np.float32) / 255
    paper = np.percentile(picture, 90)
    ink = 1 - np.clip(picture / max(paper, 0.5) * rng.uniform(1, 1.05), 0, 1)
    return on_paper(1 - ink * rng.uniform(0.8, 2.2), rng)


def followed(latent: LatentSpace, codes: np.ndarray, said: Sequence[dict]) -> np.ndarray:
    """Move codes (n, latent_dim) along directions until they read as was said of each."""
    codes = codes.astype(np.float64)
    for code, words in zip(codes, said, strict=True):
        for name, value in words.items():
            readout = latent.readouts[name]
            change = (value - readout.middle) / readout.scale - readout.read(code)
            code += np.clip(change, -LONGEST, LONGEST) * latent.directions[name]
    return codes.astype(np.float32)


class Pictures:
    """Portraits with landmarks, and pairs; with an engine, their codes."""

    def __init__(
        self, pictures: Path, landmarks: Path, pairs: Path, engine: FaceEngine | None = None
    ):
        with np.load(landmarks) as arrays:
            found = arrays["points"][:, 0, 0] > -30000
            self.names = [str(name) for name in arrays["names"][found]]
            self.points = arrays["points"][found]
            self.person = arrays["person"][found]
        self.images = np.stack([_read(pictures / name) for name in self.names])
        self.pairs = sorted(path.stem for path in (pairs / "drawing").iterdir())
        self.drawings, photos = (
            np.stack([_read(pairs / kind / f"{name}.jpg") for name in self.pairs])
            for kind in ("drawing", "photo")
        )
        if engine is None:
            return
        self.codes, self.photo_codes, self.mirror_codes = (
            engine.encode(images[..., np.newaxis] / np.float32(255))
            for images in (self.images, photos, mirrored(photos))
        )

    def portrait(self, number: int) -> Portrait:
        """Return a portrait to draw."""
        person = np.unpackbits(self.person[number], axis=1)[:, :44].astype(bool)
        points = self.points[number].astype(np.float32) / 8
        return Portrait(self.images[number].astype(np.float32) / 255, points, person)

    def rows(self, part: str, pairs: bool = False) -> np.ndarray:
        """Return the numbers of the portraits, or pairs, of a part."""
        names, shares = (self.pairs, PAIRS_KEPT_ASIDE) if pairs else (self.names, KEPT_ASIDE)
        return np.flatnonzero([part_of(name, shares) == part for name in names])


def training_jobs(
    pictures: Pictures, engine: FaceEngine, kinds: np.ndarray, rows: np.ndarray, first: int
) -> Iterator[tuple[Job, np.ndarray]]:
    """Yield a job, and the code of what it draws, for each kind and row of a portrait or a pair.

    The first has the seed `first`, every other one the next.
    """
    for seed, (kind, row) in enumerate(zip(kinds, rows, strict=True), first):
        if kind == "artists":
            drawing, codes = pictures.drawings[row : row + 1], pictures.photo_codes
            if seed % 2:
                drawing, codes = mirrored(drawing), pictures.mirror_codes
            yield Job(kind, NOBODY, drawing[0], seed), codes[row]
            continue
        portrait, picture, code = pictures.portrait(row), pictures.images[row], pictures.codes[row]
        if kind == "beard":
            portrait = portrait.with_beard(np.random.default_rng(seed))
            code = engine.encode(portrait.image[np.newaxis, ..., np.newaxis])[0]
        if kind == "edited":
            face = engine.decode(pictures.codes[row : row + 1])[0, ..., 0]
            picture = np.rint(255 * face).astype(np.uint8)
        yield Job(kind, portrait, picture, seed), code


def write_training(pictures: Pictures, engine: FaceEngine, latent: LatentSpace, out: Path) -> None:
    """Write `drawings.npy`, `kinds.npy`, `codes.npy` and `guesses.npy`, in random order."""
    rng = np.random.default_rng(0)
    kinds = rng.permutation(np.repeat(list(COUNTS), list(COUNTS.values())))
    rows = np.where(
        kinds == "artists",
        rng.choice(pictures.rows("training", pairs=True), len(kinds)),
        rng.choice(pictures.rows("training"), len(kinds)),
    )
    shape = (len(kinds), *IMAGE_SHAPE, 2)
    drawings = np.lib.format.open_memmap(out / "drawings.npy", "w+", np.uint8, shape)
    codes, guesses = (np.zeros((len(kinds), latent.latent_dim), np.float32) for _ in range(2))
    with ProcessPoolExecutor() as workers:
        for start in range(0, len(kinds), CHUNK):
            part = slice(start, start + CHUNK)
            asked = training_jobs(pictures, engine, kinds[part], rows[part], start)
            jobs, targets = zip(*asked, strict=True)
            made, said = zip(*workers.map(make_located, jobs, chunksize=8), strict=True)
            drawings[part] = made
            guesses[part] = engine.guess(drawings[part, ..., :1] / np.float32(255))
            targets = followed(latent, np.stack(targets), said)
            for row in np.flatnonzero(kinds[part] == "painted"):
                targets[row] = follow_tones(latent, targets[row], made[row] / np.float32(255))
            codes[part] = targets
    for name, array in (("kinds", kinds), ("codes", codes), ("guesses", guesses)):
        np.save(out / f"{name}.npy", array)


def write_shaded(pictures: Pictures, engine: FaceEngine, path: Path) -> None:
    """Write artists' drawings to learn from, and their mirror images, as one `.npz`.

    It holds `drawings`, uint8 (n, 160, 176, 2), the portrait encoder's `guesses` and the right
    `codes`, both float32 (n, latent_dim).
    """
    rows = pictures.rows("training", pairs=True)
    own = pictures.drawings[rows]
    drawings = with_coverage(np.concatenate([own, mirrored(own)]))
    seen = np.stack([model_input(one, WHOLE)[..., :1] for one in drawings])
    codes = np.concatenate([pictures.photo_codes[rows], pictures.mirror_codes[rows]])
    np.savez(path, drawings=drawings, guesses=engine.guess(seen), codes=codes)


def write_aside(pictures: Pictures, part: str, path: Path) -> None:
    """Write a part that is kept aside, for `judge`: drawings and codes of several kinds."""
    rows, pairs = pictures.rows(part), pictures.rows(part, pairs=True)
    portraits = [pictures.portrait(row) for row in rows]
    arrays: dict[str, np.ndarray] = {}
    for name, in_place, eyes_up in VARIANTS:
        rng = np.random.default_rng(0)
        drawn = [
            Sketcher(one, rng, None, in_place, eyes_up).draw(finished=True) for one in portraits
        ]
        arrays |= {name: np.stack(drawn), f"{name}_codes": pictures.codes[rows]}
    studio = np.array([pictures.pairs[row].startswith("cufs") for row in pairs], bool)
    for name, chosen in (("artists", pairs[~studio]), ("studio", pairs[studio])):
        arrays[name] = with_coverage(pictures.drawings[chosen])
        arrays[f"{name}_codes"] = pictures.photo_codes[chosen]
    np.savez(path, allow_pickle=False, **arrays)


def with_coverage(drawings: np.ndarray) -> np.ndarray:
    """Return scanned drawings, uint8 (n, 160, 176), with coverage: uint8 (n, 160, 176, 2)."""
    tones = drawings / np.float32(255)
    return np.rint(255 * np.stack([tones, ink_coverage(tones)], axis=-1)).astype(np.uint8)


def mirrored(pictures: np.ndarray) -> np.ndarray:
    """Mirror pictures (n, 160, 176) about the face axis; the edge is repeated beyond it."""
    columns = round(2 * FACE_AXIS) - np.arange(IMAGE_SHAPE[1])
    return pictures[:, :, np.clip(columns, 0, IMAGE_SHAPE[1] - 1)]


def _read(path: Path) -> np.ndarray:
    """Read the model's frame of a picture: uint8 (160, 176)."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L"))
    rows, columns = IMAGE_SHAPE
    return pixels[CROP_TOP : CROP_TOP + rows, CROP_LEFT : CROP_LEFT + columns]


def parser_of_pictures(page: str) -> argparse.ArgumentParser:
    """Return a command's parser with the options that say where the files of `Pictures` are."""
    parser = argparse.ArgumentParser(description=page.splitlines()[0])
    for name in ("pictures", "landmarks", "pairs"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the drawings."""
    parser = parser_of_pictures(__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="a model folder; the model in use without")
    options = parser.parse_args(arguments)

    from model.engine import FaceEngine
    from model.latent import LatentSpace

    engine, latent = FaceEngine.load(options.model), LatentSpace.load(options.model)
    pictures = Pictures(options.pictures, options.landmarks, options.pairs, engine)
    options.out.mkdir(parents=True, exist_ok=True)
    write_training(pictures, engine, latent, options.out)
    write_shaded(pictures, engine, options.out / "shaded.npz")
    for part in KEPT_ASIDE:
        write_aside(pictures, part, options.out / f"{part}.npz")


if __name__ == "__main__":
    main()
