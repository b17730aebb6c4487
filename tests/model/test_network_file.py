"""What a `.keras` file and the card beside it may claim, and what is refused."""

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from data.errors import UserError
from model import network_file
from model.folder import CARD_FILE, NETWORK_FILE, read_card
from tests.model.tiny_model import write_tiny_model
from tests.model.zip_forgery import pack, unpack


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_tiny_model(tmp_path_factory.mktemp("network") / "model")


@pytest.fixture
def model(written, tmp_path):
    return Path(shutil.copytree(written, tmp_path / "model"))


@pytest.fixture(scope="module")
def members(written):
    return {member.name: member for member in unpack((written / NETWORK_FILE).read_bytes())}


def changed(members, **changes: bytes | None) -> bytes:
    """A network's file with its "weights" or its "config" replaced; None leaves one out."""
    places = {"weights": network_file.WEIGHTS, "config": "config.json"}
    new = {places[name]: data for name, data in changes.items()}
    kept = [replace(m, data=new.get(m.name, m.data)) for m in members.values()]
    return pack([member for member in kept if member.data is not None])


@pytest.fixture
def load(members, model):
    """A function that changes the network's file, see `changed`, and loads it."""

    def load(**changes: bytes | None):
        (model / NETWORK_FILE).write_bytes(changed(members, **changes))
        return network_file.load_network(model)

    return load


def test_the_config_in_a_file_is_not_looked_at(load, members):
    config = json.loads(members["config.json"].data)
    layers = {layer["config"]["name"]: layer["config"] for layer in config["config"]["layers"]}
    encoder = layers["encoder"]
    encoder["layers"][1] |= {"class_name": "Lambda", "config": {"function": "print"}}
    encoder["layers"][2]["config"]["filters"] = 10**9
    inputs = [np.full((1, 160, 176, 1), 0.5, np.float32), np.ones((1, 80), np.float32)]
    for odd in (b"", b"[" * 10_000, json.dumps(config).encode(), None):
        np.testing.assert_array_equal(load(config=odd)(inputs), load()(inputs))


@pytest.mark.parametrize(
    ("change", "said"),
    [({"head_channels": 5}, "damaged"), ({"encoder_channels": [10**9] * 4}, "describes no")],
)
def test_a_card_that_describes_another_network_is_one_sentence(model, change, said):
    card = read_card(model)
    card["settings"]["architecture"] |= change
    (model / CARD_FILE).write_text(json.dumps(card))
    with pytest.raises(UserError, match=said):
        network_file.load_network(model)


HUGE = (10**6, 10**6)  # the shape of an array that would fill the memory


def _put(change):
    """In place of an array, what a function makes of it."""
    return lambda group, name, array, secret: group.update({name: change(array)})


def _virtual(group, name, array, secret):
    layout = h5py.VirtualLayout(array.shape, array.dtype)
    layout[...] = h5py.VirtualSource(secret, "secret", array.shape)
    group.create_virtual_dataset(name, layout)


def _circle(group, name, array, secret):
    group[name] = array
    group["again"] = group


def _crowd(group, name, array, secret):
    group[name] = array
    for number in range(network_file.MAX_ITEMS):
        group.create_group(f"more/{number}")


CHANGES = {  # of an array's group, from which it was removed, its name, its numbers, another file
    "absent": lambda *_: None,
    "external link": lambda group, name, array, secret: group.update(
        {name: h5py.ExternalLink(secret, "/secret")}
    ),
    "soft link": _put(lambda array: h5py.SoftLink("/layers")),
    "borrowed": lambda group, name, array, secret: group.create_dataset(
        name, array.shape, array.dtype, external=[(secret, 0, array.nbytes)]
    ),
    "virtual": _virtual,
    "chunked": lambda group, name, *_: group.create_dataset(name, HUGE, "f4", chunks=(100, 100)),
    "never written": lambda group, name, *_: group.create_dataset(name, HUGE, "f4"),
    "circle": _circle,
    "crowd": _crowd,
    "text": _put(lambda array: "text"),
    "integers": _put(lambda array: array.astype(int)),
    "complex": _put(lambda array: array.astype("c8")),
    "shorter": _put(lambda array: array.ravel()[1:]),
    "not a number": _put(lambda array: np.where(array == array.max(), np.nan, array)),
    "infinite": _put(lambda array: np.where(array == array.max(), np.inf, array)),
    "too large": _put(lambda array: np.where(array == array.max(), 1e7, array)),
}  # fmt: skip


def changed_weights(members, change, secret="") -> bytes:
    """Weights with an array removed, and what a function of `CHANGES` puts in its place."""
    buffer = io.BytesIO(members[network_file.WEIGHTS].data)
    with h5py.File(buffer, "r+") as file:
        group = file[file.visit(lambda name: name if name.endswith("/conv2d/vars") else None)]
        array = group["0"][()]
        del group["0"]
        CHANGES[change](group, "0", array, secret)
    return buffer.getvalue()


@pytest.mark.parametrize("change", CHANGES)
def test_weights_that_are_no_plain_arrays_of_usual_numbers_are_refused(
    load, members, change, tmp_path
):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["secret"] = np.ones((5, 5, 1, 4), np.float32)
    with pytest.raises(UserError, match="damaged"):
        load(weights=changed_weights(members, change, str(secret)))


@pytest.mark.parametrize("name", ["layers/functional/layers", "layers/functional/layers/conv2d"])
def test_weights_that_are_missing_are_refused_and_not_made_up(load, members, name):
    buffer = io.BytesIO(members[network_file.WEIGHTS].data)
    with h5py.File(buffer, "r+") as file:
        del file[name]
    with pytest.raises(UserError, match="damaged"):
        load(weights=buffer.getvalue())


def test_no_room_to_read_a_network_is_not_called_damage(model, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(UserError, match=r"No temporary file can be written .*free some space"):
        network_file.load_network(model)


def test_weights_are_rounded_to_so_many_bits():
    weights = np.random.default_rng(0).normal(size=(100, 80)).astype(np.float32)
    weights[0, :4] = 0, 1, -2, 1 + 2.0**-network_file.WEIGHT_BITS
    short = network_file.rounded(weights)
    assert short.dtype == np.float32 and short.shape == weights.shape
    np.testing.assert_allclose(short, weights, rtol=2.0**-network_file.WEIGHT_BITS, atol=0)
    mantissas = np.frexp(short)[0] * 2**network_file.WEIGHT_BITS
    np.testing.assert_array_equal(mantissas, np.round(mantissas))
    assert short[0, :4].tolist() == [0, 1, -2, 1 + 2 * 2.0**-network_file.WEIGHT_BITS]


def test_a_saved_network_is_small_and_the_one_that_is_loaded(model):
    images = np.random.default_rng(0).random((2, 160, 176, 1), np.float32)
    network = network_file.load_network(model)
    gradients = np.random.default_rng(1).normal(size=(2, 80))
    drawn = network([images, gradients]).numpy()
    path = model / NETWORK_FILE
    plain = path.stat().st_size
    network_file.save_network(network, path)
    assert path.stat().st_size < 0.65 * plain
    loaded = network_file.load_network(model)
    for ours, theirs in zip(network.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert np.abs(loaded([images, gradients]) - drawn).max() < 0.5 / 255
