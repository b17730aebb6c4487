import numpy as np
import pytest
import tensorflow as tf

from model.frame import crop
from model.training.drawings import sketch
from tests.data.drawn_archive import draw_portrait


@pytest.fixture(scope="module")
def faces():
    return crop(np.stack([draw_portrait(seed) for seed in range(24)])[..., np.newaxis])


def test_sketches_are_flat_and_in_range(faces):
    drawn = sketch(tf.constant(faces)).numpy()
    assert drawn.shape == faces.shape
    assert drawn.min() >= 0 and drawn.max() <= 1
    assert (np.abs(np.diff(drawn, axis=2)) < 1e-4).mean() > 0.8


def test_sketches_show_something_of_the_face_and_differ(faces):
    drawn = sketch(tf.constant(faces)).numpy()
    assert np.mean([one.std() > 0.01 for one in drawn]) > 0.8
    assert len({one.tobytes() for one in drawn}) > 0.8 * len(drawn)
    correlations = [
        np.corrcoef(one.ravel(), face.ravel())[0, 1] for one, face in zip(drawn, faces, strict=True)
    ]
    assert np.nanmean(correlations) > 0.2  # a blank sheet has none
