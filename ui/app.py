"""The loop: events, update, draw what changed, flip, tick; asleep in between."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pygame

from data.errors import UserError
from ui import display
from ui.frame_times import FrameTimes
from ui.keys import Keymap
from ui.screen import Screen
from ui.session import Session
from ui.window import Window
from ui.window_commands import window_commands
from ui.worker import Worker, sentence

FRAMES = 60  # a second
CATCH = 0.6 / FRAMES  # seconds that a frame waits for the answer to what happened in it
NAP, LONG_NAP = 0.002, 0.01  # seconds between two looks for events, soon after one and later
LIGHT_SLEEP = 0.5  # seconds after an event when naps get long

log = logging.getLogger(__name__)


class App(Window):
    """The window, running.

    The constructor opens the window, draws it, and begins to load the engine beside it.

    Args:
        screens: the screens, in the order of their tabs.
        session: what is kept between starts.
        load_engine: gives the engine or raises; called in the worker's thread.
        latent: the latent space of the same model.
        start: name of the screen in front; the first one unless given.
        size: of the window in pixels; None chooses one.

    Attributes:
        worker: computes beside the window.
        frame_times: how long the last frames took.

    Raises:
        UserError: if there is no display.

    Example:
        >>> App([SlidersScreen(), DrawingScreen()], session, FaceEngine.load, latent).run()
    """

    def __init__(
        self,
        screens: Sequence[Screen],
        session: Session,
        load_engine: Callable[[], Any],
        latent: Any,
        start: str | None = None,
        size: tuple[int, int] | None = None,
    ):
        super().__init__(screens, session, size)
        self.latent = latent
        session.use_model(latent.model_id, latent.latent_dim)
        self.worker = Worker(load_engine)
        self.running = True
        self.error: BaseException | None = None  # why the engine could not be loaded
        self.frame_times = FrameTimes()
        self.commands = window_commands(self)
        self._clock = pygame.time.Clock()
        self._due: float | None = None
        self._seen_state = "loading"  # of the worker
        for screen in screens:
            screen.attach(self)
        keymaps = {s.name: Keymap([*s.commands, *self.commands]) for s in screens}
        keys = next(command for command in self.commands if "h" in command.keys)
        self.build(self.screens[start or screens[0].name], keymaps, keys)
        self.header.status.set_text("Loading the model …")
        self.resized()
        self.screen.enter()
        self.step()
        self.worker.start()
        pygame.key.set_repeat(350, 45)
        pygame.key.stop_text_input()
        if session.problem:
            self.notify(session.problem)
        if session.restored:
            self._offer()

    # The loop

    def run(self) -> None:
        """Show the window until it is closed, then keep the session.

        Raises:
            UserError: after the window was closed, if the engine could not be loaded.
        """
        try:
            self.run_until(math.inf)
        except KeyboardInterrupt:
            log.info("stopped from the terminal")
        finally:
            self.close()
        if isinstance(self.error, UserError):
            raise self.error

    def run_until(self, end: float) -> None:
        """Run the loop until a time, as `now` counts it, or until the window is closed."""
        while self.now() < end and self.step():
            self._clock.tick(FRAMES)
            self._rest(end)

    def step(self) -> bool:
        """Run one frame; say whether the window is still open."""
        started = time.perf_counter()
        for event in pygame.event.get():
            self._guard(self._handle, event)
        if not self.running:
            return False
        self._take_results()
        now = self.now()
        due = self._guard(self.screen.update, now)
        slot = self.screen.live_slot
        if slot and self.worker.state == "ready" and self.worker.busy(slot):
            self.worker.wait(max(0.0, CATCH - (time.perf_counter() - started)))
            self._take_results()
        ends = self.cards.update(now)
        self._due = min((time for time in (due, ends) if time is not None), default=None)
        self.describe()
        self.header.times.set_text(self.frame_times.words)
        stale = self.root.repaint(self.window, self.theme)
        if stale:
            pygame.display.update(stale)
            self.frame_times.add(time.perf_counter() - started)
        return True

    def _rest(self, end: float) -> None:
        """Sleep until an event, a result, or the time when something is due, `end` at the latest.

        `pygame.event.wait` looks for events a thousand times a second; naps take a tenth of that.
        """
        began = self.now()
        while not self.root.stale and self.worker.state == self._seen_state:
            slept = self.now() - began
            if self.now() >= (end if self._due is None else min(end, self._due)):
                return
            if self.worker.wait(NAP if slept < LIGHT_SLEEP else LONG_NAP) or pygame.event.peek():
                return

    def _guard(self, action: Callable, *arguments):
        """Do something; a `UserError` becomes a message on the window."""
        try:
            return action(*arguments)
        except UserError as error:
            self.notify(str(error), problem=True)
            return None

    def close(self) -> None:
        """Keep the session and close the window."""
        try:
            for screen in self.screens.values():
                screen.keep()
            self.session.save()
        except UserError as error:
            log.warning("%s", error)
        pygame.display.quit()
        self.worker.close()

    # Events and results

    def _handle(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.quit()
        elif event.type in (pygame.VIDEORESIZE, pygame.WINDOWSIZECHANGED):
            self.resized()
        elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED):
            self.root.invalidate()
        elif event.type == pygame.DROPFILE:
            self.screen.drop(Path(event.file))
        elif not self.screen.handle(event) and not self.pointer.handle(event):
            if event.type in (pygame.KEYDOWN, pygame.KEYUP):
                self.keymaps[self.screen.name].handle(event)
            elif event.type == pygame.WINDOWFOCUSLOST:
                self.keymaps[self.screen.name].let_go()

    def _take_results(self) -> None:
        if self.worker.state != self._seen_state:
            self._seen_state = self.worker.state
            self._loaded()
        for result in self.worker.poll():
            if result.error is not None:
                if not isinstance(result.error, UserError):
                    log.error("a job of %s failed", result.slot, exc_info=result.error)
                self.notify(sentence(result.error), problem=True)
            screen = self.screens.get(result.slot.partition(".")[0])
            if screen is not None:
                self._guard(screen.result, result)

    def _loaded(self) -> None:
        self.error = self.worker.error
        if self.error is not None:
            log.error("the model could not be loaded", exc_info=self.error)
            self.header.status.set_text("No model")
            words = sentence(self.error)
            self.cards.ask([words], [("Close", self.quit, "Close the window")])
            return
        title = self.worker.engine.title
        self.header.status.set_text(title[:1].upper() + title[1:])
        pygame.display.set_caption(f"{display.NAME} · {title}")
        for screen in self.screens.values():
            self._guard(screen.ready)

    # What the commands of the window do

    def hand_over(self) -> None:
        """Take the current code to the next screen and show that."""
        names = list(self.screens)
        code = self.screen.code()
        self.show(names[(names.index(self.screen.name) + 1) % len(names)])
        if code is not None and len(names) > 1:
            self.screen.take(code)

    def escape(self) -> None:
        """Close or stop the front-most thing."""
        if self.close_menu():
            return
        if self.overlay.visible:
            self.toggle_keys()
        elif self.pointer.focused is not None:
            self.pointer.focus(None)
        elif not self.screen.escape() and self.cards.standing:
            self.cards.dismiss(self.cards.standing[0])

    def quit(self) -> None:
        """End the loop after this frame."""
        self.running = False

    def resume(self) -> None:
        """Go on from what the session kept."""
        if not self.session.restored:
            raise UserError("Nothing was kept from the last time; this is a fresh start.")
        for screen in self.screens.values():
            screen.resume()

    def _offer(self) -> None:
        actions = [
            ("Go on", self.resume, "Bring back the last face and drawing  [Ctrl L]"),
            ("Start fresh", lambda: None, "Leave them; Ctrl L still brings them back"),
        ]
        self.cards.ask(["Your last face and drawing are still here."], actions)
