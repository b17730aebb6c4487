"""Running statistics of the codes in a training, and the distance of a code from their mean."""

import keras
from keras import ops

LONGEST_MEMORY = 200  # batches over which the statistics are averaged
FIRST_MEMORY = 10  # batches that the initial standard normal distribution counts for
LEAST_VARIANCE = 1e-3  # variance added to every unit, so that the covariance can be inverted


class CodeStatistics:
    """Running mean and covariance of the codes, and the radius of a code in whitened coordinates.

    They are not saved with the model: a training that is continued measures them again. The spread
    of the codes differs between directions, so a distance from the mean means something only after
    whitening, by which the latent space is fitted too.

    Args:
        latent_dim: length `d` of a code.
    """

    def __init__(self, latent_dim: int):
        self.mean, self.covariance, self.batches = (
            keras.Variable(value, trainable=False, dtype="float32", aggregation="mean", name=name)
            for name, value in (
                ("code_mean", ops.zeros(latent_dim)),
                ("code_covariance", ops.eye(latent_dim)),
                ("code_batches", 0.0),
            )
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

        Args:
            mean: of the codes' distributions, `(n, d)`.
            variance: the same.
            whitened: weight of the running statistics, 0 to 1; the rest is that of a standard
                normal distribution.
        """
        identity = ops.eye(mean.shape[1])
        finite = ops.where(ops.isfinite(self.covariance), self.covariance, 0.0)  # invertible
        covariance = identity + whitened * (finite + (LEAST_VARIANCE - 1) * identity)
        precision = ops.stop_gradient(ops.inv(covariance))
        offsets = mean - whitened * self.mean
        squared = ops.sum(ops.matmul(offsets, precision) * offsets, axis=1)
        squared += ops.matmul(variance, ops.diag(precision))
        return ops.sqrt(squared + 1e-6)  # the root has no gradient at 0
