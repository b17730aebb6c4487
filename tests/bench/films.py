"""Record a film of a real screen: `python -m tests.bench.films sliders`, or `drawing`.

The film goes to assets/demo. No display is needed.
"""

import argparse
import os
from functools import partial
from pathlib import Path

from data.errors import UserError
from data.paths import DEMO_FOLDER

WINDOW = (900, 600)
SIZE = (720, 480)


def main() -> None:
    """Read the command line, open the window unseen, and film."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("screen", choices=("sliders", "drawing"))
    parser.add_argument("--model", type=Path, help="model folder; the model in use if left out")
    parser.add_argument("--out", type=Path, help="the GIF; in assets/demo if left out")
    options = parser.parse_args()
    path = options.out or DEMO_FOLDER / f"{options.screen}.gif"
    try:
        size = record(options.screen, path, options.model)
    except UserError as error:
        raise SystemExit(str(error)) from None
    print(f"{path}: {size / 1e6:.2f} MB")


def record(screen: str, path: Path, model: Path | None = None) -> int:
    """Film a screen and return the size of the GIF in bytes.

    Args:
        screen: "sliders" or "drawing".
        path: The GIF to write.
        model: A model folder, or None for the model in use.
    """
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    from model.latent import LatentSpace
    from model.loading import load_engine
    from tests.bench.film import film_screen

    film = film_screen(screen, partial(load_engine, model), LatentSpace.load(model), WINDOW, SIZE)
    return film.write(path)


if __name__ == "__main__":
    main()
