"""The face map: a square of small faces; the large one shows what is under the mouse.

It holds the faces along two sliders from one face, or between four faces. A place in it is (x, y),
both from 0 to 1: x to the right, y upwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pygame

from model.frame import FACE_AXIS, IMAGE_SHAPE
from model.latent import LatentSpace
from ui.pictures import to_pixels
from ui.sliders.editor import Axis, between
from ui.theme import COLORS, SIZES, Color, Theme
from ui.widgets.base import Label, Point, dot, place_row
from ui.widgets.button import Button
from ui.widgets.face_view import FaceView
from ui.widgets.panel import Panel
from ui.widgets.pointer import Pointer
from ui.window import Window
from ui.worker import decode_each

Place = tuple[float, float]

SIDE = 7  # small faces in a row and in a column of a square
LEAST = 0.1  # least ratio of singular values of two directions that differ
FIRST = ("turn", "smile")  # axes at first, if the model has these directions
NUDGE = 0.5 / (SIDE - 1)  # step of an arrow key: half the distance between small faces
HELP = "Point, and the face follows · a click takes it · arrows and Enter do the same"
CORNER_HELP = " · the right button changes the corner"
ARROWS = "→↑"
LARGE, MOST = 16, 48  # principal sliders offered, and sliders in all
SAME = 1e-3  # largest difference of two codes that show the same face
MARK, RIM = 11, 3  # diameter of a mark and width of its dark rim, in points
CELL = IMAGE_SHAPE[0]  # side of a small face before it is scaled, in pixels
EMPTY = 42  # gray of a place whose face is not there yet
_COLUMNS = slice(*(round(FACE_AXIS + sign * CELL / 2) for sign in (-1, 1)))


@dataclass(frozen=True, eq=False)
class SlidersMap:
    """The faces that two sliders lead to from a code (latent_dim,)."""

    code: np.ndarray
    across: Axis
    up: Axis

    def at(self, place: Place) -> np.ndarray:
        """Return the code (latent_dim,) at which both sliders have the values of a place."""
        way = np.subtract(place, self.place_of(self.code))
        return (self.code + self._steps @ way).astype(np.float32)

    @cached_property
    def _steps(self) -> np.ndarray:
        """Changes of the code (latent_dim, 2) that move one reading and leave the other."""
        here = np.array(self.place_of(self.code))
        steps = [(axis.ends[1] - axis.ends[0]) * axis.step for axis in (self.across, self.up)]
        moves = np.transpose([self.place_of(self.code + step) - here for step in steps])
        return np.transpose(steps) @ np.linalg.pinv(moves, rcond=LEAST)

    def place_of(self, code: np.ndarray) -> Place:
        """Return the place of a code's readings; it may lie outside of the square."""
        axes = self.across, self.up
        x, y = ((a.read(code) - a.ends[0]) / (a.ends[1] - a.ends[0]) for a in axes)
        return x, y


@dataclass(frozen=True, eq=False)
class CornersMap:
    """The faces between four others, which lie exactly at the corners."""

    latent: LatentSpace
    corners: np.ndarray  # (4, latent_dim): top left, top right, bottom left, bottom right

    def at(self, place: Place) -> np.ndarray:
        """Return the code (latent_dim,) at a place."""
        x, y = place
        if x in (0, 1) and y in (0, 1):
            return self.corners[int(x) + 2 * int(1 - y)]
        above_left, above_right, left, right = self.latent.to_sliders(self.corners)
        above, below = between(above_left, above_right, x), between(left, right, x)
        return self.latent.from_sliders(between(below, above, y))


def grid(square: SlidersMap | CornersMap) -> np.ndarray:
    """Return codes (49, latent_dim) that cover a square, row by row from its top left corner."""
    ticks = np.linspace(0, 1, SIDE)
    return np.stack([square.at((x, y)) for y in ticks[::-1] for x in ticks])


@dataclass(eq=False, kw_only=True)
class MapPad(FaceView):
    """A square of small faces to point into."""

    looked: Callable[[Place | None], object]  # with the place pointed at, or None
    taken: Callable[[Place], object]  # called with a place that was clicked
    corner: Callable[[Place, pygame.Rect], object]  # with place and rectangle, by the right button
    background: Color = COLORS.panel

    focusable = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.looked_at: Place | None = None  # pointed at
        self.here: Place | None = None  # of the current face
        self._pos: Point | None = None  # of the mouse, while it is over the pad
        self._takes = False  # whether the press under way takes a face
        self._faces = np.full((SIDE * CELL, SIDE * CELL), EMPTY, np.uint8)
        self.set(self._faces)

    def fill(self, made: tuple[int, np.ndarray]) -> None:
        """Show one of the small faces, number and (160, 176), cut to a square around its axis."""
        number, image = made
        top, left = (CELL * n for n in divmod(number, SIDE))
        self._faces[top : top + CELL, left : left + CELL] = to_pixels(image)[:, _COLUMNS]
        self.set(self._faces)

    def look(self, place: Place | None) -> None:
        """Point at a place, or at none."""
        if place != self.looked_at:
            self.change(looked_at=place)
            self.looked(place)

    def follow(self, pointer: Pointer) -> None:
        """Point where the mouse is, if it moved."""
        pos = pointer.pos if self in (pointer.hovered, pointer.captured) else None
        if pos != self._pos:
            self._pos = pos
            self.look(None if pos is None else self.place_at(pos))

    def place_at(self, pos: Point) -> Place:
        """Turn a point on the window into the nearest place."""
        x, y = (min(1.0, max(0.0, (v / CELL - 0.5) / (SIDE - 1))) for v in self.to_image(pos))
        return x, 1 - y

    def where(self, place: Place) -> Point:
        """Turn a place into a point on the window."""
        x, y = (CELL * (0.5 + v * (SIDE - 1)) for v in (place[0], 1 - place[1]))
        return self.to_window((x, y))

    def press(self, pos: Point, button: int) -> bool:
        """Begin a click, or have a corner changed."""
        self._takes = button == 1
        if button == 3:
            self.corner(self.place_at(pos), pygame.Rect(pos, (1, 1)))
        return button != 2

    def release(self, pos: Point) -> None:
        """Take the face at the place, if the mouse is still over the pad."""
        if self._takes and self.rect.collidepoint(pos):
            self.taken(self.place_at(pos))

    def key(self, key: str) -> bool:
        """Move with the arrow keys, take the face with Enter."""
        steps = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}
        place = self.looked_at or self.here or (0.5, 0.5)
        if key in steps:
            moved = (v + step * NUDGE for v, step in zip(place, steps[key], strict=True))
            x, y = (min(1.0, max(0.0, v)) for v in moved)
            self.look((x, y))
        elif key == "return":
            self.taken(place)
        return key in steps or key == "return"

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the faces and both marks."""
        super().draw(surface, theme)
        for place, color in ((self.here, COLORS.text), (self.looked_at, COLORS.accent)):
            if place is not None:
                center = self.where(place)
                dot(surface, center, theme.px(MARK + RIM), COLORS.shadow)
                dot(surface, center, theme.px(MARK), color)


@dataclass(eq=False)
class FaceMapPanel(Panel):
    """The square, and a choice of its axes: two sliders, or four faces in the corners."""

    host: Window
    looked: Callable[[np.ndarray | None], object]  # with the code pointed at, see `MapPad`
    taken: Callable[[np.ndarray], object]  # called with the code that was clicked
    axes: Callable[[], Mapping[str, Axis]]  # returns those to choose from by name, two at least
    own: Callable[[], dict[str, np.ndarray]]  # returns the user's faces for corners, by name
    random: Callable[[int], np.ndarray]  # returns so many random codes

    def __post_init__(self) -> None:
        super().__init__("Face map")
        self.code = self.host.latent.mean
        self.names = list(FIRST)  # of the axes across and up
        self.corners: np.ndarray | None = None  # see `CornersMap`; None while two sliders span it
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
            looked=lambda place: self.looked(None if place is None else self.square.at(place)),
            taken=lambda place: self.taken(self.square.at(place)),
            corner=self._list_corner,
            help=lambda: HELP if self.corners is None else HELP + CORNER_HELP,
        )
        for widget in (*self.modes, *self.choices, self.again, self.note, self.pad):
            self.body.add(widget)

    # What it shows

    @property
    def square(self) -> SlidersMap | CornersMap:
        """The codes of all places."""
        if self.corners is not None:
            return CornersMap(self.host.latent, self.corners)
        axes = self.axes()
        return SlidersMap(self.code, *(axes[name] for name in self.names))

    def follow(self, code: np.ndarray) -> None:
        """Show the square around a face."""
        self.code = code
        self._renew()

    def use_sliders(self) -> None:
        """Let two sliders span the square."""
        self.corners = None
        self._renew()

    def use_faces(self) -> None:
        """Let four faces span the square: the user's own and random ones."""
        own = list({code.tobytes(): code for code in self.own().values()}.values())
        self.corners = np.stack([*own, *self.random(4 - len(own))])
        self._renew()

    def choose(self, name: str, way: int = 0) -> None:
        """Let an axis go across (0) or up (1); if it goes the other way, both are swapped."""
        if self.names[1 - way] == name:
            self.names.reverse()
        self.names[way] = name
        self.use_sliders()

    def _renew(self) -> None:
        axes, faces = self.axes(), self.corners is not None
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
        codes = grid(self.square)
        if self._asked is None or not np.allclose(codes, self._asked, atol=SAME):
            self._asked = codes
            job = partial(decode_each, codes=codes)
            self.host.worker.submit("sliders.map", job, self.pad.fill, 2)
        square = self.square
        here = square.place_of(self.code) if isinstance(square, SlidersMap) else None
        self.pad.change(here=here)

    # Menus

    def _list(self, way: int) -> None:
        help = "from left to right" if way == 0 else "from bottom to top"
        chosen = self.names[way]
        items = [
            (name, partial(self.choose, name, way), f"Take this slider {help}")
            for name, axis in self.axes().items()
            if axis.lock is None or axis.lock < LARGE or name != axis.name or name == chosen
        ]
        items = [item for n, item in enumerate(items) if n < MOST or item[0] == chosen]
        self.host.open_menu(items, self.choices[way].rect, chosen)

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
        if self.corners is not None:
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
        place_row([self.again, (self.note, 1)], row, theme)
        top = row.bottom + gap
        side = max(SIDE, min(area.width, self.body.rect.height - (top - area.top)))
        self.pad.place(pygame.Rect(area.centerx - side // 2, top, side, side), theme)
        return top + side - area.top
