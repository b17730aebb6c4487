"""The input pipeline: portraits from the memory map, each time a little different.

A few thousand portraits are few. Each is mirrored about the face axis half of the time, and
rotated, shifted, scaled and lit a little differently, all in one resampling of the archive frame.
Some also get a part of another portrait: faces are aligned, so one face fits under another's hair.
"""

import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from data.arrays import drop_pages
from model.frame import CROP_LEFT, CROP_TOP, FACE_CENTRE, IMAGE_SHAPE, crop
from model.training.settings import Augmentation


class Draws:
    """Random numbers of one batch, a function of its seed `(2,)` alone, in any order of batches."""

    def __init__(self, seed: tf.Tensor):
        self._seed, self._count = seed, 0

    def uniform(self, shape: tuple[int, ...], low: float = 0.0, high: float = 1.0) -> tf.Tensor:
        """Return numbers between two bounds."""
        return tf.random.stateless_uniform(shape, self._next(), low, high)

    def normal(self, shape: tuple[int, ...], deviation: float) -> tf.Tensor:
        """Return normally distributed numbers around 0."""
        return tf.random.stateless_normal(shape, self._next(), stddev=deviation)

    def _next(self) -> tf.Tensor:
        self._count += 1
        return tf.random.fold_in(self._seed, self._count)


def training_batches(
    portraits: np.ndarray, batch_size: int, augmentation: Augmentation, seed: int
) -> tf.data.Dataset:
    """Return endless shuffled batches of inputs and targets, see `augment`.

    The portraits, uint8 `(n, 171, 186, 1)`, are usually a memory map, whose rows are read as they
    are needed. The seed decides order and changes.
    """
    n, read = len(portraits), _reader(portraits)
    rows = tf.data.Dataset.range(n).shuffle(n, seed=seed).repeat()
    batches = rows.batch(batch_size, drop_remainder=True).enumerate()

    def make(number, rows):
        draws = Draws(tf.stack([tf.constant(seed, tf.int64), number]))
        return augment(read(rows), draws, augmentation)

    return batches.map(make, num_parallel_calls=2, deterministic=True).prefetch(4)


def validation_batches(portraits: np.ndarray, batch_size: int) -> tf.data.Dataset:
    """Return batches of (images, images), unchanged and in order; `(n, 160, 176, 1)` in [0, 1]."""
    rows = tf.data.Dataset.range(len(portraits)).batch(batch_size)
    images = rows.map(_reader(portraits, crop), num_parallel_calls=2)
    return images.map(lambda batch: (batch, batch)).prefetch(2)


def _reader(
    portraits: np.ndarray, change: Callable[[np.ndarray], np.ndarray] = np.asarray
) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return a function that turns row numbers into the portraits in those rows, changed."""
    like = change(portraits[:1])

    def read(rows):
        batch = change(portraits[np.sort(rows)])
        drop_pages(portraits)
        return batch

    def load(rows):
        batch = tf.numpy_function(read, [rows], like.dtype, stateful=False)
        return tf.ensure_shape(batch, (*rows.shape, *like.shape[1:]))

    return load


def augment(
    portraits: tf.Tensor, draws: Draws, augmentation: Augmentation
) -> tuple[tf.Tensor, tf.Tensor]:
    """Change a batch of portraits, uint8 `(n, 171, 186, 1)`, see `Augmentation`.

    Returns:
        Inputs and targets, float32 `(n, 160, 176, 1)` in [0, 1]; the inputs are noisy. Without any
        changes, half of the portraits are still mirrored, pixel by pixel.
    """
    n = portraits.shape[0]
    targets = _resample(portraits, _random_transforms(n, augmentation, draws))
    gain = tf.exp(draws.normal((n, 1, 1, 1), augmentation.contrast))
    offset = draws.normal((n, 1, 1, 1), augmentation.brightness)
    targets = tf.clip_by_value((targets - 0.5) * gain + 0.5 + offset, 0.0, 1.0)
    if augmentation.recombination:
        targets = recombine(targets, augmentation.recombination, draws)
    inputs = targets + draws.normal((n, *IMAGE_SHAPE, 1), augmentation.noise)
    return tf.clip_by_value(inputs, 0.0, 1.0), targets


def recombine(images: tf.Tensor, share: float, draws: Draws) -> tf.Tensor:
    """Give a share of the portraits a part of the one before them in the batch.

    The part is the face, or all above or below a level between hair and chin. Its rim is soft, and
    its brightness is moved to that of its new surroundings along the rim. Images are float32
    `(n, 160, 176, 1)` in [0, 1]; the share is from 0 to 1.
    """
    n = images.shape[0]

    def uniform(low: float, high: float) -> tf.Tensor:
        return draws.uniform((n, 1, 1, 1), low, high)

    y = tf.range(IMAGE_SHAPE[0], dtype=tf.float32)[:, tf.newaxis, tf.newaxis]
    x = tf.range(IMAGE_SHAPE[1], dtype=tf.float32)[:, tf.newaxis]
    width, height, middle = uniform(30, 58), uniform(38, 74), FACE_CENTRE[1] + uniform(-12, 12)
    face = 1 - tf.sqrt(((x - FACE_CENTRE[0]) / width) ** 2 + ((y - middle) / height) ** 2)
    side = (y - uniform(70, 150)) / 60 * tf.sign(uniform(-1, 1))
    mask = tf.sigmoid(tf.where(uniform(0, 1) < 0.65, face, side) * uniform(10, 25))

    others = tf.roll(images, 1, axis=0)
    rim = mask * (1 - mask)
    rim /= tf.reduce_sum(rim, axis=(1, 2, 3), keepdims=True)
    others += tf.reduce_sum(rim * (images - others), axis=(1, 2, 3), keepdims=True)
    mixed = tf.clip_by_value(images + mask * (others - images), 0.0, 1.0)
    return tf.where(uniform(0, 1) < share, mixed, images)


def _resample(portraits: tf.Tensor, transforms: tf.Tensor) -> tf.Tensor:
    """Return the model's frame of portraits: pixels looked up by projective maps `(n, 8)`."""
    images = tf.raw_ops.ImageProjectiveTransformV3(
        images=tf.cast(portraits, tf.float32) / 255.0,
        transforms=transforms,
        output_shape=IMAGE_SHAPE,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
        fill_value=0.0,
    )
    return tf.ensure_shape(images, (portraits.shape[0], *IMAGE_SHAPE, 1))


def _random_transforms(n: int, augmentation: Augmentation, draws: Draws) -> tf.Tensor:
    """Return projective maps from pixels of the model's frame to those of the portrait, `(n, 8)`.

    A frame pixel is taken relative to the face centre, changed, mirrored half of the time, and
    put back at the face centre of the portrait: mirroring is about the face axis by construction.
    """
    centre_x, centre_y = FACE_CENTRE

    def normal(deviation: float) -> tf.Tensor:
        return tf.clip_by_value(draws.normal((n,), deviation), -2 * deviation, 2 * deviation)

    angle = normal(math.radians(augmentation.rotation))
    size, stretch, shear = (normal(augmentation.scale) for _ in range(3))
    mirrored = tf.where(draws.uniform((n,)) < 0.5, -1.0, 1.0)
    width, height = tf.exp(size + stretch), tf.exp(size - stretch)
    xx, xy = mirrored * width * tf.cos(angle), mirrored * (shear - tf.sin(angle)) * height
    yx, yy = width * tf.sin(angle), height * tf.cos(angle)
    lean_x, lean_y = (normal(augmentation.perspective / IMAGE_SHAPE[1]) for _ in range(2))
    to_x = centre_x + CROP_LEFT + normal(augmentation.shift)
    to_y = centre_y + CROP_TOP + normal(augmentation.shift)

    # x = to_x + (xx dx + xy dy) / k, k = 1 + lean_x dx + lean_y dy, with (dx, dy) from the centre
    ax, ay, a0 = xx + to_x * lean_x, xy + to_x * lean_y, to_x
    bx, by, b0 = yx + to_y * lean_x, yy + to_y * lean_y, to_y
    a0, b0, k0 = (
        c0 - cx * centre_x - cy * centre_y
        for c0, cx, cy in ((a0, ax, ay), (b0, bx, by), (tf.ones((n,)), lean_x, lean_y))
    )
    return tf.stack([ax, ay, a0, bx, by, b0, lean_x, lean_y], axis=1) / k0[:, tf.newaxis]
