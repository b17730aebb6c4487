"""The row of tools above the canvas: what to paint with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pygame

from ui.drawing.stroke import GREYS, LARGEST, SIZE_STEP, SMALLEST, Brush, Tool
from ui.keys import Command
from ui.theme import COLORS, SIZES, Color, Theme
from ui.widgets.base import Widget
from ui.widgets.button import Button, Toggle, help_of
from ui.widgets.shapes import box
from ui.widgets.slider import Slider

BUTTONS = {
    Tool.PAINT: "Brush",
    Tool.ERASE: "Eraser",
    Tool.BARE: "Bare paper",
    Tool.CLONE: "Copy answer",
}
SHORT = {"Bare paper": "Paper", "Copy answer": "Copy"}  # where the row is narrow
SIZE = (150, 260)  # points that the size slider needs, and takes at most


class ToolRow(Widget):
    """Tools, greys, size and switches.

    Args:
        commands: of the screen, by name.
        resize: called with the radius that the brush should have.
    """

    def __init__(self, commands: Mapping[str, Command], resize: Callable[[float], object]):
        super().__init__()
        self.tools = {t: self.add(Button.of(commands[name])) for t, name in BUTTONS.items()}
        self.greys = [self.add(Swatch(commands[name.capitalize()], t)) for name, t in GREYS.items()]
        size_help = "Size of the brush: drag, or turn the wheel over the canvas  [[ and ]]"
        self.size = self.add(SizeSlider(resize, size_help))
        self.switches = [self.add(switch(commands[name])) for name in ("Soft", "Mirror", "Ghost")]

    def follow(self, brush: Brush, ghost: bool) -> None:
        """Show this brush, and whether the ghost shows."""
        for tool, button in self.tools.items():
            button.select(tool is brush.tool)
        for swatch in self.greys:
            swatch.select(brush.tool is Tool.PAINT and swatch.tone == brush.tone)
        self.size.set(math.log(brush.radius))
        for toggle, on in zip(self.switches, (brush.soft, brush.mirror, ghost), strict=True):
            toggle.set(on)

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place everything in one row; the size slider takes what is left."""
        line, gap, wide = theme.px(SIZES.button), theme.px(4), theme.px(14)
        x = rect.left

        def put(widget: Widget, width: int, after: int) -> None:
            nonlocal x
            widget.place(pygame.Rect(x, rect.centery - line // 2, width, line), theme)
            x += width + after

        taken = sum(toggle.width(theme) + gap for toggle in self.switches)
        room = rect.width - taken - len(self.greys) * (line + gap) - 3 * wide - theme.px(SIZE[0])
        for texts in (BUTTONS, {tool: SHORT.get(name, name) for tool, name in BUTTONS.items()}):
            for tool, button in self.tools.items():
                button.set_text(texts[tool])
            if sum(button.width(theme) + gap for button in self.tools.values()) <= room:
                break
        for button in self.tools.values():
            put(button, button.width(theme), gap)
        x += wide - gap
        for swatch in self.greys:
            put(swatch, line, gap)
        x += wide - gap
        put(self.size, min(theme.px(SIZE[1]), rect.right - taken - wide - x), wide)
        x = rect.right - taken + gap
        for toggle in self.switches:
            put(toggle, toggle.width(theme), gap)


class Swatch(Button):
    """One of the five greys."""

    def __init__(self, command: Command, tone: float):
        super().__init__("", command.action, help_of(command))
        self.tone = tone

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the grey; the chosen one wears a thick frame."""
        level = round(255 * self.tone)
        gray: Color = (level, level, level)
        edge = COLORS.accent if self.selected else COLORS.soft if self.hovered else COLORS.edge
        frame = theme.px(3) if self.selected else theme.px(1)
        rect = self.rect if self.selected else self.rect.inflate(-theme.px(4), -theme.px(4))
        box(surface, rect, COLORS.panel, theme.px(SIZES.radius), edge, frame)
        inside = rect.inflate(-2 * frame - theme.px(2), -2 * frame - theme.px(2))
        box(surface, inside, gray, theme.px(SIZES.radius - 3))


class SizeSlider(Slider):
    """Brush size; it runs by ratio, as sizes are felt, and shows the width of the line."""

    def __init__(self, changed: Callable[[float], object], help: str):
        super().__init__(
            "Size",
            math.log(SMALLEST),
            math.log(LARGEST),
            math.log(SMALLEST),
            lambda value: changed(math.exp(value)),
            nudge=math.log(SIZE_STEP),
            digits=1,
            compact=True,
            help=help,
        )

    @property
    def text(self) -> str:
        """The width of the line in canvas pixels."""
        width = 2 * math.exp(self.value)
        return f"{width:.1f}" if width < 9.95 else f"{width:.0f}"


def switch(command: Command) -> Toggle:
    """Return the switch of a command that turns something on and off."""
    return Toggle(command.name, lambda on: command.action(), help=help_of(command))
