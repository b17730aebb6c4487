"""The slider screen: drag 80 sliders, and the face answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pygame

from ui.screen import Screen
from ui.sliders import jobs
from ui.sliders.board_control import BoardControl
from ui.sliders.commands import slider_commands
from ui.sliders.desk import FaceDesk
from ui.sliders.face_area import FaceArea
from ui.sliders.keeping import Keeping
from ui.sliders.sheets import Sheets
from ui.sliders.suggestions import Suggestions
from ui.sliders.walking import Walking
from ui.theme import SIZES, Theme
from ui.widgets.button import Button, Toggle, help_of
from ui.worker import Result

if TYPE_CHECKING:
    from ui.host import Host

BAR = 52  # points for the row of buttons
BOARD = (430, 980)  # points that the sliders get, at least and at most
BUTTONS = ("Random", "Another face", "Your photo", "Save", "Undo")
HINT = (
    "Drag a slider and the face follows; the sixteen large ones matter most.",
    "Random and Another face bring new ones, and Ctrl Z takes any step back.",
    "H lists every key; the line at the bottom says what is under the mouse.",
)


class SlidersScreen(Screen):
    """Holds the desk (the state), the widgets, and what goes between them and the worker."""

    name = "sliders"
    title = "Sliders"
    live_slot = "sliders.face"

    def __init__(self):
        super().__init__()
        self.board = BoardControl(self)
        self.walking = Walking(self)
        self.keeping = Keeping(self)
        self.suggestions = Suggestions(self)
        self.sheets = Sheets(self)
        self.commands = slider_commands(self)
        self.comparing = False
        self.shown: tuple[np.ndarray, np.ndarray] | None = None  # a code and its decoded image
        self._pair: tuple = (None, None)  # the faces A and B that the thumbnails show

    def attach(self, host: Host) -> None:
        """Make the widgets."""
        super().attach(host)
        self.desk = FaceDesk(host.latent, self.changed)
        self.area = self.add(FaceArea(self.suggestions.choose))
        self.add(self.board.make())
        by_name = {command.name: command for command in self.commands}
        self.buttons = [self.add(Button.of(by_name[name])) for name in BUTTONS]
        self.undo_button = self.buttons[-1]
        self.detail = self.add(
            Toggle("Keep detail", self.desk.keep_detail, True, help_of(by_name["Keep detail"]))
        )
        self.more_button = self.add(Button.of(by_name["More"]))
        self.sheets.make()
        self.add(self.board.ends)
        self.keeping.begin()

    def enter(self) -> None:
        """Show the face, and the hint the first time."""
        self.changed()
        self.host.show_hint(self.name, HINT)

    def leave(self) -> None:
        """Stop what runs."""
        self.walking.stop()
        self.stop_comparing()
        self.board.leave()

    # Layout

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Face at the left, sliders at the right, buttons below."""
        margin, bar = theme.px(SIZES.margin), theme.px(BAR)
        least, most = theme.px(BOARD[0]), theme.px(BOARD[1])
        top, height = rect.top + theme.px(12), rect.height - bar - theme.px(12)
        room = rect.width - 3 * margin
        left = min(room - least, max(round((height - theme.px(28)) * 1.1), room - most))
        body = pygame.Rect(rect.left + margin, top, left, height)
        self.area.place(body, theme)
        board = pygame.Rect(body.right + margin, top, room - left, height)
        self.board.widget.place(board, theme)
        self.sheets.place(rect, board, theme)
        self._bar(pygame.Rect(body.left, rect.bottom - bar, rect.width - 2 * margin, bar), theme)
        self.board.placed(board, theme)

    def _bar(self, row: pygame.Rect, theme: Theme) -> None:
        height, left = theme.px(SIZES.button), row.left
        for button in (*self.buttons, self.detail):
            place = pygame.Rect(left, 0, button.width(theme), height)
            place.centery = row.centery
            button.place(place, theme)
            left = place.right + theme.px(SIZES.gap)
        place = pygame.Rect(0, 0, self.more_button.width(theme), height)
        place.midright = (row.right, row.centery)
        self.more_button.place(place, theme)

    # The state on the screen

    def stepper(self, step: str, *arguments) -> Callable[[], None]:
        """Return a function that takes a step of the desk."""

        def act() -> None:
            self.settle()
            getattr(self.desk, step)(*arguments)

        return act

    def settle(self) -> None:
        """End what shows another face than the desk's: a walk, a comparison."""
        self.walking.stop()
        self.stop_comparing()

    def changed(self) -> None:
        """Show what the desk stands at."""
        state = self.desk.now
        self.board.follow(state)
        self.area.caption.set_text(self._caption())
        self.undo_button.enable(self.desk.history.can_undo)
        self.detail.show(state.detail is not None)
        self.detail.set(state.keep_detail)
        self.sheets.more.follow()
        pair = (state.face_a, state.face_b)
        if pair[0] is not self._pair[0] or pair[1] is not self._pair[1]:
            self._pair = pair
            self._ask_pair(*pair)
        self.ask(state.start if self.comparing else state.code)

    def _caption(self) -> str:
        state = self.desk.now
        if self.comparing:
            return "Where you started · " + state.caption
        parts = [state.caption]
        if state.changed and not self.walking.playing:
            parts.append("changed")
        return " · ".join(parts)

    def ask(self, code: np.ndarray) -> None:
        """Have a code shown as a face."""
        if self.shown is not None and np.array_equal(self.shown[0], code):
            self.host.worker.cancel(self.live_slot)
            self._show()
        else:
            decode = jobs.face(code)
            self.host.worker.submit(self.live_slot, lambda engine: (code, decode(engine)))

    def _show(self) -> None:
        self.area.face.set(jobs.with_detail(self.shown[1], self.desk.now))

    def _ask_pair(self, a: np.ndarray | None, b: np.ndarray | None) -> None:
        codes = [code for code in (a, b) if code is not None]
        if not codes:
            self.sheets.more.face_a.set(None)
            self.sheets.more.face_b.set(None)
            return
        self.host.worker.submit(
            "sliders.pair", lambda engine: (a, b, list(engine.decode(np.stack(codes)))), 1
        )

    def result(self, result: Result) -> None:
        """Take what the worker made."""
        if self.sheets.take_result(result):
            return
        part, value = result.slot.partition(".")[2], result.value
        if part == "gif":
            self.walking.exported(result)
        elif value is None:
            return
        elif part == "face":
            self.shown = value
            self._show()
        elif part == "ends":
            self.board.ends_ready(result)
        elif part == "suggestions":
            self.suggestions.fill(*value)
        elif part == "pair":
            a, b, images = value
            for thumbnail, code in ((self.sheets.more.face_a, a), (self.sheets.more.face_b, b)):
                thumbnail.set(images.pop(0) if code is not None else None)
        elif part in ("save", "restore"):
            self.keeping.done(part, value)

    def update(self, now: float) -> float | None:
        """Let a walk go on, and show what the slider under the mouse does."""
        due = self.walking.update(now)
        self.board.update()
        return due

    # Compare and detail

    def compare(self) -> None:
        """Show the face that this one started with, while the key is held."""
        self.walking.stop()
        self.comparing = True
        self.changed()

    def stop_comparing(self) -> None:
        """Show the face itself again."""
        if self.comparing:
            self.comparing = False
            self.changed()

    # The window

    def handle(self, event: pygame.event.Event) -> bool:
        """Let the photo panel have its keys."""
        return self.sheets.handle(event)

    def drop(self, path: Path) -> None:
        """Go to a save, or open a photo."""
        self.sheets.drop(path)

    def escape(self) -> bool:
        """Stop a walk, or close a panel or the suggestions."""
        return self.walking.stop() or self.sheets.close() or self.suggestions.close()

    def code(self) -> np.ndarray | None:
        """Return the code of the face."""
        self.settle()
        return self.desk.now.code

    def take(self, code: np.ndarray) -> None:
        """Start from a face of the other screen, unless it is this one."""
        if not np.array_equal(code, self.desk.now.code):
            self.desk.start(code, "From your drawing")

    def keep(self) -> None:
        """Write what should survive into the session."""
        self.settle()
        self.keeping.keep()

    def resume(self) -> None:
        """Go on from what the session kept."""
        self.settle()
        self.keeping.resume()
