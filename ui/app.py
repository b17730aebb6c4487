"""The Latent Face Explorer: both screens in one window, and the loop that runs them.

Each frame: events, update, draw what changed, flip, tick. Between frames the loop sleeps.
"""

from __future__ import annotations

import logging
import math
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pygame

from data.errors import UserError
from model.latent import LatentSpace
from ui import display
from ui.clipboard import DONE
from ui.drawing.drawing_screen import DrawingScreen
from ui.session import Session
from ui.sliders.slider_screen import SlidersScreen
from ui.theme import printable
from ui.window import Screen, Window
from ui.worker import Worker, sentence

if TYPE_CHECKING:
    from model.engine import FaceEngine

SCREENS = (SlidersScreen, DrawingScreen)  # in the order of their tabs

FRAMES = 60  # a second
REPEAT = (0.35, 0.045)  # seconds before a held key repeats, and between two repetitions
KEEP = 3.0  # seconds from a step until the session is written
CATCH = 0.6 / FRAMES  # seconds that a frame waits for the face its events asked for
NAPS = (0.002, 0.01)  # seconds between two checks for events, shortest and longest

log = logging.getLogger(__name__)
R = TypeVar("R")


@dataclass(eq=False)
class App:
    """The loop that runs a window and its worker; `UserError` if there is no display."""

    screens: Sequence[Callable[[Window], Screen]]  # make the screens, in the order of their tabs
    session: Session  # what is kept between starts
    load_engine: Callable[[], FaceEngine]  # called in the worker's thread; may raise
    latent: LatentSpace  # of the same model
    start: str | None = None  # name of the screen in front; the first one unless given
    size: tuple[int, int] | None = None  # of the window in pixels; None chooses one
    problem: str = ""  # a sentence to show first, such as why the user's own model is not used

    def __post_init__(self) -> None:
        self.worker = Worker(self.load_engine, self._loaded, self._failed)
        self.window = Window(
            self.screens, self.session, self.latent, self.worker, self.start, self.size
        )
        self._clock = pygame.time.Clock()
        self._events: list[pygame.event.Event] = []  # read while asleep
        self._due = math.inf  # time of the next frame, if no event comes
        self._held: pygame.event.Event | None = None  # the key that was pressed last
        self._repeat_at = math.inf
        self._keeper = threading.Thread()  # writes the session
        self._keep_at = math.inf
        self._kept_steps = 0  # of the window at the last write of the session
        self._warned = False  # whether a failed write was logged
        self.window.header.status.set_text("Loading the model …")
        self.window.screen.enter()
        self.step()
        self.worker.start()
        pygame.key.stop_text_input()
        self.window.offer_session()
        if self.problem:
            got_it = ("Got it", lambda: None, "Close this")
            self.window.messages.ask([self.problem], [got_it], first=True)

    def run(self) -> None:
        """Show the window until it is closed; `UserError` then if no engine could be loaded."""
        hangup: int = getattr(signal, "SIGHUP", 0)  # when the terminal closes; not on Windows
        main = threading.current_thread() is threading.main_thread()
        heard = bool(hangup) and main and signal.getsignal(hangup) == signal.SIG_DFL
        if heard:  # otherwise it is ignored, as under `nohup`
            signal.signal(hangup, lambda *_: self.window.quit())
        try:
            self.run_until(math.inf)
        except KeyboardInterrupt:
            log.info("stopped from the terminal")
            self.window.quit()
            self.run_until(math.inf)
        finally:
            self.close()
            if heard:
                signal.signal(hangup, signal.SIG_DFL)
        if isinstance(self.worker.error, UserError):
            raise self.worker.error

    def run_until(self, end: float) -> None:
        """Run the loop until a time of `Window.now`, or until the window is closed."""
        while self.window.now() < end and self.step():
            self._clock.tick(FRAMES)
            began = self.window.now()
            while not (self.window.root.stale or self.window.closed or self._events):
                now = self.window.now()
                nap = min(NAPS[1], NAPS[0] + (now - began) / 60)
                if now >= min(end, self._due) or self.worker.wait(nap):
                    break
                self._events = pygame.event.get()  # `peek` frees what was posted with an event

    def step(self) -> bool:
        """Run one frame; return whether the window is still open."""
        started = time.perf_counter()
        window = self.window
        events, self._events = [*self._events, *pygame.event.get()], []
        for event in events:
            self._guard(self._handle, event)
        if window.closed:
            return False
        if all(event.type != pygame.KEYDOWN for event in events):  # its release may still be queued
            self._repeat_key(window.now())
        self._deliver()
        if window.root.stale:
            window.pointer.refresh()
        now = window.now()
        due = self._guard(window.screen.update, now)
        slot = window.screen.live_slot
        if slot and self.worker.state == "ready" and self.worker.busy(slot):
            self.worker.wait(max(0.0, CATCH - (time.perf_counter() - started)))
            self._deliver()
        self._keep_later(now)
        times = window.messages.update(now), self._keep_at, self._repeat_at
        self._due = min(math.inf if due is None else due, *times)
        if window.closing and not self.worker.saving:
            window.closed = True
        stale = window.repaint()
        if stale:
            pygame.display.update(stale)
            if stale != [window.header.times.rect]:  # drawing the times is not counted
                window.header.count(time.perf_counter() - started)
        return True

    def close(self) -> None:
        """Keep the session and close the window."""
        self._guard(self.window.screen.leave)
        self.keep()
        self._keeper.join()
        pygame.display.quit()
        self.worker.close()

    def keep(self) -> None:
        """Write the current session in a thread."""
        if self._keeper.is_alive():
            self._keeper.join()
        session = self.session.copy()
        session.settings["screen"] = self.window.screen.name
        for screen in self.window.screens.values():
            screen.save_session(session)
        self._keep_at, self._kept_steps = math.inf, self.window.steps
        self._keeper = threading.Thread(target=self._write, args=(session,))
        self._keeper.start()

    def _write(self, session: Session) -> None:
        try:
            session.save()
        except UserError as error:
            if not self._warned:
                log.warning("%s", error)
            self._warned = True

    def _keep_later(self, now: float) -> None:
        """Keep the session some seconds after a step, but not during a gesture."""
        if self.window.pointer.captured is not None:
            self._keep_at = math.inf
        elif self.window.steps != self._kept_steps:
            self._keep_at = min(self._keep_at, now + KEEP)
            if now >= self._keep_at:
                self.keep()

    def _repeat_key(self, now: float) -> None:
        """Press a held key again, at most once in a frame.

        `pygame.key.set_repeat` queues presses by a clock of its own: after a long frame, a key that
        was released meanwhile would act many times.
        """
        if self._held is not None and now >= self._repeat_at:
            self._repeat_at = now + REPEAT[1]
            self._guard(self._dispatch, self._held)

    def _guard(self, action: Callable[..., R], *arguments: object) -> R | None:
        """Do something; a `UserError` becomes a message on the window."""
        try:
            return action(*arguments)
        except UserError as error:
            self.window.notify(str(error), problem=True)
            return None

    def _handle(self, event: pygame.event.Event) -> None:
        window = self.window
        if event.type == pygame.KEYDOWN:
            self._held, self._repeat_at = event, window.now() + REPEAT[0]
        elif event.type == pygame.KEYUP or event.type == pygame.WINDOWFOCUSLOST:
            self._held, self._repeat_at = None, math.inf
        if event.type == pygame.QUIT:
            window.quit()
        elif event.type in (pygame.VIDEORESIZE, pygame.WINDOWSIZECHANGED):
            window.resized()
        elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED):
            window.root.invalidate()
        elif event.type == DONE:
            event.action()
        else:
            self._dispatch(event)

    def _dispatch(self, event: pygame.event.Event) -> None:
        """Pass a mouse or keyboard event to the first that handles it."""
        window = self.window
        if window.screen.handle(event) or window.pointer.handle(event):
            return
        if event.type in (pygame.KEYDOWN, pygame.KEYUP):
            window.keymap.handle(event)
        elif event.type == pygame.WINDOWFOCUSLOST:
            window.keymap.let_go()

    def _deliver(self) -> None:
        for call in self.worker.poll():
            self._guard(call)

    def _failed(self, slot: str, error: Exception) -> None:
        """Say that a job failed; a window that was closing stays open."""
        _log(f"a job of {slot} failed", error)
        self.window.closing = False
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


def _log(what: str, error: BaseException) -> None:
    """Log a bug with its traceback; a `UserError` is only shown on the window."""
    if not isinstance(error, UserError):
        log.error(what, exc_info=error)
