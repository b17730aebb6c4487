import os

import numpy as np
import pytest

from model.frame import crop, mirror
from model.measuring import pca as module
from model.measuring.pca import PCABaseline


@pytest.fixture(scope="module")
def portraits():
    """Portraits that vary in few ways, with a little noise."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:171, :186] / 100
    waves = np.stack([np.sin(3 * x * k + y * (5 - k)) for k in range(1, 7)])
    faces = 128 + 30 * np.tensordot(rng.normal(size=(14, 6)), waves, 1) / 2
    faces += rng.normal(0, 2, faces.shape)
    return np.clip(faces, 0, 255).astype(np.uint8)[..., None]


def exact_reconstructions(portraits, images, components):
    """What a full singular value decomposition gives."""
    flat = np.concatenate([crop(portraits), crop(mirror(portraits))]).reshape(
        2 * len(portraits), -1
    )
    mean = flat.mean(axis=0, dtype=np.float64)
    rows = np.linalg.svd(flat - mean, full_matrices=False)[2][:components]
    centred = images.reshape(len(images), -1) - mean
    return np.clip(centred @ rows.T @ rows + mean, 0, 1).reshape(images.shape)


def test_equals_an_exact_decomposition_of_portraits_and_their_mirror_images(portraits, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 3)
    images = crop(portraits[:4])
    fitted = PCABaseline.fit(portraits[4:], components=8)
    exact = exact_reconstructions(portraits[4:], images, 8)
    np.testing.assert_allclose(fitted.reconstruct(images), exact, atol=2e-3)
    np.testing.assert_allclose(fitted.components @ fitted.components.T, np.eye(8), atol=1e-4)
    both = np.concatenate([crop(portraits[4:]), crop(mirror(portraits[4:]))])
    assert (np.diff(fitted.encode(both).var(axis=0)) <= 1e-3).all()
    far = fitted.decode(50 * fitted.encode(images))
    assert far.dtype == np.float32 and (far.min(), far.max()) == (0, 1)


def test_is_fitted_once_for_the_same_portraits(portraits, tmp_path, monkeypatch):
    first = PCABaseline.cached(portraits, tmp_path)
    monkeypatch.setattr(module.PCABaseline, "fit", None)  # another fit would fail
    again = PCABaseline.cached(portraits, tmp_path)
    np.testing.assert_array_equal(first.components, again.components)


def test_two_baselines_are_kept_and_the_oldest_goes(portraits, tmp_path):
    kept = []
    for number, count in enumerate((5, 6, 7)):
        PCABaseline.cached(portraits[:count], tmp_path)
        kept.append((set(tmp_path.iterdir()) - set(kept)).pop())
        os.utime(kept[-1], (number, number))
    assert set(tmp_path.iterdir()) == set(kept[1:])


def test_damaged_files_are_fitted_anew(portraits, tmp_path):
    fitted = PCABaseline.cached(portraits[7:], tmp_path)
    (cache,) = tmp_path.iterdir()
    whole, arrays = cache.read_bytes(), dict(np.load(cache))
    np.savez(cache, **arrays | {"mean": arrays["mean"] * np.nan})
    unfit = cache.read_bytes()
    for damaged in (b"", b"PK\x03\x04 no archive", whole[: len(whole) // 2], unfit):
        cache.write_bytes(damaged)
        again = PCABaseline.cached(portraits[7:], tmp_path)
        np.testing.assert_array_equal(PCABaseline.load(cache).mean, fitted.mean)
        np.testing.assert_array_equal(again.mean, fitted.mean)


def test_a_folder_that_cannot_be_written_is_no_obstacle(portraits, tmp_path):
    (tmp_path / "file").touch()
    fitted = PCABaseline.cached(portraits[:5], tmp_path / "file" / "folder")
    assert len(fitted.components) == 10
