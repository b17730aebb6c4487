"""Figures of pictures and codes, and the PCA baseline."""
