"""Latent Face Explorer: 80 numbers, and the face they stand for.

Run `python main.py`. `main()`, just below, decides what happens: each of its lines is a mode, and
those that start with `#` are left out. Move the `#` to run others, one or several in a row.
"""

import os
import sys
import threading
from functools import partial
from pathlib import Path

PACKAGES = {"tensorflow", "keras", "numpy", "pygame", "matplotlib", "PIL"}


def main():
    """Run the modes that are not commented out, from top to bottom."""
    # ---- Play. Works at once, with the model that is included. -------------------------------

    generate_faces()  # 80 sliders and the face they stand for
    # draw_faces()  # sketch on a canvas, and a face answers (Tab changes between the two)

    # ---- Look inside. Pictures open in windows and are saved in assets/figures. --------------

    # latent_space_inference()  # are the 80 numbers normal, and what do they do? (half a minute)

    # ---- The portraits. prepare_data() once, and all that follow can use them. ---------------

    # prepare_data()  # the archive to arrays; downloads it if it is missing (some minutes)
    # print_faces()  # page through the portraits and their labels (seconds)
    # test_auto()  # unseen portraits, what 80 numbers keep of them, and PCA (half a minute)

    # ---- Train. Ctrl-C stops and keeps what was learned; the result is used from then on. ----

    # learn()  # a model of your own, from scratch (hours; pictures show how it goes)
    # learn(init=False)  # continue the model that exists


# --- Each mode, in a few lines ----------------------------------------------------------------


def generate_faces():
    """Open the window at the sliders: drag one and the face follows."""
    _open_window("sliders")


def draw_faces():
    """Open the window at the canvas: sketch with the mouse and a face answers."""
    _open_window("drawing")


def latent_space_inference():
    """Show how the codes are distributed and related, and what sliders and directions do.

    Uses the portraits if they are prepared, else the codes that the model includes.
    """
    from model import load_engine
    from model.folder import choose_model, read_card
    from model.latent import LatentSpace
    from model.measuring.metrics import describe_codes
    from ui.views.latent_space import show_latent_space

    print("Loading the model …")
    folder = choose_model(LatentSpace.load)[0]
    engine, latent = load_engine(folder), LatentSpace.load(folder)
    effects = read_card(folder).get("directions", {})
    print("Encoding portraits …")
    codes, metrics, source = describe_codes(engine, latent)
    print("Drawing …")
    _print_saved(*show_latent_space(engine, latent, codes, metrics, source, effects))


def prepare_data(source=None):
    """Turn the archive of portraits into arrays.

    Args:
        source: the archive (.tar.gz) or a folder that holds F and M; None looks in
            assets/data/original and downloads the published archive if nothing is there.
    """
    from data import prepare_data as prepare

    print(prepare(source))


def print_faces(split="train", start=0):
    """Show portraits with their labels, a page at a time.

    Args:
        split: "train" or "test".
        start: number of the portrait to begin with.
    """
    from data import load_arrays, load_labels
    from data.checks import check_choice, check_whole
    from ui.views.portraits import show_portraits

    check_choice("split", split, ("train", "test"))
    check_whole("start", start)
    portraits = load_arrays()[split == "test"]
    check_whole("start", start, 0, len(portraits) - 1)
    labels = [label for label in load_labels() if label.split == split]
    _print_saved(show_portraits(portraits, labels, split, start))


def test_auto(start=0):
    """Show unseen portraits, their reconstructions and errors, and the averages against PCA.

    Args:
        start: number of the portrait to begin with.
    """
    from data import load_arrays
    from data.checks import check_whole
    from model import load_engine
    from model.measuring.metrics import Comparison, comparison_lines
    from ui.views.portraits import show_reconstructions

    check_whole("start", start)
    check_whole("start", start, 0, len(load_arrays()[1]) - 1)
    print("Loading the model …")
    engine = load_engine()
    print("Reconstructing unseen portraits …")
    comparison = Comparison(engine)
    for line in comparison_lines(comparison.averages):
        print(line)
    print("Drawing …")
    _print_saved(show_reconstructions(comparison, start))


def learn(init=True, **options):
    """Train the network and write it to assets/models/mine.

    Args:
        init: True starts from scratch, False continues the model that exists.
        options: see `model.training.learn.learn`.
    """
    from data.checks import check_names
    from data.paths import FIGURES_FOLDER, MY_MODEL
    from model import import_tensorflow

    import_tensorflow()
    from model.measuring.metrics import comparison_lines
    from model.training.learn import learn as train
    from ui.views.training import draw_training

    check_names(train, options)
    film = FIGURES_FOLDER / "learning.gif"
    card = train(init, **{"film": film, "on_progress": draw_training, "say": print} | options)
    print(f"The model is in {options.get('out', MY_MODEL)}.")
    for line in comparison_lines(card["figures"].get("test", {})):
        print(line)


# --- What the modes share ---------------------------------------------------------------------


def _open_window(start):
    """Open the window with both screens, at the one named `start`."""
    from data.paths import SAVES_FOLDER
    from model import load_engine
    from model.folder import choose_model
    from model.latent import LatentSpace
    from ui.app import SCREENS, App
    from ui.session import Session

    folder, passed_over = choose_model(LatentSpace.load)
    latent = LatentSpace.load(folder)
    session = Session(SAVES_FOLDER, latent.model_id, latent.latent_dim)
    load = partial(load_engine, folder)
    App(SCREENS, session, load, latent, start, problem=passed_over).run()


def _print_saved(*paths):
    """Print where pictures were saved."""
    print("Saved:", *paths, sep="\n  ")


def run():
    """Run `main()`; return the exit code, or the sentence that tells the user what to fix."""
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        return (
            f"This is Python {sys.version_info[0]}.{sys.version_info[1]}, but the packages used "
            "here need Python 3.10 to 3.13: make the environment with one of these (see README.md)."
        )
    try:
        from data import UserError
        from data.terminal import lasting_stdout

        try:
            with lasting_stdout():
                main()
        except UserError as error:
            return str(error)
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in PACKAGES:
            raise
        return (
            f"The package {package} is missing: run "
            f'"{sys.executable}" -m pip install -r "{Path(__file__).with_name("requirements.txt")}"'
        )
    return 0


def leave(result):
    """End the process with what `run` returned; in a Python console, only print it.

    TensorFlow crashes now and then if Python ends in the usual way while a thread still loads it.
    """
    console = hasattr(sys, "ps1") or sys.flags.interactive or "idlelib" in sys.modules
    if isinstance(result, str):
        print(result, file=sys.stderr)
        result = 1
    if console:
        return
    if threading.active_count() == 1:
        sys.exit(result)
    if sys.stdout is not None:
        sys.stdout.flush()
    os._exit(result)


if __name__ == "__main__":
    leave(run())
