"""Faces turned into crude drawings, for the encoder to learn what to make of a sketch."""

import tensorflow as tf

from model.frame import FACE_CENTRE, IMAGE_SHAPE


def sketch(images: tf.Tensor) -> tf.Tensor:
    """Turn portraits into crude drawings.

    Flat tones or thick outlines or both, on the portrait's own background or on blank paper, with
    a part left out, and not quite in place.

    Args:
        images: float32 `(n, 160, 176, 1)` in [0, 1].

    Returns:
        Drawings of the same shape and range.
    """
    n = images.shape[0]

    def chance(probability: float) -> tf.Tensor:
        return tf.random.uniform((n, 1, 1, 1)) < probability

    blurred = _blur(images, 5)
    smooth = tf.where(chance(0.5), blurred, _blur(blurred, 7))
    levels = tf.cast(tf.random.uniform((n, 1, 1, 1), 1, 4, dtype=tf.int32), tf.float32)
    shift = tf.random.uniform((n, 1, 1, 1), -0.15, 0.15)
    tones = tf.clip_by_value(tf.round((smooth + shift) * levels) / levels, 0.0, 1.0)

    surround = _blur(_blur(images, 13), 13)
    threshold = tf.random.uniform((n, 1, 1, 1), 0.04, 0.10)
    lines = tf.cast(surround - blurred > threshold, tf.float32)
    thick = tf.nn.max_pool2d(lines, 3, 1, "SAME")
    thick = tf.where(chance(0.5), thick, tf.nn.max_pool2d(thick, 3, 1, "SAME"))
    lines = _blur(tf.where(chance(0.4), lines, thick), 3)

    # Mostly paper as bright as what is left bare, so that the answer can follow it.
    bare = tf.where(chance(0.65), 0.0, 1.0)  # whether the face is only outlined
    corners = tf.concat([images[:, :30, :25], images[:, :30, -25:]], axis=2)
    own = tf.reduce_mean(corners, axis=(1, 2), keepdims=True)
    skin = tf.reduce_mean(images[:, 80:130, 70:118], axis=(1, 2), keepdims=True)
    own += bare * 0.5 * (skin - own)
    own = tf.clip_by_value(own + tf.random.uniform((n, 1, 1, 1), -0.1, 0.15), 0.0, 1.0)
    paper = tf.where(chance(0.15), tf.ones_like(own), own)
    base = tf.where(bare > 0, paper + tf.zeros_like(tones), tones)
    ink = tf.where(chance(0.7), tf.zeros_like(own), tf.random.uniform((n, 1, 1, 1), 0.0, 0.4))
    drawn = tf.where(chance(0.7), base + lines * (ink - base), tones)

    y = tf.linspace(-1.0, 1.0, IMAGE_SHAPE[0])
    x = tf.linspace(-1.0, 1.0, IMAGE_SHAPE[1])
    y, x = tf.meshgrid(y, x, indexing="ij")
    y, x = y[tf.newaxis, ..., tf.newaxis], x[tf.newaxis, ..., tf.newaxis]
    outside = (x - 0.06) ** 2 / 0.55 + (y - 0.15) ** 2 / 0.95 > tf.random.uniform(
        (n, 1, 1, 1), 0.5, 1.5
    )
    drawn = tf.where(outside & chance(0.5), paper, drawn)
    hole_x, hole_y = (tf.random.uniform((n, 1, 1, 1), -0.9, 0.9) for _ in range(2))
    radius = tf.random.uniform((n, 1, 1, 1), 0.1, 0.4)
    hole = (x - hole_x) ** 2 + (y - hole_y) ** 2 < radius**2
    return _displace(tf.where(hole & chance(0.5), paper, drawn))


def _displace(images: tf.Tensor) -> tf.Tensor:
    """Move by a few pixels, stretch, and turn a little; the edge is repeated."""
    n = images.shape[0]
    centre_x, centre_y = FACE_CENTRE
    width, height = (1 + tf.random.truncated_normal((n,), stddev=0.04) for _ in range(2))
    lean_x, lean_y = (tf.random.truncated_normal((n,), stddev=0.03) for _ in range(2))
    to_x, to_y = (tf.random.truncated_normal((n,), stddev=3.0) for _ in range(2))
    zero = tf.zeros((n,))
    rows = [
        [width, lean_x, centre_x + to_x - width * centre_x - lean_x * centre_y],
        [lean_y, height, centre_y + to_y - lean_y * centre_x - height * centre_y],
        [zero, zero],
    ]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([entry for row in rows for entry in row], axis=1),
        output_shape=IMAGE_SHAPE,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
        fill_value=0.0,
    )


def _blur(images: tf.Tensor, size: int) -> tf.Tensor:
    """Mean over a square of `size` pixels."""
    return tf.nn.avg_pool2d(images, size, 1, "SAME")
