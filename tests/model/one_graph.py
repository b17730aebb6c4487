"""Trainings of like settings on one model: tracing its graph takes longer than all else of them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from keras.utils import set_random_seed

from model.training.objective import VariationalAutoencoder
from model.training.settings import Settings


class OneGraph:
    """Stands in for `compiled_model`: gives the model of before, put back to how it was built.

    Args:
        build: the `compiled_model` that builds the first one of a kind.
    """

    def __init__(self, build: Callable):
        self._build = build
        self._built = {}

    def __call__(
        self, settings: Settings, steps: int, weights: list[np.ndarray] | None = None
    ) -> VariationalAutoencoder:
        of_graph = replace(settings, steps=0, patience=0.0, least_epochs=0)  # all but the length
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        kind = (of_graph, steps, weights is None, replicas)
        if kind not in self._built:
            set_random_seed(settings.seed)
            model = self._build(settings, steps, weights)
            self._built[kind] = model, [value.numpy() for value in _variables(model)]
        model, values = self._built[kind]
        for variable, value in zip(_variables(model), values, strict=True):
            variable.assign(value)
        if weights is not None:
            model.set_weights(weights)
        model._eval_epoch_iterator = None  # an interrupted `fit` leaves one behind
        return model

    def share(self, patch: pytest.MonkeyPatch) -> None:
        """Let `learn` train on it, and set no more seeds: TensorFlow optimizes anew after each."""
        patch.setattr("model.training.learn.compiled_model", self)
        patch.setattr("keras.utils.set_random_seed", lambda seed: None)


def _variables(model: VariationalAutoencoder) -> list:
    statistics = model.statistics
    return [
        *model.variables,
        *model.optimizer.variables,
        statistics.mean,
        statistics.covariance,
        statistics.batches,
    ]
