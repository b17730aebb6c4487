import numpy as np
import pytest

from data.errors import UserError
from model.latent import Readout
from tests.ui.driver import fake_latent
from ui.sliders.editor import FaceEditor, between, direction_axis, principal_axes
from ui.sliders.walk import round_trip


@pytest.fixture
def latent():
    return fake_latent()


@pytest.fixture
def editor(latent):
    return FaceEditor(latent, lambda: None, {}, {})


def test_direction_that_does_not_move_its_readout_is_read_by_projection(latent):
    vector = latent.directions["year"]
    still = direction_axis(latent, "smile", vector, Readout(np.zeros(80), 0.0))
    face = still.moved(latent.mean, 2.0)
    assert abs(direction_axis(latent, "smile", vector).read(face) - 2) < 1e-4


def test_direction_is_the_change_between_two_faces_and_has_a_name_of_its_own(editor, latent):
    with pytest.raises(UserError, match="change between two faces"):
        editor.save_direction("nothing")
    for face, end in ((1, "a"), (2, "b")):
        editor.start(latent.gallery[face], "a face")
        editor.set_face(end)
    for name in ("  my   smile ", "two"):
        editor.save_direction(name)
    vector = editor.now.directions["my smile"]
    assert abs(latent.mahalanobis(latent.mean + vector) - 1) < 1e-3  # one deviation long
    change = latent.gallery[2] - latent.gallery[1]
    assert np.allclose(vector / np.linalg.norm(vector), change / np.linalg.norm(change), atol=1e-4)
    editor.rename(direction_axis(latent, "my smile", vector), "grin")
    assert list(editor.now.directions) == ["grin", "two"] and editor.now.names == {}
    grin = direction_axis(latent, "grin", vector)
    for name in ("", "   ", "year", "two"):
        with pytest.raises(UserError):
            editor.rename(grin, name)
    for name in ("grin", "two"):
        editor.drop_direction(name)
    assert editor.now.directions == {}


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
    editor.morph(0.3)
    editor.commit()
    editor.save_direction("one")
    editor.start(editor.now.code, "photo", np.zeros((160, 176), np.float32))
    editor.toggle_detail()
    editor.move(axis, axis.middle)
    editor.commit()
    states = []
    while editor.history.can_undo:
        states.append(editor.now)
        editor.undo()
    assert len(states) == 11
    assert editor.now is beginning
    for state in reversed(states):
        editor.redo()
        assert editor.now == state
    editor.undo()
    editor.toggle_lock(0)
    assert len(editor.history.past) == 12
    with pytest.raises(UserError, match="nothing to redo"):
        editor.redo()
    while editor.history.can_undo:
        editor.undo()
    with pytest.raises(UserError, match="nothing to undo"):
        editor.undo()


# Ways between faces


def test_the_radius_goes_evenly_and_the_direction_turns_evenly():
    a, b = np.random.default_rng(0).standard_normal((2, 80))
    b *= 2
    radii = [np.linalg.norm(between(a, b, t)) for t in (0, 0.25, 0.5, 0.75, 1)]
    assert np.allclose(np.diff(radii), np.diff(radii)[0], rtol=1e-3)
    unit = [between(a, b, t) / np.linalg.norm(between(a, b, t)) for t in (0, 0.3, 0.6, 0.9)]
    turns = [np.arccos(unit[i] @ unit[i + 1]) for i in range(3)]
    assert np.allclose(turns, turns[0], rtol=1e-3)
    # the mean face, and opposite ones, are joined by a line
    zero = np.zeros(80, dtype=np.float32)
    assert np.allclose(between(zero, a, 0.25), 0.25 * a)
    assert np.allclose(between(a, -a, 0.25), 0.5 * a)
    assert np.allclose(between(a, 3 * a, 0.5), 2 * a)
    assert np.array_equal(between(zero, zero, 0.5), zero)


def test_a_walk_passes_every_face_gently_and_loops():
    stops = np.random.default_rng(0).standard_normal((3, 80)).astype(np.float32)
    way = round_trip(stops, 60)
    assert way.shape == (60, 80) and way.dtype == np.float32
    assert np.array_equal(way[::20], stops)
    steps = np.linalg.norm(np.diff(way, axis=0, append=way[:1]), axis=1)
    assert steps[[0, 19, 20, 39, 40, 59]].max() < steps[[10, 30, 50]].min() / 3
    assert np.array_equal(round_trip(stops[:1], 4), np.repeat(stops[:1], 4, axis=0))
