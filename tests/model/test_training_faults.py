"""What is left when a training's files are damaged or cannot be written."""

import errno
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data import UserError
from model import folder as files
from model.network import build_autoencoder
from model.network_file import save_network
from model.training.film import Film
from model.training.fitting import Training
from tests.model.tiny_model import TINY, saved_state, write_tiny_model


@pytest.fixture
def trained(tmp_path):
    """A network, and the state of its training, saved."""
    return saved_state(tmp_path / "state.npz")


def restored(state, model, fingerprint="mine"):
    return Training(state.path, fingerprint, 4, 3).restore(model)


def test_a_torn_or_foreign_state_is_not_continued(trained):
    model, state = trained
    before = model.get_weights()
    model.set_weights([weight + 1 for weight in before])
    assert not restored(state, model, "another's")
    whole = state.path.read_bytes()
    for damaged in (b"", whole[:-200], b"PK" + bytes(500)):
        state.path.write_bytes(damaged)
        assert not restored(state, model)
    assert not np.array_equal(model.get_weights()[0], before[0])
    state.path.write_bytes(whole)
    assert restored(state, model)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), UserError("Full.")])
def test_pictures_that_cannot_be_written_are_told_once_and_no_reason_to_stop(trained, error):
    (model, state), shown, said = trained, [], []

    def show(history, pictures):
        shown.append(pictures)
        raise error

    state.pictures, state.on_progress = lambda: {"Portrait": model.get_weights()}, show
    state.say = said.append
    state.show()
    state.show()
    assert len(shown) == len(said) == 1 and str(error) in said[0]


def test_a_film_that_cannot_be_written_leaves_the_former_one_and_ends_nothing(
    tmp_path, monkeypatch
):
    def fill_up(self, file, *_rest, **_options):
        Path(file).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    film = Film(tmp_path / "learning.gif", np.zeros((1, 160, 176, 1)))
    film._frames = [Image.new("L", (9, 9))]
    film.on_epoch_end(0)
    before = film.path.read_bytes()
    monkeypatch.setattr(Image.Image, "save", fill_up)
    film.on_epoch_end(1)
    assert film.path.read_bytes() == before and list(tmp_path.iterdir()) == [film.path]


def test_no_room_for_the_network_is_one_sentence_and_leaves_the_former_model(tmp_path):
    resource = pytest.importorskip("resource")  # files of limited size, in place of a full disk
    folder = write_tiny_model(tmp_path / "mine")
    before, listed = files.read_card(folder), sorted(folder.iterdir())

    def write(new):
        save_network(build_autoencoder(TINY), new / files.NETWORK_FILE)
        return {}

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, limits[1]))
    try:
        with pytest.raises(
            UserError, match=r"cannot be written to .* \(File too large\): make room"
        ):
            files.publish(folder, write, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files.read_card(folder) == before and sorted(folder.iterdir()) == listed


def test_no_room_for_the_state_is_one_sentence_and_leaves_nothing_half_written(
    trained, monkeypatch
):
    _, state = trained

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    before = state.path.read_bytes()
    monkeypatch.setattr("model.training.fitting.np.savez", full)
    with pytest.raises(UserError, match=r"No space left on device\): make room"):
        state.save()
    assert state.path.read_bytes() == before
    assert [path.name for path in state.path.parent.iterdir()] == [state.path.name]
