import shutil

import pytest
from PIL import Image

import data.paths
from data.errors import UserError
from tests.bench import explain
from tests.model.tiny_model import write_tiny_model


def test_the_command_draws_all_from_the_shipped_model(tmp_path, monkeypatch):
    monkeypatch.setattr(explain, "SKETCHED", 2)
    monkeypatch.setattr("model.encoding.STEPS", 1)  # each takes long to trace
    model = write_tiny_model(tmp_path / "shipped", finisher=True)
    monkeypatch.setattr(data.paths, "SHIPPED_MODEL", model)
    paths = explain.main(tmp_path / "demo")
    names = ["explained", "network", "latent-space", "sharp", "sketches"]
    assert [path.stem for path in paths] == names
    assert all(Image.open(path).width > 600 for path in paths)
    shutil.rmtree(model)
    with pytest.raises(UserError):
        explain.main(tmp_path / "demo")
