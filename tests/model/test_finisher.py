import keras
import numpy as np
import pytest

from model.finisher import SHARPENER, build_finisher, decoder_maps
from model.network import build_decoder
from tests.model.tiny_model import TINY


@pytest.fixture(scope="module")
def networks():
    keras.utils.set_random_seed(0)
    decoder = build_decoder(TINY)
    return decoder, decoder_maps(decoder), build_finisher(decoder)


@pytest.fixture(scope="module")
def codes():
    return np.random.default_rng(0).normal(size=(4, 80)).astype(np.float32)


def test_an_untrained_finisher_adds_nothing(networks, codes):
    decoder, maps, finisher = networks
    finished = np.asarray(finisher(maps(codes)))
    assert finished.shape == (4, 160, 176, 1)
    np.testing.assert_allclose(finished, np.asarray(decoder(codes)), atol=1e-6)


def test_what_a_finisher_adds_vanishes_in_the_distance(networks, codes):
    decoder, maps, finisher = networks
    detail = finisher.get_layer(SHARPENER).get_layer("detail")
    detail.set_weights([
        np.random.default_rng(1).normal(0, 5.0, value.shape) for value in detail.get_weights()
    ])  # fmt: skip
    added = np.asarray(finisher(maps(codes))) - np.asarray(decoder(codes))
    away = added.reshape(4, 10, 16, 11, 16).mean(axis=(2, 4))
    assert added.std() > 0.05
    assert away.std() < 0.2 * added.std()
