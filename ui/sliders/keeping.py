"""Saved faces and the session of the slider screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ui.sliders import jobs

if TYPE_CHECKING:
    from ui.sliders.screen import SlidersScreen


class Keeping:
    """Writes and reads faces, and what survives the window.

    Args:
        screen: the slider screen.
    """

    def __init__(self, screen: SlidersScreen):
        self.screen = screen

    def begin(self) -> None:
        """Start with the directions and settings that were kept; faces are only offered."""
        screen, session = self.screen, self.screen.host.session
        state = replace(screen.desk.now, directions=dict(session.directions))
        screen.desk.begin(state)
        screen.desk.temperature = session.setting("temperature", 0.8, 0.0, 1.5)

    def save(self) -> None:
        """Save the face as a PNG, in the worker."""
        screen = self.screen
        screen.settle()
        job = jobs.save(screen.host.session.folder, screen.desk.now)
        screen.host.worker.submit("sliders.save", job)

    def restore(self, path: Path) -> None:
        """Go to a saved face; what cannot be read leaves the face as it is."""
        self.screen.host.worker.submit("sliders.restore", jobs.restore(path))

    def done(self, part: str, value) -> None:
        """Take the end of a save or a restore."""
        screen = self.screen
        if part == "save":
            screen.host.notify(f"Saved as {value.name}. Ctrl O shows your saves.")
            if screen.sheets.open is screen.sheets.saves:
                screen.sheets.saves.refresh()
            return
        saved, detail = value
        screen.settle()
        screen.desk.start(saved.code, f"Saved {saved.path.stem}", detail)

    def keep(self) -> None:
        """Write into the session; an untouched screen leaves the face of the last time there."""
        session, desk = self.screen.host.session, self.screen.desk
        state = desk.now
        session.directions = dict(state.directions)
        session.settings["temperature"] = desk.temperature
        if desk.history.can_undo:
            session.code = state.code
            session.face_a, session.face_b = state.face_a, state.face_b
            session.locks = state.locks.copy()
            session.settings["caption"] = state.caption

    def resume(self) -> None:
        """Go to the face that the session kept."""
        session, desk = self.screen.host.session, self.screen.desk
        if session.code is None:  # only a drawing was kept
            return
        caption = session.setting("caption", "Where you left off")
        state = desk.now.fresh(session.code, caption)
        faces = {"face_a": session.face_a, "face_b": session.face_b}
        desk.go(replace(state, locks=session.locks.copy(), **faces))
