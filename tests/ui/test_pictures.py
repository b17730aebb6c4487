import numpy as np
import pytest

from ui.pictures import drawing_on_paper, to_pixels


def test_floats_are_clipped_and_rounded_and_pixels_kept():
    image = np.array([[-1.0, 0.0, 0.5, 1.0, 2.0, np.nan]])
    assert to_pixels(image).tolist() == [[0, 0, 128, 255, 255, 0]]
    pixels = np.array([[0, 7, 255]], dtype=np.uint8)
    assert np.array_equal(to_pixels(pixels), pixels)
    assert to_pixels(np.zeros((3, 4, 1))).shape == (3, 4)
    with pytest.raises(ValueError, match="Received"):
        to_pixels(np.zeros((3, 4, 3)))


def test_bare_canvas_is_white_paper_whatever_lies_under_it():
    drawing = np.array([[[0, 0], [0, 255], [100, 255], [0, 128]]], dtype=np.uint8)
    assert drawing_on_paper(drawing).tolist() == [[255, 0, 100, 127]]
