"""The right half of the drawing screen: asks for answers, refines them, and shows what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.errors import UserError
from ui.drawing.answer import Answer, Portraitist, difference
from ui.worker import Result

if TYPE_CHECKING:
    from ui.drawing.screen import DrawingScreen

ANSWER, AGAIN, REFINE, NEAREST, GHOST = (
    f"drawing.{name}" for name in ("answer", "again", "refine", "nearest", "ghost")
)
REALISM = 0.5  # between "what I drew" and "a likely face", chosen by eye on ten crude sketches


class Answering:
    """Keeps the answer in step with the drawing.

    Args:
        screen: the drawing screen it belongs to.

    Attributes:
        answer: the face on the right, or None before the first.
        live: whether every stroke is answered while it is drawn.
        realism: from 0, "what I drew", to 1, "a likely face".
        refining: whether a refinement runs.
    """

    def __init__(self, screen: DrawingScreen):
        self.screen = screen
        self.answer: Answer | None = None
        self.live = True
        self.realism = REALISM
        self.refining = False
        self._found: Answer | None = None  # by the refinement so far
        self._pulled: np.ndarray | None = None  # a given code that the realism was moved for
        self._answered = False  # whether the answer belongs to the drawing as it is

    def attach(self) -> None:
        """Come to a window, whose latent space the answers are drawn from."""
        self.portraitist = Portraitist(self.screen.host.latent)

    # Asking

    def changed(self) -> None:
        """Hear that the drawing changed; answer it, if live."""
        self._answered = False
        if self.live:
            self.ask()
        else:
            self.describe()

    def ask(self) -> None:
        """Answer the drawing as it is now."""
        sheet = self.screen.sheet
        pixels = sheet.canvas.pixels.copy() if sheet.painting else sheet.canvas.pixels
        as_given = sheet.given is not None and sheet.given is not self._pulled
        job = self.portraitist.answer(pixels, sheet.given, 0.0 if as_given else self.realism)
        self.screen.host.worker.cancel(AGAIN)
        self.screen.host.worker.submit(ANSWER, job)
        self._answered = True
        self.describe()

    def toggle_live(self) -> None:
        """Answer while drawing, or only when asked to."""
        self.live = not self.live
        if self.live:
            self.ask()

    def set_realism(self, realism: float) -> None:
        """Move between what was drawn and a likely face; a given answer moves along from now on."""
        self.realism = realism
        self._pulled = self.screen.sheet.given
        if not self.refining:
            self.ask()

    def haunt(self, on: bool) -> None:
        """Fetch the mean face for the ghost, or let it go."""
        if on:
            self.screen.host.worker.submit(GHOST, self.portraitist.mean_face, 1)
        else:
            self.screen.host.worker.cancel(GHOST)
            self.screen.desk.easel.haunt(None)

    # Refining

    def toggle_refining(self) -> None:
        """Begin to search for a face that agrees better with what was painted, or stop."""
        if self.refining:
            self.stop()
            return
        canvas = self.screen.sheet.canvas
        if self.answer is None:
            raise UserError("The model is still loading; refine in a moment.")
        if canvas.empty:
            raise UserError("Draw something first: bare canvas is no evidence to refine with.")
        self.screen.lift()
        self.refining, self._found = True, None
        job = self.portraitist.refine(self.answer.code, canvas.image(), canvas.mask())
        self.screen.host.worker.submit(REFINE, job, 1)
        self.describe()

    def stop(self) -> None:
        """End a refinement that runs, and keep what it found as a step that can be undone."""
        if not self.refining:
            return
        self.screen.host.worker.cancel(REFINE)
        self.refining = False
        self.screen.desk.face.progress(None)
        if self._found is not None:
            self.screen.give(self._found.code)
        self.describe()

    # Answers

    def result(self, result: Result) -> None:
        """Show what the worker made."""
        if result.slot == REFINE:
            self._refined(result)
        elif result.value is None:
            return
        elif result.slot in (ANSWER, AGAIN) and not self.refining:
            self._show(result.value)
            if result.value.again is not None and not self.screen.host.worker.busy(ANSWER):
                self.screen.host.worker.submit(AGAIN, result.value.again, 1)
        elif result.slot == NEAREST:
            self.screen.desk.compare.show_nearest(*result.value)
        elif result.slot == GHOST and self.screen.ghost:
            self.screen.desk.easel.haunt(result.value)

    def compare(self) -> None:
        """Renew the panel with the difference and the nearest faces, where it shows."""
        panel = self.screen.desk.compare
        if not panel.visible or self.answer is None:
            return
        canvas = self.screen.sheet.canvas
        panel.show_difference(difference(canvas.image(), self.answer.image, canvas.mask()))
        self.screen.host.worker.submit(NEAREST, self.portraitist.nearest(self.answer.code), 2)

    def describe(self) -> None:
        """Say above the answer what it is."""
        sheet = self.screen.sheet
        if self.answer is None:
            words = ""
        elif self.refining:
            words = "refining; Esc stops"
        elif not self._answered:
            words = "out of date: J answers"
        elif self._found is not None and sheet.given is self._found.code:
            words = "refined, until you draw on"
        elif sheet.given is not None:
            words = "as given, until you draw on"
        elif sheet.canvas.empty:
            words = "the mean face, until you draw"
        else:
            words = ""
        self.screen.desk.describe(words)

    def _refined(self, result: Result) -> None:
        if not self.refining:
            return
        if result.value is not None:
            self._found = result.value
            self._show(result.value)
        if result.final:
            self.stop()

    def _show(self, answer: Answer) -> None:
        self.answer = answer
        face = self.screen.desk.face
        face.set(answer.image)
        face.progress(answer.progress if self.refining else None)
        self.compare()
        self.describe()

    def code(self) -> np.ndarray | None:
        """Return the code of the answer; None for a sheet that nothing was done with."""
        sheet = self.screen.sheet
        if self.refining and self._found is not None:
            return self._found.code
        if sheet.given is not None and sheet.given is not self._pulled:
            return sheet.given
        return None if sheet.canvas.empty or self.answer is None else self.answer.code
