"""What a `.keras` file may ask for, and what is refused before Keras is asked."""

import copy
import io
import json
from dataclasses import replace

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from data.errors import UserError
from model import network_file
from model.network import build_autoencoder
from model.network_config import MAX_PARAMETERS, check_config
from model.network_file import (
    CONFIG,
    WEIGHT_BITS,
    WEIGHTS,
    load_network,
    rounded,
    save_network,
)
from tests.model.tiny_model import TINY
from tests.model.zip_forgery import Member, pack, unpack


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "autoencoder.keras"
    build_autoencoder(TINY).save(path)
    return {member.name: member for member in unpack(path.read_bytes())}


@pytest.fixture
def config(members):
    return json.loads(members[CONFIG].data)


@pytest.fixture
def load(members, tmp_path):
    """Load the network with some members replaced; None leaves one out."""

    def load(**changes: bytes | None):
        changed = {WEIGHTS if name == "weights" else CONFIG: d for name, d in changes.items()}
        kept = [replace(m, data=changed.get(m.name, m.data)) for m in members.values()]
        path = tmp_path / "autoencoder.keras"
        path.write_bytes(pack([member for member in kept if member.data is not None]))
        return load_network(path)

    return load


def layer(config, name: str) -> dict:
    """Find a layer of the encoder or decoder by its name."""
    models = [entry["config"] for entry in config["config"]["layers"][1:]]
    return next(e for model in models for e in model["layers"] if e["name"] == name)


def test_every_layer_that_a_network_may_be_made_of_loads(tmp_path):
    image = keras.Input((16, 16, 3))
    x = layers.Normalization()(image)
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same")(layers.BatchNormalization()(x))
    x = layers.MaxPooling2D(2)(layers.AveragePooling2D(2)(layers.Rescaling(2.0, 0.5)(x)))
    x = layers.ReLU()(layers.LeakyReLU(0.1)(layers.ELU()(x)))
    x = layers.GaussianNoise(0.1)(layers.SpatialDropout2D(0.1)(layers.Dropout(0.1)(x)))
    x = layers.UpSampling2D(2)(layers.Cropping2D(1)(layers.ZeroPadding2D(2)(x)))
    y = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    x = layers.Maximum()([layers.Average()([x, y]), layers.Subtract()([x, y])])
    x = layers.Concatenate()([layers.Multiply()([x, y]), layers.Add()([x, y])])
    x = layers.Flatten()(layers.Reshape((-1, 8))(layers.Permute((2, 1, 3))(x)))
    x = layers.Activation("tanh")(layers.Dense(5)(x))
    inner = keras.Model(image, [x, layers.GlobalAveragePooling2D()(y)])
    outer = keras.Input((16, 16, 3))
    network = keras.Model(outer, inner(outer))
    network.save(tmp_path / "network.keras")
    loaded = load_network(tmp_path / "network.keras")
    images = np.random.default_rng(0).random((2, 16, 16, 3))
    for one, other in zip(network(images), loaded(images), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def huge_dense(config):
    layer(config, "mean")["config"]["units"] = 10**9


def huge_input(config):
    layer(config, "images")["config"]["batch_shape"] = [None, 10**6, 10**6, 1]


def hidden_weights(config):
    layer(config, "mean")["build_config"]["input_shape"] = [None, 2**20]


def negative_weights(config):
    layer(config, "mean")["config"]["units"] = -(10**6)


def no_build(config):
    del layer(config, "mean")["build_config"]


def other_class(config):
    layer(config, "mean")["class_name"] = "TFSMLayer"


def other_module(config):
    layer(config, "mean").update(module="os", class_name="system")


def registered(config):
    layer(config, "mean")["registered_name"] = "package>Dense"


def function(config):
    layer(config, "down_1")["config"]["activation"] = {"class_name": "function", "config": "print"}


def deep(config):
    inside = copy.deepcopy(config)
    for _ in range(4):
        inside["config"]["layers"][1] = copy.deepcopy(inside)
    config.update(inside)


def called_twice(config):
    layer(config, "mean")["inbound_nodes"] *= 2


def before_it_is_made(config):
    tensor = layer(config, "down_1")["inbound_nodes"][0]["args"][0]
    tensor["config"]["keras_history"] = ["squeeze", 0, 0]  # Keras 3.10 would wait for ever


def output_that_is_not_there(config):
    tensor = layer(config, "down_2")["inbound_nodes"][0]["args"][0]
    tensor["config"]["keras_history"][2] = 1  # likewise


def axis_that_is_not_there(config):
    layer(config, "with_detail")["config"]["axis"] = 7  # likewise


def same_name(config):
    layer(config, "down_2")["name"] = "down_1"


def number_formats(config):
    layer(config, "mean")["config"]["dtype"] = "float64"


def no_number(config):
    layer(config, "log_variance")["config"]["bias_initializer"]["config"]["value"] = float("nan")


def optimizer(config):
    config["compile_config"] = {"optimizer": "adam"}


@pytest.mark.parametrize(
    "change",
    [
        huge_dense, huge_input, hidden_weights, negative_weights, no_build, other_class,
        other_module, registered, function, deep, called_twice, before_it_is_made,
        output_that_is_not_there, axis_that_is_not_there, same_name, number_formats, no_number,
        optimizer,
    ],
)  # fmt: skip
def test_configs_of_no_network_are_refused_before_keras_is_asked(config, change):
    check_config(config)
    change(config)
    with pytest.raises(ValueError, match="Received"):
        check_config(config)


@pytest.mark.parametrize("value", [None, [], "x", {}, {"config": {}}, {"layers": {}}])
def test_what_is_no_config_is_refused(value):
    with pytest.raises(ValueError, match="Received"):
        check_config(value)


def test_weights_are_added_up_over_the_layers(config):
    for name in ("spread", "detail_spread"):
        layer(config, name)["config"]["units"] = MAX_PARAMETERS // 81
    with pytest.raises(ValueError, match="weights"):
        check_config(config)


@pytest.fixture
def keras_not_asked(monkeypatch):
    monkeypatch.setattr(network_file.keras.saving, "load_model", None)


def test_other_members_are_refused(load, members, tmp_path, keras_not_asked):
    for odd in (None, b"", b"[" * 10_000, b"9" * 2**19):
        with pytest.raises(UserError, match="damaged"):
            load(config=odd)
    path = tmp_path / "more.keras"
    path.write_bytes(pack([*members.values(), Member("assets/../../outside", b"")]))
    with pytest.raises(UserError, match="damaged"):
        load_network(path)


def external_link(group, array, secret):
    group["0"] = h5py.ExternalLink(secret, "/secret")


def soft_link(group, array, secret):
    group["0"] = h5py.SoftLink("/layers")


def borrowed(group, array, secret):
    group.create_dataset("0", array.shape, array.dtype, external=[(secret, 0, array.nbytes)])


def virtual(group, array, secret):
    layout = h5py.VirtualLayout(array.shape, array.dtype)
    layout[...] = h5py.VirtualSource(secret, "secret", array.shape)
    group.create_virtual_dataset("0", layout)


def chunked(group, array, secret):
    group.create_dataset("0", (10**6, 10**6), "f4", chunks=(100, 100))


def never_written(group, array, secret):
    group.create_dataset("0", (10**6, 10**6), "f4")


def packed(group, array, secret):
    group.create_dataset("0", data=array, compression="gzip")


def circle(group, array, secret):
    group["0"] = array
    group["again"] = group


def crowd(group, array, secret):
    group["0"] = array
    for number in range(network_file.MAX_ITEMS):
        group.create_group(f"more/{number}")


def text(group, array, secret):
    group["0"] = "text"


def noted(group, array, secret):
    group["0"] = array
    group["0"].attrs["dtype"] = "bfloat16"


def changed_weights(members, change, secret="") -> bytes:
    buffer = io.BytesIO(members[WEIGHTS].data)
    with h5py.File(buffer, "r+") as file:
        group = file["layers/functional/layers/conv2d/vars"]
        array = group["0"][()]
        del group["0"]
        change(group, array, secret)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        external_link, soft_link, borrowed, virtual, chunked, never_written, packed, circle, crowd,
        text, noted,
    ],
)  # fmt: skip
def test_weights_that_are_no_plain_arrays_are_refused(
    load, members, change, tmp_path, keras_not_asked
):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["secret"] = np.ones((5, 5, 1, 4), np.float32)
    with pytest.raises(UserError, match="damaged"):
        load(weights=changed_weights(members, change, str(secret)))


@pytest.mark.parametrize("name", ["layers/functional/layers", "layers/functional/layers/conv2d"])
def test_weights_that_are_missing_are_refused_and_not_made_up(load, members, name):
    """Some versions of Keras would warn, and go on with random weights in their place."""
    buffer = io.BytesIO(members[WEIGHTS].data)
    with h5py.File(buffer, "r+") as file:
        del file[name]
    with pytest.raises(UserError, match="damaged"):
        load(weights=buffer.getvalue())


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e7])
def test_weights_that_are_no_usual_numbers_are_refused(load, members, number):
    def spoil(group, array, secret):
        array.flat[3] = number
        group["0"] = array

    with pytest.raises(UserError, match="damaged"):
        load(weights=changed_weights(members, spoil))


@pytest.mark.parametrize("limit", ["MAX_ACTIVATIONS", "MAX_OPERATIONS"])
def test_networks_that_take_too_much_memory_or_time_are_refused(load, limit, monkeypatch):
    assert len(load().layers) == 3
    monkeypatch.setattr(network_file, limit, 10_000)
    with pytest.raises(UserError, match="damaged"):
        load()


def test_weights_are_rounded_to_so_many_bits():
    weights = np.random.default_rng(0).normal(size=(100, 80)).astype(np.float32)
    weights[0, :4] = 0, 1, -2, 1 + 2.0**-WEIGHT_BITS
    short = rounded(weights)
    assert short.dtype == np.float32 and short.shape == weights.shape
    np.testing.assert_allclose(short, weights, rtol=2.0**-WEIGHT_BITS, atol=0)
    mantissas = np.frexp(short)[0] * 2**WEIGHT_BITS
    np.testing.assert_array_equal(mantissas, np.round(mantissas))
    assert short[0, :4].tolist() == [0, 1, -2, 1 + 2 * 2.0**-WEIGHT_BITS]


def test_a_saved_network_is_small_and_the_one_that_is_loaded(tmp_path):
    images = np.random.default_rng(0).random((2, 160, 176, 1))
    network = build_autoencoder(TINY)
    network.save(tmp_path / "plain.keras")
    drawn = network.predict(images, verbose=0)
    path = tmp_path / "network.keras"
    save_network(network, path)
    assert path.stat().st_size < 0.65 * (tmp_path / "plain.keras").stat().st_size
    loaded = load_network(path)
    for ours, theirs in zip(network.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert np.abs(loaded.predict(images, verbose=0) - drawn).max() < 0.5 / 255
