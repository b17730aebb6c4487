"""Where figures go: a file always, a window where matplotlib can open one."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.backends import BackendFilter, backend_registry
from matplotlib.figure import Figure

from data.errors import UserError
from data.paths import FIGURES_FOLDER
from data.replace import replace_file

DPI = 150
DEMO_DPI = 110  # of the pictures in git, which keeps them for ever


def save(figure: Figure, name: str, folder: Path = FIGURES_FOLDER, dpi: int = DPI) -> Path:
    """Write a figure as `<folder>/<name>.png` and return its path; errors as `writing`."""
    path = Path(folder) / f"{name}.png"
    with writing(path) as new:
        figure.savefig(new, format="png", dpi=dpi)
    return path


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a name to write under, as `replace_file` does.

    Raises:
        UserError: if the folder cannot be written.
    """
    try:
        with replace_file(path) as new:
            yield new
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}): "
            "free some space or make the folder writable, then run this again."
        ) from error


def can_show() -> bool:
    """Return whether matplotlib has a backend that opens windows here."""
    interactive = backend_registry.list_builtin(BackendFilter.INTERACTIVE)
    return matplotlib.get_backend().lower() in interactive


def show(*figures: Figure) -> None:
    """Open the figures in windows and wait until they are closed; without a display, do nothing."""
    if can_show():
        plt.show()
    for figure in figures:
        plt.close(figure)
