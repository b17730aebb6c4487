import numpy as np
import pytest

from ui.photo.opening import Photo
from ui.photo.placement import LEFT_EYE, RIGHT_EYE, Placement, crop


def blobs(shape, points, radius, ground=0.5):
    """A picture with a soft dark dot at each (x, y)."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    picture = np.full(shape, ground, dtype=np.float32)
    for x, y in points:
        squared = (columns - x) ** 2 + (rows - y) ** 2
        picture -= ground * np.exp(-squared / (2 * radius**2)).astype(np.float32)
    return picture


def centre_of(picture, x, y, reach=12):
    """The centre of the dark dot near a point."""
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    weights = (0.5 - picture) * (np.hypot(columns - x, rows - y) < reach)
    return (weights * columns).sum() / weights.sum(), (weights * rows).sum() / weights.sum()


@pytest.mark.parametrize(
    ("scale", "angle"), [(0.4, -40), (0.9, 170), (1.0, 0), (1.7, 15), (3.0, -40), (6.5, 170)]
)
def test_the_eyes_come_to_the_frames_eyes_to_a_tenth_of_a_pixel(scale, angle):
    turn = scale * np.exp(1j * np.deg2rad(angle))
    span = (complex(*RIGHT_EYE) - complex(*LEFT_EYE)) * turn
    middle = 600.3 + 500.8j
    eyes = [middle - span / 2, middle + span / 2]
    points = [(eye.real, eye.imag) for eye in eyes]
    photo = Photo(blobs((1000, 1200), points, radius=4 * scale))
    frame = crop(photo, Placement.from_eyes(points))
    assert frame.shape == (160, 176)
    assert frame.dtype == np.float32
    for eye in (LEFT_EYE, RIGHT_EYE):
        assert np.allclose(centre_of(frame, *eye), eye, atol=0.1)


@pytest.mark.parametrize("scale", [2, 3, 5, 8])
def test_shrinking_averages_instead_of_aliasing(scale):
    checks = (np.indices((160 * scale, 176 * scale)).sum(axis=0) % 2).astype(np.float32)
    shift = (scale - 1) / 2 * (1 + 1j)
    frame = crop(Photo(checks), Placement(scale, shift))
    assert np.abs(frame - 0.5).max() < 0.02


def test_beyond_the_photo_its_edge_goes_on_softly():
    rng = np.random.default_rng(0)
    photo = Photo((0.5 + 0.4 * rng.standard_normal((60, 60)).clip(-1, 1)).astype(np.float32))
    frame = crop(photo, Placement(1, -60 - 50j))
    inside = frame[50:110, 60:120]
    assert np.allclose(inside, photo.gray, atol=1e-6)
    beyond = frame[:, 140:]
    assert beyond.std() < 0.3 * inside.std()
    assert abs(beyond.mean() - inside.mean()) < 0.15


def test_tiny_photos_still_give_a_frame():
    for shape in ((1, 1), (1, 500), (500, 1), (3, 2)):
        photo = Photo(np.full(shape, 0.25, dtype=np.float32))
        assert np.allclose(crop(photo, Placement.from_eyes([(0, 0), (1, 0)])), 0.25)
