from dataclasses import replace

import numpy as np
import pytest

from data.errors import UserError
from model.latent import Readout
from tests.ui.driver import fake_latent
from ui.sliders.axes import direction_axis, hold, principal_axes, raw_axes
from ui.sliders.editor import FaceEditor
from ui.starts import Starts


@pytest.fixture(scope="module")
def latent():
    return fake_latent()


@pytest.fixture
def editor(latent):
    editor = FaceEditor(latent, lambda: None, {})
    editor.starts._rng = np.random.default_rng(1)
    return editor


# Axes


def test_raw_axes_are_the_numbers_of_the_code_by_falling_deviation(latent):
    latent = replace(latent, mean=latent.mean + np.linspace(-9, 9, 80, dtype=np.float32))
    code, axes = latent.gallery[3], raw_axes(latent)
    numbers = [int(axis.name.split()[1]) - 1 for axis in axes]
    variances = np.diag(latent.covariance)[numbers]
    assert np.array_equal(variances, np.sort(variances)[::-1])
    assert all(axis.ends[0] < 0 < axis.ends[1] for axis in axes)
    index = numbers[0]
    moved = axes[0].moved(code, 1.25)
    assert moved[index] == np.float32(1.25)
    assert np.array_equal(np.delete(moved, index), np.delete(code, index))


@pytest.mark.parametrize(
    ("name", "reading", "ends"), [("smile", -0.5, (-3, 3)), ("year", 1986.5, (1974, 2004))]
)
def test_direction_is_read_by_its_readout_and_a_year_in_years(latent, name, reading, ends):
    vector = latent.directions["year"]
    weights = vector.astype(np.float64) / (vector @ vector)
    readout = Readout(weights, 0.5 - float(weights @ latent.mean), 1989.0, 5.0, 9.4)
    axis = direction_axis(latent, name, vector, readout)
    face = latent.mean - vector  # half a deviation below what the readout calls its middle
    assert abs(axis.read(face) - reading) < 1e-3
    assert axis.ends == ends
    assert axis.error == (None if name == "smile" else 9.4)
    moved = axis.moved(face, axis.middle)
    assert np.allclose(moved - face, 0.5 * vector, atol=1e-5)


def test_direction_that_does_not_move_its_readout_is_read_by_projection(latent):
    vector = latent.directions["year"]
    still = direction_axis(latent, "smile", vector, Readout(np.zeros(80), 0.0))
    face = still.moved(latent.mean, 2.0)
    assert abs(direction_axis(latent, "smile", vector).read(face) - 2) < 1e-4


# Faces to start from


def test_locked_sliders_stay_through_random_faces_training_faces_and_morphs(editor, latent):
    editor.start(latent.gallery[9], "a face")
    kept = latent.to_sliders(editor.now.code)[[2, 50]]
    editor.toggle_lock(2)
    editor.toggle_lock(50)
    editor.set_face("a")
    editor.go(editor.now.at(latent.gallery[20]))
    editor.start(latent.from_sliders(latent.to_sliders(latent.gallery[9])), "back")

    def values():
        return latent.to_sliders(editor.now.code)[[2, 50]]

    starts = editor.starts
    for start in (starts.random(), starts.training(1), starts.mean()):
        editor.start_from(start)
        assert np.allclose(values(), kept, atol=1e-4)
    for code in editor.suggest(4):
        assert np.allclose(latent.to_sliders(code)[[2, 50]], kept, atol=1e-4)
    editor.set_face("b")
    editor.morph_to(0.5)
    assert np.allclose(values(), kept, atol=1e-4)


def test_caption_says_where_locked_sliders_changed_the_face(editor, latent):
    editor.start_from(editor.starts.training(1))
    editor.toggle_lock(2)
    editor.start_from(editor.starts.training(1))
    assert editor.now.title == "Training face 2 of 300 · locked sliders kept"
    editor.toggle_lock(2)
    editor.start_from(editor.starts.training(1))
    assert editor.now.title == "Training face 3 of 300"
    assert editor.now.code.tobytes() == latent.gallery[2].tobytes()


def test_locked_sliders_hold_whatever_slider_is_moved(editor, latent):
    editor.start_from(editor.starts.training(1))
    locks = np.arange(80) < 5
    before = latent.to_sliders(editor.now.code)
    named = direction_axis(latent, "year", latent.directions["year"])
    for axis in (named, raw_axes(latent)[3]):
        held = hold(latent, axis, locks)
        editor.begin(held)
        editor.move(held, axis.middle + 1.5)
        editor.commit()
        assert abs(axis.read(editor.now.code) - axis.middle - 1.5) < 1e-3
        assert np.allclose(latent.to_sliders(editor.now.code)[:5], before[:5], atol=1e-4)
    state = editor.now
    first, other = (hold(latent, principal_axes(latent)[n], locks) for n in (0, 9))
    nothing = hold(latent, named, np.ones(80, bool))
    for axis, words in ((first, "Slider 1 is locked"), (nothing, "year moves mostly locked")):
        for action in (editor.begin, editor.reset):
            with pytest.raises(UserError, match=words):
                action(axis)
    assert editor.now is state
    editor.reset(other)
    assert abs(other.read(editor.now.code)) < 1e-4


# Two faces


def test_morph_needs_two_faces_and_meets_them_exactly(editor, latent):
    with pytest.raises(UserError, match="Shift A on one face and Shift B on another"):
        editor.morph(0.5)
    editor.start(latent.gallery[1], "one")
    editor.set_face("a")
    editor.start(latent.gallery[2], "two")
    editor.morph_to(0.0)  # one end needs only one of them
    editor.start(latent.gallery[2], "two")
    editor.set_face("b")
    editor.morph_to(0.0)
    assert np.array_equal(editor.now.code, latent.gallery[1]) and editor.now.title == "Face A"
    editor.morph_to(1.0)
    assert np.array_equal(editor.now.code, latent.gallery[2]) and editor.now.title == "Face B"
    editor.morph_to(0.5)
    assert editor.now.title == "Between A and B"
    away = [latent.mahalanobis(editor.now.code - g + latent.mean) for g in latent.gallery[1:3]]
    assert abs(away[0] - away[1]) < 0.2 * away[0]


def test_direction_is_the_change_between_two_faces_one_deviation_long(editor, latent):
    with pytest.raises(UserError, match="change between two faces"):
        editor.save_direction("nothing")
    editor.start(latent.gallery[1], "one")
    editor.set_face("a")
    editor.start(latent.gallery[2], "two")
    editor.set_face("b")
    for name in ("", "   ", "year"):
        with pytest.raises(UserError):
            editor.save_direction(name)
    editor.save_direction("  my   smile ")
    vector = editor.now.directions["my smile"]
    assert abs(latent.mahalanobis(latent.mean + vector) - 1) < 1e-3
    change = latent.gallery[2] - latent.gallery[1]
    assert np.allclose(vector / np.linalg.norm(vector), change / np.linalg.norm(change), atol=1e-4)
    editor.drop_direction("my smile")
    assert editor.now.directions == {}


def test_any_slider_is_renamed_and_gets_its_own_name_back(editor, latent):
    slider = principal_axes(latent)[6]
    editor.rename(slider, "  jaw   up ")
    assert editor.now.names == {"Slider 7": "jaw up"}
    editor.rename(slider, "Slider 7")
    assert editor.now.names == {}
    editor.undo()
    assert editor.now.names == {"Slider 7": "jaw up"}


def test_own_direction_is_renamed_in_its_place_to_no_name_in_use(editor, latent):
    editor.go(editor.now.at(latent.gallery[2]))
    for name in ("one", "two"):
        editor.save_direction(name)
    one = direction_axis(latent, "one", editor.now.directions["one"])
    editor.rename(one, "grin")
    assert list(editor.now.directions) == ["grin", "two"]
    assert editor.now.names == {}
    grin = direction_axis(latent, "grin", editor.now.directions["grin"])
    for name in ("two", "year", " "):
        with pytest.raises(UserError):
            editor.rename(grin, name)


# Undo


def test_every_step_can_be_undone_to_the_very_beginning(editor, latent):
    beginning = editor.now
    axis = principal_axes(latent)[0]
    editor.start_from(editor.starts.random())
    editor.move(axis, 1.5)
    editor.commit()
    editor.toggle_lock(3)
    editor.set_face("a")
    editor.start_from(editor.starts.training(1))
    editor.set_face("b")
    editor.morph_to(0.3)
    editor.save_direction("one")
    editor.start(editor.now.code, "photo", np.zeros((160, 176), np.float32))
    editor.toggle_detail()
    editor.reset(axis)
    states = []
    while editor.history.can_undo:
        states.append(editor.now)
        editor.undo()
    assert len(states) == 11
    assert editor.now is beginning
    for state in reversed(states):
        editor.redo()
        assert editor.now == state
    with pytest.raises(UserError, match="nothing to redo"):
        editor.redo()
    editor.history.undo()
    while editor.history.can_undo:
        editor.undo()
    with pytest.raises(UserError, match="nothing to undo"):
        editor.undo()


def test_codes_of_states_cannot_be_written_to(editor):
    editor.start_from(editor.starts.random())
    with pytest.raises(ValueError, match="read-only"):
        editor.now.code[0] = 1


# Starts


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
    assert np.array_equal(Starts(starts.latent).training(-1).code, gallery[-1])


def test_a_seed_names_a_random_face_and_the_temperature_is_its_distance(starts):
    first = starts.random()
    assert first.caption == f"Random face · seed {starts.seed}"
    again = starts.random(starts.seed)
    assert np.array_equal(first.code, again.code)
    assert not np.array_equal(starts.random().code, first.code)
    starts.temperature = 0.0
    cold = starts.random(7)
    assert np.allclose(cold.code, starts.mean().code, atol=1e-5)
    assert cold.caption == "Random face · seed 7 · temperature 0.00"
