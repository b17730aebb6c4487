"""The workshop of the sketch encoder, on a portrait made of a few shapes."""

import keras
import numpy as np
import pytest
from PIL import Image

from model.engine import FaceEngine
from model.folder import read_card
from model.latent import LatentSpace, Readout
from model.network import build_encoder
from model.sketch_encoder import SHADED_SHARE, build_sketch_encoder
from tests.bench.sketches import head_finder, judge, training
from tests.bench.sketches.beginner import Head, heads
from tests.bench.sketches.dataset import (
    COUNTS,
    KEPT_ASIDE,
    PAIRS_KEPT_ASIDE,
    Job,
    followed,
    make,
    mirrored,
    part_of,
)
from tests.bench.sketches.drawings import BEARD, LEFT_EYE, LIPS, MIDDLE, Sketcher, edited
from tests.bench.sketches.filters import filtered
from tests.bench.sketches.imagined import imagined, sketches
from tests.bench.sketches.sheet import Sheet
from tests.model.tiny_model import TINY, write_tiny_model
from ui.drawing import head as head_module

HAIR, SKIN, WALL = 0.1, 0.7, 0.9


@pytest.fixture(scope="module")
def portrait():
    return imagined(np.random.default_rng(1), HAIR, SKIN, WALL)


@pytest.fixture(scope="module")
def latent():
    codes = np.random.default_rng(0).normal(size=(300, 80)).astype(np.float32)
    names = (*training.READINGS, "background light")
    rows = dict(zip(names, np.eye(80), strict=False))
    latent = LatentSpace.fit(
        codes, directions={"smile": np.eye(80)[0], "hair light": np.eye(80)[11]}
    )
    latent.readouts.update({name: Readout(row, 0.0, 0.5, 0.1) for name, row in rows.items()})
    return latent


def test_tones_of_a_portrait_are_known(portrait):
    assert portrait.hair_tone == pytest.approx(HAIR, abs=0.02)
    assert portrait.skin_tone == pytest.approx(SKIN, abs=0.02)
    assert portrait.background_tone == pytest.approx(WALL, abs=0.02)
    assert not portrait.bald and not portrait.glasses
    assert portrait.hair[30, 93] and not portrait.hair[110, 93] and not portrait.hair[5, 5]
    assert portrait.with_tones(hair_tone=0.5).hair_tone == 0.5


def test_drawings_differ_come_again_and_say_nothing_on_bare_paper(portrait):
    drawn = [Sketcher(portrait, np.random.default_rng(seed)).draw() for seed in range(40)]
    assert len({one.tobytes() for one in drawn}) == 40
    assert Sketcher(portrait, np.random.default_rng(7)).draw().tobytes() == drawn[7].tobytes()
    for one in drawn:
        assert one.dtype == np.uint8 and one.shape == (160, 176, 2)
        assert (one[..., 0][one[..., 1] == 0] == 255).all()


def test_drawings_painted_in_their_place_have_the_tones_of_the_portrait(portrait):
    drawn = np.stack(
        [
            Sketcher(portrait, np.random.default_rng(seed), full=True, in_place=True).draw(True)
            for seed in range(12)
        ]
    )
    tones = np.median(drawn[..., 0], axis=0) / 255
    assert tones[38, 93] < 0.3 and 0.5 < tones[110, 70] < 0.95
    assert (drawn[..., 1].mean(axis=(1, 2)) > 60).all()


def test_paper_may_be_dark_and_eyes_too_high(portrait):
    dark = Sketcher(portrait, np.random.default_rng(3), paper=0.2).draw(finished=True)
    assert (dark[:20, :20] == (51, 255)).all()
    usual, high = (
        Sketcher(portrait, np.random.default_rng(3), eyes_up=pixels).points for pixels in (0, 10)
    )
    assert (usual - high)[LEFT_EYE].tolist() == [[0, 10]] * 16
    assert not (usual - high)[LIPS].any()


def test_a_smile_is_drawn_with_its_corners_up(portrait):
    corners = {}
    for smile in (0.0, 0.12):
        vars(happy := portrait.with_tones())["smile"] = smile
        sketcher = Sketcher(happy, np.random.default_rng(0), in_place=True)
        sketcher.wobble, sketcher.pen, sketcher.width = 0, 0.0, 2
        sketcher.turn, sketcher.shift = np.eye(2), MIDDLE
        sketcher.curved_mouth(smile)
        rows, columns = np.nonzero(sketcher.sheet.pixels()[..., 1] > 128)
        corners[smile] = rows[abs(columns - 93) < 3].mean() - rows[abs(columns - 93) > 12].mean()
    assert corners[0.0] < -1 and corners[0.12] > 1


@pytest.mark.parametrize("kind", COUNTS)
def test_every_kind_of_drawing_is_made(portrait, kind):
    picture = np.rint(255 * portrait.image).astype(np.uint8)
    drawing, said = make(Job(kind, portrait, picture, 3))
    assert drawing.shape == (160, 176, 2) and drawing.dtype == np.uint8 and drawing[..., 1].any()
    says = {"hair": {"hair light"}, "dark": {"background light"}, "glasses": {"glasses"}}
    says["beginner"] = {"glasses"}
    if kind != "edited":  # that leaves it to chance
        assert set(said) == says.get(kind, set())


def test_a_beard_is_painted_on_the_portrait_and_drawn(portrait):
    for seed in range(6):
        bearded = portrait.with_beard(np.random.default_rng(seed))
        changed = portrait.image - bearded.image > 0.1
        assert changed[110:].any() and not changed[:105].any()
        assert max(bearded.beard) > BEARD and bearded.hair_tone == portrait.hair_tone
        lip, chin = (beard > BEARD for beard in bearded.beard)
        assert bearded.beard_mask(lip, chin)[changed].mean() > 0.7


def test_a_start_face_changes_where_it_is_painted_alone(portrait):
    for seed in range(20):
        drawing, said = edited(portrait, portrait.image, np.random.default_rng(seed))
        changed = np.abs(drawing[..., 0] / 255 - portrait.image) > 0.05
        assert (drawing[..., 1] == 255).all()
        if "smile" in said:
            assert changed[110:158].any() and not changed[:100, 60:120].mean() > 0.1
        if not said:
            assert changed.mean() < 0.05


def test_filters_draw_dark_on_light(portrait):
    for seed in range(12):
        drawing = filtered(portrait.image, portrait.figure, np.random.default_rng(seed))
        assert drawing[..., 0].max() > 200 and drawing.shape == (160, 176, 2)


def test_pictures_are_mirrored_about_the_face_axis():
    pictures = np.zeros((1, 160, 176), np.uint8)
    pictures[0, :, 60] = 255
    assert np.flatnonzero(mirrored(pictures)[0, 0]).tolist() == [187 - 60]


def test_pictures_of_one_person_share_a_part():
    parts = {part_of(f"celeba/{n}_000001.jpg", KEPT_ASIDE) for n in range(300)}
    assert parts == {"training", "validation", "test"}
    pairs = {part_of(f"fs2k_photo1_image{n:04}", PAIRS_KEPT_ASIDE) for n in range(300)}
    assert pairs == parts
    for n in range(50):
        assert part_of(f"celeba/{n}_1.jpg", KEPT_ASIDE) == part_of(f"celeba/{n}_2.jpg", KEPT_ASIDE)


def test_codes_follow_what_was_said(latent):
    codes = np.zeros((2, 80), np.float32)
    moved = followed(latent, codes, [{}, {"hair light": 0.7}])
    assert not moved[0].any()
    assert latent.readouts["hair light"].read(moved[1]) == pytest.approx(2)


def test_a_line_is_as_wide_as_it_says_and_an_area_is_one_gray():
    sheet = Sheet()
    sheet.line(np.array([(20, 50), (150, 50)]), 4, 0.2)
    sheet.area(np.array([(20, 80), (60, 80), (60, 120), (20, 120)]), 0.5)
    pixels = sheet.pixels()
    assert pixels[:, 80, 1].sum() / 255 == pytest.approx(4, abs=1)
    assert pixels[100, 40].tolist() == [128, 255] and pixels[100, 100].tolist() == [255, 0]


def test_heads_have_what_they_are_given_and_people_differ():
    assert len({one.tobytes() for one in sketches(6)}) == 6
    assert (sketches(2, painted=True)[..., 1] == 255).all()
    head = Head(hair=0.5)
    assert abs(int(head.pixels()[42, 93 + 30, 0]) - 128) < 3
    assert len({one.pixels().tobytes() for one in heads(5)}) == 5


def test_a_sketch_encoder_starts_as_the_portrait_encoder():
    encoder, sketch_encoder = build_encoder(TINY), build_sketch_encoder(TINY)
    training.start_from(encoder, sketch_encoder)
    drawings = np.random.default_rng(0).random((2, 160, 176, 2), np.float32)
    codes, _ = encoder(drawings[..., :1])
    answers = sketch_encoder([drawings, codes.numpy()])
    np.testing.assert_allclose(answers, codes, atol=1e-5)


def test_training_learns_and_joins_a_model_folder(tmp_path):
    folder = write_tiny_model(tmp_path / "model")
    rng = np.random.default_rng(0)
    drawings = rng.integers(0, 256, (training.BATCH, 160, 176, 2), np.uint8)
    network, codes = build_sketch_encoder(TINY), np.ones((training.BATCH, 80), np.float32)
    seen = [drawings / np.float32(255), 0 * codes]
    before = np.square(network(seen) - codes).mean()
    training.train(network, drawings, seen[1], codes, np.eye(80), 0.02)
    assert np.square(network(seen) - codes).mean() < before
    training.add_sketch_encoder(folder, network, {"about": "noise"})
    assert read_card(folder)["sketch_encoder"]["about"] == "noise"
    engine, seen = FaceEngine.load(folder), drawings[:2] / np.float32(255)
    expected = network([seen, engine.guess(seen[..., :1])])
    np.testing.assert_allclose(engine.encode_sketch(seen), expected, atol=1e-4)


def test_shaded_drawings_are_told_from_others_and_read_by_their_guesses(monkeypatch):
    monkeypatch.setattr(training, "RATE", 0.03)
    rng, network = np.random.default_rng(0), build_sketch_encoder(TINY)
    drawings = np.zeros((80, 160, 176, 2), np.uint8)
    drawings[:40, ..., 0], drawings[40:, ..., 0], drawings[:40, ..., 1] = 80, 255, 255
    guesses = rng.normal(0, 0.1, (80, 80)).astype(np.float32)
    guesses[:, 0] = np.tile([-1, 1], 40)
    codes = np.repeat(3 * guesses[:, :1], 80, axis=1)
    seen = [drawings / np.float32(255), guesses]
    strokes = keras.Model(network.inputs, network.get_layer("strokes").output)(seen).numpy()
    shaded, others = (drawings[:40], guesses[:40], codes[:40]), (drawings[40:], guesses[40:])
    training.fit_shaded(network, shaded, others)
    meant = (1 - SHADED_SHARE) * strokes + SHADED_SHARE * codes
    found = network(seen).numpy()
    np.testing.assert_allclose(found[:40], meant[:40], atol=0.3)
    np.testing.assert_allclose(found[40:], strokes[40:], atol=0.3)


@pytest.fixture(scope="module")
def found(portrait):
    """Inputs and targets of the head finder, of the kinds of drawings that show a whole head."""
    picture = np.rint(255 * portrait.image).astype(np.uint8)
    kinds = [kind for kind in head_finder.KINDS if kind not in ("parts", "strokes")] * 6
    tasks = [head_finder.Task(kind, portrait, picture, n) for n, kind in enumerate(kinds)]
    return [np.stack(part) for part in zip(*map(head_finder.draw, tasks), strict=True)]


def test_the_head_finder_that_is_shipped_finds_sizes_and_places(found):
    seen, targets = found
    assert np.ptp(targets[:, 0] * head_finder.UNITS[0]) > np.log(2)
    errors = np.abs([head_module._network(one, head_module._weights()) for one in seen] - targets)
    assert (np.median(errors, axis=0) * head_finder.UNITS < (0.12, 6, 6)).all()


def test_numpy_computes_what_the_trained_head_finder_does(found, tmp_path, monkeypatch):
    for name, value in {"EPOCHS": 1, "BATCH": 8}.items():
        monkeypatch.setattr(head_finder, name, value)
    network = head_finder.train(*found)
    np.savez(tmp_path / "weights.npz", *network.get_weights())
    monkeypatch.setattr(head_module, "HEAD_FINDER", tmp_path / "weights.npz")
    monkeypatch.setattr(head_module, "_weights", head_module._weights.__wrapped__)
    expected = network(found[0][:3])
    weights = head_module._weights()
    computed = [head_module._network(one, weights) for one in found[0][:3]]
    np.testing.assert_allclose(computed, expected, atol=1e-4)


def test_the_judge_prints_all_figures_and_a_page(tmp_path, capsys, latent, monkeypatch):
    folder = write_tiny_model(tmp_path / "model", sketch_encoder=True)
    for name in ("HEADS", "PAINTED", "SHOWN"):
        monkeypatch.setattr(judge, name, 4)
    monkeypatch.setattr(LatentSpace, "load", lambda folder: latent)
    drawings = np.stack([head.pixels() for head in heads(12)])
    kinds = ("artists", "studio", "place", "wide", "eyes high", "eyes low")
    arrays = dict.fromkeys(kinds, drawings) | {
        f"{name}_codes": latent.gallery[:12] for name in kinds
    }
    np.savez(tmp_path / "test.npz", **arrays)
    options = {"model": folder, "drawings": tmp_path / "test.npz", "page": tmp_path / "page.png"}
    judge.main([f"--{name}={path}" for name, path in options.items()])
    printed = capsys.readouterr().out
    for name in (
        "artists, readings",
        "studio, found",
        "mouth up, by",
        "painted tones",
        "20 left",
        "eyes low",
    ):
        assert name in printed
    assert Image.open(tmp_path / "page.png").width == 10 * 176
