"""The widgets of the drawing screen: tools above, canvas and answer, actions below."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pygame import Rect, Surface

from ui.drawing.answers import NEAREST_FACES, REALISM
from ui.drawing.canvas_view import CanvasView
from ui.drawing.stroke import GRAYS, LARGEST, SIZE_STEP, SMALLEST, Brush, Tool
from ui.keys import Command
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Label, Row, Widget, place_row
from ui.widgets.button import Button, Toggle, help_of
from ui.widgets.face_view import FaceView
from ui.widgets.shapes import box
from ui.widgets.slider import Slider
from ui.widgets.strip import Strip

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

REALISM_HELP = "From what you drew (left) to a likely face (right)  [, and .]"
SIZE_HELP = "Size of the brush: drag, or turn the wheel over the canvas  [[ and ]]"
DIFFERENCE_HELP = "Orange where the answer is lighter than your paint, blue where it is darker"
PULL_HELP = "Move the answer halfway to this face; your drawing stays"


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
        radii = SMALLEST, LARGEST, Brush.radius
        low, high, usual = map(math.log, radii)  # a notch multiplies the radius
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
