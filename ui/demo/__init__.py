"""Films of the real screens for the README: `python -m ui.demo sliders` and `drawing`."""
