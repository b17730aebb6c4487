"""Pictures for looking into the data, the training and the latent space, drawn with matplotlib."""

import os


def _import_matplotlib() -> None:
    """Import matplotlib without MPLBACKEND, since an unknown backend there stops the import."""
    wanted = os.environ.pop("MPLBACKEND", None)
    import matplotlib as matplotlib

    if wanted is not None:
        os.environ["MPLBACKEND"] = wanted  # `ui.views.figures.show` tries it


_import_matplotlib()
