"""The window: its widgets, size and scale, what pops up over its screens, and its commands."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pygame

from data.errors import UserError
from model.frame import LATENT_DIM
from model.latent import LatentSpace
from ui import display
from ui.keys import Command, Keymap, KeysOverlay, commands_of
from ui.messages import BAR, Message, Messages
from ui.session import Session
from ui.theme import COLORS, SIZES, Theme, natural_scale
from ui.widgets.base import Label, Root, Row, Widget, place_row
from ui.widgets.button import Button, Toggle, help_of
from ui.widgets.panel import Item, Menu, Scrolled
from ui.widgets.pointer import Pointer
from ui.worker import Worker

SCALES = (0.75, 3.0, 0.25)  # least, most and step of the UI scale
MESSAGE = (5.0, 0.04)  # seconds that a message stays, and seconds more per character
HINT = 3  # steps after which a hint disappears
NO_FINISHER = (
    "No sharp faces with this model: it has no finisher. learn(init=False) goes on with it and "
    "trains one."
)


@dataclass(eq=False)
class Window:
    """A window and its screens, which call it their host; `UserError` if there is no display."""

    makers: Sequence[Callable[[Window], Screen]]  # make the screens, in the order of their tabs
    session: Session  # what is kept between starts
    latent: LatentSpace  # of the worker's model
    worker: Worker
    start: str | None = None  # name of the screen in front; the first one unless given
    size: tuple[int, int] | None = None  # of the window in pixels; None chooses one

    def __post_init__(self) -> None:
        display.open_display()
        self.surface = display.open_window(self.size)
        self._began = time.monotonic()
        self.theme = Theme(1.0)
        self.closed = False
        self.closing = False  # whether it closes after pending saves
        self.root = Root()
        self.pointer = Pointer(self.root)
        self.commands = window_commands(self)
        made = [make(self) for make in self.makers]
        self.screens = {screen.name: screen for screen in made}
        self.screen = self.screens[self.start] if self.start else made[0]  # the visible one
        self.keymap = Keymap([*self.screen.commands, *self.commands])
        self.menu: Menu | None = None
        tabs = []
        for name, screen in self.screens.items():
            help = f"{screen.title}: Tab takes the face along, and so does a click once you drew"
            tabs.append(Button(screen.title, partial(self.choose, name), help, plain=True))
            tabs[-1].selected = screen.visible = screen is self.screen
            self.root.add(screen)
        named = {command.name: command for command in self.commands}
        sharp, keys = Toggle.of(named["Sharp"]), Button.of(named["Keys"], plain=True)
        sharp.help = lambda: help_of(named["Sharp"]) if sharp.enabled else NO_FINISHER
        self.header = self.root.add(Header(display.NAME, tabs, sharp, keys))
        self.show_sharp()
        line = Label("", COLORS.soft, SIZES.small, fill=COLORS.panel)
        self.help_line = self.root.add(line)  # about the widget under the mouse
        self.overlay = self.root.add(KeysOverlay(lambda: self.keymap.commands, self.toggle_keys))
        self.messages = self.root.add(Messages())
        self.resized()

    def now(self) -> float:
        """Return the seconds since the window opened."""
        return time.monotonic() - self._began

    # Size

    @property
    def wanted_scale(self) -> float:
        """Pixels per point: the user's choice, or what suits the window."""
        low, high, _ = SCALES
        chosen = self.session.setting("scale", 0.0, 0.0, high)
        if chosen:
            return max(low, chosen)
        return natural_scale(display.desktop_size(), self.surface.get_size())

    def resized(self) -> None:
        """Lay everything out for the current size and scale."""
        self.surface = pygame.display.get_surface()
        size = display.layout_size(self.surface.get_size())
        scale = display.fitting_scale(self.wanted_scale, size)
        if scale != self.theme.scale:
            self.theme = Theme(scale)
        self.close_menu()
        self.root.rect = pygame.Rect((0, 0), size)
        width, height = size
        head, foot, bar = map(self.theme.px, (SIZES.header, SIZES.help_line, BAR))
        body = pygame.Rect(0, head, width, height - head - foot)
        self.header.place(pygame.Rect(0, 0, width, head), self.theme)
        self.help_line.place(pygame.Rect(0, height - foot, width, foot), self.theme)
        for widget in (self.screen, self.overlay):  # others are placed when they come to the front
            widget.place(body, self.theme)
        self.messages.place(pygame.Rect(0, height - bar, width, bar), self.theme)
        self.root.invalidate()
        self.pointer.refresh()

    def full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        display.toggle_full_screen()
        self.resized()

    def rescale(self, steps: int) -> None:
        """Make everything larger (1) or smaller (-1), or as suits the window (0)."""
        low, high, step = SCALES
        before = self.theme.scale
        if steps:
            scale = min(high, max(low, min(self.wanted_scale, before) + steps * step))
            fitting = display.fitting_scale(scale, self.surface.get_size())
            self.session.settings["scale"] = fitting
        else:
            self.session.settings.pop("scale", None)
        self.resized()
        now = self.theme.scale
        if steps and now == before:
            limit = "they get" if before in (low, high) else "this window allows"
            way = "large" if steps > 0 else "small"
            self.notify(f"Text and controls are as {way} as {limit}: {now:.0%}.")
        else:
            self.notify(f"Text and controls at {now:.0%}.")

    # What shows

    def show(self, name: str) -> None:
        """Bring a screen to the front."""
        if name == self.screen.name:
            return
        self.keymap.let_go()
        self.screen.leave()
        self.screen.show(False)
        self.screen = self.screens[name]
        self.keymap = Keymap([*self.screen.commands, *self.commands])
        self.screen.show()
        self.screen.place(self.overlay.rect, self.theme)
        for other, tab in zip(self.screens, self.header.tabs, strict=True):
            tab.select(other == name)
        self.pointer.focus(None)
        self.screen.enter()
        self.pointer.refresh()
        self.root.invalidate()

    @property
    def sharp(self) -> bool:
        """Whether faces show with the detail that the finisher invents, if there is one."""
        return self.header.sharp.selected

    def show_sharp(self) -> None:
        """Show whether faces are sharp, and whether they can be."""
        able = self.worker.engine is None or self.worker.engine.can_finish
        self.header.sharp.enable(able)
        self.header.sharp.select(able and self.session.setting("sharp", True))

    def toggle_sharp(self) -> None:
        """Show faces sharp, or as the decoder makes them."""
        if not self.header.sharp.enabled:
            raise UserError(NO_FINISHER)
        self.session.settings["sharp"] = not self.sharp
        self.show_sharp()
        for screen in self.screens.values():
            screen.sharpen()

    @property
    def steps(self) -> int:
        """How many steps were taken on all screens."""
        return sum(screen.steps for screen in self.screens.values())

    def notify(
        self, text: str, problem: bool = False, lasts: Callable[[], bool] = lambda: True
    ) -> None:
        """Show a message for a while, at most as long as `lasts` returns true.

        A problem gets a sign, and disappears at the next step.
        """
        ends, steps = self.now() + MESSAGE[0] + MESSAGE[1] * len(text), self.steps
        self.messages.show_message(
            Message([text], lambda: not lasts() or (problem and self.steps != steps), ends, problem)
        )

    def show_hint(self, name: str, lines: Sequence[str]) -> None:
        """Show a hint for some steps, the first time only; the session remembers its `name`."""
        if not self.session.setting(f"hint_{name}", False):
            self.session.settings[f"hint_{name}"] = True
            got_it = ("Got it", lambda: None, "Do not show this again")
            screen, end = self.screen, self.steps + HINT
            self.messages.ask(
                lines, [got_it], lambda: self.steps >= end or self.screen is not screen
            )

    def offer_session(self) -> None:
        """Offer to restore what the session kept, if anything."""
        if self.session.problem:
            self.notify(self.session.problem)
        parts = {"face": self.session.code, "drawing": self.session.drawing}
        kept = [name for name, part in parts.items() if part is not None]
        if kept:
            what = " and ".join(kept)
            actions = [
                ("Go on", self.restore_session, f"Bring back the last {what}  [Ctrl L]"),
                ("Start fresh", lambda: None, "Leave it; Ctrl L still brings it back"),
            ]
            last = [f"Your last {what} {'are' if kept[1:] else 'is'} still here."]
            # Before a hint, which would still show when the first step ends the offer.
            self.messages.ask(last, actions, lambda: self.steps > 0, first=True)

    def open_menu(self, items: Sequence[Item], anchor: pygame.Rect, chosen: str = "") -> None:
        """Pop up a list of (text, action, help) beside a rectangle; see `Menu`."""
        self.close_menu()
        self.menu = self.root.add(Menu(items, self.close_menu, anchor, chosen))
        self.menu.place(self.root.rect, self.theme)

    def close_menu(self) -> bool:
        """Close the menu that is open; return whether there was one."""
        menu, self.menu = self.menu, None
        if menu is not None:
            self.root.remove(menu)
            self.pointer.refresh()
        return menu is not None

    def repaint(self) -> list[pygame.Rect]:
        """Draw what changed, and the help line; return the rectangles that were drawn."""
        pointed = self.pointer.hovered or self.pointer.focused or self.root
        texts = (widget.help_text() for widget in pointed.ancestors())
        self.help_line.set_text(next(filter(None, texts), self.screen.help_text()))
        return self.root.repaint(self.surface, self.theme)

    # What its commands do

    def hand_over(self) -> None:
        """Show the next screen, with the current face."""
        names = list(self.screens)
        code = self.screen.code()
        self.show(names[(names.index(self.screen.name) + 1) % len(names)])
        if code is not None and len(names) > 1:
            self.screen.take(code)

    def choose(self, name: str) -> None:
        """Show the screen of a clicked tab, with the current face if it takes one."""
        if name != self.screen.name and self.screens[name].takes_face:
            self.hand_over()
        else:
            self.show(name)

    def toggle_keys(self) -> None:
        """Show or hide the list of keys."""
        self.overlay.show(not self.overlay.visible)
        self.pointer.refresh()

    def escape(self) -> None:
        """Close or stop what is in front."""
        if self.close_menu():
            return
        if self.overlay.visible:
            self.toggle_keys()
        elif self.pointer.typing:
            self.pointer.focus(None)
        elif self.screen.escape():
            return
        elif self.pointer.focused is not None:
            self.pointer.focus(None)
        elif self.messages.standing:
            self.messages.dismiss(self.messages.standing[0])

    def scroll(self, pages: float) -> None:
        """Scroll what is in front: the open panel, or a part of the screen."""
        near = [w for child in self.screen.children for w in (child, *child.children)]
        parts = [w for w in near if isinstance(w, Scrolled) and w.visible and w.limit]
        if parts:
            parts[-1].scroll_by(round(pages * parts[-1].view.height))

    def restore_session(self) -> None:
        """Restore what the session kept."""
        if self.session.code is None and self.session.drawing is None:
            raise UserError("Nothing was kept from the last time; this is a fresh start.")
        for screen in self.screens.values():
            screen.restore_session()
        last = self.session.setting("screen", self.screen.name)
        if self.session.code is None:  # of this model: the drawing is all that came back
            last = "drawing"
        if last in self.screens:
            self.show(last)

    def quit(self) -> None:
        """Close the window after pending saves; a second call closes it at once."""
        self.closed = self.closing or not self.worker.saving
        self.closing = True
        if not self.closed:
            end = "The window closes when it is written; close it again to drop the file."
            self.notify(f"A file is still being saved. {end}", lasts=lambda: self.closing)


class Screen(Widget):
    """One mode of the window: a widget that fills the space between header and help line.

    A screen adds its widgets as children, places them in `layout`, and keeps its state apart from
    them. It never draws: it changes widgets, which are drawn at the end of the frame.
    """

    name = ""  # for `Window.show`
    title = ""  # on its tab
    live_slot: str | None = None  # of the worker: a frame waits some milliseconds for its result

    def __init__(self, host: Window, commands: Sequence[Command] = ()):
        super().__init__()
        self.host = host
        self.commands = list(commands)  # of its keys and buttons

    @property
    def steps(self) -> int:
        """The number of steps taken here, undo and redo included."""
        return 0

    def enter(self) -> None:
        """Come to the front."""

    def leave(self) -> None:
        """Go to the back; stop what needs the screen to be visible."""

    def handle(self, event: pygame.event.Event) -> bool:
        """Answer an event before widgets and commands do; return whether it was answered."""
        return False

    def update(self, now: float) -> float | None:
        """Prepare a frame; return the time of the next one that is needed without an event."""
        return None

    def ready(self) -> None:
        """Go on now that the engine is loaded."""
        self.sharpen()

    def sharpen(self) -> None:
        """Show all faces again, after `Window.sharp` has changed."""

    def escape(self) -> bool:
        """Close or stop what is in front; return whether there was anything."""
        return False

    def code(self) -> np.ndarray | None:
        """Return the code for the other screen to take over, float32 (latent_dim,), or None."""
        return None

    @property
    def takes_face(self) -> bool:
        """Whether a click on its tab takes the other screen's face along, as Tab does."""
        return False

    def take(self, code: np.ndarray) -> None:
        """Take over the code of the other screen, as one step of the history."""

    def save_session(self, session: Session) -> None:
        """Assign what is to be kept to a session that is about to be saved."""

    def restore_session(self) -> None:
        """Restore what `host.session` kept."""


class Header(Widget):
    """The program's name, a tab for each screen, the state of the model, and two buttons."""

    def __init__(self, name: str, tabs: Sequence[Button], sharp: Toggle, keys: Button):
        super().__init__()
        self.name = self.add(Label(name, bold=True, size=SIZES.title))
        self.tabs = [self.add(tab) for tab in tabs]
        self.sharp, self.keys = self.add(sharp), self.add(keys)
        self.status = self.add(Label("", COLORS.faint, SIZES.small, align="right"))
        self.times = self.add(Label("", COLORS.soft, SIZES.small, align="right"))
        self.times.show(False)
        self.seconds: deque[float] = deque(maxlen=600)  # that frames took to draw

    def layout(self, rect: pygame.Rect, theme: Theme) -> None:
        """Place everything in one row."""
        words: Row = [Widget(), (self.times, 1), (self.status, 1), Widget()]
        row: Row = [self.name, Widget(), *self.tabs, *words, self.sharp, self.keys]
        place_row(row, rect.inflate(-2 * theme.px(SIZES.margin), -theme.px(12)), theme)

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the line below."""
        surface.fill(COLORS.panel)
        line = pygame.Rect(self.rect.left, self.rect.bottom - 1, self.rect.width, 1)
        surface.fill(COLORS.line, line)

    def count(self, seconds: float) -> None:
        """Add the time of a frame; `times` tells the median and the 95th percentile of all."""
        self.seconds.append(seconds)
        times = sorted(self.seconds)
        middle, high = times[len(times) // 2], times[int(len(times) * 0.95)]
        self.times.set_text(f"{1000 * middle:.1f} ms a frame, 95 % under {1000 * high:.1f} ms")


def window_commands(w: Window) -> list[Command]:
    """Return the commands that every screen has; the window can be None to list them."""
    last = "Bring back what was open when the window was last closed"
    full = "Fill the screen, or go back to a window"
    frames = "Show how long frames take"
    sharp = (
        f"Show faces with hair and skin that are invented: {LATENT_DIM} numbers do not hold them"
    )
    up, down = (f"Scroll the open panel, or else the sliders, {way}" for way in ("up", "down"))
    usual = "Text and controls in the size that suits the window"
    rows: list[tuple] = [
        ("tab", "Other screen", "Take this face along to the other screen", lambda: w.hand_over()),
        ("h f1 ?", "Keys", "Show every key", lambda: w.toggle_keys()),
        ("escape", "Close or stop", "Close what is open, stop what runs", lambda: w.escape()),
        ("pageup", "Scroll up", up, lambda: w.scroll(-0.8), True),
        ("pagedown", "Scroll down", down, lambda: w.scroll(0.8), True),
        ("shift+s", "Sharp", sharp, lambda: w.toggle_sharp()),
        ("f11 alt+return", "Full screen", full, lambda: w.full_screen()),
        ("ctrl++ ctrl+=", "Larger text", "Make everything larger", lambda: w.rescale(1)),
        ("ctrl+-", "Smaller text", "Make everything smaller", lambda: w.rescale(-1)),
        ("ctrl+0", "Usual text size", usual, lambda: w.rescale(0)),
        ("f3", "Frame times", frames, lambda: w.header.times.show(not w.header.times.visible)),
        ("ctrl+l", "Go on from last time", last, lambda: w.restore_session()),
        ("ctrl+q", "Quit", "Close the window; what you did is kept", lambda: w.quit()),
    ]
    return commands_of({"Window": rows})
