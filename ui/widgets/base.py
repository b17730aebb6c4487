"""The base of all widgets: a tree of rectangles that tracks which parts to draw again.

Also here are text, and shapes with smooth edges, which pygame draws jagged: these are drawn large,
scaled down, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import pygame

from ui.theme import COLORS, SIZES, Color, Theme

Point = tuple[float, float]
Help = str | Callable[[], str]  # a sentence for the help line, or a function that returns it
W = TypeVar("W", bound="Widget")

MANY = 24  # most stale rectangles drawn one by one; more are joined into one
GAP = 6  # points between widgets in a row
FINER = 4  # scale that discs are drawn at, to average their edges


class Widget:
    """A rectangle that draws itself and may have children in front of it.

    Subclasses override `layout` to place children, `draw` to draw what lies behind them, and the
    gestures they answer. Each gesture returns True if the widget answered it; otherwise the parent
    is asked. From an answered press to its release, all movement goes to that widget.
    """

    focusable = False  # whether a click or the arrow keys can give it the keyboard
    solid = True  # whether it can be hit where it has no child
    typing = False  # whether letter keys are text while it has the keyboard
    shields = False  # whether what is behind it gets no presses
    modal = False  # whether nothing behind it can be reached while it shows
    reacts = False  # whether it looks different under the mouse or while it is held
    text: str  # its words, if it has any

    def __init__(self, help: Help = ""):
        self.help = help  # shown in the help line while the mouse is over the widget
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.theme = Theme()  # the window's, once the widget has been placed
        self.parent: Widget | None = None
        self.children: list[Widget] = []
        self.visible = self.enabled = True
        self.hovered = self.held = self.focused = False

    # The tree

    def add(self, child: W) -> W:
        """Add a child in front of the others and return it."""
        child.parent = self
        self.children.append(child)
        child.invalidate()
        return child

    def remove(self, child: Widget) -> None:
        """Remove a child."""
        child.invalidate()
        self.children.remove(child)
        child.parent = None

    def show(self, visible: bool = True) -> None:
        """Show or hide."""
        if visible != self.visible:
            self.visible = True
            self.invalidate()
            self.visible = visible

    def change(self, **values: object) -> None:
        """Set attributes; draw the widget again if one of them differs."""
        if any(value != getattr(self, name) for name, value in values.items()):
            vars(self).update(values)
            self.invalidate()

    def enable(self, enabled: bool = True) -> None:
        """Enable the widget, or gray it out."""
        self.change(enabled=enabled)

    def set_text(self, text: str) -> None:
        """Change its words."""
        self.change(text=text)

    def place(self, rect: pygame.Rect, theme: Theme) -> None:
        """Set its rectangle on the window and place its children in it."""
        self.invalidate()
        self.rect, self.theme = pygame.Rect(rect), theme
        self.layout(self.rect, theme)
        self.invalidate()

    def rearrange(self) -> None:
        """Place the children again, after some were added, removed or changed."""
        if self.rect:
            self.place(self.rect, self.theme)

    def ancestors(self) -> Iterator[Widget]:
        """Yield this widget, its parent, and so on up to the root."""
        widget: Widget | None = self
        while widget is not None:
            yield widget
            widget = widget.parent

    def hit(self, pos: Point) -> Widget | None:
        """Return the front-most widget at a point, or None."""
        if not self.visible or not (self.modal or self.rect.collidepoint(pos)):
            return None
        found = (child.hit(pos) for child in reversed(self.children))
        return next((w for w in found if w is not None), self if self.solid else None)

    def help_text(self) -> str:
        """Return its sentence for the help line."""
        return self.help() if callable(self.help) else self.help

    # Drawing

    def invalidate(self, rect: pygame.Rect | None = None) -> None:
        """Mark the widget, or a rectangle of the window within it, to be drawn in this frame."""
        part = self.rect if rect is None else rect
        for widget in self.ancestors():
            if not widget.visible:
                return
            part = part.clip(widget.rect)
            if isinstance(widget, Root):
                widget.stale.append(part)

    def paint(self, surface: pygame.Surface, theme: Theme, part: pygame.Rect) -> None:
        """Draw the part of the widget and its children that lies in a rectangle on the window."""
        part = part.clip(self.rect)
        if not self.visible or not part.width or not part.height:
            return
        surface.set_clip(part)
        self.draw(surface, theme)
        for child in self.children:
            child.paint(surface, theme, part)

    # For subclasses

    def width(self, theme: Theme) -> int:
        """Return the width it needs in a row, in pixels."""
        return 0

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the children in a rectangle."""

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw everything but the children; drawing is clipped to the rectangle."""

    def press(self, pos: Point, button: int) -> bool:
        """Answer a press of a mouse button: 1 left, 2 middle, 3 right."""
        return self.shields

    def double_click(self, pos: Point) -> bool:
        """Answer the second press of a double click, in place of `press`."""
        return False

    def drag(self, pos: Point) -> None:
        """Answer a movement of the mouse while the button is down."""

    def release(self, pos: Point) -> None:
        """Answer the release of the button, wherever the mouse is."""

    def wheel(self, steps: float, pos: Point) -> bool:
        """Answer the wheel; positive steps are away from the user."""
        return False

    def key(self, key: str) -> bool:
        """Answer a key, named as in `Command`, while this widget has the keyboard."""
        return False

    def type_text(self, typed: str) -> None:
        """Insert typed text while this widget has the keyboard."""

    def compose(self, text: str) -> None:
        """Show text that an input method has not finished."""

    def focus_changed(self) -> None:
        """React to a change of `focused`."""


class Root(Widget):
    """The root of the tree: fills the window, and collects the rectangles to draw again."""

    def __init__(self) -> None:
        super().__init__()
        self.stale: list[pygame.Rect] = []

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Fill the background."""
        surface.fill(COLORS.window)

    def repaint(self, surface: pygame.Surface, theme: Theme) -> list[pygame.Rect]:
        """Draw what became stale since the last call; return its rectangles."""
        stale, self.stale = merged(self.stale), []
        for rect in stale:
            self.paint(surface, theme, rect)
        surface.set_clip(None)
        return stale


def merged(rects: list[pygame.Rect]) -> list[pygame.Rect]:
    """Join overlapping rectangles, so that nothing is drawn twice."""
    result: list[pygame.Rect] = []
    for rect in rects:
        if not rect.width or not rect.height:
            continue
        while (index := rect.collidelist(result)) >= 0:
            rect = rect.union(result.pop(index))
        result.append(rect)
    return [result[0].unionall(result[1:])] if len(result) > MANY else result


@dataclass(eq=False)
class Label(Widget):
    """One or more lines of text, wrapped to the width of the rectangle."""

    text: str = ""
    color: Color = COLORS.text
    size: int = SIZES.body  # points
    bold: bool = False  # for headings
    align: str = "left"  # or "center" or "right"
    lines: int = 1  # at most; the last one is cut with an ellipsis
    leading: int = 0  # points from line to line; 0 for what suits the font
    fill: Color | None = None  # behind it; then there is a margin at either side

    def __post_init__(self) -> None:
        super().__init__()

    def width(self, theme: Theme) -> int:
        """Return the width of the text in one line."""
        return theme.width(self.text, self.size, self.bold) + theme.px(2)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the lines, centered vertically."""
        area = self.rect
        if self.fill is not None:
            surface.fill(self.fill)
            area = area.inflate(-2 * theme.px(SIZES.margin), 0)
        width = area.width
        lines = [self.text]
        if self.lines > 1:
            lines = theme.wrap(self.text, width, self.lines, self.size, self.bold)
        height = theme.px(self.leading) or theme.font(self.size, self.bold).get_linesize()
        top = area.centery - height * len(lines) // 2
        for line in lines:
            text = theme.text(line, self.color, self.size, self.bold, width)
            write(surface, text, pygame.Rect(area.left, top, width, height), self.align)
            top += height


Row = Sequence[Widget | tuple[Widget, float]]  # some with a share of the free width


def place_row(row: Row, rect: pygame.Rect, theme: Theme, gap: int = GAP) -> int:
    """Place widgets beside each other in a rectangle; return where another one would begin.

    A widget without a share gets its own `width`; if these do not fit, they shrink together. The
    gap between two widgets is in points.
    """
    gap = theme.px(gap)
    shared = [item if isinstance(item, tuple) else (item, 0) for item in row]
    fixed = {widget: widget.width(theme) for widget, share in shared if not share}
    room, needed = rect.width - gap * (len(row) - 1), sum(fixed.values())
    free, shares = max(0, room - needed), sum(share for _, share in shared)
    squeeze = min(1.0, room / needed) if fixed else 1.0
    left = rect.left
    for widget, share in shared:
        width = int(fixed[widget] * squeeze) if widget in fixed else int(free * share / shares)
        widget.place(pygame.Rect(left, rect.top, max(0, width), rect.height), theme)
        left += width + gap
    return left


@lru_cache(maxsize=512)
def disc(diameter: int, color: Color, hollow: bool = False) -> pygame.Surface:
    """Return a transparent surface with a disc; `hollow` paints what is around it instead."""
    side = max(1, diameter) * FINER
    large = pygame.Surface((side, side), pygame.SRCALPHA, 32)
    large.fill((*color, 255 if hollow else 0))
    pygame.draw.circle(large, (*color, 0 if hollow else 255), (side / 2, side / 2), side / 2)
    return pygame.transform.smoothscale(large, (side // FINER, side // FINER))


def box(
    surface: pygame.Surface,
    rect: pygame.Rect,
    fill: Color,
    radius: int = 0,
    edge: Color | None = None,
    width: int = 1,
) -> None:
    """Draw a rectangle with round corners, and inside it an outline of `width` pixels."""
    if edge is not None:
        box(surface, rect, edge, radius)
        rect, radius = rect.inflate(-2 * width, -2 * width), max(0, radius - width)
    radius = min(radius, rect.width // 2, rect.height // 2)
    if radius <= 0:
        surface.fill(fill, rect)
        return
    surface.fill(fill, rect.inflate(-2 * radius, 0))
    surface.fill(fill, rect.inflate(0, -2 * radius))
    _corners(surface, rect, radius, disc(2 * radius, fill))


def trim(surface: pygame.Surface, rect: pygame.Rect, radius: int, background: Color) -> None:
    """Round the corners of a picture: paint the background over them."""
    if radius > 0:
        _corners(surface, rect, radius, disc(2 * radius, background, hollow=True))


def _corners(surface: pygame.Surface, rect: pygame.Rect, radius: int, disc: pygame.Surface) -> None:
    """Draw a quarter of a disc into each corner of a rectangle."""
    for x, left in ((0, rect.left), (radius, rect.right - radius)):
        for y, top in ((0, rect.top), (radius, rect.bottom - radius)):
            surface.blit(disc, (left, top), (x, y, radius, radius))


def dot(surface: pygame.Surface, center: tuple[float, float], diameter: int, color: Color) -> None:
    """Draw a disc around a point."""
    left = round(center[0] - diameter / 2)
    surface.blit(disc(diameter, color), (left, round(center[1] - diameter / 2)))


def folder(surface: pygame.Surface, center: tuple[int, int], side: int, color: Color) -> None:
    """Draw the sign of a folder around a point."""
    body = pygame.Rect(0, 0, side, side * 3 // 4)
    body.center = center
    box(surface, body, color, side // 12)
    tab = pygame.Rect(body.left, body.top - side // 8, side * 2 // 5, side // 4)
    box(surface, tab, color, side // 16)


def write(
    surface: pygame.Surface, text: pygame.Surface, rect: pygame.Rect, align: str = "center"
) -> None:
    """Draw rendered text in a rectangle: "left", "center" or "right", centered vertically."""
    point = align if align == "center" else f"mid{align}"
    surface.blit(text, text.get_rect(**{point: getattr(rect, point)}))
