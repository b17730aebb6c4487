import numpy as np
import pytest

from data.errors import UserError
from tests.ui.driver import fake_latent
from ui.sliders.axes import direction_axis, held, principal_axes, raw_axes
from ui.sliders.desk import FaceDesk
from ui.sliders.state import same


@pytest.fixture(scope="module")
def latent():
    return fake_latent()


@pytest.fixture
def desk(latent):
    return FaceDesk(latent, lambda: None, seed=1)


# Axes


def test_principal_axes_are_the_whitened_coordinates(latent):
    code = latent.gallery[5]
    values = [axis.read(code) for axis in principal_axes(latent)]
    assert np.allclose(values, latent.to_sliders(code), atol=1e-5)


def test_moving_one_axis_leaves_the_others(latent):
    code = latent.gallery[5]
    moved = principal_axes(latent)[7].moved(code, -2.5)
    expected = latent.to_sliders(code)
    expected[7] = -2.5
    assert np.allclose(latent.to_sliders(moved), expected, atol=1e-4)
    assert moved.dtype == np.float32


def test_raw_axes_are_the_numbers_of_the_code_by_falling_deviation(latent):
    code, axes = latent.gallery[3], raw_axes(latent)
    deviations = [axis.high - axis.low for axis in axes]
    assert deviations == sorted(deviations, reverse=True)
    index = int(axes[0].name.split()[1]) - 1
    moved = axes[0].moved(code, 1.25)
    assert moved[index] == np.float32(1.25)
    assert np.array_equal(np.delete(moved, index), np.delete(code, index))


def test_direction_reads_what_was_moved_along_it(latent):
    axis = direction_axis(latent, "year", latent.directions["year"])
    assert abs(axis.read(latent.mean)) < 1e-5
    moved = axis.moved(latent.mean, 2.0)
    assert np.allclose(moved - latent.mean, 2 * latent.directions["year"], atol=1e-5)
    assert abs(axis.read(moved) - 2) < 1e-4


def test_far_away_codes_are_read_and_moved_like_others(latent):
    far = latent.from_sliders(np.full(80, 500.0))
    for axis in (*principal_axes(latent), *raw_axes(latent)):
        assert np.isfinite(axis.read(far))
        assert np.isfinite(axis.moved(far, axis.middle)).all()


# Faces to start from


def test_a_seed_names_its_face(desk, latent):
    desk.random(4711)
    first = desk.now
    assert "4711" in first.caption
    desk.random()
    assert not np.array_equal(desk.now.code, first.code)
    desk.random(4711)
    assert np.array_equal(desk.now.code, first.code)
    desk.temperature = 0.0
    desk.random(4711)
    assert np.allclose(desk.now.code, latent.mean, atol=1e-6)


def test_training_faces_come_exactly_and_in_turn(desk, latent):
    desk.training_face(1)
    assert np.array_equal(desk.now.code, latent.gallery[0])
    desk.training_face(1)
    desk.training_face(-1)
    desk.training_face(-1)
    assert np.array_equal(desk.now.code, latent.gallery[-1])


def test_locked_sliders_stay_through_random_faces_training_faces_and_morphs(desk, latent):
    desk.start(latent.gallery[9], "a face")
    kept = latent.to_sliders(desk.now.code)[[2, 50]]
    desk.toggle_lock(2)
    desk.toggle_lock(50)
    desk.set_face("a")
    desk.go(desk.now.at(latent.gallery[20]))
    desk.start(latent.from_sliders(latent.to_sliders(latent.gallery[9])), "back")

    def values():
        return latent.to_sliders(desk.now.code)[[2, 50]]

    desk.random()
    assert np.allclose(values(), kept, atol=1e-4)
    desk.training_face(1)
    assert np.allclose(values(), kept, atol=1e-4)
    desk.mean()
    assert np.allclose(values(), kept, atol=1e-4)
    for code in desk.sample(3, 4):
        assert np.allclose(latent.to_sliders(code)[[2, 50]], kept, atol=1e-4)
    desk.set_face("b")
    desk.morph_to(0.5)
    assert np.allclose(values(), kept, atol=1e-4)


def test_held_without_locks_changes_no_bit(latent):
    target = latent.gallery[1]
    assert held(latent, target, latent.mean, np.zeros(80, bool)) is target


# Two faces


def test_morph_needs_two_faces_and_meets_them_exactly(desk, latent):
    with pytest.raises(UserError, match="two faces"):
        desk.morph(0.5)
    desk.start(latent.gallery[1], "one")
    desk.set_face("a")
    desk.start(latent.gallery[2], "two")
    desk.set_face("b")
    desk.morph_to(0.0)
    assert np.array_equal(desk.now.code, latent.gallery[1])
    desk.morph_to(1.0)
    assert np.array_equal(desk.now.code, latent.gallery[2])
    desk.morph_to(0.5)
    away = [latent.mahalanobis(desk.now.code - g + latent.mean) for g in latent.gallery[1:3]]
    assert abs(away[0] - away[1]) < 0.2 * away[0]


def test_direction_is_the_change_between_two_faces_one_deviation_long(desk, latent):
    desk.start(latent.gallery[1], "one")
    desk.set_face("a")
    desk.start(latent.gallery[2], "two")
    desk.set_face("b")
    desk.save_direction("  my   smile ")
    vector = desk.now.directions["my smile"]
    assert abs(latent.mahalanobis(latent.mean + vector) - 1) < 1e-3
    change = latent.gallery[2] - latent.gallery[1]
    assert np.allclose(vector / np.linalg.norm(vector), change / np.linalg.norm(change), atol=1e-4)
    desk.drop_direction("my smile")
    assert desk.now.directions == {}


@pytest.mark.parametrize("name", ["", "   ", "year"])
def test_direction_needs_a_name_of_its_own(desk, latent, name):
    desk.start(latent.gallery[1], "one")
    desk.go(desk.now.at(latent.gallery[2]))
    with pytest.raises(UserError):
        desk.save_direction(name)


def test_direction_needs_a_change(desk):
    with pytest.raises(UserError, match="change between two faces"):
        desk.save_direction("nothing")


# Undo


def test_every_step_can_be_undone_to_the_very_beginning(desk, latent):
    beginning = desk.now
    axis = principal_axes(latent)[0]
    desk.random()
    desk.move(desk.now, axis, 1.5)
    desk.commit()
    desk.toggle_lock(3)
    desk.set_face("a")
    desk.training_face(1)
    desk.set_face("b")
    desk.morph_to(0.3)
    desk.save_direction("one")
    desk.start(desk.now.code, "photo", np.zeros((160, 176), np.float32))
    desk.toggle_detail()
    desk.reset(axis)
    states = []
    while desk.history.can_undo:
        states.append(desk.now)
        desk.undo()
    assert len(states) == 11
    assert same(desk.now, beginning)
    assert desk.now is beginning
    for state in reversed(states):
        desk.redo()
        assert same(desk.now, state)
    with pytest.raises(UserError, match="nothing to redo"):
        desk.redo()


def test_nothing_to_undo_is_said(desk):
    with pytest.raises(UserError, match="nothing to undo"):
        desk.undo()


def test_codes_of_states_cannot_be_written_to(desk):
    desk.random()
    with pytest.raises(ValueError, match="read-only"):
        desk.now.code[0] = 1
