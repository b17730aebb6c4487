"""The window and its loop: events, update, draw what changed, flip, tick; asleep in between."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ui import display  # first: it quiets pygame's greeting

# isort: split
import pygame

from data.errors import UserError
from ui.chrome import Cards, Header, HelpLine
from ui.keys import Keymap
from ui.keys_overlay import KeysOverlay
from ui.screen import Screen
from ui.session import Session
from ui.theme import SIZES, Theme, starting_scale
from ui.widgets.base import Root, Widget
from ui.widgets.button import Button
from ui.widgets.panel import Menu
from ui.widgets.pointer import Pointer
from ui.window_commands import window_commands
from ui.worker import Worker, sentence

FRAMES = 60  # a second
FRAME = 1 / FRAMES
CATCH = 0.6 * FRAME  # how long a frame waits for the answer to what happened in it
REST = 0.5  # seconds of sleep at most, so that Ctrl-C in the terminal is heard
SCALES = (0.75, 3.0, 0.25)  # least, most and step of the UI scale
MESSAGE = 5.0  # seconds that a message stays, and longer for long ones

log = logging.getLogger(__name__)


class App:
    """One window with the screens in it.

    The constructor opens the window, draws it, and begins to load the engine beside it.

    Args:
        screens: the screens, in the order of their tabs.
        session: what is kept between starts.
        load_engine: gives the engine or raises; called in the worker's thread.
        latent: the latent space of the same model.
        start: name of the screen in front; the first one unless given.
        size: of the window in pixels; None chooses one.

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
        display.open_display()
        self.window = display.open_window(size)
        self._windowed = self.window.get_size()
        self.session = session
        self.latent = latent
        session.use_model(latent.model_id, latent.latent_dim)
        low, high, _ = SCALES
        self.wanted_scale = session.setting(
            "scale", starting_scale(display.desktop_size()), low, high
        )
        self.theme = Theme(1.0)
        self.running = True
        self.frame_times: deque[float] = deque(maxlen=600)  # seconds of work in each frame
        self.clock = pygame.time.Clock()
        self._began = time.monotonic()
        self._events: list[pygame.event.Event] = []
        self._due: float | None = None
        self._wake_event = pygame.event.custom_type()
        self._told_ready = False
        self.error: BaseException | None = None
        self.screens = {screen.name: screen for screen in screens}
        self.screen = self.screens[start or screens[0].name]
        self.root = Root()
        self.pointer = Pointer(self.root)
        self.worker = Worker(load_engine, self._wake)
        self.commands = window_commands(self)
        for screen in screens:
            screen.attach(self)
        self.keymaps = {s.name: Keymap([*s.commands, *self.commands]) for s in screens}
        self._build(screens)
        self.screen.enter()
        self.resized()
        self.step()
        self.worker.start()
        pygame.key.set_repeat(350, 45)
        pygame.key.stop_text_input()
        if session.problem:
            self.say(session.problem)
        if session.restored:
            self._offer()

    # Running

    def run(self) -> None:
        """Show the window until it is closed, then keep the session.

        Raises:
            UserError: after the window was closed, if the engine could not be loaded.
        """
        try:
            while self.step():
                self.clock.tick(FRAMES)
                self._rest()
        except KeyboardInterrupt:
            pass
        finally:
            self.close()
        if isinstance(self.error, UserError):
            raise self.error

    def step(self) -> bool:
        """Run one frame; say whether the window is still open."""
        started = time.perf_counter()
        events, self._events = [*self._events, *pygame.event.get()], []
        for event in events:
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
        self._describe()
        stale = self.root.repaint(self.window, self.theme)
        if stale:
            pygame.display.update(stale)
            self.frame_times.append(time.perf_counter() - started)
        return True

    def close(self) -> None:
        """Keep the session and close the window."""
        try:
            for screen in self.screens.values():
                screen.keep()
            self.session.settings["screen"] = self.screen.name
            self.session.save()
        except UserError as error:
            log.warning("%s", error)
        self.worker.close()
        pygame.display.quit()

    def quit(self) -> None:
        """End the loop after this frame."""
        self.running = False

    def now(self) -> float:
        """Give the seconds since the window opened."""
        return time.monotonic() - self._began

    def _rest(self) -> None:
        """Sleep until an event, a result, or the time when something is due."""
        seconds = REST if self._due is None else min(REST, self._due - self.now())
        if self.root.stale or seconds <= 0:
            return
        event = pygame.event.wait(max(1, int(seconds * 1000)))
        if event.type != pygame.NOEVENT:
            self._events.append(event)

    def _wake(self) -> None:
        """Let the loop see that the worker has something; called from its thread."""
        try:
            pygame.event.post(pygame.event.Event(self._wake_event))
        except pygame.error:
            log.debug("the window is closed already")

    def _guard(self, action: Callable, *arguments):
        """Do something; a `UserError` becomes a message on the window."""
        try:
            return action(*arguments)
        except UserError as error:
            self.say(str(error), problem=True)
            return None

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
        if self.worker.state != "loading" and not self._told_ready:
            self._told_ready = True
            self._loaded()
        for result in self.worker.poll():
            if isinstance(result.error, UserError):
                self.say(str(result.error), problem=True)
            elif result.error is not None:
                log.error("a job of %s failed", result.slot, exc_info=result.error)
                self.say(sentence(result.error), problem=True)
            screen = self.screens.get(result.slot.partition(".")[0])
            if screen is not None:
                self._guard(screen.result, result)

    def _loaded(self) -> None:
        self.error = self.worker.error
        if self.error is not None:
            log.error("the model could not be loaded", exc_info=self.error)
            words = sentence(self.error)
            self.cards.stand([words], [("Close", self.quit, "Close the window")])
            self.header.status.say("No model")
            return
        title = self.worker.engine.title
        self.header.status.say(title[:1].upper() + title[1:])
        pygame.display.set_caption(f"{display.NAME} · {title}")
        for screen in self.screens.values():
            self._guard(screen.ready)

    # What screens ask for

    def show(self, name: str) -> None:
        """Bring a screen to the front."""
        if name == self.screen.name:
            return
        self.keymaps[self.screen.name].let_go()
        self.screen.leave()
        self.screen.show(False)
        self.screen = self.screens[name]
        self.screen.show()
        for other, tab in zip(self.screens, self.header.tabs, strict=True):
            tab.select(other == name)
        self.screen.enter()
        self.pointer.focus(None)
        self.pointer.refresh()
        self.root.invalidate()

    def hand_over(self) -> None:
        """Take the current code to the next screen and show that."""
        names = list(self.screens)
        code = self.screen.code()
        self.show(names[(names.index(self.screen.name) + 1) % len(names)])
        if code is not None and len(names) > 1:
            self.screen.take(code)

    def say(self, words: str, problem: bool = False) -> None:
        """Show a message for a while; a problem is marked with a sign."""
        until = self.now() + MESSAGE + 0.04 * len(words)
        self.cards.say(words, until, "!" if problem else "")

    def hint(self, name: str, lines: Sequence[str]) -> None:
        """Show lines with a button once ever; `name` is what the session remembers it by."""
        if not self.session.setting(f"hint_{name}", False):
            self.session.settings[f"hint_{name}"] = True
            self.cards.stand(lines, [("Got it", lambda: None, "Do not show this again")])

    def open_menu(self, items: Sequence[tuple[str, Callable, str]], anchor: pygame.Rect) -> None:
        """Pop up a list of (words, action, help) beside a rectangle."""
        self.close_menu()
        self._menu = self.front.add(Menu(items, self.close_menu))
        self._menu.open_at(anchor, self.root.rect, self.theme)

    def focus(self, widget: Widget | None) -> None:
        """Give the keyboard to a widget, or to none."""
        self.pointer.focus(widget)

    def look_again(self) -> None:
        """Find what is under the mouse after widgets came or went."""
        if self.root.children:
            self.pointer.refresh()

    def close_menu(self) -> None:
        """Close the menu that is open, if any."""
        if self._menu is not None:
            self.front.remove(self._menu)
            self._menu = None
            self.pointer.refresh()

    # Building and layout

    def _build(self, screens: Sequence[Screen]) -> None:
        tabs = []
        for screen in screens:
            help = f"{screen.title}: Tab takes the face along, this only shows the screen"
            tab = Button(screen.title, lambda name=screen.name: self.show(name), help, plain=True)
            tab.selected = screen is self.screen
            tabs.append(tab)
            screen.visible = screen is self.screen
            self.root.add(screen)
        keys = next(command for command in self.commands if "h" in command.keys)
        self.header = self.root.add(Header(display.NAME, tabs, Button.of(keys, plain=True)))
        self.header.status.say("Loading the model …")
        self.help_line = self.root.add(HelpLine())
        self.cards = self.root.add(Cards())
        self.overlay = self.root.add(
            KeysOverlay(lambda: self.keymaps[self.screen.name].groups(), self.toggle_keys)
        )
        self.front = self.root.add(Front())
        self._menu: Menu | None = None
        self._times_shown = False

    def resized(self) -> None:
        """Lay everything out for the window as it is now."""
        self.window = pygame.display.get_surface()
        size = self.window.get_size()
        if not self.window.get_flags() & pygame.FULLSCREEN:
            self._windowed = size
        scale = display.fitting_scale(self.wanted_scale, size)
        if scale != self.theme.scale:
            self.theme = Theme(scale)
        self.close_menu()
        self.root.rect = pygame.Rect((0, 0), size)
        head, foot = self.theme.px(SIZES.header), self.theme.px(SIZES.help_line)
        body = pygame.Rect(0, head, size[0], size[1] - head - foot)
        self.header.place(pygame.Rect(0, 0, size[0], head), self.theme)
        self.help_line.place(pygame.Rect(0, body.bottom, size[0], foot), self.theme)
        for screen in self.screens.values():
            screen.place(body, self.theme)
        self.cards.place(body, self.theme)
        self.overlay.place(body, self.theme)
        self.front.place(self.root.rect, self.theme)
        self.root.invalidate()
        self.pointer.refresh()

    @property
    def scale(self) -> float:
        """Pixels a point, as it is now."""
        return self.theme.scale

    def _describe(self) -> None:
        """Say in the help line what is under the mouse."""
        widget = self.pointer.hovered
        line = widget.ancestors() if widget is not None else ()
        words = next((words for w in line if (words := w.help_words())), "")
        self.help_line.say(words or self.screen.help_words())
        if self._times_shown and self.frame_times:
            times = sorted(self.frame_times)
            middle, high = times[len(times) // 2], times[int(len(times) * 0.95)]
            words = f"{1000 * middle:.1f} ms a frame, 95 % under {1000 * high:.1f} ms"
            self.header.times.say(words)

    # What the commands of the window do

    def toggle_keys(self) -> None:
        """Show or hide the list of keys."""
        self.overlay.show(not self.overlay.visible)
        self.pointer.refresh()

    def toggle_times(self) -> None:
        """Show or hide the frame times."""
        self._times_shown = not self._times_shown
        self.frame_times.clear()
        self.header.times.say("")

    def escape(self) -> None:
        """Close or stop the front-most thing."""
        if self._menu is not None:
            self.close_menu()
        elif self.overlay.visible:
            self.toggle_keys()
        elif self.pointer.focused is not None:
            self.pointer.focus(None)
        elif not self.screen.escape() and self.cards.standing:
            self.cards.dismiss(self.cards.standing[0])

    def full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        self.window, _ = display.toggle_full_screen(self._windowed)
        self.resized()

    def rescale(self, steps: int) -> None:
        """Make everything larger or smaller."""
        low, high, step = SCALES
        self.wanted_scale = min(high, max(low, self.wanted_scale + steps * step))
        self.session.settings["scale"] = self.wanted_scale
        self.resized()
        held = "" if self.scale == self.wanted_scale else ", as large as this window allows"
        self.say(f"Text and controls at {round(100 * self.scale)} %{held}.")

    def resume(self) -> None:
        """Go on from what the session kept."""
        if not self.session.restored:
            raise UserError("Nothing was kept from the last time; this is a fresh start.")
        for screen in self.screens.values():
            screen.resume()

    def _offer(self) -> None:
        actions = [
            ("Go on", self.resume, "Bring back the last face and drawing"),
            ("Start fresh", lambda: None, "Leave them; Ctrl L still brings them back"),
        ]
        self.cards.stand(["Your last face and drawing are still here."], actions)


class Front(Widget):
    """Holds what pops up over everything."""

    def hit(self, pos):
        """Let everything through that does not meet something that popped up."""
        found = super().hit(pos)
        return None if found is self else found
