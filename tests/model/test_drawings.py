import numpy as np
import pytest
import tensorflow as tf

from model.frame import crop
from model.training.drawings import draw
from model.training.trial_sketches import trial_sketches
from tests.data.drawn_archive import draw_portrait


@pytest.fixture(scope="module")
def drawn():
    """Faces and their drawings."""
    tf.random.set_seed(0)
    faces = crop(np.stack([draw_portrait(seed) for seed in range(48)])[..., np.newaxis])
    drawings, shown = draw(tf.constant(faces))
    return faces, drawings.numpy(), shown.numpy()


def test_drawings_are_flat_and_in_range(drawn):
    faces, drawings, shown = drawn
    assert drawings.shape == faces.shape and shown.shape == (48,)
    assert drawings.min() >= 0 and drawings.max() <= 1
    assert (np.abs(np.diff(drawings, axis=2)) < 1e-4).mean() > 0.7


def test_some_show_all_tones_some_only_lines_and_all_differ(drawn):
    _, drawings, shown = drawn
    assert np.unique(shown) == pytest.approx([0.2, 0.5, 1.0])
    assert np.mean([one.std() > 0.01 for one in drawings]) > 0.8
    assert len({one.tobytes() for one in drawings}) == len(drawings)


def test_filled_drawings_have_the_tones_of_their_face(drawn):
    faces, drawings, shown = drawn
    pairs = zip(drawings[shown == 1], faces[shown == 1], strict=True)
    assert np.mean([np.corrcoef(one.ravel(), face.ravel())[0, 1] for one, face in pairs]) > 0.4


def test_trial_sketches_are_the_same_every_time_and_differ_from_each_other():
    sketches = trial_sketches(12)
    assert sketches.shape == (12, 160, 176, 1) and sketches.dtype == np.float32
    assert sketches.min() >= 0 and sketches.max() <= 1
    np.testing.assert_array_equal(sketches, trial_sketches(12))
    assert len({sketch.tobytes() for sketch in sketches}) == 12
    assert all(sketch.std() > 0.02 for sketch in sketches)
