"""The experiment bench: train a named configuration and add its figures to a table.

    python -m tests.bench.experiment NAME [--minutes M | --epochs N | --steps N] [--arrays FOLDER]
                               [--continue MODEL] [--out FOLDER] [--table FILE] [--test] [--fresh]
    python -m tests.bench.experiment --list

`learn()` trains and `model.measuring.metrics` measures. Choose by the validation slice, which
neither the network nor the PCA beside it has seen; `--test` shows the test part too, for what is
reported.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import UserError
from data.paths import FIGURES_FOLDER, MODELS_FOLDER, NUMPY_FOLDER
from model.loading import import_tensorflow
from tests.bench.experiment_table import add_row, markdown

if TYPE_CHECKING:
    from model.training.learn import Settings

TABLE = FIGURES_FOLDER / "experiments.csv"
OUT = MODELS_FOLDER / "experiments"


def run_experiment(
    name: str,
    settings: Settings,
    arrays: Path,
    out: Path,
    *,
    start: Path | None = None,
    test: bool = False,
    fresh: bool = False,
    say: Callable[[str], None] = lambda sentence: None,
) -> dict[str, object]:
    """Train with some settings, and return a row for the table.

    Args:
        name: of the row.
        settings: for `learn`.
        arrays: folder of the prepared arrays.
        out: model folder to write; it is kept, and an interrupted training continues there.
        start: model folder that is trained further; None starts from scratch.
        test: give the figures of the test part too.
        fresh: discard an interrupted training.
        say: called with sentences about what goes on.

    Raises:
        UserError: see `learn`.
    """
    from model.folder import find_model
    from model.training.learn import learn
    from tests.bench.configurations import differing_settings

    if start is not None and find_model(start).resolve() != out.resolve():
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(start, out)  # learn(init=False) goes on with what is there
    card = learn(start is None, fresh=fresh, arrays=arrays, out=out, settings=settings, say=say)
    return {
        "name": name,
        "date": date.today().isoformat(),
        "portraits": card["data"]["fit"],
        "differs": differing_settings(card["settings"]),
        "continued": start or "",
        **{key: card["training"][key] for key in ("epochs", "best_epoch", "minutes", "ended")},
        **size_and_speed(out),
        **{
            f"{part}_{figure}": value
            for part, figures in card["figures"].items()
            if test or part != "test"
            for figure, value in figures.items()
        },
    }


def size_and_speed(folder: Path) -> dict[str, float]:
    """Return how large a model is, and the median milliseconds of one frame's work with it."""
    from model.engine import FaceEngine, load_network
    from model.folder import NETWORK_FILE
    from tests.bench.engine_times import engine_times

    times = engine_times(FaceEngine.load(folder))
    return {
        "parameters": load_network(folder / NETWORK_FILE).count_params(),
        "megabytes": round((folder / NETWORK_FILE).stat().st_size / 1e6, 2),
        "decode_ms": round(float(np.median(times["decode"])), 3),
        "encode_decode_ms": round(float(np.median(times["encode and decode"])), 3),
    }


def main() -> None:
    """Run the experiment that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", help="a configuration, see --list")
    parser.add_argument("--list", action="store_true", help="list the configurations and leave")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help="as many steps as fit: some are timed first")
    length.add_argument("--epochs", type=int)
    length.add_argument("--steps", type=int)
    parser.add_argument("--arrays", type=Path, default=NUMPY_FOLDER)
    parser.add_argument(
        "--continue", dest="start", type=Path, help="a model of this configuration to train further"
    )
    parser.add_argument("--out", type=Path, help="model folder; one of the experiment's name else")
    parser.add_argument("--table", type=Path, default=TABLE)
    parser.add_argument("--test", action="store_true", help="show figures of the test part")
    parser.add_argument("--fresh", action="store_true", help="discard an interrupted training")
    options = parser.parse_args()

    import_tensorflow()
    from tests.bench import configurations

    known = configurations.CONFIGURATIONS
    if options.list:
        print(*(f"{name:<20}{known[name].about}" for name in known), sep="\n")
        return
    if options.name not in known:
        parser.error(f"name one of: {', '.join(known)}")
    settings = known[options.name].settings
    try:
        if options.minutes:
            settings = configurations.for_minutes(settings, options.arrays, options.minutes)
            print(f"That is --steps {settings.steps}, to be named if this has to be continued.")
        elif options.epochs:
            settings = configurations.for_epochs(settings, options.arrays, options.epochs)
        elif options.steps:
            settings = configurations.for_steps(settings, options.steps)
        row = run_experiment(
            options.name, settings, options.arrays, options.out or OUT / options.name,
            start=options.start, test=options.test, fresh=options.fresh, say=print,
        )  # fmt: skip
        print(markdown(add_row(options.table, row)))
    except UserError as error:
        parser.exit(1, f"{error}\n")
    except KeyboardInterrupt:  # before anything was learned; later ones end in a row
        parser.exit(130)


if __name__ == "__main__":
    main()
