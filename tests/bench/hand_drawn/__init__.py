"""Faces as people draw them with a mouse or a finger, to measure answers to sketches with."""
