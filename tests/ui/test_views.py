import csv
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import KeyEvent
from matplotlib.colors import to_hex
from matplotlib.patches import StepPatch
from matplotlib.text import Text
from PIL import Image

from data import Portrait, UserError
from model.latent import LatentSpace
from model.measuring.metrics import code_metrics
from tests.ui.driver import FakeEngine
from ui.views import figures, latent_space, portraits, training
from ui.views.figures import BLUE, RED, Page, styled

PROJECT = Path(__file__).resolve().parents[2]


class FlatComparison:
    """Ten grey portraits; the network makes them lighter, PCA darker, the finisher lighter."""

    count = 10
    note = "mean of 10"

    def __init__(self, can_finish):
        self.can_finish = can_finish
        self.averages = {"mse": 0.0031, "ssim": 0.81, "sharpness": 0.17}
        self.averages |= {"pca_mse": 0.0043, "pca_ssim": 0.74, "pca_sharpness": 0.14}
        if can_finish:
            self.averages |= {"sharp_mse": 0.0035, "sharp_ssim": 0.78, "sharp_sharpness": 0.91}

    def reconstructions(self, rows):
        X = np.linspace(0.2, 0.8, 10, dtype=np.float32)
        images = X[rows, None, None, None] * np.ones((160, 176, 1))
        found = {
            "": (images + 0.1, self.of_all(images, mse=0.01, ssim=1, sharpness=0.2)),
            "pca_": (images - 0.2, self.of_all(images, mse=0.04, ssim=1, sharpness=0.1)),
        }
        if self.can_finish:
            sharp = self.of_all(images, mse=0.02, ssim=0.5, sharpness=0.9)
            found["sharp_"] = (images + 0.05, sharp)
        return images, found

    def of_all(self, images, **metrics):
        return {name: np.full(len(images), value) for name, value in metrics.items()}


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


@pytest.fixture(scope="module", autouse=True)
def _small():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "DPI", 50)
        yield


@pytest.fixture(scope="module")
def pages(codes, latent, metrics, tmp_path_factory):
    """The pages of a latent space with two named directions, and the paths of what was saved."""
    directions = {"smile": np.full(80, 0.1, np.float32), "turn": np.full(80, -0.1, np.float32)}
    worth = {"smile": {"correlation": 0.815, "own": 1.9, "others": 0.2, "risen": 1.0}}
    shown, named = [], replace(latent, directions=directions)
    who = "Codes of the 1,630 training portraits that come with the model"
    rest = named, codes, metrics, who, worth, tmp_path_factory.mktemp("figures") / "new"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            latent_space, "show", lambda draw, count: shown.extend(map(draw, range(count)))
        )
        paths = latent_space.show_latent_space(FakeEngine(), *rest)
    return shown, paths


@pytest.fixture
def shown(monkeypatch):
    """What would be shown in a window: (draw, count, start)."""
    shown = []
    monkeypatch.setattr(figures, "show", lambda *asked: shown.append(asked))
    return shown


def texts(page):
    return [text.get_text() for text in page.figure.findobj(Text)]


def images(page):
    return [axes.images[0].get_array() for axes in page.figure.axes if axes.images]


def opens_as_picture(path):
    with Image.open(path) as picture:
        picture.load()
        return picture.width >= 400 and len(np.unique(np.asarray(picture.convert("L")))) > 20


def test_portraits_are_shown_a_page_at_a_time_with_their_labels(tmp_path, shown):
    X = np.arange(70, dtype=np.uint8)[:, None, None, None] * np.ones((171, 186, 1), np.uint8)
    labels = [Portrait(i, "train", "", "FM"[i % 2], (1985, None)[i % 2]) for i in range(70)]
    assert opens_as_picture(portraits.show_portraits(X, labels, "train", 40, tmp_path))
    ((draw, count, start),) = shown
    assert (count, start) == (3, 1)
    page = draw(1)
    assert [image[0, 0] for image in images(page)] == list(range(32, 64))
    assert {"F  1985", "M", "Portraits 32 to 63 of 70."} <= set(texts(page))
    assert [image[0, 0] for image in images(draw(2))] == list(range(64, 70))


@pytest.mark.parametrize("can_finish", [False, True])
def test_reconstructions_errors_and_averages_are_shown(tmp_path, shown, can_finish):
    comparison = FlatComparison(can_finish)
    assert opens_as_picture(portraits.show_reconstructions(comparison, 0, tmp_path))
    ((draw, count, start),) = shown
    assert (count, start) == (2, 0)
    page = draw(0)
    firsts = images(page)[:: portraits.COLUMNS]
    portrait = comparison.reconstructions(slice(0, 1))[0][0, ..., 0]
    rows = [0, 0.1, 0.05, None, -0.2] if can_finish else [0, 0.1, None, -0.2]
    for image, lighter in zip(firsts, rows, strict=True):
        np.testing.assert_allclose(image, 0.1 if lighter is None else portrait + lighter, atol=1e-6)
    said = " ".join(texts(page))
    for words in ("0.0031", "0.0043", "0.8100", "0.7400", "MSE 0.0100", "MSE 0.0400"):
        assert words in said
    for words in ("0.0035", "0.9100", "MSE 0.0200", "sharpness 90%", "invented"):
        assert (words in said) == can_finish
    assert len(images(draw(1))) == len(rows) * 3


def test_dead_codes_and_odd_sliders_stand_out(pages, metrics):
    colours = [
        [to_hex(patch.get_facecolor()) for patch in page.figure.findobj(StepPatch)]
        for page in pages[0][:2]
    ]
    assert [place for place, colour in enumerate(colours[0]) if colour == RED] == [7]
    assert colours[0].count(BLUE) == 79
    assert "Alive: 79 of 80" in " ".join(texts(pages[0][0]))
    assert colours[1].count(RED) == (odd := (metrics["ks_p"] < 0.05).sum())
    assert f"{odd} of 80; chance alone would give about 4" in " ".join(texts(pages[0][1]))


def test_the_table_names_every_code_and_the_dead(metrics, tmp_path):
    path = latent_space.write_table(metrics, tmp_path / "new" / "table.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["unit"] for row in rows] == [str(number) for number in range(1, 81)]
    assert [row["alive"] for row in rows].index("dead") == 7
    assert float(rows[3]["raw_mean"]) == pytest.approx(metrics["raw_mean"][3], rel=1e-3)


def test_correlation_is_that_of_the_codes(codes):
    mixed = codes.copy()
    mixed[:, 1] = mixed[:, 0]
    page = latent_space.draw_correlation(mixed, "Codes")
    np.testing.assert_allclose(images(page)[0], np.corrcoef(mixed.T), atol=1e-5)
    assert "largest: 1.00" in " ".join(texts(page))


def test_spectrum_counts_the_sliders_that_hold_most():
    page = latent_space.draw_spectrum(np.sqrt([6.0, 3.5, 0.5]), "Codes")
    assert "first 1, 90 % in the first 2" in " ".join(texts(page))
    np.testing.assert_allclose(
        [bar.get_height() for bar in page.figure.axes[0].patches], [60, 35, 5]
    )


def test_rows_of_faces_move_along_a_slider_or_a_named_direction(pages, latent):
    sliders = latent.from_sliders(np.eye(80)[: latent_space.COMPONENTS]) - latent.mean
    for page, moves in zip(pages[0][-2:], (sliders, (0.1, -0.1)), strict=True):
        codes = [latent.mean + step * move for move in moves for step in latent_space.STEPS]
        np.testing.assert_allclose(images(page), FakeEngine().decode(codes)[..., 0], atol=1e-4)
    written = " ".join(texts(page))
    assert all(word in written for word in ("smile", "turn", "0.81", "1.90", "0.20"))


def test_the_latent_space_is_saved_whole_and_no_text_leaves_its_page(pages):
    shown, paths = pages
    assert sorted(paths) == sorted(paths[0].parent.iterdir())
    assert len(shown) == 6 and len(paths) == 7
    assert all(opens_as_picture(path) for path in paths if path.suffix == ".png")
    long = Page(8, 4, "Title", "word " * 60, "word " * 40)
    long.figure.draw_without_rendering()
    for page in (long, *shown):
        box = page.figure.bbox
        for text in page.figure.texts:
            extent = text.get_window_extent()
            assert box.x0 <= extent.x0 < extent.x1 <= box.x1 and box.y0 <= extent.y0, page.title


def test_training_pictures_mark_the_epoch_that_is_kept_and_replace_those_before(
    tmp_path, monkeypatch
):
    drawn = []
    monkeypatch.setattr(
        training, "save", lambda figure, *rest: drawn.append(figure) or figures.save(figure, *rest)
    )
    rows = [
        {"epoch": i + 1.0, "mse": 0.1 / (i + 1), "val_mse": 0.2 / (i + 1), "val_loss": loss}
        for i, loss in enumerate([3.0, 1.0, 2.0])
    ]
    batch = np.random.default_rng(0).random((3, 160, 176, 1)).astype(np.float32)
    pictures = {"Portrait": batch, "Network": batch / 2}
    for shown in (pictures, pictures | {"Made sharp": batch}):
        assert all(map(opens_as_picture, training.draw_training(rows, shown, tmp_path)))
    names = {"training-curve.png", "training-progress.png", "finisher-progress.png"}
    assert {path.name for path in tmp_path.iterdir()} == names
    marker = drawn[0].axes[0].lines[2]
    assert (marker.get_xdata()[0], marker.get_ydata()[0]) == (2.0, 0.1)
    assert "epoch 2" in " ".join(text.get_text() for text in drawn[0].findobj(Text))


def test_a_folder_that_cannot_be_written_gives_a_sentence(metrics, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be written"):
        figures.save(Page(3, 3, "Title", "Lead").figure, "name", tmp_path / "file")
    with pytest.raises(UserError, match="cannot be written"):
        latent_space.write_table(metrics, tmp_path / "file" / "table.csv")


# The window


def test_one_window_pages_through_all_and_fits_a_screen(monkeypatch):
    titles, seen = [], []

    def use(block):
        figure = plt.gcf()
        assert block and figure.get_size_inches()[1] * 100 <= 1000
        for key in ("shift", "right", "pagedown", " ", "x", "pageup", "home", "left", "end"):
            event = KeyEvent("key_press_event", figure.canvas, key)
            figure.canvas.callbacks.process("key_press_event", event)
            seen.append(titles[-1])
            (picture,) = figure.axes[0].images
            assert len(np.unique(picture.get_array())) > 20

    manager = "matplotlib.backend_bases.FigureManagerBase"
    monkeypatch.setattr(f"{manager}.set_window_title", lambda self, title: titles.append(title))
    monkeypatch.setattr(plt, "show", use)
    monkeypatch.setattr(figures, "_can_open_windows", lambda: True)
    with styled():
        pages = [Page(11.4, 14, f"Title {number}", "Lead") for number in range(3)]
    figures.show(pages.__getitem__, 3, 1)
    numbers = [int(title.split("(")[1][0]) for title in seen]
    assert numbers == [2, 3, 3, 3, 3, 2, 1, 1, 3]
    assert [title[:7] for title in seen] == [f"Title {number - 1}" for number in numbers]
    assert not plt.get_fignums()


def test_a_backend_that_cannot_be_used_is_passed_over(monkeypatch):
    tried = []

    def switch(backend):
        tried.append(backend)
        if backend in ("module://inline", "nonsense", "macosx"):
            raise ImportError(backend)

    monkeypatch.setattr(plt, "switch_backend", switch)
    for wanted in ("module://inline", "nonsense"):
        monkeypatch.setenv("MPLBACKEND", wanted)
        assert figures._can_open_windows()
    assert tried == ["module://inline", "macosx", "qtagg", "nonsense", "macosx", "qtagg"]
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert not figures._can_open_windows()


RC = {
    "image.origin": "lower",
    "figure.constrained_layout.use": True,
    "text.usetex": True,
    "axes.grid": True,
    "savefig.bbox": "tight",
    "savefig.facecolor": "red",
    "axes.unicode_minus": False,
    "image.cmap": "jet",
    "figure.dpi": 33,
}


def test_pictures_look_the_same_whatever_is_set_up_for_matplotlib(codes, tmp_path):
    for name, settings in (("plain", {}), ("odd", RC)):
        with matplotlib.rc_context(settings):
            page = latent_space.draw_correlation(codes, "Codes")  # words, axes and an image
            figures.save(page.figure, name, tmp_path)
    assert (tmp_path / "odd.png").read_bytes() == (tmp_path / "plain.png").read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])  # the latter as PowerShell writes
def test_a_backend_that_there_is_not_stops_no_import_and_an_unreadable_file_is_told(
    tmp_path, encoding
):
    (tmp_path / "matplotlibrc").write_text("backend: module://no_such.backend", encoding=encoding)
    odd = os.environ | {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc"), "MPLBACKEND": "nonsense"}
    command = [sys.executable, "-c", "import ui.views.figures"]
    done = subprocess.run(command, capture_output=True, text=True, env=odd, cwd=PROJECT)
    if encoding == "utf-8":
        assert done.returncode == 0, done.stderr
    else:
        assert "UserError: The file matplotlibrc is no UTF-8 text" in done.stderr
