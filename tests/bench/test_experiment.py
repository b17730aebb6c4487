import sys
from dataclasses import asdict, replace

import pytest

from data import UserError
from model.engine import FaceEngine
from model.network import build_autoencoder
from tests.bench import experiment
from tests.bench.engine_times import call_times
from tests.bench.experiment import (
    CONFIGURATIONS,
    Configuration,
    add_row,
    differing_settings,
    for_epochs,
    for_minutes,
    markdown,
    read_rows,
)
from tests.bench.training import StepTimes
from tests.model.tiny_model import TINY_SETTINGS


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["experiment", *map(str, arguments)])
    experiment.main()


@pytest.mark.filterwarnings("ignore:Even though the:UserWarning")  # tf.data stays a graph
def test_an_experiment_adds_a_row_and_another_one_goes_on_from_its_model(
    eagerly, arrays, tmp_path, monkeypatch, capsys
):
    tiny = Configuration("tiny", replace(TINY_SETTINGS, ssim_weight=0.0))
    monkeypatch.setitem(CONFIGURATIONS, "tiny", tiny)
    monkeypatch.setattr(call_times, "__defaults__", (3,))
    table, first, second = tmp_path / "table.csv", tmp_path / "first", tmp_path / "second"
    shared = ("tiny", "--arrays", arrays, "--table", table)
    run(monkeypatch, *shared, "--epochs", 2, "--out", first)
    (row,) = read_rows(table)
    assert row["name"] == "tiny" and row["epochs"] == "2" and row["portraits"] == "20"
    assert "ssim_weight=0.0" in row["differs"] and "steps=" not in row["differs"]
    assert float(row["validation_mse_ratio"]) > 1  # two epochs are worse than PCA
    assert float(row["validation_mahalanobis_ratio"]) > 0
    assert float(row["training_least_raw_deviation"]) > 0
    assert float(row["decode_ms"]) > 0 and float(row["encode_decode_ms"]) > 0
    assert float(row["megabytes"]) == pytest.approx(
        (first / "autoencoder.keras").stat().st_size / 1e6, abs=0.01
    )
    assert not any(name.startswith("test_") for name in row)

    run(monkeypatch, *shared, "--steps", 2, "--out", second, "--continue", first, "--test")
    row, more = read_rows(table)
    assert row["epochs"] == "2" and row["test_mse"] == ""
    assert more["epochs"] == "1" and more["continued"] == str(first)
    assert float(more["test_mse"]) > 0
    assert FaceEngine.load(first).model_id != FaceEngine.load(second).model_id
    printed = capsys.readouterr().out.splitlines()[-4:]
    assert printed[0].startswith("| run | differs |") and printed[1].startswith("| --- |")
    assert all(line.startswith("| tiny |") for line in printed[2:])


def test_configurations_are_listed_and_unknown_ones_refused(arrays, tmp_path, monkeypatch, capsys):
    run(monkeypatch, "--list")
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(CONFIGURATIONS)
    assert all(len(line.split()) > 2 for line in listed)
    with pytest.raises(SystemExit):
        run(monkeypatch, "no-such-thing")
    assert "no-ssim" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run(monkeypatch, "default", "--arrays", tmp_path, "--epochs", 1)
    assert "prepare_data" in capsys.readouterr().err


def test_every_configuration_differs_in_what_it_says_and_builds():
    differs = {
        name: differing_settings(asdict(some.settings)) for name, some in CONFIGURATIONS.items()
    }
    assert differs["default"] == ""
    assert differs["no-ssim"] == "ssim_weight=0.0"
    assert differs["plain-loss"] == "face_emphasis=0.0 ssim_weight=0.0"
    assert "augmentation.noise=0.0" in differs["no-augmentation"]
    assert "architecture.decoder_channels=[144, 96, 48, 24]" in differs["wide"]
    assert len(set(differs.values())) == len(differs)
    sizes = {
        name: build_autoencoder(CONFIGURATIONS[name].settings.architecture).count_params()
        for name in ("narrow", "default", "wide", "no-residual", "no-detail")
    }
    assert sizes["narrow"] < sizes["default"] < sizes["wide"]
    assert max(sizes["no-residual"], sizes["no-detail"]) < sizes["default"]


def test_a_training_lasts_as_long_as_asked_for(arrays, monkeypatch):
    settings = for_epochs(TINY_SETTINGS, arrays, 3)
    assert (settings.steps, settings.least_epochs) == (6, 1)
    meter = StepTimes()
    meter.seconds = [9.0] + [0.1] * 39
    monkeypatch.setattr(experiment, "time_learning", lambda *_: meter)
    # 20 portraits go forward and back, 2 only forward: 2 steps an epoch and a little, 0.1 s each
    assert for_minutes(TINY_SETTINGS, arrays, 1.0).steps == 2 * 290
    assert for_minutes(TINY_SETTINGS, arrays, 0.0001).steps == 2


def test_rows_are_appended_with_the_columns_of_both(tmp_path):
    path = tmp_path / "new" / "table.csv"
    add_row(path, {"name": "a", "validation_mse_ratio": 0.75})
    rows = add_row(path, {"name": "b", "test_mse_ratio": 0.7, "differs": "x|y"})
    assert [row["name"] for row in rows] == ["a", "b"]
    assert rows[0]["test_mse_ratio"] == "" and rows[1]["validation_mse_ratio"] == ""
    assert [path.name for path in path.parent.iterdir()] == ["table.csv"]
    lines = markdown(rows).splitlines()
    assert lines[0] == "| run | differs | MSE / PCA | test MSE / PCA |"
    assert lines[2:] == ["| a |  | 0.750 |  |", "| b | x\\|y |  | 0.700 |"]


def test_a_table_that_is_none_is_one_sentence(tmp_path):
    (tmp_path / "table.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="move it away"):
        add_row(tmp_path / "table.csv", {"name": "a"})
    (tmp_path / "folder.csv.new").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        add_row(tmp_path / "folder.csv", {"name": "a"})
