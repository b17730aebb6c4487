"""What makes trainings of few steps quick: tracing graphs takes longer than all else of them."""

from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np
import pytest

from model.latent import LatentSpace
from model.training import export
from model.training.objective import VariationalAutoencoder
from model.training.settings import NO_CHANGES, Settings

SET_SEED = keras.utils.set_random_seed  # as it was before `share`


class UntracedEngine:
    """Stands in for `FaceEngine`: without a graph, a correction or a finisher."""

    can_finish = False

    def __init__(self, autoencoder: keras.Model, model_id: str = "", finisher: object = None):
        self._encoder, self._decoder = map(autoencoder.get_layer, ("encoder", "decoder"))
        self.model_id = model_id

    def encode(self, images: np.ndarray) -> np.ndarray:
        return self._encoder(images)[0].numpy()

    def decode(self, codes: np.ndarray) -> np.ndarray:
        return self._decoder(codes).numpy()


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
        others = {"steps": 1, "patience": 0.0, "least_epochs": 0, "augmentation": NO_CHANGES}
        of_graph = replace(settings, **others)  # all but what is no part of it
        kind = (of_graph, steps, weights is None)
        if kind not in self._built:
            SET_SEED(settings.seed)
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
        patch.setattr("model.training.learn.FaceEngine", UntracedEngine)
        patch.setattr("keras.utils.set_random_seed", lambda seed: None)
        patch.setattr("model.encoding.STEPS", 1)  # of the engines that check a model
        patch.setattr("model.measuring.pca.PASSES", 1)  # over the portraits


def measure_nothing(patch: pytest.MonkeyPatch) -> None:
    """Let `learn` measure nothing: it keeps the draft of the latent space, and made-up figures."""
    draft, drafted = export.draft_latent, []

    def draft_and_keep(engine: UntracedEngine, portraits: export.Portraits) -> LatentSpace:
        drafted[:] = [draft(engine, portraits)]
        return drafted[0]

    def measure(
        engine: UntracedEngine, portraits: export.Portraits, step: Callable[[int], None]
    ) -> tuple:
        step(2 * len(portraits.split()[0]))
        return drafted[0], {}

    patch.setattr(export, "draft_latent", draft_and_keep)
    patch.setattr(export, "measure_latent", measure)
    patch.setattr(export, "measure_figures", lambda *_: {"test": {"mse": 0.5}})


def _variables(model: VariationalAutoencoder) -> list:
    statistics = model.statistics
    return [
        *model.variables,
        *model.optimizer.variables,
        statistics.mean,
        statistics.covariance,
        statistics.batches,
    ]
