"""The pictures of README and of the lab notes, drawn by a model of shades."""

import shutil
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import data.paths
from data.errors import UserError
from model.latent import LatentSpace
from tests.bench import atlas, explain, gallery
from tests.bench import network_picture as network
from tests.bench.directions import COLUMNS
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
    brighter = {"brighter": 0.5 * np.eye(80, dtype=np.float32)[0]}
    return LatentSpace(np.zeros(80, np.float32), np.diag(scales**2), codes, brighter)


def images(figure):
    return [axes.images[0].get_array() for axes in figure.axes if axes.images]


def texts(figure):
    return " ".join(text.get_text() for text in figure.findobj(plt.Text))


def shades(tiles):
    """The shade of each face of a picture."""
    height, width = tiles.shape
    return tiles.reshape(height // 80, 80, width // 88, 88).mean(axis=(1, 3)).ravel()


def test_the_explanation_follows_a_face_and_moves_one_slider(latent):
    figure = explain.draw_explanation(ShadeEngine(), latent)
    portrait, face, moved = images(figure)
    np.testing.assert_allclose(portrait, face, atol=1e-4)
    assert moved.shape == (160, 176)
    drawn = [axes.patches for axes in figure.axes if len(axes.patches) == 80]
    before, after = (np.array([bar.get_height() for bar in bars]) for bars in drawn)
    assert np.flatnonzero(before != after).tolist() == [explain.MOVED]
    assert abs(after[explain.MOVED]) == explain.TARGET
    assert f"slider {explain.MOVED + 1}" in texts(figure)


def test_the_map_shows_portraits_in_their_places_and_the_network_its_widths(latent):
    figure = atlas.draw_atlas(ShadeEngine(), latent)
    assert images(figure)[0].shape == (160 * atlas.SIDE, 176 * atlas.SIDE)
    places, values = figure.axes[0].lines[0], latent.to_sliders(latent.gallery)
    np.testing.assert_allclose(places.get_xdata(), values[:, atlas.ACROSS])
    np.testing.assert_allclose(places.get_ydata(), values[:, atlas.UP])
    widths = {"encoder_channels": [3, 5, 7, 9], "decoder_channels": [11, 13, 15, 17]}
    said = texts(network.draw_network(ShadeEngine(), latent, widths))
    for maps in ("80 x 88\n3", "10 x 11\n9", "10 x 11\n11", "80 x 88\n17"):
        assert maps in said


def test_samples_are_not_picked_and_portraits_come_from_all_over_the_set(latent, monkeypatch):
    samples = shades(images(gallery.draw_samples(ShadeEngine(), latent))[0])
    codes = latent.sample(100, np.random.default_rng(gallery.SEED))
    np.testing.assert_allclose(samples, ShadeEngine().decode(codes)[:, 0, 0, 0], atol=1e-5)
    monkeypatch.setattr(gallery, "RECONSTRUCTED", 4)
    monkeypatch.setattr(gallery, "RECONSTRUCTED_COLUMNS", 2)
    portraits = np.zeros((7, 171, 186, 1), np.uint8)
    portraits[:] = np.arange(30, 240, 30)[:, None, None, None]
    figure = gallery.draw_reconstructions(ShadeEngine(), portraits)
    np.testing.assert_allclose(shades(images(figure)[0]) * 255, [30, 90, 150, 210], atol=1)
    assert "4 of 7 unseen portraits" in texts(figure)


def test_traversals_move_one_direction_or_slider_a_row_and_the_longest_names_fit(latent):
    rows = images(gallery.draw_traversals(ShadeEngine(), latent))
    stops = np.array(gallery.STOPS)
    assert len(rows) == 1 + len(gallery.TRAVERSED)
    np.testing.assert_allclose(shades(rows[0]), 1 / (1 + np.exp(-0.5 * stops)), atol=1e-5)
    first = np.abs(np.log(1 / shades(rows[1]) - 1))
    np.testing.assert_allclose(first, latent.scales[0] * np.abs(stops), atol=1e-3)
    np.testing.assert_allclose(shades(rows[2]), 0.5, atol=1e-5)
    directions = dict.fromkeys(COLUMNS, latent.directions["brighter"])
    figure = gallery.draw_traversals(ShadeEngine(), replace(latent, directions=directions))
    labels = [text for text in figure.findobj(plt.Text) if text.get_text() in COLUMNS]
    assert len(labels) == len(COLUMNS)
    assert min(label.get_window_extent().x0 for label in labels) > 0


def test_the_commands_draw_all_from_the_shipped_model(arrays, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "SKETCHED", 2)
    model = write_tiny_model(tmp_path / "shipped", finisher=True)
    monkeypatch.setattr(data.paths, "SHIPPED_MODEL", model)
    paths = gallery.main([f"--arrays={arrays}", f"--out={tmp_path / 'demo'}"])
    paths += explain.main(tmp_path / "demo")
    names = ["reconstructions", "samples", "traversals", "sketches"]
    names += ["explained", "network", "latent-space", "sharp"]
    assert [path.stem for path in paths] == names
    assert all(Image.open(path).width > 600 for path in paths)
    shutil.rmtree(model)
    with pytest.raises(UserError):
        explain.main(tmp_path / "demo")
