"""The sketch encoder: its place in a model folder, and models without one."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from data.errors import UserError
from model import engine as engine_module
from model.engine import PHOTO_SHARE, FaceEngine
from model.folder import SKETCH_ENCODER_FILE
from model.network import build_encoder
from model.network_file import load_sketch_encoder
from model.sketch_encoder import build_sketch_encoder
from tests.model.tiny_model import TINY, write_tiny_model

BLACK_AND_BARE = np.zeros((2, 160, 176, 2), np.float32)
BLACK_AND_BARE[0, ..., 1] = 1
BARE = BLACK_AND_BARE[1:]


@pytest.fixture(scope="module")
def sketching_model(tmp_path_factory):
    return write_tiny_model(tmp_path_factory.mktemp("models") / "model", sketch_encoder=True)


def test_it_reads_tone_and_coverage(sketching_model):
    engine = FaceEngine.load(sketching_model)
    codes = engine.encode_sketch(BLACK_AND_BARE)
    assert codes.shape == (2, engine.latent_dim) and codes.dtype == np.float32
    assert np.abs(codes[0] - codes[1]).max() > 1e-3  # only the coverage differs
    np.testing.assert_allclose(engine.encode_sketch(BLACK_AND_BARE[:1])[0], codes[0], atol=1e-5)


def test_the_portrait_encoder_has_a_share_in_what_is_painted_all_over(sketching_model):
    engine = FaceEngine.load(sketching_model)
    drawings = np.random.default_rng(0).random((3, 160, 176, 2), np.float32)
    for drawing, coverage in zip(drawings, (0.5, 0.825, 1.0), strict=True):
        drawing[..., 1] = coverage
    alone = load_sketch_encoder(sketching_model)(drawings).numpy()
    photo = engine.guess(drawings[..., :1])
    shares = PHOTO_SHARE * np.array([[0.0], [0.5], [1.0]])
    expected = alone + shares * (photo - alone)
    np.testing.assert_allclose(engine.encode_sketch(drawings), expected, atol=1e-4)


def test_one_that_is_missing_or_damaged_is_one_sentence(sketching_model, tmp_path):
    folder = Path(shutil.copytree(sketching_model, tmp_path / "model"))
    path = folder / SKETCH_ENCODER_FILE
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="damaged or belongs to another model"):
        FaceEngine.load(folder)
    path.unlink()
    with pytest.raises(UserError, match=f"no {SKETCH_ENCODER_FILE}"):
        FaceEngine.load(folder)


def test_a_model_without_one_codes_the_portrait_that_the_shipped_model_makes(tmp_path, monkeypatch):
    shipped = write_tiny_model(tmp_path / "shipped", seed=1, sketch_encoder=True)
    own = write_tiny_model(tmp_path / "own")
    monkeypatch.setattr(engine_module, "SHIPPED_MODEL", shipped)
    teacher, engine = FaceEngine.load(shipped), FaceEngine.load(own)
    portraits = teacher.decode(teacher.encode_sketch(BARE))
    np.testing.assert_allclose(engine.encode_sketch(BARE), engine.guess(portraits), atol=1e-3)


def test_without_the_shipped_one_the_portrait_encoder_guesses(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_module, "SHIPPED_MODEL", tmp_path / "nothing")
    engine = FaceEngine.load(write_tiny_model(tmp_path / "own"))
    np.testing.assert_array_equal(
        engine.encode_sketch(BLACK_AND_BARE), engine.guess(BLACK_AND_BARE[..., :1])
    )


def test_its_layers_are_those_of_the_portrait_encoder():
    network = build_sketch_encoder(TINY)
    assert network.input_shape == (None, 160, 176, 2)
    assert network.output_shape == (None, TINY.latent_dim)
    portrait = build_encoder(TINY)
    for name in ("down_2", "squeeze", "mean"):
        shapes = [[w.shape for w in n.get_layer(name).get_weights()] for n in (network, portrait)]
        assert shapes[0] == shapes[1]
