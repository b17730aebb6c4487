"""Commands with their keys, the keymap that carries them out, and the sheet that lists them.

Buttons, the help line and README's tables are made from the same commands.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pygame

from ui.theme import COLORS, SIZES, Theme
from ui.widgets.base import Point, Widget, box, write

MODIFIERS = ("ctrl", "alt", "shift")
ARROWS = {"left": "←", "right": "→", "up": "↑", "down": "↓"}
SPOKEN = {"return": "Enter", "escape": "Esc", "pageup": "Page Up", "pagedown": "Page Down"}
ALIASES = {"enter": "return", "page up": "pageup", "page down": "pagedown"}
PLACES = dict(enumerate("abcdefghijklmnopqrstuvwxyz1234567890", 4)) | dict(
    enumerate("-=[]\\#;'`,./", 45)
)  # keys of an American keyboard by their scancodes
MARKS = {"q": "/;,", "w": "'"}  # on letters' keys in Hebrew, Greek and Bulgarian
LINE = 23  # height of a line of the list, in points
KEYS = 132  # width of the keys of a command, in points
Column = list[tuple[str, "Command | None"]]  # names with their commands; headings have none


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
    """Carries out the commands of key events; of two commands with one key, the later one."""

    def __init__(self, commands: Iterable[Command]):
        self.commands = list(commands)
        self._by_key = {key: each for each in self.commands for key in each.keys}
        self._held: dict[int, Command | None] = {}

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


class KeysOverlay(Widget):
    """All keys of the front screen in columns; a press or Esc closes it."""

    modal = True

    def __init__(self, commands: Callable[[], list[Command]], close: Callable[[], object]):
        super().__init__("Every key of this screen; press H or Esc to close")
        self.commands, self.close = commands, close
        self.visible = False

    def press(self, pos: Point, button: int) -> bool:
        """Close."""
        self.close()
        return True

    def columns(self, rows: int) -> list[Column]:
        """Spread the lines over columns of at most `rows`; groups stay together."""
        columns: list[Column] = [[]]
        groups: dict[str, Column] = {}
        for command in self.commands():
            if command.keys:
                lines = groups.setdefault(command.group, [(command.group, None)])
                lines.append((command.name, command))
        for lines in groups.values():
            if columns[-1] and len(columns[-1]) + len(lines) + 1 > rows:
                columns.append([])
            if columns[-1]:
                columns[-1].append(("", None))
            columns[-1].extend(lines)
        return columns

    def draw(self, surface: pygame.Surface, theme: Theme) -> None:
        """Draw the sheet over the whole screen."""
        surface.fill(COLORS.window, self.rect)
        sheet = self.rect.inflate(-theme.px(32), -theme.px(24))
        box(surface, sheet, COLORS.panel, theme.px(12), COLORS.edge, theme.px(1))
        inner = sheet.inflate(-theme.px(44), -theme.px(24))
        title = theme.text("Keys", size=SIZES.title, bold=True)
        surface.blit(title, inner.topleft)
        hint = theme.text("H or Esc closes this", COLORS.faint, SIZES.small)
        surface.blit(hint, hint.get_rect(topright=(inner.right, inner.top + theme.px(2))))
        top = inner.top + theme.px(30)
        columns = self.columns((inner.bottom - top) // theme.px(LINE))
        line = min(theme.px(LINE), (inner.bottom - top) // max(len(c) for c in columns))
        width = inner.width // max(2, len(columns))
        for number, column in enumerate(columns):
            left = inner.left + number * width
            row = pygame.Rect(left, top, width - theme.px(16), line)
            room = min(theme.px(KEYS), row.width * 4 // 9)
            beside = room + theme.px(6)
            for name, command in column:
                if command is None:
                    heading = theme.text(name, COLORS.accent, SIZES.small, True, row.width)
                    write(surface, heading, row, "left")
                else:
                    words = ", ".join(map(spoken, command.keys))
                    keys = theme.text(words, COLORS.text, SIZES.small, True, room)
                    write(surface, keys, row, "left")
                    label = theme.text(name, COLORS.soft, SIZES.small, width=row.width - beside)
                    write(surface, label, row.move(beside, 0), "left")
                row = row.move(0, line)
