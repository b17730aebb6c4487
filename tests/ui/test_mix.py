import numpy as np
import pytest

from model.frame import face_mask
from tests.ui.driver import FakeEngine, fake_latent, shows
from ui.sliders.mix import PARTS, mask_of, mix, with_part
from ui.sliders.slider_screen import SlidersScreen

WINDOW = {"screens": [SlidersScreen]}


def test_parts_have_soft_rims_and_lie_where_their_names_say():
    hair, eyes, nose, mouth = map(mask_of, ("hair", "eyes", "nose", "mouth"))
    assert [hair[10, 93], eyes[85, 70], eyes[85, 117], nose[108, 93], mouth[131, 93]] == [1] * 5
    assert [hair[130, 93], eyes[131, 93], nose[85, 60], mouth[86, 93]] == [0] * 4
    for mask in (hair, eyes, nose, mouth):
        steps = [np.abs(np.diff(mask, axis=axis)).max() for axis in (0, 1)]
        assert max(steps) < 0.25
    assert not (eyes + nose + mouth)[~face_mask()].max() > 0.9


def test_a_part_takes_the_tone_of_the_face_that_it_comes_to():
    face = np.full((160, 176), 0.8, np.float32)
    other = np.full((160, 176), 0.4, np.float32)
    other[80:84, 60:80] = 0.1
    pasted = with_part(face, other, "eyes")
    assert np.allclose(pasted[mask_of("eyes") == 0], 0.8)
    assert abs(pasted[90, 93] - 0.8) < 0.02  # skin
    assert abs(pasted[82, 70] - 0.2) < 0.02  # an eye, as dark beside its skin as before
    assert abs(with_part(face, other, "hair")[5, 5] - 0.4) < 0.01  # hair keeps its own


@pytest.mark.parametrize("part", PARTS)
def test_the_face_gets_near_the_other_in_the_part_and_stays_elsewhere(monkeypatch, part):
    (one, other), engine, starts = 0.3 * fake_latent().gallery[:2], FakeEngine(), []
    encode = engine.encode
    monkeypatch.setattr(
        engine, "encode", lambda images, start: starts.append(start[0]) or encode(images)
    )
    picture = [engine.decode(code[None])[0, ..., 0] for code in (one, other)]
    wanted = with_part(*picture, part)
    mixed = engine.decode(mix(engine, one, other, part)[None])[0, ..., 0]
    assert np.array_equal(starts, [one])  # the search begins at the face itself
    assert mixed.shape == (160, 176)
    assert np.mean((mixed - wanted) ** 2) < 0.6 * np.mean((picture[0] - wanted) ** 2)
    outside = np.abs([mixed, picture[1]] - picture[0])[:, mask_of(part) == 0].mean(axis=1)
    assert outside[0] < outside[1]
    assert np.allclose(mix(engine, one, one, part), one, atol=1e-3)


def test_a_click_puts_a_part_of_a_face_on_as_one_step(driver):
    screen = driver.screen
    driver.keys("n", "shift+b", "n", "shift+x")
    before = screen.editor.now
    driver.choose(screen.mix.rows["b"][1].children[0])
    now = screen.editor.now
    assert now.caption == "With the hair of B"
    expected = mix(driver.engine, before.code, now.face_b, "hair")
    assert np.allclose(now.code, expected, atol=1e-4)
    assert shows(driver, now.code)
    driver.key("ctrl+z")
    assert screen.editor.now == before


def test_a_face_that_is_not_set_has_no_parts_and_the_panel_says_how_to_set_it(driver):
    screen = driver.screen
    driver.keys("shift+x")
    label, strip = screen.mix.rows["a"]
    assert "SHIFT A" in label.text
    before = screen.editor.now
    driver.choose(strip.children[0])
    assert screen.editor.now is before
    driver.keys("shift+a")
    assert label.text == "FROM FACE A"
    dim, lit = strip.children[3].pixels[20, 90], strip.children[0].pixels[20, 90]
    assert lit > 2 * dim
    for size in ((900, 600), (2560, 1440)):
        driver.resize(size)
        for _, row in screen.mix.rows.values():
            assert all(screen.mix.rect.contains(child.rect) for child in row.children)
