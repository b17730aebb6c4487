from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from model.frame import crop, mirror
from model.training.augmentation import (
    Augmentation,
    Draws,
    augment,
    recombine,
    training_batches,
    validation_batches,
)
from model.training.settings import NO_CHANGES
from tests.data.drawn_archive import draw_portrait


@pytest.fixture(scope="module")
def portraits():
    return np.stack([draw_portrait(seed) for seed in range(16)])[..., np.newaxis]


def test_mirror_is_about_the_face_axis(portraits):
    mirrored = mirror(portraits)
    assert mirrored.dtype == np.uint8
    np.testing.assert_array_equal(mirrored[:, :, 60], portraits[:, :, 137])
    np.testing.assert_array_equal(mirrored[:, :, :12], np.repeat(portraits[:, :, 185:], 12, 2))
    np.testing.assert_array_equal(mirror(mirrored)[:, :, 12:], portraits[:, :, 12:])


def test_crop_takes_the_models_frame_and_refuses_others(portraits):
    images = crop(portraits)
    assert images.shape == (16, 160, 176, 1) and images.dtype == np.float32
    np.testing.assert_allclose(images[3, 0, 0], portraits[3, 5, 5] / 255)
    with pytest.raises(ValueError, match="Received"):
        crop(portraits[:, :-1])


@pytest.mark.parametrize("noise", [0, 0.05])
def test_without_changes_a_portrait_is_itself_or_its_mirror_image_and_inputs_are_noisy(
    portraits, noise
):
    inputs, targets = augment(
        tf.constant(portraits), Draws((0, 0)), replace(NO_CHANGES, noise=noise)
    )
    assert 0.2 * noise <= np.abs(inputs - targets).mean() <= noise
    same = np.abs(targets - crop(portraits)).max(axis=(1, 2, 3)) < 1e-6
    turned = np.abs(targets - crop(mirror(portraits))).max(axis=(1, 2, 3)) < 1e-6
    assert np.all(same ^ turned)
    assert 0 < same.sum() < 16


def test_changes_are_small_and_shared_by_input_and_target(portraits):
    inputs, targets = augment(
        tf.constant(portraits), Draws((0, 0)), Augmentation(noise=0, contrast=0, recombination=0)
    )
    np.testing.assert_array_equal(inputs, targets)
    difference = np.minimum(
        np.abs(targets - crop(portraits)).mean(axis=(1, 2, 3)),
        np.abs(targets - crop(mirror(portraits))).mean(axis=(1, 2, 3)),
    )
    assert np.all(difference > 1e-3) and np.all(difference < 0.2)


def test_a_recombined_portrait_is_two_portraits_with_a_soft_rim():
    a, b = np.full((160, 176, 1), 0.2), np.full((160, 176, 1), 0.2)
    a[:, ::8], b[::8] = 0.3, 0.3  # of about the same brightness: upright and level stripes
    images = np.stack([a, b] * 16).astype(np.float32)
    mixed = recombine(tf.constant(images), 1.0, Draws((0, 0))).numpy()
    whole = [np.abs(mixed - stripes).max(axis=(2, 3)) < 0.01 for stripes in (a, b)]
    own = np.stack([whole[row % 2][row] for row in range(32)])
    other = np.stack([whole[1 - row % 2][row] for row in range(32)])
    assert np.all(own.any(axis=1) | other.any(axis=1))  # some rows are all of one portrait
    assert np.abs(mixed - images).max(axis=(1, 2, 3)).min() > 0.05  # and never all rows
    assert mixed.min() > 0.15 and mixed.max() < 0.35
    flat = np.stack([np.full((160, 176, 1), level, np.float32) for level in (0.2, 0.7)] * 4)
    mixed = recombine(tf.constant(flat), 1.0, Draws((0, 0)))
    np.testing.assert_allclose(mixed, flat, atol=1e-5)  # a part takes the brightness around it


def test_the_share_of_recombined_portraits_is_as_asked(portraits):
    images = tf.constant(np.concatenate([crop(portraits)] * 8))
    changed = np.abs(recombine(images, 0.25, Draws((0, 0))) - images).max(axis=(1, 2, 3)) > 1e-3
    assert 0.1 < changed.mean() < 0.4
    np.testing.assert_array_equal(recombine(images, 0.0, Draws((0, 0))), images)


def test_training_batches_go_on_for_ever_and_show_every_portrait(portraits):
    batches = training_batches(portraits, 8, NO_CHANGES, seed=3)
    images = np.concatenate([targets for _, targets in batches.take(6).as_numpy_iterator()])
    assert images.shape == (48, 160, 176, 1)
    for image, turned in zip(crop(portraits), crop(mirror(portraits)), strict=True):
        distance = np.minimum(
            np.abs(images - image).max(axis=(1, 2, 3)), np.abs(images - turned).max(axis=(1, 2, 3))
        )
        assert (distance < 1e-5).sum() == 3


def test_a_seed_decides_order_and_changes(portraits):
    def batches(seed):
        return [
            targets for _, targets in training_batches(portraits, 4, Augmentation(), seed).take(6)
        ]

    one, again, another = batches(1), batches(1), batches(2)
    assert len(one) == 6 and all(np.array_equal(*pair) for pair in zip(one, again, strict=True))
    assert not any(np.array_equal(*pair) for pair in zip(one, another, strict=True))


def test_validation_batches_are_the_portraits_in_order(portraits):
    batches = list(validation_batches(portraits, 6).as_numpy_iterator())
    assert [len(inputs) for inputs, _ in batches] == [6, 6, 4]
    np.testing.assert_array_equal(np.concatenate([b for b, _ in batches]), crop(portraits))
