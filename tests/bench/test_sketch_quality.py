import numpy as np
import pytest
from PIL import Image

from model.frame import crop
from model.latent import LatentSpace
from tests.bench import sketch_quality
from tests.bench.hand_drawn.faces import hand_drawn_faces
from tests.bench.hand_drawn.shapes import shape_faces
from tests.bench.sketch_quality import GAP, answer_metrics, correlations, part_offsets, reference
from tests.data.drawn_archive import draw_portrait
from tests.ui.driver import FakeEngine, fake_latent
from ui.drawing.answers import DrawingDecoder


@pytest.fixture(scope="module")
def faces():
    return crop(np.stack([draw_portrait(seed) for seed in range(12)])[..., np.newaxis])[..., 0]


@pytest.fixture(scope="module")
def latent():
    return LatentSpace.fit(np.random.default_rng(0).normal(size=(400, 80)).astype(np.float32))


def metrics(sketches, answers, latent, faces, places=None, codes=None):
    codes = latent.gallery[: len(sketches)] if codes is None else codes
    usual = latent.gallery[: len(faces)], faces
    return answer_metrics(sketches, answers, codes, latent, usual, places)


def test_answers_that_are_the_sketches_agree_in_everything(faces, latent):
    found = metrics(faces, faces, latent, faces)
    for name in ("correlation", "correlation_low", "distance", "variety", "matched", "follow"):
        assert found[name] == pytest.approx(1, abs=1e-6), name
    assert found["sketch_likeness"] == pytest.approx(found["answer_likeness"])


def test_one_face_for_all_sketches_is_found_out(faces, latent):
    found = metrics(faces, np.repeat(faces[:1], len(faces), axis=0), latent, faces)
    assert found["variety"] == pytest.approx(0, abs=1e-3)
    assert found["answer_likeness"] == pytest.approx(1)
    assert found["matched"] == pytest.approx(1 / len(faces))
    assert found["follow"] == 0


def test_answers_to_other_sketches_do_not_match(faces, latent):
    found = metrics(faces, np.roll(faces, 1, axis=0), latent, faces)
    assert found["matched"] == 0
    assert found["correlation"] == pytest.approx(found["answer_likeness"], abs=0.1)
    assert found["follow_hair"] < 0.7


def test_a_region_is_followed_by_itself(faces, latent):
    answers = faces.copy()
    answers[:, 5:45, 55:132] = 0.5
    found = metrics(faces, answers, latent, faces)
    assert found["follow_hair"] == 0
    assert found["follow_mouth"] == pytest.approx(1)


def test_fine_lines_count_for_little(faces):
    dotted = faces.copy()
    dotted[:, ::8, ::8] = 0
    assert np.median(correlations(dotted, faces)) > 0.97
    assert correlations(1 - faces, faces).max() < -0.97


def test_codes_twice_as_far_out_are_told(faces, latent):
    codes = latent.from_sliders(2 * latent.to_sliders(latent.gallery[:12]))
    found = metrics(faces, faces, latent, faces, codes=codes)
    assert found["distance"] == pytest.approx(2, rel=1e-3)


@pytest.mark.parametrize("part", ["eyes", "mouth"])
def test_parts_are_found_where_they_have_moved_to(part):
    rng = np.random.default_rng(1)
    face = FakeEngine().face
    for offset in ((0, 0), (-4, 6), (9, 3)):
        image = 0.2 + 0.7 * np.roll(face, offset[::-1], axis=(0, 1))
        image += rng.normal(0, 0.02, image.shape)
        assert np.abs(part_offsets(part, image[np.newaxis], face)[0] - offset).max() <= 1


def test_placement_tells_answers_that_follow_from_answers_that_do_not(latent):
    face = FakeEngine().face
    offsets = np.random.default_rng(3).integers(-6, 7, (12, 2))
    moved = np.stack([np.roll(face, offset[::-1], axis=(0, 1)) for offset in offsets])
    still = np.repeat(face[np.newaxis], len(moved), axis=0)
    places = {"eyes": [(93.5 + x, 86.0 + y) for x, y in offsets], "mouth": [None] * 12}
    followed = metrics(moved, moved, latent, still, places)
    ignored = metrics(moved, still, latent, moved, places)
    assert followed["eyes_follow"] > 0.95 and followed["eyes_off"] < 1
    assert ignored["eyes_follow"] == 0 and ignored["eyes_off"] > 3
    assert "mouth_off" not in followed


class Decoder:
    """Decodes the first number of a code as a tone, and encodes the mean tone."""

    title = "tones"

    def encode(self, images):
        return np.repeat(images.mean(axis=(1, 2)), 80, axis=1)

    def encode_sketch(self, drawings):
        return self.encode(drawings[..., :1])

    def decode(self, codes):
        return np.broadcast_to(codes[:, :1, None, None], (len(codes), 160, 176, 1)).clip(0, 1)


def test_answers_are_compared_with_unseen_portraits_or_else_with_training_codes(latent):
    portraits = np.full((5, 171, 186, 1), 51, np.uint8)
    codes, faces = reference(Decoder(), latent, portraits)
    assert codes == pytest.approx(0.2) and faces == pytest.approx(0.2)
    codes, _ = reference(Decoder(), latent, None)
    assert len(codes) == 200
    assert all(code in latent.gallery for code in codes[:3])


def test_sketches_are_answered_plainly_and_as_on_the_screen(latent):
    drawings = hand_drawn_faces(per_style=1)
    answers = sketch_quality.plain_answers(Decoder(), drawings)[1]
    assert answers[3, 80, 80] == pytest.approx(drawings[3].image.mean(), abs=1e-5)
    shown = sketch_quality.screen_answers(Decoder(), latent, drawings[:2])[1]
    best = DrawingDecoder(latent, 0.5).decode(Decoder(), drawings[1].pixels)
    assert np.array_equal(shown[1], best.image)
    found = sketch_quality.sketch_metrics(Decoder(), latent, faces=drawings)
    assert set(found) == {"plain", "screen"}
    assert found["plain"]["correlation"] == pytest.approx(0)  # flat answers


def test_faces_of_shapes_come_again_differ_and_fit_a_canvas():
    once, again = shape_faces(6), shape_faces(8)[:6]
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(once, again, strict=True))
    assert len({face.pixels.tobytes() for face in once}) == 6
    assert all(face.pixels.shape == (160, 176, 2) and face.image.min() < 0.5 for face in once)


def test_the_page_shows_every_sketch_above_its_answer():
    drawings = hand_drawn_faces(per_style=2)
    answers = np.random.default_rng(0).random((len(drawings), 160, 176)).astype(np.float32)
    sheet = np.asarray(sketch_quality.page(drawings, answers, "a page")) / 255
    tops = []
    for number, drawing in enumerate(drawings):
        left = GAP + number % 2 * (176 + GAP)
        both = np.concatenate([drawing.image, answers[number]])
        column = sheet[:, left : left + 176]
        there = [
            top
            for top in range(len(sheet) - 319)
            if np.abs(column[top + 160] - both[160]).max() < 0.003
            and np.abs(column[top : top + 320] - both).max() < 0.003
        ]
        assert len(there) == 1
        tops += there
    assert tops == sorted(tops)


def test_the_command_prints_a_table_and_writes_a_page(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("model.loading.load_engine", lambda folder: FakeEngine())
    monkeypatch.setattr(LatentSpace, "load", lambda folder: fake_latent())
    out = tmp_path / "page.png"
    sketch_quality.main(["--arrays", str(tmp_path), "--per-style", "1", "--page", str(out)])
    text = capsys.readouterr().out
    assert "8 sketches, compared with training codes" in text
    assert "4 sketches in styles that nothing was chosen by" in text
    assert "correlation" in text and "mouth_follow" in text
    assert Image.open(out).mode == "L"
