import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from data.errors import UserError
from model import encoding
from model import engine as engine_module
from model import folder as files
from model.encoding import correct
from model.engine import FaceEngine
from model.latent import LatentSpace
from model.network import build_autoencoder
from model.network_file import load_network, load_sketch_encoder
from model.sketch_encoder import FIRST_SHARE
from tests.model.tiny_model import TINY, write_tiny_model


@pytest.fixture(scope="module", autouse=True)
def _one_step():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "STEPS", 1)
        yield


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return FaceEngine.load(write_tiny_model(tmp_path_factory.mktemp("models") / "model"))


@pytest.fixture(scope="module")
def whole_model(tmp_path_factory):
    """A folder with all that a model can have."""
    folder = tmp_path_factory.mktemp("models") / "whole"
    return write_tiny_model(folder, finisher=True, sketch_encoder=True)


@pytest.fixture(scope="module")
def whole(whole_model):
    return FaceEngine.load(whole_model)


def test_shapes_types_and_ranges_one_by_one_and_in_chunks(engine):
    assert (engine.image_shape, engine.latent_dim) == ((160, 176), 80)
    codes = np.random.default_rng(0).normal(size=(70, 80)).astype(np.float32)
    faces = engine.decode(codes)
    assert faces.shape == (70, 160, 176, 1) and faces.dtype == np.float32
    assert faces.min() >= 0 and faces.max() <= 1
    for i in (0, 31, 32, 69):
        np.testing.assert_allclose(engine.decode(codes[i : i + 1])[0], faces[i], atol=1e-5)
    again = engine.encode(faces)
    assert again.shape == (70, 80) and again.dtype == np.float32
    assert again.min() < 0 < again.max()  # no ReLU
    np.testing.assert_allclose(engine.encode(faces[40:41])[0], again[40], atol=1e-4)
    assert engine.decode(codes[:0]).shape == (0, 160, 176, 1)


def test_same_as_the_keras_model(monkeypatch):
    monkeypatch.setattr(encoding, "STEPS", 2)  # more multiply what rounding makes different
    autoencoder = build_autoencoder(TINY)
    autoencoder.get_layer("correction").kernel.assign(-np.eye(80))
    images = np.random.default_rng(2).random((2, 160, 176, 1), np.float32)
    engine = FaceEngine(autoencoder)
    codes, guesses = engine.encode(images), engine.guess(images)
    assert np.abs(codes - guesses).max() > 0.03
    np.testing.assert_allclose(codes, correct(autoencoder, guesses, images), atol=1e-3)
    np.testing.assert_allclose(codes[:1], engine.encode(images[:1]), atol=1e-3)
    np.testing.assert_array_equal(codes, engine.encode(images, start=guesses))
    again = engine.encode(engine.decode(guesses), start=guesses)
    np.testing.assert_allclose(again, guesses, atol=1e-3)  # a face's own code stays
    for some in (codes, guesses):
        expected = autoencoder([images, guesses - some])
        np.testing.assert_allclose(engine.decode(some), expected, atol=1e-5)


def test_other_shapes_are_refused(engine):
    with pytest.raises(ValueError, match="Received"):
        engine.encode(np.zeros((1, 171, 186, 1), np.float32))
    with pytest.raises(ValueError, match="Received"):
        engine.decode(np.zeros(80, np.float32))
    with pytest.raises(ValueError, match="Received"):
        engine.encode(np.zeros((1, 160, 176, 1)), start=np.zeros((1, 79)))
    with pytest.raises(ValueError, match="Received"):
        engine.encode_sketch(np.zeros((1, 160, 176, 1)))


def test_a_finisher_adds_detail_and_an_engine_without_one_decodes(engine, whole):
    codes = np.random.default_rng(0).normal(size=(40, 80)).astype(np.float32)
    assert not engine.can_finish
    np.testing.assert_array_equal(engine.finish(codes), engine.decode(codes))
    assert whole.can_finish
    np.testing.assert_allclose(whole.decode(codes), engine.decode(codes), atol=1e-6)
    faces = whole.finish(codes)
    assert faces.shape == (40, 160, 176, 1) and faces.dtype == np.float32
    assert faces.min() >= 0 and faces.max() <= 1
    assert np.abs(faces - whole.decode(codes)).max() > 0.1
    np.testing.assert_allclose(whole.finish(codes[38:39])[0], faces[38], atol=1e-5)
    with pytest.raises(ValueError, match="Received"):
        whole.finish(codes[0])


@pytest.mark.parametrize("name", [files.FINISHER_FILE, files.SKETCH_ENCODER_FILE])
def test_a_finisher_that_is_missing_torn_or_anothers_is_one_sentence(whole_model, tmp_path, name):
    """And a sketch encoder, too."""
    folder = Path(shutil.copytree(whole_model, tmp_path / "model"))
    path = folder / name
    content = path.read_bytes()
    for damaged in (b"", content[:-1], (folder / files.NETWORK_FILE).read_bytes()):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="damaged or belongs to another model"):
            FaceEngine.load(folder)
    card = files.read_card(folder)
    card[path.stem]["id"] = files.file_hash(path)  # the autoencoder's weights
    (folder / files.CARD_FILE).write_text(json.dumps(card))
    with pytest.raises(UserError, match="damaged or belongs to another model"):
        FaceEngine.load(folder)
    path.unlink()
    with pytest.raises(UserError, match=rf"has no {name}"):
        FaceEngine.load(folder)


def test_refine_comes_nearer_where_pixels_count_and_stays_where_portraits_lie(engine):
    rng = np.random.default_rng(0)
    latent = LatentSpace.fit(2 * rng.normal(size=(300, 80)).astype(np.float32))
    target = np.full((160, 176), 0.3, np.float32)
    weights = np.zeros((160, 176), np.float32)
    weights[40:120, 40:120] = 1
    start = latent.from_sliders(3 * rng.normal(size=80))

    def search(target, steps=4):
        return list(engine.refine(start, target, weights, latent, steps))

    def error(code):
        face = engine.decode(code[np.newaxis])[0, ..., 0]
        return float((weights * (face - target) ** 2).sum() / weights.sum())

    found, shares = zip(*search(target), strict=True)
    errors = [error(code) for code in found]
    assert errors[0] == pytest.approx(error(start), rel=1e-3)
    assert all(after <= before for before, after in itertools.pairwise(errors[1:]))
    assert errors[-1] < 0.7 * errors[0]
    assert shares[0] == 0 and shares[-1] == 1 and sorted(shares) == list(shares)
    furthest = latent.mahalanobis(start)
    assert all(latent.mahalanobis(code) < furthest + 1e-3 for code in found)
    elsewhere = target.copy()
    elsewhere[:40] = rng.random((40, 176))
    np.testing.assert_allclose(search(elsewhere)[-1][0], found[-1], atol=1e-5)


def test_refine_ends_where_it_finds_nothing_nearer(engine):
    rng = np.random.default_rng(1)
    latent = LatentSpace.fit(rng.normal(size=(300, 80)).astype(np.float32))
    code = latent.from_sliders(rng.normal(size=80))
    own = engine.decode(code[np.newaxis])[0, ..., 0]
    for weights in (np.ones_like(own), np.zeros_like(own)):
        *_, (found, share) = engine.refine(code, own, weights, latent)
        np.testing.assert_allclose(found, code, atol=1e-3)
        assert share == 1


# The sketch encoder


BLACK_AND_BARE = np.zeros((2, 160, 176, 2), np.float32)
BLACK_AND_BARE[0, ..., 1] = 1
BARE = BLACK_AND_BARE[1:]


def test_sketches_are_read_by_tone_and_coverage(whole):
    codes = whole.encode_sketch(BLACK_AND_BARE)
    assert codes.shape == (2, whole.latent_dim) and codes.dtype == np.float32
    assert np.abs(codes[0] - codes[1]).max() > 1e-3  # only the coverage differs
    np.testing.assert_allclose(whole.encode_sketch(BLACK_AND_BARE[:1])[0], codes[0], atol=1e-5)


def test_the_portrait_encoder_has_a_learned_share_in_the_code_of_a_drawing(whole, whole_model):
    reads = load_sketch_encoder(whole_model, load_network(whole_model))
    sketch_encoder = reads.get_layer("sketch_encoder")
    guesses = whole.guess(BLACK_AND_BARE[..., :1])
    alone = sketch_encoder([BLACK_AND_BARE, 0 * guesses]).numpy()
    expected = alone + guesses / (1 + np.exp(-FIRST_SHARE))
    np.testing.assert_allclose(whole.encode_sketch(BLACK_AND_BARE), expected, atol=1e-4)


def test_a_model_without_a_sketch_encoder_codes_the_portrait_that_the_shipped_one_makes(
    whole, whole_model, tmp_path, monkeypatch
):
    own = write_tiny_model(tmp_path / "own", seed=1)
    monkeypatch.setattr(engine_module, "SHIPPED_MODEL", tmp_path / "nothing")
    alone = FaceEngine.load(own)
    guesses = alone.guess(BLACK_AND_BARE[..., :1])
    np.testing.assert_array_equal(alone.encode_sketch(BLACK_AND_BARE), guesses)
    monkeypatch.setattr(engine_module, "SHIPPED_MODEL", whole_model)
    taught, portraits = FaceEngine.load(own), whole.decode(whole.encode_sketch(BARE))
    np.testing.assert_allclose(taught.encode_sketch(BARE), taught.guess(portraits), atol=1e-3)


@pytest.mark.parametrize("lacking", ["version", "id"])
def test_a_sketch_encoder_of_an_older_version_or_without_its_hash_is_passed_over(tmp_path, lacking):
    folder = write_tiny_model(tmp_path / "own", sketch_encoder=True)
    card = files.read_card(folder)
    del card["sketch_encoder"][lacking]
    (folder / files.CARD_FILE).write_text(json.dumps(card))
    assert load_sketch_encoder(folder, load_network(folder)) is None
