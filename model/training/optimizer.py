"""The optimizer: Muon and AdamW, warm-up and cosine decay, a moving average of the weights."""

import math

import keras
from keras import ops

WARM_UP = 0.03  # share of the steps
LAST_RATE = 0.01  # share of the highest learning rate
WEIGHT_DECAY = 0.1  # share of the learning rate by which weights shrink in a step
AVERAGING = 0.998  # highest momentum of the moving average of the weights
MOMENTUM = 0.95  # momentum of Muon
MATRIX_STEP = 0.2  # root mean square of a step of Muon, in learning rates: as Adam's usually is
QUINTIC = (3.4445, -4.7750, 2.0315)  # coefficients of a Newton-Schulz iteration, by Keller Jordan
ITERATIONS = 5  # Newton-Schulz iterations
LEAST_SIDE = 8  # rows or columns of a matrix below which AdamW moves it


class Muon(keras.optimizers.AdamW):
    """Muon (Jordan et al. 2024) for matrices, AdamW (Loshchilov and Hutter 2017) for the rest.

    Adam treats each weight separately: in a matrix, a few singular directions get nearly all of a
    step. Muon makes the step orthogonal, so that all get the same. Kernels of convolutions count as
    matrices with a column for each output.

    The moving average of the weights forgets the initial weights sooner than Keras' own: after n
    steps its momentum is at most (1 + n) / (10 + n).
    """

    def update_step(self, gradient, variable, learning_rate):
        """Move one variable."""
        shape = (math.prod(variable.shape[:-1]), variable.shape[-1])
        if min(shape) < LEAST_SIDE:
            super().update_step(gradient, variable, learning_rate)
            return
        momentum = self._momentums[self._get_variable_index(variable)]
        gradient = ops.cast(gradient, momentum.dtype)
        self.assign(momentum, MOMENTUM * momentum + gradient)
        step = orthogonal(ops.reshape(MOMENTUM * momentum + gradient, shape))
        step = ops.reshape(step, variable.shape) * (MATRIX_STEP * math.sqrt(max(shape)))
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * step)

    @property
    def ema_momentum(self):
        """The momentum of the moving average at this step."""
        steps = ops.cast(self.iterations, "float32")
        return ops.minimum(self._highest_momentum, (1 + steps) / (10 + steps))

    @ema_momentum.setter
    def ema_momentum(self, momentum: float):
        self._highest_momentum = momentum


def orthogonal(matrix):
    """Bring all singular values of a matrix near 1, between 0.7 and 1.2 or so.

    The iteration runs on the smaller of the matrix's two products with its transpose, and is
    applied to the matrix, float32 `(m, n)`, once, at the end.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    wide = ops.transpose(matrix) if tall else matrix
    wide = wide / (ops.sqrt(ops.sum(ops.square(wide))) + 1e-7)
    product = ops.matmul(wide, ops.transpose(wide))
    identity = ops.eye(wide.shape[0])
    factor = identity
    linear, cubic, quintic = QUINTIC
    for _ in range(ITERATIONS):
        now = ops.matmul(ops.matmul(factor, product), factor)
        change = linear * identity + cubic * now + quintic * ops.matmul(now, now)
        factor = ops.matmul(change, factor)
        factor = 0.5 * (factor + ops.transpose(factor))  # undoes rounding errors
    wide = ops.matmul(factor, wide)
    return ops.transpose(wide) if tall else wide


def build_optimizer(steps: int, learning_rate: float) -> keras.optimizers.Optimizer:
    """Build the optimizer of the autoencoder for a training of so many batches.

    The learning rate rises to the one given over the first 3 % of them, and falls as a cosine.
    """
    warm_up = max(1, round(WARM_UP * steps))
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate * LAST_RATE,
        decay_steps=max(1, steps - warm_up),
        alpha=LAST_RATE,
        warmup_target=learning_rate,
        warmup_steps=warm_up,
    )
    return Muon(rate, weight_decay=WEIGHT_DECAY, clipnorm=1.0, use_ema=True, ema_momentum=AVERAGING)
