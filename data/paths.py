"""Where the project keeps its files, independent of the working directory."""

from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"

ORIGINAL_FOLDER = ASSETS / "data" / "original"  # the archive, as published
NUMPY_FOLDER = ASSETS / "data" / "numpy"  # the arrays made from it
MODELS_FOLDER = ASSETS / "models"
SHIPPED_MODEL = MODELS_FOLDER / "shipped"  # in git, written only on purpose
HEAD_FINDER = MODELS_FOLDER / "head_finder.npz"  # weights of a network that finds heads in drawings
MY_MODEL = MODELS_FOLDER / "mine"  # the user's own training
FIGURES_FOLDER = ASSETS / "figures"
SAVES_FOLDER = ASSETS / "saves"


def home_folder() -> Path:
    """Return the user's home folder, or a path that does not exist if there is none."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("~")
