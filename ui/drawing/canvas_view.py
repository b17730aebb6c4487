"""The canvas on the window, enlarged, with the brush that follows the mouse."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pygame
import pygame.gfxdraw

from model.frame import FACE_AXIS, IMAGE_SHAPE
from ui.drawing.stroke import mirrored, slices
from ui.pictures import PAPER, over_paper
from ui.theme import COLORS, Theme
from ui.widgets.base import Point
from ui.widgets.face_view import FaceView

GHOST = 0.3  # how much of the mean face shows through the paper
DASH = 6  # points
EVERYTHING = pygame.Rect(0, 0, IMAGE_SHAPE[1], IMAGE_SHAPE[0])


class CanvasView(FaceView):
    """Shows a drawing, and says where the mouse paints.

    The points of the mouse are kept until `flush`, so a frame draws them all at once.

    Args:
        pixels: uint8 (rows, columns, 2), gray and coverage, to begin with.
        begin: called with (x, y) of the canvas and whether to erase, when a button goes down.
        extend: called with the points since then, each with whether Shift was held.
        lift: called when the button comes up.
        resize: called with notches of the wheel.
        help: for the help line.
    """

    def __init__(
        self,
        pixels: np.ndarray,
        begin: Callable[[Point, bool], object],
        extend: Callable[[list[tuple[Point, bool]]], object],
        lift: Callable[[], object],
        resize: Callable[[float], object],
        help: str = "",
    ):
        super().__init__(shape=IMAGE_SHAPE, help=help)
        self.begin, self.extend, self.lift, self.resize = begin, extend, lift, resize
        self.radius = 2.0
        self.mirror = False
        self._points: list[tuple[Point, bool]] = []
        self._mouse: Point | None = None
        self._drawing = pixels
        self._paper = np.full(IMAGE_SHAPE, PAPER, np.float32)
        self._enlarged: Enlarged | None = None
        self.pixels = np.full(IMAGE_SHAPE, PAPER, np.uint8)
        self.show_drawing(pixels)

    def show_drawing(self, pixels: np.ndarray, part: pygame.Rect = EVERYTHING) -> None:
        """Show a drawing, uint8 (rows, columns, 2), of which only a part may have changed."""
        self._drawing, where = pixels, slices(part)
        self.pixels[where] = np.rint(over_paper(pixels[where], self._paper[where]))
        if self._enlarged is not None:
            self.invalidate(self._enlarged.renew(self.pixels, part).move(self.picture.topleft))

    def set_ghost(self, face: np.ndarray | None) -> None:
        """Let a face, float (rows, columns) in [0, 1], shimmer through the paper, or none."""
        self._paper[:] = PAPER
        if face is not None:
            self._paper *= 1 - GHOST * (face.max() - face)
        self.show_drawing(self._drawing)

    def set_brush(self, radius: float, mirror: bool) -> None:
        """Show the brush's size and symmetry."""
        if (radius, mirror) != (self.radius, self.mirror):
            self.radius, self.mirror = radius, mirror
            self.invalidate(self.picture)

    def set_mouse(self, pos: Point | None) -> None:
        """Show the brush at a point of the window; None hides it."""
        if pos is not None and not self.picture.collidepoint(pos):
            pos = None
        if (pos is None) != (self._mouse is None):
            cursor = pygame.SYSTEM_CURSOR_ARROW if pos is None else pygame.SYSTEM_CURSOR_CROSSHAIR
            with suppress(pygame.error):  # a display without cursors
                pygame.mouse.set_cursor(cursor)
        if pos != self._mouse:
            around = 2 * self._reach() + 6
            for x, y in (*self._rings(self._mouse), *self._rings(pos)):
                rect = pygame.Rect(0, 0, around, around)
                rect.center = (round(x), round(y))
                self.invalidate(rect)
            self._mouse = pos

    # The hand

    def press(self, pos: Point, button: int) -> bool:
        """Set the brush down; the right button erases."""
        if button == 2 or not self.picture.collidepoint(pos):
            return False
        self._points.clear()
        self.begin(self.to_image(pos), button == 3)
        return True

    def drag(self, pos: Point) -> None:
        """Draw on to here, straight while Shift is held."""
        straight = bool(pygame.key.get_mods() & pygame.KMOD_SHIFT)
        self._points.append((self.to_image(pos), straight))

    def release(self, pos: Point) -> None:
        """Lift the brush."""
        self.drag(pos)
        self.lift()

    def wheel(self, steps: float, pos: Point) -> bool:
        """Change the brush's size."""
        self.resize(steps)
        return True

    def flush(self) -> None:
        """Hand over the points that came since the last frame."""
        points, self._points = self._points, []
        if points:
            self.extend(points)

    # Drawing

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Find the picture's place, and enlarge it to that."""
        super().layout(rect, theme)
        if self._enlarged is None or self._enlarged.surface.get_size() != self.picture.size:
            self._enlarged = Enlarged(IMAGE_SHAPE, self.picture.size)
            self._enlarged.renew(self.pixels, EVERYTHING)
        self._scaled = self._enlarged.surface

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the canvas, the axis of symmetry, and a ring as large as the brush."""
        super().draw(surface, theme)
        if self.mirror:
            x, dash = round(self.to_window((FACE_AXIS, 0))[0]), theme.px(DASH)
            for top in range(self.picture.top, self.picture.bottom, 2 * dash):
                surface.fill(COLORS.accent, pygame.Rect(x, top, theme.px(1), dash))
        radius = self._reach()
        for (x, y), alpha in zip(self._rings(self._mouse), (230, 110), strict=False):
            place = (round(x), round(y))  # light in dark, so that it shows on any gray
            pygame.gfxdraw.aacircle(surface, *place, radius + 1, (20, 22, 27, alpha))
            pygame.gfxdraw.aacircle(surface, *place, radius, (255, 255, 255, alpha))

    def _reach(self) -> int:
        """Return the radius of the brush on the window, in pixels."""
        return max(2, round(self.radius * self.picture.width / IMAGE_SHAPE[1]))

    def _rings(self, pos: Point | None) -> list[Point]:
        """Return where the brush shows on the window: under the mouse, and at its mirror image."""
        if pos is None:
            return []
        return [pos, self.to_window(mirrored(self.to_image(pos)))] if self.mirror else [pos]


class Enlarged:
    """A surface that shows a picture enlarged, by bilinear interpolation, and renewed in parts.

    A stroke changes a corner of the canvas sixty times a second; on a large screen, enlarging all
    of it each time would cost more than everything else in a frame. Window pixel x shows column
    x * (w - 1) / W of the picture, as `FaceView.to_image` has it.

    Args:
        shape: (rows, columns) of the picture.
        size: (width, height) of the surface in pixels.
    """

    def __init__(self, shape: tuple[int, int], size: tuple[int, int]):
        self.surface = pygame.Surface(size, 0, 32)
        self._across = _weights(shape[1], size[0])
        self._down = _weights(shape[0], size[1])

    def renew(self, pixels: np.ndarray, part: pygame.Rect) -> pygame.Rect:
        """Enlarge a part of the picture anew.

        Args:
            pixels: uint8 (rows, columns), the whole picture.
            part: the pixels that changed.

        Returns:
            The part of the surface that changed with them.
        """
        if not part:
            return pygame.Rect(0, 0, 0, 0)
        x0, x1, left, right = _reach(self._across.shape, part.left, part.right)
        y0, y1, top, bottom = _reach(self._down.shape, part.top, part.bottom)
        grays = pixels[top:bottom, left:right].astype(np.float32).T
        grays = self._across[x0:x1, left:right] @ grays @ self._down[y0:y1, top:bottom].T
        target = pygame.surfarray.pixels2d(self.surface)
        target[x0:x1, y0:y1] = (grays + 0.5).astype(np.uint32) * 0x010101
        return pygame.Rect(x0, y0, x1 - x0, y1 - y0)


def _weights(count: int, length: int) -> np.ndarray:
    """Return the shares (length, count) of the picture's pixels in every pixel of the surface."""
    places = np.arange(length) * (count - 1) / length
    first = np.minimum(places.astype(int), count - 2)
    weights = np.zeros((length, count), np.float32)
    weights[np.arange(length), first] = 1 - (places - first)
    weights[np.arange(length), first + 1] = places - first
    return weights


def _reach(shape: tuple[int, int], start: int, end: int) -> tuple[int, int, int, int]:
    """Return the pixels of the surface that pixels of the picture reach, and all these are made of.

    Returns:
        Start and end on the surface, start and end in the picture; ends excluded.
    """
    length, count = shape
    scale = length / (count - 1)
    low = max(0, math.ceil((start - 1) * scale))
    high = min(length, math.floor(end * scale) + 1)
    return low, high, max(0, start - 2), min(count, end + 2)
