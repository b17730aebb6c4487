"""The films for the README, played with a drawn model."""

import numpy as np
import pytest
from PIL import Image

from tests.bench.films import FPS, film_screen
from tests.ui.driver import FakeEngine, fake_latent


@pytest.mark.parametrize("name", ["sliders", "drawing"])
def test_the_film_shows_the_screen_answering(tmp_path, name):
    film = film_screen(name, FakeEngine(), fake_latent(), (360, 240))
    assert 6 * FPS < len(film.pictures) < 16 * FPS
    changes = [
        np.abs(a.astype(int) - b)[60:200, 20:340].mean()
        for a, b in zip(film.pictures, film.pictures[1:], strict=False)
    ]
    assert np.mean(np.array(changes) > 0.05) > 0.5  # it moves most of the time
    size = film.write(tmp_path / "film.gif")
    assert size < 3_000_000
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.size == (360, 240)
        assert gif.n_frames > 60
