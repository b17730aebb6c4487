"""Panels that both screens open: saved faces, and the user's own photo."""
