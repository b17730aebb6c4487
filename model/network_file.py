"""The `.keras` file: written small, and read without trusting anything in it.

Keras' safe mode keeps out pickled code, but nothing else: a config may name any class, ask for
terabytes, or describe an endless graph, and weights may link to other files. So the config in the
file is ignored: the network is built from the widths on the model's card, whose cost `Architecture`
bounds, and gets the plain arrays in the file.
"""

import io
import tempfile
import zipfile
from pathlib import Path

import h5py  # Keras' own, and what it keeps weights in
import keras
import numpy as np

from data.errors import tell_failure
from model import folder as files
from model.architecture import Architecture
from model.finisher import FINISHER_VERSION, build_finisher
from model.network import build_autoencoder
from model.safe_zip import finite, read_zip
from model.sketch_encoder import SKETCH_ENCODER_VERSION, build_sketch_encoder, with_guesses

WEIGHTS = "model.weights.h5"
MAX_ITEMS = 4000  # groups and arrays of weights
MAX_WEIGHT = 1e6
WEIGHT_BITS = 8  # significant bits kept, of 24: as many as bfloat16 has


def save_network(network: keras.Model, path: Path) -> str:
    """Write a `.keras` file of half the size, and return its hash.

    Its weights, and the network's, are rounded first; a pixel changes by a seventh of a gray level
    on average.
    """
    network.set_weights([rounded(weight) for weight in network.get_weights()])
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole = Path(folder, files.NETWORK_FILE)
        network.save(whole)  # with HDF5 in memory: on a disk that is full, it can crash
        with (
            zipfile.ZipFile(whole) as stored,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        ):
            for name in stored.namelist():
                archive.writestr(name, stored.read(name))
    return files.file_hash(path)


def rounded(weights: np.ndarray) -> np.ndarray:
    """Round to `WEIGHT_BITS` significant bits, half up in size: float32 in, float32 out."""
    dropped = 24 - WEIGHT_BITS
    bits = np.asarray(weights, np.float32).view(np.uint32) + np.uint32(1 << (dropped - 1))
    return (bits >> np.uint32(dropped) << np.uint32(dropped)).view(np.float32)


def load_network(folder: Path) -> keras.Model:
    """Build the network that a model folder's card describes, with the weights in the folder.

    A network that is missing, damaged, or another than the card describes raises a `UserError`.
    """
    network = build_autoencoder(Architecture.from_card(files.read_card(folder)))
    _load_weights(network, folder / files.NETWORK_FILE)
    return network


def load_finisher(folder: Path, decoder: keras.Model) -> keras.Model | None:
    """Build a model folder's finisher, if it has one of this version; errors as `load_network`."""
    if not _has_part(files.read_card(folder), "finisher", FINISHER_VERSION):
        return None
    finisher = build_finisher(decoder)
    _load_weights(finisher, folder / files.FINISHER_FILE)
    return finisher


def load_sketch_encoder(folder: Path, autoencoder: keras.Model) -> keras.Model | None:
    """Build a model folder's sketch encoder, as `load_finisher`; it takes drawings to codes."""
    card = files.read_card(folder)
    if not _has_part(card, "sketch_encoder", SKETCH_ENCODER_VERSION):
        return None
    network = build_sketch_encoder(Architecture.from_card(card))
    _load_weights(network, folder / files.SKETCH_ENCODER_FILE)
    return with_guesses(network, autoencoder.get_layer("encoder"))


def _has_part(card: dict, name: str, version: int) -> bool:
    """Return whether a card names the hash of a part, and this version of it."""
    part = card.get(name, {})
    return part.get("id") is not None and part.get("version") == version


def _load_weights(network: keras.Model, path: Path) -> None:
    """Give a network the weights in a `.keras` file: all of them, and no others.

    Keras reads an unpacked copy: it reads out of order, and in a zip file every jump back would
    unpack the weights from the start again.
    """
    with files.tell_damage(path):
        weights = read_zip(path, files.MAX_NETWORK_BYTES)[WEIGHTS]
        if _count_plain(weights) != network.count_params():
            raise ValueError("too few weights or too many")
        then = "free some space, then start again"
        with (
            tell_failure("No temporary file can be written", then),
            tempfile.TemporaryDirectory() as temporary,
        ):
            Path(temporary, WEIGHTS).write_bytes(weights)
            network.load_weights(Path(temporary, WEIGHTS))


def _count_plain(weights: bytes) -> int:
    """Return how many numbers an HDF5 file holds; refuse whatever leads out of it, and NaN."""
    with h5py.File(io.BytesIO(weights), "r") as file:
        names: list[str] = []  # of groups and arrays, each once
        links: list[str] = []  # to them and out of the file
        file.visit(names.append)
        file.visit_links(links.append)
        if len(links) > len(names) or len(names) > MAX_ITEMS:
            raise ValueError("links, or too many groups and arrays")
        arrays = [item for name in names if isinstance(item := file[name], h5py.Dataset)]
        if any(array.is_virtual or array.external for array in arrays):
            raise ValueError("arrays that are not in the file")
        if sum(array.nbytes for array in arrays) > len(weights):
            raise ValueError("arrays that were never written")
        return sum(finite(array[()], array.shape, MAX_WEIGHT).size for array in arrays)
