import numpy as np
import pytest

from tests.ui.driver import fake_latent
from ui.starts import Starts


@pytest.fixture
def starts():
    return Starts(fake_latent())


def test_training_faces_come_in_turn_round_the_gallery(starts):
    gallery = starts.latent.gallery
    count = len(gallery)
    found = [starts.training(step) for step in (1, 1, -1, -1)]
    assert [start.caption.split(" of ")[0] for start in found] == [
        "Training face 1",
        "Training face 2",
        "Training face 1",
        f"Training face {count:,}",
    ]
    assert np.array_equal(found[1].code, gallery[1])


def test_the_previous_face_of_none_is_the_last(starts):
    assert np.array_equal(starts.training(-1).code, starts.latent.gallery[-1])


def test_a_seed_names_a_random_face(starts):
    first = starts.random()
    assert first.caption == f"Random face · seed {starts.seed}"
    again = starts.random(starts.seed)
    assert np.array_equal(first.code, again.code)
    assert not np.array_equal(starts.random().code, first.code)


def test_temperature_is_the_distance_from_the_mean_face(starts):
    starts.temperature = 0.0
    cold = starts.random(7)
    assert np.allclose(cold.code, starts.mean().code, atol=1e-5)
    assert cold.caption == "Random face · seed 7 · temperature 0.00"
