"""Finds the head in a drawing, so that a small or displaced one can be encoded enlarged."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from model.frame import FACE_AXIS, FACE_CENTRE, IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE
from ui.pictures import local_extremes, over_paper

HEAD = (38.0, 12.0, 150.0, 158.0)  # left, top, right, bottom of a head with hair, canvas pixels
BUST = (5.0, 15.0, 172.0, 159.0)  # of a head with shoulders
FACE = (47.0, 47.0, 141.0, 155.0)  # of the outline of a face, without hair or ears
INNER = (LEFT_EYE[0] - 12, 82, RIGHT_EYE[0] + 8, 142)  # of a bald face without brows
CONTRAST = 25  # least difference between ink and paper, gray levels
MOST_ENLARGED = 3.0  # enlargement above which a drawing is only a part of a face
SHAPES = (0.5, 1.6)  # least and largest width by height of a head or a bust
FILLED = 0.4  # least share of its box that a head encloses; eyes and a mouth alone enclose less
ROUND = 0.72  # share of its box that a head encloses and a bust does not
WIDE = 0.95  # width by height that a bust exceeds
FITS = (1.3, 16.0)  # enlargement and displacement (canvas pixels) below which nothing is moved
FACE_FITS = (0.9, 1.4)  # the box around the ink is kept below the first enlargement of a face, and
# up to the second if the face is near its place
FACE_SHAPES = (0.5, 1.25)  # least and largest width by height of a face
OVAL = 0.6  # least share of its box that a face encloses
SKIN = 0.4  # least share of its box that is skin; a ring of hair has less
LEAST_SKIN = 80  # least area of skin, blocks of 2 x 2 pixels
Box = tuple[float, float, float, float]  # left, top, right, bottom


class Region(NamedTuple):
    """The part of the canvas that is enlarged to the model's frame.

    Attributes:
        left: x of its upper left corner, canvas pixels; may lie outside the canvas.
        top: y of that corner.
        scale: enlargement.
    """

    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0

    @property
    def corners(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The first and the last (x, y) in canvas pixels."""
        rows, columns = IMAGE_SHAPE
        last = self.left + (columns - 1) / self.scale, self.top + (rows - 1) / self.scale
        return (self.left, self.top), last

    def look(self, picture: np.ndarray, outside: float) -> np.ndarray:
        """Return this part of a picture (rows, columns), enlarged: float32, the same shape."""
        left, top, scale = self
        return _moved(picture, (1 / scale, 0, left, 0, 1 / scale, top), outside)

    def put_back(self, picture: np.ndarray, outside: float) -> np.ndarray:
        """Return an enlarged picture (rows, columns) at its place on the canvas."""
        left, top, scale = self
        return _moved(picture, (scale, 0, -scale * left, 0, scale, -scale * top), outside)


WHOLE = Region()


def find_head(pixels: np.ndarray) -> Region:
    """Return the part of a drawing to encode: all of it, if the head is in its place.

    It moves the box around the ink to that of a usual head, or of one with shoulders. If a face in
    that box is small or off its place, as above a body, it moves the outline of the face to that
    of a usual one. A drawing that is no head yet, such as eyes alone, stays where it is.

    Args:
        pixels: uint8 (rows, columns, 2), gray and coverage.
    """
    image = over_paper(pixels)
    region, outline = _around_ink(image), _face_outline(image)
    if outline is None:
        return region
    closer = _region_for(outline, FACE)
    enlargement = closer.scale / region.scale
    fits = enlargement < FACE_FITS[1] and _displacement(closer, region) < FITS[1]
    return region if fits or enlargement < FACE_FITS[0] else closer


def _around_ink(image: np.ndarray) -> Region:
    """Return what brings the box around the ink of an image (rows, columns) to its usual place."""
    ink = np.abs(image - paper_tone(image)) > CONTRAST
    box = Image.fromarray(ink).getbbox()
    if box is None:
        return WHOLE
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    filled = _between(ink[top:bottom, left:right]).mean()
    bust = wide > WIDE * high and filled < ROUND
    region = _region_for(box, BUST if bust else HEAD)
    scale = region.scale
    if scale > MOST_ENLARGED or filled < FILLED or not SHAPES[0] < wide / high < SHAPES[1]:
        return WHOLE
    inside = left <= INNER[0] and top <= INNER[1] and right >= INNER[2] and bottom >= INNER[3]
    if scale > FITS[0] and inside:
        return WHOLE
    fits = 1 / FITS[0] < scale < FITS[0] and _displacement(region, WHOLE) < FITS[1]
    return WHOLE if fits else region


def _face_outline(image: np.ndarray) -> Box | None:
    """Return the box around a face in an image (rows, columns), None if there is none.

    A face is an even area, bare or painted, about round and with an edge all around it, in which
    there are at least two things.
    """
    darkest, lightest = local_extremes(image.astype(np.uint8), 3)
    areas = _connected_components((lightest - darkest)[1::2, 1::2] <= CONTRAST)
    sizes = np.bincount(areas.ravel())
    sizes[[0, *areas[0], *areas[-1], *areas[:, 0], *areas[:, -1]]] = 0
    for area in np.argsort(-sizes):
        box = Image.fromarray(areas == area).getbbox()
        if box is None or sizes[area] < LEAST_SKIN:
            break
        left, top, right, bottom = box
        skin = areas[top:bottom, left:right] == area
        things = len(np.unique(_connected_components(np.pad(~skin, 1, constant_values=True)))) - 2
        shape_fits = FACE_SHAPES[0] < skin.shape[1] / skin.shape[0] < FACE_SHAPES[1]
        oval = shape_fits and _between(skin).mean() > OVAL
        if oval and things >= 2 and skin.mean() > SKIN:
            return 2 * left - 2, 2 * top - 2, 2 * right + 2, 2 * bottom + 2  # with its edge
    return None


def model_input(pixels: np.ndarray, region: Region) -> np.ndarray:
    """Return a region's tone on white paper and coverage: float32 (rows, columns, 2) in [0, 1]."""
    tone, coverage = over_paper(pixels), pixels[..., 1]
    if region != WHOLE:
        tone, coverage = (region.look(plane, paper_tone(plane)) for plane in (tone, coverage))
    return np.stack([tone, coverage], axis=-1).astype(np.float32) / np.float32(255)


def paper_tone(image: np.ndarray) -> float:
    """Return a picture's paper, its gray or coverage: the median along all edges but the lower."""
    return float(np.median(np.concatenate([image[0], image[:, 0], image[:, -1]])))


def _region_for(box: Box, usual: Box) -> Region:
    """Return the region in which a box lies where a usual one does on the canvas."""
    (left, top, right, bottom), (x0, y0, x1, y1) = box, usual
    scale = np.sqrt((x1 - x0) * (y1 - y0) / ((right - left) * (bottom - top)))
    x, y = (left + right - (x0 + x1) / scale) / 2, (top + bottom - (y0 + y1) / scale) / 2
    return Region(float(x), float(y), float(scale))


def _displacement(region: Region, seen: Region) -> float:
    """Return how far from its place a face that one region would show lies in another, pixels."""
    x, y = region.left + FACE_AXIS / region.scale, region.top + FACE_CENTRE[1] / region.scale
    x, y = (x - seen.left) * seen.scale, (y - seen.top) * seen.scale
    return float(np.hypot(x - FACE_AXIS, y - FACE_CENTRE[1]))


def _connected_components(mask: np.ndarray) -> np.ndarray:
    """Return the number of the connected area that each pixel of a mask is in, 0 outside."""
    starts = mask & ~np.pad(mask, ((0, 0), (1, 0)))[:, :-1]
    runs = np.cumsum(starts).reshape(mask.shape)  # of true pixels in a row
    joined = mask[:-1] & mask[1:]
    upper, lower = runs[:-1][joined], runs[1:][joined]
    labels = np.arange(runs.max() + 1)
    while True:  # the least label spreads to all runs that touch
        least = labels.copy()
        np.minimum.at(least, upper, labels[lower])
        np.minimum.at(least, lower, labels[upper])
        least = least[least]
        if np.array_equal(least, labels):
            return np.where(mask, labels[runs], 0)
        labels = least


def _between(ink: np.ndarray) -> np.ndarray:
    """Return the pixels with ink on their left and right, above and below: bool, the same shape."""
    before = [np.maximum.accumulate(ink, axis) for axis in (0, 1)]
    after = [np.flip(np.maximum.accumulate(np.flip(ink, axis), axis), axis) for axis in (0, 1)]
    return np.logical_and.reduce(before + after)


def _moved(picture: np.ndarray, matrix: tuple, outside: float) -> np.ndarray:
    image = Image.fromarray(np.asarray(picture, np.float32))
    how = Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    return np.asarray(image.transform(IMAGE_SHAPE[::-1], *how, fillcolor=float(outside)))
