import numpy as np
from PIL import Image, ImageSequence

from ui.pictures import encode_gif
from ui.sliders.editor import between
from ui.sliders.walk import walk


def points(n, seed=0):
    return np.random.default_rng(seed).standard_normal((n, 80)).astype(np.float32)


def read_gif(path):
    with Image.open(path) as gif:
        return [
            (np.asarray(frame.convert("RGB")), frame.info["duration"])
            for frame in ImageSequence.Iterator(gif)
        ], gif.info.get("loop")


def test_the_radius_goes_evenly_and_the_direction_turns_evenly():
    a, b = points(2)
    b *= 2
    radii = [np.linalg.norm(between(a, b, t)) for t in (0, 0.25, 0.5, 0.75, 1)]
    assert np.allclose(np.diff(radii), np.diff(radii)[0], rtol=1e-3)
    unit = [between(a, b, t) / np.linalg.norm(between(a, b, t)) for t in (0, 0.3, 0.6, 0.9)]
    turns = [np.arccos(unit[i] @ unit[i + 1]) for i in range(3)]
    assert np.allclose(turns, turns[0], rtol=1e-3)
    a = points(1)[0]  # the mean face, and opposite ones, are joined by a line
    zero = np.zeros(80, dtype=np.float32)
    assert np.allclose(between(zero, a, 0.25), 0.25 * a)
    assert np.allclose(between(a, -a, 0.25), 0.5 * a)
    assert np.allclose(between(a, 3 * a, 0.5), 2 * a)
    assert np.array_equal(between(zero, zero, 0.5), zero)


def test_a_walk_passes_every_face_gently_and_loops():
    stops = points(3)
    way = walk(stops, 60)
    assert way.shape == (60, 80) and way.dtype == np.float32
    assert np.array_equal(way[::20], stops)
    steps = np.linalg.norm(np.diff(way, axis=0, append=way[:1]), axis=1)
    assert steps[[0, 19, 20, 39, 40, 59]].max() < steps[[10, 30, 50]].min() / 3
    assert np.array_equal(walk(stops[:1], 4), np.repeat(stops[:1], 4, axis=0))


def test_frames_keep_their_levels_exactly_and_odd_rates_keep_the_pace(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (31, 16, 16), dtype=np.uint8)
    for given, fps, lengths in ((iter(frames), 25, {40}), (frames / np.float32(255), 30, {30, 40})):
        (tmp_path / "a.gif").write_bytes(encode_gif(given, fps=fps))
        read, loop = read_gif(tmp_path / "a.gif")
        assert loop == 0 and np.array_equal([pixels[..., 1] for pixels, _ in read], frames)
        assert {duration for _, duration in read} == lengths
        assert abs(sum(duration for _, duration in read) - 31 * 1000 / fps) <= 10


def test_a_film_that_is_too_large_gets_fewer_gray_levels_then_fewer_frames(tmp_path, monkeypatch):
    rows, columns = np.indices((80, 90))
    wave = [0.5 + 0.4 * np.sin(rows / 9 + t / 3) * np.cos(columns / 7 - t / 5) for t in range(20)]
    noise = np.random.default_rng(0).random((20, 40, 50))
    for film, limit in ((wave, len(encode_gif(wave)) // 2), (noise, 20_000)):
        monkeypatch.setattr("ui.pictures.LARGEST", limit)
        (tmp_path / "a.gif").write_bytes(content := encode_gif(film, fps=25))
        assert limit / 2 < len(content) <= limit
        read, _ = read_gif(tmp_path / "a.gif")
        assert sum(duration for _, duration in read) == 800
        assert len(np.unique([pixels for pixels, _ in read])) < 128
        assert (len(read) == 20) == (film is wave)
        for pixels, _ in read:
            nearest = min(np.abs(pixels[..., 0] - 255 * frame).max() for frame in film)
            assert nearest < 8
