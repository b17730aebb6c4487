"""The Latent Face Explorer: both screens in one window, and the loop that runs them.

The loop: events, update, draw what changed, flip, tick; asleep in between.
"""

from __future__ import annotations

import contextlib
import logging
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pygame

from data.errors import UserError
from model.latent import LatentSpace
from ui import display
from ui.clipboard import DONE
from ui.drawing.drawing_commands import drawing_commands
from ui.drawing.drawing_screen import DrawingScreen
from ui.keys import Command
from ui.screen import Host, Screen
from ui.session import Session
from ui.sliders.slider_commands import slider_commands
from ui.sliders.slider_screen import SlidersScreen
from ui.theme import printable
from ui.window import Window, window_commands
from ui.worker import Worker, sentence

if TYPE_CHECKING:
    from model.engine import FaceEngine

SCREENS = (SlidersScreen, DrawingScreen)  # in the order of their tabs

FRAMES = 60  # a second
KEEP = 3.0  # seconds after a step when the session is written
CATCH = 0.6 / FRAMES  # seconds that a frame waits for the answer to what happened in it
NAP, LONG_NAP = 0.002, 0.01  # seconds between two looks for events, soon after one and later
LIGHT_SLEEP = 0.5  # seconds after an event when naps get long

log = logging.getLogger(__name__)


class App:
    """The loop that runs a window and its worker.

    The constructor opens the window, draws it, and begins to load the engine beside it.

    Args:
        screens: make the screens, in the order of their tabs.
        session: what is kept between starts.
        load_engine: gives the engine or raises; called in the worker's thread.
        latent: the latent space of the same model.
        start: name of the screen in front; the first one unless given.
        size: of the window in pixels; None chooses one.

    Raises:
        UserError: if there is no display.
    """

    def __init__(
        self,
        screens: Sequence[Callable[[Host], Screen]],
        session: Session,
        load_engine: Callable[[], FaceEngine],
        latent: LatentSpace,
        start: str | None = None,
        size: tuple[int, int] | None = None,
    ):
        self.session = session
        self.worker = Worker(load_engine, self._loaded, self._failed)
        self.window = Window(screens, session, latent, self.worker, start, size)
        self._clock = pygame.time.Clock()
        self._due = math.inf  # when something is to be done without an event
        self._keeper = threading.Thread()  # writes the session
        self._kept_steps = 0  # of the window, when the session was written last
        self._keep_at = math.inf  # when it is written again
        self._warned = False  # whether it was told that it cannot be written
        self.window.header.status.set_text("Loading the model …")
        self.window.screen.enter()
        self.step()
        self.worker.start()
        pygame.key.set_repeat(350, 45)
        pygame.key.stop_text_input()
        self.window.offer_session()

    def run(self) -> None:
        """Show the window until it is closed, then keep the session.

        Raises:
            UserError: after the window was closed, if the engine could not be loaded.
        """
        try:
            with _closing_with_terminal():
                self.run_until(math.inf)
        except KeyboardInterrupt:
            log.info("stopped from the terminal")
        finally:
            self.close()
        if isinstance(self.worker.error, UserError):
            raise self.worker.error

    def run_until(self, end: float) -> None:
        """Run the loop until a time, as `Window.now` counts it, or until the window is closed."""
        while self.window.now() < end and self.step():
            self._clock.tick(FRAMES)
            self._rest(end)

    def step(self) -> bool:
        """Run one frame; return whether the window is still open."""
        started = time.perf_counter()
        window = self.window
        for event in pygame.event.get():
            self._guard(self._handle, event)
        if window.closed:
            return False
        self._answer()
        if window.root.stale:
            window.pointer.refresh()
        now = window.now()
        due = self._guard(window.screen.update, now)
        slot = window.screen.live_slot
        if slot and self.worker.state == "ready" and self.worker.busy(slot):
            self.worker.wait(max(0.0, CATCH - (time.perf_counter() - started)))
            self._answer()
        times = [
            window.messages.update(now),
            self._keep_later(now),
            math.inf if due is None else due,
        ]
        self._due = min(times)
        if window.leaves and not self.worker.saving:
            window.closed = True
        stale = window.repaint()
        if stale:
            pygame.display.update(stale)
            if stale != [window.header.times.rect]:  # to show them is no frame to count
                window.header.times.count(time.perf_counter() - started)
        return True

    def _rest(self, end: float) -> None:
        """Sleep until an event, a result, or the time when something is due, `end` at the latest.

        `pygame.event.wait` looks for events a thousand times a second; naps take a tenth of that.
        """
        window, began = self.window, self.window.now()
        while not (window.root.stale or window.closed):
            now = window.now()
            if now >= min(end, self._due):
                return
            nap = NAP if now - began < LIGHT_SLEEP else LONG_NAP
            if self.worker.wait(nap) or pygame.event.peek():
                return

    def _guard(self, action: Callable, *arguments):
        """Do something; a `UserError` becomes a message on the window."""
        try:
            return action(*arguments)
        except UserError as error:
            self.window.notify(str(error), problem=True)
            return None

    def close(self) -> None:
        """Keep the session and close the window."""
        self._guard(self.window.screen.leave)
        self.keep()
        self._keeper.join()
        pygame.display.quit()
        self.worker.close()

    def keep(self) -> None:
        """Have the session written as it is now, beside the window."""
        if self._keeper.is_alive():
            self._keeper.join()
        session, self._keep_at, self._kept_steps = self.session.copy(), math.inf, self.window.steps
        session.settings["screen"] = self.window.screen.name
        for screen in self.window.screens.values():
            screen.save_session(session)
        self._keeper = threading.Thread(target=self._write, args=(session,))
        self._keeper.start()

    def _write(self, session: Session) -> None:
        try:
            session.save()
        except UserError as error:
            if not self._warned:
                log.warning("%s", error)
            self._warned = True

    def _keep_later(self, now: float) -> float:
        """Keep the session some seconds after a step; return when to look again."""
        if self._keep_at == math.inf and self.window.steps != self._kept_steps:
            self._keep_at = now + KEEP
        elif now >= self._keep_at and self.window.pointer.captured is None:
            self.keep()
        return self._keep_at if self.window.pointer.captured is None else math.inf

    def _handle(self, event: pygame.event.Event) -> None:
        window = self.window
        if event.type == pygame.QUIT:
            window.quit()
        elif event.type in (pygame.VIDEORESIZE, pygame.WINDOWSIZECHANGED):
            window.resized()
        elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED):
            window.root.invalidate()
        elif event.type == DONE:
            event.action()
        elif event.type == pygame.DROPFILE:
            window.screen.drop(Path(event.file))
        elif window.screen.handle(event) or window.pointer.handle(event):
            return
        elif event.type in (pygame.KEYDOWN, pygame.KEYUP):
            window.keymap.handle(event)
        elif event.type == pygame.WINDOWFOCUSLOST:
            window.keymap.let_go()

    def _answer(self) -> None:
        """Hand over what the worker made."""
        for call in self.worker.poll():
            self._guard(call)

    def _failed(self, slot: str, error: Exception) -> None:
        """Tell that a job failed."""
        _log(f"a job of {slot} failed", error)
        self.window.leaves = False
        self.window.notify(sentence(error), problem=True)

    def _loaded(self) -> None:
        """Show that the engine is loaded, or why it is not."""
        window, engine, error = self.window, self.worker.engine, self.worker.error
        if engine is None:
            error = error or UserError("There is no model.")
            _log("the model could not be loaded", error)
            window.header.status.set_text("No model")
            close = ("Close", window.quit, "Close the window")
            window.messages.ask([sentence(error)], [close], first=True)
            return
        title = engine.title
        window.header.status.set_text(title[:1].upper() + title[1:])
        pygame.display.set_caption(printable(f"{display.NAME} · {title}"))
        window.show_sharp()
        for screen in window.screens.values():
            self._guard(screen.ready)


def open_explorer(
    start: str, session: Session, load_engine: Callable[[], FaceEngine], latent: LatentSpace
) -> App:
    """Open the window with both screens, "sliders" or "drawing" in front; see `App`."""
    return App(SCREENS, session, load_engine, latent, start)


def all_commands() -> dict[str, list[Command]]:
    """Return the commands of every screen by its title, and the window's, for lists of keys."""
    return {
        SlidersScreen.title: slider_commands(None),
        DrawingScreen.title: drawing_commands(None),
        "Both": window_commands(None),
    }


def _log(what: str, error: BaseException) -> None:
    """Leave a trace of a bug in the terminal; what a user can mend is told on the window."""
    if not isinstance(error, UserError):
        log.error(what, exc_info=error)


@contextlib.contextmanager
def _closing_with_terminal() -> Iterator[None]:
    """Close the window where the terminal is closed that it was started from (SIGHUP)."""
    hangup = getattr(signal, "SIGHUP", None)  # unknown to Windows
    if hangup is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.getsignal(hangup)
    if former != signal.SIG_IGN:  # as `nohup` asks for
        signal.signal(hangup, lambda *_: pygame.event.post(pygame.event.Event(pygame.QUIT)))
    try:
        yield
    finally:
        signal.signal(hangup, former)
