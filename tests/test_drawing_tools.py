"""The commands beside the screen: the page of sketches, and the measuring of frames."""

import numpy as np
import pytest
from ui_driver import SHAPE, FakeEngine, fake_latent

from ui.drawing.benchmark import Slowed, measure
from ui.drawing.sketches import REALISM, SKETCHES, draw, page


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
