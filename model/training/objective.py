"""The training objective: pixel-wise squared error, the codes held to a normal distribution."""

import keras
import numpy as np
from keras import ops

from model.frame import FACE_CENTRE, FACE_HALF_AXES, IMAGE_SHAPE
from model.measuring.ssim import ssim
from model.training.code_statistics import CodeStatistics
from model.training.drawings import sketch


def face_weights(emphasis: float) -> np.ndarray:
    """Weight of every pixel in the loss: higher on the face, with a soft rim, 1 on average.

    Args:
        emphasis: how much more a pixel at the centre of the face weighs than one in the
            background, 0 or more.

    Returns:
        float32 array of shape `(160, 176, 1)`.
    """
    y, x = np.mgrid[: IMAGE_SHAPE[0], : IMAGE_SHAPE[1]]
    radius = np.hypot(
        (x - FACE_CENTRE[0]) / FACE_HALF_AXES[0], (y - FACE_CENTRE[1]) / FACE_HALF_AXES[1]
    )
    weights = 1 + emphasis / (1 + np.exp(10 * (radius - 1.1)))
    return (weights / weights.mean()).astype(np.float32)[..., np.newaxis]


class VariationalAutoencoder(keras.Model):
    """The autoencoder while it is trained.

    The objective is that of a variational autoencoder with a calibrated decoder (sigma-VAE, Rybkin
    et al. 2021): the decoder's variance is the error of the batch itself, so the reconstruction
    term is half the logarithm of the squared error and nothing has to be tuned against the
    Kullback-Leibler term. That derivation takes every pixel's error to be independent. Neighbouring
    errors are not, so the Kullback-Leibler term counts `pixels_per_error` times. The squared error
    also counts the error's differences between neighbours, which keeps edges, and beside it stands
    what the structural similarity (SSIM) lacks of 1, which keeps contrast.

    Nearly all of a normal distribution with 80 dimensions lies close to a sphere of radius
    sqrt(79.5), with a deviation of 0.7. The divergence of each portrait's own distribution does not
    see how the radii of all are spread, and plain portraits would lie near the middle, striking
    ones far out, which gives every coordinate heavy tails. So the radius is held to that sphere.
    Late in a training it can be held in whitened coordinates: where the codes of all portraits fill
    the sphere evenly, those of one kind, whitened for themselves, do not lie on one yet.

    Without noise on the codes, only their means are held to the normal distribution and to its
    sphere: a regularised autoencoder (Ghosh et al. 2020). Noise makes a young decoder smooth; later
    it hides from the encoder how much better its answer could be.

    The encoder also dreams, as in the sleep phase of the wake-sleep algorithm (Hinton et al. 1995):
    codes of the batch are mixed, decoded and turned into crude drawings, and the encoder has to
    name the codes. So it learns what to make of a sketch, from faces without end; shown sketches of
    the portraits themselves, it would learn those few by heart.

    Args:
        autoencoder: from `build_autoencoder`.
        pixels_per_error: how many pixels share one independent error.
        face_emphasis: see `face_weights`.
        edge_weight: weight of the squared differences between neighbouring errors.
        ssim_weight: weight of what the structural similarity lacks of 1, see `ssim`.
        dreams: weight of recognising drawings of dreamt faces, 0 for none.
        radius_weight: weight of holding the codes to the radius of a normal distribution.
        whitened_radius: whether that radius is measured after whitening, see `CodeStatistics`.
        noisy_codes: whether the decoder gets codes drawn from their distributions, or the means.
        seed: of the noise on the codes.
        replicas: devices that share a batch; their gradients are added up.
    """

    def __init__(
        self,
        autoencoder: keras.Model,
        pixels_per_error: float = 10.0,
        face_emphasis: float = 2.0,
        edge_weight: float = 0.5,
        ssim_weight: float = 2.5,
        dreams: float = 0.25,
        radius_weight: float = 15.0,
        whitened_radius: bool = False,
        noisy_codes: bool = True,
        seed: int = 0,
        replicas: int = 1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.encoder = autoencoder.get_layer("encoder")
        self.decoder = autoencoder.get_layer("decoder")
        self.divergence_weight = pixels_per_error / float(np.prod(IMAGE_SHAPE))
        self.edge_weight = edge_weight
        self.ssim_weight = ssim_weight
        self.dreams = dreams
        self.radius_weight = radius_weight
        self.whitened_radius = whitened_radius
        self.noisy_codes = noisy_codes
        self.pixel_weights = face_weights(face_emphasis)
        self.replicas = replicas
        self.statistics = CodeStatistics(self.decoder.input_shape[-1])
        self.noise = keras.random.SeedGenerator(seed)
        self.mse_tracker = keras.metrics.Mean(name="mse")
        self.divergence_tracker = keras.metrics.Mean(name="divergence")

    def call(self, images, training=False):
        """Reconstruct; with noise on the codes, and with dreams, only in training.

        Args:
            images: `(n, 160, 176, 1)`.
            training: whether to draw codes from their distributions.

        Returns:
            Reconstructions, means and log variances of the codes `(n, d)`, and how surprised the
            encoder is by the codes of its dreams, `(n // 4,)`, None without dreams.
        """
        mean, log_variance = self._encode(images, training)
        if not training:
            return self.decoder(mean, training=False), mean, log_variance, None
        codes = mean
        if self.noisy_codes:
            codes += ops.exp(0.5 * log_variance) * self._normal(ops.shape(mean))
        if self.whitened_radius:
            self.statistics.update(mean, self._variance(log_variance))
        reconstructions = self.decoder(codes, training=True)
        surprise = self._dream(mean) if self.dreams else None
        return reconstructions, mean, log_variance, surprise

    def _dream(self, mean):
        """Draw faces of mixed codes; return the negative log likelihood of recognising each."""
        n = mean.shape[0] // 4
        share = keras.random.uniform((n, 1), seed=self.noise)
        codes = ops.sqrt(share) * mean[:n] + ops.sqrt(1 - share) * mean[n : 2 * n]
        codes = ops.stop_gradient(codes)  # as normal as the codes that were mixed
        drawn = sketch(ops.stop_gradient(self.decoder(codes, training=True)))
        mean, log_variance = self._encode(drawn, training=True)
        surprise = ops.square(codes - mean) * ops.exp(-log_variance) + log_variance
        off_sphere = self._off_sphere(mean, ops.exp(log_variance))
        return 0.5 * ops.sum(surprise, axis=1) + self.radius_weight * off_sphere

    def _off_sphere(self, mean, variance):
        """Squared distance of each code's radius from that of a normal distribution, `(n,)`."""
        radius = self.statistics.radius(mean, variance)
        return ops.square(radius - np.sqrt(mean.shape[1] - 0.5))

    def _variance(self, log_variance):
        """Variance of the noise on the codes, `(n, d)`."""
        return ops.exp(log_variance) if self.noisy_codes else ops.zeros_like(log_variance)

    def _encode(self, images, training):
        mean, log_variance = self.encoder(images, training=training)
        return mean, ops.clip(log_variance, -12.0, 4.0)

    def _normal(self, shape):
        return keras.random.normal(shape, seed=self.noise)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Half the logarithm of the weighted squared error, plus the divergence from normal."""
        reconstructions, mean, log_variance, surprise = y_pred
        error = reconstructions - y
        squared = ops.mean(self.pixel_weights * ops.square(error))
        if self.edge_weight:
            across = ops.square(error[:, :, 1:] - error[:, :, :-1])
            down = ops.square(error[:, 1:] - error[:, :-1])
            squared += self.edge_weight * (
                ops.mean(self.pixel_weights[:, 1:] * across)
                + ops.mean(self.pixel_weights[1:] * down)
            )
        variance = self._variance(log_variance)
        divergence = ops.square(mean)
        if self.noisy_codes:
            divergence += variance - log_variance - 1
        divergence = 0.5 * ops.mean(ops.sum(divergence, axis=1))
        off_sphere = ops.mean(self._off_sphere(mean, variance))
        self.mse_tracker.update_state(ops.mean(ops.square(error)))
        self.divergence_tracker.update_state(divergence)
        nats = divergence + self.radius_weight * off_sphere
        if surprise is not None:
            nats += self.dreams * ops.mean(surprise)
        loss = 0.5 * ops.log(squared) + self.divergence_weight * nats
        if self.ssim_weight:
            loss += self.ssim_weight * (1 - ops.mean(ssim(reconstructions, y)))
        return loss / self.replicas
