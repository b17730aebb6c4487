"""The drawing screen: a canvas of the model's own size, and the face that answers it."""
