"""Drawn faces, moved, turned and scaled by known amounts, and whether their eyes are found."""

import numpy as np
import pytest

from model.frame import crop
from tests.data.drawn_archive import draw_portrait
from ui.photo.eyes import guess_eyes, middle_eyes
from ui.photo.opening import Photo
from ui.photo.placement import EYES, RIGHT_EYE, Placement, sample


def draw_face(seed):
    """One of many drawn faces, all in the frame's place, (160, 176) in [0, 1]."""
    return crop(draw_portrait(seed)[np.newaxis, ..., np.newaxis])[0, ..., 0]


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
