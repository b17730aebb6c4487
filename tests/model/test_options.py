"""Wrong options of `learn()` and its settings: each is one sentence, before anything is done."""

import math
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from data import UserError
from model.training.learn import learn
from model.training.settings import Augmentation, FinisherSettings, Settings

NO_NUMBERS = ("8", None, -1, math.nan, math.inf, 10**400, [8], True)
NUMBERS = [
    (kind, field.name, value)
    for kind in (Settings, FinisherSettings, Augmentation)
    for field in fields(kind)
    if isinstance(field.default, (int, float))
    for value in NO_NUMBERS
]
OUT_OF_RANGE = [
    (Settings, "steps", 0),
    (Settings, "batch_size", 0),
    (Settings, "batch_size", 2.5),
    (Settings, "patience", 1.5),
    (Settings, "seed", 2**40),
    (Settings, "architecture", None),
    (Settings, "augmentation", {}),
    (Settings, "finisher", None),
    (FinisherSettings, "steps_per_epoch", 0),
    (FinisherSettings, "portraits", 0),
    (FinisherSettings, "averaging", 2),
    (Augmentation, "recombination", 2),
]
ARGUMENTS = [
    *[(name, value) for name in ("init", "fresh") for value in ("no", 0, None)],
    *[
        (name, value)
        for name in ("out", "arrays", "film")
        for value in ("", " ", 5, "a\0b", "x" * 300, ["mine"])
    ],
    *[("settings", value) for value in ({}, 5, Settings, "fast")],
    *[("devices", value) for value in ("GPU:0", ["GPU:77"], [3], {"CPU:0": 1})],
    *[(name, value) for name in ("on_progress", "say") for value in (5, "print")],
    *[("callbacks", value) for value in (5, [print], "all")],
    *[("about", value) for value in (None, 5)],
]


@pytest.mark.parametrize(("kind", "name", "value"), NUMBERS + OUT_OF_RANGE)
def test_a_wrong_setting_is_one_sentence(kind, name, value):
    with pytest.raises(UserError, match=f"^{name} must be .*, not .*\\.$"):
        kind(**{name: value})


@pytest.mark.parametrize(("name", "value"), ARGUMENTS)
def test_a_wrong_argument_is_one_sentence_and_nothing_is_done(
    name, value, arrays, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    options = {"arrays": arrays, "out": tmp_path / "models" / "mine", name: value}
    with pytest.raises(UserError, match=f"^{name} .*\\.$"):
        learn(options.pop("init", True), **options)
    assert list(tmp_path.iterdir()) == []


def test_numbers_are_stored_as_plain_ones():
    settings = Settings(seed=np.int64(3), learning_rate=1, patience=np.float32(0.5))
    assert [type(settings.seed), type(settings.learning_rate)] == [int, float]
    assert replace(settings, steps=5).patience == 0.5


def test_a_tilde_is_the_home_folder(arrays, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    with pytest.raises(UserError, match="too few"):
        learn(arrays=arrays, out="~/models/mine", settings=Settings(batch_size=1000))
    assert [path.name for path in tmp_path.iterdir()] == ["models"]


@pytest.mark.parametrize("place", ["mine", "models"])
def test_what_is_in_the_way_is_found_before_the_training(place, arrays, tmp_path):
    (tmp_path / "models").mkdir() if place == "mine" else None
    way = tmp_path / "models" / "mine" if place == "mine" else tmp_path / "models"
    way.write_text("a file")
    with pytest.raises(UserError, match=r"^No model can be written to"):
        learn(arrays=arrays, out=tmp_path / "models" / "mine")
    assert way.read_text() == "a file"


def test_a_link_in_a_circle_and_a_name_too_long_for_the_state_are_found_before(arrays, tmp_path):
    Path(tmp_path, "mine").symlink_to("mine")
    with pytest.raises(UserError, match=r"cannot be used|No model can be written to"):
        learn(arrays=arrays, out=tmp_path / "mine")
    if sys.platform != "win32":  # where whole paths are limited, not names
        with pytest.raises(UserError, match=r"^out cannot be used"):
            learn(arrays=arrays, out=tmp_path / ("x" * 245), settings=Settings(batch_size=1000))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
