"""Drawings of a portrait as people make them, from its landmarks, its person mask and its tones.

What is drawn is what the portrait has: its features at their places, its mouth's curve, its
hair's tone. How it is drawn is chance: pen, manner, order, size and place on the canvas. A sketch
encoder that answers each with the portrait's code learns what is meant by a few lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from model.frame import IMAGE_SHAPE
from tests.bench.sketches.sheet import Sheet
from ui.drawing import head

OVAL, LEFT_EYE, RIGHT_EYE = slice(0, 36), slice(36, 52), slice(52, 68)  # rows of the landmarks
LEFT_BROW, RIGHT_BROW = slice(68, 78), slice(78, 88)
LIPS, INNER_LIPS = slice(88, 108), slice(108, 128)
NOSE_TIP, NOSE_BASE = 134, 135
IRISES = (140, 141)
LIP_CORNERS = (88, 98)
USUAL_SMILE = 0.055  # of a mouth drawn straight; corners above the lips' middle, in eye distances
BEARD = 0.25  # grays by which a lip or chin is darker than the cheeks, beyond which it has a beard
BALD = 0.07  # gray by which hair differs from skin at least
GLASSES = 0.07  # gray from row to row on the bridge of the nose, beyond which there are glasses
FINISHED = 0.66  # share of drawings that are not half-finished
FULL = 0.15  # share of drawings that are painted all over
AT_PLACE = 0.45  # share of heads at the place where portraits have theirs
SIZES = (0.6, 1.25)  # least and greatest size of the others
ROOM = 110  # pixels by which these may be moved, times the share by which they are smaller
NEAR = 32  # and pixels by which they may be moved at least
MIDDLE = np.array(head.MIDDLE)  # (x, y) of a head in its place
ROWS = np.arange(IMAGE_SHAPE[0])[:, np.newaxis]


@dataclass(frozen=True, eq=False)
class Portrait:
    """What drawings of a portrait are made from.

    Attributes:
        image: float32 (160, 176) in [0, 1].
        points: float32 (144, 2), landmarks (x, y) in pixels.
        person: bool (40, 44), where the person is.
    """

    image: np.ndarray
    points: np.ndarray
    person: np.ndarray

    def with_tones(self, **tones: float | bool) -> Portrait:
        """Return the same portrait to be drawn in other tones, such as `hair_tone`."""
        other = Portrait(self.image, self.points, self.person)
        vars(other).update({"hair": self.hair, "bald": self.bald} | tones)
        return other

    def with_beard(self, rng: np.random.Generator) -> Portrait:
        """Return the portrait with a painted moustache, a beard, or both."""
        lip, chin = ((1, 0), (0, 1), (1, 1))[rng.integers(3)]
        darker = rng.uniform(0.3, 0.55)
        hairs = darker - 0.7 * (self.image - self.skin_tone) + rng.normal(0, 0.03, IMAGE_SHAPE)
        image = self.image - 0.85 * _blurred(self.beard_mask(lip, chin), 1.8) * hairs
        other = Portrait(np.clip(image, 0, 1).astype(np.float32), self.points, self.person)
        kept = ("hair", "bald", "hair_tone", "skin_tone", "glasses")
        vars(other).update({name: getattr(self, name) for name in kept})
        vars(other)["beard"] = lip * darker, chin * darker
        return other

    @cached_property
    def figure(self) -> np.ndarray:
        """The person, float32 (160, 176), 0 or 1 with a soft rim."""
        mask = Image.fromarray(self.person.astype(np.uint8) * 255)
        mask = mask.resize(IMAGE_SHAPE[::-1], Image.Resampling.BICUBIC)
        return np.asarray(mask.filter(ImageFilter.GaussianBlur(1.5)), np.float32) / 255

    @cached_property
    def face(self) -> np.ndarray:
        """The face's oval, bool (160, 176)."""
        return _filled((self.points[OVAL], 1)) > 0

    @cached_property
    def above(self) -> np.ndarray:
        """What of the person lies outside the face and above the chin, bool (160, 176)."""
        return (self.figure > 0.5) & ~self.face & (self.points[18, 1] - 14 > ROWS)

    @cached_property
    def skin_tone(self) -> float:
        """Middle gray of the cheeks, the nose and the forehead."""
        return self._tone(self.face)

    @cached_property
    def hair_tone(self) -> float:
        """Middle gray of what is above the face."""
        return self._tone(self.above & (self.points[NOSE_BASE, 1] > ROWS))

    @cached_property
    def hair(self) -> np.ndarray:
        """Where the hair is: of the person's upper part, what is nearer to its tone than to skin's.

        bool (160, 176).
        """
        upper = (self.figure > 0.5) & (self.points[18, 1] - 14 > ROWS)
        brows = self.points[68:88, 1].min()
        image = _blurred(self.image, 2)
        like_hair = abs(image - self.hair_tone) < abs(image - self.skin_tone)
        found = upper & like_hair & (~self.face | (brows - 3 > ROWS))
        return _blurred(found.astype(np.float32), 2.5) > 0.5

    @cached_property
    def bald(self) -> bool:
        """Whether there is hardly hair, or of the skin's own tone."""
        return abs(self.hair_tone - self.skin_tone) < BALD or self.above.sum() < 900

    @cached_property
    def background_tone(self) -> float:
        """Middle gray beside the person."""
        return self._tone(self.figure < 0.2)

    @cached_property
    def clothes(self) -> np.ndarray:
        """What of the person lies below the chin, bool (160, 176)."""
        return (self.figure > 0.5) & ~self.face & (self.points[18, 1] - 14 < ROWS)

    @cached_property
    def smile(self) -> float:
        """How far the corners of the mouth lie above the lips' middle, in distances of the eyes."""
        left, right = self.points[list(LIP_CORNERS)]
        middle = (self.points[93] + self.points[103] + self.points[113] + self.points[123]) / 4
        eyes = self.points[IRISES[1]] - self.points[IRISES[0]]
        down = np.array([-eyes[1], eyes[0]]) / np.hypot(*eyes)
        return float((middle - (left + right) / 2) @ down / np.hypot(*eyes))

    @cached_property
    def glasses(self) -> bool:
        """Whether there are frames of glasses on the bridge of the nose."""
        x, y = self.points[129].round().astype(int)
        patch = self.image[max(y - 9, 0) : y + 9, max(x - 3, 0) : x + 4]
        return bool(np.abs(np.diff(patch.mean(axis=1), n=1)).max(initial=0) > GLASSES)

    @cached_property
    def beard(self) -> tuple[float, float]:
        """How much darker than the cheeks the upper lip and the chin are, in grays."""
        lip = (self.points[NOSE_BASE] + self.points[93]) / 2
        chin = 0.5 * self.points[103] + 0.5 * self.points[18]
        cheek = (self._at(self.points[142]) + self._at(self.points[143])) / 2
        return cheek - self._at(lip), cheek - self._at(chin)

    def beard_mask(self, lip: bool, chin: bool) -> np.ndarray:
        """Return where a moustache and a beard are, float32 (160, 176), 0 or 1."""
        mouth, base = self.points[LIPS], self.points[NOSE_BASE]
        areas = []
        if lip:
            wide = 1.05 * np.ptp(mouth[:, 0]) / 2
            above = np.add(base, (-wide / 2, 2)), np.add(base, (wide / 2, 2))
            areas.append(((mouth[0], *above, mouth[10], mouth[5]), 1))
        if chin:
            areas.append(((*self.points[9:28], *resized(mouth, 1.25, 1.5)[:11]), 1))
            areas.append((mouth, 0))
        return _filled(*areas).astype(np.float32)

    def _at(self, point: np.ndarray) -> float:
        x, y = np.clip(point.round().astype(int), 2, (IMAGE_SHAPE[1] - 3, IMAGE_SHAPE[0] - 3))
        return float(self.image[y - 2 : y + 3, x - 2 : x + 3].mean())

    def _tone(self, where: np.ndarray) -> float:
        return float(np.median(self.image[where])) if where.any() else 0.5


class Sketcher:
    """Draws one portrait once.

    Args:
        portrait: what is drawn.
        rng: source of everything else.
        full: whether everything is painted; None leaves it to chance, as below.
        in_place: whether the head has the size and place that portraits have.
        eyes_up: pixels of the portrait by which eyes and brows are drawn too high.
        paper: tone of the sheet, which is then dark; None leaves it to chance.
        sizes: least and greatest size of a head that is not in place.
    """

    def __init__(
        self,
        portrait: Portrait,
        rng: np.random.Generator,
        full: bool | None = None,
        in_place: bool | None = None,
        eyes_up: float = 0.0,
        paper: float | None = None,
        sizes: tuple[float, float] = SIZES,
    ):
        self.portrait, self.rng, self.sheet = portrait, rng, Sheet()
        self.paper, self.sizes = paper, sizes
        self.width = float(np.clip(rng.lognormal(1.1, 0.45), 1.0, 7.0))
        self.ink = 0.0 if rng.random() < 0.5 else rng.uniform(0, 0.45)
        self.opacity = 1.0 if rng.random() < 0.8 else rng.uniform(0.45, 0.9)
        self.wobble = rng.uniform(0, 1.3)
        self.full = rng.random() < FULL if full is None else full
        self.symbolic = rng.random() < 0.55  # shapes that a beginner draws, not the outlines
        self._place(rng.random() < AT_PLACE if in_place is None else in_place)
        self.points = self._features_out_of_place()
        self.points[LEFT_EYE.start : RIGHT_BROW.stop, 1] -= eyes_up
        self.points[list(IRISES), 1] -= eyes_up

    def draw(self, finished: bool | None = None) -> np.ndarray:
        """Draw: uint8 (160, 176, 2), tone on white paper and coverage; None: finished or not."""
        rng = self.rng
        self._paper()
        painted = self.full or rng.random() < 0.4
        layers = [self._hair_behind] if self.full or rng.random() < 0.6 else []
        layers += [self._clothes] if self.full else []
        layers += [self._skin] if painted or (self.dark_paper and rng.random() < 0.5) else []
        face = [self._oval] if not self.full or rng.random() < 0.4 else []
        face += [self._eyes, self._nose, self._mouth]
        parts = layers + face + [part for part in (self._brows,) if rng.random() < 0.7]
        parts += [self._hair] if not layers or layers[0] != self._hair_behind else []
        parts += [part for part in (self._clothes, self._ears) if rng.random() < 0.35]
        if self.portrait.glasses and rng.random() < 0.95:
            parts.append(self._glasses)
        if max(self.portrait.beard) > BEARD and rng.random() < 0.95:
            parts.insert(parts.index(self._mouth), self._beard)
        if not (rng.random() < FINISHED if finished is None else finished):
            parts = self._some_of(parts)
        else:
            parts = [part for part in parts if part in layers or rng.random() > 0.05]
        for part in parts:
            part()
        return self.sheet.pixels()

    def draw_few(self) -> np.ndarray:
        """Draw an oval, eyes, a nose, a mouth and little else: uint8 (160, 176, 2)."""
        rng, self.symbolic, self.pen = self.rng, True, self.ink
        mouth = self._mouth
        if rng.random() < 0.75:
            mouth = partial(self.curved_mouth, self.portrait.smile)
        parts = [self._oval, self._eyes, self._nose, mouth]
        parts += [self._brows] if rng.random() < 0.25 else []
        parts += [self._hair] if rng.random() < 0.3 else []
        for part in parts:
            part()
        return self.sheet.pixels()

    def _some_of(self, parts: list) -> list:
        """Return the first strokes of a drawing, in an order that people draw in."""
        order = list(range(len(parts)))
        if self.rng.random() < 0.5:
            self.rng.shuffle(order)
        kept = set(order[: self.rng.integers(1, max(2, len(parts)))])
        return [part for number, part in enumerate(parts) if number in kept]

    def _place(self, usual: bool) -> None:
        """Choose size, place and tilt of the head on the canvas."""
        rng = self.rng
        if usual:
            size, shift, turn = rng.normal(1, 0.05), rng.normal(0, 3, 2), rng.normal(0, 0.02)
        else:
            size, turn = np.exp(rng.uniform(*np.log(self.sizes))), rng.normal(0, 0.07)
            shift = max(ROOM * (1 - size), NEAR) * rng.uniform(-1, 1, 2)
        stretch = size * np.exp(rng.normal(0, 0.05, 2))
        cos, sin = np.cos(turn), np.sin(turn)
        self.size = size
        self.turn = np.array([[cos, -sin], [sin, cos]]) * stretch  # (x, y) = turn @ (x, y)
        self.shift = MIDDLE + shift

    def placed(self, points: np.ndarray) -> np.ndarray:
        """Return where points (n, 2) of the portrait lie on the canvas."""
        return (np.asarray(points) - MIDDLE) @ self.turn.T + self.shift

    def _placed_mask(self, mask: np.ndarray) -> np.ndarray:
        plane = np.asarray(255 * mask).astype(np.uint8)
        placed = _transformed(plane, 0, np.linalg.inv(self.turn), self.shift)
        return placed.astype(np.float32) / 255

    def _features_out_of_place(self) -> np.ndarray:
        """Move features as a hand that does not measure: eyes with brows, nose, mouth."""
        rng, points = self.rng, self.portrait.points.copy()
        far = rng.random() < (0.5 if self.symbolic else 0.15)
        eyes = rng.uniform(-14, 14) if far else rng.normal(0, 1.5)
        apart = rng.normal(0, 2.5 if far else 1.0)
        for rows, iris, side in (
            ((LEFT_EYE, LEFT_BROW), IRISES[0], -1),
            ((RIGHT_EYE, RIGHT_BROW), IRISES[1], 1),
        ):
            for part in (*rows, iris):
                points[part] += (side * apart, eyes)
        points[128:140] += rng.normal(0, (1.0, 3.0 if far else 1.2), 2)
        points[LIPS.start : INNER_LIPS.stop] += rng.normal(0, (1.0, 3.5 if far else 1.2), 2)
        points[OVAL] = resized(points[OVAL], *np.exp(rng.normal(0, 0.04, 2)))
        return points

    def _line(self, points: np.ndarray, thick: float = 1.0, gray: float | None = None) -> None:
        """Draw a line through points of the portrait's frame, with the hand's errors."""
        points = self.placed(points)
        count = len(points)
        if self.wobble and count > 2:
            waves = self.rng.normal(0, self.wobble, (2 + count // 8, 2))
            at = np.linspace(0, len(waves) - 1, count)
            known = np.arange(len(waves))
            points = points + np.stack([np.interp(at, known, wave) for wave in waves.T], axis=1)
        gray = self.pen if gray is None else gray
        self.sheet.line(points, max(1.0, self.width * thick), gray, self.opacity)

    def _dot(self, centre: np.ndarray, radius: float, gray: float | None = None) -> None:
        self._fill(ellipse(centre, (radius, radius)), gray)

    def _fill(self, outline: np.ndarray, gray: float | None = None) -> None:
        self.sheet.area(self.placed(outline), self.pen if gray is None else gray, self.opacity)

    def _paper(self) -> None:
        """Paint the whole sheet or the background, or leave it bare."""
        rng, own = self.rng, self.portrait.background_tone
        self.dark_paper = False
        chance = rng.random()
        if self.full and rng.random() < 0.5:
            chance *= 0.3
        if self.paper is not None or chance < 0.14:  # a sheet of another tone
            tone = own if rng.random() < 0.7 else rng.uniform(0, 0.8)
            tone = tone if self.paper is None else self.paper
            self.sheet.cover(np.ones(IMAGE_SHAPE), tone)
            self.dark_paper = True
            far = self.ink < tone - 0.3 or (tone > 0.5 and rng.random() < 0.8)
            self.pen = self.ink if far else 1 - self.ink
        elif chance < 0.3:  # the background alone
            self.sheet.cover(1 - self._placed_mask(self.portrait.figure), self._about(own))
            self.pen = self.ink
        else:
            self.pen = self.ink

    def _about(self, tone: float) -> float:
        """Return the gray that a hand takes for a tone: often a little stronger."""
        stronger = np.clip(0.5 + (tone - 0.5) * self.rng.uniform(1, 1.25), 0, 1)
        error = np.clip(self.rng.normal(0, 0.03), -tone, 1 - tone)
        return float(np.clip(stronger + error, 0, 1))

    def _skin(self) -> None:
        tone = self._about(self.portrait.skin_tone)
        if self.symbolic:
            self._fill(self._head(), tone)
        else:
            neck = self.portrait.clothes if self.rng.random() < 0.3 else False
            whole = self.portrait.face | (self.portrait.above & ~self.portrait.hair) | neck
            self.sheet.cover(self._placed_mask(whole), tone)

    def _head(self) -> np.ndarray:
        """Return the outline of the head, (n, 2): the face's, or an ellipse about it."""
        points = self.points[OVAL].copy()
        if self.portrait.bald or self.rng.random() < 0.25:  # up to the top of the head
            rows = np.flatnonzero(self.portrait.figure.max(axis=1) > 0.5)
            top = max(rows[0] if len(rows) else 20, 4)
            high = np.clip((points[18, 1] - points[:, 1]) / np.ptp(points[:, 1]), 0, 1)
            points[:, 1] -= high**2 * max(points[0, 1] - top, 0)
        if not self.symbolic:
            return points
        low, top = points.max(axis=0), points.min(axis=0)
        return ellipse((low + top) / 2, (low - top) / 2 * (1, 0.98))

    def _oval(self) -> None:
        """The outline of the face: all of it, or from ear to ear below the hair."""
        points = self._head()
        if self.rng.random() < 0.35:
            points = points[7:30]
        else:
            points = np.roll(np.concatenate([points, points[:1]]), self.rng.integers(9), axis=0)
            points = np.concatenate([points, points[:1]])
        self._line(points)

    def _eyes(self) -> None:
        kind = self.rng.choice(["dots", "ovals", "almonds", "rings", "lines"])
        size = np.exp(self.rng.normal(0.1, 0.2))
        pupil, look = self.rng.random() < 0.7, self.rng.normal(0, 1, 2)
        white = 1.0 if self.rng.random() < 0.3 else None
        for rows, iris in ((LEFT_EYE, IRISES[0]), (RIGHT_EYE, IRISES[1])):
            eye, centre = self.points[rows], self.points[rows].mean(axis=0)
            wide, high = np.ptp(eye, axis=0) / 2 * size
            if kind == "dots":
                self._dot(centre, self.rng.uniform(2, 4) * size)
                continue
            if kind == "lines":
                lid = resized(eye[:9], size, size)
                self._line(lid)
                continue
            if kind == "almonds":
                outline = resized(eye, size, size)
            else:
                high = max(high * (1.0 if kind == "ovals" else 1.6), 1.5)
                outline = ellipse(centre, (wide, high))
            outline = np.concatenate([outline, outline[:2]])
            if white:
                self._fill(outline, white)
            self._line(outline, 0.8)
            if pupil or kind == "almonds":
                at = self.points[iris] if kind == "almonds" else centre + look
                self._dot(at, max(1.5, min(high, 0.5 * wide)))

    def _brows(self) -> None:
        thick = self.rng.uniform(0.8, 1.8)
        filled = self.rng.random() < 0.3
        for rows in (LEFT_BROW, RIGHT_BROW):
            brow = self.points[rows]
            if filled:
                self._fill(np.concatenate([brow[:5], brow[:4:-1]]) if _crossed(brow) else brow)
            else:
                self._line((brow[:5] + brow[5:]) / 2, thick)

    def _nose(self) -> None:
        kind = self.rng.choice(["corner", "wings", "line", "nostrils", "wedge"])
        points = self.points
        left, right = points[[136, 138]].mean(axis=0), points[[137, 139]].mean(axis=0)
        base, tip, bridge = points[NOSE_BASE], points[NOSE_TIP], points[130]
        side = left if self.rng.random() < 0.5 else right
        if kind == "corner":
            self._line(np.stack([bridge, (side + tip) / 2, base]))
        elif kind == "line":
            self._line(points[129:135])
        elif kind == "nostrils":
            for at in ((left + base) / 2, (right + base) / 2):
                self._dot(at, self.rng.uniform(0.8, 1.8))
        elif kind == "wedge":
            self._line(np.stack([bridge, left, base, right, bridge]))
        else:
            self._line(_curve(left, np.add(base, (0, 1)), right))

    def _mouth(self) -> None:
        """Lips, an open mouth, or one curve that says how the mouth is bent."""
        rng, lips, inner = self.rng, self.points[LIPS], self.points[INNER_LIPS]
        opened = np.ptp(inner[:, 1]) > 4.5
        if rng.random() < (0.35 if opened else 0.6):
            self.curved_mouth(self.portrait.smile)
            return
        if opened:
            white = rng.random() < 0.75
            if rng.random() < 0.5:
                self._line(np.concatenate([lips, lips[:1]]), 0.8)
            self._fill(inner, rng.uniform(0.85, 1.0) if white else None)
            self._line(np.concatenate([inner, inner[:1]]), 0.8)
            if white and rng.random() < 0.4:
                for x in np.linspace(inner[0, 0], inner[10, 0], rng.integers(4, 9))[1:-1]:
                    self._line(np.array([[x, inner[5, 1]], [x, inner[15, 1]]]), 0.4)
            return
        if rng.random() < 0.5:
            as_drawn = rng.random() < 0.4
            self._fill(lips, None if as_drawn else self.portrait.skin_tone * rng.uniform(0.5, 0.8))
        else:
            self._line(np.concatenate([lips, lips[:1]]), 0.8)
        self._line(inner[:11], 0.8)

    def curved_mouth(self, smile: float) -> None:
        """Draw the mouth as one curve, more bent than it is."""
        rng = self.rng
        left, right = self.points[list(LIP_CORNERS)]
        across = (right - left) * np.exp(rng.normal(0, 0.12))
        eyes = np.hypot(*(self.points[IRISES[1]] - self.points[IRISES[0]]))
        down = np.array([0, (smile - USUAL_SMILE) * eyes * rng.uniform(1.5, 4.5)])
        centre = (left + right) / 2 + (0, smile * eyes)
        ends = centre - across / 2 - down / 2, centre + across / 2 - down / 2
        self._line(_curve(ends[0], centre + down / 2, ends[1]))
        if rng.random() < 0.1:  # a shadow under the lip
            low = np.add(centre, (0, 6))
            self._line(_curve(low - across / 4, np.add(low, (0, 1)), low + across / 4))

    def _hair_behind(self) -> None:
        """Hair in one tone, beneath the face."""
        if self.portrait.bald or not self.portrait.above.any():
            return
        capped = self.symbolic and self.rng.random() < 0.5
        where = self._cap() if capped else self._hair_mask(0.6)
        self._tint(where, self._about(self.portrait.hair_tone))
        if self.symbolic and self.rng.random() < 0.4:
            self.sheet.area(self.placed(self._head()), 1.0, 1.0 if self.rng.random() < 0.5 else 0.0)

    def _hair_mask(self, share: float) -> np.ndarray:
        """Return where hair is, in this share of drawings, or all that is above the face."""
        portrait = self.portrait
        return self._placed_mask(portrait.hair if self.rng.random() < share else portrait.above)

    def _cap(self) -> np.ndarray:
        """Return hair as an ellipse around the person's, above the mouth: (160, 176) in [0, 1]."""
        rows, columns = np.nonzero(self.portrait.above)
        face = self.points[OVAL]
        low, top = self.rng.uniform(face[:, 1].min() + 25, face[18, 1]), max(rows.min(), 2)
        left, right = np.percentile(columns, [2, 98])
        centre, size = ((left + right) / 2, (low + top) / 2), ((right - left) / 2, (low - top) / 2)
        return self._placed_mask(_filled((ellipse(centre, size), 1), (np.add(face, (0, 4)), 0)))

    def _tint(self, where: np.ndarray, tone: float) -> None:
        """Paint a mask (160, 176) in one tone: evenly, by scribbling to and fro, or in strands."""
        kind = self.rng.random()
        if kind < 0.6:
            self.sheet.cover(where > 0.5, tone)
        elif kind < 0.85:
            self._scribble(where, tone)
        else:
            self._strands(where, tone, 0.08)

    def _scribble(self, where: np.ndarray, tone: float) -> None:
        """Hatch a mask (160, 176) to and fro in one direction; paper may show between."""
        rng = self.rng
        angle, width = rng.uniform(0, np.pi), rng.uniform(2, 8)
        across = np.array([np.cos(angle), np.sin(angle)])
        rows = np.arange(-130, 130, width * rng.uniform(0.7, 1.6))
        ends = np.where(np.arange(len(rows)) % 2, 1, -1)[:, np.newaxis] * 130 * across
        corners = (88, 80) + rows[:, np.newaxis] * (-across[1], across[0]) + ends
        corners += rng.normal(0, 1.5, corners.shape)
        self.sheet.hatch(where, [corners], width, tone)

    def _strands(self, where: np.ndarray, tone: float, apart: float) -> None:
        """Hatch a mask (160, 176) with strokes from the crown, so many radians apart."""
        rng = self.rng
        crown = self.placed(np.array([[self.points[0, 0] + rng.normal(0, 15), 2]]))[0]
        angles = np.arange(-2.2, 2.2, apart * rng.uniform(0.6, 1.4))
        angles = angles + rng.normal(0, 0.03, len(angles))
        reach = np.linspace(3, 160 * self.size, 8)
        bend = rng.normal(0, 0.2)
        lines = []
        for angle in angles:
            turned = angle * (1 - 0.5 * reach / 160) + bend * reach / 160
            lines.append(crown + np.stack([np.sin(turned) * reach, np.cos(turned) * reach], axis=1))
        self.sheet.hatch(where > 0.5, lines, max(1.0, 0.6 * self.width), tone)

    def _hair(self) -> None:
        """Hair above the face: filled or hatched in its own tone, or its outline."""
        if self.portrait.bald:
            return
        where = self._hair_mask(0.7)
        tone, kind = self.portrait.hair_tone, self.rng.random()
        if kind < 0.4:
            self._tint(where, self._about(tone))
        elif kind < 0.95 - 0.6 * min(tone, 1):  # light hair is rather outlined than hatched
            self._strands(where, self.pen, 0.05 + 0.25 * tone)
        else:
            self._outline(where)

    def _outline(self, where: np.ndarray) -> None:
        """Draw the edge of a mask (160, 176)."""
        inside = Image.fromarray((255 * (where > 0.5)).astype(np.uint8))
        radius = max(3, 2 * round(self.width / 2) + 1)
        edge = np.asarray(inside) > np.asarray(inside.filter(ImageFilter.MinFilter(radius)))
        self.sheet.cover(edge, self.pen, self.opacity)

    def _clothes(self) -> None:
        """Neck and shoulders: their outline, or filled in their own tone."""
        where = self._placed_mask(self.portrait.clothes)
        if not (where > 0.5).any():
            return
        if self.full or self.rng.random() < 0.5:
            tone = np.median(self.portrait.image[self.portrait.clothes])
            self.sheet.cover(where > 0.5, self._about(float(tone)))
        else:
            self._outline(where)

    def _ears(self) -> None:
        for row, side in ((9, 1), (27, -1)):
            x, y = self.points[row]
            centre = (x + side * 3, y - 8)
            ear = ellipse(centre, (self.rng.uniform(4, 7), self.rng.uniform(8, 12)))
            self._line(ear[6:20] if side > 0 else np.roll(ear, 18, axis=0)[4:20], 0.8)

    def _glasses(self) -> None:
        size, square = self.rng.uniform(0.24, 0.36), self.rng.random() < 0.4
        left, right = self.points[LEFT_EYE].mean(axis=0), self.points[RIGHT_EYE].mean(axis=0)
        wide = size * np.hypot(*(right - left))
        rim = ellipse((0, 2), (wide, 0.85 * wide))
        if square:
            rim = (0, 2) + wide * np.array([[-1, -0.7], [1, -0.7], [1, 0.7], [-1, 0.7]])
        for centre in (left, right):
            self._line(centre + np.concatenate([rim, rim[:2]]))
        side = np.array((wide, 0))
        self._line(np.stack([left + side, (left + right) / 2 - (0, 2), right - side]))
        if self.rng.random() < 0.5:
            self._line(np.stack([left - side, self.points[29]]))
            self._line(np.stack([right + side, self.points[7]]))

    def _beard(self) -> None:
        """A moustache, a beard, or both, where the portrait has them."""
        lip, chin = self.portrait.beard
        tone = self._about(self.portrait.skin_tone - max(lip, chin) - 0.05)
        where = self._placed_mask(self.portrait.beard_mask(lip > BEARD, chin > BEARD))
        if self.rng.random() < 0.6:
            self.sheet.cover(where > 0.5, tone)
        else:
            self._strands(where, self.pen, 0.1)


def resized(points: np.ndarray, wide: float, high: float) -> np.ndarray:
    """Stretch points (n, 2) about their mean."""
    middle = points.mean(axis=0)
    return middle + (points - middle) * (wide, high)


def moved(drawing: np.ndarray, rng: np.random.Generator, far: bool = False) -> np.ndarray:
    """Move, scale, turn and stretch a drawing, uint8 (160, 176, 2), a little or far."""
    size = rng.uniform(0.65, 1.2) if far else rng.normal(1, 0.06)
    shift = rng.uniform(-20, 20, 2) if far else rng.normal(0, 4, 2)
    turn, stretch = rng.normal(0, 0.05), np.exp(rng.normal(0, 0.05, 2))
    cos, sin = np.cos(turn), np.sin(turn)
    back = np.array([[cos, sin], [-sin, cos]]) / (size * stretch)
    planes = ((drawing[..., 0], 255), (drawing[..., 1], 0))  # beyond its rim is bare paper
    return np.stack([_transformed(*plane, back, MIDDLE + shift) for plane in planes], axis=-1)


def edited(
    portrait: Portrait, face: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, dict[str, float]]:
    """Paint over a start face: its hair, its background or its mouth.

    Args:
        portrait: where the parts of the face are.
        face: float32 (160, 176) in [0, 1], what the canvas holds.
        rng: source of what is painted.

    Returns:
        uint8 (160, 176, 2), and what was said: "hair light" and "background light" in grays,
        "smile" in distances of the eyes; {} for a face that was left alone.
    """
    sketcher = Sketcher(portrait, rng)
    sketcher.turn, sketcher.shift, sketcher.points = np.eye(2), MIDDLE, portrait.points
    sketcher.sheet.cover(np.ones(IMAGE_SHAPE), np.asarray(face))
    said: dict[str, float] = {}
    kind = rng.choice(["none", "hair light", "background light", "smile", "smile", "hair light"])
    if kind == "hair light" and not portrait.bald:
        tone = said[kind] = rng.uniform(0.02, 0.9)
        sketcher.sheet.cover(portrait.hair, tone, rng.uniform(0.6, 1))
    elif kind == "background light":
        tone = said[kind] = rng.uniform(0.02, 1)
        sketcher.sheet.cover(1 - portrait.figure, tone, rng.uniform(0.7, 1))
    elif kind == "smile":
        said[kind] = rng.uniform(-0.02, 0.16)
        lips = portrait.points[LIPS]
        patch = resized(lips, 1.15, 1.3)
        sketcher.sheet.area(patch, float(np.median(face[portrait.face])))
        sketcher.pen, sketcher.opacity = rng.uniform(0, 0.3), 1.0
        sketcher.curved_mouth(said[kind])
    return sketcher.sheet.pixels(), said


def ellipse(centre, size, count: int = 36) -> np.ndarray:
    """Return the points (count, 2) of an ellipse, clockwise from its top."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.asarray(centre) + np.stack([np.sin(angles), -np.cos(angles)], axis=1) * size


def _curve(start, middle, end, count: int = 12) -> np.ndarray:
    """Return points (count, 2) of the parabola through three points."""
    t = np.linspace(0, 1, count)[:, np.newaxis]
    return (2 * t - 1) * (t - 1) * start + 4 * t * (1 - t) * middle + t * (2 * t - 1) * end


def _crossed(brow: np.ndarray) -> bool:
    return bool(np.dot(brow[0] - brow[4], brow[5] - brow[9]) > 0)


def _filled(*areas: tuple) -> np.ndarray:
    """Fill polygons (n, 2), one over the other, each with a level: uint8 (160, 176)."""
    image = Image.new("L", IMAGE_SHAPE[::-1])
    for outline, level in areas:
        ImageDraw.Draw(image).polygon([tuple(point) for point in outline], level)
    return np.asarray(image)


def _transformed(plane: np.ndarray, blank: int, back: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Move a plane, uint8 (160, 176): what was at `MIDDLE + back @ (p - shift)` comes to p."""
    start = MIDDLE - back @ shift
    matrix = (*back[0], start[0], *back[1], start[1])
    image = Image.fromarray(np.ascontiguousarray(plane))
    way = (IMAGE_SHAPE[::-1], Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    return np.asarray(image.transform(*way, fillcolor=blank))


def _blurred(image: np.ndarray, radius: float) -> np.ndarray:
    levels = Image.fromarray(np.clip(255 * image, 0, 255).astype(np.uint8))
    return np.asarray(levels.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255
