"""The `.keras` file: written small, and read without believing anything that it asks for.

Keras' safe mode keeps pickled code out of a file, and no more: a config of a few bytes may name any
class of Keras, ask for terabytes, or describe a graph over which some versions loop for ever. So
the config in the file is not looked at. The network is built from the widths on the model's card,
whose cost `Architecture` bounds, and takes nothing but plain arrays of numbers from the file.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py  # Keras' own, and what it keeps weights in
import keras
import numpy as np

from data.errors import UserError, tell_failure
from model.finisher import build_finisher
from model.folder import (
    FINISHER_FILE,
    MAX_NETWORK_BYTES,
    NETWORK_FILE,
    REPAIR,
    finisher_id,
    read_card,
)
from model.network import Architecture, build_autoencoder
from model.safe_zip import read_zip

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MAX_ITEMS = 4000  # groups and arrays of weights
MAX_WEIGHT = 1e6
WEIGHT_BITS = 8  # kept of the 24 significant ones, as many as training in bfloat16 looks at


def save_network(network: keras.Model, path: Path) -> None:
    """Write a `.keras` file of half the size: its weights, and the network's, are rounded first.

    On average a pixel changes by a seventh of a grey level.
    """
    network.set_weights([rounded(weight) for weight in network.get_weights()])
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        network.save(folder, zipped=False)
        with zipfile.ZipFile(path, "w") as archive:
            for name in (METADATA, CONFIG, WEIGHTS):
                member = zipfile.ZipInfo(name)  # dated 1980: no zip file takes an earlier clock
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, Path(folder, name).read_bytes(), compresslevel=9)


def rounded(weights: np.ndarray) -> np.ndarray:
    """Round to `WEIGHT_BITS` significant bits, half up in size: float32 in, float32 out."""
    dropped = 24 - WEIGHT_BITS
    bits = np.asarray(weights, np.float32).view(np.uint32) + np.uint32(1 << (dropped - 1))
    return (bits >> np.uint32(dropped) << np.uint32(dropped)).view(np.float32)


def load_network(folder: Path) -> keras.Model:
    """Build the network that a model folder's card describes, with the weights in the folder.

    Raises:
        UserError: if the network is missing, damaged, or another than the card describes.
    """
    path = folder / NETWORK_FILE
    if not path.is_file():
        raise UserError(f"There is no model at {path}. Train one with learn().")
    architecture = Architecture.from_card(read_card(folder))
    return _load(path, lambda: build_autoencoder(architecture))


def load_finisher(folder: Path, decoder: keras.Model) -> keras.Model | None:
    """Build the finisher of a decoder, with the weights in a model folder, if it has some.

    Raises:
        UserError: if the card names a finisher that is damaged, or another decoder's.
    """
    if finisher_id(read_card(folder)) is None:
        return None
    return _load(folder / FINISHER_FILE, lambda: build_finisher(decoder))


def _load(path: Path, build: Callable[[], keras.Model]) -> keras.Model:
    """Build a network, with the weights in a file."""
    try:
        members = read_zip(path, MAX_NETWORK_BYTES)
        if members.keys() != {CONFIG, METADATA, WEIGHTS}:
            raise ValueError("other members than those of a network")
        stored = _count_weights(members[WEIGHTS])
        network = build()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of weights that are missing: they are counted
            _read_weights(network, members[WEIGHTS])
        _check_weights(network.get_weights(), stored)
    except UserError:  # no room to read it
        raise
    except Exception:  # whatever a damaged file makes zip, HDF5 or Keras raise
        raise UserError(
            f"{path} is damaged, or the card beside it describes another network. {REPAIR}"
        ) from None
    return network


def _read_weights(network: keras.Model, data: bytes) -> None:
    """Give a network the weights of an HDF5 file.

    Keras leaps about in it. In a zip file, each leap back would unpack it from the start again,
    which takes longer than all else of loading a model.
    """
    with contextlib.ExitStack() as cleanup:
        then = "free some space, then start again"
        with tell_failure("No temporary file can be written", then):
            path = Path(cleanup.enter_context(tempfile.TemporaryDirectory()), WEIGHTS)
            path.write_bytes(data)
        network.load_weights(path)


def _count_weights(data: bytes) -> int:
    """Count the numbers in plain arrays that are as long as they claim; links are refused."""
    count = items = 0
    with h5py.File(io.BytesIO(data), "r") as file:
        groups = [file]
        while groups:
            group = groups.pop()
            items += len(group)
            if items > MAX_ITEMS:  # as where groups hold one another in a circle
                raise ValueError("too many groups and arrays")
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise ValueError("a link")
                item = group[name]
                if isinstance(item, h5py.Group):
                    groups.append(item)
                else:
                    _check_dataset(item)
                    count += item.size
    return count


def _check_dataset(item: object) -> None:
    if not isinstance(item, h5py.Dataset) or item.is_virtual or item.external or item.chunks:
        raise ValueError("not a plain array")
    if item.dtype.kind not in "iuf" or len(item.attrs):
        raise ValueError("not an array of numbers")
    if item.id.get_storage_size() != item.nbytes:
        raise ValueError("cut off or too long")


def _check_weights(weights: list[np.ndarray], stored: int) -> None:
    """Check that all weights came from the file, and that it holds no others."""
    if stored != sum(weight.size for weight in weights):
        raise ValueError("too few weights or too many")
    for weight in weights:
        if not -MAX_WEIGHT <= weight.min(initial=0) <= weight.max(initial=0) <= MAX_WEIGHT:
            raise ValueError("no usual number")
