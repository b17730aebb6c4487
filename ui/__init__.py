"""The window: two screens, their widgets, and the plots."""
