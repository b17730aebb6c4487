"""The latent space: where the codes of portraits lie, in pure NumPy."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data.arrays import evenly_spaced
from model.folder import LATENT_FILE, find_model, read_latent_arrays, tell_damage
from model.frame import CELLS, IMAGE_SHAPE
from model.safe_zip import finite

MAX_GALLERY = 2000  # codes
MAX_DIRECTIONS = 64  # directions, and readouts
MAX_NAME = 64  # characters
MAX_NUMBER = 1e4  # largest absolute value of codes and their statistics
CLEAR = (0.85, 1.1)  # distances at which faces are clear, relative to portraits
LIKELY = 0.75  # least distance of likely faces, relative to portraits
TOWARDS = 0.6  # share of the way to the nearest training codes at full realism
CLOSE = 0.015  # excess distance at which a training code counts half, relative to the nearest
CLEAREST = 0.7  # share of the gallery whose faces random and likely ones are made of
PARTNERS = 8  # portraits most like one, with which it is mixed
MOST_ALIKE = 0.6  # share of these pairs, the most alike, of which random faces are made
NO_GLASSES = 0.35  # reading below which a portrait surely has none
GLASSES_GONE = -0.4  # reading of faces without a trace of glasses
READING_RIDGE = 0.1  # ridge by which likely faces keep their readings
CHANCE = 0.3  # noise of a random code, in standard deviations
SMALLEST_SCALE = 1e-6  # least standard deviation of a component


class Previews(NamedTuple):
    """Faces decoded when the model was exported, shown until its network is loaded.

    Attributes:
        codes: `(n, d)` float32, the mean face first, then random ones.
        images: `(n, 160, 176)` uint8, their faces.
    """

    codes: np.ndarray
    images: np.ndarray


class Readout(NamedTuple):
    """Where a code stands on a named attribute.

    `weights @ code + offset` is the reading: 0 for the mean of the training portraits, in standard
    deviations of their readings.

    Attributes:
        weights: `(d,)`.
        offset: added to it.
        middle, scale: `middle + scale * reading` is in the attribute's own unit, such as years.
        error: root mean square error of that on portraits left out of the fit.
    """

    weights: np.ndarray
    offset: float
    middle: float = 0.0
    scale: float = 1.0
    error: float = 0.0

    def read(self, codes: np.ndarray) -> np.ndarray:
        """Return the readings `(...)` of codes `(..., d)`."""
        return np.asarray(codes, np.float64) @ self.weights + self.offset


@dataclass(frozen=True)
class LatentSpace:
    """Statistics of the codes of the training portraits, and coordinates made from them.

    Slider values are whitened principal coordinates: uncorrelated, in standard deviations, largest
    variance first.

    Attributes:
        mean: `(d,)` mean code.
        covariance: `(d, d)` covariance of the codes.
        gallery: `(m, d)` codes of training portraits, at most 2,000, the clearest faces first.
        directions: `{name: (d,)}` steps of one standard deviation of a named attribute.
        readouts: `{name: Readout}` of attributes, whether or not a direction moves them.
        model_id: hash of the network these codes belong to.
        previews: pictures of some faces, or None in older models.
        tones: float32 `(d + 1, 440)`, see `fit_tones`, or None in older models.

    Example:
        latent = LatentSpace.load()
        values = latent.to_sliders(engine.encode(images))
        values[:, 0] += 1
        images = engine.decode(latent.from_sliders(values))
    """

    mean: np.ndarray
    covariance: np.ndarray
    gallery: np.ndarray
    directions: dict[str, np.ndarray] = field(default_factory=dict)
    model_id: str = ""
    previews: Previews | None = None
    readouts: dict[str, Readout] = field(default_factory=dict)
    tones: np.ndarray | None = None

    def __post_init__(self):
        (d,), readouts = self.mean.shape, self.readouts.values()
        vectors = [self.mean, *self.directions.values(), *(readout.weights for readout in readouts)]
        shapes = [(vector, (d,)) for vector in vectors] + [(self.covariance, (d, d))]
        shapes += [(self.gallery, (max(1, len(self.gallery)), d))]
        if self.previews is not None:
            codes, images = self.previews
            shapes += [(codes, (max(1, len(codes)), d))]
            if (images.dtype, images.shape) != (np.uint8, (len(codes), *IMAGE_SHAPE)):
                raise ValueError(f"Expected pictures. Received: {images.dtype} {images.shape}")
        if self.tones is not None:
            shapes += [(self.tones, (d + 1, CELLS))]
        for array, shape in shapes:
            finite(array, shape, MAX_NUMBER)
        for readout in readouts:
            if not (np.isfinite(readout[1:]).all() and readout.scale > 0):
                raise ValueError(f"Expected a scale and finite numbers. Received: {readout[1:]}")
        for names in (self.directions, self.readouts):
            short = all(0 < len(name) <= MAX_NAME and name.isprintable() for name in names)
            if len(names) > MAX_DIRECTIONS or not short:
                raise ValueError(f"Expected a few short printable names. Received: {list(names)}")

    @classmethod
    def fit(
        cls,
        codes: np.ndarray,
        directions: dict[str, np.ndarray] | None = None,
        model_id: str = "",
        gallery: np.ndarray | None = None,
    ) -> LatentSpace:
        """Measure codes.

        Args:
            codes: `(n, d)`, n at least 2, of the training portraits (and their mirror images).
            directions: see the class.
            model_id: hash of the network that made the codes.
            gallery: `(m, d)` codes to keep; None takes `codes`. At most 2,000 are kept, spread
                evenly.

        Raises:
            ValueError: if there are fewer than two codes.
        """
        if codes.ndim != 2 or len(codes) < 2:
            raise ValueError(f"Expected codes of shape (n >= 2, d). Received: {codes.shape}")
        covariance = np.cov(codes, rowvar=False, dtype=np.float64).reshape(codes.shape[1], -1)
        return cls(
            codes.mean(axis=0, dtype=np.float64).astype(np.float32),
            covariance.astype(np.float32),
            evenly_spaced(codes if gallery is None else gallery, MAX_GALLERY).astype(np.float32),
            dict(directions or {}),
            model_id,
        )

    @property
    def latent_dim(self) -> int:
        """Numbers in a code."""
        return len(self.mean)

    @cached_property
    def _eigen(self) -> tuple[np.ndarray, np.ndarray]:
        variances, vectors = np.linalg.eigh(self.covariance.astype(np.float64))
        variances, vectors = variances[::-1], vectors[:, ::-1].T
        largest = np.abs(vectors).argmax(axis=1)
        signs = np.sign(vectors[np.arange(len(vectors)), largest])
        return np.sqrt(np.maximum(variances, SMALLEST_SCALE**2)), vectors * signs[:, np.newaxis]

    @cached_property
    def scales(self) -> np.ndarray:
        """Standard deviation of the codes along each component, `(d,)`, largest first."""
        return self._eigen[0].astype(np.float32)

    @cached_property
    def components(self) -> np.ndarray:
        """Principal components as rows, `(d, d)`, largest variance first."""
        return self._eigen[1].astype(np.float32)

    def to_sliders(self, codes: np.ndarray) -> np.ndarray:
        """Turn codes `(..., d)` into whitened principal coordinates of the same shape, float64."""
        scales, components = self._eigen
        return (np.asarray(codes, np.float64) - self.mean) @ components.T / scales

    def from_sliders(self, values: np.ndarray) -> np.ndarray:
        """Turn whitened principal coordinates `(..., d)` into float32 codes of the same shape."""
        scales, components = self._eigen
        return (np.asarray(values, np.float64) * scales @ components + self.mean).astype(np.float32)

    def sample(self, n: int, rng: np.random.Generator, temperature: float = 1.0) -> np.ndarray:
        """Draw codes of random faces: between two portraits that look alike, with noise added.

        Codes drawn from a normal distribution make less likely faces than portraits' codes. So two
        codes of the gallery are interpolated along the sphere, at random. Mixtures of faces that
        differ much, or are blurred, are ghosts with two hairlines, so the two are clear and look
        alike. Mixed glasses are half a pair, so neither wears any. Added noise makes every code
        possible. All are as far from the mean as such portraits usually are: the farther a code is,
        the more often its face looks broken.

        Args:
            n: how many.
            rng: source of randomness.
            temperature: factor of the deviation from the mean; 0 gives the mean face. Below 1,
                faces vary less and look broken less often (truncation, Karras et al. 2019).

        Returns:
            float32 codes `(n, d)`.
        """
        one, other = self._clear_values[self._pairs[rng.integers(len(self._pairs), size=n)].T]
        angle = rng.uniform(np.pi / 8, 3 * np.pi / 8, (n, 1))  # between the two
        values = np.cos(angle) * one + np.sin(angle) * other
        values += CHANCE * rng.standard_normal(values.shape)
        usual = np.median(_lengths(self._clear_values)[self._pairs])
        codes = self.from_sliders(usual * values / _lengths(values))
        if self._sees_glasses:
            traces = self.readouts["glasses"].read(codes) - GLASSES_GONE
            codes -= np.outer(np.maximum(traces, 0), self.directions["glasses"])
        return self.mean + np.float32(temperature) * (codes - self.mean)

    @property
    def _sees_glasses(self) -> bool:
        return "glasses" in self.directions and "glasses" in self.readouts

    @cached_property
    def _pairs(self) -> np.ndarray:
        """Clear portraits that look alike, without glasses: indices `(k, 2)`."""
        chosen = np.arange(len(self._clear_values))
        if self._sees_glasses:
            readings = self.readouts["glasses"].read(self.gallery[chosen])
            chosen = chosen[readings <= max(NO_GLASSES, np.median(readings))]
        codes = self._clear_values[chosen] * self.scales
        squares = np.square(codes).sum(axis=1)
        distances = squares[:, np.newaxis] + squares - 2 * codes @ codes.T
        others = np.argsort(distances, axis=1)[:, min(1, len(chosen) - 1) :][:, :PARTNERS]
        ones = np.arange(len(chosen)).repeat(others.shape[1])
        order = np.argsort(distances[ones, others.ravel()], kind="stable")
        order = order[: math.ceil(MOST_ALIKE * len(order))]
        return chosen[np.stack([ones, others.ravel()], axis=1)[order]]

    def mahalanobis(self, codes: np.ndarray) -> np.ndarray:
        """Return the distances `(...)` of codes `(..., d)` from the mean, in standard deviations.

        Codes of portraits lie near the square root of d, 8.9 for 80 numbers.
        """
        return np.linalg.norm(self.to_sliders(codes), axis=-1)

    @cached_property
    def _gallery_values(self) -> np.ndarray:
        return self.to_sliders(self.gallery)

    @cached_property
    def _clear_values(self) -> np.ndarray:
        return self._gallery_values[: math.ceil(CLEAREST * len(self.gallery))]

    def readout_rows(self, names: Iterable[str]) -> np.ndarray:
        """Return named readouts as rows of length 1 on slider values, `(k, d)`."""
        weights = [self.readouts[name].weights for name in names]
        scales, components = self._eigen
        rows = np.reshape(weights, (-1, self.latent_dim)) @ components.T * scales
        return rows / _lengths(rows)

    def nearest(self, code: np.ndarray, k: int) -> np.ndarray:
        """Return the indices of the k gallery codes nearest to a code `(d,)`, nearest first."""
        distances = np.linalg.norm(self._gallery_values - self.to_sliders(code), axis=1)
        return np.argsort(distances, kind="stable")[:k]

    def make_likely(self, code: np.ndarray, realism: float) -> np.ndarray:
        """Move a code towards those of clear, likely faces.

        Codes of crude drawings lie far outside those of portraits, where features smear; near the
        mean, faces are blurred. Realism up to 0.5 moves the code to a distance at which faces are
        clear. Beyond that, the code also moves towards the nearest training codes of clear faces,
        weighted by closeness (as in DeepFaceDrawing, Chen et al. 2020), so that real faces fill in
        what a drawing leaves open. Only a few count, since the mean of many is blurred. The
        readouts nearly keep their readings: a drawn smile stays one.

        Args:
            code: `(d,)`.
            realism: from 0, which leaves the code as it is, to 1.

        Returns:
            float32 code `(d,)`.
        """
        values, usual = self.to_sliders(code), np.sqrt(self.latent_dim)
        radius = max(np.linalg.norm(values), SMALLEST_SCALE)
        if realism <= 0 or radius == SMALLEST_SCALE:
            return np.asarray(code, np.float32)
        clear = min(max(radius, CLEAR[0] * usual), CLEAR[1] * usual)
        clear = radius * (clear / radius) ** min(1.0, 2 * realism)
        values = values * (clear / radius)

        portraits = self._clear_values
        distances = np.linalg.norm((portraits - values) * self.scales, axis=1)  # of codes
        near = np.argsort(distances, kind="stable")[:12]
        farther = distances[near] / max(distances[near[0]], SMALLEST_SCALE) - 1
        move = np.average(portraits[near], axis=0, weights=0.5 ** (farther / CLOSE)) - values
        rows = self.readout_rows(self.readouts)
        read = np.linalg.solve(rows @ rows.T + READING_RIDGE * np.eye(len(rows)), rows @ move)
        move -= read @ rows
        values = values + TOWARDS * max(0.0, 2 * realism - 1) * move
        distance = np.linalg.norm(values) / usual
        return self.from_sliders(values * max(1.0, min(LIKELY, clear / usual) / distance))

    def save(self, folder: str | Path) -> None:
        """Write `latent.npz` into a folder."""
        arrays = {
            "mean": self.mean,
            "covariance": self.covariance,
            "gallery": self.gallery,
            "names": np.array(list(self.directions), dtype=f"U{MAX_NAME}"),
            "readout_names": np.array(list(self.readouts), dtype=f"U{MAX_NAME}"),
            "readouts": np.array([np.hstack(r) for r in self.readouts.values()], np.float32),
            "model_id": np.array(self.model_id, dtype="U64"),
        }
        for number, vector in enumerate(self.directions.values()):
            arrays[f"direction_{number}"] = vector.astype(np.float32)
        if self.previews is not None:
            arrays["preview_codes"], arrays["preview_images"] = self.previews
        if self.tones is not None:
            arrays["tones"] = self.tones
        np.savez_compressed(Path(folder) / LATENT_FILE, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, folder: str | Path | None = None) -> LatentSpace:
        """Open the latent space of a model.

        Args:
            folder: a model folder; None takes the model in use, see `choose_model`.

        Raises:
            UserError: if there is none, or it is damaged or of another model.
        """
        folder = find_model(folder)
        arrays = read_latent_arrays(folder)
        with tell_damage(folder / LATENT_FILE):
            names, readout_names = (arrays[key].tolist() for key in ("names", "readout_names"))
            previews = None
            if "preview_codes" in arrays:
                previews = Previews(arrays["preview_codes"], arrays["preview_images"])
            readouts = zip(readout_names, arrays["readouts"], strict=True)
            return cls(
                arrays["mean"],
                arrays["covariance"],
                arrays["gallery"],
                {name: arrays[f"direction_{number}"] for number, name in enumerate(names)},
                str(arrays["model_id"]),
                previews,
                {name: Readout(row[:-4], *row[-4:].tolist()) for name, row in readouts},
                arrays.get("tones"),
            )


def _lengths(values: np.ndarray) -> np.ndarray:
    """Return the length of each row, `(n, 1)`, never 0."""
    return np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-9)
