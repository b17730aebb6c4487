from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from data.errors import UserError
from data.paths import SHIPPED_MODEL
from model.folder import LATENT_FILE
from model.frame import CELLS
from model.latent import CLEAREST, GLASSES_GONE, LatentSpace, Readout
from model.training.export import _fit_latent, make_previews
from tests.model.tiny_model import write_tiny_model


@pytest.fixture(scope="module")
def codes():
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(80, 80)) * np.linspace(2, 0.1, 80)[:, np.newaxis]
    return (rng.normal(size=(3000, 80)) @ mixing + rng.normal(size=80)).astype(np.float32)


@pytest.fixture(scope="module")
def latent(codes):
    return LatentSpace.fit(codes, {"smile": np.ones(80, np.float32)})


def test_sliders_are_independent_of_deviation_one_fall_in_variance_and_go_back(latent, codes):
    values = latent.to_sliders(codes)
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(np.cov(values, rowvar=False), np.eye(80), atol=2e-2)
    assert np.all(np.diff(latent.scales) <= 0)
    np.testing.assert_allclose(latent.components @ latent.components.T, np.eye(80), atol=1e-5)
    back = latent.from_sliders(values)
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, codes, atol=1e-4)
    np.testing.assert_allclose(latent.from_sliders(np.zeros(80)), latent.mean)


def test_samples_follow_the_codes_and_the_temperature(latent, codes):
    samples = latent.sample(4000, np.random.default_rng(1))
    scale = codes.std(axis=0).mean()
    np.testing.assert_allclose(samples.mean(axis=0), codes.mean(axis=0), atol=0.15 * scale)
    assert samples.std(axis=0).mean() == pytest.approx(scale, rel=0.08)
    cold = latent.sample(100, np.random.default_rng(1), temperature=0.5)
    warm = latent.sample(100, np.random.default_rng(1))
    np.testing.assert_allclose(cold - latent.mean, (warm - latent.mean) / 2, atol=1e-5)
    same = latent.sample(3, np.random.default_rng(7))
    np.testing.assert_array_equal(same, latent.sample(3, np.random.default_rng(7)))


def test_samples_are_made_between_clear_faces():
    gallery = np.random.default_rng(0).normal(size=(1000, 80)).astype(np.float32)
    side = np.where(np.arange(1000) < 1000 * CLEAREST, -1, 1)
    gallery[:, 0] = side * np.abs(gallery[:, 0])
    samples = LatentSpace.fit(gallery).sample(500, np.random.default_rng(1))
    assert (samples[:, 0] < 0.3).mean() > 0.95
    assert (gallery[:, 0] < 0.3).mean() < 0.8


def test_samples_are_made_between_faces_that_look_alike():
    rng = np.random.default_rng(0)
    centres = 10 * rng.normal(size=(20, 80))
    gallery = np.repeat(centres, 30, axis=0) + rng.normal(size=(600, 80))
    latent = LatentSpace.fit(gallery)
    directions = latent.sample(200, rng) - latent.mean
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    centres = centres - latent.mean
    nearest = (directions @ (centres / np.linalg.norm(centres, axis=1, keepdims=True)).T).max(
        axis=1
    )
    assert np.median(nearest) > 0.9  # between two of different centers: 0.7


def test_samples_wear_no_glasses(codes):
    glasses = Readout(np.eye(80)[0] / codes[:, 0].std(), -codes[:, 0].mean() / codes[:, 0].std())
    step = np.eye(80, dtype=np.float32)[0] * codes[:, 0].std()
    latent = replace(LatentSpace.fit(codes, {"glasses": step}), readouts={"glasses": glasses})
    read = glasses.read(latent.sample(300, np.random.default_rng(0)))
    assert glasses.read(codes).max() > 2 and read.max() < GLASSES_GONE + 1e-3
    for place in (glasses.read(codes).argmin(), glasses.read(codes).argmax()):
        alone = replace(latent, gallery=codes[place : place + 1])
        assert np.isfinite(alone.sample(3, np.random.default_rng(0))).all()
    assert len(replace(latent, readouts={}).sample(3, np.random.default_rng(0))) == 3


def test_samples_lie_as_far_out_as_portraits_and_reach_beyond_their_blends(latent):
    far = latent.mahalanobis(latent.sample(500, np.random.default_rng(2)))
    of_portraits = latent.mahalanobis(latent.gallery)
    assert far.mean() == pytest.approx(of_portraits.mean(), rel=0.06)
    assert far.max() == pytest.approx(far.min(), rel=1e-4)
    few = LatentSpace.fit(latent.gallery[:200], gallery=latent.gallery[:2])
    values = few.to_sliders(few.sample(300, np.random.default_rng(3)))
    assert np.linalg.matrix_rank(values, tol=1e-3) == 80  # two portraits alone span 2


def test_gallery_is_bounded_and_nearest_finds_a_code_itself(latent, codes):
    assert len(latent.gallery) == 2000
    assert latent.nearest(latent.gallery[123], 3)[0] == 123
    distances = latent.mahalanobis(latent.gallery[latent.nearest(latent.mean, 5)])
    assert np.all(np.diff(distances) >= 0)


@pytest.mark.parametrize("times", [3, 0.3])
def test_realism_brings_codes_to_where_faces_are_clear_and_leaves_them_different(latent, times):
    one, other = latent.from_sliders(times * np.random.default_rng(0).normal(size=(2, 80)))
    np.testing.assert_array_equal(latent.make_likely(one, 0), one)
    likely = [latent.make_likely(one, realism) for realism in (0, 0.25, 0.5, 0.75, 1)]
    distances = latent.mahalanobis(np.stack(likely)) / np.sqrt(80)
    clear = 1.1 if times > 1 else 0.85
    assert abs(distances[0] - clear) > abs(distances[1] - clear) > 0.01
    assert distances[2] == pytest.approx(clear, rel=1e-3)
    assert ((distances[3:] > 0.75 - 1e-6) & (distances[3:] < distances[2])).all()
    nearest = [latent.mahalanobis(latent.mean + code - latent.gallery).min() for code in likely]
    assert nearest[2] > nearest[3] > nearest[4]
    assert not np.allclose(likely[4], latent.make_likely(other, 1), atol=0.05)
    np.testing.assert_array_equal(latent.make_likely(latent.mean, 1), latent.mean)


def test_likely_faces_read_as_what_was_drawn(latent):
    readouts = {str(number): Readout(row, 0.0) for number, row in enumerate(np.eye(80)[:10])}
    moved = {}
    for reads in (latent, replace(latent, readouts=readouts)):
        code = latent.from_sliders(np.random.default_rng(5).normal(size=80))
        change = reads.make_likely(code, 1) - reads.make_likely(code, 0.5)
        moved[bool(reads.readouts)] = np.abs(change[:10]).mean(), np.abs(change[10:]).mean()
    assert moved[True][0] < 0.5 * moved[False][0]
    assert moved[True][1] > 0.8 * moved[False][1]


def test_likely_faces_are_made_of_clear_ones(codes):
    code = codes[0] + 0.01
    for place, near in ((0, True), (-1, False)):
        gallery = codes[1:].copy()
        gallery[place] = code + 0.01  # the first ones are the clearest
        latent = LatentSpace.fit(codes, gallery=gallery)
        change = latent.make_likely(code, 1) - latent.make_likely(code, 0.5)
        assert (np.linalg.norm(change) < 0.3) == near


@pytest.fixture
def saved(tmp_path):
    """A model's folder, and the latent space in it, with all that one can have."""
    folder, rng = write_tiny_model(tmp_path / "model"), np.random.default_rng(5)
    older = LatentSpace.load(folder)
    assert older.previews is older.tones is None
    directions = {"F to M": rng.normal(size=80), "Jahr": np.ones(80)}
    latent = LatentSpace.fit(rng.normal(size=(50, 80)), directions, older.model_id)
    year = Readout(np.full(80, 0.5, np.float32), -1.0, 1970.0, 9.0, 4.0)
    engine = SimpleNamespace(decode=lambda codes: rng.random((len(codes), 160, 176, 1)))
    tones, previews = rng.random((81, CELLS), np.float32), make_previews(engine, latent)
    latent = replace(latent, readouts={"year": year}, tones=tones, previews=previews)
    latent.save(folder)
    return folder, latent


def test_save_and_load_bit_for_bit(saved):
    folder, latent = saved
    loaded = LatentSpace.load(folder)
    for name in ("mean", "covariance", "gallery", "tones"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(latent, name))
    assert list(loaded.directions) == ["F to M", "Jahr"]
    assert loaded.directions["F to M"].dtype == np.float32
    year, former = loaded.readouts["year"], latent.readouts["year"]
    np.testing.assert_array_equal(year.weights, former.weights)
    assert year[1:] == former[1:]
    np.testing.assert_array_equal(year.read(np.ones((2, 80))), [39, 39])
    assert len(loaded.previews.codes) == 13
    np.testing.assert_array_equal(loaded.previews.codes, latent.previews.codes)
    np.testing.assert_array_equal(loaded.previews.codes[0], loaded.mean)
    np.testing.assert_array_equal(loaded.previews.images, latent.previews.images)


def test_files_of_another_model_damage_pickles_and_wrong_shapes_are_refused(saved):
    folder, _ = saved
    good = dict(np.load(folder / LATENT_FILE))
    whole = (folder / LATENT_FILE).read_bytes()
    for damaged in (b"", whole[:1000], whole[:-100], b"not a zip" * 100):
        (folder / LATENT_FILE).write_bytes(damaged)
        with pytest.raises(UserError, match="damaged"):
            LatentSpace.load(folder)
    no_previews = {"preview_codes": np.zeros((0, 80)), "preview_images": good["preview_images"][:0]}
    for change in (
        {"model_id": np.array("b" * 64)},
        {"mean": np.array([{"a": 1}] * 80, dtype=object)},
        {"mean": np.zeros((80, 1), np.float32)},
        {"mean": np.full(80, 1e9, np.float32)},
        {"names": np.array(["a\nb", "Jahr"])},
        {"names": np.array(["x" * 65, "Jahr"])},
        {"gallery": np.full((3, 80), np.nan, np.float32)},
        {"covariance": np.zeros((80, 79), np.float32)},
        {"readouts": np.zeros((1, 83), np.float32)},
        {"readouts": np.full((1, 84), np.nan, np.float32)},
        {"readouts": np.float32([[1] * 82 + [0, 1]])},  # a scale of 0
        {"readout_names": np.array(["one", "too many"])},
        {"tones": np.zeros((80, CELLS), np.float32)},
        {"preview_images": good["preview_images"][1:]},
        {"preview_images": good["preview_images"].astype(np.float32)},
        {"preview_codes": np.full((13, 80), np.nan)},
        {"preview_codes": np.float32(1)},
        no_previews,
    ):
        np.savez(folder / LATENT_FILE, **good | change)
        with pytest.raises(UserError, match="damaged"):
            LatentSpace.load(folder)
    np.savez(folder / LATENT_FILE, **good)
    LatentSpace.load(folder)
    with pytest.raises(ValueError, match="Received"):
        LatentSpace.fit(np.zeros((1, 80)))


def test_the_shipped_mean_face_reads_0_on_every_named_slider():
    latent = LatentSpace.load(SHIPPED_MODEL)
    assert latent.directions.keys() <= latent.readouts.keys()
    assert all(abs(readout.read(latent.mean)) < 1e-3 for readout in latent.readouts.values())


def test_the_clearest_faces_come_first_in_the_gallery(codes):

    class Stripes:
        model_id = ""

        def decode(self, codes):
            stripes = np.tile([0.0, 1.0], 88).astype(np.float32)
            strength = 0.05 * np.abs(codes[:, 0])[:, None, None, None]
            return strength * np.broadcast_to(stripes[:, None], (len(codes), 160, 176, 1))

    gallery = _fit_latent(Stripes(), codes, codes).gallery
    assert len(gallery) == 2000
    assert (np.diff(np.abs(gallery[:, 0])) <= 0).mean() > 0.99
