import numpy as np
import pytest

from tests.bench.hand_drawn.faces import FARTHEST, STYLES, Style, draw_face, hand_drawn_faces
from tests.bench.hand_drawn.hair import KINDS, draw_hair, outline
from tests.bench.hand_drawn.hand import Hand

SQUARE = np.array([(-30, 60), (30, 60), (30, 120), (-30, 120)], float)


@pytest.fixture(scope="module")
def faces():
    return hand_drawn_faces(per_style=2)


def steady(**pen):
    return Hand(np.random.default_rng(0), wobble=0, **pen)


def covered(hand):
    return hand.drawing.pixels[..., 1] > 128


def test_the_same_seed_draws_the_same_faces_and_another_seed_others(faces):
    again, others = hand_drawn_faces(per_style=1), hand_drawn_faces(per_style=1, seed=1)
    for face, same, other in zip(faces[::2], again, others, strict=True):
        assert np.array_equal(face.pixels, same.pixels)
        assert not np.array_equal(face.pixels, other.pixels)


def test_every_style_draws_differing_faces_on_its_own_paper(faces):
    assert len(faces) == 2 * len(STYLES)
    assert len({face.pixels.tobytes() for face in faces}) == len(faces)
    for face in faces:
        style = next(style for style in STYLES if style.name == face.style)
        paper = np.median(face.image[2:20, 2:20])
        assert style.papers[0] - 0.01 <= paper <= style.papers[1] + 0.01
        assert 0.02 < np.mean(np.abs(face.image - paper) > 0.1) < 0.9


def test_faces_lie_up_to_ten_pixels_off_their_place():
    usual = Style("usual", oddity=0, missing=0)
    faces = [draw_face(usual, "none", np.random.default_rng(seed)) for seed in range(30)]
    off = np.array([face.eyes for face in faces]) - np.mean([face.eyes for face in faces], axis=0)
    assert 6 < np.linalg.norm(off, axis=1).max() <= 1.2 * FARTHEST
    assert all(face.mouth[1] > face.eyes[1] + 30 for face in faces)


def test_parts_can_be_missing():
    bare = Style("bare", outlined=False, missing=1)
    face = draw_face(bare, "none", np.random.default_rng(0))
    assert face.eyes is None and face.mouth is None


def test_a_stroke_wobbles_along_its_points():
    line = [(-60, 40), (60, 40)]
    straight, shaky = steady(radius=1), Hand(np.random.default_rng(0), radius=1, wobble=2)
    straight.line(line)
    shaky.line(line)
    rows = np.nonzero(covered(straight))[0]
    assert rows.min() >= 38 and rows.max() <= 42
    rows, columns = np.nonzero(covered(shaky))
    assert rows.std() > 0.8
    assert rows.min() >= 30 and rows.max() <= 50
    assert columns.min() < 45 and columns.max() > 142


def test_a_scribble_covers_its_inside_and_a_loose_one_shows_the_paper():
    full, loose = steady(), steady()
    full.fill(SQUARE, 0.2, radius=5, spacing=1.2)
    loose.fill(SQUARE, 0.2, radius=2, spacing=4)
    inside = np.s_[66:114, 70:117]
    assert covered(full)[inside].mean() > 0.97
    assert 0.3 < covered(loose)[inside].mean() < 0.8
    outside = covered(full)
    outside[50:130, 54:133] = False
    assert not outside.any()


def test_a_scribble_leaves_a_bay_of_its_outline_free():
    hand = steady()
    bay = [(-60, 20), (60, 20), (60, 140), (35, 140), (35, 60), (-35, 60), (-35, 140), (-60, 140)]
    hand.fill(bay, 0.0, radius=5)
    drawn = covered(hand)
    assert not drawn[85:140, 70:117].any()
    assert drawn[90:130, 42:52].mean() > 0.9 and drawn[90:130, 136:146].mean() > 0.9


def test_the_whole_face_is_shifted_tilted_and_stretched():
    assert steady(shift=(4, -3)).place([(0, 96)])[0] == pytest.approx((97.5, 93))
    tilted = steady(tilt=np.pi / 2).place([(10, 96)])[0]
    assert tilted == pytest.approx((93.5, 106))
    assert steady(stretch=(2, 0.5)).place([(10, 116)])[0] == pytest.approx((113.5, 106))


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_hair_grows_at_the_top_and_leaves_the_middle_of_the_face_free(kind):
    rng = np.random.default_rng(2)
    shape = np.concatenate(outline(kind, rng))
    assert shape[:, 1].min() < 60
    hand = steady()
    draw_hair(hand, kind, "filled", 0.1)
    assert covered(hand).mean() > 0.01
    assert not covered(hand)[95:140, 80:107].any()


@pytest.mark.parametrize("manner", ["filled", "hatched", "outlined", "strands", "curls"])
def test_every_manner_of_drawing_hair_leaves_marks_of_its_own(manner):
    hand = steady()
    draw_hair(hand, "short", manner, 0.1)
    share = covered(hand)[20:60, 50:137].mean()
    low, high = {"filled": (0.5, 1), "hatched": (0.2, 0.8)}.get(manner, (0.03, 0.7))
    assert low < share < high
