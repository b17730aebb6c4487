"""Mix by part: the hair, eyes, nose or mouth of faces A and B on the face, and their panel."""

from collections.abc import Callable, Mapping
from functools import cache, partial

import numpy as np
import pygame

from model.frame import FACE_AXIS, FACE_CENTRE, FACE_HALF_AXES, IMAGE_SHAPE
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label
from ui.widgets.panel import Panel
from ui.widgets.strip import Strip
from ui.worker import decode_one

PARTS = {  # ellipses on the face's axis: y, half width, half height in pixels; rim as a share
    "hair": (116, 40, 48, 0.2),  # outside of the ellipse
    "eyes": (81, 42, 17, 0.3),  # with brows
    "nose": (107, 16, 17, 0.35),
    "mouth": (131, 28, 14, 0.35),
}
SKIN = (108, 30, 20, 0.01)  # an ellipse of cheeks and nose, where hardly anybody has hair
TONES = (0.4, 2.5)  # limits of the factor on the other face's gray levels
DIM = 0.25  # factor on gray levels outside a part in its thumbnail
HEADING, LINES = 26, 44  # heights of a heading and of the explanation, in points
EXPLAINED = (
    "A click puts the part onto the face that shows; Ctrl Z takes it off again. "
    "The network then makes one face of it."
)


def mix(engine, code: np.ndarray, other: np.ndarray, part: str) -> np.ndarray:
    """Return the code (latent_dim,) of a face with one part of another face.

    The part is pasted into the picture of the face. The search for the code of the result starts at
    the face's own code, so a part of the same face changes nothing.
    """
    pasted = with_part(decode_one(engine, code), decode_one(engine, other), part)
    return engine.encode(pasted[np.newaxis, ..., np.newaxis], code[np.newaxis])[0]


def with_part(image: np.ndarray, other: np.ndarray, part: str) -> np.ndarray:
    """Return an image (160, 176) with one part of another, matched to its own skin tone."""
    skin = _ellipse(*SKIN) > 0.5
    tone = np.clip(np.median(image[skin]) / max(np.median(other[skin]), 0.01), *TONES)
    face = _ellipse(FACE_CENTRE[1], *FACE_HALF_AXES, 0.15)
    toned = other * (1 + (tone - 1) * face)
    return np.clip(image + mask_of(part) * (toned - image), 0, 1)


def shown_part(pixels: np.ndarray, part: str) -> np.ndarray:
    """Return uint8 pixels (160, 176) with everything but one part dimmed."""
    return (pixels * (DIM + (1 - DIM) * mask_of(part))).astype(np.uint8)


@cache
def mask_of(part: str) -> np.ndarray:
    """Return the share of a part in each pixel, float32 (160, 176) in [0, 1]."""
    mask = _ellipse(*PARTS[part])
    return 1 - mask if part == "hair" else mask


@cache
def _ellipse(y: float, half_width: float, half_height: float, rim: float) -> np.ndarray:
    """Return a mask (160, 176): 1 in an ellipse on the axis of the face, 0 outside, soft rim."""
    rows, columns = np.mgrid[: IMAGE_SHAPE[0], : IMAGE_SHAPE[1]].astype(np.float32)
    radius = np.hypot((columns - FACE_AXIS) / half_width, (rows - y) / half_height)
    way = np.clip((1 + rim - radius) / (2 * rim), 0, 1)
    return way * way * (3 - 2 * way)


class MixPanel(Panel):
    """A row of parts for each of two faces; `chosen` is called with "a" or "b" and a part."""

    def __init__(self, chosen: Callable[[str, str], object]):
        super().__init__("Mix by part")
        self.chosen = chosen
        self.explained = self.body.add(Label(EXPLAINED, COLORS.soft, SIZES.small, lines=2))
        self.rows: dict[str, tuple[Label, Strip]] = {}
        self._pixels: dict[str, np.ndarray | None] = {}  # of the faces that show
        for name in "ab":
            label = Label("", COLORS.faint, SIZES.tiny, True)
            strip = Strip(partial(self._choose, name), columns=len(PARTS))
            self.rows[name] = self.body.add(label), self.body.add(strip)

    def _choose(self, name: str, number: int) -> None:
        self.chosen(name, list(PARTS)[number])

    def follow(self, faces: Mapping[str, np.ndarray | None]) -> None:
        """Show the parts of faces "a" and "b", uint8 (160, 176), or None where one is not set."""
        for name, (label, strip) in self.rows.items():
            pixels, letter = faces[name], name.upper()
            if name in self._pixels and pixels is self._pixels[name]:
                continue
            self._pixels[name] = pixels
            unset = f"FACE {letter} IS NOT SET: GO TO A FACE AND PRESS SHIFT {letter}"
            label.set_text(unset if pixels is None else f"FROM FACE {letter}")
            images = [None if pixels is None else shown_part(pixels, part) for part in PARTS]
            helps = [f"Take the {part} of face {letter}" for part in PARTS]
            strip.fill(images, [part.capitalize() for part in PARTS], helps)
            for thumbnail in strip.thumbnails:
                thumbnail.enable(pixels is not None)

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the rows under each other."""
        gap, heading, lines = theme.px(SIZES.gap), theme.px(HEADING), theme.px(LINES)
        self.explained.place(pygame.Rect(area.topleft, (area.width, lines)), theme)
        top = area.top + lines
        free = (self.body.rect.height - lines) // len(self.rows) - heading - gap
        width = max(len(PARTS), min(area.width, round(free * 1.1) * len(PARTS)))
        height = round(width / len(PARTS) / 1.1)
        for label, strip in self.rows.values():
            label.place(pygame.Rect(area.left, top, area.width, heading), theme)
            strip.place(pygame.Rect(area.left, top + heading, width, height), theme)
            top += heading + height + gap
        return top - area.top
