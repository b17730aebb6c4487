"""Things on the window: each a small class with its own rectangle, drawing and gestures."""
