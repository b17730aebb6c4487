from dataclasses import replace

import numpy as np
import pytest

from model.latent import LatentSpace, Readout
from model.tones import FARTHEST, cell_tones, fit_tones, follow_tones

SLOPE = 0.03


def decode(codes):
    """Light the upper half by the number 11 of a code, and the lower half by number 0, a smile."""
    halves = 0.5 + SLOPE * np.asarray(codes)[:, [11, 0]]
    return np.broadcast_to(halves.repeat(80, axis=1)[..., None, None], (len(codes), 160, 176, 1))


@pytest.fixture(scope="module")
def latent():
    codes = np.random.default_rng(0).normal(size=(300, 80)).astype(np.float32)
    latent = replace(LatentSpace.fit(codes), readouts={"smile": Readout(np.eye(80)[0], 0.0)})
    return replace(latent, tones=fit_tones(latent, cell_tones(decode(codes))))


def drawing(tone, coverage):
    return np.stack([np.full((160, 176), value) for value in (tone, coverage)], axis=-1)


def test_slopes_are_those_of_the_decoder(latent):
    lighter = latent.from_sliders(np.eye(80)) - latent.mean
    expected = SLOPE * lighter[:, [11, 0]].repeat(220, axis=1)
    np.testing.assert_allclose(latent.tones[:-1], expected, atol=1e-4)
    np.testing.assert_allclose(
        latent.tones[-1], cell_tones(decode(latent.mean[None]))[0], atol=1e-4
    )


def test_painted_tones_are_followed_and_shapes_stay(latent):
    code = np.zeros(80, np.float32)
    painted = follow_tones(latent, code, drawing(0.56, 1))
    assert 0.4 < painted[11] < 2 and 0 < painted[0] < 0.8 * painted[11]
    others = np.delete(painted, [0, 11])
    assert np.abs(others).max() < 0.2


def test_a_face_is_not_lost_to_what_was_painted(latent):
    code = np.zeros(80, np.float32)
    for tone in (0, 0.2):
        painted = latent.to_sliders(follow_tones(latent, code, drawing(tone, 1)))
        assert np.linalg.norm(painted - latent.to_sliders(code)) == pytest.approx(FARTHEST)


@pytest.mark.parametrize("coverage", [0, 0.5])
def test_bare_paper_and_lines_say_nothing_of_tones(latent, coverage):
    code = np.zeros(80, np.float32)
    np.testing.assert_allclose(follow_tones(latent, code, drawing(0, coverage)), code, atol=1e-2)


def test_a_model_without_tones_leaves_codes_as_they_are(latent):
    code = np.ones(80, np.float32)
    older = replace(latent, tones=None)
    np.testing.assert_array_equal(follow_tones(older, code, drawing(0, 1)), code)
