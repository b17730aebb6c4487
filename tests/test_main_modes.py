"""The modes end to end, on a drawn archive and in a copy of the project with its own assets.

The copy's codes have 64 numbers: nothing but `LATENT_DIM` in model/frame.py says how many.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from tests.data.drawn_archive import drawn_files, write_archive
from tests.model.tiny_model import TINY, write_tiny_model

PROJECT = Path(__file__).resolve().parent.parent
PORTRAITS = 28  # 20 to train on, 2 to validate on: 2 steps of 8 an epoch
LENGTH = 64  # of a code
NEXT = "--- next ---"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project whose assets are empty but for the fonts."""
    copy = tmp_path_factory.mktemp("project")
    for room in ("data", "model", "ui", "tests"):
        shutil.copytree(PROJECT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "main.py", copy)
    shutil.copytree(PROJECT / "assets" / "fonts", copy / "assets" / "fonts")
    frame = copy / "model" / "frame.py"
    frame.write_text(frame.read_text().replace("LATENT_DIM = 80", f"LATENT_DIM = {LENGTH}"))
    for folder in ("elsewhere", "home"):
        (copy / folder).mkdir()
    write_archive(copy / "drawn.tar.gz", drawn_files(PORTRAITS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("model.architecture.LATENT_DIM", LENGTH)
        shipped = copy / "assets" / "models" / "shipped"
        write_tiny_model(shipped, architecture=replace(TINY, latent_dim=LENGTH))
    return copy


MODES = f"""
import threading, time
import pygame
import main, ui.app

opened = ui.app.App

def close_when_loaded(app):
    while app.worker.state == "loading":
        time.sleep(0.05)
    for key, mod in ((pygame.K_r, 0), (pygame.K_s, pygame.KMOD_CTRL)):  # a random face, saved
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=mod, unicode="r"))
        time.sleep(0.5)
    pygame.event.post(pygame.event.Event(pygame.QUIT))

def open_app(*arguments, **options):
    app, start = opened(*arguments, **options), arguments[4]
    colours = len(set(pygame.image.tobytes(app.window.surface, "RGB")))
    print(start, app.window.screen.name, colours > 10, "tensorflow" in sys.modules)
    threading.Thread(target=close_when_loaded, args=(app,)).start()
    windows.append(app)
    return app

ui.app.App, windows = open_app, []
main.generate_faces()
main.draw_faces()
from ui.saves import read_saves
from data.paths import SAVES_FOLDER
engine = windows[0].worker.engine
print([len(save.code) for save in read_saves(SAVES_FOLDER, engine.model_id, engine.latent_dim)])
print([app.worker.engine is not None for app in windows])
print({NEXT!r})
menu = main.main
for mode in (main.print_faces, main.test_auto, main.learn, lambda: main.prepare_data("gone.tar")):
    main.main = mode
    print(main.run())
main.main = menu
print({NEXT!r})
import model.encoding, model.measuring.pca, ui.views.figures
model.encoding.STEPS = model.measuring.pca.PASSES = 1  # each takes long
ui.views.figures.DPI = 50
main.latent_space_inference()  # before there are arrays: from the codes that come with the model
main.prepare_data("../drawn.tar.gz")
main.print_faces()
main.print_faces(split="test")
import warnings
from dataclasses import replace
import tensorflow as tf
from tests.model.tiny_model import TINY_SETTINGS
warnings.filterwarnings("ignore", "Even though the")  # of the next line: tf.data stays a graph
warnings.filterwarnings("ignore", "Gradients do not exist")  # in a graph they would be 0
tf.config.run_functions_eagerly(True)  # a few steps are over before a graph is traced
correct = model.encoding.correct
uncorrected = lambda autoencoder, codes, images: codes  # eager gradients take long
model.encoding.correct = model.engine.correct = uncorrected
few = replace(TINY_SETTINGS, steps=2)
main.learn(settings=few)
main.learn(init=False, settings=few)
model.encoding.correct = model.engine.correct = correct
tf.config.run_functions_eagerly(False)
main.test_auto()
import ui.views.latent_space as pages  # drawn above; here, whose codes they are
pages.show_latent_space = lambda engine, latent, codes, metrics, source, effects: [source]
main.latent_space_inference()
"""


@pytest.fixture(scope="module")
def modes(project):
    """What is printed in one process, from a folder that is not the project's.

    First by the windows, then by the modes that lack data, then by all others, one after another.
    """
    usual = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    usual |= dict.fromkeys(("HOME", "USERPROFILE"), str(project / "home"))
    usual |= {"MPLCONFIGDIR": matplotlib.get_cachedir()}  # where its list of fonts is
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(project)!r})\n{MODES}"],
        cwd=project / "elsewhere",
        env=usual,
        capture_output=True,
        text=True,
        timeout=1800,  # seconds, on a busy machine
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.split(NEXT)


def test_two_windows_in_a_row_open_before_tensorflow_and_load_the_model(modes):
    assert modes[0].splitlines() == [
        "sliders sliders True False",
        "drawing drawing True True",
        f"[{LENGTH}, {LENGTH}]",
        "[True, True]",
    ]


def test_modes_that_lack_data_say_what_to_do(modes):
    sentences = modes[1].strip().splitlines()
    assert len(sentences) == 4
    assert all("prepare_data()" in sentence for sentence in sentences[:3])
    assert "gone.tar" in sentences[3]


def test_modes_run_one_after_another_on_a_small_archive(project, modes):
    said = modes[2]
    assert f"{PORTRAITS} portraits" in said
    assert said.count("Structural similarity") == 3  # two trainings and a test
    assert said.count("codes-components.png") == 1
    for words in ("Loading the model", "Encoding portraits", "Reconstructing unseen", "Drawing"):
        assert words in said
    assert said.endswith("Codes of all 22 training portraits\n")
    figures = {path.name: path for path in (project / "assets" / "figures").glob("*")}
    assert figures.keys() == {
        "codes-distribution.png",
        "sliders-distribution.png",
        "codes-table.csv",
        "codes-correlation.png",
        "codes-spectrum.png",
        "codes-components.png",
        "portraits-train.png",
        "portraits-test.png",
        "reconstructions.png",
        "training-curve.png",
        "training-progress.png",
        "learning.gif",
    }
    for name, path in figures.items():
        if path.suffix == ".png":
            with Image.open(path) as picture:
                assert len(np.unique(np.asarray(picture.convert("L")))) > 20, name
    mine = project / "assets" / "models" / "mine"
    files = {path.name for path in mine.iterdir()}
    assert files == {"autoencoder.keras", "latent.npz", "card.json", "history.csv"}
    training = json.loads((mine / "card.json").read_text())["training"]
    assert len(training["continued_from"]) == 1  # the first began anew, the second went on
    assert not list((project / "elsewhere").iterdir())
    assert not (project / "home" / ".keras").exists()  # where Keras would write its settings


def test_without_a_display_there_is_one_sentence_and_a_failure(project):
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux may lack a display")
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    done = subprocess.run(
        [sys.executable, project / "main.py"],
        env={name: value for name, value in os.environ.items() if name not in hidden},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "display" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
