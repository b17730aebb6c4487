"""The commands beside the screen: the page of sketches, and the measuring of frames."""

import numpy as np
import pygame
import pytest

from tests.bench.drawing_frames import Slowed, measure
from tests.bench.sketches import REALISM, SKETCHES, draw, page
from tests.ui.driver import SHAPE, FakeEngine, fake_latent
from ui.drawing.canvas_view import EVERYTHING, Enlarged
from ui.drawing.stroke import slices
from ui.widgets.face_view import surface_of


@pytest.mark.parametrize("sketch", SKETCHES, ids=lambda sketch: sketch.__name__)
def test_every_sketch_is_drawn_on_the_canvas(sketch):
    pixels = draw(sketch)
    share = (pixels[..., 1] > 127).mean()
    assert pixels.shape == (*SHAPE, 2) and share > 0.003
    rows, columns = np.nonzero(pixels[..., 1] > 127)
    assert abs(np.median(columns) - 93.5) < 6 and 50 < np.median(rows) < 130
    assert len(SKETCHES) == 10


def test_the_page_shows_sketches_and_answers():
    picture = page(FakeEngine(), fake_latent())
    assert picture.dtype == np.uint8
    columns = 2 * (1 + len(REALISM))
    assert picture.shape[0] > 5 * SHAPE[0] and picture.shape[1] > columns * SHAPE[1]


def test_frames_are_measured_with_a_slow_model_too():
    words = measure(lambda: Slowed(FakeEngine(), 0.01), fake_latent(), (900, 600), frames=20)
    assert words.startswith("20 frames of 900x600: median ")


@pytest.mark.parametrize("size", [(426, 387), (1219, 1108), (352, 320)])
def test_a_part_that_is_enlarged_alone_equals_the_whole(size):
    rng = np.random.default_rng(0)
    before, after = rng.integers(0, 256, (2, *SHAPE), np.uint8)
    part = pygame.Rect(30, 50, 45, 2)
    parts, whole = Enlarged(SHAPE, size), Enlarged(SHAPE, size)
    parts.renew(before, EVERYTHING)
    mixed = before.copy()
    mixed[slices(part)] = after[slices(part)]
    changed = parts.renew(mixed, part)
    whole.renew(mixed, EVERYTHING)
    seen = [pygame.surfarray.array2d(e.surface) for e in (parts, whole)]
    assert np.array_equal(*seen)
    assert changed.width < size[0] / 2
    gray = seen[0] & 255
    assert np.array_equal(seen[0], gray * 0x010101)
    assert gray[0, 0] == mixed[0, 0]
    near = pygame.transform.smoothscale(surface_of(mixed), size)
    assert np.abs(pygame.surfarray.array2d(near).astype(int) % 256 - gray).max() <= 8
