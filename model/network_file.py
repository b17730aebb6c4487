"""The `.keras` file: written small, and opened only after everything that it asks for was checked.

Whoever can hand over a model can also write its card, so the hash in it proves nothing. Keras' safe
mode keeps pickled code out; the sizes, the classes and the links to other files are checked here.
"""

from __future__ import annotations

import io
import json
import math
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import h5py  # Keras' own, and what it keeps weights in
import keras
import numpy as np

from data.errors import UserError
from model.containers import read_zip
from model.folder import MAX_NETWORK_BYTES, REPAIR
from model.network_config import MAX_ACTIVATIONS, check_config

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MAX_CONFIG_BYTES = 2**18
MAX_ITEMS = 4000  # groups and arrays of weights
MAX_WEIGHT = 1e6
MAX_OPERATIONS = 5 * 10**9  # multiplications for one face
WEIGHT_BITS = 10  # kept of the 24 significant ones, two more than training in bfloat16 looks at


def save_network(network: keras.Model, path: Path) -> None:
    """Write a `.keras` file of half the size: its weights, and the network's, are rounded first.

    What is lost is far below a grey level.
    """
    network.set_weights([rounded(weight) for weight in network.get_weights()])
    network.save(path)
    members = read_zip(path, MAX_NETWORK_BYTES)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def rounded(weights: np.ndarray) -> np.ndarray:
    """Round to `WEIGHT_BITS` significant bits, half up in size: float32 in, float32 out."""
    dropped = 24 - WEIGHT_BITS
    bits = np.asarray(weights, np.float32).view(np.uint32) + np.uint32(1 << (dropped - 1))
    return (bits >> np.uint32(dropped) << np.uint32(dropped)).view(np.float32)


def load_network(path: Path) -> keras.Model:
    """Open a `.keras` file.

    Raises:
        UserError: if it is missing, damaged, unreasonably large or no network of this program.
    """
    if not path.is_file():
        raise UserError(f"There is no model at {path}. Train one with learn().")
    try:
        members = read_zip(path, MAX_NETWORK_BYTES)
        if members.keys() != {CONFIG, METADATA, WEIGHTS} or len(members[CONFIG]) > MAX_CONFIG_BYTES:
            raise ValueError("other members than those of a network")
        check_config(json.loads(members[CONFIG]))
        stored = _count_weights(members[WEIGHTS])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of weights that are missing: they are counted
            network = keras.saving.load_model(path, compile=False, safe_mode=True)
        _check_network(network, stored)
    except Exception:  # whatever a damaged file makes zip, JSON, HDF5 or Keras raise
        raise UserError(f"{path} is damaged or no model of this program. {REPAIR}") from None
    return network


def _count_weights(data: bytes) -> int:
    """Count the numbers in plain arrays that are as long as they claim; links are refused."""
    count = items = 0
    with h5py.File(io.BytesIO(data), "r") as file:
        groups = [file]
        while groups:
            for item in _items(groups.pop()):
                items += 1
                if isinstance(item, h5py.Group):
                    groups.append(item)
                else:
                    _check_dataset(item)
                    count += item.size
                if items > MAX_ITEMS:  # as where groups hold one another in a circle
                    raise ValueError("too many groups and arrays")
    return count


def _items(group: h5py.Group) -> Iterator[h5py.Group | h5py.Dataset]:
    if len(group) > MAX_ITEMS:
        raise ValueError("too many groups and arrays")
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ValueError("a link")
        yield group[name]


def _check_dataset(item: object) -> None:
    if not isinstance(item, h5py.Dataset) or item.is_virtual or item.external or item.chunks:
        raise ValueError("no plain array")
    if item.dtype.kind not in "iuf" or len(item.attrs):
        raise ValueError("no array of numbers")
    if item.id.get_storage_size() != item.nbytes:
        raise ValueError("cut off or too long")


def _check_network(network: keras.Model, stored: int) -> None:
    """Check what the layers make, before any makes it, and the weights, so many in the file."""
    operations = 0
    for layer in _layers(network):
        sizes = layer.output.shape[1:]
        if math.prod(sizes) > MAX_ACTIVATIONS:
            raise ValueError("too large")
        operations += layer.count_params() * math.prod(sizes[:-1])
    if operations > MAX_OPERATIONS:
        raise ValueError("too slow")
    weights = network.get_weights()
    if stored != sum(weight.size for weight in weights):
        raise ValueError("too few weights or too many")
    for weight in weights:
        if not -MAX_WEIGHT <= weight.min(initial=0) <= weight.max(initial=0) <= MAX_WEIGHT:
            raise ValueError("no usual number")


def _layers(network: keras.Model) -> Iterator[keras.Layer]:
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            yield from _layers(layer)
        else:
            yield layer
