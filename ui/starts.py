"""Faces to start from: the mean face, random ones by their seeds, training faces in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TEMPERATURE = 0.8  # of random faces: a little nearer to the mean face than portraits are
LARGEST_SEED = 999_999


@dataclass(frozen=True, eq=False)
class Start:
    """A face to start from."""

    code: np.ndarray  # (latent_dim,) float32
    caption: str  # where it comes from


class Starts:
    """Finds faces to start from in a latent space; knows where it is among them."""

    def __init__(self, latent):
        self.latent = latent
        self.temperature = TEMPERATURE  # of random faces: 0 the mean face, 1 as far as portraits
        self._place = -1  # in the gallery of training faces
        self._rng = np.random.default_rng()
        self.seed = self.new_seed()  # of the last random face

    def mean(self) -> Start:
        """Return the mean face."""
        return Start(self.latent.mean, "Mean face")

    def training(self, step: int) -> Start:
        """Return the next (1) or the previous (-1) training face; the first comes after none."""
        gallery = self.latent.gallery
        if self._place < 0 and step < 0:
            self._place = 0
        self._place = (self._place + step) % len(gallery)
        caption = f"Training face {self._place + 1:,} of {len(gallery):,}"
        return Start(gallery[self._place], caption)

    def random(self, seed: int | None = None) -> Start:
        """Return a new random face, or the one of a seed."""
        self.seed = self.new_seed() if seed is None else seed
        return Start(self.sample(self.seed, 1)[0], f"Random face · seed {self.seed}")

    def sample(self, seed: int, n: int) -> np.ndarray:
        """Return codes (n, latent_dim) of random faces by a seed."""
        return self.latent.sample(n, np.random.default_rng(seed), self.temperature)

    def new_seed(self) -> int:
        """Return a seed by chance; `seed` stays."""
        return int(self._rng.integers(1, LARGEST_SEED + 1))
