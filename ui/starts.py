"""Faces to start from: the mean face, random ones by seed, training faces in turn."""

import numpy as np

from model.latent import LatentSpace

TEMPERATURE = 0.55  # distance of random faces from the mean face, relative to portraits
LARGEST_SEED = 999_999

Start = tuple[np.ndarray, str]  # code (latent_dim,) float32 and caption of a face to start from


class Starts:
    """Finds faces to start from in a latent space."""

    def __init__(self, latent: LatentSpace):
        self.latent = latent
        self.temperature = TEMPERATURE  # 0 for the mean face, 1 for the distance of portraits
        self._place = -1  # index of the last training face
        self._rng = np.random.default_rng()
        self.seed = self.new_seed()  # of the last random face

    def mean(self) -> Start:
        """Return the mean face."""
        return self.latent.mean, "Mean face"

    def training(self, step: int) -> Start:
        """Return the next (1) or the previous (-1) training face."""
        gallery = self.latent.gallery
        if self._place < 0 and step < 0:
            self._place = 0
        self._place = (self._place + step) % len(gallery)
        caption = f"Training face {self._place + 1:,} of {len(gallery):,}"
        return gallery[self._place], caption

    def random(self, seed: int | None = None) -> Start:
        """Return a new random face, or the one of a seed."""
        self.seed = self.new_seed() if seed is None else seed
        caption = f"Random face · seed {self.seed}"
        if round(self.temperature, 2) != TEMPERATURE:
            caption += f" · temperature {self.temperature:.2f}"
        return self.sample(self.seed, 1)[0], caption

    def sample(self, seed: int, n: int) -> np.ndarray:
        """Return codes (n, latent_dim) of the random faces of a seed."""
        return self.latent.sample(n, np.random.default_rng(seed), self.temperature)

    def new_seed(self) -> int:
        """Return a random seed, without changing `seed`."""
        return int(self._rng.integers(1, LARGEST_SEED + 1))
