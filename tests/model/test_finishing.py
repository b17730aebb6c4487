import keras
import numpy as np
import pytest
import tensorflow as tf

from model.finisher import SHARPENER, decoder_maps
from model.network import build_autoencoder
from model.training import finishing
from model.training.finishing import HOLE, RIM, critic_input
from model.training.settings import FinisherSettings
from tests.model.tiny_model import TINY, tiny_finisher

SETTINGS = FinisherSettings(steps=4, steps_per_epoch=2, portraits=2, learning_rate=1e-2)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_a_step_trains_finisher_and_critic_alone_and_can_be_traced(policy, monkeypatch):
    monkeypatch.setattr("model.training.finishing.CRITIC_CHANNELS", (4, 4))
    monkeypatch.setattr("model.finisher.CHANNELS", (4, 4, 4))
    monkeypatch.setattr(finishing, "training_policy", lambda: policy)
    trained = finishing.compiled_finishing(build_autoencoder(TINY, policy), SETTINGS)
    learning = [*trained.finisher.trainable_variables, *trained.critic.weights]
    assert [id(x) for x in trained.trainable_variables] == [id(x) for x in learning]
    images = tf.TensorSpec((2, 160, 176, 1))
    step = tf.function(trained.train_step).get_concrete_function((images, images))
    assert {"loss", "critic", "mse", "sharpness"} == step.structured_outputs.keys()
    assert trained(tf.zeros((1, 160, 176, 1))).dtype == tf.float32


def test_portrait_and_finished_face_are_changed_alike_for_the_critic():
    images, decoded = tf.random.uniform((2, 2, 160, 176, 1))
    seen = critic_input(images, images, decoded).numpy()
    assert seen.shape == (4, 160 - RIM, 176 - RIM, 2)
    np.testing.assert_array_equal(seen[:2], seen[2:])
    assert ((seen == 0).sum(axis=(1, 2, 3)) >= HOLE**2 / 2).all()
    assert not np.array_equal(seen[0], critic_input(images, images, images).numpy()[0])


def test_the_local_mean_is_kept_from_the_critic():
    slope = np.broadcast_to(np.linspace(0, 1, 176, dtype=np.float32)[:, None], (1, 160, 176, 1))
    seen = critic_input(*3 * (tf.constant(slope),)).numpy()
    np.testing.assert_allclose(seen[:, :, 8:-8, 0], 0, atol=1e-4)


def test_the_critics_strides_cut_a_pattern_of_8_pixels_at_every_phase():
    stripes = np.zeros((1, 96, 96, 1), np.float32)
    stripes[:, :, ::8] = 1
    keras.utils.set_random_seed(0)
    phases = {
        int(critic_input(*3 * (tf.constant(stripes),)).numpy()[0, 40, 40:48, 1].argmax())
        for _ in range(60)
    }
    assert len(phases) == 8


def test_detail_that_stays_in_its_place_is_pulled_to_what_portraits_have_in_common(monkeypatch):
    rng = np.random.default_rng(0)
    pattern = rng.normal(0, 0.03, (1, 96, 96, 1))
    common = rng.normal(0, 0.03, (1, 96, 96, 1))
    monkeypatch.setattr(finishing, "NEW_PORTRAITS", 0.05)
    fixed_detail = finishing.FixedDetail()

    def pull(shared):
        own, theirs = rng.normal(0, 0.03, (2, 12, 96, 96, 1))
        finished = tf.constant(own + shared, tf.float32)
        portraits = tf.constant(theirs + common, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(finished)
            energy = fixed_detail(portraits, finished, tf.constant(3), tf.constant(2))
        gradient = tape.gradient(energy, finished).numpy().mean(axis=0)
        return np.corrcoef(gradient.ravel(), (pattern - common).ravel())[0, 1], np.abs(gradient)

    for _ in range(40):
        along, size = pull(pattern)
    assert along > 0.7
    for _ in range(60):
        _, least = pull(common)
    assert least.mean() < 0.4 * size.mean()
    outside = fixed_detail._finished.numpy()[:24]
    assert not outside.any()


def test_the_critic_moves_faster_than_the_finisher():
    slow, quick = keras.Variable(1.0), keras.Variable(1.0)
    optimizer = finishing.TwoRates(1, learning_rate=0.01)
    optimizer.apply([tf.constant(1.0), tf.constant(1.0)], [slow, quick])
    steps = [1 - float(variable.value) for variable in (slow, quick)]
    np.testing.assert_allclose(steps, [0.01, 0.01 * finishing.CRITIC_RATE], rtol=1e-3)


def test_detail_becomes_half_as_strong_as_in_portraits_and_never_much_stronger_than_it_was():
    noise = np.random.default_rng(0).normal(size=(9, 160, 176, 1)).astype(np.float32)

    class Finishing:
        finisher = keras.Sequential(
            [
                keras.Input((160, 176, 1)),
                keras.Sequential([keras.layers.Conv2D(1, 1, name="detail")], name=SHARPENER),
            ]
        )

        def __call__(self, images):
            return self.finisher(images)

    def kept(strength):
        finishing_ = Finishing()
        detail = finishing_.finisher.get_layer(SHARPENER).get_layer("detail")
        detail.set_weights([np.full((1, 1, 1, 1), strength), np.zeros(1)])
        finishing.adjust_gain(finishing_, noise)
        return float(detail.get_weights()[0].item())

    assert kept(0.8) == pytest.approx(finishing.SHARPNESS**0.5, rel=1e-3)
    assert kept(1.0) == pytest.approx(finishing.SHARPNESS**0.5, rel=1e-3)
    assert kept(0.1) == pytest.approx(0.1 * finishing.MAX_GAIN, rel=1e-3)


def test_the_mean_detail_of_faces_is_subtracted():
    decoder = build_autoencoder(TINY).get_layer("decoder")
    finisher, maps = tiny_finisher(decoder), decoder_maps(decoder)
    codes = np.random.default_rng(0).normal(size=(20, TINY.latent_dim)).astype(np.float32)
    detail = finisher.get_layer(SHARPENER).get_layer("detail")
    detail.set_weights([weights / 50 for weights in detail.get_weights()])

    def details() -> np.ndarray:
        logits = [np.log(x / (1 - x)) for x in (finisher(maps(codes)), decoder(codes))]
        return logits[0] - logits[1]

    before = details()
    finishing.subtract_fixed_detail(finisher, maps, codes)
    after = details()
    assert np.abs(before.mean(axis=0)).max() > 0.01
    np.testing.assert_allclose(after, before - before.mean(axis=0), atol=1e-3)


def test_sharpness_is_that_of_most_portraits_not_of_the_hardest():
    soft = tf.random.uniform((2, 32, 32, 1), 0.0, 0.1)
    portraits = tf.concat([soft, tf.random.uniform((1, 32, 32, 1))], axis=0)
    finished = portraits * tf.reshape([1.0, 1.0, 0.5], (3, 1, 1, 1))
    sharpness = float(finishing._sharpness(portraits, finished))
    assert sharpness == pytest.approx(0.25 ** (1 / 3), rel=1e-2)
