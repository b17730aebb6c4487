import numpy as np
import pytest

from data import Portrait
from model.folder import LATENT_FILE
from model.latent import LatentSpace
from model.training.directions import Target, fit_directions, label_targets, shipped_targets
from tests.model.tiny_model import write_tiny_model

ROWS, COLUMNS = np.mgrid[80:130:5, 75:115:5].reshape(2, 80)  # a pixel of the face for each number


class Pegboard:
    """An engine that draws each number of a code as one pixel, and reads it again.

    Args:
        blind: numbers that it does not draw.
    """

    def __init__(self, blind=()):
        self.drawn = ~np.isin(np.arange(80), blind)

    def decode(self, codes):
        images = np.full((len(codes), 160, 176, 1), 0.5, np.float32)
        images[:, ROWS, COLUMNS, 0] += 0.02 * codes * self.drawn
        return images

    def encode(self, images):
        return 50 * (images[:, ROWS, COLUMNS, 0] - 0.5)


def fitted(codes, portraits, mirrored=None, engine=None):
    """Directions to these labels."""
    latent = LatentSpace.fit(codes if mirrored is None else np.concatenate([codes, mirrored]))
    asked = label_targets(portraits)
    latent, effects = fit_directions(engine or Pegboard(), latent, codes, asked, mirrored)
    assert list(effects) == list(latent.directions)
    return latent.directions


def labelled(n, seed=0):
    """Codes in which unit 0 tells M from F, unit 1 the year, unit 2 the source."""
    rng = np.random.default_rng(seed)
    codes = rng.normal(size=(n, 80)).astype(np.float32)
    portraits = []
    for i in range(n):
        published = i % 3 == 0
        is_m = published or rng.random() < 0.5
        year = int(rng.integers(1950, 2000))
        codes[i, 0] += 2 * is_m
        codes[i, 1] += (year - 1975) / 15
        codes[i, 2] += 4 * published
        place = "Ohio_Akron_High" if published else "Unknown_Unknown_archive-org"
        dated = i % 2 == 0
        name = f"{year if dated else 'undated'}_{place}_{i}.png"
        portraits.append(Portrait(i, "train", name, "FM"[is_m], year if dated else None))
    return codes, portraits


def test_directions_name_the_face_and_not_its_source_if_there_are_labels_that_tell():
    codes, portraits = labelled(1500)
    directions = fitted(codes, portraits)
    assert list(directions) == ["F to M", "year"]
    for name, unit in (("F to M", 0), ("year", 1)):
        step = directions[name]
        assert step.shape == (80,)
        assert np.abs(step).argmax() == unit and step[unit] > 0.8
        assert np.abs(step[2]) < 0.25 * step[unit]
    noise = np.random.default_rng(9).normal(size=codes.shape).astype(np.float32)
    assert fitted(noise, portraits) == {}  # labels that say nothing about the codes
    assert fitted(*labelled(90)) == fitted(codes, []) == {}  # few labels, and none


def test_the_year_has_to_show_within_f_and_within_m_and_on_decoded_faces():
    codes, portraits = labelled(1500)
    assert list(fitted(codes, portraits, engine=Pegboard(blind=[0]))) == ["year"]
    is_f = np.array([portrait.folder == "F" for portrait in portraits])
    codes[is_f, 1] = np.random.default_rng(1).normal(size=is_f.sum())
    assert list(fitted(codes, portraits)) == ["F to M"]


def test_attributes_that_go_together_are_moved_apart():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(1200, 80)).astype(np.float32)
    codes[:, 1] += codes[:, 0]  # wide mouths smile
    smile = codes[:, 0] + 0.3 * rng.normal(size=1200)
    mouth = codes[:, 1] + 0.3 * rng.normal(size=1200)
    asked = {"smile": Target.of(smile), "mouth": Target.of(mouth)}
    latent, effects = fit_directions(Pegboard(), LatentSpace.fit(codes), codes, asked)
    for name, other in (("smile", "mouth"), ("mouth", "smile")):
        step = latent.directions[name]
        assert latent.readouts[name].weights @ step == pytest.approx(1, abs=1e-3)
        assert effects[name]["own"] == pytest.approx(2, abs=0.01)
        assert effects[name]["others"] < 0.5
        assert abs(latent.readouts[other].weights @ step) < 0.25
    together = np.corrcoef([latent.readouts[name].read(codes) for name in asked])[0, 1]
    assert together > 0.6  # what a mean difference would have moved too


def test_readings_count_in_standard_deviations_and_in_the_units_of_the_target():
    codes, portraits = labelled(1500)
    latent = LatentSpace.fit(codes)
    latent, _ = fit_directions(Pegboard(), latent, codes, label_targets(portraits))
    year = latent.readouts["year"]
    readings = year.read(codes)
    assert readings.mean() == pytest.approx(0, abs=0.01)
    assert readings.std() == pytest.approx(1, abs=0.01)
    dated = np.array([portrait.year is not None for portrait in portraits])
    wrong = (year.middle + year.scale * readings)[dated] - [
        portrait.year for portrait in portraits if portrait.year is not None
    ]
    assert np.sqrt(np.mean(wrong**2)) == pytest.approx(year.error, rel=0.15)
    assert year.error < 13  # of a year drawn from 50: 14.4 without a reading


def test_what_few_portraits_have_counts_in_larger_units_and_the_mean_face_reads_0():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(2000, 80)).astype(np.float32)
    glasses = rng.random(2000) < 0.05
    codes[:, 0] += 6 * glasses
    latent = LatentSpace.fit(codes, gallery=codes)
    half = codes[:1500] + 0.5  # a fit to others than the mean is taken of
    asked = {"glasses": Target.of(glasses[:1500] + 0.0)}
    latent, _ = fit_directions(Pegboard(), latent, half, asked)
    reading = latent.readouts["glasses"].read
    assert reading(latent.mean) == pytest.approx(0, abs=1e-6)
    assert reading(codes).std() < 0.85
    shown = latent.mean + 2.5 * latent.directions["glasses"]
    assert shown[0] - latent.mean[0] > 5


def test_a_direction_leaves_pixels_alone_that_it_has_to_hold(monkeypatch):
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(600, 80)).astype(np.float32)
    asked = {"hair": Target.of(codes[:, 0] + codes[:, 1] + 0.3 * rng.normal(size=600))}
    moved = []
    for held in ({}, {"hair": np.zeros((160, 176), bool)}):
        for mask in held.values():
            mask[ROWS[1], COLUMNS[1]] = True
        monkeypatch.setattr("model.training.directions.HELD", held)
        latent, _ = fit_directions(Pegboard(), LatentSpace.fit(codes), codes, asked)
        step = latent.directions["hair"]
        assert latent.readouts["hair"].weights @ step == pytest.approx(1, abs=1e-3)
        moved.append(abs(step[1] / step[0]))
    assert moved[0] > 0.8 and moved[1] < 0.1


def test_a_model_without_labels_asks_the_shipped_one(tmp_path, monkeypatch):
    monkeypatch.setattr("model.encoding.STEPS", 1)
    folder = write_tiny_model(tmp_path / "shipped")
    portraits = np.random.default_rng(0).integers(0, 255, (120, 171, 186, 1), dtype=np.uint8)
    for place in (tmp_path / "none", folder):
        monkeypatch.setattr("model.training.directions.SHIPPED_MODEL", place)
        assert shipped_targets(portraits) == ({}, [])
    codes, labels = labelled(1500)
    latent = LatentSpace.load(folder)
    fit = LatentSpace.fit(codes, model_id=latent.model_id)
    fit, _ = fit_directions(Pegboard(), fit, codes, label_targets(labels), offered=["year"])
    fit.save(folder)
    asked, offered = shipped_targets(portraits)
    assert list(asked) == ["F to M", "year"] and offered == ["year"]
    assert shipped_targets(portraits[:20]) == ({}, [])  # too few to fit anything to
    assert asked["year"].rows.all() and asked["year"].error == pytest.approx(
        fit.readouts["year"].error
    )
    (folder / LATENT_FILE).write_bytes(b"damaged")
    assert shipped_targets(portraits) == ({}, [])


def test_a_face_and_its_mirror_image_are_fitted_together():
    codes, portraits = labelled(1500)
    is_m = np.array([portrait.folder == "M" for portrait in portraits])
    codes[:, 3] += is_m  # a head that turns to the left, in this sample
    mirrored = codes.copy()
    mirrored[:, 3] *= -1
    assert fitted(codes, portraits)["F to M"][3] > 0.3
    step = fitted(codes, portraits, mirrored)["F to M"]
    assert step[3] == pytest.approx(0, abs=0.01)
    assert step[0] > 0.8


def test_a_turn_is_the_other_way_round_in_a_mirror():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(600, 80)).astype(np.float32)
    mirrored = codes * np.where(np.arange(80) == 3, -1, 1).astype(np.float32)
    asked = {name: Target.of(codes[:, 3].astype(float)) for name in ("turn", "width")}
    latent = LatentSpace.fit(np.concatenate([codes, mirrored]))
    latent, _ = fit_directions(Pegboard(), latent, codes, asked, mirrored)
    assert list(latent.directions) == ["turn"]  # a width that changes sides is none
