"""Taking a photo from the clipboard: a picture, or a file copied in a file manager.

Another program owns the clipboard and may never answer: see `ui.clipboard.run_beside`.
"""

import io
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from PIL import Image, ImageGrab

from data.errors import UserError
from ui.clipboard import run_program
from ui.photo.opening import Photo, gray_of, open_photo, read_photo

_SUBJECT = "The picture in the clipboard"
_NAME = "from the clipboard"
_PICTURES = ("png", "jpeg", "webp", "avif", "tiff", "bmp", "gif")  # best first
_FILES = ("x-special/gnome-copied-files", "text/uri-list")
_NOTHING = "There is no picture in the clipboard: copy one, then paste it here."
_INSTEAD = "a file can also be dropped on this window"
_REMOTE = (
    "This is the address of a picture, not the picture: copy the picture itself, or save it and "
    "open the file."
)


def paste_photo() -> Photo:
    """Return the picture or the first of the files in the clipboard; else `UserError`."""
    if sys.platform not in ("win32", "darwin"):
        return _paste_with_program()
    try:
        found = ImageGrab.grabclipboard()  # opened, not decoded
    except (OSError, Image.UnidentifiedImageError):
        found = None
    if isinstance(found, Image.Image):
        return Photo(gray_of(found, _SUBJECT), _NAME)
    if not found:
        raise UserError(_NOTHING)
    return open_photo(Path(found[0]))


def linked_file(text: str) -> Path | None:
    """Return the first file that a list of links names, or None; `UserError` for a web page."""
    links = []
    for line in text.splitlines():
        with suppress(ValueError):  # such as "http://[", which is no address
            links.append(urlsplit(line.strip()))
    for link in links:
        if link.scheme == "file":
            return Path(os.fsdecode(unquote_to_bytes(link.path)))
    if any(link.scheme in ("http", "https", "data") for link in links):
        raise UserError(_REMOTE)
    return None


def _paste_with_program() -> Photo:
    if os.environ.get("WAYLAND_DISPLAY") and shutil.which("wl-paste"):
        list_kinds, get = ["wl-paste", "--list-types"], ["wl-paste", "--type"]
    else:
        get = ["xclip", "-selection", "clipboard", "-out", "-target"]
        list_kinds = [*get, "TARGETS"]
    kinds = run_program(list_kinds, _INSTEAD).decode("ascii", "replace").split()
    for kind in (f"image/{name}" for name in _PICTURES):
        if kind in kinds and (content := run_program([*get, kind], _INSTEAD)):
            return read_photo(io.BytesIO(content), _SUBJECT, _NAME)
    for kind in _FILES:
        if kind in kinds and (
            path := linked_file(run_program([*get, kind], _INSTEAD).decode("utf-8", "replace"))
        ):
            return open_photo(path)
    raise UserError(_NOTHING)
