"""The commands that every screen has, because they are the window's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.keys import Command

if TYPE_CHECKING:
    from ui.app import App


def window_commands(app: App) -> list[Command]:
    """Return the commands of a window; `app` may be None where only the list is wanted."""
    return [
        Command(
            ("tab",),
            "Other screen",
            "Take this face along to the other screen",
            lambda: app.hand_over(),
        ),
        Command(("h", "f1", "?"), "Keys", "Show every key", lambda: app.toggle_keys()),
        Command(
            ("escape",),
            "Close or stop",
            "Close what is open, stop what runs",
            lambda: app.escape(),
        ),
        Command(
            ("pageup",),
            "Scroll up",
            "Scroll the open panel up",
            lambda: app.scroll(-0.8),
            repeats=True,
        ),
        Command(
            ("pagedown",),
            "Scroll down",
            "Scroll the open panel down",
            lambda: app.scroll(0.8),
            repeats=True,
        ),
        Command(
            ("f11", "alt+return"),
            "Full screen",
            "Fill the screen, or go back to a window",
            lambda: app.full_screen(),
        ),
        Command(
            ("ctrl++", "ctrl+="),
            "Larger text",
            "Make everything larger",
            lambda: app.rescale(1),
        ),
        Command(("ctrl+-",), "Smaller text", "Make everything smaller", lambda: app.rescale(-1)),
        Command(
            ("f3",), "Frame times", "Show how long frames take", lambda: app.frame_times.toggle()
        ),
        Command(
            ("ctrl+l",),
            "Go on from last time",
            "Bring back what was open when the window was last closed",
            lambda: app.resume(),
        ),
        Command(
            ("ctrl+q",),
            "Quit",
            "Close the window; what you did is kept",
            lambda: app.quit(),
        ),
    ]
