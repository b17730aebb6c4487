import csv
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import KeyEvent
from matplotlib.colors import to_hex
from matplotlib.patches import StepPatch
from PIL import Image

from data import Portrait, UserError
from model.latent import LatentSpace
from model.measuring.normality import code_metrics
from ui.views import (
    distributions,
    latent_space,
    output,
    portraits,
    reconstructions,
    training,
)
from ui.views.style import BLUE, RED, Page


class FlatEngine:
    """Decodes a code to a grey picture: bright where its numbers are large."""

    title = "test model"

    def decode(self, codes):
        grey = 1 / (1 + np.exp(-codes.sum(axis=1)))
        return np.broadcast_to(grey[:, None, None, None], (len(codes), 160, 176, 1))


class FlatComparison:
    """Ten grey portraits; the network makes them lighter by 0.1, PCA darker by 0.2."""

    count = 10
    can_finish = False
    note = "mean of 10"

    @property
    def averages(self):
        ours = {"mse": 0.0031, "ssim": 0.81, "sharpness": 0.17}
        return ours | {"pca_mse": 0.0043, "pca_ssim": 0.74, "pca_sharpness": 0.14}

    def portraits(self, rows):
        X = np.linspace(0.2, 0.8, 10, dtype=np.float32)
        return X[rows, None, None, None] * np.ones((160, 176, 1))

    def network(self, images):
        return images + 0.1, self.of_all(images, mse=0.01, ssim=1, sharpness=0.2)

    def pca(self, images):
        return images - 0.2, self.of_all(images, mse=0.04, ssim=1, sharpness=0.1)

    def of_all(self, images, **metrics):
        return {name: np.full(len(images), value) for name, value in metrics.items()}


class SharpComparison(FlatComparison):
    """The finisher makes them lighter by 0.05."""

    can_finish = True

    @property
    def averages(self):
        return super().averages | {"sharp_mse": 0.0035, "sharp_ssim": 0.78, "sharp_sharpness": 0.91}

    def finisher(self, images):
        return images + 0.05, self.of_all(images, mse=0.02, ssim=0.5, sharpness=0.9)


@pytest.fixture(scope="module")
def codes():
    codes = np.random.default_rng(1).normal(size=(300, 80)).astype(np.float32)
    codes[:, 7] *= 0.001
    return codes


@pytest.fixture(scope="module")
def latent(codes):
    return LatentSpace.fit(codes)


@pytest.fixture(scope="module")
def metrics(codes, latent):
    return code_metrics(codes, latent)


@pytest.fixture
def kept(monkeypatch):
    """Keep figures open that would be closed after they were shown, and draw them when saved."""
    shown = []
    monkeypatch.setattr("matplotlib.backend_bases.FigureCanvasBase.draw_idle", lambda *_: None)
    monkeypatch.setattr(output, "show", lambda *some: shown.extend(some))
    yield shown
    plt.close("all")


def press(figure, key):
    figure.canvas.callbacks.process("key_press_event", KeyEvent("key", figure.canvas, key))


def texts(figure):
    return [text.get_text() for text in figure.findobj(plt.Text)]


def images(figure):
    return [axes.images[0].get_array() for axes in figure.axes if axes.images]


def opens_as_picture(path):
    with Image.open(path) as picture:
        picture.load()
        return picture.width >= 800 and len(np.unique(np.asarray(picture.convert("L")))) > 20


def labelled(count):
    X = np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((171, 186, 1), np.uint8)
    years = [1985, None]
    labels = [Portrait(i, "train", f"{i}.png", "FM"[i % 2], years[i % 2]) for i in range(count)]
    return X, labels


def test_portraits_are_shown_with_their_labels_and_turned_by_keys(tmp_path, kept):
    X, labels = labelled(70)
    path = portraits.show_portraits(X, labels, "train", folder=tmp_path)
    assert opens_as_picture(path)
    (figure,) = kept
    assert [image[0, 0] for image in images(figure)] == list(range(32))
    assert {"F  1985", "M"} <= set(texts(figure))
    press(figure, "right")
    assert images(figure)[0][0, 0] == 32
    press(figure, "end")
    assert [image[0, 0] for image in images(figure)] == list(range(64, 70))
    assert any("64 to 69 of 70" in text for text in texts(figure))
    press(figure, "right")  # there is no page after the last
    assert images(figure)[0][0, 0] == 64
    press(figure, "left")
    press(figure, "home")
    press(figure, "x")
    assert images(figure)[0][0, 0] == 0


def test_portraits_can_begin_anywhere(tmp_path, kept):
    X, labels = labelled(70)
    portraits.show_portraits(X, labels, "train", start=40, folder=tmp_path)
    assert images(kept[0])[0][0, 0] == 32


def test_every_page_key_turns(tmp_path, kept):
    page, drawn = Page(3, 3, "Title", "Lead"), []
    axes = page.grid(1, 2).subplots().reshape(1, 2)
    output.show_pages(page, axes, 9, lambda shown: drawn.append(shown[0]), 5, "page", tmp_path)
    for key in ("pagedown", " ", "pageup", "left", "home", "end"):
        press(page.figure, key)
    assert drawn == [4, 6, 8, 6, 4, 0, 8]


def test_reconstructions_errors_and_averages_are_shown(tmp_path, kept):
    comparison = FlatComparison()
    path = reconstructions.show_reconstructions(comparison, folder=tmp_path)
    X = comparison.portraits(slice(None))
    assert opens_as_picture(path)
    (figure,) = kept
    columns = reconstructions.COLUMNS
    shown = images(figure)
    np.testing.assert_allclose(shown[columns], X[0, ..., 0] + 0.1)
    np.testing.assert_allclose(shown[2 * columns], 0.1, atol=1e-6)
    np.testing.assert_allclose(shown[3 * columns], X[0, ..., 0] - 0.2)
    said = " ".join(texts(figure))
    for figure_said in ("0.0031", "0.0043", "0.8100", "0.7400", "MSE 0.0100", "MSE 0.0400"):
        assert figure_said in said
    press(figure, "right")
    assert len(images(figure)) == 4 * 3
    assert "7 to 9 of 10" in " ".join(texts(figure))


def test_portrait_network_and_finisher_stand_below_each_other(tmp_path, kept):
    comparison = SharpComparison()
    reconstructions.show_reconstructions(comparison, folder=tmp_path)
    X = comparison.portraits(slice(None))
    (figure,) = kept
    shown, columns = images(figure), reconstructions.COLUMNS
    np.testing.assert_allclose(shown[columns], X[0, ..., 0] + 0.1)
    np.testing.assert_allclose(shown[2 * columns], X[0, ..., 0] + 0.05)
    np.testing.assert_allclose(shown[4 * columns], X[0, ..., 0] - 0.2)
    said = " ".join(texts(figure))
    for words in ("0.0035", "0.9100", "MSE 0.0200", "sharpness 90%", "invented"):
        assert words in said


def test_dead_codes_and_odd_sliders_stand_out(codes, latent, metrics):
    page = distributions.draw_codes(codes, metrics, "Codes")
    colours = [to_hex(patch.get_facecolor()) for patch in page.figure.findobj(StepPatch)]
    assert colours.count(RED) == 1
    assert colours.index(RED) == 7
    assert colours.count(BLUE) == 79
    assert "Alive: 79 of 80" in " ".join(texts(page.figure))
    page = distributions.draw_sliders(latent.to_sliders(codes), metrics, "Codes")
    colours = [to_hex(patch.get_facecolor()) for patch in page.figure.findobj(StepPatch)]
    assert colours.count(RED) == (metrics["ks_p"] < 0.05).sum()
    plt.close("all")


def test_the_table_names_every_code_and_the_dead(metrics, tmp_path):
    said = texts(distributions.draw_table(metrics, "Codes").figure)
    assert set(map(str, range(1, 81))) <= set(said)
    assert said.count("dead") == 1
    assert said.count("alive") == 79
    path = distributions.write_table(metrics, tmp_path / "new" / "table.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["alive"] for row in rows].index("dead") == 7
    assert float(rows[3]["raw_mean"]) == pytest.approx(metrics["raw_mean"][3], rel=1e-3)
    plt.close("all")


def test_the_table_of_sliders_lists_the_test_of_each_and_marks_the_odd(metrics):
    page = distributions.draw_slider_table(metrics, "Codes")
    said = texts(page.figure)
    assert set(map(str, range(1, 81))) <= set(said)
    assert f"{metrics['ks'][3]:.3f}" in said and f"{metrics['ks_p'][3]:.3f}" in said
    assert f"{metrics['excess_kurtosis'][3]:+.2f}" in said
    red = [text for text in page.figure.findobj(plt.Text) if to_hex(text.get_color()) == RED]
    assert len(red) == 5 * (metrics["ks_p"] < 0.05).sum()
    plt.close("all")


def test_plots_of_the_sliders_say_what_chance_would_do_and_name_a_small_p(codes, latent, metrics):
    p = np.full(80, 0.5)
    p[:5] = 0.0009, 0.0, 0.001, 0.04, 0.0501
    changed = {**metrics, "ks_p": p}
    table = texts(distributions.draw_slider_table(changed, "Codes").figure)
    assert table.count("<0.001") == 2
    assert "0.001" in table
    assert "0.000" not in table
    panels = texts(distributions.draw_sliders(latent.to_sliders(codes), changed, "Codes").figure)
    for said in (table, panels):
        assert "4 of 80; chance alone would give about 4" in " ".join(said)
    plt.close("all")


def test_correlation_is_that_of_the_codes(codes):
    mixed = codes.copy()
    mixed[:, 1] = mixed[:, 0]
    page = latent_space.draw_correlation(mixed, "Codes")
    matrix = images(page.figure)[0]
    np.testing.assert_allclose(matrix, np.corrcoef(mixed.T), atol=1e-5)
    assert "largest: 1.00" in " ".join(texts(page.figure))
    plt.close("all")


def test_spectrum_counts_the_sliders_that_hold_most():
    scales = np.sqrt([6.0, 3.5, 0.5])
    page = latent_space.draw_spectrum(scales, "Codes")
    assert "first 1, 90 % in the first 2" in " ".join(texts(page.figure))
    heights = [bar.get_height() for bar in page.figure.axes[0].patches]
    np.testing.assert_allclose(heights, [60, 35, 5])
    plt.close("all")


def test_components_move_one_slider_at_a_time(latent):
    page = latent_space.draw_components(FlatEngine(), latent)
    shown = images(page.figure)
    steps = len(latent_space.STEPS)
    assert len(shown) == latent_space.COMPONENTS * steps
    middle = FlatEngine().decode(latent.mean[None])[0, ..., 0]
    for row in range(latent_space.COMPONENTS):
        np.testing.assert_allclose(shown[row * steps + steps // 2], middle, atol=1e-5)
    assert len({float(image[0, 0]) for image in shown[:steps]}) == steps
    plt.close("all")


def test_named_directions_are_shown_with_what_they_are_worth(latent):
    steps = {"smile": np.full(80, 0.1, np.float32), "turn": np.full(80, -0.1, np.float32)}
    worth = {"smile": {"correlation": 0.815, "own": 1.9, "others": 0.2, "risen": 1.0}}
    engine, named = FlatEngine(), replace(latent, directions=steps)
    page = latent_space.draw_directions(engine, named, worth)
    shown, many = images(page.figure), len(latent_space.STEPS)
    assert len(shown) == 2 * many
    written = " ".join(texts(page.figure))
    assert all(word in written for word in ("smile", "turn", "0.81", "1.90", "0.20"))
    for row, step in enumerate(steps.values()):
        last = engine.decode((latent.mean + latent_space.STEPS[-1] * step)[None])[0, ..., 0]
        np.testing.assert_allclose(shown[(row + 1) * many - 1], last, atol=1e-5)
    plt.close("all")


def test_the_latent_space_is_saved_whole_and_closed(codes, latent, metrics, tmp_path):
    named = replace(latent, directions={"smile": np.ones(80, np.float32)})
    paths = latent_space.show_latent_space(
        FlatEngine(), named, codes, metrics, "Codes", {}, tmp_path / "figures"
    )
    assert len(paths) == 9
    assert all(opens_as_picture(path) for path in paths if path.suffix == ".png")
    assert sorted(path.name for path in paths) == sorted(p.name for p in paths[0].parent.iterdir())
    assert "codes-directions.png" in {path.name for path in paths}
    assert not plt.get_fignums()


def test_a_model_without_named_directions_has_no_page_of_them(codes, latent, metrics, tmp_path):
    page = Page(3, 3, "Title", "Lead")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("codes", "sliders", "table", "slider_table"):
            patch.setattr(distributions, f"draw_{name}", lambda *_: page)
        for name in ("correlation", "spectrum", "components"):
            patch.setattr(latent_space, f"draw_{name}", lambda *_: page)
        paths = latent_space.show_latent_space(
            FlatEngine(), latent, codes, metrics, "Codes", {}, tmp_path
        )
    assert len(paths) == 8
    assert "codes-directions.png" not in {path.name for path in paths}


def test_the_training_curve_marks_the_epoch_that_is_kept(tmp_path, monkeypatch):
    pages = []
    monkeypatch.setattr(training, "save", lambda figure, *_: pages.append(figure))
    losses = [3.0, 1.0, 2.0]
    history = [
        {"epoch": i + 1.0, "mse": 0.1 / (i + 1), "val_mse": 0.2 / (i + 1), "val_loss": losses[i]}
        for i in range(3)
    ]
    training.draw_training_curve(history, tmp_path)
    marker = pages[0].axes[0].lines[2]
    assert (marker.get_xdata()[0], marker.get_ydata()[0]) == (2.0, 0.1)
    assert "epoch 2" in " ".join(texts(pages[0]))


def test_training_pictures_are_written_without_windows(tmp_path):
    rows = [{"epoch": 1.0, "mse": 0.1, "val_mse": 0.2, "val_loss": 5.0}]
    assert opens_as_picture(training.draw_training_curve(rows, tmp_path))
    batch = np.random.default_rng(0).random((3, 160, 176, 1)).astype(np.float32)
    assert opens_as_picture(training.draw_training_progress(batch, batch / 2, 4, tmp_path))
    assert opens_as_picture(training.draw_training_progress(batch, batch, 5, tmp_path))
    assert opens_as_picture(training.draw_finisher_progress(batch, batch / 2, batch, 1, tmp_path))
    assert len(list(tmp_path.iterdir())) == 3
    assert not plt.get_fignums()


def test_a_folder_that_cannot_be_written_gives_a_sentence(metrics, tmp_path):
    (tmp_path / "file").touch()
    page = Page(3, 3, "Title", "Lead", window=False)
    with pytest.raises(UserError, match="cannot be written"):
        output.save(page.figure, "name", tmp_path / "file")
    with pytest.raises(UserError, match="cannot be written"):
        distributions.write_table(metrics, tmp_path / "file" / "table.csv")


def test_windows_open_only_where_a_backend_can(monkeypatch):
    opened = []
    monkeypatch.setattr(plt, "show", lambda: opened.append(len(plt.get_fignums())))
    output.show(plt.figure())
    assert opened == []
    monkeypatch.setattr(plt, "get_backend", lambda: "TkAgg")
    output.show(plt.figure(), plt.figure())
    assert opened == [2]
    assert not plt.get_fignums()


def test_long_leads_are_wrapped_inside_the_page():
    page = Page(8, 4, "Title", "word " * 60, window=False)
    page.figure.draw_without_rendering()
    right = page.figure.bbox.x1
    assert all(text.get_window_extent().x1 <= right for text in page.figure.texts)
