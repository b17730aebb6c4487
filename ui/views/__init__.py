"""Pictures for looking into the data, the training and the latent space, drawn with matplotlib."""

import os

from data.errors import UserError


def _import_matplotlib() -> None:
    """Import matplotlib without MPLBACKEND, since an unknown backend there stops the import."""
    wanted = os.environ.pop("MPLBACKEND", None)
    try:
        import matplotlib as matplotlib
    except UnicodeDecodeError:
        raise UserError("The file matplotlibrc is no UTF-8 text: save it as UTF-8.") from None
    if wanted is not None:
        os.environ["MPLBACKEND"] = wanted  # `ui.views.figures.show` tries it


_import_matplotlib()
