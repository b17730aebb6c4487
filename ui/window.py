"""The window: its widgets, its size and scale, and what pops up over the screens."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import pygame

from ui import display
from ui.chrome import Cards, Header, HelpLine
from ui.keys import Command, Keymap
from ui.keys_overlay import KeysOverlay
from ui.screen import Screen
from ui.session import Session
from ui.theme import SIZES, Theme, natural_scale
from ui.widgets.base import Root, Widget
from ui.widgets.button import Button
from ui.widgets.panel import Menu, Panel
from ui.widgets.pointer import Pointer

SCALES = (0.75, 3.0, 0.25)  # least, most and step of the UI scale
CARDS = 52  # points between messages and the edge, so that they leave a row of buttons free
MESSAGE = 5.0  # seconds that a message stays, and longer for long ones


class Window:
    """A window with screens between a header and a help line.

    Args:
        screens: in the order of their tabs.
        session: holds the settings.
        size: in pixels; None chooses one.

    Attributes:
        window: the surface.
        root: the tree of widgets.
        pointer: mouse and keyboard on it.
        theme: at the current scale.
        chosen_scale: the UI scale that the user chose, or None for one that suits the window.

    Raises:
        UserError: if there is no display.
    """

    def __init__(
        self, screens: Sequence[Screen], session: Session, size: tuple[int, int] | None = None
    ):
        display.open_display()
        self.window = display.open_window(size)
        self._windowed = self.window.get_size()
        self.session = session
        low, high, _ = SCALES
        chosen = session.setting("scale", 0.0, 0.0, high)
        self.chosen_scale = max(low, chosen) if chosen else None
        self.theme = Theme(1.0)
        self.root = Root()
        self.pointer = Pointer(self.root)
        self.screens = {screen.name: screen for screen in screens}
        self._menu: Menu | None = None
        self._began = time.monotonic()

    def now(self) -> float:
        """Return the seconds since the window opened."""
        return time.monotonic() - self._began

    def build(self, front: Screen, keymaps: dict[str, Keymap], keys: Command) -> None:
        """Make the widgets.

        Args:
            front: the screen that shows first.
            keymaps: of each screen, by name.
            keys: the command that lists the keys.
        """
        self.screen = front
        self.keymaps = keymaps
        tabs = []
        for screen in self.screens.values():
            help = f"{screen.title}: a click only shows the screen, Tab takes the face along"
            tab = Button(screen.title, lambda name=screen.name: self.show(name), help, plain=True)
            tab.selected = screen.visible = screen is front
            tabs.append(tab)
            self.root.add(screen)
        self.header = self.root.add(Header(display.NAME, tabs, Button.of(keys, plain=True)))
        self.help_line = self.root.add(HelpLine())
        self.cards = self.root.add(Cards())
        self.overlay = self.root.add(
            KeysOverlay(lambda: self.keymaps[self.screen.name].groups(), self.toggle_keys)
        )
        self.front = self.root.add(Front())

    # Size

    @property
    def scale(self) -> float:
        """Pixels a point, as it is now."""
        return self.theme.scale

    @property
    def wanted_scale(self) -> float:
        """Pixels a point that the user chose, or that suit the window."""
        if self.chosen_scale is not None:
            return self.chosen_scale
        return natural_scale(display.desktop_size(), self.window.get_size())

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
        for widget in (self.screen, self.overlay):  # others are placed when they come to the front
            widget.place(body, self.theme)
        self.cards.place(body.inflate(0, -2 * self.theme.px(CARDS)), self.theme)
        self.front.place(self.root.rect, self.theme)
        self.root.invalidate()
        self.pointer.refresh()

    def full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        display.toggle_full_screen(self._windowed)
        self.resized()

    def rescale(self, steps: int) -> None:
        """Make everything larger or smaller."""
        low, high, step = SCALES
        self.chosen_scale = min(high, max(low, self.wanted_scale + steps * step))
        self.session.settings["scale"] = self.chosen_scale
        self.resized()
        held = "" if self.scale == self.chosen_scale else ", as large as this window allows"
        self.notify(f"Text and controls at {self.scale:.0%}{held}.")

    # What shows

    def show(self, name: str) -> None:
        """Bring a screen to the front."""
        if name == self.screen.name:
            return
        self.keymaps[self.screen.name].let_go()
        self.screen.leave()
        self.screen.show(False)
        self.screen = self.screens[name]
        self.screen.show()
        self.screen.place(self.overlay.rect, self.theme)
        for other, tab in zip(self.screens, self.header.tabs, strict=True):
            tab.select(other == name)
        self.pointer.focus(None)
        self.screen.enter()
        self.pointer.refresh()
        self.root.invalidate()

    def notify(self, words: str, problem: bool = False) -> None:
        """Show a message for a while; a problem is marked with a sign."""
        until = self.now() + MESSAGE + 0.04 * len(words)
        self.cards.show_message(words, until, "!" if problem else "")

    def hint(self, name: str, lines: Sequence[str]) -> None:
        """Show lines with a button once ever; `name` is what the session remembers it by."""
        if not self.session.setting(f"hint_{name}", False):
            self.session.settings[f"hint_{name}"] = True
            self.cards.ask(lines, [("Got it", lambda: None, "Do not show this again")])

    def toggle_keys(self) -> None:
        """Show or hide the list of keys."""
        self.overlay.show(not self.overlay.visible)
        self.pointer.refresh()

    def open_menu(self, items: Sequence[tuple[str, Callable, str]], anchor: pygame.Rect) -> None:
        """Pop up a list of (words, action, help) beside a rectangle."""
        self.close_menu()
        self._menu = self.front.add(Menu(items, self.close_menu))
        self._menu.open_at(anchor, self.root.rect, self.theme)

    def close_menu(self) -> bool:
        """Close the menu that is open; say whether there was one."""
        menu, self._menu = self._menu, None
        if menu is not None:
            self.front.remove(menu)
            self.pointer.refresh()
        return menu is not None

    def scroll(self, pages: float) -> None:
        """Scroll the panel in front."""
        for panel in reversed(self.screen.children):
            if isinstance(panel, Panel) and panel.visible:
                panel.scroll_by(round(pages * panel.sheet.rect.height))
                return

    def focus(self, widget: Widget | None) -> None:
        """Give the keyboard to a widget, or to none."""
        self.pointer.focus(widget)

    def refresh_pointer(self) -> None:
        """Find what is under the mouse after widgets came or went."""
        self.pointer.refresh()

    def describe(self) -> None:
        """Say in the help line what is under the mouse."""
        widget = self.pointer.hovered
        line = widget.ancestors() if widget is not None else ()
        words = next((words for w in line if (words := w.help_words())), "")
        self.help_line.set_text(words or self.screen.help_words())


class Front(Widget):
    """Holds what pops up over everything."""

    def hit(self, pos):
        """Let everything through that does not meet something that popped up."""
        found = super().hit(pos)
        return None if found is self else found
