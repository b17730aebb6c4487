"""The easel: the canvas on the window, with the brush that follows the mouse."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import groupby
from operator import itemgetter

import numpy as np
import pygame
import pygame.gfxdraw

from model.frame import FACE_AXIS
from ui.drawing.box import NOTHING, Box
from ui.drawing.canvas import mirrored
from ui.drawing.enlarging import Enlarged
from ui.drawing.sheet import Sheet
from ui.pictures import PAPER, over_paper
from ui.theme import COLORS, Theme
from ui.widgets.base import Point
from ui.widgets.face_view import FaceView

GHOST = 0.3  # how much of the mean face shows through the paper
DASH = 6  # points


class Easel(FaceView):
    """Shows a sheet and paints on it.

    The points of the mouse are kept until `flush`, so a frame draws them all at once.

    Args:
        sheet: what is painted on.
        begin: called with (x, y) and whether to erase; sets the brush down, if it can.
        changed: called when the pixels changed.
        resized: called with notches of the wheel.
    """

    def __init__(
        self,
        sheet: Sheet,
        begin: Callable[[Point, bool], object],
        changed: Callable[[], object],
        resized: Callable[[float], object],
        help: str = "",
    ):
        super().__init__(shape=sheet.canvas.shape, help=help)
        self.sheet = sheet
        self.begin, self.changed, self.resized = begin, changed, resized
        self.radius = 2.0
        self.mirror = False
        self._points: list[tuple[Point, bool]] = []
        self._straight = False
        self._mouse: Point | None = None
        self._paper = np.full(self.shape, PAPER, np.float32)
        self._enlarged: Enlarged | None = None
        self.pixels = np.full(self.shape, PAPER, np.uint8)
        self.renew()

    def renew(self, box: Box | None = None) -> None:
        """Show what the sheet holds now, or what it holds in a box."""
        box = box or Box(0, 0, self.shape[1], self.shape[0])
        where = box.slices
        shown = over_paper(self.sheet.canvas.pixels[where], self._paper[where])
        self.pixels[where] = np.rint(shown)
        if self._enlarged is not None:
            self.invalidate(self._enlarged.renew(self.pixels, box).move(self.picture.topleft))

    def haunt(self, ghost: np.ndarray | None) -> None:
        """Let a face, float (rows, columns) in [0, 1], shimmer through the paper, or none."""
        self._paper[:] = PAPER
        if ghost is not None:
            self._paper *= 1 - GHOST * (ghost.max() - ghost)
        self.renew()

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Find the picture's place, and enlarge it to that."""
        super().layout(rect, theme)
        if self._enlarged is None or self._enlarged.surface.get_size() != self.picture.size:
            self._enlarged = Enlarged(self.shape, self.picture.size)
            self._enlarged.renew(self.pixels, Box(0, 0, self.shape[1], self.shape[0]))
        self._scaled = self._enlarged.surface

    def show_brush(self, radius: float, mirror: bool) -> None:
        """Follow the brush's size and symmetry."""
        if (radius, mirror) != (self.radius, self.mirror):
            self.radius, self.mirror = radius, mirror
            self.invalidate(self.picture)

    def flush(self) -> None:
        """Draw the points that came since the last frame."""
        points, self._points = self._points, []
        canvas = self.sheet.canvas
        if not points or canvas.stroke is None:
            return
        changed = NOTHING
        for straight, group in groupby(points, key=itemgetter(1)):
            together = [point for point, _ in group]
            if straight != self._straight:
                canvas.turn()
                self._straight = straight
            if straight:
                changed = changed.joined(canvas.aim(together[-1]))
            else:
                changed = changed.joined(canvas.extend(together))
        self.renew(changed)
        self.changed()

    def press(self, pos: Point, button: int) -> bool:
        """Set the brush down; the right button erases."""
        if button == 2 or not self.picture.collidepoint(pos):
            return False
        self._points.clear()
        self._straight = False
        self.begin(self.to_image(pos), button == 3)
        if self.sheet.painting:
            self.renew()
            self.changed()
        return True

    def drag(self, pos: Point) -> None:
        """Draw on to here, straight while Shift is held."""
        straight = bool(pygame.key.get_mods() & pygame.KMOD_SHIFT)
        self._points.append((self.to_image(pos), straight))

    def release(self, pos: Point) -> None:
        """Lift the brush."""
        self.drag(pos)
        self.flush()
        self.sheet.finish()

    def wheel(self, steps: float, pos: Point) -> bool:
        """Change the brush's size."""
        self.resized(steps)
        return True

    def follow(self, pos: Point | None) -> None:
        """Show the brush at a point of the window; None hides it."""
        if pos is not None and not self.picture.collidepoint(pos):
            pos = None
        if (pos is None) != (self._mouse is None):
            cursor = pygame.SYSTEM_CURSOR_ARROW if pos is None else pygame.SYSTEM_CURSOR_CROSSHAIR
            with suppress(pygame.error):  # a display without cursors
                pygame.mouse.set_cursor(cursor)
        if pos != self._mouse:
            for place in (self._mouse, pos):
                if place is not None:
                    self._stale_ring(place)
            self._mouse = pos

    def _stale_ring(self, pos: Point) -> None:
        around = 2 * self._reach() + 6
        for centre in self._rings(pos):
            rect = pygame.Rect(0, 0, around, around)
            rect.center = (round(centre[0]), round(centre[1]))
            self.invalidate(rect)

    def _reach(self) -> int:
        """Return the radius of the brush on the window, in pixels."""
        return max(2, round(self.radius * self.picture.width / self.shape[1]))

    def _rings(self, pos: Point) -> list[Point]:
        if not self.mirror:
            return [pos]
        return [pos, self.to_window(mirrored(self.to_image(pos)))]

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the sheet, the axis of symmetry, and a ring as large as the brush."""
        super().draw(surface, theme)
        if self.mirror:
            x, dash = round(self.to_window((FACE_AXIS, 0))[0]), theme.px(DASH)
            for top in range(self.picture.top, self.picture.bottom, 2 * dash):
                surface.fill(COLORS.accent, pygame.Rect(x, top, theme.px(1), dash))
        if self._mouse is not None:
            for number, (x, y) in enumerate(self._rings(self._mouse)):
                self._draw_ring(surface, round(x), round(y), faint=number > 0)

    def _draw_ring(self, surface: pygame.Surface, x: int, y: int, faint: bool) -> None:
        """Draw a light ring in a dark one, so that it shows on any gray."""
        radius = self._reach()
        alpha = 110 if faint else 230
        pygame.gfxdraw.aacircle(surface, x, y, radius + 1, (20, 22, 27, alpha))
        pygame.gfxdraw.aacircle(surface, x, y, radius, (255, 255, 255, alpha))
