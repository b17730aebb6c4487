"""Importing TensorFlow and Keras, whatever the user has set up for them."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from data.errors import UserError
from data.paths import ASSETS
from model import import_tensorflow


def run(script, **environment):
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ASSETS.parent, env=os.environ | environment, capture_output=True, text=True,
    )  # fmt: skip


def test_only_compiled_code_is_silenced_and_only_for_a_while():
    script = """
import os, sys
from model import _compiled_code_silenced
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


def test_another_backend_that_is_imported_already_is_one_sentence(monkeypatch):
    imported = SimpleNamespace(config=SimpleNamespace(backend=lambda: "torch"))
    monkeypatch.setitem(sys.modules, "keras", imported)
    with pytest.raises(UserError, match="Keras runs with torch in this session: start Python anew"):
        import_tensorflow()
