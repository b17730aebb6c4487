from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from model.latent import LatentSpace
from tests.bench import gallery
from tests.bench.directions import COLUMNS
from tests.bench.hand_drawn.faces import hand_drawn_faces
from tests.data.drawn_archive import draw_portrait
from tests.model.tiny_model import write_tiny_model


class ShadeEngine:
    """A code's first number is the shade of its picture."""

    def decode(self, codes):
        shade = 1 / (1 + np.exp(-np.asarray(codes)[:, 0]))
        return np.tile(shade[:, None, None, None], (1, 160, 176, 1)).astype(np.float32)

    def encode(self, images):
        shade = images.mean(axis=(1, 2, 3)).clip(0.01, 0.99)
        codes = np.zeros((len(images), 80), np.float32)
        codes[:, 0] = np.log(shade / (1 - shade))
        return codes


@pytest.fixture(scope="module")
def latent():
    step = np.zeros(80, np.float32)
    step[0] = 0.5
    variances = np.linspace(2, 1, 80, dtype=np.float32)
    gallery_codes = np.zeros((5, 80), np.float32)
    return LatentSpace(
        np.zeros(80, np.float32), np.diag(variances), gallery_codes, {"brighter": step}
    )


def shades(figure, number, columns):
    """The shade of each tile of the picture on the axes of that number."""
    tiles = figure.axes[number].images[0].get_array()
    height, width = tiles.shape
    tiles = tiles.reshape(height // 80, 80, width // 88, 88)
    assert tiles.shape[2] == columns
    return tiles.mean(axis=(1, 3)).ravel()


def test_reconstructions_are_of_portraits_from_all_over_the_set(monkeypatch):
    monkeypatch.setattr(gallery, "RECONSTRUCTED", 4)
    monkeypatch.setattr(gallery, "RECONSTRUCTED_COLUMNS", 2)
    portraits = np.zeros((7, 171, 186, 1), np.uint8)
    portraits[:] = np.arange(30, 240, 30)[:, None, None, None]
    figure = gallery.draw_reconstructions(ShadeEngine(), portraits)
    np.testing.assert_allclose(shades(figure, 0, 2) * 255, [30, 90, 150, 210], atol=1)
    words = " ".join(text.get_text() for text in figure.findobj(plt.Text))
    assert "4 of 7 unseen portraits" in words


def test_samples_are_a_hundred_that_nobody_picked(latent):
    figure = gallery.draw_samples(ShadeEngine(), latent)
    codes = latent.sample(100, np.random.default_rng(gallery.SEED))
    expected = ShadeEngine().decode(codes)[:, 0, 0, 0]
    np.testing.assert_allclose(shades(figure, 0, gallery.SAMPLED_COLUMNS), expected, atol=1e-5)


def test_traversals_move_one_direction_or_slider_a_row(latent):
    figure = gallery.draw_traversals(ShadeEngine(), latent)
    stops = np.array(gallery.STOPS)
    columns = len(stops)
    assert len(figure.axes) == 1 + len(gallery.TRAVERSED)
    named = 1 / (1 + np.exp(-0.5 * stops))
    np.testing.assert_allclose(shades(figure, 0, columns), named, atol=1e-5)
    first = np.abs(np.log(1 / shades(figure, 1, columns) - 1))
    np.testing.assert_allclose(first, np.sqrt(2) * np.abs(stops), atol=1e-4)
    np.testing.assert_allclose(shades(figure, 2, columns), 0.5, atol=1e-5)


def test_the_longest_names_stand_on_the_page(latent):
    directions = dict.fromkeys(COLUMNS, latent.directions["brighter"])
    figure = gallery.draw_traversals(ShadeEngine(), replace(latent, directions=directions))
    labels = figure.findobj(lambda part: isinstance(part, plt.Text) and part.get_text() in COLUMNS)
    assert len(labels) == len(COLUMNS)
    assert min(label.get_window_extent().x0 for label in labels) > 0


def test_the_command_writes_four_pictures(tmp_path, monkeypatch):
    few = hand_drawn_faces(per_style=2)  # eighty take seconds
    monkeypatch.setattr("tests.bench.hand_drawn.faces.hand_drawn_faces", lambda: few)
    folder = write_tiny_model(tmp_path / "model")
    portraits = np.stack([draw_portrait(seed) for seed in range(3)])[..., np.newaxis]
    for name in ("X_train", "X_test"):
        np.save(tmp_path / f"{name}.npy", portraits)
    options = ["--model", folder, "--arrays", tmp_path, "--out", tmp_path / "out"]
    paths = gallery.main([str(option) for option in options])
    assert [path.stem for path in paths] == ["reconstructions", "samples", "traversals", "sketches"]
    assert all(Image.open(path).width > 600 for path in paths[:3])
    assert Image.open(paths[3]).width == 10 * 176 // 2
