"""The canvas on the window, and the brush that follows the mouse."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pygame
import pygame.gfxdraw
from pygame import Rect

from model.frame import FACE_AXIS, FACE_CENTRE, FACE_HALF_AXES, IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE
from ui.drawing.head import CONTRAST, WHOLE, Region, paper_tone
from ui.drawing.stroke import Brush, mirrored
from ui.pictures import PAPER, drawing_on_paper, over_paper
from ui.theme import COLORS, Theme
from ui.widgets.base import Point
from ui.widgets.face_view import FaceView

GHOST = 0.3  # share of the answer's contrast on the paper
DASH = 6  # length of dashes, points
GUIDES = ((78, 92, 118), (165, 182, 212))  # colors of the guide on dark and on light paper
EYE = 7  # half length of the guide's eye lines, canvas pixels
AROUND_EYE = (9, 14)  # half width and height of where an eye is drawn, canvas pixels
HELP = "Draw here. Shift: straight lines; right button: eraser; wheel: size of the brush"
FRAMED = "The head in the thin frame is looked at enlarged. " + HELP.removeprefix("Draw here. ")


@dataclass(eq=False, kw_only=True)
class CanvasView(FaceView):
    """Shows a drawing, and turns the mouse into strokes.

    A guide (oval, eyes and axis) shows where a face belongs until eyes are drawn, and while strokes
    are mirrored; it is no part of the drawing. Points of the mouse are collected until `flush`,
    once a frame.
    """

    drawing: np.ndarray  # uint8 (rows, columns, 2)
    begin: Callable[[Point, bool], object]  # called by a press, with (x, y) and whether to erase
    extend: Callable[[list[Point], bool], object]  # with points and whether Shift was held
    lift: Callable[[], object]  # called when the button is released
    resize: Callable[[float], object]  # called with notches of the wheel

    def __post_init__(self) -> None:
        super().__post_init__()
        self.help = lambda: HELP if self.region == WHOLE else FRAMED
        self.brush = Brush()  # follows the mouse; set by `change`, as the next
        self.region: Region = WHOLE  # the part that is encoded, framed if it is not all
        self._points: list[Point] = []  # since the last `flush`
        self._straight = False
        self._mouse: Point | None = None
        self._paper = np.full(IMAGE_SHAPE, PAPER, np.float32)  # white, or with the ghost on it
        self.show_drawing(self.drawing)

    def show_drawing(self, drawing: np.ndarray) -> None:
        """Show a drawing, uint8 (rows, columns, 2)."""
        self.drawing, self._guided = drawing, not eyes_drawn(drawing)
        self.set(drawing_on_paper(drawing, self._paper))

    def set_ghost(self, face: np.ndarray | None) -> None:
        """Let a face, uint8 (rows, columns), show through the paper, or none."""
        paper = np.full(IMAGE_SHAPE, PAPER, np.float32)
        if face is not None:
            lightest = face.max()
            paper -= GHOST * (lightest - self.region.put_back(face, lightest))
        if not np.array_equal(paper, self._paper):
            self._paper = paper
            self.show_drawing(self.drawing)

    def set_mouse(self, pos: Point | None) -> None:
        """Show the brush at a point of the window, or hide it (None)."""
        if pos is not None and not self.picture.collidepoint(pos):
            pos = None
        if (pos is None) != (self._mouse is None):
            cursor = pygame.SYSTEM_CURSOR_ARROW if pos is None else pygame.SYSTEM_CURSOR_CROSSHAIR
            with suppress(pygame.error):  # a display without cursors
                pygame.mouse.set_cursor(cursor)
        if pos != self._mouse:
            self._mouse = pos
            self.invalidate(self.picture)

    # The mouse

    def press(self, pos: Point, button: int) -> bool:
        """Begin a stroke; the right button erases."""
        if button == 2 or not self.picture.collidepoint(pos):
            return False
        self._points.clear()
        self.begin(self.to_image(pos), button == 3)
        return True

    def drag(self, pos: Point) -> None:
        """Continue the stroke, straight while Shift is held."""
        straight = bool(pygame.key.get_mods() & pygame.KMOD_SHIFT)
        if straight != self._straight:
            self.flush()
            self._straight = straight
        self._points.append(self.to_image(pos))

    def release(self, pos: Point) -> None:
        """End the stroke."""
        self.drag(pos)
        self.lift()

    def wheel(self, steps: float, pos: Point) -> bool:
        """Change the size of the brush."""
        self.resize(steps)
        return True

    def flush(self) -> None:
        """Pass on the points since the last call."""
        points, self._points = self._points, []
        if points:
            self.extend(points, self._straight)

    # Drawing

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the canvas, the guide, the frame, and a ring as large as the brush."""
        super().draw(surface, theme)
        if self._guided or self.brush.mirror:
            self._draw_guide(surface, theme)
        if self.region != WHOLE:
            (left, top), (right, bottom) = map(self.to_window, self.region.corners)
            frame = Rect(left, top, right - left, bottom - top).clip(self.picture)
            pygame.draw.rect(surface, COLORS.accent, frame, theme.px(1))
        if self._mouse is not None:
            self._draw_ring(surface, self._mouse, 230)
            if self.brush.mirror:
                self._draw_ring(surface, self.to_window(mirrored(self.to_image(self._mouse))), 110)

    def _draw_guide(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw a face's axis, which is the mirror's; until eyes are drawn, its oval and eyes."""
        dash, width = theme.px(DASH), theme.px(1)
        axis = round(self.to_window((FACE_AXIS, 0))[0])
        color = GUIDES[paper_tone(over_paper(self.drawing)) > PAPER / 2]
        for top in range(self.picture.top, self.picture.bottom, 2 * dash):
            surface.fill(
                COLORS.accent if self.brush.mirror else color, Rect(axis, top, width, dash)
            )
        if not self._guided:
            return
        (x, y), (a, b) = FACE_CENTRE, FACE_HALF_AXES
        around = math.pi * (a + b) * self.picture.width / IMAGE_SHAPE[1]
        angles = np.linspace(0, 2 * np.pi, 2 * max(3, round(around / dash / 2)) + 1)
        oval = zip(
            (x + a * np.cos(angles)).tolist(), (y + b * np.sin(angles)).tolist(), strict=True
        )
        dashes = list(pairwise(oval))[::2]
        dashes += [((x - EYE, y), (x + EYE, y)) for x, y in (LEFT_EYE, RIGHT_EYE)]
        for start, end in dashes:
            pygame.draw.line(surface, color, self.to_window(start), self.to_window(end), width)

    def _draw_ring(self, surface: pygame.Surface, pos: Point, alpha: int) -> None:
        """Draw a light ring in a dark one, which shows on any gray, as large as the brush."""
        x, y = map(round, pos)
        radius = max(2, round(self.brush.radius * self.picture.width / IMAGE_SHAPE[1]))
        pygame.gfxdraw.aacircle(surface, x, y, radius + 1, (20, 22, 27, alpha))
        pygame.gfxdraw.aacircle(surface, x, y, radius, (255, 255, 255, alpha))


def eyes_drawn(drawing: np.ndarray) -> bool:
    """Return whether there is ink, or a face, where both eyes belong."""
    image = over_paper(drawing)
    ink = abs(image - paper_tone(image)) > CONTRAST
    wide, high = AROUND_EYE
    return all(
        ink[int(y) - high : int(y) + high, int(x) - wide : int(x) + wide].any()
        for x, y in (LEFT_EYE, RIGHT_EYE)
    )
