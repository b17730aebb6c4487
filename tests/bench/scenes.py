"""What is shown in the films: a minute of a user's time in ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ui.widgets.base import Widget
from ui.widgets.button import Button

if TYPE_CHECKING:
    from tests.bench.film import Film, Point
    from ui.app import App


def sliders(film: Film) -> None:
    """Take a training face through a direction and a slider, then a random one."""
    panel = film.app.window.screen.sliders
    film.hold(0.5)
    film.click(_button(film.app, "Another face").rect.center)
    film.hold(0.4)
    _drag(film, panel.directions[0], (2.0, -2.0), 1.1)
    _drag(film, panel.sliders[1], (-2.0, 1.2), 1.0)
    film.click(_button(film.app, "Random").rect.center)
    film.hold(0.5)
    _drag(film, panel.sliders[4], (2.0, -1.5), 0.9)
    _drag(film, panel.sliders[0], (1.5,), 0.7)
    film.hold(0.9)


def drawing(film: Film) -> None:
    """Draw a face in a few mirrored strokes, then say how likely the answer shall be."""
    view = film.app.window.screen.view
    film.key("x")
    film.hold(0.5)

    def stroke(points: list[Point], seconds: float) -> None:
        places = [view.canvas.to_window(point) for point in points]
        film.glide(places[0], 0.25)
        film.press()
        film.follow(places, seconds)
        film.release()

    stroke(_arc(93.5, 102, 43, 54, 180, 90), 0.8)  # each is one half; its mirror image follows
    stroke(_arc(69.5, 87, 8, 4, 180, 540), 0.4)
    stroke(_arc(69.5, 87, 2, 1, 0, 360), 0.2)
    stroke(_arc(69, 78, 13, 6, 195, 330), 0.3)
    stroke([(93.5, 114), (87, 115), (85, 111)], 0.25)
    stroke(_arc(93.5, 128, 18, 8, 175, 90), 0.4)
    for _ in range(12):
        film.key("]")
    stroke(_arc(93.5, 88, 52, 54, 180, 270), 0.6)
    stroke(_arc(93.5, 74, 40, 34, 190, 270), 0.4)
    stroke(_arc(93.5, 66, 24, 14, 200, 270), 0.3)
    film.hold(0.7)
    _drag(film, view.realism, (0.15, 0.9, 0.5), 0.8)
    film.hold(0.8)


def _drag(film: Film, slider, values: tuple[float, ...], seconds: float) -> None:
    """Drag a slider's knob to one value after another."""
    height = slider.track.centery
    film.glide((slider.x_of(slider.value), height), 0.4)
    film.press()
    for value in values:
        film.glide((slider.x_of(value), height), seconds)
    film.release()


def _arc(x: float, y: float, width: float, height: float, start: float, end: float) -> list[Point]:
    """Return points on an ellipse of the canvas, from one angle to another in degrees."""
    angles = np.deg2rad(np.linspace(start, end, max(8, int(abs(end - start) / 5))))
    return [(x + width * np.cos(a), y + height * np.sin(a)) for a in angles]


def _button(app: App, words: str) -> Button:
    """Return the button of the screen that bears these words."""

    def search(widget: Widget) -> Button | None:
        if isinstance(widget, Button) and widget.words == words:
            return widget
        return next(filter(None, map(search, widget.children)), None)

    found = search(app.window.screen)
    if found is None:
        raise LookupError(f"The screen has no such button. Received: {words}")
    return found


SCENES = {"sliders": sliders, "drawing": drawing}
