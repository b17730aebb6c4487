import numpy as np
import pytest

from data import Portrait
from model.latent import LatentSpace
from model.training.directions import fit_directions, questions


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


def test_directions_name_the_face_and_not_its_source():
    codes, portraits = labelled(1500)
    latent = LatentSpace.fit(codes)
    directions = fit_directions(latent, codes, portraits)
    assert list(directions) == ["F to M", "year"]
    for name, unit, size in (("F to M", 0, 1.0), ("year", 1, 0.96)):
        step = directions[name]
        assert step.shape == (80,)
        assert step[unit] == pytest.approx(size, rel=0.15)
        assert np.abs(step[2]) < 0.25 * step[unit]


def test_labels_that_say_nothing_about_the_codes_give_no_direction():
    codes, portraits = labelled(1500)
    noise = np.random.default_rng(9).normal(size=codes.shape).astype(np.float32)
    assert fit_directions(LatentSpace.fit(noise), noise, portraits) == {}


def test_few_or_no_labels_give_no_direction():
    codes, portraits = labelled(90)
    latent = LatentSpace.fit(codes)
    assert fit_directions(latent, codes, portraits) == {}
    assert fit_directions(latent, codes, []) == {}
    with pytest.raises(ValueError, match="Received"):
        fit_directions(latent, codes, portraits[:-1])


def test_the_year_has_to_show_within_f_and_within_m():
    codes, portraits = labelled(1500)
    latent = LatentSpace.fit(codes)
    is_f = np.array([portrait.folder == "F" for portrait in portraits])
    codes[is_f, 1] = np.random.default_rng(1).normal(size=is_f.sum())
    assert list(fit_directions(latent, codes, portraits)) == ["F to M"]


def test_what_goes_with_the_source_alone_is_no_direction():
    codes, portraits = labelled(1500)
    rng = np.random.default_rng(2)
    noise = rng.normal(size=codes.shape).astype(np.float32)
    noise[:, 2] = codes[:, 2]  # the source
    portraits = [
        Portrait(
            portrait.row,
            "train",
            portrait.file,
            "M" if portrait.source == "published" else "FM"[i % 7 == 0],
            int(rng.integers(1950, 1960)) + 40 * (portrait.source == "published"),
        )
        for i, portrait in enumerate(portraits)
    ]
    assert questions(portraits).keys() == {"F to M", "year"}
    assert fit_directions(LatentSpace.fit(noise), noise, portraits) == {}


def test_a_face_and_its_mirror_image_are_fitted_together():
    codes, portraits = labelled(1500)
    is_m = np.array([portrait.folder == "M" for portrait in portraits])
    codes[:, 3] += is_m  # a head that turns to the left, in this sample
    mirrored = codes.copy()
    mirrored[:, 3] *= -1
    latent = LatentSpace.fit(np.concatenate([codes, mirrored]))
    assert fit_directions(latent, codes, portraits)["F to M"][3] > 0.3
    step = fit_directions(latent, codes, portraits, mirrored)["F to M"]
    assert step[3] == pytest.approx(0, abs=0.01)
    assert step[0] == pytest.approx(1, rel=0.15)


def test_a_shift_that_all_portraits_of_a_stratum_share_is_no_answer():
    codes, portraits = labelled(1500)
    question = questions(portraits)["year"]
    shifted = codes + 5 * (question.strata == "Mpublished")[:, np.newaxis]
    assert question.centred(shifted) == pytest.approx(question.centred(codes), abs=1e-5)
    assert question.residuals().std() == pytest.approx(1)
    assert question.among(np.arange(1500) < 700).rows.sum() == question.rows[:700].sum()
