"""The user's own photo: find it, put two markers on the eyes, and take the face over."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pygame

from data.errors import UserError
from model.frame import IMAGE_SHAPE, LATENT_DIM
from ui.clipboard import run_beside
from ui.keys import spoken
from ui.photo.eyes import Guess, guess_eyes, middle_eyes
from ui.photo.opening import Entry, Listing, Photo, first_look, look_into, open_photo, paste_photo
from ui.photo.placement import Placement, crop, even_out, is_badly_lit
from ui.pictures import to_pixels
from ui.saves import where
from ui.theme import COLORS, SIZES, Color, Theme
from ui.widgets.base import Help, Label, Point, Widget, place_row, write
from ui.widgets.button import Button
from ui.widgets.face_view import FaceView
from ui.widgets.panel import Panel
from ui.widgets.strip import FOLDER, Gallery, Picture
from ui.window import Window
from ui.worker import decode_one

THUMBNAIL = 256  # pixels of the longer side at most
TILE = 120  # least width of a picture or folder, in points
PASTE = spoken("ctrl+v")
SURE = 0.65  # least score of a guess that counts as a face
DARK = "Its light is far from that of the model's portraits: try Even light."
FOUND = "Are the rings on the eyes? Drag them if not, then use this face."
NOT_FOUND = "No face was found: drag the rings onto the eyes, L on the left one as you see it."
REACH = 28  # points from a marker within which a press grabs it
RIGHT, BOTTOM = IMAGE_SHAPE[1] - 1, IMAGE_SHAPE[0] - 1
FRAME = np.array([0, RIGHT, complex(RIGHT, BOTTOM), complex(0, BOTTOM)])  # see `Placement`


@dataclass(frozen=True, eq=False)
class AlignedFace:
    """A face from a photo."""

    image: np.ndarray  # float32 (160, 176) in [0, 1], the aligned crop
    code: np.ndarray  # float32 (latent_dim,), what the encoder makes of it
    detail: np.ndarray  # float32 (160, 176), the image minus its reconstruction
    name: str  # of the file


@dataclass(eq=False, kw_only=True)
class EyeMarkers(FaceView):
    """Shows a photo; a drag moves a marker or both, the wheel moves them apart."""

    moved: Callable[[], object]  # called after the user has moved them
    background: Color = COLORS.panel
    help: Help = "Drag the rings onto the eyes · drag elsewhere moves both · wheel or +/- resizes"

    reacts = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.eyes = np.zeros((2, 2))
        self._grip: int | slice = 0  # which eyes a drag moves
        self._last: Point = (0, 0)

    def put(self, eyes: np.ndarray) -> None:
        """Place the markers, (x, y) each; `moved` is not called."""
        self.eyes = eyes
        self.invalidate()

    def resize(self, factor: float) -> None:
        """Multiply the distance of the markers by a factor."""
        middle = self.eyes.mean(axis=0)
        self._change(middle + (self.eyes - middle) * factor)

    def press(self, pos: Point, button: int) -> bool:
        """Take hold of a marker, or of both."""
        if button != 1:
            return False
        distances = [np.hypot(*np.subtract(self.to_window(eye), pos)) for eye in self.eyes]
        nearest = int(np.argmin(distances))
        self._grip = nearest if distances[nearest] <= self.theme.px(REACH) else slice(None)
        self._last = self.to_image(pos)
        return True

    def drag(self, pos: Point) -> None:
        """Move what is held."""
        last, self._last = self._last, self.to_image(pos)
        eyes = self.eyes.copy()
        eyes[self._grip] += np.subtract(self._last, last)
        self._change(eyes)

    def wheel(self, steps: float, pos: Point) -> bool:
        """Move the markers apart, or together."""
        self.resize(1.04**steps)
        return True

    def _change(self, eyes: np.ndarray) -> None:
        size = np.array(self.shape[::-1])
        eyes = np.clip(eyes, -0.5 * size, 1.5 * size)
        if np.hypot(*(eyes[1] - eyes[0])) < 4 or eyes[0, 0] > eyes[1, 0] + size[0]:
            return
        self.put(eyes)
        self.moved()

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the photo, the frame and the markers, light on dark to stand out on any photo."""
        super().draw(surface, theme)
        corners = Placement.from_eyes(self.eyes).points(FRAME)
        outline = [self.to_window(corner) for corner in corners]
        pygame.draw.aalines(surface, COLORS.shadow, True, [(x + 1, y + 1) for x, y in outline])
        pygame.draw.aalines(surface, COLORS.accent, True, outline)
        radius = theme.px(11)
        for eye, letter in zip(self.eyes, "LR", strict=True):
            center = self.to_window(eye)
            for color, width, grow in ((COLORS.shadow, 4, 1), (COLORS.accent, 2, 0)):
                pygame.draw.circle(surface, color, center, radius + theme.px(grow), theme.px(width))
            pygame.draw.circle(surface, COLORS.accent, center, theme.px(2))
            plate = pygame.Rect(0, 0, theme.px(16), theme.px(16))
            plate.center = (round(center[0]), round(center[1] - radius - theme.px(11)))
            surface.fill(COLORS.shadow, plate)
            write(surface, theme.text(letter, COLORS.accent, SIZES.tiny, True), plate)


@dataclass(eq=False)
class PhotoPanel(Panel):
    """Lists folders and photos; then shows one with markers, its crop and its reconstruction."""

    host: Window
    owner: str  # name of the screen, for the worker's slots
    opened: Callable[[], object]  # called when a photo was read, before it shows
    done: Callable[[AlignedFace], object]  # called with the face that the user takes

    def __post_init__(self) -> None:
        super().__init__("Your photo")
        self.slots = [f"{self.owner}.{name}" for name in ("photo", "photos", "eyes", "align")]
        self.open_slot, self.list_slot, self.guess_slot, self.align_slot = self.slots
        self.photo: Photo | None = None
        self.face: AlignedFace | None = None
        self.listing = Listing()
        self._left: Path | None = None  # the entry that was opened or left last
        self._said = ""  # the sentence about what to do
        add = self.body.add
        self.note = add(Label("", COLORS.soft, lines=3))
        self.above = add(Button("↑ Up", self.go_up, "Go to the folder above  [Backspace]"))
        help = f"Take the picture that you copied elsewhere  [{PASTE}]"
        self.paster = add(Button("Paste", self.paste, help))
        self.places: list[Button] = []
        slot = f"{self.owner}.thumbnail"
        self.gallery = add(
            Gallery[Entry](self.host.worker, slot, TILE, _picture, _describe, self._enter)
        )
        self.markers = add(EyeMarkers(moved=self._moved))
        self.crop = add(FaceView("", "Your photo", COLORS.panel))
        self.reconstruction = add(FaceView("", f"From {LATENT_DIM} numbers", COLORS.panel))
        help = "Go on from this face  [Enter]"
        self.use = add(Button("Use this face", self.take, help, strong=True))
        help = "Back to the list of photos  [Backspace]"
        self.other = add(Button("Another photo", self.choose, help))
        help = "Give the face the brightness and contrast of the model's portraits, or take it back"
        self.even = add(Button("Even light", self._toggle_light, help))
        self._stage()

    # Choosing

    def choose(self) -> None:
        """List the last folder again."""
        self.photo = self.face = None
        for slot in (self.guess_slot, self.align_slot):
            self.host.worker.cancel(slot)
        last = self.host.session.setting("photo_folder", "")
        self.host.worker.submit(self.list_slot, lambda engine: first_look(last), self._list, 1)
        self.note.set_text("Looking for pictures …")
        self._stage()

    def go(self, folder: Path | None) -> None:
        """List a folder, or the usual ones for None, once it is read."""
        self.host.worker.submit(self.list_slot, lambda engine: look_into(folder), self._list, 1)

    def go_up(self) -> None:
        """Go to the folder above; from the topmost one to the usual ones."""
        self._left = folder = self.listing.folder
        if folder is not None:
            self.go(folder.parent if folder.parent != folder else None)

    def open(self, path: Path) -> None:
        """Open an image file, and show it once it is read."""
        self.host.worker.submit(self.open_slot, lambda engine: open_photo(path), self._show)

    def paste(self) -> None:
        """Open what is in the clipboard, which may take some seconds."""
        run_beside(paste_photo, self._show)

    def _enter(self, entry: Entry) -> None:
        self._left = entry.path
        (self.go if entry.changed is None else self.open)(entry.path)

    def _list(self, listing: Listing) -> None:
        """Show what was found in a folder, unless a photo is open by now."""
        if self.photo is not None:
            return
        if listing.folder is not None:
            self.host.session.settings["photo_folder"] = str(listing.folder)
        for button in self.places:
            self.body.remove(button)
        self.places = []
        for place in listing.places:
            go, here = partial(self.go, place.path), place.path == listing.folder
            help = f"Go to {where(place.path)}"
            button = Button(place.name, go, help, plain=True, selected=here)
            self.places.append(self.body.add(button))
        self.listing, self.scroll = listing, 0
        self.gallery.fill(listing.entries)
        self.above.enable(listing.folder is not None)
        self.note.set_text(_found(listing))
        self._stage()
        paths = [entry.path for entry in listing.entries]
        if self._left in paths:
            self._point(paths.index(self._left))

    def _point(self, number: int) -> None:
        """Move the cursor to an entry, and scroll until it is in sight."""
        self.scroll = self.gallery.point(number)
        self.rearrange()

    def _show(self, photo: Photo) -> None:
        self.opened()
        self.photo, self.face = photo, None
        self.even.select(False)
        self.markers.set(photo.gray)
        self.markers.put(middle_eyes(photo))
        self.crop.set(None)
        self.reconstruction.set(None)
        self._tell("Looking for the eyes … drag the rings if they are not on them.")
        search = partial(guess_eyes, photo, self.host.latent)
        self.host.worker.submit(self.guess_slot, search, self._guessed, 1)
        self._align()
        self._stage()

    def _guessed(self, guess: Guess) -> None:
        if self.host.pointer.captured is not self.markers:
            self.markers.put(guess.eyes)
            self._align()
        if guess.score is not None:
            self._tell(FOUND if guess.score >= SURE else NOT_FOUND)

    def _stage(self) -> None:
        aligning = self.photo is not None
        for widget in (self.above, self.paster, self.gallery, *self.places):
            widget.show(not aligning)
        buttons = self.use, self.even, self.other
        for widget in (self.markers, self.crop, self.reconstruction, *buttons):
            widget.show(aligning)
        self.use.enable(self.face is not None)
        self.rearrange()
        self.host.pointer.refresh()

    # Aligning

    def _moved(self) -> None:
        self.host.worker.cancel(self.guess_slot)  # and any guess that is not shown yet
        self._tell("The rings belong on the eyes: L on the left one, as you see it.")
        self._align()

    def _toggle_light(self) -> None:
        self.even.select(not self.even.selected)
        self._align()

    def _align(self) -> None:
        if self.photo is not None:
            job = partial(_aligned, self.photo, self.markers.eyes, self.even.selected)
            self.host.worker.submit(self.align_slot, job, self._show_face)

    def _show_face(self, face: AlignedFace) -> None:
        self.face = face
        self.crop.set(face.image)
        self.reconstruction.set(face.image - face.detail)
        self.use.enable()
        self._tell(self._said)

    def _tell(self, text: str) -> None:
        """Show a sentence, and what is wrong with the photo."""
        self._said = text
        problem = "" if self.photo is None else self.photo.problem
        dark = self.face is not None and is_badly_lit(self.face.image)
        self.note.set_text(" ".join(filter(None, (text, problem, DARK if dark else ""))))

    def take(self) -> None:
        """Hand the aligned face over."""
        if self.face is None:
            raise UserError("The face is not ready yet; wait a moment.")
        self.done(self.face)

    def key(self, key: str) -> bool:
        """Answer the keys that only matter here."""
        number = self.gallery.move_to(key) if self.photo is None else None
        sizes = {"+": 1.04, "=": 1.04, "-": 1 / 1.04} if self.photo is not None else {}
        if key == "backspace":
            (self.go_up if self.photo is None else self.choose)()
        elif key in sizes:
            self.markers.resize(sizes[key])
        elif key == "return" and self.photo is not None:
            self.take()
        elif key == "return" and self.gallery.cursor is not None:
            self._enter(self.listing.entries[self.gallery.cursor])
        elif number is not None:
            self._point(number)
        return key in ("backspace", "return", "left", "right", "up", "down", *sizes)

    def stop(self) -> None:
        """Cancel everything under way."""
        for slot in self.slots:
            self.host.worker.cancel(slot)
        self.gallery.stop()

    # Layout

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the list; or the photo at the left, the crop and the face at the right."""
        gap, line = theme.px(12), theme.px(SIZES.button)
        area.top += self.scroll  # only the rows of the list move
        if self.photo is None:
            return self._arrange_list(area, theme)
        note = pygame.Rect(area.topleft, (area.width, theme.px(40)))
        self.note.place(note, theme)
        body = pygame.Rect(area.left, note.bottom + gap, area.width, 0)
        body.height = area.top + area.height - body.top - theme.px(4)
        side = min(round((body.height - 2 * gap - line) / 2 * 1.1), body.width * 2 // 5)
        right = pygame.Rect(body.right - side, body.top, side, round(side / 1.1))
        self.crop.place(right, theme)
        self.reconstruction.place(right.move(0, right.height + gap), theme)
        size = (body.width - side - gap, body.height - line - gap)
        self.markers.place(pygame.Rect(body.topleft, size), theme)
        row = pygame.Rect(body.left, body.bottom - line, size[0], line)
        place_row([self.use, self.even, self.other], row, theme)
        return area.height

    def _arrange_list(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the buttons, and the rows of tiles that are in sight."""
        line = theme.px(SIZES.button)
        row = pygame.Rect(area.topleft, (area.width, line))
        place_row([self.above, *self.places, (Widget(), 1), self.paster], row, theme)
        note = pygame.Rect(area.left, row.bottom, area.width, theme.px(40))
        self.note.place(note, theme)
        return self.gallery.place_rows(area, note.bottom, self.scroll, theme)


def _found(listing: Listing) -> str:
    """Return the sentence above a list."""
    if listing.folder is None:
        said = "Pick a folder to look for a photo in"
    else:
        count = f"{listing.pictures:,} picture" + "s" * (listing.pictures != 1)
        first = "among the first files of" if listing.cut else "in"
        said = f"{count if listing.pictures else 'No picture'} {first} {where(listing.folder)}: "
        said += "pick one" if listing.pictures else "go to another folder"
    return f"{said}, drop a picture on this window, or paste one ({PASTE})."


def _picture(entry: Entry) -> Picture:
    """Return a small picture, or the sign for a folder."""
    return FOLDER if entry.changed is None else to_pixels(open_photo(entry.path, THUMBNAIL).gray)


def _describe(entry: Entry) -> tuple[str, str]:
    return entry.name, f"Open {entry.name}"


def _aligned(photo: Photo, eyes: np.ndarray, even: bool, engine) -> AlignedFace:
    image = crop(photo, Placement.from_eyes(eyes))
    image = even_out(image) if even else image
    code = engine.encode(image[np.newaxis, ..., np.newaxis])[0]
    return AlignedFace(image, code, image - decode_one(engine, code), photo.name)
