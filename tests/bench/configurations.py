"""Named settings that are worth comparing, for the experiment bench."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from data import load_arrays
from model.measuring.metrics import split_validation
from model.training.learn import Settings
from tests.bench.step_times import time_learning

TIMED_STEPS = 40  # steps that tell how many fit into given minutes


@dataclass(frozen=True)
class Configuration:
    """Settings and, in a few words, what is tried with them."""

    about: str
    settings: Settings


DEFAULT = Settings()


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
    "default": _but("what learn() does"),
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
    """Write how the settings on a model's card differ from those of `learn()`: "dreams=0.0 ...".

    How long training lasted is left out.
    """
    usual = _flat(asdict(DEFAULT))
    return " ".join(
        f"{name}={value}"
        for name, value in _flat(settings).items()
        if value != usual.get(name) and name not in ("steps", "least_epochs")
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
