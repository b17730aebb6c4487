import json
from dataclasses import asdict, replace

import keras
import numpy as np
import pytest

from data.errors import UserError
from model.architecture import Architecture
from model.network import build_autoencoder, build_decoder
from tests.model.tiny_model import TINY


def test_mixed_precision_touches_neither_codes_nor_images_nor_the_global_policy():
    before = keras.config.dtype_policy().name
    mixed = build_autoencoder(TINY, "mixed_bfloat16")
    assert mixed.output.dtype == "float32"
    assert mixed.get_layer("encoder").output[0].dtype == "float32"
    assert mixed.get_layer("encoder").get_layer("down_1").compute_dtype == "bfloat16"
    assert keras.config.dtype_policy().name == before


def test_every_pixel_depends_on_the_codes_and_channels_become_neighbours():
    decoder = build_decoder(TINY)
    pixels = decoder.get_layer("pixels")
    kernel, _ = pixels.get_weights()
    pixels.set_weights([np.zeros_like(kernel), np.array([-2.0, -1.0, 1.0, 2.0])])
    face = keras.ops.convert_to_numpy(decoder(np.zeros((1, 80), np.float32)))[0, :, :, 0]
    expected = 1 / (1 + np.exp([[2.0, 1.0], [-1.0, -2.0]]))
    np.testing.assert_allclose(face, np.tile(expected, (80, 88)), atol=1e-6)


def test_a_linear_path_leads_from_the_shrunken_image_to_the_means():
    encoder = build_autoencoder(TINY).get_layer("encoder")
    encoder.get_layer("mean").kernel.assign(0 * encoder.get_layer("mean").kernel)
    images = np.random.default_rng(0).random((3, 160, 176, 1), np.float32)
    images[2] = (images[0] + images[1]) / 2
    means = encoder(images)[0].numpy()
    assert np.abs(means).max() > 0.1
    np.testing.assert_allclose(means[2], (means[0] + means[1]) / 2, atol=1e-5)
    without = build_autoencoder(replace(TINY, overview_pooling=0))
    assert "overview_mean" not in [layer.name for layer in without.get_layer("encoder").layers]


@pytest.mark.parametrize(
    "change",
    [
        {"latent_dim": 64},
        {"encoder_channels": (24, 48, 96, 2000)},
        {"head_channels": 0},
        {"residual_blocks": True},
        {"ssim_weight": -1},
        {"encoder_channels": ()},
        {"face_emphasis": True},
        {"detail_channels": 1000},
        {"decoder_channels": (96, 64, 512, 512)},
    ],
)
def test_what_the_program_could_not_open_is_refused_with_a_sentence(change):
    with pytest.raises(UserError, match=r" must be |made for codes of 64"):
        Architecture(**change)


def test_a_card_is_read_and_one_that_describes_no_network_is_refused():
    values = asdict(replace(TINY, ssim_weight=1.5))
    card = {"settings": {"architecture": {**values, "of an older program": True}}}
    read = Architecture.from_card(json.loads(json.dumps(card)))
    assert read == replace(TINY, ssim_weight=1.5)
    assert build_autoencoder(read).architecture.ssim_weight == 1.5
    for odd in ({"encoder_channels": []}, {"head_channels": None}, {"latent_dim": 64}):
        with pytest.raises(UserError, match=r"describes no network|made for codes of 64"):
            Architecture.from_card({"settings": {"architecture": {**values, **odd}}})
    for card in ({}, {"settings": {"architecture": 3}}):
        with pytest.raises(UserError, match="describes no network"):
            Architecture.from_card(card)


def test_default_network_fits_its_file_size():
    assert build_autoencoder(Architecture()).count_params() * 4 < 25e6
