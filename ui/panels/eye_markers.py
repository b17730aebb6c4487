"""A photo with a marker on each eye, and the frame that they span."""

from collections.abc import Callable

import numpy as np
import pygame

from model.frame import IMAGE_SHAPE
from ui.photo.placement import Placement
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point
from ui.widgets.face_view import FaceView
from ui.widgets.shapes import write

REACH = 28  # points from a marker within which a press grabs it
RIGHT, BOTTOM = IMAGE_SHAPE[1] - 1, IMAGE_SHAPE[0] - 1
FRAME = np.array([[0, 0], [RIGHT, 0], [RIGHT, BOTTOM], [0, BOTTOM]], float)  # (x, y)


class EyeMarkers(FaceView):
    """Shows a photo; a drag moves the marker under it, or both where none is.

    The wheel moves the markers together or apart. `moved` is called after every change by the user.
    """

    reacts = True

    def __init__(self, moved: Callable[[], object]):
        super().__init__(
            background=COLORS.panel,
            help="Drag the rings onto the eyes · drag elsewhere moves both · wheel or +/- resizes",
        )
        self.moved = moved
        self.eyes = np.zeros((2, 2))
        self._grip: int | None = None  # 0 left, 1 right, None both
        self._last: Point = (0, 0)

    def put(self, left: Point, right: Point) -> None:
        """Place the markers; `moved` is not called."""
        self.eyes = np.array([left, right], float)
        self.invalidate()

    def resize(self, factor: float) -> None:
        """Multiply the distance of the markers by a factor."""
        middle = self.eyes.mean(axis=0)
        self._change(middle + (self.eyes - middle) * factor)

    def press(self, pos: Point, button: int) -> bool:
        """Take hold of a marker, or of both."""
        if button != 1:
            return False
        distances = [np.hypot(*np.subtract(self.to_window(eye), pos)) for eye in self.eyes]
        nearest = int(np.argmin(distances))
        self._grip = nearest if distances[nearest] <= self.theme.px(REACH) else None
        self._last = self.to_image(pos)
        return True

    def drag(self, pos: Point) -> None:
        """Move what is held."""
        here = self.to_image(pos)
        shift = np.subtract(here, self._last)
        self._last = here
        eyes = self.eyes.copy()
        if self._grip is None:
            eyes += shift
        else:
            eyes[self._grip] += shift
        self._change(eyes)

    def wheel(self, steps: float, pos: Point) -> bool:
        """Move the markers apart, or together."""
        self.resize(1.04**steps)
        return True

    def _change(self, eyes: np.ndarray) -> None:
        size = np.array(self.shape[::-1])
        eyes = np.clip(eyes, -0.5 * size, 1.5 * size)
        if np.hypot(*(eyes[1] - eyes[0])) < 4 or eyes[0, 0] > eyes[1, 0] + size[0]:
            return
        self.eyes = eyes
        self.invalidate()
        self.moved()

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the photo, the frame and the markers, light on dark to stand out on any photo."""
        super().draw(surface, theme)
        corners = Placement.from_eyes(*self.eyes).to_photo(FRAME)
        outline = [self.to_window(corner) for corner in corners]
        pygame.draw.aalines(surface, COLORS.shadow, True, [(x + 1, y + 1) for x, y in outline])
        pygame.draw.aalines(surface, COLORS.accent, True, outline)
        radius = theme.px(11)
        for eye, letter in zip(self.eyes, "LR", strict=True):
            center = self.to_window(eye)
            for color, width, grow in ((COLORS.shadow, 4, 1), (COLORS.accent, 2, 0)):
                pygame.draw.circle(surface, color, center, radius + theme.px(grow), theme.px(width))
            pygame.draw.circle(surface, COLORS.accent, center, theme.px(2))
            plate = pygame.Rect(0, 0, theme.px(16), theme.px(16))
            plate.center = (round(center[0]), round(center[1] - radius - theme.px(11)))
            surface.fill(COLORS.shadow, plate)
            write(surface, theme.text(letter, COLORS.accent, SIZES.tiny, True), plate)
