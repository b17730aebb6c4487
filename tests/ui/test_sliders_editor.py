import numpy as np
import pytest

from data.errors import UserError
from model.latent import Readout
from tests.ui.driver import fake_latent
from ui.sliders.axes import direction_axis, hold, principal_axes, raw_axes
from ui.sliders.editor import FaceEditor


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
        with pytest.raises(UserError, match=words):
            editor.begin(axis)
    assert editor.now is state
    editor.begin(other)
    editor.move(other, other.middle)
    assert abs(other.read(editor.now.code)) < 1e-4


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
    with pytest.raises(UserError, match="nothing to redo"):
        editor.redo()
    editor.history.undo()
    while editor.history.can_undo:
        editor.undo()
    with pytest.raises(UserError, match="nothing to undo"):
        editor.undo()
