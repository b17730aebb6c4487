"""The training objective: reconstruction errors, and codes held to a normal distribution.

`CodeStatistics` has the running statistics by which codes are held to it.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from model.encoding import correct_once, encode, face_weights
from model.frame import IMAGE_SHAPE
from model.measuring.ssim import ssim
from model.training.settings import Settings

EDGE_WEIGHT = 0.5  # weight of the squared differences between neighbouring errors
NOISE_ENDS = 0.2  # share of a training after which codes carry no noise
WHITENING = (0.2, 0.5)  # shares of a training between which whitening comes in
CORRECTION_BEGINS = 0.5  # share of a training after which codes are corrected
LONGEST_MEMORY = 200  # batches over which the statistics are averaged
FIRST_MEMORY = 10  # batches that the initial standard normal distribution counts for
LEAST_VARIANCE = 1e-3  # variance added to every unit, so that the covariance can be inverted


class VariationalAutoencoder(keras.Model):
    """The autoencoder in training.

    It is a variational autoencoder with a calibrated decoder (sigma-VAE, Rybkin et al. 2021). Its
    loss, for a batch, is

        log(E) / 2 + (D + radius_weight * R) / P + ssim_weight * (1 - SSIM)

    E: the squared error of the pixels, more weight on the face, and of the differences between
        neighbouring pixels, which keeps edges. Half its logarithm is the reconstruction term of a
        decoder whose variance equals the error, so there is no weight to tune against D.
    D: the Kullback-Leibler divergence of the codes from a standard normal distribution. It makes
        random codes and mixtures of codes decode to faces.
    R: the squared distance of the codes from the sphere of radius sqrt(d - 1/2) around the mean,
        near which nearly all of a normal distribution of d dimensions lies. Without it plain
        portraits lie near the mean and unusual ones far out, and every coordinate has heavy tails.
    P: the number of independent errors: neighbouring pixels are not independent.
    SSIM: the structural similarity, which keeps contrast.

    Three things change in the course of a training. Codes carry noise at first, which makes an
    untrained decoder smooth but later hides from the encoder how much better its codes could be: it
    fades over the first fifth. From then on only the means of the codes count, as in a regularised
    autoencoder (Ghosh et al. 2020). R is measured in the coordinates of the codes at first, later
    after whitening, as in the latent space that is fitted in the end: the covariance of early
    codes is not representative. And in the second half, half of each batch is decoded from
    corrected codes, see `model.encoding`: early gradients are not representative either.

    Args:
        autoencoder: from `build_autoencoder`; `ssim_weight` and the weight of the face are those
            of its architecture.
        settings: the other weights of the loss, and the seed of the noise on the codes. P is the
            number of all pixels over `pixels_per_error`.
        steps: batches of the whole training.
        young: whether the training starts from random weights; if not, it has no noise, but
            whitening and corrected codes from the start.
    """

    def __init__(self, autoencoder: keras.Model, settings: Settings, steps: int, young: bool):
        super().__init__()
        self.autoencoder = autoencoder
        # Compiled here, once for all callers: from images to corrected codes.
        self.encode = tf.function(lambda images: encode(autoencoder, images), autograph=False)
        self.decoder = autoencoder.get_layer("decoder")
        self.steps = steps
        self.young = young
        self.divergence_weight = settings.pixels_per_error / float(np.prod(IMAGE_SHAPE))
        self.radius_weight = settings.radius_weight
        self.ssim_weight = autoencoder.architecture.ssim_weight
        self.pixel_weights = face_weights(autoencoder.architecture.face_emphasis)
        self.statistics = CodeStatistics(self.decoder.input_shape[-1])
        self.noise = keras.random.SeedGenerator(settings.seed)
        self.mse_tracker = keras.metrics.Mean(name="mse")
        self.divergence_tracker = keras.metrics.Mean(name="divergence")

    def progress(self):
        """Return how much of the training is done, 0 to 1."""
        if not self.young:
            return ops.ones(())
        return ops.cast(self.optimizer.iterations, "float32") / self.steps

    def noisiness(self):
        """Return the current strength of the noise on the codes, 0 to 1."""
        return ops.clip(1 - self.progress() / NOISE_ENDS, 0.0, 1.0)

    def whitened(self):
        """Return how far the radius is currently measured after whitening, 0 to 1."""
        begin, end = WHITENING
        return ops.clip((self.progress() - begin) / (end - begin), 0.0, 1.0)

    def call(self, images, training=False):
        """Reconstruct images `(n, 160, 176, 1)`.

        In training, codes have noise, or half of them are corrected; else all are corrected once.

        Returns:
            Reconstructions `(n, 160, 176, 1)`, means and log variances of the codes `(n, d)`.
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
        """Correct the second half of a batch: it trains the correction, the first the encoder."""
        half = ops.shape(guesses)[0] // 2
        corrected = correct_once(self.autoencoder, guesses[half:], images[half:])
        return ops.concatenate([guesses[:half], corrected])

    def measure_codes(self, batches) -> None:
        """Fill the statistics of the codes from `validation_batches`, to continue a training."""
        for images, _ in batches:
            mean = self.encode(images)
            self.statistics.update(mean, ops.zeros_like(mean))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the loss, see the class; the arguments are those of Keras."""
        reconstructions, mean, log_variance = y_pred
        error = reconstructions - y
        across = ops.square(error[:, :, 1:] - error[:, :, :-1])
        down = ops.square(error[:, 1:] - error[:, :-1])
        squared = ops.mean(self.pixel_weights * ops.square(error))
        squared += EDGE_WEIGHT * ops.mean(self.pixel_weights[:, 1:] * across)
        squared += EDGE_WEIGHT * ops.mean(self.pixel_weights[1:] * down)

        # Validation compares epochs by the loss at the end of a training, and without the
        # divergence: for codes without noise it only fixes mean and spread, which whitening undoes.
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
        return loss / tf.distribute.get_strategy().num_replicas_in_sync  # gradients are added up


class CodeStatistics:
    """Running mean and covariance of the codes, and the radius of a code in whitened coordinates.

    They are not saved with the model: a training that is continued measures them again. The spread
    of the codes differs between directions, so a distance from the mean means something only after
    whitening, by which the latent space is fitted too.
    """

    def __init__(self, latent_dim: int):
        self.mean, self.covariance, self.batches = (
            keras.Variable(value, trainable=False, dtype="float32", aggregation="mean")
            for value in (ops.zeros(latent_dim), ops.eye(latent_dim), 0.0)
        )

    def update(self, mean, variance) -> None:
        """Add a batch: means and variances of the codes' distributions, both `(n, d)`."""
        share = ops.maximum(1 / LONGEST_MEMORY, 1 / (FIRST_MEMORY + self.batches))
        offsets = ops.stop_gradient(mean) - self.mean
        covariance = ops.matmul(ops.transpose(offsets), offsets) / offsets.shape[0]
        covariance += ops.diag(ops.mean(ops.stop_gradient(variance), axis=0))
        self.covariance.assign(self.covariance + share * (covariance - self.covariance))
        self.mean.assign(self.mean + share * ops.mean(offsets, axis=0))
        self.batches.assign(self.batches + 1.0)

    def radius(self, mean, variance, whitened=1.0):
        """Return the root of each code's expected squared Mahalanobis distance, `(n,)`.

        The codes' distributions have means and variances `(n, d)`. `whitened`, 0 to 1, is the
        weight of the running statistics; the rest is that of a standard normal distribution.
        """
        identity = ops.eye(mean.shape[1])
        finite = ops.where(ops.isfinite(self.covariance), self.covariance, 0.0)  # invertible
        covariance = identity + whitened * (finite + (LEAST_VARIANCE - 1) * identity)
        precision = ops.stop_gradient(ops.inv(covariance))
        offsets = mean - whitened * self.mean
        squared = ops.sum(ops.matmul(offsets, precision) * offsets, axis=1)
        squared += ops.matmul(variance, ops.diag(precision))
        return ops.sqrt(squared + 1e-6)  # the root has no gradient at 0
