"""How the weights move: AdamW, a warm-up, a cosine, and a moving average of the weights."""

import keras
from keras import ops

WARM_UP = 0.03  # of the steps
LAST_RATE = 0.01  # of the highest


class AveragingAdamW(keras.optimizers.AdamW):
    """AdamW (Loshchilov and Hutter 2017) whose moving average forgets its first steps sooner.

    With a momentum of 0.998 the average of the first few hundred steps is mostly what they started
    from. So after n steps the momentum is at most (1 + n) / (10 + n), as in TensorFlow's former
    `ExponentialMovingAverage(num_updates=n)`.
    """

    @property
    def ema_momentum(self):
        """The momentum of the moving average at this step."""
        steps = ops.cast(self.iterations, "float32")
        return ops.minimum(self._highest_momentum, (1 + steps) / (10 + steps))

    @ema_momentum.setter
    def ema_momentum(self, momentum: float):
        self._highest_momentum = momentum


def build_optimizer(
    steps: int, learning_rate: float, weight_decay: float, averaging: float
) -> keras.optimizers.Optimizer:
    """Build the optimizer for a training of so many steps.

    Args:
        steps: batches in all.
        learning_rate: highest; it rises over the first 3 % of the steps and falls as a cosine.
        weight_decay: share of the learning rate by which weights shrink in a step.
        averaging: momentum of the moving average of the weights.
    """
    warm_up = max(1, round(WARM_UP * steps))
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate * LAST_RATE,
        decay_steps=max(1, steps - warm_up),
        alpha=LAST_RATE,
        warmup_target=learning_rate,
        warmup_steps=warm_up,
    )
    return AveragingAdamW(
        rate, weight_decay=weight_decay, clipnorm=1.0, use_ema=True, ema_momentum=averaging
    )
