"""The training objective: pixel-wise squared error, the codes held to a normal distribution."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from model.encoding import correct_once, encode, face_weights
from model.frame import IMAGE_SHAPE
from model.measuring.ssim import ssim
from model.training.code_statistics import CodeStatistics

EDGE_WEIGHT = 0.5  # of the squared differences between neighbouring errors
NOISE_ENDS = 0.2  # share of a training after which codes carry no noise
WHITENING = (0.2, 0.5)  # shares of a training between which the radius comes to be whitened
CORRECTION_BEGINS = 0.5  # share of a training after which codes are corrected


class VariationalAutoencoder(keras.Model):
    """The autoencoder while it is trained.

    It is a variational autoencoder with a calibrated decoder (sigma-VAE, Rybkin et al. 2021), and
    minimises, of each batch,

        log(E) / 2 + (D + radius_weight * R) / P + ssim_weight * (1 - SSIM)

    E: the squared error of the pixels, those of the face weighing more, and of the differences
        between neighbours, which keeps edges. Half its logarithm is the reconstruction term when
        the decoder's variance is the error itself, so nothing has to be tuned against D.
    D: the Kullback-Leibler divergence of the codes from a standard normal distribution. It makes
        codes that can be drawn at random and joined.
    R: the squared distance of the codes from the sphere of radius sqrt(79.5) around the mean, near
        which nearly all of a normal distribution of 80 dimensions lies. Without it plain portraits
        lie near the middle and striking ones far out, and every coordinate has heavy tails.
    P: how many errors are independent of each other: neighbouring pixels are not.
    SSIM: the structural similarity, which keeps contrast.

    Three things change in the course of a training. Codes carry noise, which makes a young decoder
    smooth, and later hides from the encoder how much better its answer could be: it fades over the
    first fifth. From then on only the means of the codes count, as in a regularised autoencoder
    (Ghosh et al. 2020). R is measured in the codes' own coordinates first, later after whitening,
    as the latent space is made: the covariance of a young network means little. And from the middle
    on, half of each batch is decoded from corrected codes, see `model.encoding`: a young decoder's
    slopes mean little too.

    Args:
        autoencoder: from `build_autoencoder`.
        steps: batches of the whole training.
        young: whether the training starts from random weights; if not, it has no noise, a
            whitened radius and corrected codes all along.
        pixels_per_error: how many pixels share one independent error: P is all pixels over this.
        face_emphasis: see `face_weights`.
        ssim_weight: weight of what the structural similarity lacks of 1, see `ssim`.
        radius_weight: weight of holding the codes to the radius of a normal distribution.
        seed: of the noise on the codes.
        replicas: devices that share a batch; their gradients are added up.
    """

    def __init__(
        self,
        autoencoder: keras.Model,
        steps: int,
        young: bool = True,
        pixels_per_error: float = 10.0,
        face_emphasis: float = 2.0,
        ssim_weight: float = 2.5,
        radius_weight: float = 15.0,
        seed: int = 0,
        replicas: int = 1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.autoencoder = autoencoder
        self.decoder = autoencoder.get_layer("decoder")
        self.steps = steps
        self.young = young
        self.divergence_weight = pixels_per_error / float(np.prod(IMAGE_SHAPE))
        self.ssim_weight = ssim_weight
        self.radius_weight = radius_weight
        self.pixel_weights = face_weights(face_emphasis)
        self.replicas = replicas
        self.statistics = CodeStatistics(self.decoder.input_shape[-1])
        self.noise = keras.random.SeedGenerator(seed)
        self.mse_tracker = keras.metrics.Mean(name="mse")
        self.divergence_tracker = keras.metrics.Mean(name="divergence")

    def progress(self):
        """Return how much of the training is done, 0 to 1."""
        if not self.young:
            return ops.ones(())
        return ops.cast(self.optimizer.iterations, "float32") / self.steps

    def noisiness(self):
        """Return how much noise the codes carry now, 0 to 1."""
        return ops.clip(1 - self.progress() / NOISE_ENDS, 0.0, 1.0)

    def whitened(self):
        """Return how far the radius is measured after whitening now, 0 to 1."""
        begin, end = WHITENING
        return ops.clip((self.progress() - begin) / (end - begin), 0.0, 1.0)

    def call(self, images, training=False):
        """Reconstruct; in training with noise on the codes.

        Args:
            images: `(n, 160, 176, 1)`.
            training: whether to draw codes from their distributions.

        Returns:
            Reconstructions, means and log variances of the codes `(n, d)`.
        """
        mean, log_variance = self.autoencoder.get_layer("encoder")(images, training=training)
        log_variance = ops.clip(log_variance, -12.0, 4.0)
        if not training:
            mean = correct_once(self.autoencoder, mean, images)
            return self.decoder(mean, training=False), mean, log_variance
        guess, late = mean, self.progress() >= CORRECTION_BEGINS
        mean = ops.cond(late, lambda: self.half_corrected(guess, images), lambda: guess)
        noise = keras.random.normal(ops.shape(mean), seed=self.noise)
        codes = mean + self.noisiness() * ops.exp(0.5 * log_variance) * noise
        self.statistics.update(mean, self.noisiness() * ops.exp(log_variance))
        return self.decoder(codes, training=True), mean, log_variance

    def half_corrected(self, guesses, images):
        """Correct half of a batch: from that, the correction learns, from the rest, the encoder.

        One step teaches the matrix; it serves the next as well.
        """
        half = ops.shape(guesses)[0] // 2
        corrected = correct_once(self.autoencoder, guesses[half:], images[half:])
        return ops.concatenate([guesses[:half], corrected])

    def measure_codes(self, batches) -> None:
        """Fill the statistics of the codes, for a training that goes on.

        Args:
            batches: of `(images, images)`, see `validation_batches`.
        """
        compiled = tf.function(lambda images: encode(self.autoencoder, images), autograph=False)
        for images, _ in batches:
            mean = compiled(images)
            self.statistics.update(mean, ops.zeros_like(mean))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Half the logarithm of the weighted squared error, plus the divergence from normal."""
        reconstructions, mean, log_variance = y_pred
        error = reconstructions - y
        across = ops.square(error[:, :, 1:] - error[:, :, :-1])
        down = ops.square(error[:, 1:] - error[:, :-1])
        squared = ops.mean(self.pixel_weights * ops.square(error))
        squared += EDGE_WEIGHT * ops.mean(self.pixel_weights[:, 1:] * across)
        squared += EDGE_WEIGHT * ops.mean(self.pixel_weights[1:] * down)

        # Epochs are compared by what the last of them are trained for, and without the divergence:
        # in codes without noise it only holds the mean and the spread, which whitening takes away.
        noisiness, whitened = (self.noisiness(), self.whitened()) if training else (0.0, 1.0)
        variance = ops.exp(log_variance)
        divergence = ops.square(mean) + noisiness * (variance - log_variance - 1)
        divergence = 0.5 * ops.mean(ops.sum(divergence, axis=1))
        radius = self.statistics.radius(mean, noisiness * variance, whitened)
        off_sphere = ops.mean(ops.square(radius - np.sqrt(mean.shape[1] - 0.5)))

        self.mse_tracker.update_state(ops.mean(ops.square(error)))
        self.divergence_tracker.update_state(divergence)
        nats = self.radius_weight * off_sphere + (divergence if training else 0.0)
        loss = 0.5 * ops.log(squared) + self.divergence_weight * nats
        if self.ssim_weight:
            loss += self.ssim_weight * (1 - ops.mean(ssim(reconstructions, y)))
        return loss / self.replicas
