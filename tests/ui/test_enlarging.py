import numpy as np
import pygame
import pytest

from tests.ui.driver import SHAPE
from ui.drawing.canvas_view import EVERYTHING, Enlarged
from ui.drawing.stroke import slices
from ui.widgets.face_view import surface_of


@pytest.mark.parametrize("size", [(426, 387), (1219, 1108), (352, 320)])
def test_a_part_that_is_enlarged_alone_equals_the_whole(size):
    rng = np.random.default_rng(0)
    before, after = rng.integers(0, 256, (2, *SHAPE), np.uint8)
    part = pygame.Rect(30, 50, 45, 2)
    parts, whole = Enlarged(size), Enlarged(size)
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
