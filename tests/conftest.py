"""What every test shares: no window opens, on whatever machine the tests run; portraits, prepared
once; trainings that trace their graph once.
"""

import os

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

LONGEST = ("test_learn.py", "test_main_modes.py")


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest and end with the shortest: no worker waits."""
    items.sort(key=lambda item: (item.path.name not in LONGEST, item.path.parent.name == "data"))


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
def unmeasured(monkeypatch):
    """Let `learn` measure nothing: see `measure_nothing`."""
    from tests.model.one_graph import measure_nothing

    measure_nothing(monkeypatch)


@pytest.fixture
def eagerly(monkeypatch):
    """Run the steps of a training one by one: sooner where they are few."""
    import tensorflow as tf

    monkeypatch.setattr("model.encoding.STEPS", 1)
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
