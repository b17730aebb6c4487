"""The user's own photo: pick one, put two markers on the eyes, and take the face over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pygame

from data.errors import UserError
from ui.host import Host
from ui.panels.eye_markers import EyeMarkers
from ui.photo.eyes import guess_eyes
from ui.photo.opening import PHOTOS_FOLDER, Photo, list_photos, open_photo
from ui.photo.placement import align
from ui.theme import COLORS, SIZES, Theme
from ui.widgets.button import Button
from ui.widgets.face_view import FaceView
from ui.widgets.label import Label
from ui.widgets.panel import Panel
from ui.widgets.strip import Strip
from ui.worker import Result

THUMBNAIL = 160  # pixels of the longer side
MOST = 60  # photos listed
SURE = 0.65  # score of a guess from which on there is a face
FOUND = "Are the rings on the eyes? Drag them if not, then use this face."
NOT_FOUND = "No face was found: drag the rings onto the eyes, L on the left one as you see it."


@dataclass(frozen=True, eq=False)
class AlignedFace:
    """A face from a photo.

    Attributes:
        image: (160, 176) float32 in [0, 1], the aligned crop.
        code: (80,) float32, what the encoder makes of it.
        detail: (160, 176) float32, what the reconstruction lost: image minus its reconstruction.
        name: of the file.
    """

    image: np.ndarray
    code: np.ndarray
    detail: np.ndarray
    name: str


class PhotoPanel(Panel):
    """Lists photos; then shows one with markers, its aligned crop and its reconstruction.

    Args:
        host: the window.
        owner: name of the screen that passes results on.
        done: called with the `AlignedFace` that the user takes.
        close: called by the button in the corner.
    """

    def __init__(
        self,
        host: Host,
        owner: str,
        done: Callable[[AlignedFace], object],
        close: Callable[[], object],
    ):
        super().__init__("Your photo", close)
        self.host = host
        self.open_slot, self.list_slot = f"{owner}.photo", f"{owner}.photos"
        self.guess_slot, self.align_slot = f"{owner}.eyes", f"{owner}.align"
        self.slots = (self.open_slot, self.list_slot, self.guess_slot, self.align_slot)
        self.done = done
        self.photo: Photo | None = None
        self.face: AlignedFace | None = None
        self._score = 0.0  # of the last guess
        self.paths: list[Path] = []
        self.note = self.body.add(Label("", COLORS.soft, lines=3))
        self.strip = self.body.add(Strip(lambda number: self.open(self.paths[number])))
        self.markers = self.body.add(EyeMarkers(self._moved))
        self.crop = self.body.add(FaceView("", "Your photo", COLORS.panel))
        self.answer = self.body.add(FaceView("", "From 80 numbers", COLORS.panel))
        self.use = self.body.add(
            Button("Use this face", self.take, "Go on from this face  [Enter]", strong=True)
        )
        self.other = self.body.add(
            Button("Another photo", self.choose, "Back to the list of photos")
        )
        self.choose()

    # Choosing

    def choose(self) -> None:
        """Show the list of photos."""
        self.photo = self.face = None
        self.host.worker.cancel(self.guess_slot)
        self.host.worker.submit(self.list_slot, lambda engine: _thumbnails(), 1)
        self.note.set_text(
            "Drop an image file on this window, or put it into the folder assets/photos: "
            "it is listed here."
        )
        self._stage()

    def open(self, path: Path) -> None:
        """Open an image file; it shows when it was read."""
        self.host.worker.submit(self.open_slot, lambda engine: open_photo(path))

    def _show(self, photo: Photo) -> None:
        self.photo, self.face = photo, None
        self.markers.open(photo)
        self.crop.set(None)
        self.answer.set(None)
        self.note.set_text("Looking for the eyes … drag the rings if they are not on them.")
        latent = self.host.latent
        self.host.worker.submit(
            self.guess_slot, lambda engine: guess_eyes(photo, engine, latent), 1
        )
        self._align()
        self._stage()

    def _stage(self) -> None:
        aligning = self.photo is not None
        self.strip.show(not aligning)
        for widget in (self.markers, self.crop, self.answer, self.use, self.other):
            widget.show(aligning)
        self.use.enable(self.face is not None)
        self.rearrange()
        self.host.refresh_pointer()

    # Aligning

    def _moved(self) -> None:
        self.host.worker.cancel(self.guess_slot)  # also a guess that was made and is not shown yet
        self.note.set_text("The rings belong on the eyes: L on the left one, as you see it.")
        self._align()

    def _align(self) -> None:
        photo, (left, right) = self.photo, self.markers.eyes
        self.host.worker.submit(
            self.align_slot, lambda engine: _aligned(engine, photo, left, right)
        )

    def take(self) -> None:
        """Hand the aligned face over."""
        if self.face is None:
            raise UserError("The face is not ready yet; wait a moment.")
        self.done(self.face)

    def key(self, key: str) -> bool:
        """Answer the keys that only matter here."""
        if self.photo is not None and key in ("return", "+", "-", "="):
            if key == "return":
                self.take()
            else:
                self.markers.resize(1.04 if key != "-" else 1 / 1.04)
            return True
        return False

    def stop(self) -> None:
        """Cancel everything under way."""
        for slot in self.slots:
            self.host.worker.cancel(slot)

    def take_result(self, result: Result) -> bool:
        """Take a result, if it is this panel's; return whether it is."""
        if result.slot not in self.slots:
            return False
        value = result.value
        if result.slot == self.open_slot and value is not None:
            self._show(value)
        elif result.slot == self.list_slot and value is not None:
            self.paths = [path for path, _ in value]
            names = [path.name for path in self.paths]
            self.strip.fill([image for _, image in value], names, names)
            self.rearrange()
        elif result.slot == self.guess_slot and self.photo is not None:
            if value is not None and self.host.pointer.captured is not self.markers:
                self._score = value.score
                self.markers.put(value.left_eye, value.right_eye)
                self._align()
            if result.final:
                self.note.set_text(FOUND if self._score >= SURE else NOT_FOUND)
        elif result.slot == self.align_slot and value is not None and self.photo is not None:
            self.face = value
            self.crop.set(value.image)
            self.answer.set(value.image - value.detail)
            self.use.enable()
        return True

    # Layout

    def arrange(self, area: pygame.Rect, theme: Theme) -> int:
        """Place the list; or the photo at the left, the crop and the face at the right."""
        gap, line = theme.px(12), theme.px(SIZES.button)
        note = pygame.Rect(area.topleft, (area.width, theme.px(40)))
        self.note.place(note, theme)
        body = pygame.Rect(area.left, note.bottom + gap, area.width, 0)
        body.height = area.top + area.height - body.top - theme.px(4)
        if self.photo is None:
            columns = max(1, body.width // theme.px(120))
            rows = -(-len(self.paths) // columns)
            self.strip.columns = columns
            size = (body.width, rows * round(body.width / columns / 1.1))
            self.strip.place(pygame.Rect(body.topleft, size), theme)
            return note.height + gap + size[1]
        side = min(round((body.height - 2 * gap - line) / 2 * 1.1), body.width * 2 // 5)
        right = pygame.Rect(body.right - side, body.top, side, round(side / 1.1))
        self.crop.place(right, theme)
        self.answer.place(right.move(0, right.height + gap), theme)
        size = (body.width - side - gap, body.height - line - gap)
        self.markers.place(pygame.Rect(body.topleft, size), theme)
        left = body.left
        for button in (self.use, self.other):
            place = pygame.Rect(left, body.bottom - line, button.width(theme), line)
            button.place(place, theme)
            left = place.right + gap
        return area.height


def _aligned(engine, photo: Photo, left: np.ndarray, right: np.ndarray) -> AlignedFace:
    image = align(photo, left, right)
    code = engine.encode(image[np.newaxis, ..., np.newaxis])
    detail = image - engine.decode(code)[0, ..., 0]
    name = photo.path.name if photo.path is not None else "photo"
    return AlignedFace(image, code[0], detail, name)


def _thumbnails() -> Iterator[list[tuple[Path, np.ndarray | None]]]:
    """Yield the photos of the folder, small, as they are read; what is no image is left out."""
    with suppress(OSError):  # where nothing can be written there is nothing to put in either
        PHOTOS_FOLDER.mkdir(parents=True, exist_ok=True)
    found: list[tuple[Path, np.ndarray | None]] = []
    for path in list_photos(PHOTOS_FOLDER)[:MOST]:
        try:
            photo = open_photo(path)
        except UserError:
            continue
        level = next(v for v in photo.levels if max(v.shape) <= THUMBNAIL or min(v.shape) < 2)
        found.append((path, level))
        yield list(found)
    yield found
