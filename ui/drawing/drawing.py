"""A drawing: gray and coverage on white paper, stroke by stroke, with undo and redo.

Brushes and strokes come first, then the drawing. A stroke is a centripetal Catmull-Rom curve: it
passes through every point of the mouse, without corners or loops.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise
from typing import TypeGuard

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from model.frame import FACE_AXIS, IMAGE_SHAPE
from ui.drawing.head import WHOLE, Region, find_head, model_input
from ui.history import History
from ui.pictures import DRAWING_SHAPE, PAPER, drawing_on_paper, to_pixels

Point = tuple[float, float]  # (x, y) in canvas pixels; whole numbers are pixel centers

RADII = (0.5, 40.0)  # smallest and largest of a brush, canvas pixels
SIZE_STEP = 1.15  # factor on the radius at one notch of the wheel
MOST_NOTCHES = 100  # limit on the notches of one call; more than the whole range needs
GRAYS = {"black": 0.0, "dark gray": 0.25, "gray": 0.5, "light gray": 0.75, "white": 1.0}
SOFT_REACH = 1.6  # radii at which a soft brush has faded out

JITTER = 1.25  # least distance between two points of a curve, canvas pixels
GRID = 64.0  # grid steps per canvas pixel, so that mirrored points are exact
PIECE = 2.5  # longest straight piece of a curve, canvas pixels
MOST_PIECES = 64  # straight pieces between two points

ALIKE = 48  # difference within an area that is filled, levels of tone and of coverage
EDGE = 5  # side of the square searched for an edge, pixels
MOST_STEPS = 300  # states kept for undo; at most 25 MB of pixels


class Tool(Enum):
    """What a stroke does to the pixels it covers."""

    PAINT = "paint"  # covers them with one gray
    ERASE = "erase"  # restores the start face, or bare paper without one
    BARE = "bare"  # restores bare paper
    CLONE = "clone"  # copies the answer
    FILL = "fill"  # no strokes: covers an area with one gray


@dataclass(frozen=True)
class Brush:
    """A round brush."""

    tool: Tool = Tool.PAINT
    radius: float = 2.0  # canvas pixels, in the range of `RADII`
    soft: bool = False  # whether it fades out towards its edge
    tone: float = 0.0  # the gray it paints, 0.0 black to 1.0 white; other tools ignore it
    mirror: bool = False  # whether strokes are repeated, mirrored about the face axis

    def resized(self, notches: float) -> float:
        """Return the radius after some notches of the wheel."""
        steps = np.clip(notches, -MOST_NOTCHES, MOST_NOTCHES)
        return float(np.clip(self.radius * SIZE_STEP**steps, *RADII))

    def stamp(self, coverage: np.ndarray, start: Point, end: Point) -> None:
        """Raise a coverage, float32 (rows, columns) in [0, 1], along a line."""
        (x0, y0), (x1, y1) = start, end
        reach = self.radius * SOFT_REACH if self.soft else self.radius + 0.5
        rows, columns = (
            slice(max(0, math.floor(min(a, b) - reach)), max(0, math.ceil(max(a, b) + reach) + 1))
            for a, b in ((y0, y1), (x0, x1))
        )
        target = coverage[rows, columns]
        across = np.arange(target.shape[1]) + (columns.start - x0)
        down = (np.arange(target.shape[0]) + (rows.start - y0))[:, None]
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        if length:
            along = np.clip((across * (x1 - x0) + down * (y1 - y0)) / length, 0.0, 1.0)
            across = across - along * (x1 - x0)
            down = down - along * (y1 - y0)
        np.maximum(target, self._covers(np.sqrt(across * across + down * down)), out=target)

    def _covers(self, distance: np.ndarray) -> np.ndarray:
        """Return the coverage in [0, 1] of pixels at some distances from the line.

        It never rises with distance. So the maximum over the pieces of a stroke is the coverage of
        the whole stroke, and a stroke that crosses itself does not get darker.
        """
        if not self.soft:
            return np.clip(self.radius + 0.5 - distance, 0.0, min(1.0, 2.0 * self.radius))
        fade = np.clip(1.0 - distance / (self.radius * SOFT_REACH), 0.0, 1.0)
        return fade * fade * (3.0 - 2.0 * fade) * min(1.0, 2.0 * self.radius)


class Stroke:
    """The pixels that one stroke covers, point by point.

    The last two spans of the curve change when the next point arrives. So the coverage of the spans
    before them is kept apart, and the last two are drawn again on top of it. A stroke has one
    section, and one more after every corner between a curve and a straight line. A cloning
    or erasing brush copies a source, uint8 (rows, columns).
    """

    def __init__(self, brush: Brush, start: Point, source: np.ndarray | None = None):
        self.brush = brush
        self.source = source
        self.coverage = np.zeros(IMAGE_SHAPE, np.float32)  # in [0, 1]
        self.sections = [[on_grid(*start)]]  # their points; complete once it is finished
        self._settled = np.zeros(IMAGE_SHAPE, np.float32)  # coverage of the spans that are final
        self._straight = False
        self._tip = self.sections[0][0]  # the latest point

    def extend(self, points: Iterable[Point], straight: bool = False) -> None:
        """Continue in a curve through points, or straight from the latest corner to the last."""
        if straight != self._straight:
            self._straight = straight
            self.turn()
        for point in points:
            if not straight:
                self._keep_tip()
            self._tip = on_grid(*point)
        path = list(self.sections[-1])
        if len(path) == 1 or path[-1] != self._tip:
            path.append(self._tip)
        self.coverage = self._settled.copy()
        for first in range(max(0, len(path) - 3), len(path) - 1):
            self._stamp(self.coverage, span(path, first))

    def turn(self) -> None:
        """End the section at the latest point and begin the next one there."""
        section = self.sections[-1]
        if section[-1] != self._tip:
            section.append(self._tip)
        if len(section) > 1:
            self._settled = self.coverage
            self.sections.append([self._tip])

    def finish(self) -> None:
        """End the stroke: keep the points and drop the pixels."""
        self.turn()
        self.coverage = self._settled = np.zeros((0, 0), np.float32)

    def _keep_tip(self) -> None:
        """Add the latest point to the curve, if it is far enough from the one before."""
        section = self.sections[-1]
        if math.dist(section[-1], self._tip) >= JITTER:
            section.append(self._tip)
            if len(section) > 2:
                self._stamp(self._settled, span(section, len(section) - 3))

    def _stamp(self, coverage: np.ndarray, points: list[Point]) -> None:
        """Cover a chain of straight pieces, and their mirror image."""
        for start, end in pairwise(points):
            self.brush.stamp(coverage, start, end)
            if self.brush.mirror:
                self.brush.stamp(coverage, mirrored(start), mirrored(end))


def mirrored(point: Point) -> Point:
    """Reflect a point about the face axis."""
    return 2 * FACE_AXIS - point[0], point[1]


def on_grid(x: float, y: float) -> Point:
    """Return the nearest point whose mirror image is exact."""
    return round(x * GRID) / GRID, round(y * GRID) / GRID


def span(points: list[Point], first: int) -> list[Point]:
    """Return a curve through points from `points[first]` to the next one, both included."""
    start, end = points[first : first + 2]
    pieces = min(MOST_PIECES, math.ceil(math.dist(start, end) / PIECE))
    if pieces < 2 or len(points) < 3:
        return [start, end]
    a, b = np.array(start), np.array(end)
    tangent_a, tangent_b = 2.0 * (b - a), 2.0 * (b - a)
    # A first or last span is a parabola, determined by the tangent at its inner end.
    if first > 0:
        tangent_a = -_tangent(b, a, np.array(points[first - 1]))
    if first + 2 < len(points):
        tangent_b = _tangent(a, b, np.array(points[first + 2]))
    if first == 0:
        tangent_a = tangent_a - tangent_b
    if first + 2 == len(points):
        tangent_b = tangent_b - tangent_a
    t = np.linspace(0.0, 1.0, pieces + 1)[1:-1, None]
    middle = (
        (2 * t**3 - 3 * t**2 + 1) * a
        + (t**3 - 2 * t**2 + t) * tangent_a
        + (3 * t**2 - 2 * t**3) * b
        + (t**3 - t**2) * tangent_b
    )
    return [start, *(on_grid(x, y) for x, y in middle.tolist()), end]


def _tangent(near: np.ndarray, here: np.ndarray, far: np.ndarray) -> np.ndarray:
    """Return the centripetal Catmull-Rom tangent at `here`, for the span from `near` to `here`."""
    step, following = (
        np.sqrt(max(float(np.hypot(*ends)), 1e-6)) for ends in (here - near, far - here)
    )
    return step * (
        (here - near) / step - (far - near) / (step + following) + (far - here) / following
    )


@dataclass(frozen=True, eq=False)
class Step:
    """A state of the drawing that undo can restore.

    The answer is encoded from the drawing, or it has a fixed code, float32 (latent_dim,): that of a
    refined answer, of a face from the sliders, or of the start face.
    """

    pixels: np.ndarray  # uint8 (rows, columns, 2), gray and coverage, never modified
    fixed_code: np.ndarray | None = None
    start: np.ndarray | None = None  # uint8 (rows, columns), face or dark paper painted on
    stroke: Stroke | None = None  # the one that led here
    new_sheet: bool = False  # whether the drawing begins here
    head_before: Region = WHOLE  # the part that was encoded at the step before
    kept_head: Region | None = None  # of a copied answer, or of a drawing that was kept

    @cached_property
    def head(self) -> Region:
        """The part that is encoded: all on a start face; else the one kept or found."""
        if is_face(self.start):
            return WHOLE
        return self.kept_head or find_head(self.pixels, self.head_before)

    def __eq__(self, other: object) -> bool:
        names = ("fixed_code", "start", "pixels")
        return all(np.array_equal(getattr(self, n), getattr(other, n)) for n in names)


class Drawing:
    """What is painted on the canvas, the stroke in progress, and the history.

    Every pixel has a gray and a coverage, because bare paper says nothing about a face and white
    paint does. Both are whole numbers, so saving and restoring are exact. A stroke paints on a
    copy: the pixels of the history are never modified.

    Example:
        drawing = Drawing()
        drawing.begin(Brush(radius=3), (60, 80))
        drawing.extend([(80, 70), (100, 80)])
        drawing.finish()
    """

    def __init__(self) -> None:
        self.pixels = blank()
        self.stroke: Stroke | None = None  # in progress
        self.fixed_code: np.ndarray | None = None  # see `Step`, as for `start`
        self.start: np.ndarray | None = None  # what the eraser restores
        self.history = History(Step(self.pixels, new_sheet=True), MOST_STEPS)

    @property
    def empty(self) -> bool:
        """Whether nothing is painted."""
        return not self.pixels[..., 1].any()

    @property
    def bare(self) -> bool:
        """Whether nothing is painted, or all of it is dark paper."""
        return is_bare(self.pixels, self.start)

    @property
    def sheet(self) -> list[Step]:
        """The steps since the last new sheet, oldest first."""
        past = self.history.past
        first = max((i for i, step in enumerate(past) if step.new_sheet), default=0)
        return past[first:]

    @property
    def head(self) -> Region:
        """The part that is encoded; it changes between strokes only."""
        return self.history.now.head

    def model_input(self) -> np.ndarray:
        """Return tone and coverage of the encoded part: float32 (rows, columns, 2) in [0, 1]."""
        return model_input(self.pixels, self.head)

    def begin(self, brush: Brush, point: Point, source: np.ndarray | None = None) -> None:
        """Start a stroke; from here on the answer is encoded from the drawing.

        A cloning brush copies the source, a picture (rows, columns), see `to_pixels`.
        """
        self.finish()
        self.fixed_code = None
        self.pixels = self.pixels.copy()
        copied = {Tool.CLONE: source, Tool.ERASE: self.start}.get(brush.tool)
        self.stroke = Stroke(brush, point, None if copied is None else to_pixels(copied))
        self.extend([])

    def extend(self, points: Iterable[Point], straight: bool = False) -> None:
        """Continue the stroke in progress, if any; see `Stroke.extend`."""
        if self.stroke is None:
            return
        self.stroke.extend(points, straight)
        brush, source = self.stroke.brush, self.stroke.source
        under, added = self.history.now.pixels, self.stroke.coverage
        gray: np.ndarray = under[..., 0].astype(np.float32)
        cover = under[..., 1] / np.float32(255)
        kept = after = cover * (1.0 - added)
        if brush.tool is Tool.PAINT or source is not None:
            tone = brush.tone * PAPER if source is None else source
            after = cover + added - cover * added
            gray = (gray * kept + tone * added) / np.maximum(after, 1e-6)
        levels = np.rint(after * 255)
        self.pixels[..., 0] = np.where(levels > 0, np.rint(gray), PAPER)
        self.pixels[..., 1] = levels

    def finish(self) -> bool:
        """End the stroke in progress; return whether it changed anything."""
        stroke, self.stroke = self.stroke, None
        if stroke is None:
            return False
        stroke.finish()
        return self._push(stroke=stroke)

    def fill(self, points: Iterable[Point], tone: float) -> bool:
        """Paint the areas around points in a gray, 0.0 to 1.0; return whether that changed any.

        An area ends where tone or coverage change by more than `ALIKE`. Smooth edges of lines
        around it are blended with the new gray. Where the area itself fades out on bare paper, it
        keeps fading.
        """
        self.finish()
        before = self.pixels
        for point in points:
            x, y = np.rint(point).astype(int).tolist()
            self._fill_around(x, y, round(tone * PAPER))
        if self.pixels is before:
            return False
        self.fixed_code = None
        return self._push()

    def _fill_around(self, x: int, y: int, level: int) -> None:
        if not (0 <= y < IMAGE_SHAPE[0] and 0 <= x < IMAGE_SHAPE[1]):
            return
        seen, coverage = drawing_on_paper(self.pixels), self.pixels[..., 1]
        if (seen[y, x], coverage[y, x]) == (level, 255):
            return
        planes = seen.astype(int), coverage.astype(int)
        alike = np.all([abs(plane - plane[y, x]) <= ALIKE for plane in planes], axis=0)
        mask = Image.fromarray(alike.astype(np.uint8)).copy()  # writable
        ImageDraw.floodfill(mask, (x, y), 255)
        mask = mask.point(lambda marked: marked & 254)
        inside = np.asarray(mask) > 0
        edge = (np.asarray(mask.filter(ImageFilter.MaxFilter(EDGE))) > 0) & ~alike
        own_edge = edge & (coverage < coverage[y, x])
        mixed = _blend_edges(seen, planes[0][y, x], level)
        gray = np.where(inside | (own_edge & (coverage > 0)), level, self.pixels[..., 0])
        gray = np.rint(np.where(edge & ~own_edge, mixed, gray))
        covered = np.where(inside | (edge & ~own_edge), 255, coverage)
        self.pixels = np.stack([gray, covered], axis=-1).astype(np.uint8)

    def put(
        self,
        pixels: np.ndarray,
        fixed_code: np.ndarray | None = None,
        start: np.ndarray | None = None,
        new_sheet: bool = True,
        kept_head: Region | None = None,
    ) -> bool:
        """Replace the drawing; the arguments are those of `Step`. Return whether it changed."""
        self.finish()
        self.pixels, self.fixed_code, self.start = pixels, fixed_code, start
        return self._push(new_sheet=new_sheet, kept_head=kept_head)

    def put_under(self, face: np.ndarray, code: np.ndarray) -> bool:
        """Put a start face, uint8 (rows, columns), and its code (latent_dim,) under the paint.

        Return whether that changed anything.
        """
        self.finish()
        pixels = self.pixels
        if self.start is not None:  # what was not painted over shows the new face
            painted_over = pixels[..., 0] != self.start
            pixels = np.where(painted_over[..., np.newaxis], pixels, 0).astype(np.uint8)
        strokes = pixels[..., 1].any()
        return self.put(
            painted(drawing_on_paper(pixels, face)),
            None if strokes else code,
            face,
            new_sheet=False,
        )

    def fix_code(self, code: np.ndarray | None) -> bool:
        """Make a code the answer, whatever is painted; return whether that changed anything."""
        self.finish()
        self.fixed_code = code
        return self._push()

    def undo(self) -> None:
        """Drop the stroke in progress, or else go one step back."""
        self._show(self.history.now if self.stroke else self.history.undo())

    def redo(self) -> None:
        """Go one step forward, if no stroke is in progress."""
        if not self.stroke:
            self._show(self.history.redo())

    def _push(
        self,
        stroke: Stroke | None = None,
        new_sheet: bool = False,
        kept_head: Region | None = None,
    ) -> bool:
        before = WHOLE if new_sheet else self.head
        if stroke is not None and stroke.brush.tool is Tool.CLONE:
            kept_head = before
        step = Step(self.pixels, self.fixed_code, self.start, stroke, new_sheet, before, kept_head)
        return self.history.push(step)

    def _show(self, step: Step) -> None:
        self.stroke = None
        self.pixels, self.fixed_code, self.start = step.pixels, step.fixed_code, step.start


def blank() -> np.ndarray:
    """Return bare paper: uint8 (rows, columns, 2), white with no coverage."""
    return np.full(DRAWING_SHAPE, (PAPER, 0), np.uint8)


def painted(image: np.ndarray) -> np.ndarray:
    """Return an image, float (rows, columns) in [0, 1], as a fully painted canvas."""
    return np.stack([to_pixels(image), np.full(image.shape, 255, np.uint8)], axis=-1)


def _blend_edges(picture: np.ndarray, old: int, new: float) -> np.ndarray:
    """Return a picture, uint8, with another gray beside its lines, blended along their edges.

    How far a pixel is line is seen from where it lies between the old gray and that of the line,
    which is the gray nearby that differs most.
    """
    image, filters = Image.fromarray(picture), (ImageFilter.MinFilter, ImageFilter.MaxFilter)
    darkest, lightest = (np.asarray(image.filter(one(EDGE)), np.float32) for one in filters)
    line_gray = np.where(lightest - old > old - darkest, lightest, darkest)
    share = np.clip(
        (picture - np.float32(old)) / np.where(line_gray == old, 1, line_gray - old), 0, 1
    )
    return share * line_gray + (1 - share) * new


def is_bare(pixels: np.ndarray, start: np.ndarray | None) -> bool:
    """Return whether there is nothing but paper, white or dark."""
    dark = start is not None and not is_face(start) and np.array_equal(pixels[..., 0], start)
    return dark or not pixels[..., 1].any()


def is_face(start: np.ndarray | None) -> TypeGuard[np.ndarray]:
    """Return whether what was painted on is a face, not paper of one gray."""
    return start is not None and bool(start.min() < start.max())
