"""Where the eyes of a photo are, and what the frame shows of it once they are known."""

import numpy as np
import pytest

from model import frame
from tests.data.drawn_archive import draw_portrait
from ui.photo.eyes import guess_eyes, middle_eyes
from ui.photo.opening import Photo
from ui.photo.placement import EYES, LEFT_EYE, RIGHT_EYE, Placement, crop, sample


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


# Drawn faces, moved, turned and scaled by known amounts


def draw_face(seed):
    """One of many drawn faces, all in the frame's place, (160, 176) in [0, 1]."""
    return frame.crop(draw_portrait(seed)[np.newaxis, ..., np.newaxis])[0, ..., 0]


class DrawnFaces:
    """A linear autoencoder of drawn faces, with the interface of an engine and its latent space."""

    model_id = "drawn faces"

    def __init__(self):
        faces = np.stack([draw_face(seed) for seed in range(100, 300)]).reshape(200, -1)
        self.mean = faces.mean(axis=0)
        centred = faces - self.mean
        values, vectors = np.linalg.eigh(centred @ centred.T)
        self.components = (vectors[:, -40:].T @ centred) / np.sqrt(values[-40:, None])
        self.gallery = self.guess(faces)

    def guess(self, images):
        return (images.reshape(len(images), -1) - self.mean) @ self.components.T

    def decode(self, codes):
        return (codes @ self.components + self.mean).reshape(-1, 160, 176, 1)


@pytest.fixture(scope="module")
def model():
    """A model whose first search was given up while it learned, which the others must survive."""
    model = DrawnFaces()
    given_up = guess_eyes(Photo(np.zeros((64, 64), np.float32)), model, model)
    for _ in range(6):
        next(given_up)
    given_up.close()
    return model


def photograph(face, scale, angle, canvas, at):
    """Put a face on a noisy canvas (h, w), the frame's centre at `at`; return its eyes."""
    turn = scale * np.exp(1j * angle)
    placement = Placement(turn, complex(*at) - turn * (87.5 + 79.5j))
    back = Placement(np.array([1 / turn]), np.array([-placement.offset / turn]))
    rows, columns = np.mgrid[: canvas[0], : canvas[1]]
    pixels = (columns + 1j * rows).ravel()
    seen = sample(Photo(face).levels, back, pixels, 1).reshape(canvas)
    points = Placement(1 / turn, -placement.offset / turn).points(columns + 1j * rows)
    inside = (points >= 0).all(axis=-1) & (points <= [175, 159]).all(axis=-1)
    noise = np.random.default_rng(1).random((canvas[0] // 8 + 1, canvas[1] // 8 + 1))
    ground = np.kron(noise, np.ones((8, 8)))[: canvas[0], : canvas[1]]
    photo = Photo(np.where(inside, seen, 0.3 + 0.4 * ground).astype(np.float32))
    return photo, placement.points(EYES)


def search(photo, model):
    """All steps of a search, and the guesses among them."""
    steps = list(guess_eyes(photo, model, model))
    return steps, [guess for guess in steps if guess is not None]


@pytest.mark.parametrize(
    ("scale", "angle", "canvas", "at", "light"),
    [
        (0.5, -15, (110, 104), (58, 47), 1),
        (2.4, 14, (460, 500), (240, 236), 0.05),  # nearly black
        (0.8, 6, (600, 500), (330, 190), 1),  # a small face in a large photo
    ],
)
def test_eyes_of_turned_and_scaled_faces_are_found(model, scale, angle, canvas, at, light):
    face = draw_face(2)
    photo, eyes = photograph(face, scale, np.deg2rad(angle), canvas, at)
    photo = Photo(np.rint(255 * light * photo.gray).astype(np.float32) / 255)
    steps, (*_, guess) = search(photo, model)
    assert len(steps) > 20
    assert np.linalg.norm(guess.eyes - eyes, axis=1).mean() <= 4 * max(1, scale)
    assert guess.score > 0.7


@pytest.mark.parametrize("shape", [(160, 176), (300, 1000), (1000, 300), (90, 2000), (3000, 40)])
def test_rings_begin_inside_the_photo(shape):
    eyes = middle_eyes(Photo(np.zeros(shape, np.float32)))
    for x, y in eyes:
        assert 0 <= x < shape[1] and 0 <= y < shape[0]
    assert shape != (160, 176) or np.allclose(eyes[1], RIGHT_EYE)


@pytest.mark.parametrize(("shape", "level"), [((1, 1), 0.0), ((2, 900), 0.5)])
def test_photos_without_a_face_end_in_some_guess_of_low_score(model, shape, level):
    *_, guess = search(Photo(np.full(shape, level, dtype=np.float32)), model)[1]
    assert np.isfinite(guess.eyes).all()
    assert guess.score < 0.5
