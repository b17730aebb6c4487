"""The films for the README, played with a drawn model."""

import numpy as np
import pytest
from PIL import Image

from tests.bench.films import FPS, colour_frames, film_screen
from tests.ui.driver import FakeEngine, fake_latent
from tests.ui.test_animation import read_gif
from ui.animation import encode_gif


@pytest.mark.parametrize("name", ["sliders", "drawing"])
def test_the_film_shows_the_screen_answering(tmp_path, name):
    film = film_screen(name, FakeEngine, fake_latent(), (900, 600), (360, 240))
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


def test_colour_frames_share_a_palette_and_still_parts_cost_little(tmp_path):
    rng = np.random.default_rng(0)
    ground = rng.integers(0, 8, (120, 160, 3), dtype=np.uint8) * 32
    moving = []
    for i in range(20):
        frame = ground.copy()
        frame[10:20, 5 * i : 5 * i + 10] = (255, 0, 0)
        moving.append(frame)
    (tmp_path / "one.gif").write_bytes(encode_gif(colour_frames(moving[:1])))
    (tmp_path / "all.gif").write_bytes(encode_gif(colour_frames(moving)))
    read, _ = read_gif(tmp_path / "all.gif")
    assert len(read) == 20
    assert tuple(read[9][0][15, 50]) == tuple(read[3][0][15, 20])
    sizes = [(tmp_path / name).stat().st_size for name in ("one.gif", "all.gif")]
    assert sizes[1] < 3 * sizes[0]
