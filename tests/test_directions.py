import numpy as np
import pytest

from data import Portrait
from model.directions import fit_directions
from model.latent import LatentSpace


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
