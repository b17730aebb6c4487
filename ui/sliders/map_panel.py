"""The face map: a square of small faces, and under the mouse the large one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pygame

from model.frame import FACE_AXIS, IMAGE_SHAPE
from ui.host import Host
from ui.pictures import to_pixels
from ui.sliders.axes import Axis
from ui.sliders.face_map import SIDE, CornersMap, Place, SlidersMap, grid
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget, place_row
from ui.widgets.button import Button
from ui.widgets.face_view import surface_of
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.pointer import Pointer
from ui.widgets.shapes import dot, trim

FIRST = ("turn", "smile")  # the axes to begin with, where the model has these directions
NUDGE = 0.5 / (SIDE - 1)  # of a key: half the way from one small face to the next
HELP = "Point, and the face follows · a click takes it · arrows and Enter do the same"
CORNER_HELP = " · the right button changes the corner"
ARROWS = "→↑"
LARGE, MOST = 16, 48  # of the principal sliders, those offered; and of all
SAME = 1e-3  # of a number in a code: below it, two show the same face
MARK, RIM = 11, 3  # points: a place on the pad, and what sets it off from the faces
_ROWS = slice(0, IMAGE_SHAPE[0])
_COLUMNS = slice(*(round(FACE_AXIS + sign * IMAGE_SHAPE[0] / 2) for sign in (-1, 1)))


class MapPad(Widget):
    """A square to point into, over faces of which the outermost lie at its ends.

    Args:
        looked: called with a place that the mouse or the keys come to, and with None once they
            leave; see `follow`.
        taken: called with a place that was clicked.
        corner: called with a place and its rectangle by the right button.
    """

    focusable = True

    def __init__(
        self,
        looked: Callable[[Place | None], object],
        taken: Callable[[Place], object],
        corner: Callable[[Place, pygame.Rect], object],
        help: Callable[[], str],
    ):
        super().__init__(help)
        self.looked, self.taken, self.corner = looked, taken, corner
        self.looked_at: Place | None = None
        self.here: Place | None = None  # where the face stands
        self._pos: Point | None = None  # of the mouse at the last look, if it was over the pad
        self._takes = False  # whether the press under way takes the face
        self._images: list[np.ndarray | None] = [None] * SIDE**2
        self._cells: list[pygame.Surface | None] = []  # the images scaled

    def fill(self, number: int, image: np.ndarray) -> None:
        """Show one of the small faces, (160, 176); it is cut to a square about its axis."""
        self._images[number] = to_pixels(image)[_ROWS, _COLUMNS]
        if self._cells:
            self._scale(number)
            self.invalidate(self._cell(number))

    def mark(self, here: Place | None) -> None:
        """Mark the place at which the face stands."""
        self._point(here=here)

    def look(self, place: Place | None) -> None:
        """Look at a place, or at none."""
        if place != self.looked_at:
            self._point(looked_at=place)
            self.looked(place)

    def follow(self, pointer: Pointer) -> None:
        """Look where the mouse is, if it moved."""
        pos = pointer.pos if self in (pointer.hovered, pointer.captured) else None
        if pos != self._pos:
            self._pos = pos
            self.look(None if pos is None else self.place_at(pos))

    def place_at(self, pos: Point) -> Place:
        """Turn a point on the window into a place; the nearest one for points outside."""
        half = self.rect.width / SIDE / 2
        ways = (pos[0] - self.rect.left, self.rect.bottom - pos[1])
        x, y = (min(1.0, max(0.0, (v - half) / max(1, self.rect.width - 2 * half))) for v in ways)
        return x, y

    def to_window(self, place: Place) -> Point:
        """Turn a place into a point on the window."""
        half = self.rect.width / SIDE / 2
        x, y = (half + v * (self.rect.width - 2 * half) for v in place)
        return self.rect.left + x, self.rect.bottom - y

    def press(self, pos: Point, button: int) -> bool:
        """Begin a click, or have a corner changed."""
        self._takes = button == 1
        if button == 3:
            self.corner(self.place_at(pos), pygame.Rect(pos, (1, 1)))
        return button != 2

    def release(self, pos: Point) -> None:
        """Take the face at the place, if the mouse is still here."""
        if self._takes and self.rect.collidepoint(pos):
            self.taken(self.place_at(pos))

    def key(self, key: str) -> bool:
        """Look further on, or take the face."""
        steps = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}
        place = self.looked_at or self.here or (0.5, 0.5)
        if key in steps:
            moved = (v + step * NUDGE for v, step in zip(place, steps[key], strict=True))
            x, y = (min(1.0, max(0.0, v)) for v in moved)
            self.look((x, y))
        elif key == "return":
            self.taken(place)
        return key in steps or key == "return"

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Scale the faces."""
        self._cells = [None] * SIDE**2
        for number in range(SIDE**2):
            self._scale(number)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the faces, the place where the face stands, and the one that is looked at."""
        surface.fill(COLORS.raised, self.rect)
        for number, cell in enumerate(self._cells):
            if cell is not None:
                surface.blit(cell, self._cell(number))
        trim(surface, self.rect, theme.px(SIZES.radius), COLORS.panel)
        for place, color in ((self.here, COLORS.text), (self.looked_at, COLORS.accent)):
            if place is not None:
                centre = self.to_window(place)
                dot(surface, centre, theme.px(MARK + RIM), COLORS.shadow)
                dot(surface, centre, theme.px(MARK), color)

    def _scale(self, number: int) -> None:
        image, size = self._images[number], self._cell(number).size
        self._cells[number] = None if image is None else surface_of(image, size)

    def _cell(self, number: int) -> pygame.Rect:
        row, column = divmod(number, SIDE)
        left, right = (round(self.rect.width * n / SIDE) for n in (column, column + 1))
        above, below = (round(self.rect.height * n / SIDE) for n in (row, row + 1))
        corner = self.rect.left + left, self.rect.top + above
        return pygame.Rect(corner, (right - left, below - above))

    def _point(self, **places: Place | None) -> None:
        """Move a mark, and have what lies under it drawn again."""
        for name, place in places.items():
            for each in (getattr(self, name), place):
                if each is not None:
                    side = self.theme.px(MARK + RIM) + 4
                    part = pygame.Rect(0, 0, side, side)
                    part.center = self.to_window(each)
                    self.invalidate(part)
            setattr(self, name, place)


class FaceMapPanel(Panel):
    """The square, and what it is spanned by: two sliders, or four faces.

    Args:
        host: the window.
        close: called by the button in the corner.
        looked: called with the code (80,) that is looked at, or None; see `MapPad`.
        taken: called with the code that was clicked.
        decode: asks for the small faces of codes (49, 80), which `pad.fill` takes.
        own: gives codes that can be a corner, by what they are called.
        random: gives so many random codes.

    Attributes:
        corners: codes (4, 80) of the four faces, see `CornersMap`; None while sliders span it.
    """

    def __init__(
        self,
        host: Host,
        close: Callable[[], object],
        *,
        looked: Callable[[np.ndarray | None], object],
        taken: Callable[[np.ndarray], object],
        decode: Callable[[np.ndarray], object],
        own: Callable[[], dict[str, np.ndarray]],
        random: Callable[[int], np.ndarray],
    ):
        super().__init__("Face map", close)
        self.host, self.decode, self.own, self.random = host, decode, own, random
        self.code = host.latent.mean
        self.axes: Mapping[str, Axis] = {}  # to choose from
        self.names = list(FIRST)  # of the axes across and up
        self.corners: np.ndarray | None = None
        self.square: SlidersMap | CornersMap | None = None
        self._asked: np.ndarray | None = None  # codes of the small faces
        sliders, faces = "The faces that two sliders lead to", "The faces between four others"
        self.modes = [
            Button("Two sliders", self.use_sliders, sliders),
            Button("Four faces", self.use_faces, faces),
        ]
        ways = "Choose the slider from left to right", "Choose the slider from bottom to top"
        self.choices = [Button("", partial(self._list, n), help) for n, help in enumerate(ways)]
        again = "This face, A and B where they are set, and random ones"
        self.again = Button("Other faces", self.use_faces, again)
        self.note = Label("A right click changes a corner.", COLORS.soft, SIZES.small)
        self.pad = MapPad(
            lambda place: looked(None if place is None else self.square.at(place)),
            lambda place: taken(self.square.at(place)),
            self._list_corner,
            lambda: HELP if self.corners is None else HELP + CORNER_HELP,
        )
        for widget in (*self.modes, *self.choices, self.again, self.note, self.pad):
            self.body.add(widget)

    # What it shows

    def follow(self, code: np.ndarray, axes: Mapping[str, Axis]) -> None:
        """Show the square around a face, with these axes to choose from, by their names."""
        self.code, self.axes = code, axes
        self._renew()

    def use_sliders(self) -> None:
        """Let two sliders span the square."""
        self.corners = None
        self._renew()

    def use_faces(self) -> None:
        """Let four faces span the square: the user's own as far as there are any."""
        own = list({code.tobytes(): code for code in self.own().values()}.values())
        self.corners = np.stack([*own, *self.random(4 - len(own))])
        self._renew()

    def choose(self, name: str, way: int = 0) -> None:
        """Let the axis of a name go across (0) or up (1); if it goes the other way, both turn."""
        if self.names[1 - way] == name:
            self.names.reverse()
        self.names[way] = name
        self.use_sliders()

    def _renew(self) -> None:
        axes, faces = self.axes, self.corners is not None
        for way, name in enumerate(self.names):
            if name not in axes:
                others = sorted(axes, key=lambda name: axes[name].lock is None)
                self.names[way] = next(other for other in others if other not in self.names)
        for button, sign, name in zip(self.choices, ARROWS, self.names, strict=True):
            button.set_text(f"{sign}  {name}")
            button.show(not faces)
        for widget in (self.again, self.note):
            widget.show(faces)
        for button, selected in zip(self.modes, (not faces, faces), strict=True):
            button.select(selected)
        if faces:
            self.square = CornersMap(self.host.latent, self.corners)
        else:
            self.square = SlidersMap(self.code, *(axes[name] for name in self.names))
        codes = grid(self.square)
        if self._asked is None or not np.allclose(codes, self._asked, atol=SAME):
            self._asked = codes
            self.decode(codes)
        self.pad.mark(self.square.place_of(self.code))
        self.host.pointer.refresh()

    # Menus

    def _list(self, way: int) -> None:
        help = "from left to right" if way == 0 else "from bottom to top"
        items = [
            (name, partial(self.choose, name, way), f"Take this slider {help}")
            for name, axis in self.axes.items()
            if axis.lock is None or axis.lock < LARGE or name != axis.name
        ][:MOST]
        self.host.open_menu(items, self.choices[way].rect)

    def _list_corner(self, place: Place, anchor: pygame.Rect) -> None:
        if self.corners is None:
            return
        corner = round(place[0]) + 2 * round(1 - place[1])
        faces = {**self.own(), "A random face": self.random(1)[0]}
        items = [
            (name, partial(self._set_corner, corner, code), "Put this face into the corner")
            for name, code in faces.items()
        ]
        self.host.open_menu(items, anchor)

    def _set_corner(self, corner: int, code: np.ndarray) -> None:
        self.corners = self.corners.copy()
        self.corners[corner] = code
        self._renew()

    # Layout

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the buttons in two rows, and the square as large as fits below them."""
        gap, line = theme.px(SIZES.gap), theme.px(SIZES.button)
        row = pygame.Rect(area.left, area.top, area.width, line)
        place_row([(button, 1) for button in self.modes], row, theme)
        row.top = row.bottom + gap
        place_row([(button, 1) for button in self.choices], row, theme)
        place_row([(self.again, 0), (self.note, 1)], row, theme)
        top = row.bottom + gap
        side = max(SIDE, min(area.width, self.body.rect.height - (top - area.top)))
        self.pad.place(pygame.Rect(area.centerx - side // 2, top, side, side), theme)
        return top + side - area.top
