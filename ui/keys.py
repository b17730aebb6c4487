"""Commands: what a key does, said once.

Dispatch, the overlay on H, the help line, the buttons and the README's table of keys are all made
from the same list of `Command`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pygame

MODIFIERS = ("ctrl", "alt", "shift")
ARROWS = {"left": "←", "right": "→", "up": "↑", "down": "↓"}
SPOKEN = {"return": "Enter", "escape": "Esc", "pageup": "Page Up", "pagedown": "Page Down"}
ALIASES = {"enter": "return", "[+]": "+", "[-]": "-", "[0]": "0", "[.]": "."}
ALIASES |= {"page up": "pageup", "page down": "pagedown"}


@dataclass(frozen=True)
class Command:
    """Something a user can ask for.

    Keys are written as `("ctrl+z",)` or `("r",)`, where "ctrl" means Ctrl or Cmd; the first one is
    shown. A button needs none.
    """

    keys: tuple[str, ...]
    name: str  # on a button, in a menu and in the list of keys
    help: str  # one sentence for the help line
    action: Callable[[], object]  # when the key goes down
    group: str = "Window"  # the heading it is listed under
    release: Callable[[], object] | None = None  # when the key comes up, if it lasts while held
    repeats: bool = False  # whether holding the key down repeats the action

    @property
    def all_keys(self) -> str:
        """Every key as a user reads it, such as "Ctrl Y, Ctrl Shift Z"."""
        return ", ".join(spoken(key) for key in self.keys)


def key_of(event: pygame.event.Event) -> str:
    """Name the key of a KEYDOWN or KEYUP event, with its modifiers, as commands write it."""
    mod = getattr(event, "mod", 0)
    held = {
        "ctrl": mod & (pygame.KMOD_CTRL | pygame.KMOD_META),
        "alt": mod & pygame.KMOD_ALT,
        "shift": mod & pygame.KMOD_SHIFT,
    }
    name = pygame.key.name(event.key)
    name = ALIASES.get(name, name)
    sign = getattr(event, "unicode", "")
    made = len(sign) == 1 and sign.isprintable() and not (sign.isalnum() or sign.isspace())
    if held["shift"] and made:
        name, held["shift"] = sign, 0  # the sign that Shift makes is the key, on any layout
    return "+".join([word for word in MODIFIERS if held[word]] + [name])


def spoken(key: str) -> str:
    """Write a key for people: "ctrl+shift+z" becomes "Ctrl Shift Z", with ⌘ on a Mac."""
    mac = sys.platform == "darwin"
    *modifiers, name = key.split("+") if not key.endswith("+") else [*key[:-2].split("+"), "+"]
    words = {"ctrl": "⌘" if mac else "Ctrl", "alt": "⌥" if mac else "Alt", "shift": "Shift"}
    name = ARROWS.get(name) or SPOKEN.get(name) or (name.upper() if len(name) == 1 else name)
    return " ".join([words[word] for word in modifiers if word] + [name[:1].upper() + name[1:]])


class Keymap:
    """Finds the command of a key event.

    Raises:
        ValueError: if a key is given to two commands.
    """

    def __init__(self, commands: Iterable[Command]):
        self.commands = list(commands)
        self._by_key: dict[str, Command] = {}
        self._held: dict[int, Command | None] = {}
        for key, command in [(key, each) for each in self.commands for key in each.keys]:
            other = self._by_key.setdefault(key, command)
            if other is not command:
                names = f"{other.name!r} and {command.name!r}"
                raise ValueError(f"A key means one thing. Received: {key!r} for both {names}")

    def handle(self, event: pygame.event.Event) -> None:
        """Carry out the command of a KEYDOWN or KEYUP event, where there is one."""
        if event.type == pygame.KEYUP:
            self._release(event.key)
            return
        command, repeated = self._by_key.get(key_of(event)), event.key in self._held
        self._held[event.key] = command
        if command is not None and (command.repeats or not repeated):
            command.action()

    def let_go(self) -> None:
        """Release every held key, as when the window loses the keyboard."""
        for key in list(self._held):
            self._release(key)

    def _release(self, key: int) -> None:
        command = self._held.pop(key, None)
        if command is not None and command.release is not None:
            command.release()
