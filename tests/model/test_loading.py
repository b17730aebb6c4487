"""Importing TensorFlow and Keras, whatever the user has set up for them."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from data.errors import UserError
from data.paths import ASSETS
from model.loading import import_tensorflow


def run(script, **environment):
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ASSETS.parent, env=os.environ | environment, capture_output=True, text=True,
    )  # fmt: skip


def test_only_compiled_code_is_silenced_and_only_for_a_while():
    script = """
import os, sys
from model.loading import _compiled_code_silenced
try:
    with _compiled_code_silenced():
        os.write(2, b"compiled ")
        print("python", file=sys.stderr)
        raise ValueError
except ValueError:
    os.write(2, b"compiled again ")
    print("python again", file=sys.stderr)
"""
    done = run(script)
    assert done.stderr == "python\ncompiled again python again\n"


FACE = """
from model.engine import FaceEngine
from model.latent import LatentSpace
engine, code = FaceEngine.load(), LatentSpace.load().mean[None]
face = engine.decode(code)
print(face.shape, face.dtype, abs(engine.encode(face) - code).max() < 1)
"""


def test_keras_runs_as_the_model_needs_it_whatever_a_user_has_set(tmp_path):
    theirs = {"floatx": "float16", "image_data_format": "channels_first", "backend": "jax"}
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text(json.dumps(theirs))
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = run(FACE, **home, KERAS_BACKEND="torch")
    assert done.stdout == "(1, 160, 176, 1) float32 True\n", done.stderr


def test_another_backend_that_is_imported_already_is_one_sentence(monkeypatch):
    imported = SimpleNamespace(config=SimpleNamespace(backend=lambda: "torch"))
    monkeypatch.setitem(sys.modules, "keras", imported)
    with pytest.raises(UserError, match="Keras runs with torch in this session: start Python anew"):
        import_tensorflow()
