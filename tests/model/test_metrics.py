import json

import numpy as np
import pytest
import tensorflow as tf

from data.arrays import evenly_spaced
from model.frame import crop, face_mask
from model.latent import LatentSpace
from model.measuring import metrics as evaluate
from model.measuring.pca import PCABaseline
from model.measuring.ssim import ssim
from model.training.export import Portraits, measure_figures


class LinearEngine:
    """Encodes and decodes with PCA, in place of a network."""

    can_finish = False

    def __init__(self, baseline):
        self.encode, self.decode = baseline.encode, baseline.decode


@pytest.fixture(scope="module")
def portraits():
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:171, :186] / 60
    waves = np.stack([np.cos(x * (k % 10) + y * (k // 10)) for k in range(90)])
    faces = 128 + 14 * np.tensordot(rng.normal(size=(60, 90)), waves, 1) / 3
    return np.clip(faces, 0, 255).astype(np.uint8)[..., None]


@pytest.fixture(scope="module")
def baseline(portraits):
    """Of most of the portraits: fitting one takes as long as all else."""
    return PCABaseline.fit(portraits[:42])


def test_plots_say_which_portraits_were_used(portraits, baseline, monkeypatch, tmp_path):
    engine = LinearEngine(baseline)
    latent = normal_latent(baseline.encode(crop(portraits)))
    monkeypatch.setattr(evaluate, "load_arrays", lambda *folder: (portraits, portraits))
    monkeypatch.setattr(PCABaseline, "cached", lambda *asked: baseline)
    notes, sources = [], []
    for most in (60, 20):
        monkeypatch.setattr(evaluate, "SHOWN", most)
        notes.append(evaluate.Comparison(engine, tmp_path).note)
        sources.append(evaluate.describe_codes(engine, latent)[2])
    assert notes[0] == "mean of all 60 unseen portraits"
    assert notes[1] == "mean of 20 of 60 unseen portraits, evenly spread"
    assert sources[0] == "Codes of all 60 training portraits"
    assert sources[1] == "Codes of 20 of 60 training portraits, evenly spread"


def normal_latent(codes):
    return LatentSpace.fit(codes.astype(np.float32))


def test_figures_tell_identical_images_the_face_and_blur(portraits):
    images = crop(portraits[:4])
    figures = evaluate.average_metrics([evaluate.image_metrics(images, images)])
    assert figures["mse"] == figures["face_mse"] == 0
    assert figures["ssim"] == figures["sharpness"] == pytest.approx(1)
    outside = np.where(face_mask()[..., None], images, 1 - images)
    figures = evaluate.average_metrics([evaluate.image_metrics(images, outside)])
    assert figures["face_mse"] == 0
    assert figures["mse"] == pytest.approx(np.square(images - outside).mean(), rel=1e-5)
    assert figures["mse"] > 0
    blurred = images.copy()
    blurred[:, 1:-1] = (images[:, :-2] + images[:, 1:-1] + images[:, 2:]) / 3
    figures = evaluate.image_metrics(images, blurred)
    assert (figures["sharpness"] < 1).all()
    assert (figures["ssim"] < 1).all()
    assert all(values.shape == (4,) for values in figures.values())


def test_normal_codes_are_called_normal_and_others_not():
    rng = np.random.default_rng(3)
    codes = rng.normal(size=(3000, 80))
    codes[:, 5] = 10 * rng.exponential(size=3000)  # the widest, and so the first slider
    codes[:, 9] *= 0.01
    figures = evaluate.code_metrics(codes, normal_latent(codes))
    assert not figures["alive"][9]
    assert figures["alive"].sum() == 79
    assert figures["raw_skewness"][5] == pytest.approx(2, abs=0.4)
    assert np.abs(np.delete(figures["raw_skewness"], 5)).max() < 0.25
    assert figures["ks_p"][0] < 0.001
    assert (figures["ks_p"][1:-1] > 0.001).all()
    np.testing.assert_allclose(figures["std"], 1, atol=0.02)
    assert figures["mahalanobis2"].mean() == pytest.approx(80, rel=0.02)
    codes = np.random.default_rng(3).normal(size=(500, 80))  # shifted, of the same distribution
    latent = normal_latent(codes)
    shifted = evaluate.code_metrics(codes + 0.5, latent)
    np.testing.assert_allclose(shifted["ks_p"], evaluate.code_metrics(codes, latent)["ks_p"])
    assert np.abs(shifted["mean"]).max() > 0.5


def test_kolmogorov_smirnov_finds_as_many_by_chance_as_it_should():
    rng = np.random.default_rng(4)
    latent = LatentSpace(
        np.zeros(80, np.float32), np.eye(80, dtype=np.float32), np.zeros((1, 80), np.float32)
    )
    p = np.concatenate(
        [evaluate.code_metrics(rng.normal(size=(500, 80)), latent)["ks_p"] for _ in range(10)]
    )
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.025)
    assert np.mean(p < 0.5) == pytest.approx(0.5, abs=0.06)


def test_distances_of_normal_codes_follow_the_chi_squared_distribution():
    rng = np.random.default_rng(5)
    codes = rng.normal(size=(4000, 80))
    near = evaluate.code_summary(codes, normal_latent(codes))
    assert near["mahalanobis_ks"] < 0.05
    heavy = codes * rng.choice([0.5, 1.5], size=(4000, 1))
    far = evaluate.code_summary(heavy, normal_latent(heavy))
    assert far["mahalanobis_ks"] > 0.2
    assert far["mean_abs_excess_kurtosis"] > near["mean_abs_excess_kurtosis"] + 0.5


def test_a_card_of_figures_is_complete_plain_and_the_same_in_blocks(
    portraits, baseline, monkeypatch
):
    engine = LinearEngine(baseline)
    latent = normal_latent(engine.encode(crop(portraits[:42])))
    figures = evaluate.evaluate(engine, latent, portraits[42:], baseline)
    json.dumps(figures)  # nothing of NumPy is left in it
    assert figures["mse"] == figures["pca_mse"]
    assert figures["mse_ratio"] == figures["face_mse_ratio"] == 1
    assert figures["ssim_gain"] == 0
    assert 0 < figures["diversity"] < 3
    assert figures["alive_units"] == 80
    assert "sharp_mse" not in figures
    engine.can_finish, engine.finish = True, lambda codes: engine.decode(codes) + 0.1
    monkeypatch.setattr(evaluate, "BLOCK", 7)
    again = evaluate.evaluate(engine, latent, portraits[42:], baseline)
    for name, value in figures.items():
        assert again[name] == pytest.approx(value, rel=1e-3, abs=1e-6), name
    assert again["sharp_mse"] == pytest.approx(figures["mse"] + 0.01, abs=1e-4)
    assert again["sharp_sharpness"] == pytest.approx(figures["sharpness"], rel=1e-3)
    assert "PCA" in (line := next(evaluate.comparison_lines(again))) and "made sharp" in line


def test_each_part_is_measured_beside_a_pca_that_has_not_seen_it(portraits, tmp_path):
    X_train, X_test = portraits[:20], portraits[20:26]
    X_fit, X_validation = Portraits(tmp_path, X_train, X_test, []).split()
    engine = LinearEngine(PCABaseline.fit(X_fit))
    codes = engine.encode(crop(X_fit))
    latent = LatentSpace(codes.mean(axis=0), np.diag(codes.var(axis=0)), codes)
    parts = measure_figures(engine, latent, Portraits(tmp_path, X_train, X_test, []))
    assert list(parts) == ["training", "validation", "test"]
    assert parts["validation"]["mse"] == parts["validation"]["pca_mse"]  # both fitted on X_fit
    assert parts["test"]["pca_mse"] < parts["test"]["mse"]  # this one had X_train
    assert parts["training"]["mean_mahalanobis2"] == pytest.approx(35, rel=1e-3)  # 36 pictures
    assert parts["training"]["least_raw_deviation"] == pytest.approx(
        codes.std(axis=0).min(), abs=1e-6
    )
    for part, X in (("validation", X_validation), ("test", X_test)):
        codes = evaluate.encode_portraits(engine, X)
        distances, own = map(latent.mahalanobis, (codes, latent.gallery))
        ratio, squares = distances.mean() / own.mean(), np.mean(distances**2) / np.mean(own**2)
        assert parts[part]["mahalanobis_ratio"] == pytest.approx(ratio, rel=1e-3)
        assert parts[part]["mahalanobis2_ratio"] == pytest.approx(squares, rel=1e-3)
    few = Portraits(tmp_path, X_train[:1], X_test[:1], [])
    assert measure_figures(engine, latent, few).keys() == {"training"}


def test_samples_that_are_all_alike_lack_diversity(portraits, baseline):
    engine = LinearEngine(baseline)
    codes = engine.encode(crop(portraits[:42]))
    narrow = codes.mean(axis=0) + (codes - codes.mean(axis=0)) / 10
    narrow = LatentSpace(codes.mean(axis=0), np.cov(narrow.T).astype(np.float32), narrow)
    alike = evaluate.sample_diversity(engine, narrow, portraits)
    assert alike == pytest.approx(0.1, abs=0.05)
    assert evaluate.sample_diversity(engine, normal_latent(codes), portraits) > 0.8


def test_validation_is_the_last_tenth_and_spread_is_even(tmp_path):
    X = np.arange(2060)
    trained, held_back = Portraits(tmp_path, X, X, []).split()
    assert len(held_back) == 206
    np.testing.assert_array_equal(np.concatenate([trained, held_back]), X)
    assert len(evenly_spaced(X, 5000)) == 2060
    few = evenly_spaced(X, 500)
    assert len(np.unique(few)) == 500
    assert (few[0], few[-1]) == (0, 2059)


# Structural similarity


def pictures(seed):
    rng = np.random.default_rng(seed)
    coarse = tf.image.resize(rng.random((3, 10, 11, 1), np.float32), (160, 176), "bicubic")
    return tf.clip_by_value(coarse + rng.normal(0, 0.03, (3, 160, 176, 1)), 0, 1)


def test_similarity_and_its_slope_are_those_of_tensorflow():
    one, other = pictures(0), pictures(1)
    for weight in (0.2, 1.0):
        mixed = (1 - weight) * one + weight * other
        values, slopes = [], []
        for measure in (ssim, lambda a, b: tf.image.ssim(a, b, 1.0)):
            with tf.GradientTape() as tape:
                tape.watch(mixed)
                values.append(measure(one, mixed))
            slopes.append(tape.gradient(values[-1], mixed).numpy())
        np.testing.assert_allclose(*values, atol=1e-4)
        np.testing.assert_allclose(*slopes, atol=2e-3 * np.abs(slopes[1]).max())
