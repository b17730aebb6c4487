"""Buttons, and buttons that stay down."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from ui.keys import Command, spoken
from ui.theme import COLORS, SIZES, Color, Theme
from ui.widgets.base import Point, Widget
from ui.widgets.shapes import box, dot, write


class Button(Widget):
    """A button; it acts when it is released over itself.

    Args:
        strong: filled with the accent colour, for the one button that matters most.
        plain: without a box until the mouse is over it.
    """

    reacts = True

    def __init__(
        self,
        text: str,
        action: Callable[[], object],
        help: str | Callable[[], str] = "",
        strong: bool = False,
        plain: bool = False,
    ):
        super().__init__(help)
        self.text, self.action = text, action
        self.strong, self.plain = strong, plain
        self.selected = False  # shown as the chosen one of a group

    @classmethod
    def of(cls, command: Command, text: str | None = None, **options) -> Button:
        """Make the button of a command, with its name, its action, and its help and key."""
        return cls(text or command.name, command.action, help_of(command), **options)

    def select(self, selected: bool) -> None:
        """Show it as the chosen one, or not."""
        self.change(selected=selected)

    def width(self, theme: Theme) -> int:
        """Return the width that its text needs."""
        return theme.width(self.text, bold=self.strong or self.selected) + theme.px(24)

    def press(self, pos: Point, button: int) -> bool:
        """Take a left press."""
        return button == 1

    def drag(self, pos: Point) -> None:
        """Look pressed only while the mouse is over it."""
        self.change(hovered=self.rect.collidepoint(pos))

    def release(self, pos: Point) -> None:
        """Act, if the mouse is still here."""
        if self.rect.collidepoint(pos) and self.enabled:
            self.action()

    def colors(self) -> tuple[Color | None, Color]:
        """Return the colours of the box (None for no box) and of the text."""
        down = self.held and self.hovered
        if not self.enabled:
            return (None if self.plain else COLORS.pressed), COLORS.edge
        if self.strong:
            lighter = -24 if down else 10 if self.hovered else 0
            return tuple(min(255, c + lighter) for c in COLORS.accent), COLORS.on_accent
        if self.plain and not self.selected and not self.hovered:
            return None, COLORS.soft
        return (
            COLORS.pressed if down else COLORS.hover if self.hovered else COLORS.raised,
            COLORS.text,
        )

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the box and what stands in it; a chosen one is underlined."""
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
    """A switch with its text beside it; `on` follows the state that the action changes."""

    on = False

    def set(self, on: bool) -> None:
        """Show whether it is on."""
        self.change(on=on)

    def width(self, theme: Theme) -> int:
        """Return the width that the switch and its text need."""
        return theme.width(self.text) + theme.px(34 + 16)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw a knob in a groove: right and lit for on, left for off."""
        if self.hovered and self.enabled:
            box(surface, self.rect, COLORS.hover, theme.px(SIZES.radius))
        groove = pygame.Rect(0, 0, theme.px(28), theme.px(16))
        groove.midleft = (self.rect.left + theme.px(6), self.rect.centery)
        lit = self.on and self.enabled
        box(surface, groove, COLORS.accent if lit else COLORS.line, groove.height // 2)
        knob = groove.height - theme.px(4)
        x = groove.right - groove.height / 2 if self.on else groove.left + groove.height / 2
        dot(surface, (x, groove.centery), knob, COLORS.on_accent if lit else COLORS.soft)
        left = groove.right + theme.px(8)
        area = pygame.Rect(left, self.rect.top, self.rect.right - left, self.rect.height)
        color = COLORS.text if self.enabled else COLORS.edge
        write(surface, theme.text(self.text, color, width=area.width), area, "left")


def in_turn(*actions: Callable[[], object]) -> Callable[[], None]:
    """Return an action that does others, one after the other."""

    def act() -> None:
        for action in actions:
            action()

    return act


def help_of(command: Command) -> str:
    """Return a command's sentence for the help line, with its key."""
    return f"{command.help}  [{spoken(command.keys[0])}]" if command.keys else command.help
