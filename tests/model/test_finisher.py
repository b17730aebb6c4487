from itertools import pairwise

import keras
import numpy as np
import pytest

from model.finisher import (
    NOISE,
    SHARPENER,
    STRENGTH,
    build_finisher,
    decoder_maps,
    set_code_statistics,
)
from model.network import build_decoder
from model.training.finishing import pictures
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


def test_the_noise_is_white_of_the_face_and_of_nothing_else():
    decoder = build_decoder(TINY)
    finisher = build_finisher(decoder)
    mean, deviation = np.linspace(-1, 1, 80), np.linspace(0.2, 2, 80)
    set_code_statistics(finisher, mean, deviation**2)
    rng = np.random.default_rng(0)
    standard = rng.normal(size=(200, 80))
    step = rng.normal(size=(200, 80))
    step *= 0.1 / np.linalg.norm(step, axis=1, keepdims=True)

    def noise(standard):
        codes = (mean + deviation * standard).astype(np.float32)
        maps = finisher.get_layer(NOISE)(codes)
        return np.concatenate([np.asarray(x).reshape(len(codes), -1) for x in maps], axis=1)

    here, near = noise(standard), noise(standard + step)
    assert here.var() == pytest.approx(1, rel=0.02)
    alike = [np.corrcoef(*pair)[0, 1] for pair in zip(here, near, strict=True)]
    assert min(alike) > 0.99
    strangers = [np.corrcoef(*pair)[0, 1] for pair in pairwise(here)]
    assert np.abs(strangers).max() < 0.15
    attribute = standard @ rng.normal(size=80) > 0
    assert np.abs(here[attribute].mean(axis=0)).mean() < 0.1  # by chance 0.08
    np.testing.assert_allclose(noise(np.zeros((1, 80))), 0, atol=1e-5)


def test_the_noise_is_weaker_in_use_than_in_training(networks, codes):
    _, maps, finisher = networks
    sharpener = finisher.get_layer(SHARPENER)
    detail = sharpener.get_layer("detail")
    rng = np.random.default_rng(2)
    detail.set_weights([rng.normal(0, 5.0, value.shape) for value in detail.get_weights()])
    noise = finisher.get_layer(NOISE)(codes)

    def sharpened(strength):
        return np.asarray(pictures(sharpener([*maps(codes), *(strength * x for x in noise)])))

    finished = np.asarray(finisher(maps(codes)))
    np.testing.assert_allclose(finished, sharpened(STRENGTH), atol=1e-4)
    assert np.abs(finished - sharpened(1.0)).max() > 0.01
