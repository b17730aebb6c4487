import shutil

import matplotlib.pyplot as plt
import numpy as np
import pytest

import data.paths
from model import engine as engine_module
from model.latent import LatentSpace
from tests.bench import atlas, explain
from tests.bench import network_picture as network
from tests.model.tiny_model import write_tiny_model


class ShadeEngine:
    """A code's first number is the shade of its picture, so that both ways can be checked."""

    def decode(self, codes):
        shade = 1 / (1 + np.exp(-codes[:, 0]))
        return np.tile(shade[:, None, None, None], (1, 160, 176, 1)).astype(np.float32)

    def encode(self, images):
        shade = images.mean(axis=(1, 2, 3))
        codes = np.zeros((len(images), 80), np.float32)
        codes[:, 0] = np.log(shade / (1 - shade))
        return codes


@pytest.fixture(scope="module")
def latent():
    scales = np.linspace(2, 0.5, 80, dtype=np.float32)
    codes = np.random.default_rng(0).normal(size=(120, 80)).astype(np.float32) * scales
    return LatentSpace(np.zeros(80, np.float32), np.diag(scales**2), codes)


def images(figure):
    return [axes.images[0].get_array() for axes in figure.axes if axes.images]


def texts(figure):
    return " ".join(text.get_text() for text in figure.findobj(plt.Text))


def test_the_explanation_follows_a_face_and_moves_one_slider(latent):
    figure = explain.draw_explanation(ShadeEngine(), latent)
    portrait, face, moved = images(figure)
    np.testing.assert_allclose(portrait, face, atol=1e-4)
    bars = [
        np.array([bar.get_height() for bar in axes.patches])
        for axes in figure.axes
        if len(axes.patches) == 80
    ]
    before, after = bars
    assert np.flatnonzero(before != after).tolist() == [explain.MOVED]
    assert abs(after[explain.MOVED]) == explain.TARGET
    assert f"slider {explain.MOVED + 1}" in texts(figure)
    assert moved.shape == (160, 176)


def test_the_map_shows_the_portraits_and_the_faces_at_their_places(latent):
    figure = atlas.draw_atlas(ShadeEngine(), latent)
    (tiles,) = images(figure)
    assert tiles.shape == (160 * atlas.SIDE, 176 * atlas.SIDE)
    places = figure.axes[0].lines[0]
    values = latent.to_sliders(latent.gallery)
    np.testing.assert_allclose(places.get_xdata(), values[:, atlas.ACROSS])
    np.testing.assert_allclose(places.get_ydata(), values[:, atlas.UP])


def test_the_network_is_drawn_with_the_widths_of_the_card(latent):
    widths = {"encoder_channels": [3, 5, 7, 9], "decoder_channels": [11, 13, 15, 17]}
    said = texts(network.draw_network(ShadeEngine(), latent, widths))
    for size, channels in (("80 x 88", 3), ("10 x 11", 9), ("10 x 11", 11), ("80 x 88", 17)):
        assert f"{size}\n{channels}" in said


def test_the_command_draws_all_four_from_the_shipped_model(tmp_path, monkeypatch):
    model = write_tiny_model(tmp_path / "shipped", finisher=True)
    monkeypatch.setattr(data.paths, "SHIPPED_MODEL", model)
    paths = explain.main(tmp_path / "demo")
    names = ["explained", "network", "latent-space", "sharp"]
    assert [path.stem for path in paths] == names
    assert all(path.stat().st_size > 10_000 for path in paths)
    shutil.rmtree(model)
    with pytest.raises(engine_module.UserError):
        explain.main(tmp_path / "demo")
