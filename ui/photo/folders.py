"""Where pictures may be: the usual folders of every system, and what is in a folder."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from data.errors import UserError, tell_failure
from data.paths import home_folder
from ui.photo.opening import is_picture

MOST = 10_000  # files of a folder that are listed


@dataclass(frozen=True)
class Entry:
    """A folder to go to, or a picture."""

    path: Path
    name: str
    changed: float | None = None  # of a picture, `os.stat_result.st_mtime`; None for a folder


@dataclass(frozen=True)
class Listing:
    """What a user can choose from."""

    folder: Path | None = None  # what was looked into; None for the usual folders themselves
    entries: list[Entry] = field(default_factory=list)  # folders by name, then the newest pictures
    places: list[Entry] = field(default_factory=list)  # the usual folders
    cut: bool = False  # whether there are more files than were looked at

    @property
    def pictures(self) -> int:
        """How many of the entries are pictures."""
        return sum(entry.changed is not None for entry in self.entries)


def usual_places() -> list[Entry]:
    """Return those of the usual folders for pictures that exist."""
    home = home_folder()
    names = {"Pictures": "Pictures", "Desktop": "Desktop", "Download": "Downloads"}
    found = {name: home / name for name in names.values()}
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    with suppress(OSError):  # only Linux has this file; folders are named in the user's language
        words = os.fsdecode((settings / "user-dirs.dirs").read_bytes())
        for kind, folder in re.findall(r'^XDG_(\w+)_DIR="(.*)"', words, re.MULTILINE):
            if (name := names.get(kind.capitalize())) is not None:
                folder = re.sub(r"\\(.)", r"\1", folder.replace("$HOME", str(home), 1))
                found[name] = Path(folder)
    # The file names the home folder in place of one that does not exist.
    found = {name: folder for name, folder in found.items() if folder != home}
    found["Home"] = home
    found.update((drive, Path(drive)) for drive in getattr(os, "listdrives", list)())  # Windows
    there = os.path.isdir  # Path.is_dir raises where the user may not look
    return [Entry(folder, name) for name, folder in found.items() if there(folder)]


def look_into(folder: Path | None) -> Listing:
    """List a folder, or for None the usual ones; `UserError` if it cannot be opened."""
    places = usual_places()
    if folder is None:
        return Listing(None, places, places)
    found: list[Entry] = []
    failed = tell_failure(f"{folder.name or folder} cannot be opened", "pick another folder")
    with failed, os.scandir(folder) as files:
        for file in islice(files, MOST):
            found.extend(_entries(file))
        cut = next(files, None) is not None
    found.sort(key=lambda each: (each.changed is not None, -(each.changed or 0), each.name.lower()))
    return Listing(folder, found, places, cut)


def first_look(last: str) -> Listing:
    """List the folder `last`, else the first usual folder with pictures, else the usual folders."""
    if Path(last).is_absolute():
        with suppress(UserError, ValueError):
            return look_into(Path(last))
    for place in usual_places():
        with suppress(UserError):
            listing = look_into(place.path)
            if listing.pictures:
                return listing
    return look_into(None)


def _entries(file: os.DirEntry) -> Iterator[Entry]:
    """Yield a file as an entry, unless it is hidden, no picture or folder, or gone."""
    if file.name.startswith("."):
        return
    with suppress(OSError):
        is_folder = file.is_dir()
        if is_folder or (is_picture(file.name) and file.is_file()):
            info = file.stat()
            marks = getattr(info, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_HIDDEN  # Windows
            marks |= getattr(info, "st_flags", 0) & stat.UF_HIDDEN  # macOS
            if not marks:
                yield Entry(Path(file.path), file.name, None if is_folder else info.st_mtime)
