"""Commands, from which keys, buttons, the help line and the lists of keys are made."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pygame

MODIFIERS = ("ctrl", "alt", "shift")
ARROWS = {"left": "←", "right": "→", "up": "↑", "down": "↓"}
SPOKEN = {"return": "Enter", "escape": "Esc", "pageup": "Page Up", "pagedown": "Page Down"}
ALIASES = {"enter": "return", "page up": "pageup", "page down": "pagedown"}
PLACES = dict(enumerate("abcdefghijklmnopqrstuvwxyz1234567890", 4)) | dict(
    enumerate("-=[]\\#;'`,./", 45)
)  # keys of an American keyboard by their scancodes
MARKS = {"q": "/;,", "w": "'"}  # on letters' keys in Hebrew, Greek and Bulgarian


@dataclass(frozen=True)
class Command:
    """An action of the user, with its keys."""

    keys: tuple[str, ...]  # "r" or "ctrl+z", where "ctrl" is Ctrl or Cmd; the first is shown
    name: str  # on a button, in a menu and in the list of keys
    help: str  # one sentence for the help line
    action: Callable[[], object]  # called when the key goes down
    group: str = "Window"  # the heading in the list of keys
    repeats: bool = False  # whether a held key repeats the action
    release: Callable[[], object] | None = None  # called when the key comes up


def commands_of(groups: Mapping[str, Iterable[tuple]]) -> list[Command]:
    """Return the commands of rows by their groups.

    A row has the keys, such as "h f1 ?", then name, help and action, and if need be `repeats` and
    `release`.
    """
    return [
        Command(tuple(keys.split()), name, help, action, group, *more)
        for group, rows in groups.items()
        for keys, name, help, action, *more in rows
    ]


def key_of(event: pygame.event.Event) -> str:
    """Return the key of a KEYDOWN event with its modifiers, as commands write it.

    A key whose letter is not Latin is named by its place, so that Ctrl Z and the like lie where
    they do on an American keyboard.
    """
    mod = getattr(event, "mod", 0)
    held = {
        "ctrl": mod & (pygame.KMOD_CTRL | pygame.KMOD_META),
        "alt": mod & pygame.KMOD_ALT,
        "shift": mod & pygame.KMOD_SHIFT,
    }
    name = pygame.key.name(event.key)
    place = PLACES.get(getattr(event, "scancode", 0), name)
    if not name or not name.isascii() or name in MARKS.get(place, ()):
        name = place
    name = name[1] if len(name) == 3 and name[0] + name[2] == "[]" else name  # of the keypad
    name = ALIASES.get(name, name)
    sign = getattr(event, "unicode", "")
    made = len(sign) == 1 and "!" <= sign <= "~" and not sign.isalnum()
    if held["shift"] and made:
        name, held["shift"] = sign, 0  # the character that Shift makes names the key, on any layout
    return "+".join([word for word in MODIFIERS if held[word]] + [name])


def spoken(key: str) -> str:
    """Write a key for people: "ctrl+shift+z" becomes "Ctrl Shift Z", with ⌘ on a Mac."""
    mac = sys.platform == "darwin"
    *modifiers, name = key.split("+") if not key.endswith("+") else [*key[:-2].split("+"), "+"]
    words = {"ctrl": "⌘" if mac else "Ctrl", "alt": "⌥" if mac else "Alt", "shift": "Shift"}
    name = ARROWS.get(name) or SPOKEN.get(name) or (name.upper() if len(name) == 1 else name)
    return " ".join([words[word] for word in modifiers if word] + [name[:1].upper() + name[1:]])


class Keymap:
    """Carries out the commands of key events.

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
        """Carry out the command of a KEYDOWN or KEYUP event, if there is one."""
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
