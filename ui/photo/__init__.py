"""The user's own photo: reading it, finding the eyes, cutting out the model's frame."""
