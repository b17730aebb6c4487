"""The trained network, ready for one frame at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from data.errors import UserError
from data.paths import SHIPPED_MODEL
from model.encoding import correct
from model.finisher import decoder_maps
from model.folder import REPAIR, find_model, model_title, read_card
from model.frame import IMAGE_SHAPE
from model.latent import LatentSpace
from model.network_file import load_finisher, load_network, load_sketch_encoder

CHUNK = 32  # most images or codes in one call of the network
NUDGE = 0.1  # step of the finite differences, in standard deviations
NUDGED = 16  # nudged codes decoded at a time
DAMPINGS = (0.1, 1.0, 10.0)  # damping factors, tried in order; unit: mean curvature


class FaceEngine:
    """Encodes and decodes with compiled functions; holds no state of the screens.

    Every call of `model.predict` takes longer than a frame. So each part of the network is compiled
    twice: for a batch of one, which the screens use, and for any batch.

    Args:
        autoencoder: a model with the submodels "encoder" and "decoder", see `build_autoencoder`.
        model_id: hash of its file.
        title: its name on the screens.
        finisher: for its decoder, see `build_finisher`.
        sketch_encoder: turns drawings into codes, see `load_sketch_encoder`, or into portraits
            `(n, 160, 176, 1)`, which are then encoded. None encodes the drawings themselves.
    """

    def __init__(
        self,
        autoencoder: keras.Model,
        model_id: str = "",
        title: str = "model",
        finisher: keras.Model | None = None,
        sketch_encoder: keras.Model | None = None,
    ):
        encoder = autoencoder.get_layer("encoder")
        decoder = autoencoder.get_layer("decoder")
        self.image_shape = IMAGE_SHAPE
        self.latent_dim = int(decoder.input_shape[-1])  # numbers in a code
        self.model_id = model_id
        self.title = title
        self.can_finish = finisher is not None
        image, code = (*IMAGE_SHAPE, 1), (self.latent_dim,)
        self._guess = _Compiled(lambda images: encoder(images, training=False)[0], image)
        self._correct = _Compiled(lambda x, codes: correct(autoencoder, codes, x), image, code)
        self._decode = self._finish = _Compiled(lambda codes: decoder(codes, training=False), code)
        if finisher is not None:
            maps = decoder_maps(decoder)
            self._finish = _Compiled(
                lambda codes: finisher(maps(codes, training=False), training=False), code
            )
        self._read_drawing = None
        if sketch_encoder is not None:
            self._read_drawing = _Compiled(
                lambda seen: sketch_encoder(seen, training=False), (*IMAGE_SHAPE, 2)
            )

    @classmethod
    def load(cls, folder: str | Path | None = None) -> FaceEngine:
        """Load the network of a model folder and warm it up.

        None takes the model in use, see `choose_model`. Without a model, or with a damaged one, a
        `UserError` is raised.
        """
        folder = find_model(folder)
        network = load_network(folder)
        finisher = load_finisher(folder, network.get_layer("decoder"))
        reads = load_sketch_encoder(folder, network) or _shipped_sketch_painter()
        model_id = read_card(folder)["model_id"]
        engine = cls(network, model_id, model_title(folder), finisher, reads)
        gray = np.full((2, *IMAGE_SHAPE, 1), 0.5, np.float32)
        made = [engine.encode(gray[:1])]  # the screens encode one at a time
        for count in (1, 2):  # one and several, which are compiled apart
            codes = engine.encode_sketch(np.repeat(gray[:count], 2, axis=-1))
            made += [codes, engine.decode(codes), engine.finish(codes)]
        if not all(np.isfinite(numbers).all() for numbers in made):
            raise UserError(f"The model in {folder} makes no faces. {REPAIR}")
        return engine

    def encode(self, images: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
        """Squeeze images `(n, 160, 176, 1)` in [0, 1] into codes `(n, latent_dim)`, all float32.

        The encoder's guesses, or the codes in `start`, are corrected, see `model.encoding`. An
        array of another shape raises a ValueError, here and in the other methods.
        """
        return self._correct(images, self.guess(images) if start is None else start)

    def guess(self, images: np.ndarray) -> np.ndarray:
        """Squeeze images into codes as `encode`, but uncorrected: for pictures unlike any face."""
        return self._guess(images)

    def encode_sketch(self, drawings: np.ndarray) -> np.ndarray:
        """Find codes of the faces that drawings mean, see `model.sketch_encoder`.

        A model without a sketch encoder guesses the codes of the portraits that the shipped one
        makes of drawings. Drawings are float32 `(n, 160, 176, 2)` in [0, 1]: the tone of every
        pixel on white paper, and how far it is painted; codes are float32 `(n, latent_dim)`.
        """
        if self._read_drawing is None:
            return self.guess(_checked(drawings, (*IMAGE_SHAPE, 2))[..., :1])
        read = self._read_drawing(drawings)
        return self.guess(read) if read.ndim > 2 else read  # a correction takes 5 times as long

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Turn float32 codes `(n, latent_dim)` into faces `(n, 160, 176, 1)` in [0, 1]."""
        return self._decode(codes)

    def finish(self, codes: np.ndarray) -> np.ndarray:
        """Turn codes into faces as `decode`, sharp by detail that the finisher, if any, invents."""
        return self._finish(codes)

    def refine(
        self,
        code: np.ndarray,
        image: np.ndarray,
        weights: np.ndarray,
        latent: LatentSpace,
        steps: int = 3,
    ) -> Iterator[tuple[np.ndarray, float]]:
        """Search for the code whose face is nearest to a picture.

        A few steps of damped least squares (Levenberg 1944, Marquardt 1963). Each measures how the
        face changes with every whitened coordinate of the code, and goes where the face would be
        nearest to the picture if it changed linearly. The search stays as near to the mean as
        portraits lie, or as the start lies if that is farther, since there are no faces beyond.

        Args:
            code: `(latent_dim,)` to start from.
            image: `(160, 176)` in [0, 1].
            weights: `(160, 176)`, of each pixel's squared error, 0 or more.
            latent: the latent space of this network.
            steps: at most; the search ends once the face comes no nearer.

        Yields:
            The best code so far, `(latent_dim,)`, and the share of the search done, 0 to 1.
        """
        image, weights = (_checked(x[np.newaxis], IMAGE_SHAPE).ravel() for x in (image, weights))

        def decode(values: np.ndarray) -> np.ndarray:
            return self.decode(latent.from_sliders(values)).reshape(len(values), -1)

        found, values, moves = code, latent.to_sliders(code), np.eye(self.latent_dim)
        furthest = max(np.sqrt(self.latent_dim), np.linalg.norm(values))
        face, parts = decode(values[np.newaxis])[0], range(0, self.latent_dim, NUDGED)
        for step in range(steps):
            slopes = []
            for start in parts:
                nudged = decode(values + NUDGE * moves[start : start + NUDGED])
                slopes.append((nudged - face) / NUDGE)
                yield found, (step + start / self.latent_dim) / steps
            jacobian = np.concatenate(slopes)
            weighted = weights * jacobian
            curvature, missing = weighted @ jacobian.T, weighted @ (image - face)
            usual = np.trace(curvature) / self.latent_dim + 1e-9
            error = weights @ np.square(image - face)
            for damping in DAMPINGS:
                damped = curvature + damping * usual * moves
                moved = values + np.linalg.solve(damped, missing)
                moved *= min(1.0, furthest / max(np.linalg.norm(moved), 1e-9))
                there = decode(moved[np.newaxis])[0]
                if weights @ np.square(image - there) < error:
                    break
            else:
                break
            found, values, face = latent.from_sliders(moved), moved, there
        yield found, 1.0


def _shipped_sketch_painter() -> keras.Model | None:
    """Return the shipped model's network from drawings to portraits; None if there is none."""
    try:
        find_model(SHIPPED_MODEL)
        network = load_network(SHIPPED_MODEL)
        reads = load_sketch_encoder(SHIPPED_MODEL, network)
    except UserError:
        return None
    return reads and keras.Model(reads.input, network.get_layer("decoder")(reads.output))


class _Compiled:
    """A function of float32 tensors with rows of these shapes, compiled for one row and for any."""

    def __init__(self, function: Callable[..., tf.Tensor], *rows: tuple[int, ...]):
        self._rows = rows
        one, self._many = (
            tf.function(
                function,
                [tf.TensorSpec((n, *shape), tf.float32) for shape in rows],
                autograph=False,
            )
            for n in (1, None)
        )
        self._one = one.get_concrete_function()

    def __call__(self, *given: np.ndarray) -> np.ndarray:
        """Return what the function makes of arrays, `CHUNK` rows at a time."""
        arrays = [_checked(*each) for each in zip(given, self._rows, strict=True)]
        count = len(arrays[0])
        if not count:
            arrays = [np.zeros((1, *row), np.float32) for row in self._rows]
        function = self._many if count > 1 else self._one
        chunks = [
            function(*(tf.constant(array[i : i + CHUNK]) for array in arrays)).numpy()
            for i in range(0, len(arrays[0]), CHUNK)
        ]
        return np.concatenate(chunks)[:count]


def _checked(array: np.ndarray, row_shape: tuple[int, ...]) -> np.ndarray:
    array = np.asarray(array, np.float32)
    if array.shape[1:] != row_shape or array.ndim != len(row_shape) + 1:
        raise ValueError(f"Expected rows of shape {row_shape}. Received: {array.shape}")
    return array
