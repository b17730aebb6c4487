"""Buttons and switches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pygame

from ui.keys import Command, spoken
from ui.theme import COLORS, SIZES, Color, Theme
from ui.widgets.base import Help, Point, Widget, box, dot, write

B = TypeVar("B", bound="Button")


@dataclass(eq=False)
class Button(Widget):
    """A button; it acts when the mouse is released over it."""

    text: str
    action: Callable[[], object]
    help: Help = ""
    strong: bool = False  # filled with the accent color, for the most important button
    plain: bool = False  # without a box until the mouse is over it
    selected: bool = False  # the chosen one of a group, or a switch that is on
    before: Callable[[], object] = lambda: None  # called before the action, as to close a menu

    reacts = True

    def __post_init__(self) -> None:
        super().__init__(self.help)

    @classmethod
    def of(cls: type[B], command: Command, text: str = "", plain: bool = False) -> B:
        """Make the button of a command; its text is the command's name unless given."""
        return cls(text or command.name, command.action, help_of(command), plain=plain)

    def select(self, selected: bool) -> None:
        """Show it as chosen or on, or not."""
        self.change(selected=selected)

    def width(self, theme: Theme) -> int:
        """Return the width of the text, with a margin."""
        return theme.width(self.text, bold=self.strong or self.selected) + theme.px(24)

    def press(self, pos: Point, button: int) -> bool:
        """Accept the left button."""
        return button == 1

    def drag(self, pos: Point) -> None:
        """Look pressed only while the mouse is over it."""
        self.change(hovered=self.rect.collidepoint(pos))

    def release(self, pos: Point) -> None:
        """Act, if the mouse is still over it."""
        if self.rect.collidepoint(pos) and self.enabled:
            self.before()
            self.action()

    def colors(self) -> tuple[Color | None, Color]:
        """Return the colors of the box, None for no box, and of the text."""
        down = self.held and self.hovered
        if not self.enabled:
            return (None if self.plain else COLORS.pressed), COLORS.edge
        if self.strong:
            red, green, blue = COLORS.accent
            lighter = -24 if down else 9 if self.hovered else 0
            return (red + lighter, green + lighter, blue + lighter), COLORS.on_accent
        if self.plain and not self.selected and not self.hovered:
            return None, COLORS.soft
        fill = COLORS.pressed if down else COLORS.hover if self.hovered else COLORS.raised
        return fill, COLORS.text

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw box and text; a chosen one is underlined."""
        fill, color = self.colors()
        if fill is not None:
            box(surface, self.rect, fill, theme.px(SIZES.radius))
        bold, width = self.strong or self.selected, self.rect.width - theme.px(8)
        write(surface, theme.text(self.text, color, bold=bold, width=width), self.rect)
        if self.selected:
            line = pygame.Rect(0, 0, max(theme.px(10), self.rect.width // 3), theme.px(2))
            line.midbottom = (self.rect.centerx, self.rect.bottom - theme.px(2))
            surface.fill(COLORS.accent, line)


class Toggle(Button):
    """A switch with its text beside it; the action changes a state, and `select` shows it."""

    def width(self, theme: Theme) -> int:
        """Return the width of switch and text."""
        return theme.width(self.text) + theme.px(34 + 16)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw a knob in a groove, at the right and lit for on, and the text."""
        if self.hovered and self.enabled:
            box(surface, self.rect, COLORS.hover, theme.px(SIZES.radius))
        groove = pygame.Rect(0, 0, theme.px(28), theme.px(16))
        groove.midleft = (self.rect.left + theme.px(6), self.rect.centery)
        lit = self.selected and self.enabled
        box(surface, groove, COLORS.accent if lit else COLORS.line, groove.height // 2)
        knob = groove.height - theme.px(4)
        half = groove.height / 2
        x = groove.right - half if self.selected else groove.left + half
        dot(surface, (x, groove.centery), knob, COLORS.on_accent if lit else COLORS.soft)
        left = groove.right + theme.px(8)
        area = pygame.Rect(left, self.rect.top, self.rect.right - left, self.rect.height)
        color = COLORS.text if self.enabled else COLORS.edge
        write(surface, theme.text(self.text, color, width=area.width), area, "left")


def help_of(command: Command) -> str:
    """Return the sentence of a command for the help line, with its key."""
    return f"{command.help}  [{spoken(command.keys[0])}]" if command.keys else command.help
