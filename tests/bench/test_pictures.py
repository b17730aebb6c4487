"""The pictures and films of README, of a model with random weights and of a drawn one."""

import shutil

import pytest
from PIL import Image

import data.paths
from data.errors import UserError
from tests.bench import explain
from tests.bench.films import FPS, film_screen
from tests.model.tiny_model import write_tiny_model
from tests.ui.driver import FakeEngine, fake_latent


def test_the_command_draws_all_pictures_from_the_shipped_model(tmp_path, monkeypatch):
    monkeypatch.setattr(explain, "SKETCHED", 2)
    monkeypatch.setattr("model.encoding.STEPS", 1)  # each takes long to trace
    model = write_tiny_model(tmp_path / "shipped", finisher=True)
    monkeypatch.setattr(data.paths, "SHIPPED_MODEL", model)
    paths = explain.main(tmp_path / "demo")
    names = ["explained", "network", "latent-space", "sharp", "sketches"]
    assert [path.stem for path in paths] == names
    assert all(Image.open(path).width > 600 for path in paths)
    shutil.rmtree(model)
    with pytest.raises(UserError):
        explain.main(tmp_path / "demo")


@pytest.mark.parametrize("name", ["sliders", "drawing"])
def test_a_film_shows_the_screen_answering(tmp_path, name):
    film = film_screen(name, FakeEngine(), fake_latent(), (360, 240))
    assert 6 * FPS < len(film.pictures) < 16 * FPS
    assert film.write(tmp_path / "film.gif") < 3_000_000
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.size == (360, 240)
        assert gif.n_frames > 60  # frames that show nothing new are joined: it moves
