"""The canvas on the window, enlarged, with the brush that follows the mouse."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pygame
import pygame.gfxdraw
from pygame import Rect

from model.frame import FACE_AXIS, FACE_CENTRE, FACE_HALF_AXES, IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE
from ui.drawing.head import WHOLE, Region
from ui.drawing.stroke import mirrored, slices
from ui.pictures import PAPER, over_paper
from ui.theme import COLORS, Theme
from ui.widgets.base import Point
from ui.widgets.face_view import FaceView

GHOST = 0.3  # how much of the answer shows through the paper
DASH = 6  # points
GUIDE = (150, 170, 205)  # the colour of the oval on white paper
EYE = 7  # half of the dash where an eye belongs, in canvas pixels
EVERYTHING = Rect(0, 0, IMAGE_SHAPE[1], IMAGE_SHAPE[0])
HELP = "Draw here. Shift: straight lines; right button: eraser; wheel: size of the brush"
FRAMED = "The head in the thin frame is looked at enlarged. " + HELP.removeprefix("Draw here. ")


class CanvasView(FaceView):
    """Shows a drawing, and says where the mouse paints.

    An oval shows where a face belongs, on a canvas that is bare or mirrored; it is never drawn
    into the drawing. The points of the mouse are kept until `flush`, so a frame draws them all at
    once.

    Args:
        pixels: uint8 (rows, columns, 2), gray and coverage, to begin with.
        begin: called with (x, y) of the canvas and whether to erase, when a button goes down.
        extend: called with the points since then, and whether Shift was held there.
        lift: called when the button comes up.
        resize: called with notches of the wheel.

    Attributes:
        radius: of the brush, in canvas pixels; `change` shows another.
        mirror: whether it is seen on both halves.
        region: the part that is looked at; a thin frame shows it where that is not all.
    """

    def __init__(
        self,
        pixels: np.ndarray,
        begin: Callable[[Point, bool], object],
        extend: Callable[[list[Point], bool], object],
        lift: Callable[[], object],
        resize: Callable[[float], object],
    ):
        super().__init__(help=HELP)
        self.begin, self.extend, self.lift, self.resize = begin, extend, lift, resize
        self.radius = 2.0
        self.mirror = False
        self.region = WHOLE
        self._points: list[Point] = []  # since `flush`
        self._straight = False
        self._mouse: Point | None = None
        self._drawing = pixels
        self._bare = True
        self._paper = np.full(IMAGE_SHAPE, PAPER, np.float32)
        self._enlarged: Enlarged | None = None
        self.pixels = np.full(IMAGE_SHAPE, PAPER, np.uint8)

    def show_drawing(self, pixels: np.ndarray, part: Rect = EVERYTHING) -> None:
        """Show a drawing, uint8 (rows, columns, 2), of which only a part may have changed."""
        self._drawing, where = pixels, slices(part)
        self.pixels[where] = np.rint(over_paper(pixels[where], self._paper[where]))
        bare = not pixels[..., 1].any()
        if bare != self._bare:
            self._bare = bare
            self.invalidate(self.picture)
        if self._enlarged is not None:
            self.invalidate(self._enlarged.renew(self.pixels, part).move(self.picture.topleft))

    def set_ghost(self, face: np.ndarray | None) -> None:
        """Let a face, uint8 (rows, columns), shimmer through the paper, or none."""
        before = self._paper.copy()
        self._paper[:] = PAPER
        if face is not None:
            lightest = face.max()
            face = self.region.put_back(face, lightest)
            self._paper -= GHOST * (lightest - face)
        if not np.array_equal(self._paper, before):
            self.show_drawing(self._drawing)

    def look_at(self, region: Region) -> None:
        """Frame another part of the canvas."""
        self.help = HELP if region == WHOLE else FRAMED
        self.change(region=region)

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
                rect = Rect(0, 0, around, around)
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
        if straight != self._straight:
            self.flush()
            self._straight = straight
        self._points.append(self.to_image(pos))

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
            self.extend(points, self._straight)

    # Drawing

    def layout(self, rect: Rect, theme: Theme) -> None:
        """Find the picture's place, and enlarge it to that."""
        super().layout(rect, theme)
        if self._enlarged is None or self._enlarged.surface.get_size() != self.picture.size:
            self._enlarged = Enlarged(self.picture.size)
            self._enlarged.renew(self.pixels, EVERYTHING)
        self._scaled = self._enlarged.surface

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the canvas, where a face belongs, and a ring as large as the brush."""
        super().draw(surface, theme)
        if self._bare or self.mirror:
            self._draw_guides(surface, theme)
        if self.region != WHOLE:
            (left, top), (right, bottom) = map(self.to_window, self.region.corners)
            frame = Rect(left, top, right - left, bottom - top).clip(self.picture)
            pygame.draw.rect(surface, COLORS.accent, frame, theme.px(1))
        radius = self._reach()
        for (x, y), alpha in zip(self._rings(self._mouse), (230, 110), strict=False):
            place = (round(x), round(y))  # light in dark, so that it shows on any gray
            pygame.gfxdraw.aacircle(surface, *place, radius + 1, (20, 22, 27, alpha))
            pygame.gfxdraw.aacircle(surface, *place, radius, (255, 255, 255, alpha))

    def _draw_guides(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the oval of a face, its eyes, and its axis, which is the mirror's, in dashes."""
        dash, width = theme.px(DASH), theme.px(1)
        x = round(self.to_window((FACE_AXIS, 0))[0])
        color = COLORS.accent if self.mirror else GUIDE
        for top in range(self.picture.top, self.picture.bottom, 2 * dash):
            surface.fill(color, Rect(x, top, width, dash))
        (x, y), (a, b) = FACE_CENTRE, FACE_HALF_AXES
        around = math.pi * (a + b) * self.picture.width / IMAGE_SHAPE[1]
        count = 2 * max(3, round(around / dash / 2))
        angles = np.linspace(0, 2 * np.pi, count + 1)
        oval = zip(x + a * np.cos(angles), y + b * np.sin(angles), strict=True)
        dashes = list(pairwise(oval))[::2]
        y = LEFT_EYE[1]
        dashes += [((x - EYE, y), (x + EYE, y)) for x in (LEFT_EYE[0], RIGHT_EYE[0])]
        for ends in dashes:
            pygame.draw.line(surface, color, *map(self.to_window, ends), width)

    def _reach(self) -> int:
        """Return the radius of the brush on the window, in pixels."""
        return max(2, round(self.radius * self.picture.width / IMAGE_SHAPE[1]))

    def _rings(self, pos: Point | None) -> list[Point]:
        """Return where the brush shows on the window: under the mouse, and at its mirror image."""
        if pos is None:
            return []
        return [pos, self.to_window(mirrored(self.to_image(pos)))] if self.mirror else [pos]


class Enlarged:
    """A surface that shows the canvas enlarged, by bilinear interpolation, and renewed in parts.

    A stroke changes a corner of the canvas sixty times a second; on a large screen, enlarging all
    of it each time would cost more than everything else in a frame. Window pixel x shows column
    x * (w - 1) / W of the canvas, as `FaceView.to_image` has it.

    Args:
        size: (width, height) of the surface in pixels.
    """

    def __init__(self, size: tuple[int, int]):
        self.surface = pygame.Surface(size, 0, 32)
        self._across = _weights(IMAGE_SHAPE[1], size[0])
        self._down = _weights(IMAGE_SHAPE[0], size[1])

    def renew(self, pixels: np.ndarray, part: Rect) -> Rect:
        """Enlarge a part of the canvas, uint8 (rows, columns); return what changed here."""
        x, columns = _reach(self._across, part.left, part.right)
        y, rows = _reach(self._down, part.top, part.bottom)
        grays = pixels[rows, columns].astype(np.float32).T
        grays = self._across[x, columns] @ grays @ self._down[y, rows].T
        target = pygame.surfarray.pixels2d(self.surface)
        target[x, y] = (grays + 0.5).astype(np.uint32) * 0x010101
        return Rect(x.start, y.start, x.stop - x.start, y.stop - y.start)


def _weights(count: int, length: int) -> np.ndarray:
    """Return the shares (length, count) of the canvas's pixels in every pixel of the surface."""
    places = np.arange(length) * (count - 1) / length
    first = np.minimum(places.astype(int), count - 2)
    weights = np.zeros((length, count), np.float32)
    weights[np.arange(length), first] = 1 - (places - first)
    weights[np.arange(length), first + 1] = places - first
    return weights


def _reach(weights: np.ndarray, start: int, end: int) -> tuple[slice, slice]:
    """Return the part of the surface that pixels reach, and all the pixels that it is made of."""
    reached = np.flatnonzero(weights[:, start:end].any(axis=1)).tolist() or [0, -1]
    return slice(reached[0], reached[-1] + 1), slice(max(0, start - 1), end + 1)
