"""The widgets of the drawing screen: tools above, canvas and answer, actions below."""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pygame
import pygame.gfxdraw
from pygame import Rect, Surface

from model.frame import FACE_AXIS, FACE_CENTRE, FACE_HALF_AXES, IMAGE_SHAPE, LEFT_EYE, RIGHT_EYE
from ui.drawing.answers import NEAREST_FACES, REALISM
from ui.drawing.drawing import GRAYS, RADII, SIZE_STEP, Brush, Tool, mirrored
from ui.drawing.head import PLAIN, WHOLE, Region, ink, paper_tone
from ui.keys import Command
from ui.pictures import PAPER, drawing_on_paper, over_paper
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label, Point, Row, Widget, box, place_row
from ui.widgets.button import Button, Toggle, help_of
from ui.widgets.face_view import FaceView
from ui.widgets.slider import Slider
from ui.widgets.strip import Strip

GHOST = 0.3  # share of the answer's contrast on the paper
DASH = 6  # length of dashes, points
GUIDES = ((78, 92, 118), (165, 182, 212))  # colors of the guide on dark and on light paper
EYE = 7  # half length of the guide's eye lines, canvas pixels
AROUND_EYE = (9, 14)  # half width and height of where an eye is drawn, canvas pixels
NARROWEST = 868  # width of the rows of tools, points
ROW, CAPTION = 36, 28  # heights, points
TOOLS = {  # commands that choose them
    Tool.PAINT: "Brush",
    Tool.ERASE: "Eraser",
    Tool.BARE: "Paper",
    Tool.CLONE: "Answer brush",
    Tool.FILL: "Fill",
}
SPACE, WIDEST_SIZE = 4, 260  # between tools, and of the size slider, points
EXPLAIN = 132  # height of the Explain panel, points
LEGEND = 56  # width of the names of its colors, points

HELP = "Draw here. Shift: straight lines; right button: eraser; wheel: size of the brush"
FRAMED = HELP.replace("Draw here.", "The head is read as if the thin frame were the canvas.")
REALISM_HELP = "From what you drew (left) to a likely face (right)  [, and .]"
SIZE_HELP = "Size of the brush: drag, or turn the wheel over the canvas  [[ and ]]"
DIFFERENCE_HELP = "Orange where the answer is lighter than your paint, blue where it is darker"
PULL_HELP = "Move the answer halfway to this face; your drawing stays"


@dataclass(eq=False, kw_only=True)
class CanvasView(FaceView):
    """Shows a drawing, and turns the mouse into strokes.

    A guide (oval, eyes and axis) shows where a face belongs until eyes are drawn or a head is found
    elsewhere; its axis also shows while strokes are mirrored. It is no part of the drawing. Points
    of the mouse are collected until `flush`, once a frame.
    """

    drawing: np.ndarray  # uint8 (rows, columns, 2)
    begin: Callable[[Point, bool], object]  # called by a press, with (x, y) and whether to erase
    extend: Callable[[list[Point], bool], object]  # with points and whether Shift was held
    lift: Callable[[], object]  # called when the button is released
    resize: Callable[[float], object]  # called with notches of the wheel

    def __post_init__(self) -> None:
        super().__post_init__()
        self.help = lambda: FRAMED if self.region.is_off(*PLAIN, WHOLE) else HELP
        self.brush = Brush()  # its ring follows the mouse; `change` sets it and the region
        self.region: Region = WHOLE  # the part that is encoded; framed if it is off by `PLAIN`
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
            paper -= GHOST * (face.max() - self.region.put_back(face, paper_tone(face)))
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

    def draw(self, surface: Surface, theme: Theme) -> None:
        """Draw the canvas, the guide, the frame, and a ring as large as the brush."""
        super().draw(surface, theme)
        elsewhere = self.region.is_off(*PLAIN, WHOLE)
        guided = self._guided and not elsewhere
        if guided or self.brush.mirror:
            self._draw_guide(surface, theme, guided)
        if elsewhere:
            (left, top), (right, bottom) = map(self.to_window, self.region.corners)
            frame = Rect(left, top, right - left, bottom - top).clip(self.picture)
            pygame.draw.rect(surface, COLORS.accent, frame, theme.px(1))
        if self._mouse is not None:
            self._draw_ring(surface, self._mouse, 230)
            if self.brush.mirror:
                self._draw_ring(surface, self.to_window(mirrored(self.to_image(self._mouse))), 110)

    def _draw_guide(self, surface: Surface, theme: Theme, face: bool) -> None:
        """Draw the axis of a face, which is the mirror's, and with `face` its oval and eyes."""
        dash, width = theme.px(DASH), theme.px(1)
        axis = round(self.to_window((FACE_AXIS, 0))[0])
        color = GUIDES[paper_tone(over_paper(self.drawing)) > PAPER / 2]
        for top in range(self.picture.top, self.picture.bottom, 2 * dash):
            surface.fill(
                COLORS.accent if self.brush.mirror else color, Rect(axis, top, width, dash)
            )
        if not face:
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

    def _draw_ring(self, surface: Surface, pos: Point, alpha: int) -> None:
        """Draw a light ring in a dark one, which shows on any gray, as large as the brush."""
        x, y = map(round, pos)
        radius = max(2, round(self.brush.radius * self.picture.width / IMAGE_SHAPE[1]))
        pygame.gfxdraw.aacircle(surface, x, y, radius + 1, (20, 22, 27, alpha))
        pygame.gfxdraw.aacircle(surface, x, y, radius, (255, 255, 255, alpha))


def eyes_drawn(drawing: np.ndarray) -> bool:
    """Return whether there is ink, or a face, where both eyes belong."""
    inked = ink(drawing)
    wide, high = AROUND_EYE
    return all(
        inked[int(y) - high : int(y) + high, int(x) - wide : int(x) + wide].any()
        for x, y in (LEFT_EYE, RIGHT_EYE)
    )


@dataclass(eq=False)
class DrawingView(Widget):
    """All widgets of the drawing screen but those that pop up over it."""

    canvas: CanvasView  # where the user draws
    commands: Mapping[str, Command]  # of the screen, by name
    set_radius: Callable[[float], object]  # called with the radius of the brush
    set_realism: Callable[[float], object]  # called with a share from 0 to 1
    pull: Callable[[np.ndarray], object]  # with the code (latent_dim,) of a face that was clicked
    open_menu: Callable[[Sequence, Rect], object]  # see `Window.open_menu`

    def __post_init__(self) -> None:
        super().__init__()
        commands = self.commands
        self.tools = {t: self.add(Button.of(commands[name])) for t, name in TOOLS.items()}
        self.grays = [self.add(Swatch(commands[name.capitalize()], t)) for name, t in GRAYS.items()]
        low, high, usual = map(math.log, (*RADII, Brush.radius))  # a notch multiplies the radius
        self.size = self.add(
            Slider(
                "Size",
                low,
                high,
                usual,
                lambda value: self.set_radius(math.exp(value)),
                nudge=math.log(SIZE_STEP),
                compact=True,
                default=usual,
                words=_line_width,
                help=SIZE_HELP,
            )
        )
        switches = ("Soft", "Mirror", "Ghost", "Live")
        toggles = [self.add(Toggle.of(commands[name])) for name in switches]
        self.soft, self.mirror, self.ghost, self.live = toggles
        self.add(self.canvas)
        self.face = self.add(FaceView("The face appears when the model is loaded"))
        titles = ("Canvas", "Answer")
        self.titles = [self.add(Label(title, size=SIZES.title, bold=True)) for title in titles]
        self.status = self.add(Label("", COLORS.faint, SIZES.small))
        self.film, self.as_photo, self.explain_button = (
            self.add(Button.of(commands[name], plain=True))
            for name in ("Replay as GIF", "As a photo", "Explain")
        )
        faces = [each for each in commands.values() if each.group == "Start from"]
        starts = [(each.name, each.action, help_of(each)) for each in faces]
        help = "Put a face on the canvas and paint on it"
        start = Button("Start from …", lambda: self.open_menu(starts, start.rect), help)
        self.start = self.add(start)
        edits = ("Undo", "Redo", "Clear", "Dark paper", "Save")
        self.edits = [self.add(Button.of(commands[name])) for name in edits]
        self.undo, self.redo, self.clear = self.edits[:3]
        realism = Slider(
            "Realism",
            0,
            1,
            0,
            self.set_realism,
            nudge=0.05,
            compact=True,
            default=REALISM,
            words=lambda share: f"{round(100 * share)} %",
            help=REALISM_HELP,
        )
        self.realism = self.add(realism)
        self.refine = self.add(Button.of(commands["Refine"]))
        self.explain = self.add(ExplainPanel(self.pull))

    def follow(self, brush: Brush) -> None:
        """Show a brush."""
        for tool, button in self.tools.items():
            button.select(tool is brush.tool)
        for swatch in self.grays:
            swatch.select(brush.tool in (Tool.PAINT, Tool.FILL) and swatch.tone == brush.tone)
        self.size.set(math.log(brush.radius))
        self.soft.select(brush.soft)
        self.mirror.select(brush.mirror)

    def layout(self, rect: Rect, theme: Theme) -> None:
        """Give the pictures all the room that the rows around them leave."""
        gap, row, caption = theme.px(SIZES.gap), theme.px(ROW), theme.px(CAPTION)
        panel = theme.px(EXPLAIN) + gap if self.explain.visible else 0
        top = rect.top + gap + row + caption + theme.px(2)
        bottom = rect.bottom - gap - row - gap - panel
        between = 2 * gap
        room = (rect.width - 2 * theme.px(SIZES.margin) - between) // 2
        width = min(round(max(1, bottom - top) * 1.1), room)
        area = Rect(0, 0, max(2 * width + between, theme.px(NARROWEST)), round(width / 1.1))
        area.center = rect.centerx, (top + bottom) // 2
        left = Rect(area.centerx - between // 2 - width, area.top, width, area.height)
        right = left.move(width + between, 0)
        self.canvas.place(left, theme)
        self.face.place(right, theme)
        above = area.top - caption
        self._tool_row(Rect(area.left, above - row, area.width, row), theme)
        self._captions(left, right, above, caption - theme.px(2), theme)
        below = Rect(area.left, area.bottom + gap, area.width, row)
        self._actions(below, right.left, theme)
        if panel:
            place = Rect(area.left, below.bottom + gap // 2, area.width, panel - gap)
            self.explain.place(place, theme)

    def _tool_row(self, row: Rect, theme: Theme) -> None:
        """Place tools, grays and switches; the size slider takes what room it can use."""
        before = [*self.tools.values(), Widget(), *self.grays, Widget()]
        tools: Row = [*before, (self.size, 1), self.soft, self.mirror]
        place_row(tools, row.inflate(0, theme.px(SIZES.button) - row.height), theme, SPACE)
        place = self.size.rect
        place.width = min(place.width, theme.px(WIDEST_SIZE))
        self.size.place(place, theme)

    def _captions(self, left: Rect, right: Rect, top: int, height: int, theme: Theme) -> None:
        buttons = (self.ghost, self.film), (self.as_photo, self.explain_button)
        for picture, title, middle, row in zip(
            (left, right), self.titles, (Widget(), self.status), buttons, strict=True
        ):
            place = Rect(picture.left, top, picture.width, height)
            place_row([title, (middle, 1), *row], place, theme)

    def _actions(self, row: Rect, middle: int, theme: Theme) -> None:
        row = row.inflate(0, theme.px(SIZES.button) - row.height)
        x = place_row([self.start, *self.edits], row, theme, SPACE)
        place = Rect(max(x, middle), row.top, row.right - max(x, middle), row.height)
        place_row([self.live, (self.realism, 1), self.refine], place, theme)


class Swatch(Button):
    """The button of a gray."""

    def __init__(self, command: Command, tone: float):
        super().__init__("", command.action, help_of(command))
        self.tone = tone

    def width(self, theme: Theme) -> int:
        """Return the width of a square."""
        return theme.px(SIZES.button)

    def draw(self, surface: Surface, theme: Theme) -> None:
        """Draw the gray in a frame, thick for the chosen one."""
        edge = COLORS.accent if self.selected else COLORS.soft if self.hovered else COLORS.edge
        frame = theme.px(3) if self.selected else theme.px(1)
        rect = self.rect if self.selected else self.rect.inflate(-theme.px(4), -theme.px(4))
        box(surface, rect, COLORS.panel, theme.px(SIZES.radius), edge, frame)
        inside = rect.inflate(-2 * frame - theme.px(2), -2 * frame - theme.px(2))
        box(surface, inside, (round(255 * self.tone),) * 3, theme.px(SIZES.radius - 3))


def _line_width(logarithm: float) -> str:
    """Return the width of the line that a brush draws, in canvas pixels."""
    width = 2 * math.exp(logarithm)
    return f"{width:.1f}" if width < 9.95 else f"{width:.0f}"


def _palette() -> np.ndarray:
    """Return colors of differences, 0xRRGGBB (256,): darker to white to lighter."""
    white, darker, lighter = map(np.array, (COLORS.text, COLORS.darker, COLORS.lighter))
    levels = np.linspace(-1, 1, 256)[:, None]
    strength = np.abs(levels) ** 0.7  # makes small differences visible
    colors = white + strength * (np.where(levels < 0, darker, lighter) - white)
    return np.rint(colors).astype(np.uint32) @ np.array((0x010000, 0x000100, 1), np.uint32)


PALETTE = _palette()


class ExplainPanel(Widget):
    """Where answer and drawing differ, and the training faces nearest to the answer."""

    def __init__(self, chosen: Callable[[np.ndarray], object]):
        super().__init__()
        self.chosen = chosen  # called with the code (latent_dim,) of a face that was clicked
        self.codes: np.ndarray | None = None
        self.visible = False
        titles = ("Answer against drawing", "Nearest training faces, as the model sees them")
        self.titles = [self.add(Label(title, COLORS.soft, SIZES.small)) for title in titles]
        difference = FaceView(background=COLORS.panel, palette=PALETTE, help=DIFFERENCE_HELP)
        self.difference = self.add(difference)
        names = (("lighter", COLORS.lighter), ("darker", COLORS.darker))
        self.legend = [self.add(Label(name, color, SIZES.small)) for name, color in names]
        self.strip = self.add(Strip(self._choose, columns=NEAREST_FACES))
        self.strip.fill([None] * NEAREST_FACES)

    def show_nearest(self, found: tuple[np.ndarray, np.ndarray]) -> None:
        """Show training faces: codes (k, latent_dim) and images (k, rows, columns)."""
        self.codes, images = found
        self.strip.fill(list(images), helps=[PULL_HELP] * len(images))

    def layout(self, rect: Rect, theme: Theme) -> None:
        """Place titles above the pictures."""
        inner = rect.inflate(-theme.px(20), -theme.px(12))
        line, legend = theme.px(20), theme.px(LEGEND)
        top, height = inner.top + line, inner.height - line
        width = round(height * 1.1)
        left = width + theme.px(8) + legend
        x = inner.left + left + theme.px(16)
        self.titles[0].place(Rect(inner.left, inner.top, left, line), theme)
        self.titles[1].place(Rect(x, inner.top, inner.right - x, line), theme)
        self.difference.place(Rect(inner.left, top, width, height), theme)
        for number, name in enumerate(self.legend):
            name.place(Rect(inner.left + left - legend, top + number * line, legend, line), theme)
        self.strip.place(Rect(x, top, inner.right - x, height), theme)

    def draw(self, surface: Surface, theme: Theme) -> None:
        """Draw the panel."""
        box(surface, self.rect, COLORS.panel, theme.px(10), COLORS.line, theme.px(1))

    def _choose(self, number: int) -> None:
        if self.codes is not None:  # the model is loaded
            self.chosen(self.codes[number])
