"""Faces turned into crude drawings, for the sketch encoder to learn from.

The drawings come from the picture of the face alone: its tones, made flat, and its edges, made
lines. What people do to faces when they draw is done to the picture first: parts are too large, too
small, out of place or missing, and every line wobbles.
"""

import tensorflow as tf

from model.frame import FACE_CENTRE, IMAGE_SHAPE

EYES, NOSE, MOUTH = ((70.0, 86.0), (117.0, 85.0)), (93.5, 108.0), (93.5, 130.0)  # (x, y)
EYE_SIZE, NOSE_SIZE, MOUTH_SIZE = (17.0, 14.0), (12.0, 16.0), (22.0, 11.0)  # half axes


def draw(faces: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Turn faces into crude drawings.

    Four kinds: flat tones on the face's own background, with lines or without; the dark parts, such
    as hair, filled on paper; and lines alone on paper.

    Args:
        faces: float32 `(n, 160, 176, 1)` in [0, 1].

    Returns:
        Drawings of the same shape and range, and `(n,)` how much of the faces' tones they show:
        1 where all is filled, less where paper stands for much of it.
    """
    n = faces.shape[0]
    faces = _without_parts(_warped(faces, _displacement(n)))
    soft = _blurred(faces, 5)
    flat = tf.where(_chance(n, 0.5), soft, _blurred(soft, 9))
    skin = tf.reduce_mean(faces[:, 90:125, 72:116], axis=(1, 2), keepdims=True)
    corners = tf.concat([faces[:, :40, :22], faces[:, :40, -22:]], axis=2)
    ground = tf.reduce_mean(corners, axis=(1, 2), keepdims=True)

    kind = tf.random.uniform((n, 1, 1, 1))
    only_lines, only_dark = kind < 0.25, (kind >= 0.25) & (kind < 0.5)
    paper = tf.where(_chance(n, 0.5), tf.ones_like(skin), _uniform(n, 0.6, 1.0))
    paper = tf.where(_chance(n, 0.25), 0.5 * (ground + skin), paper)
    dark = flat < 0.5 * (tf.reduce_min(flat, axis=(1, 2), keepdims=True) + skin) + 0.03
    filled = tf.where(_chance(n, 0.5), _uniform(n, 0.0, 0.25), flat)
    tones = _flat_tones(flat, skin)
    own_ground = tf.where(_chance(n, 0.3), tf.where(_chance(n, 0.6), 1.0, 0.2), ground)
    tones = tf.where(_outside(n), own_ground, tones)
    base = tf.where(only_dark & dark, filled, tf.where(only_lines | only_dark, paper, tones))

    lines = _lines(faces, soft)
    ink = tf.where(_chance(n, 0.6), _uniform(n, 0.0, 0.1), _uniform(n, 0.0, 0.45))
    ink = tf.minimum(ink, 0.7 * tf.maximum(skin, 0.3))
    inked = only_lines | only_dark | _chance(n, 0.65)
    drawings = tf.where(inked, base + lines * (ink - base), base)
    shown = tf.where(only_lines, 0.2, tf.where(only_dark, 0.5, 1.0))
    return tf.clip_by_value(drawings, 0.0, 1.0), tf.reshape(shown, (n,))


def _flat_tones(flat: tf.Tensor, skin: tf.Tensor) -> tf.Tensor:
    """Few tones, around that of the skin, with more contrast than the face has or less."""
    n = flat.shape[0]
    gain = tf.exp(tf.random.normal((n, 1, 1, 1), stddev=0.35) + 0.25)
    step = _uniform(n, 0.15, 0.6)
    levels = skin + step * tf.round((flat - skin) * gain / step + _uniform(n, -0.3, 0.3))
    return tf.clip_by_value(levels + tf.random.normal((n, 1, 1, 1), stddev=0.06), 0.0, 1.0)


def _lines(faces: tf.Tensor, soft: tf.Tensor) -> tf.Tensor:
    """Lines where a face is darker than around it, and along its edges: 0 paper to 1 ink."""
    n = faces.shape[0]
    around = _blurred(_blurred(faces, 13), 13)
    strokes = tf.cast(around - soft > _uniform(n, 0.03, 0.10), tf.float32)
    across = tf.pad(soft[:, :, 2:] - soft[:, :, :-2], [[0, 0], [0, 0], [1, 1], [0, 0]])
    down = tf.pad(soft[:, 2:] - soft[:, :-2], [[0, 0], [1, 1], [0, 0], [0, 0]])
    slope = tf.sqrt(across**2 + down**2)
    crest = tf.nn.max_pool2d(slope, 5, 1, "SAME") <= slope + 0.004  # thin: the middle of an edge
    edges = tf.cast(crest & (slope > _uniform(n, 0.02, 0.08)), tf.float32)
    mixed = tf.maximum(edges, strokes)
    lines = tf.where(_chance(n, 0.4), edges, tf.where(_chance(n, 0.5), strokes, mixed))
    thick = tf.nn.max_pool2d(lines, 3, 1, "SAME")
    thick = tf.where(_chance(n, 0.6), thick, tf.nn.max_pool2d(thick, 3, 1, "SAME"))
    lines = tf.where(_chance(n, 0.3), lines, thick)
    broken = _smooth_noise(n, (20, 22), 1) > _uniform(n, -2.5, 0.3)
    return _blurred(lines * tf.cast(broken, tf.float32), 3)


def _displacement(n: int) -> tf.Tensor:
    """How far each pixel is taken from, `(n, 160, 176, 2)` of (x, y): a hand that errs."""
    x, y = _grid()
    waves = _smooth_noise(n, (5, 6), 2) * _uniform(n, 0.0, 4.0)
    waves += _smooth_noise(n, (20, 22), 2) * _uniform(n, 0.0, 1.2)
    move_x, move_y = waves[..., 0], waves[..., 1]
    dx, dy = x - FACE_CENTRE[0], y - FACE_CENTRE[1]
    move_x += _normal(n, 0.05) * dx + _normal(n, 0.04) * dy + _normal(n, 3.0)
    move_y += _normal(n, 0.05) * dy + _normal(n, 0.04) * dx + _normal(n, 3.0)
    eye_size, eye_y, apart = _normal(n, 0.25), _normal(n, 2.5), _normal(n, 2.0)
    parts = [
        (EYES[0], EYE_SIZE, eye_size, -apart, eye_y),
        (EYES[1], EYE_SIZE, eye_size, apart, eye_y),
        (NOSE, NOSE_SIZE, _normal(n, 0.2), _normal(n, 1.5), _normal(n, 2.0)),
        (MOUTH, MOUTH_SIZE, _normal(n, 0.25), _normal(n, 2.0), _normal(n, 3.0)),
    ]
    for centre, axes, size, to_x, to_y in parts:
        near = _bump(centre, axes)
        shrink = tf.exp(-size) - 1
        move_x += near * (shrink * (x - centre[0]) - to_x)
        move_y += near * (shrink * (y - centre[1]) - to_y)
    return tf.stack([move_x, move_y], axis=-1)


def _warped(images: tf.Tensor, displacement: tf.Tensor) -> tf.Tensor:
    """Take every pixel from where the displacement says, the nearest one; the edge is repeated."""
    n, (height, width) = images.shape[0], IMAGE_SHAPE
    x, y = _grid()
    column = tf.clip_by_value(tf.round(x + displacement[..., 0]), 0, width - 1)
    row = tf.clip_by_value(tf.round(y + displacement[..., 1]), 0, height - 1)
    places = tf.cast(row * width + column, tf.int32)
    pixels = tf.gather(
        tf.reshape(images, (n, height * width)), tf.reshape(places, (n, -1)), batch_dims=1
    )
    return tf.reshape(pixels, (n, height, width, 1))


def _without_parts(faces: tf.Tensor) -> tf.Tensor:
    """Leave out eyes, nose, mouth or any other place now and then, as if there were skin."""
    n = faces.shape[0]
    smooth = _blurred(_blurred(faces, 21), 21)
    places = [(EYES, EYE_SIZE), ((NOSE,), NOSE_SIZE), ((MOUTH,), MOUTH_SIZE)]
    for centres, axes in places:
        near = sum(_bump(centre, axes) for centre in centres)[..., tf.newaxis]
        faces += tf.where(_chance(n, 0.1), near, 0.0) * (smooth - faces)
    x, y = _grid()
    away = (x - _uniform(n, 0, 176)[..., 0]) ** 2 + (y - _uniform(n, 0, 160)[..., 0]) ** 2
    hole = tf.cast(away[..., tf.newaxis] < _uniform(n, 8.0, 32.0) ** 2, tf.float32)
    return faces + tf.where(_chance(n, 0.25), hole, 0.0) * (smooth - faces)


def _outside(n: int) -> tf.Tensor:
    """Whether a pixel lies outside of an ellipse that holds more or less than the head."""
    x, y = _grid()
    distance = ((x - FACE_CENTRE[0]) / 66) ** 2 + ((y - 90.0) / 88) ** 2
    return (distance[..., tf.newaxis] > _uniform(n, 0.6, 1.6)) & _chance(n, 0.4)


def _grid() -> tuple[tf.Tensor, tf.Tensor]:
    y, x = tf.meshgrid(*(tf.range(float(size)) for size in IMAGE_SHAPE), indexing="ij")
    return x[tf.newaxis], y[tf.newaxis]


def _bump(centre: tuple[float, float], axes: tuple[float, float]) -> tf.Tensor:
    """1 within half of an ellipse, falling smoothly to 0 at one and a half: `(1, 160, 176)`."""
    x, y = _grid()
    distance = tf.sqrt(((x - centre[0]) / axes[0]) ** 2 + ((y - centre[1]) / axes[1]) ** 2)
    share = tf.clip_by_value(1.5 - distance, 0.0, 1.0)
    return share * share * (3 - 2 * share)


def _smooth_noise(n: int, cells: tuple[int, int], channels: int) -> tf.Tensor:
    noise = tf.random.normal((n, *cells, channels))
    return tf.image.resize(noise, IMAGE_SHAPE, "bilinear")


def _chance(n: int, probability: float) -> tf.Tensor:
    return tf.random.uniform((n, 1, 1, 1)) < probability


def _uniform(n: int, low: float, high: float) -> tf.Tensor:
    return tf.random.uniform((n, 1, 1, 1), low, high)


def _normal(n: int, deviation: float) -> tf.Tensor:
    return tf.random.truncated_normal((n, 1, 1), stddev=deviation)


def _blurred(images: tf.Tensor, size: int) -> tf.Tensor:
    """Mean over a square of `size` pixels."""
    return tf.nn.avg_pool2d(tf.nn.avg_pool2d(images, (size, 1), 1, "SAME"), (1, size), 1, "SAME")
