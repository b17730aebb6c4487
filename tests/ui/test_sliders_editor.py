import numpy as np
import pytest

from data.errors import UserError
from model.latent import Readout
from tests.ui.driver import fake_latent
from ui.sliders.editor import FaceEditor, direction_axis, principal_axes


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
