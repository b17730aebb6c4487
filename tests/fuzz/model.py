"""Damaged and forged files of models: bytes, members of zip files, layers, arrays.

Nothing may be run, no claimed size believed.
"""

import io
import math
import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from model import folder as files
from model.frame import IMAGE_SHAPE
from model.latent import LatentSpace, Readout
from model.measuring.pca import DAMAGED, PCABaseline
from model.network_file import load_finisher, load_network
from model.training.fitting import Training
from tests.fuzz.fuzzing import ODD_VALUES, Fuzzer, damage, odd_json
from tests.model.tiny_model import PLAIN, saved_state, write_tiny_model
from tests.model.zip_forgery import Member, bomb, forge, forge_arrays, pack, unpack

ODD_SIZES = (0, -1, 3, 1000, 2**20, 10**9, 2**63, 10**30, 1e9, math.nan, None, "80", [2**20] * 4)


class ModelFuzzer(Fuzzer):
    """Networks, latent spaces, training states, baselines and cards."""

    kinds = ("network", "finisher", "latent", "state", "baseline", "card")

    def make(self) -> None:
        self.model = write_tiny_model(self.folder / "model", architecture=PLAIN, finisher=True)
        self.decoder = load_network(self.model).get_layer("decoder")
        self.network_members = unpack((self.model / files.NETWORK_FILE).read_bytes())
        latent, step = LatentSpace.load(self.model), np.ones(80, np.float32)
        readouts = {"smile": Readout(step, 0.0)}
        replace(latent, directions={"smile": step}, readouts=readouts).save(self.model)
        self.latent_members = unpack((self.model / files.LATENT_FILE).read_bytes())
        self.finisher_members = unpack((self.model / files.FINISHER_FILE).read_bytes())
        self.bomb = bomb(2 * 2**29)
        portraits = np.random.default_rng(0).integers(0, 256, (3, 171, 186, 1), np.uint8)
        PCABaseline.fit(portraits, components=2).save(self.folder / "baseline.npz")
        self.baseline_members = unpack((self.folder / "baseline.npz").read_bytes())

        self.trained, state = saved_state(self.folder / "state.npz")
        self.state_members = unpack(state.path.read_bytes())

    def network(self, place: Path, rng: random.Random) -> None:
        folder, how = self._copy(place), rng.choice(("file", "file", "file", "card", "config"))
        data = pack(self.network_members)
        if how == "file":
            data = self._odd_network(self.network_members, rng)
        elif how == "config":
            members = self.network_members
            data = _with(members, "config.json", lambda text: odd_json(text, rng, ODD_VALUES))
        else:
            card = odd_json((folder / files.CARD_FILE).read_bytes(), rng, ODD_SIZES)
            (folder / files.CARD_FILE).write_bytes(card)
        (folder / files.NETWORK_FILE).write_bytes(data)
        network = load_network(folder)
        faces = network([np.zeros((1, *IMAGE_SHAPE, 1)), np.zeros((1, 80))])
        assert faces.shape == (1, *IMAGE_SHAPE, 1) and np.isfinite(faces).all()

    def finisher(self, place: Path, rng: random.Random) -> None:
        folder = self._copy(place)
        (folder / files.FINISHER_FILE).write_bytes(self._odd_network(self.finisher_members, rng))
        weights = load_finisher(folder, self.decoder).get_weights()
        assert all(np.isfinite(weight).all() for weight in weights)

    def latent(self, place: Path, rng: random.Random) -> None:
        folder = self._copy(place)
        data = forge_arrays(self.latent_members, rng, self.bomb)
        (folder / files.LATENT_FILE).write_bytes(data)
        latent = LatentSpace.load(folder)
        codes = latent.sample(3, np.random.default_rng(0))
        pulled = latent.make_likely(latent.gallery[0], 0.5)
        assert codes.shape == (3, 80) and pulled.shape == (80,)
        assert np.isfinite(codes).all() and np.isfinite(pulled).all()
        assert all(np.isfinite(readout.read(codes)).all() for readout in latent.readouts.values())
        assert np.isfinite(latent.to_sliders(latent.gallery)).all()
        assert all(name.isprintable() and v.shape == (80,) for name, v in latent.directions.items())

    def state(self, place: Path, rng: random.Random) -> None:
        if rng.random() < 0.4:
            data = _with(self.state_members, "record.npy", lambda data: _odd_record(data, rng))
        else:
            data = forge_arrays(self.state_members, rng, self.bomb)
        state = Training(place / "state.npz", "mine", 4, 3)
        state.path.write_bytes(data)
        former = self.trained.get_weights()
        if not state.restore(self.trained):
            assert all(map(np.array_equal, former, self.trained.get_weights()))
            assert (state.epochs_done, state.history, state.best_weights) == (0, [], None)
            return
        arrays = [*self.trained.get_weights(), *state.best_weights]
        assert all(np.isfinite(array).all() for array in arrays)
        assert 0 <= state.best_epoch <= state.epochs_done <= len(state.history)
        assert all(row["seconds"] >= 0 or row["seconds"] < 0 for row in state.history)

    def baseline(self, place: Path, rng: random.Random) -> None:
        path = place / "baseline.npz"
        path.write_bytes(forge_arrays(self.baseline_members, rng, self.bomb))
        try:
            baseline = PCABaseline.load(path)
        except DAMAGED:
            return
        faces = baseline.reconstruct(np.full((2, *IMAGE_SHAPE, 1), 0.5, np.float32))
        assert faces.shape == (2, *IMAGE_SHAPE, 1) and np.isfinite(faces).all()

    def card(self, place: Path, rng: random.Random) -> None:
        folder = self._copy(place)
        data = (folder / files.CARD_FILE).read_bytes()
        data = odd_json(data, rng) if rng.random() < 0.5 else damage(data, rng)
        (folder / files.CARD_FILE).write_bytes(data)
        assert isinstance(files.read_card(folder)["model_id"], str)
        files.check_folder(folder)

    def _copy(self, place: Path) -> Path:
        return Path(shutil.copytree(self.model, place / "model"))

    def _odd_network(self, members: list[Member], rng: random.Random) -> bytes:
        """Return the file of a network with other bytes, members or weights."""
        how = rng.choice(("bytes", "zip", "weights", "weights"))
        if how == "bytes":
            return damage(pack(members), rng)
        if how == "zip":
            return forge(members, rng, self.bomb)
        return _with(members, "model.weights.h5", lambda data: _odd_weights(data, rng))


def _odd_weights(data: bytes, rng: random.Random) -> bytes:
    """Return a damaged HDF5 file."""
    size = rng.choice((4096, len(data)))  # else arrays take most blows
    return damage(data[:size], rng) + data[size:]


def _odd_record(data: bytes, rng: random.Random) -> bytes:
    """Return the record of a training's state with one value replaced or left out."""
    file = io.BytesIO()
    np.save(file, np.array(odd_json(str(np.load(io.BytesIO(data))).encode(), rng).decode()))
    return file.getvalue()


def _with(members: list[Member], name: str, change) -> bytes:
    """Return a file of these members with one changed, its checksum right."""
    changed = (replace(m, data=change(m.data)) if m.name == name else m for m in members)
    return pack(list(changed))
