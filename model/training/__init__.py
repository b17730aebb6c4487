"""Training: from the arrays to a model folder."""
