"""What the drawing screen writes: saves, the film of the drawing, and the session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.errors import UserError
from ui.drawing.brush import GREYS, LARGEST, SMALLEST, Brush
from ui.drawing.replay import film
from ui.saves import save_face
from ui.storage import claim_name
from ui.worker import Result

if TYPE_CHECKING:
    from ui.drawing.screen import DrawingScreen

SAVE, FILM = "drawing.save", "drawing.film"


class Files:
    """Saves, films and the session of a drawing screen.

    Args:
        screen: whose drawing.
    """

    def __init__(self, screen: DrawingScreen):
        self.screen = screen

    def save(self) -> None:
        """Write drawing, answer and code into one PNG, beside the window."""
        screen, answer = self.screen, self.screen.answering.answer
        if answer is None:
            raise UserError("There is no answer to save yet; wait for the model, then try again.")
        folder, model_id = screen.host.session.folder, screen.host.latent.model_id
        drawing, details = screen.sheet.canvas.pixels.copy(), {"realism": screen.answering.realism}

        def job(engine) -> Path:
            return save_face(
                folder, answer.image, answer.code, model_id, drawing=drawing, details=details
            )

        screen.host.worker.submit(SAVE, job, 1)

    def film(self) -> None:
        """Write the history of the drawing as a GIF, beside the window."""
        screen = self.screen
        steps = screen.sheet.history.past
        if len(steps) < 2:
            raise UserError("There is no history to replay yet; draw something first.")

        answering, folder = screen.answering, screen.host.session.folder
        realism = answering.realism

        def job(engine):
            path = claim_name(folder, "drawing", ".gif")
            try:
                yield from film(steps, answering.portraitist, realism, path)(engine)
            except BaseException:
                path.unlink(missing_ok=True)  # the name was claimed with an empty file
                raise
            return path

        screen.host.worker.submit(FILM, job, 2)
        screen.host.notify("Writing the film of your drawing …")

    def arrived(self, result: Result) -> None:
        """Say what was written, and how far a film is."""
        if result.slot == FILM:
            words = self.screen.by_name["film"].name
            self.screen.desk.film.set_text(words if result.final else f"{result.value:.0%} done")
        if result.final and result.value is not None:
            what = "drawing and answer" if result.slot == SAVE else "film"
            self.screen.host.notify(f"Saved the {what} as {result.value}")

    def keep(self) -> None:
        """Write the drawing and the settings into the session, where there is something to keep."""
        screen, session = self.screen, self.screen.host.session
        brush = screen.brush
        values = {
            "radius": brush.radius,
            "soft": brush.soft,
            "tone": brush.tone,
            "mirror": brush.mirror,
            "ghost": screen.ghost,
            "live": screen.answering.live,
            "realism": screen.answering.realism,
        }
        session.settings.update({f"drawing.{name}": value for name, value in values.items()})
        if not screen.touched:
            return
        canvas, given = screen.sheet.canvas, screen.sheet.given
        session.drawing = None if canvas.empty else canvas.pixels
        session.settings["drawing.given"] = None if given is None else [float(x) for x in given]
        session.settings["drawing.model"] = screen.host.latent.model_id
        code = screen.code()
        if code is not None and screen.visible:
            session.code = code

    def restore_settings(self) -> None:
        """Take brush, ghost, live and realism from the session."""
        screen, setting = self.screen, self.screen.host.session.setting
        tone = setting("drawing.tone", 0.0, 0.0, 1.0)
        screen.change_brush(
            radius=setting("drawing.radius", Brush.radius, SMALLEST, LARGEST),
            soft=setting("drawing.soft", False),
            tone=tone if tone in GREYS.values() else 0.0,
            mirror=setting("drawing.mirror", False),
        )
        answering = screen.answering
        answering.live = setting("drawing.live", True)
        answering.realism = setting("drawing.realism", answering.realism, 0.0, 1.0)
        screen.ghost = setting("drawing.ghost", False)
        screen.desk.tools.follow(screen.brush, screen.ghost)

    def kept(self) -> tuple[np.ndarray, np.ndarray | None] | None:
        """Read the drawing, and the code that was given with it, from the session."""
        session, latent = self.screen.host.session, self.screen.host.latent
        if session.drawing is None:
            return None
        given = session.settings.get("drawing.given")
        if session.settings.get("drawing.model") != latent.model_id or not isinstance(given, list):
            return session.drawing, None
        if len(given) != latent.latent_dim or not all(isinstance(x, float) for x in given):
            return session.drawing, None
        return session.drawing, np.array(given, np.float32)
