"""What a finisher adds: the figures of finished faces beside those of decoded ones.

    python -m tests.bench.finisher [--model FOLDER] [--arrays FOLDER] [--out PICTURE]

Unseen portraits, beside PCA: the sharpness kept, the error, the similarity, and how far finished
and decoded face differ when both are blurred. A judge, trained afterwards on portraits that may
have been seen, tells finished patches from real ones on unseen portraits: one that is right half of
the time sees no difference. Fixed detail: the share of its energy left in the mean over many
faces, where what belongs to one of them averages out. Detail on the move: in a slow walk from one
face to another, the detail of neighbouring frames should be alike (else it boils), and when a
portrait is moved in its frame its detail should move along, and not stay (else it sticks to the
glass). Then the time, and a picture of a hundred samples, finished beside decoded, for the eye.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from data import load_arrays
from data.arrays import evenly_spaced
from data.paths import FIGURES_FOLDER, NUMPY_FOLDER
from model import import_tensorflow
from model.frame import CROP_LEFT, IMAGE_SHAPE
from model.measuring.metrics import average_metrics, image_blocks, image_metrics
from model.measuring.pca import PCABaseline
from tests.bench.benchmarks import call_times

if TYPE_CHECKING:
    from model.engine import FaceEngine
    from model.latent import LatentSpace

BLUR = 7  # pixels a side of the mean in which finished and decoded faces shall agree
PATCH = 48  # pixels a side of what the judge sees
JUDGE_STEPS, JUDGE_BATCH, JUDGED = 600, 64, 1000  # JUDGED: portraits it learns from
PATCHES = 4  # of each unseen portrait that it judges
WALKS, FRAMES = 12, 5
STEP = 0.1  # of a walk, in standard deviations from frame to frame
SHIFT = 3  # pixels by which portraits are moved
MOVED = 60  # portraits
SAMPLES, COLUMNS = 100, 10
FIXED = 400  # samples whose detail is averaged

Pictures = Callable[[np.ndarray], np.ndarray]  # from codes to images


def unseen_figures(
    engine: FaceEngine, pictures: Pictures, X: np.ndarray, baseline: PCABaseline
) -> dict[str, float]:
    """Measure pictures of the codes of portraits, uint8 `(n, 171, 186, 1)`, beside PCA's.

    Returns:
        Figures by their names in the table of `report`.
    """
    parts, linear, blurred = [], [], []
    for images in image_blocks(X):
        codes = engine.encode(images)
        made = pictures(codes)
        parts.append(image_metrics(images, made))
        linear.append(image_metrics(images, baseline.reconstruct(images)))
        blurred.extend(_local_mean(made - engine.decode(codes)))
    found, pca = average_metrics(parts), average_metrics(linear)
    return {
        "sharpness kept": found["sharpness"],
        "MSE to the portrait / PCA": found["mse"] / pca["mse"],
        "SSIM - PCA": found["ssim"] - pca["ssim"],
        "MSE to the decoder, blurred": float(np.square(blurred).mean()),
    }


def judge(
    engine: FaceEngine, pictures: Pictures, X_train: np.ndarray, X_test: np.ndarray, seed: int = 0
) -> float:
    """Train a judge of patches, and return how often it is right about unseen portraits."""
    import keras
    from keras import layers

    from model.training.settings import training_policy

    keras.utils.set_random_seed(seed)
    patches = keras.Input((PATCH, PATCH, 1))
    x = layers.Rescaling(4.0, -2.0)(patches)
    policy = training_policy()
    for channels in (32, 64, 96):
        x = layers.Conv2D(channels, 4, 2, "same", dtype=policy)(x)
        x = layers.LeakyReLU(0.2, dtype=policy)(x)
    x = layers.Conv2D(128, 3, padding="same", activation="relu", dtype=policy)(x)
    x = layers.GlobalAveragePooling2D(dtype="float32")(x)
    network = keras.Model(patches, layers.Dense(1)(layers.Dropout(0.3)(x)))
    rate = keras.optimizers.schedules.CosineDecay(1e-3, JUDGE_STEPS)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(rate), loss, metrics=[keras.metrics.BinaryAccuracy()])
    rng = np.random.default_rng(seed)

    def pairs(X):
        real = np.concatenate(list(image_blocks(X)))
        made = pictures(engine.encode(real))
        return np.stack([np.round(255 * made) / np.float32(255), real])  # both of 256 shades

    def cut(images, rows):
        n, height, width = len(rows), *IMAGE_SHAPE
        tops, lefts = (rng.integers(0, side - PATCH, n) for side in (height, width))
        cuts = [
            images[:, i, y : y + PATCH, x : x + PATCH]
            for i, y, x in zip(rows, tops, lefts, strict=True)
        ]
        x = np.concatenate(np.stack(cuts, axis=1))
        return np.where(rng.random((2 * n, 1, 1, 1)) < 0.5, x[:, :, ::-1], x), np.repeat([0, 1], n)

    known = pairs(evenly_spaced(X_train, JUDGED))
    for _ in range(JUDGE_STEPS):
        rows = rng.integers(known.shape[1], size=JUDGE_BATCH // 2)
        network.train_on_batch(*cut(known, rows))
    unseen = pairs(X_test)
    x, real = cut(unseen, np.tile(np.arange(len(X_test)), PATCHES))
    answers = network.predict(x, batch_size=256, verbose=0)[:, 0] > 0
    return float((answers == real).mean())


def fixed_detail(details: np.ndarray) -> float:
    """Return the share of the energy of detail, `(n, h, w)`, that stays in its place.

    It is that of the mean over all faces; details that have nothing in common leave 1 / n.
    """
    rim = BLUR // 2
    fine = details[:, rim:-rim, rim:-rim] - _local_mean(details[..., np.newaxis])
    return float(np.square(fine.mean(axis=0)).mean() / max(np.square(fine).mean(), 1e-12))


def fixed_shares(engine: FaceEngine, latent: LatentSpace, X: np.ndarray) -> dict[str, float]:
    """Return the fixed detail of finished samples, and that of portraits beside decoded faces."""
    samples = latent.sample(FIXED, np.random.default_rng(0))
    missing = [images - engine.decode(engine.encode(images)) for images in image_blocks(X)]
    return {
        "fixed detail of samples": fixed_detail(_detail(engine.finish, engine, samples)),
        "fixed detail of portraits": fixed_detail(np.concatenate(missing)[..., 0]),
    }


def walking(pictures: Pictures, engine: FaceEngine, latent: LatentSpace, seed: int = 0) -> float:
    """Return how alike the detail of neighbouring frames is in slow walks between samples.

    Returns:
        The mean correlation of what is added to two neighbouring frames, 1 where nothing boils.
    """
    rng = np.random.default_rng(seed)
    start, end = (latent.to_sliders(latent.sample(WALKS, rng)) for _ in range(2))
    step = STEP * (end - start) / np.linalg.norm(end - start, axis=1, keepdims=True)
    frames = [latent.from_sliders(start + number * step) for number in range(FRAMES)]
    details = [_detail(pictures, engine, codes) for codes in frames]
    return float(np.mean([_correlation(*pair) for pair in pairwise(details)]))


def moving(pictures: Pictures, engine: FaceEngine, X: np.ndarray) -> tuple[float, float]:
    """Move portraits some pixels to the side in their frame, and see what their detail does.

    Returns:
        Mean correlation of a portrait's detail with that of the moved portrait, moved back; and
        with that of the moved portrait as it is, where only what sticks to the frame agrees.
    """
    portraits = evenly_spaced(X, MOVED)
    top = (portraits.shape[1] - IMAGE_SHAPE[0]) // 2
    details = []
    for left in (CROP_LEFT, CROP_LEFT + SHIFT):
        images = portraits[:, top : top + IMAGE_SHAPE[0], left : left + IMAGE_SHAPE[1]] / 255
        codes = engine.encode(images.astype(np.float32))
        details.append(_detail(pictures, engine, codes))
    here, there = details
    along = _correlation(here[:, :, SHIFT:], there[:, :, :-SHIFT])
    return along, _correlation(here[:, :, SHIFT:], there[:, :, SHIFT:])


def _detail(pictures: Pictures, engine: FaceEngine, codes: np.ndarray) -> np.ndarray:
    return (pictures(codes) - engine.decode(codes))[..., 0]


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Mean over images (n, h, w) of the correlation of two."""
    one, other = (x - x.mean(axis=(1, 2), keepdims=True) for x in (one, other))
    lengths = np.sqrt(np.square(one).sum(axis=(1, 2)) * np.square(other).sum(axis=(1, 2)))
    return float(((one * other).sum(axis=(1, 2)) / np.maximum(lengths, 1e-9)).mean())


def _local_mean(images: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(images[..., 0], (BLUR, BLUR), axis=(1, 2))
    return windows.mean(axis=(-2, -1))


def page(engine: FaceEngine, pictures: Pictures, latent: LatentSpace, seed: int = 0) -> Image.Image:
    """Draw a hundred samples, each decoded and, to its right, finished."""
    codes = latent.sample(SAMPLES, np.random.default_rng(seed))
    beside = np.concatenate([engine.decode(codes), pictures(codes)], axis=2)[..., 0]
    rows = [np.hstack(beside[i : i + COLUMNS]) for i in range(0, SAMPLES, COLUMNS)]
    return Image.fromarray((255 * np.vstack(rows)).round().astype(np.uint8))


def report(
    engine: FaceEngine,
    latent: LatentSpace,
    X_train: np.ndarray,
    X_test: np.ndarray,
    baseline: PCABaseline,
) -> Iterator[str]:
    """Measure decoded and finished faces, and yield the lines of a table."""
    ways, code = (engine.decode, engine.finish), latent.mean[np.newaxis]
    decoded, finished = (
        unseen_figures(engine, way, X_test, baseline)
        | {"judge of patches is right": judge(engine, way, X_train, X_test)}
        | {"milliseconds": np.median(call_times(lambda way=way: way(code)))}
        for way in ways
    )
    yield f"{len(X_test)} unseen portraits{'':14}{'decoded':>10}{'finished':>10}"
    for name, figure in decoded.items():
        yield f"{name:<35}{figure:>10.4f}{finished[name]:>10.4f}"
    alone = fixed_shares(engine, latent, X_test)
    alone["detail of neighbouring frames alike"] = walking(engine.finish, engine, latent)
    along, stays = moving(engine.finish, engine, X_test)
    alone |= {"detail of a moved portrait moves along": along, "and stays": stays}
    for name, figure in alone.items():
        yield f"{name:<45}{figure:>10.4f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a model folder; the model in use without")
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER, help="of prepare_data()")
    parser.add_argument("--out", type=Path, default=FIGURES_FOLDER / "finished.png")
    options = parser.parse_args(arguments)

    import_tensorflow()
    from model.engine import FaceEngine
    from model.latent import LatentSpace

    engine, latent = FaceEngine.load(options.model), LatentSpace.load(options.model)
    X_train, X_test = load_arrays(options.arrays)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    page(engine, engine.finish, latent).save(options.out)
    baseline = PCABaseline.cached(X_train, options.arrays)
    for line in report(engine, latent, X_train, X_test, baseline):
        print(line, flush=True)


if __name__ == "__main__":
    main()
