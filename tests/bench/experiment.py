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
import csv
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from data import UserError, load_arrays
from data.paths import FIGURES_FOLDER, MODELS_FOLDER, NUMPY_FOLDER
from model.engine import FaceEngine, load_network
from model.folder import NETWORK_FILE, find_model
from model.measuring.metrics import split_validation
from model.training.finishing import FinisherSettings
from model.training.learn import Settings, learn
from tests.bench.engine_times import engine_times
from tests.bench.training import time_learning

TABLE = FIGURES_FOLDER / "experiments.csv"
OUT = MODELS_FOLDER / "experiments"
TIMED_STEPS = 40  # steps that tell how many fit into given minutes
SHOWN = {  # title: (column, form), of what the Markdown table has room for
    "run": ("name", "{}"),
    "differs": ("differs", "{}"),
    "epochs": ("epochs", "{:.0f}"),
    "minutes": ("minutes", "{:.0f}"),
    "million weights": ("parameters", "{:.1e}"),
    "MSE / PCA": ("validation_mse_ratio", "{:.3f}"),
    "face / PCA": ("validation_face_mse_ratio", "{:.3f}"),
    "SSIM - PCA": ("validation_ssim_gain", "{:+.3f}"),
    "sharpness": ("validation_sharpness", "{:.3f}"),
    "skewness": ("training_mean_abs_skewness", "{:.2f}"),
    "worst": ("training_worst_abs_skewness", "{:.2f}"),
    "kurtosis": ("training_mean_abs_excess_kurtosis", "{:.2f}"),
    "distance": ("validation_mahalanobis_ratio", "{:.3f}"),
    "diversity": ("validation_diversity", "{:.2f}"),
    "decode ms": ("decode_ms", "{:.2f}"),
    "both ms": ("encode_decode_ms", "{:.2f}"),
    "test MSE / PCA": ("test_mse_ratio", "{:.3f}"),
    "test face / PCA": ("test_face_mse_ratio", "{:.3f}"),
    "test SSIM - PCA": ("test_ssim_gain", "{:+.3f}"),
}


@dataclass(frozen=True)
class Configuration:
    """Settings and, in a few words, what is tried with them."""

    about: str
    settings: Settings


DEFAULT = Settings(finisher=FinisherSettings(steps=0))  # the autoencoder alone is compared


def _but(about: str, architecture: dict | None = None, augmentation: dict | None = None, **changes):
    """Return the defaults with some settings changed."""
    changes["architecture"] = replace(DEFAULT.architecture, **(architecture or {}))
    changes["augmentation"] = replace(DEFAULT.augmentation, **(augmentation or {}))
    return Configuration(about, replace(DEFAULT, **changes))


def _scaled(factor: float) -> dict[str, object]:
    """Widths of the network, times a factor, in multiples of four."""
    return {
        name: _times(value, factor)
        for name, value in asdict(DEFAULT.architecture).items()
        if name.endswith("_channels")
    }


def _times(channels: int | tuple[int, ...], factor: float) -> int | tuple[int, ...]:
    if isinstance(channels, tuple):
        return tuple(_times(some, factor) for some in channels)
    return 4 * round(channels * factor / 4)


CHANGES = asdict(DEFAULT.augmentation)  # of a portrait, by name
CONFIGURATIONS = {
    "default": _but("what learn() does, but for the finisher"),
    "plain-loss": _but(
        "the squared error alone: no emphasis on the face, no structure",
        face_emphasis=0.0,
        ssim_weight=0.0,
    ),
    "no-emphasis": _but("the face weighs no more than the rest", face_emphasis=0.0),
    "no-ssim": _but("no term for structural similarity", ssim_weight=0.0),
    "double-ssim": _but("it counts twice", ssim_weight=2 * DEFAULT.ssim_weight),
    "half-kl": _but(
        "codes are held to a normal distribution half as much",
        pixels_per_error=DEFAULT.pixels_per_error / 2,
    ),
    "double-kl": _but("... twice as much", pixels_per_error=2 * DEFAULT.pixels_per_error),
    "slow": _but("a third of the learning rate", learning_rate=DEFAULT.learning_rate / 3),
    "fast": _but("twice the learning rate", learning_rate=2 * DEFAULT.learning_rate),
    "no-augmentation": _but(
        "portraits and their mirror images as they are", augmentation=dict.fromkeys(CHANGES, 0.0)
    ),
    "half-augmentation": _but(
        "every change half as large",
        augmentation={name: value / 2 for name, value in CHANGES.items()},
    ),
    "no-recombination": _but(
        "no part of one portrait on another", augmentation={"recombination": 0.0}
    ),
    "no-radius": _but("codes are not held to their sphere", radius_weight=0.0),
    "no-overview": _but(
        "no linear path from the image to the codes", architecture={"overview_pooling": 0}
    ),
    "narrow": _but("two thirds of the channels", architecture=_scaled(2 / 3)),
    "wide": _but("one and a half times the channels", architecture=_scaled(1.5)),
    "no-residual": _but("no residual blocks", architecture={"residual_blocks": 0}),
    "no-detail": _but(
        "codes reach the decoder at 10 x 11 pixels only", architecture={"detail_channels": 0}
    ),
}


def differing_settings(settings: dict) -> str:
    """Write how the settings on a model's card differ from those of `learn()`: "seed=1 ...".

    How long training lasted is left out, and the finisher.
    """
    usual = _flat(asdict(DEFAULT))
    return " ".join(
        f"{name}={value}"
        for name, value in _flat(settings).items()
        if value != usual.get(name)
        and not name.startswith("finisher.")
        and name not in ("steps", "least_epochs")
    )


def for_epochs(settings: Settings, arrays: Path, epochs: int) -> Settings:
    """Change how long training lasts: exactly so many epochs."""
    return for_steps(settings, epochs * _steps_per_epoch(settings, arrays))


def for_steps(settings: Settings, steps: int) -> Settings:
    """Change how long training lasts: so many steps, rounded up to whole epochs."""
    return replace(settings, steps=steps, least_epochs=1)


def for_minutes(settings: Settings, arrays: Path, minutes: float) -> Settings:
    """Change how long training lasts: as many steps as fit, so that the schedule ends in time.

    A few steps are made and timed. A portrait of the validation slice, which only goes forward,
    counts as a third of one that is trained on.
    """
    step = time_learning(settings, arrays, TIMED_STEPS).mean
    X_fit, X_validation = split_validation(load_arrays(arrays)[0])
    share = len(X_fit) / (len(X_fit) + len(X_validation) / 3)
    epochs = 60 * minutes * share / step / _steps_per_epoch(settings, arrays)
    return for_epochs(settings, arrays, max(1, math.floor(epochs)))


def _steps_per_epoch(settings: Settings, arrays: Path) -> int:
    X_fit, _ = split_validation(load_arrays(arrays)[0])
    return max(1, len(X_fit) // settings.batch_size)


def _flat(settings: dict) -> dict:
    """Lift the settings of architecture and augmentation to the top, tuples as JSON keeps them."""
    flat = {}
    for name, value in json.loads(json.dumps(settings)).items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": part for inner, part in value.items()}
        else:
            flat[name] = value
    return flat


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
    times = engine_times(FaceEngine.load(folder))
    return {
        "parameters": load_network(folder).count_params(),
        "megabytes": round((folder / NETWORK_FILE).stat().st_size / 1e6, 2),
        "decode_ms": round(float(np.median(times["decode"])), 3),
        "encode_decode_ms": round(float(np.median(times["encode and decode"])), 3),
    }


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of the table, the oldest first; none where there is no table.

    Raises:
        UserError: if the file cannot be read as a table.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"The table {path} cannot be read ({error}): move it away.") from None


def add_row(path: Path, row: dict[str, object]) -> list[dict[str, str]]:
    """Append a row; columns that only it or only others have stay empty elsewhere.

    The file is written under another name first, so that no row is lost.

    Returns:
        All rows, as `read_rows` gives them.

    Raises:
        UserError: if the table cannot be read or written.
    """
    rows = [*read_rows(path), {name: str(value) for name, value in row.items()}]
    columns = list(dict.fromkeys(name for some in (rows[-1], *rows) for name in some))
    beside = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        beside.replace(path)
    except OSError as error:
        raise UserError(f"The table {path} cannot be written ({error.strerror}).") from None
    return read_rows(path)


def markdown(rows: list[dict[str, str]]) -> str:
    """Write the columns that matter most as a Markdown table, without those that are empty."""
    shown = {
        title: (name, form)
        for title, (name, form) in SHOWN.items()
        if any(row.get(name) for row in rows)
    }
    lines = [f"| {' | '.join(shown)} |", "|" + " --- |" * len(shown)]
    for row in rows:
        cells = [_cell(row.get(name) or "", form) for name, form in shown.values()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: str, form: str) -> str:
    if form == "{}" or not value:
        return value.replace("|", "\\|")
    if form == "{:.1e}":
        return f"{float(value) / 1e6:.2f}"
    return form.format(float(value))


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

    if options.list:
        print(*(f"{name:<20}{CONFIGURATIONS[name].about}" for name in CONFIGURATIONS), sep="\n")
        return
    if options.name not in CONFIGURATIONS:
        parser.error(f"name one of: {', '.join(CONFIGURATIONS)}")
    settings = CONFIGURATIONS[options.name].settings
    try:
        if options.minutes:
            settings = for_minutes(settings, options.arrays, options.minutes)
            print(f"That is --steps {settings.steps}, to be named if this has to be continued.")
        elif options.epochs:
            settings = for_epochs(settings, options.arrays, options.epochs)
        elif options.steps:
            settings = for_steps(settings, options.steps)
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
