"""What every test shares: no window opens, on whatever machine the tests run; portraits, prepared
once; trainings that trace their graph once; processes that run beside the other tests.
"""

import os
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def arrays(tmp_path_factory):
    """28 drawn portraits: 20 to train on, 2 to validate, 6 to test."""
    from tests.data.drawn_archive import prepared_arrays

    return prepared_arrays(tmp_path_factory.mktemp("arrays"))


@pytest.fixture(scope="session")
def _one_graph():
    from model.training.learn import compiled_model
    from tests.model.one_graph import OneGraph

    return OneGraph(compiled_model)


@pytest.fixture
def one_graph(_one_graph, monkeypatch):
    """`learn` as ever, but trainings of like settings share a graph."""
    _one_graph.share(monkeypatch)


@pytest.fixture
def eagerly():
    """Run the steps of a training one by one: sooner where they are few."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


class Beside:
    """Processes that a module of tests begins before the first test of all, one at a time.

    A module that has a function `beside` is given an empty folder, and returns by name what to
    call: each call runs a process and waits for it.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._runner = ThreadPoolExecutor(max_workers=1)
        self._begun: dict[tuple[str, str], Future] = {}

    def folder(self, module) -> Path:
        return Path(self._folder.name, module.__name__)

    def begin(self, module) -> None:
        self.folder(module).mkdir()
        for name, call in module.beside(self.folder(module)).items():
            self._begun[module.__name__, name] = self._runner.submit(call)

    def done(self, module, name: str):
        return self._begun[module.__name__, name].result()

    def end(self) -> None:
        self._runner.shutdown(cancel_futures=True)
        self._folder.cleanup()


def pytest_collection_finish(session):
    if session.config.option.collectonly:
        return
    session.config.beside = beside = Beside()
    for module in dict.fromkeys(item.module for item in session.items):
        if hasattr(module, "beside"):
            beside.begin(module)


def pytest_sessionfinish(session):
    if hasattr(session.config, "beside"):
        session.config.beside.end()


@pytest.fixture
def beside_folder(request):
    """The folder of what this module runs beside the other tests."""
    return request.config.beside.folder(request.module)


@pytest.fixture
def done_beside(request):
    """Return what came of a call that this module began; waits for it."""
    return lambda name: request.config.beside.done(request.module, name)
