"""Walks from face to face: played on the screen, and written as GIFs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from data.errors import UserError
from ui.animation import walk
from ui.saves import list_saves, read_save
from ui.sliders import jobs
from ui.sliders.player import Player
from ui.sliders.state import frozen
from ui.worker import Result

if TYPE_CHECKING:
    from ui.sliders.screen import SlidersScreen

MOST_STOPS = 24  # saved faces on a walk, the newest ones
FRAMES = 40  # of a GIF, for each leg


class Walking:
    """Plays a walk from A to B and back, or through the saved faces.

    Args:
        screen: the slider screen.
    """

    def __init__(self, screen: SlidersScreen):
        self.screen = screen
        self.player: Player | None = None

    @property
    def playing(self) -> bool:
        """Whether a walk is under way."""
        return self.player is not None

    def stops(self) -> tuple[str, np.ndarray]:
        """Give what the walk is called, and the codes (m, 80) that it goes through."""
        host, state = self.screen.host, self.screen.desk.now
        if state.both_faces:
            return "morph", np.stack([state.face_a, state.face_b])
        codes = []
        for path in list_saves(host.session.folder):
            try:
                codes.append(read_save(path, host.latent.model_id, host.latent.latent_dim).code)
            except UserError:
                continue  # of another model, or damaged
            if len(codes) == MOST_STOPS:
                break
        if len(codes) < 2:
            raise UserError(
                "A walk needs two faces: set A and B with Shift A and Shift B, or save two faces."
            )
        return "walk", np.stack(codes[::-1])

    def play(self) -> None:
        """Start the walk, or stop it where it is."""
        if self.stop():
            return
        self.screen.stop_comparing()
        name, stops = self.stops()
        self.player = Player(self.screen.host.latent, stops, self.screen.host.now())
        words = "from A to B and back" if name == "morph" else f"{len(stops)} saved faces"
        self.screen.host.notify(f"Walking {words}. Space stops where it is.")

    def stop(self) -> bool:
        """Stop, and stay at the face that shows; say whether there was a walk."""
        if self.player is None:
            return False
        self.player = None
        self.screen.desk.commit()
        self.screen.changed()
        return True

    def update(self, now: float) -> float | None:
        """Go on to where the walk is at a time; ask for the next frame while it lasts."""
        if self.player is None:
            return None
        code = frozen(self.player.code(now))
        desk = self.screen.desk
        desk.preview(replace(desk.now, code=code, start=code, caption="On a walk", detail=None))
        return now

    def export(self) -> None:
        """Write the walk as a GIF, in the worker's spare time."""
        name, stops = self.stops()
        latent, host = self.screen.host.latent, self.screen.host
        codes = latent.from_sliders(walk(latent.to_sliders(stops), FRAMES * len(stops)))
        host.worker.submit("sliders.gif", jobs.gif(host.session.folder, name, codes), 1)
        host.notify("Writing the GIF …")

    def exported(self, result: Result) -> None:
        """Tell how far the GIF is."""
        if not result.final:
            self.screen.host.notify(f"Writing the GIF … {result.value:.0%}")
        elif result.value is not None:
            path = result.value
            self.screen.host.notify(f"Saved {path.name} in {path.parent.name}.")
