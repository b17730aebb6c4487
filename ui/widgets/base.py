"""The base of everything on the window: rectangles in rectangles, and what became stale."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pygame

from ui.theme import COLORS, Theme

Point = tuple[float, float]
MANY = 24  # more stale rectangles than this are merged into one
GAP = 6  # points between widgets in a row


class Widget:
    """A rectangle that draws itself, and may hold others in front of it.

    Subclasses override `layout` to place children, `draw` to draw what lies behind them, and the
    gestures they answer: each returns True when it was meant for this widget, else the parent is
    asked. From a press that was answered to its release, all movement goes to that widget.

    Args:
        help: a sentence for the help line while the mouse is over it, or a function that gives it.
    """

    focusable = False  # whether a click or the arrow keys can give it the keyboard
    solid = True  # whether the mouse meets it where no child is
    typing = False  # whether letter keys are text while it has the keyboard
    modal = False  # whether nothing behind it can be reached while it shows
    reacts = False  # whether it looks different under the mouse or while it is held
    text = ""  # what it says

    def __init__(self, help: str | Callable[[], str] = ""):
        self.help = help
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.theme: Theme | None = None  # from the first placing on
        self.parent: Widget | None = None
        self.children: list[Widget] = []
        self.visible = self.enabled = True
        self.hovered = self.held = self.focused = False

    # The tree

    def add(self, child: Widget) -> Widget:
        """Put a child in front of the others; return it."""
        child.parent = self
        self.children.append(child)
        child.invalidate()
        return child

    def remove(self, child: Widget) -> None:
        """Take a child away."""
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
        """Set attributes, and have it drawn again where one of them differs."""
        if any(value != getattr(self, name) for name, value in values.items()):
            vars(self).update(values)
            self.invalidate()

    def enable(self, enabled: bool = True) -> None:
        """Let it be used, or gray it out."""
        self.change(enabled=enabled)

    def set_text(self, text: str) -> None:
        """Show another text."""
        self.change(text=text)

    def place(self, rect: pygame.Rect, theme: Theme) -> None:
        """Set its rectangle on the window, and have its children placed."""
        self.invalidate()
        self.rect, self.theme = pygame.Rect(rect), theme
        self.layout(self.rect, theme)
        self.invalidate()

    def rearrange(self) -> None:
        """Place the children again, after some came, went or changed."""
        if self.theme is not None:
            self.place(self.rect, self.theme)

    def ancestors(self) -> Iterator[Widget]:
        """Go from this widget up to the root."""
        widget: Widget | None = self
        while widget is not None:
            yield widget
            widget = widget.parent

    def hit(self, pos: Point) -> Widget | None:
        """Find the front-most widget at a point."""
        if not self.visible or not (self.modal or self.rect.collidepoint(pos)):
            return None
        found = (child.hit(pos) for child in reversed(self.children))
        return next((w for w in found if w is not None), self if self.solid else None)

    def help_text(self) -> str:
        """Return the sentence for the help line."""
        return self.help() if callable(self.help) else self.help

    # Drawing

    def invalidate(self, rect: pygame.Rect | None = None) -> None:
        """Have this widget, or a part of the window in it, drawn again in this frame."""
        part = self.rect if rect is None else rect
        for widget in self.ancestors():
            if not widget.visible:
                return
            part = part.clip(widget.rect)
            if isinstance(widget, Root):
                widget.stale.append(part)

    def paint(self, surface: pygame.Surface, theme: Theme, part: pygame.Rect) -> None:
        """Draw what lies in a part of the window, children in front."""
        part = part.clip(self.rect)
        if not self.visible or not part.width or not part.height:
            return
        surface.set_clip(part)
        self.draw(surface, theme)
        for child in self.children:
            child.paint(surface, theme, part)

    # For subclasses

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place the children in a rectangle."""

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw everything but the children; what lies outside the rectangle is cut off."""

    def press(self, pos: Point, button: int) -> bool:
        """Answer a mouse button (1 left, 2 middle, 3 right) that went down here."""
        return False

    def drag(self, pos: Point) -> None:
        """Answer a movement while the button is down."""

    def release(self, pos: Point) -> None:
        """Answer the button's release, wherever it happens."""

    def wheel(self, steps: float, pos: Point) -> bool:
        """Answer the wheel: positive steps away from the user."""
        return False

    def key(self, key: str) -> bool:
        """Answer a key, written as in `Command`, while this widget has the keyboard."""
        return False

    def type_text(self, typed: str) -> None:
        """Take typed text while this widget has the keyboard."""

    def focus_changed(self) -> None:
        """Respond to the keyboard's coming or going, see `focused`."""


class Root(Widget):
    """The bottom of the tree: fills the window, and collects what became stale."""

    def __init__(self):
        super().__init__()
        self.stale: list[pygame.Rect] = []

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Fill the background."""
        surface.fill(COLORS.window)

    def repaint(self, surface: pygame.Surface, theme: Theme) -> list[pygame.Rect]:
        """Draw what became stale since the last call; return the rectangles."""
        stale, self.stale = merged(self.stale), []
        for rect in stale:
            self.paint(surface, theme, rect)
        surface.set_clip(None)
        return stale


def merged(rects: list[pygame.Rect]) -> list[pygame.Rect]:
    """Join rectangles that overlap, so that nothing is drawn twice."""
    result: list[pygame.Rect] = []
    for rect in rects:
        if not rect.width or not rect.height:
            continue
        while (index := rect.collidelist(result)) >= 0:
            rect = rect.union(result.pop(index))
        result.append(rect)
    return [result[0].unionall(result[1:])] if len(result) > MANY else result


Row = list[tuple[Widget, float]]  # with shares of the free width, or 0: what the text needs


def place_row(row: Row, rect: pygame.Rect, theme: Theme) -> None:
    """Share a rectangle's width among widgets; where it is too narrow, all give a little."""
    gap = theme.px(GAP)
    fixed = {widget: widget.width(theme) for widget, share in row if not share}
    room, needed = rect.width - gap * (len(row) - 1), sum(fixed.values())
    free, shares = max(0, room - needed), sum(share for _, share in row)
    squeeze = min(1.0, room / needed) if fixed else 1.0
    left = rect.left
    for widget, share in row:
        width = int(fixed[widget] * squeeze) if widget in fixed else int(free * share / shares)
        widget.place(pygame.Rect(left, rect.top, max(0, width), rect.height), theme)
        left += width + gap
