"""Where the project keeps its files, independent of the working directory."""

from pathlib import Path

from data.errors import UserError

ASSETS = Path(__file__).resolve().parent.parent / "assets"

ORIGINAL_FOLDER = ASSETS / "data" / "original"  # the archive, as published
NUMPY_FOLDER = ASSETS / "data" / "numpy"  # the arrays made from it
MODELS_FOLDER = ASSETS / "models"
SHIPPED_MODEL = MODELS_FOLDER / "shipped"  # in git, written only on purpose
MY_MODEL = MODELS_FOLDER / "mine"  # the user's own training
FIGURES_FOLDER = ASSETS / "figures"
SAVES_FOLDER = ASSETS / "saves"
DEMO_FOLDER = ASSETS / "demo"


def user_path(path: Path | str) -> Path:
    """Return a user's path, with `~` for a home folder; `UserError` if there is no such user."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise UserError(f"{path} names a user who is not on this computer: check it.") from None
